#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/secret.h"
#include "transport/ssh.h"
#include "transport/ssh_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS = 8, ANSWERS = 4 };

/* A client with a ring, keys in a folder, and a person who answers. */
struct ring {
	struct hd_arena arena;
	char folder[64];
	struct hd_ssh_client *client;
	const char *paths[4];
	struct hd_ssh_login login;
	const char *answers[ANSWERS];
	unsigned asked; /* how often; also the next answer */
	char question[4200];
	char said[1024]; /* why variable() found no key */
};

static int
setup(void **state)
{
	struct ring *t = hd_alloc(sizeof(*t));
	struct hd_err err = { 0 };

	files_folder(t->folder);
	assert_hd_ok(hd_ssh_client_new(&t->client, &err), &err);
	t->login.identities = t->paths;
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct ring *t = *state;

	hd_ssh_client_free(t->client);
	files_remove(t->folder);
	hd_arena_done(&t->arena);
	free(t);
	return 0;
}

static const char *
path_of(struct ring *t, const char *name)
{
	return hd_arena_fmt(&t->arena, "%s/%s", t->folder, name);
}

static void
write_key(struct ring *t, const char *name, const char *text, mode_t mode)
{
	files_write(path_of(t, name), text);
	assert_int_equal(chmod(path_of(t, name), mode), 0);
}

/* Makes the key NAME, which the next login uses too. */
static const char *
make(struct ring *t, const char *name, const char *passphrase, const char *form)
{
	const char *path = path_of(t, name);

	files_run((const char *[]){ "ssh-keygen", "-q", "-t", "ecdsa", "-a",
	    "1", "-f", path, "-N", passphrase, "-m", form, NULL });
	t->paths[t->login.nidentities++] = path;
	return path;
}

static int
list(struct ring *t, struct ssh_key ***keys, struct hd_err *err)
{
	return ssh_keyring_list(&t->client->keys, &t->login, keys, err);
}

/* The only key of the login. */
static struct ssh_key *
only_key(struct ring *t)
{
	HD_AUTO_FREE struct ssh_key **keys = NULL;
	struct hd_err err = { 0 };

	assert_hd_ok(list(t, &keys, &err), &err);
	assert_non_null(keys[0]);
	assert_null(keys[1]);
	return keys[0];
}

static int
unlock(struct ring *t, struct ssh_key *k, struct hd_err *err)
{
	return ssh_keyring_unlock(
	    &t->client->keys, k, &t->login, HD_CANCEL_NEVER, err);
}

static int
answer(void *ctx, const char *question, char **out, struct hd_err *err)
{
	struct ring *t = ctx;
	const char *text = t->answers[t->asked++ % ANSWERS];

	snprintf(t->question, sizeof(t->question), "%s", question);
	if (text == NULL)
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	*out = hd_secret_copy(text, strlen(text));
	return 0;
}

static void
a_file_is_read_once_for_all_logins(void **state)
{
	struct ring *t = *state;
	const char *path = make(t, "id", "", "PEM");
	struct ssh_key *first = only_key(t);

	assert_int_equal(first->state, SSH_KEY_PLAIN);
	assert_int_equal(unlink(path), 0);
	assert_ptr_equal(only_key(t), first);
}

