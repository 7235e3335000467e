#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/digest.h"
#include "transport/ssh_hostkey_files.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

/* Text with keys for the letters: H the host's, O another one, R an RSA key;
 * %s is the host's name and port. */
static const char *
with_keys(struct sshd *d, const char *text)
{
	HD_AUTO_STR out = HD_STR_INIT(64 * 1024);

	for (const char *p = text; *p != '\0'; p++) {
		const char *name = *p == 'H'   ? "host"
				   : *p == 'O' ? "other"
				   : *p == 'R' ? "other-rsa"
					       : NULL;

		if (name != NULL)
			hd_str_add(&out, sshd_public(d, name));
		else if (strncmp(p, "%s", 2) == 0)
			hd_str_addf(&out, "[%s]:%u", d->address, d->port), p++;
		else
			hd_str_addn(&out, p, 1);
	}
	return hd_arena_strdup(&d->arena, out.ptr);
}

static const char *
file_with(struct sshd *d, const char *name, const char *text)
{
	const char *path = sshd_path(d, name);

	files_write(path, with_keys(d, text));
	return path;
}

static const char *
fingerprint(struct sshd *d, const char *name)
{
	HD_AUTO_STR print = HD_STR_INIT(128);
	unsigned char blob[1024];
	const char *key = strchr(sshd_public(d, name), ' ') + 1;
	long n = hd_base64_decode(key, strcspn(key, "\n"), blob, sizeof(blob));

	assert_true(n > 0);
	hd_key_fingerprint(blob, (size_t)n, &print);
	return hd_arena_strdup(&d->arena, print.ptr);
}

static int
setup(void **state)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	static const char *const rsa[] = { "-t", "rsa", "-b", "2048", NULL };
	int rc = sshd_setup(state);

	if (rc == 0 && *state != NULL) {
		sshd_key(*state, "other", plain);
		sshd_key(*state, "other-rsa", rsa);
	}
	return rc;
}

static void
a_revoked_key_is_refused_wherever_the_line_is(void **state)
{
	static const char good[] = "%s H\n", bad[] = "@revoked * H\n";
	static const struct {
		const char *user, *global, *revoking;
		bool pinned;
		const char *says;
	} rows[] = {
		{ good, "", "", false, NULL },
		{ "", good, "", false, NULL },
		{ "", "", good, false, "is unknown" },
		{ good, bad, "", false, "IS REVOKED by " },
		{ bad, good, "", false, "IS REVOKED by " },
		{ good, "", "# mine\n@revoked * H\n", false, "revoking:2: " },
		{ good, "", "@revoked * O\n%s O\n", false, NULL },
		{ "", "", "", true, NULL },
		{ "%s O\n", "@cert-authority * O\n", "", true, NULL },
		{ bad, "", "", true, "user:1: " },
		{ "", bad, "", true, "global:1: " },
		{ "", "", bad, true, "revoking:1: " },
		{ "", "", "@revoked db H\n", true, NULL },
	};
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *pin = fingerprint(d, "host");

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const char *user = file_with(d, "user", rows[i].user);
		const char *global = file_with(d, "global", rows[i].global);
		const char *more = file_with(d, "revoking", rows[i].revoking);
		struct hd_err err = { 0 };
		int rc;

		o.trust.user = (struct hd_ssh_files){ &user, 1 };
		o.trust.global = (struct hd_ssh_files){ &global, 1 };
		o.trust.revoking = (struct hd_ssh_files){ &more, 1 };
		o.trust.pins = &pin;
		o.trust.npins = rows[i].pinned;
		rc = sshd_try(&o, &err);
		if (rc != (rows[i].says != NULL ? -1 : 0) ||
		    (rc < 0 && (err.code != HD_EHOSTKEY ||
				   strstr(err.msg, rows[i].says) == NULL)))
			fail_msg("row %zu: %s", i, err.msg);
	}
}

/* In a container, HOME is often another user's. */
static void
a_usual_file_that_is_forbidden_revokes_nothing(void **state)
{
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *file = file_with(d, "forbidden", "@revoked * H\n");
	struct hd_known_hosts k;
	struct hd_err err;
	int status;
	pid_t pid;

	assert_int_equal(chmod(file, 0), 0);
	o.trust.user = (struct hd_ssh_files){ 0 };
	o.trust.revoking = (struct hd_ssh_files){ &file, 1 };
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(2);
		_exit(ssh_hostkey_look(&k, &o, &err) < 0 || k.keys.n > 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
a_list_of_revoked_keys_counts_and_a_krl_is_refused(void **state)
{
	static const struct {
		const char *text; /* NULL: no file */
		enum hd_code want;
		const char *says;
	} rows[] = {
		{ "", HD_OK, "" },
		{ "# H\nO with a comment\n", HD_OK, "" },
		{ "O\n  H x\n", HD_EHOSTKEY, "list:2: ssh-ed25519 SHA256:" },
		{ "SSHKRL\nx", HD_ELOCAL, "list is a KRL" },
		{ NULL, HD_ELOCAL, "list: No such file" },
	};
	struct hd_err err;
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *list = sshd_path(d, "list");

	o.trust.revoked = (struct hd_ssh_files){ &list, 1 };
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		if (rows[i].text == NULL)
			assert_int_equal(unlink(list), 0);
		else if (rows[i].want == HD_ELOCAL)
			files_write(list, rows[i].text); /* no keys in it */
		else
			file_with(d, "list", rows[i].text);
		err = (struct hd_err){ 0 };
		(void)!sshd_try(&o, &err);
		if (err.code != rows[i].want ||
		    strstr(err.msg, rows[i].says) == NULL)
			fail_msg("row %zu: %d %s", i, err.code, err.msg);
	}
}

static void
a_host_is_looked_up_under_its_other_name(void **state)
{
	struct hd_err err = { 0 };
	struct hd_host_key key;
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	o.trust.name = "Web1";
	sshd_know(d, with_keys(d, "web1 H\n"));
	assert_hd_ok(sshd_try(&o, &err), &err);
	sshd_know(d, with_keys(d, "%s H\n"));
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg, "is unknown for the name Web1: ssh-"));
	assert_non_null(strstr(err.msg, "known_hosts:1 has the same key"));
	assert_hd_ok(hd_ssh_host_key(&key, &o, &err), &err);
	assert_int_equal(strncmp(key.line, "web1 ssh-ed25519 AAAA", 21), 0);
	hd_host_key_done(&key);
}

/* Counts notes; keeps the last one. */
struct notes {
	int n;
	char text[1024];
};
static void
take_note(void *ctx, const char *text)
{
	struct notes *notes = ctx;

	notes->n++;
	snprintf(notes->text, sizeof(notes->text), "%s", text);
}