static void
a_broken_key_is_fatal_only_if_the_user_named_it(void **state)
{
	struct ring *t = *state;
	HD_AUTO_FREE struct ssh_key **keys = NULL, **named = NULL;
	struct hd_err err = { 0 };

	t->paths[t->login.nidentities++] = path_of(t, "nothing");
	t->paths[t->login.nidentities++] = path_of(t, "id_ed25519");
	write_key(t, "id_ed25519",
	    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n", 0600);
	make(t, "id_ecdsa", "", "PEM");
	assert_hd_ok(list(t, &keys, &err), &err);
	assert_int_equal(keys[0]->state, SSH_KEY_UNUSABLE);
	assert_string_equal(keys[0]->why, "damaged");
	assert_int_equal(keys[1]->state, SSH_KEY_PLAIN);
	assert_null(keys[2]);
	t->login.named = true;
	assert_hd_fails(list(t, &named, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "nothing: No such file"));
	t->paths[0] = t->paths[2];
	assert_hd_fails(list(t, &named, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "id_ed25519: damaged"));
}

static void
a_key_that_others_can_read_is_left_to_the_agent(void **state)
{
	static const mode_t modes[] = { 0644, 0640, 0604, 0660 };
	struct ring *t = *state;
	HD_AUTO_FREE struct ssh_key **keys = NULL;
	struct hd_err err = { 0 };

	for (size_t i = 0; i < HD_COUNT(modes); i++) {
		const char *name = hd_arena_fmt(&t->arena, "mode%zu", i);
		const char *path = make(t, name, "", "PEM");
		struct ssh_key *k;

		t->login.nidentities = 0;
		t->paths[t->login.nidentities++] = path;
		assert_int_equal(chmod(path, modes[i]), 0);
		k = only_key(t);
		assert_int_equal(k->state, SSH_KEY_PUBLIC);
		assert_null(k->text);
		assert_true(k->public.n > 0);
		assert_non_null(strstr(k->why, "others can read it"));
		assert_non_null(strstr(
		    k->why, hd_arena_fmt(&t->arena, "chmod 600 %s", path)));
	}
	/* no agent could know this one */
	t->login.nidentities = 0;
	t->login.named = true;
	make(t, "sealed", "secret", "PEM");
	assert_int_equal(unlink(path_of(t, "sealed.pub")), 0);
	assert_int_equal(chmod(path_of(t, "sealed"), 0644), 0);
	assert_hd_fails(list(t, &keys, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "others can read it (mode 0644)"));
}

static void
only_regular_files_are_read(void **state)
{
	static const struct {
		const char *path, *why;
	} cases[] = { { "fifo", "not a regular file" },
		{ "/dev/zero", "not a regular file" }, { "/dev/tty", "" },
		{ ".", "Is a directory" }, { "large", "larger than 64 KiB" } };
	struct ring *t = *state;
	HD_AUTO_STR large = HD_STR_INIT(128 * 1024);

	while (large.len < 70000)
		hd_str_add(&large, "-----BEGIN PRIVATE KEY-----\n");
	write_key(t, "large", large.ptr, 0600);
	assert_int_equal(mkfifo(path_of(t, "fifo"), 0600), 0);
	t->login.nidentities = 1;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct ssh_key *k;

		t->paths[0] = cases[i].path[0] == '/'
				  ? cases[i].path
				  : path_of(t, cases[i].path);
		k = only_key(t);
		assert_int_equal(k->state, SSH_KEY_UNUSABLE);
		assert_non_null(strstr(k->why, cases[i].why));
	}
}

static void
a_public_key_beside_a_file_selects_the_agents_key(void **state)
{
	struct ring *t = *state;
	struct ssh_key *k;

	make(t, "pem", "secret", "PEM");
	k = only_key(t);
	assert_int_equal(k->state, SSH_KEY_ENCRYPTED);
	assert_true(k->public.n > 0);
	t->login.nidentities = 0;
	make(t, "alone", "", "PEM");
	assert_int_equal(unlink(path_of(t, "alone")), 0);
	k = only_key(t);
	assert_int_equal(k->state, SSH_KEY_PUBLIC);
	assert_true(k->public.n > 0);
	t->paths[0] = path_of(t, "alone.pub");
	k = only_key(t);
	assert_int_equal(k->state, SSH_KEY_PUBLIC);
}

static void
a_certificate_beside_a_key_is_found_if_it_is_about_that_key(void **state)
{
	struct ring *t = *state;
	const char *ca = make(t, "ca", "", "PEM");
	const char *id = make(t, "id", "", "PEM");
	struct ssh_key *k;

	files_run((const char *[]){ "ssh-keygen", "-q", "-s", ca, "-I", "me",
	    "-n", "me", hd_arena_fmt(&t->arena, "%s.pub", id), NULL });
	make(t, "other", "", "PEM");
	files_run((const char *[]){ "cp", path_of(t, "id-cert.pub"),
	    path_of(t, "other-cert.pub"), NULL });
	t->login.nidentities = 1;
	t->paths[0] = id;
	k = only_key(t);
	assert_true(k->cert.n > 0);
	assert_string_equal(k->cert_name, path_of(t, "id-cert.pub"));
	t->paths[0] = path_of(t, "other");
	assert_int_equal(only_key(t)->cert.n, 0);
}

static void
a_passphrase_from_the_environment_unlocks(void **state)
{
	struct ring *t = *state;
	struct hd_err err = { 0 };
	struct ssh_key *k;

	make(t, "id", "secret", "RFC4716");
	k = only_key(t);
	hd_ssh_client_give(t->client, HD_SSH_PASSPHRASE, "secret");
	assert_hd_ok(unlock(t, k, &err), &err);
	assert_non_null(k->text);
	assert_true(hd_bytes_equal(k->public, k->opened));
}

static void
a_command_prints_the_passphrase_of_the_key_it_is_told(void **state)
{
	struct ring *t = *state;
	struct hd_err err = { 0 };
	struct ssh_key *k;

	make(t, "id", "secret", "PEM");
	k = only_key(t);
	hd_ssh_client_give(t->client, HD_SSH_PASSPHRASE, "of another key");
	t->login.passphrase_command =
	    "case $HDEPLOY_KEY in */id) echo secret; echo more;; esac";
	assert_hd_ok(unlock(t, k, &err), &err);
}

static void
a_command_that_fails_does_not_tell_what_it_printed(void **state)
{
	struct ring *t = *state;
	struct hd_err err = { 0 };
	struct ssh_key *k;

	make(t, "id", "secret", "PEM");
	k = only_key(t);
	t->login.passphrase_command =
	    "echo hunter2; echo 'vault is sealed' >&2; exit 3";
	assert_hd_fails(unlock(t, k, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, k->name));
	assert_non_null(strstr(err.msg,
	    "passphrase_command: failed with status 3: vault is sealed"));
	t->login.passphrase_command = "echo hunter2";
	assert_hd_fails(unlock(t, k, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "status 3")); /* remembered */
}

static void
a_command_must_print_a_line(void **state)
{
	static const struct {
		const char *command, *says;
	} cases[] = {
		{ "true", "printed no first line" },
		{ "echo; echo x", "printed no first line" },
		{ "echo wrong", "the output of passphrase_command is not its" },
		{ "head -c 5000 /dev/zero | tr '\\0' x", "longer than" },
	};
	struct ring *t = *state;

	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct hd_err err = { 0 };

		t->login.nidentities = 0;
		make(t, hd_arena_fmt(&t->arena, "id%zu", i), "secret", "PEM");
		t->login.passphrase_command = cases[i].command;
		assert_hd_fails(unlock(t, only_key(t), &err), &err, HD_ELOCAL);
		assert_non_null(strstr(err.msg, cases[i].says));
	}
}

static void
a_person_may_try_three_times(void **state)
{
	struct ring *t = *state;
	struct hd_err err = { 0 };
	struct ssh_key *k;

	hd_ssh_client_ask(t->client, answer, t);
	make(t, "id", "secret", "PEM");
	k = only_key(t);
	t->answers[0] = t->answers[1] = "wrong";
	t->answers[2] = "secret";
	assert_hd_ok(unlock(t, k, &err), &err);
	assert_int_equal(t->asked, 3);
	assert_non_null(
	    strstr(t->question, "wrong, try again: passphrase for"));
	assert_non_null(strstr(t->question, k->name));
	t->login.nidentities = t->asked = 0;
	t->answers[2] = "wrong";
	make(t, "id2", "secret", "PEM");
	assert_hd_fails(unlock(t, only_key(t), &err), &err, HD_ELOCAL);
	assert_int_equal(t->asked, 3);
	assert_non_null(strstr(err.msg, "three wrong passphrases"));
	t->login.nidentities = t->asked = 0;
	t->answers[0] = "";
	make(t, "id3", "secret", "PEM");
	assert_hd_fails(unlock(t, only_key(t), &err), &err, HD_ELOCAL);
	assert_int_equal(t->asked, 1);
	assert_non_null(strstr(err.msg, "no passphrase was given"));
}