static void
only_a_host_without_any_line_is_accepted_as_new(void **state)
{
	static const struct {
		const char *user, *global;
		bool pinned;
		const char *says; /* NULL: it is accepted and recorded */
	} rows[] = {
		{ "", "", false, NULL },
		{ "# mine", "db O\n", false, NULL },
		/* another port is another service, as for ssh */
		{ "127.0.0.1 O\n", "", false, NULL },
		{ "%s O\n", "", false, "HAS CHANGED" },
		{ "", "%s O\n", false, "HAS CHANGED" },
		{ "%s R\n", "", false, "HAS CHANGED" },
		{ "", "@revoked * H\n", false, "IS REVOKED" },
		{ "", "@cert-authority * O\n", false, "is unknown" },
		{ "", "", true, "IS NOT THE PINNED ONE" },
	};
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *pin = fingerprint(d, "other");

	o.trust.policy = HD_SSH_ACCEPT_NEW;
	o.note = take_note;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const char *before = with_keys(d, rows[i].user);
		const char *user = file_with(d, "user", rows[i].user);
		const char *global = file_with(d, "global", rows[i].global);
		struct notes notes = { 0 };
		struct hd_err err = { 0 };
		char *after;
		int rc;

		o.note_ctx = &notes;
		o.trust.user = (struct hd_ssh_files){ &user, 1 };
		o.trust.global = (struct hd_ssh_files){ &global, 1 };
		o.trust.pins = &pin;
		o.trust.npins = rows[i].pinned;
		rc = sshd_try(&o, &err);
		after = files_text(user);
		if (rows[i].says != NULL) {
			if (rc == 0 || strstr(err.msg, rows[i].says) == NULL)
				fail_msg("row %zu: %s", i, err.msg);
			assert_string_equal(after, before);
			assert_int_equal(notes.n, 0);
		} else {
			assert_hd_ok(rc, &err);
			assert_non_null(strstr(after, with_keys(d, "%s H\n")));
			assert_non_null(strstr(notes.text, "recorded ssh-"));
			assert_non_null(
			    strstr(notes.text, fingerprint(d, "host")));
			/* now it is known */
			assert_hd_ok(sshd_try(&o, &err), &err);
			assert_int_equal(notes.n, 1);
		}
		free(after);
	}
}

/* Or the next connection would accept any other key. */
static void
a_new_key_that_cannot_be_recorded_is_refused(void **state)
{
	static const struct {
		const char *file, *name, *says;
	} rows[] = {
		{ "/dev/null", NULL, "it is not a regular file" },
		{ "/proc/none/known_hosts", NULL, "No such file" },
		{ "user", "a,*", "the name a,* cannot be recorded" },
	};
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	o.trust.policy = HD_SSH_ACCEPT_NEW;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const char *user = rows[i].file[0] == '/'
				       ? rows[i].file
				       : file_with(d, rows[i].file, "");
		struct hd_err err = { 0 };

		o.trust.user = (struct hd_ssh_files){ &user, 1 };
		o.trust.name = rows[i].name;
		assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
		if (strstr(err.msg, rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, err.msg);
	}
}

static void *
open_one(void *arg)
{
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };

	if (hd_ssh_open(&t, arg, &err) < 0)
		return NULL;
	hd_tp_close(t);
	return arg;
}

static void
two_connections_to_a_new_host_record_one_line(void **state)
{
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *folder = sshd_path(d, "new");
	const char *user = sshd_path(d, "new/known_hosts");
	struct hd_err err = { 0 };
	pthread_t threads[2];
	struct stat st;
	char *text;

	assert_hd_ok(hd_ssh_client_new(&o.client, &err), &err);
	o.trust.user = (struct hd_ssh_files){ &user, 1 };
	o.trust.policy = HD_SSH_ACCEPT_NEW;
	for (size_t i = 0; i < HD_COUNT(threads); i++)
		pthread_create(&threads[i], NULL, open_one, &o);
	for (size_t i = 0; i < HD_COUNT(threads); i++) {
		void *ok;

		pthread_join(threads[i], &ok);
		assert_non_null(ok);
	}
	hd_ssh_client_free(o.client);
	text = files_text(user);
	assert_string_equal(text, with_keys(d, "%s H\n"));
	free(text);
	assert_int_equal(stat(user, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_revoked_key_is_refused_wherever_the_line_is),
		TEST(a_usual_file_that_is_forbidden_revokes_nothing),
		TEST(a_list_of_revoked_keys_counts_and_a_krl_is_refused),
		TEST(a_host_is_looked_up_under_its_other_name),
		TEST(only_a_host_without_any_line_is_accepted_as_new),
		TEST(a_new_key_that_cannot_be_recorded_is_refused),
		TEST(two_connections_to_a_new_host_record_one_line),
	};

	return cmocka_run_group_tests_name(
	    "ssh_trust", tests, setup, sshd_teardown);
}