static void
without_a_passphrase_the_message_says_what_helps(void **state)
{
	static const char *const says[] = { "ssh-add", "HDEPLOY_KEY_PASSPHRASE",
		"passphrase_command", "terminal" };
	struct ring *t = *state;
	struct hd_err err = { 0 };

	make(t, "id", "secret", "PEM");
	assert_hd_fails(unlock(t, only_key(t), &err), &err, HD_ELOCAL);
	for (size_t i = 0; i < HD_COUNT(says); i++)
		assert_non_null(strstr(err.msg, says[i]));
}

struct unlocker {
	struct ring *t;
	struct ssh_key *key;
	struct hd_err err;
	int rc;
	pthread_t thread;
};

static void *
run_unlock(void *ctx)
{
	struct unlocker *u = ctx;

	u->rc = unlock(u->t, u->key, &u->err);
	return NULL;
}

static void
one_question_serves_all_threads(void **state)
{
	struct ring *t = *state;
	struct unlocker all[THREADS] = { 0 };
	struct ssh_key *k;

	hd_ssh_client_ask(t->client, answer, t);
	make(t, "id", "secret", "PEM");
	k = only_key(t);
	t->answers[0] = "secret";
	for (size_t i = 0; i < THREADS; i++) {
		all[i].t = t;
		all[i].key = k;
		assert_int_equal(
		    pthread_create(&all[i].thread, NULL, run_unlock, &all[i]),
		    0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(all[i].thread, NULL);
	for (size_t i = 0; i < THREADS; i++)
		assert_hd_ok(all[i].rc, &all[i].err);
	assert_int_equal(t->asked, 1);
}

static void
an_interrupted_question_is_not_remembered_as_an_answer(void **state)
{
	struct ring *t = *state;
	struct hd_err err = { 0 };
	struct ssh_key *k;

	hd_ssh_client_ask(t->client, answer, t);
	make(t, "id", "secret", "PEM");
	k = only_key(t);
	t->answers[0] = NULL;
	t->answers[1] = "secret";
	assert_hd_fails(unlock(t, k, &err), &err, HD_ECANCELED);
	assert_hd_ok(unlock(t, k, &err), &err);
}

static void
a_public_key_of_another_key_is_noticed(void **state)
{
	struct ring *t = *state;
	struct hd_err err = { 0 };

	hd_ssh_client_give(t->client, HD_SSH_PASSPHRASE, "secret");
	make(t, "other", "", "PEM");
	t->login.nidentities = 0;
	make(t, "id", "secret", "PEM");
	files_run((const char *[]){
	    "cp", path_of(t, "other.pub"), path_of(t, "id.pub"), NULL });
	assert_hd_fails(unlock(t, only_key(t), &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "id.pub beside it belongs to another"));
}

/* In this process, so no file is involved. */
static struct ssh_key *
variable(struct ring *t, const char *value)
{
	const char *name = hd_arena_fmt(&t->arena, "KEY%u", t->asked++);
	HD_AUTO_FREE struct ssh_key **keys = NULL;
	struct hd_err err = { 0 };
	struct hd_ssh_login login = { .variables = &name, .nvariables = 1 };

	hd_ssh_client_give(t->client, name, value);
	if (ssh_keyring_list(&t->client->keys, &login, &keys, &err) == 0)
		return keys[0];
	assert_int_equal(err.code, HD_ELOCAL);
	assert_non_null(
	    strstr(err.msg, hd_arena_fmt(&t->arena, "key $%s: ", name)));
	if (strlen(value) > 8) /* whatever it is, it may be a secret */
		assert_null(strstr(err.msg, value + 8));
	snprintf(t->said, sizeof(t->said), "%s", err.msg);
	return NULL;
}

static void
a_variable_keeps_a_key_whatever_ci_did_to_its_lines(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\\n", "\\r\\n",
		" " };
	struct ring *t = *state;
	const char *path = make(t, "id", "", "RFC4716");
	HD_AUTO_FREE char *text = files_text(path);
	struct ssh_key *whole = only_key(t);

	for (size_t i = 0; i < HD_COUNT(ends); i++) {
		HD_AUTO_STR value = HD_STR_INIT(64 * 1024);
		struct ssh_key *k;

		hd_str_addf(&value, "%s", i % 2 == 0 ? "\n" : "");
		for (const char *p = text; *p != '\0'; p++) {
			if (*p != '\n')
				hd_str_addn(&value, p, 1);
			else if (p[1] != '\0') /* not the last one */
				hd_str_add(&value, ends[i]);
		}
		k = variable(t, value.ptr);
		assert_non_null(k);
		assert_int_equal(k->state, SSH_KEY_PLAIN);
		assert_string_equal(k->text, whole->text);
	}
}

static void
a_variable_without_a_private_key_says_what_it_holds(void **state)
{
	struct ring *t = *state;
	const char *path = make(t, "id", "", "RFC4716");
	HD_AUTO_FREE char *public = files_text(path_of(t, "id.pub"));
	HD_AUTO_FREE char *text = files_text(path);
	HD_AUTO_STR base64 = HD_STR_INIT(64 * 1024);
	char *middle = strchr(text, '\n') + 1;
	const struct {
		const char *value, *says;
	} cases[] = {
		{ "", "it is empty" },
		{ " \n", "it is empty" },
		{ path, "it holds a path: use identity" },
		{ "~/.ssh/id_ed25519", "it holds a path" },
		{ public, "it holds a public key" },
		{ "hunter2hunter2", "it holds no private key" },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n", "damaged" },
	};

	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		assert_null(variable(t, cases[i].value));
		assert_non_null(strstr(t->said, cases[i].says));
	}
	hd_base64_encode(text, strlen(text), &base64);
	assert_null(variable(t, base64.ptr));
	assert_non_null(strstr(t->said, "private key in base64"));
	*strstr(middle, "-----END") = '\0';
	assert_null(variable(t, middle));
	assert_non_null(strstr(t->said, "private key in base64"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_read_once_for_all_logins),
		TEST(a_broken_key_is_fatal_only_if_the_user_named_it),
		TEST(a_key_that_others_can_read_is_left_to_the_agent),
		TEST(only_regular_files_are_read),
		TEST(a_public_key_beside_a_file_selects_the_agents_key),
		TEST(
		    a_certificate_beside_a_key_is_found_if_it_is_about_that_key),
		TEST(a_passphrase_from_the_environment_unlocks),
		TEST(a_command_prints_the_passphrase_of_the_key_it_is_told),
		TEST(a_command_that_fails_does_not_tell_what_it_printed),
		TEST(a_command_must_print_a_line),
		TEST(a_person_may_try_three_times),
		TEST(without_a_passphrase_the_message_says_what_helps),
		TEST(one_question_serves_all_threads),
		TEST(an_interrupted_question_is_not_remembered_as_an_answer),
		TEST(a_public_key_of_another_key_is_noticed),
		TEST(a_variable_keeps_a_key_whatever_ci_did_to_its_lines),
		TEST(a_variable_without_a_private_key_says_what_it_holds),
	};

	return cmocka_run_group_tests_name("ssh_keyring", tests, NULL, NULL);
}
