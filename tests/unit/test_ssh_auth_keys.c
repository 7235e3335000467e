/* Logging in with keys of the keyring: encrypted ones, broken ones, and keys
 * without a file. */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/clock.h"
#include "core/base/secret.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HOSTS = 6, CONNECT_MS = 2000 };

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

/* A person. */
struct person {
	unsigned asked;
	unsigned thinks_ms;
};

static int
answer(void *ctx, const char *question, char **out, struct hd_err *err)
{
	struct person *p = ctx;

	(void)question;
	(void)err;
	p->asked++;
	hd_clock_sleep(p->thinks_ms);
	*out = hd_secret_copy("secret", 6);
	return 0;
}

/* Options of a client of its own, with this person. */
static struct hd_ssh_opts
opts_of(struct sshd *d, struct person *p)
{
	struct hd_ssh_opts o = sshd_opts(d);
	struct hd_err err = { 0 };

	assert_hd_ok(hd_ssh_client_new(&o.client, &err), &err);
	if (p != NULL)
		hd_ssh_client_ask(o.client, answer, p);
	return o;
}

static const char *
sealed_key(struct sshd *d, const char *name)
{
	return sshd_key(d, name,
	    (const char *[]){
		"-t", "ed25519", "-N", "secret", "-a", "1", NULL });
}

struct host {
	const struct hd_ssh_opts *o;
	struct hd_err err;
	int rc;
	pthread_t thread;
};

static void *
log_in(void *ctx)
{
	struct host *h = ctx;

	h->rc = sshd_try_shared(h->o, &h->err);
	return NULL;
}

static void
one_passphrase_serves_all_hosts(void **state)
{
	NEEDS_SSHD(d);
	struct person person = { .thinks_ms = 200 };
	struct hd_ssh_opts o = opts_of(d, &person);
	const char *path = sealed_key(d, "sealed");
	struct host hosts[HOSTS] = { 0 };

	o.login.identities = &path;
	sshd_authorize(d, "sealed");
	for (size_t i = 0; i < HOSTS; i++) {
		hosts[i].o = &o;
		assert_int_equal(
		    pthread_create(&hosts[i].thread, NULL, log_in, &hosts[i]),
		    0);
	}
	for (size_t i = 0; i < HOSTS; i++)
		pthread_join(hosts[i].thread, NULL);
	for (size_t i = 0; i < HOSTS; i++)
		assert_hd_ok(hosts[i].rc, &hosts[i].err);
	assert_int_equal(person.asked, 1);
	hd_ssh_client_free(o.client);
}

static void
a_person_may_think_longer_than_connecting_may_take(void **state)
{
	NEEDS_SSHD(d);
	struct person person = { .thinks_ms = CONNECT_MS + 500 };
	struct hd_ssh_opts o = opts_of(d, &person);
	const char *path = sealed_key(d, "slowly");
	struct hd_err err = { 0 };

	o.login.identities = &path;
	o.net.connect_ms = CONNECT_MS;
	sshd_authorize(d, "slowly");
	assert_hd_ok(sshd_try_shared(&o, &err), &err);
	hd_ssh_client_free(o.client);
}

/* sshd gives two minutes, and a person may be away. */
static void
a_server_that_did_not_wait_for_the_person_is_connected_again(void **state)
{
	NEEDS_SSHD(d);
	struct person person = { .thinks_ms = 2500 };
	struct hd_ssh_opts o = opts_of(d, &person);
	const char *path = sealed_key(d, "late");
	struct hd_err err = { 0 };

	o.login.identities = &path;
	sshd_authorize(d, "late");
	sshd_config(d, "host", "LoginGraceTime 1");
	assert_hd_ok(sshd_try_shared(&o, &err), &err);
	assert_int_equal(person.asked, 1);
	hd_ssh_client_free(o.client);
}

static void
no_passphrase_is_asked_for_a_key_that_the_server_refuses(void **state)
{
	NEEDS_SSHD(d);
	struct person person = { 0 };
	struct hd_ssh_opts o = opts_of(d, &person);
	const char *paths[] = { sealed_key(d, "unwanted"), sshd_path(d, "id") };
	struct hd_err err = { 0 };

	o.login.identities = paths;
	o.login.nidentities = 2;
	assert_hd_ok(sshd_try_shared(&o, &err), &err);
	assert_int_equal(person.asked, 0);
	hd_ssh_client_free(o.client);
}

static void
without_a_passphrase_the_host_is_told_what_helps(void **state)
{
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = opts_of(d, NULL);
	const char *path = sealed_key(d, "alone");
	struct hd_err err = { 0 };

	o.login.identities = &path;
	sshd_authorize(d, "alone");
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, path));
	assert_non_null(strstr(err.msg, "has a passphrase"));
	assert_non_null(strstr(err.msg, "HDEPLOY_KEY_PASSPHRASE"));
	hd_ssh_client_free(o.client);
}

static void
a_broken_default_key_does_not_stop_a_good_one(void **state)
{
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = opts_of(d, NULL);
	const char *paths[] = { sshd_path(d, "truncated"),
		sshd_path(d, "nothing"), sshd_path(d, "id") };
	HD_AUTO_FREE char *text = files_text(sshd_path(d, "id"));
	struct hd_err err = { 0 };

	text[strlen(text) / 2] = '\0';
	files_write(paths[0], text);
	assert_int_equal(chmod(paths[0], 0600), 0);
	o.login.identities = paths;
	o.login.nidentities = 3;
	o.login.named = false;
	assert_hd_ok(sshd_try_shared(&o, &err), &err);
	/* the note, where no key is good */
	o.login.nidentities = 2;
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "truncated: damaged"));
	assert_null(strstr(err.msg, "nothing"));
	o.login.nidentities = 3;
	o.login.named = true;
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "truncated: damaged"));
	hd_ssh_client_free(o.client);
}

/* The advice to name a key would not help: it is named. */
static void
a_named_key_that_others_can_read_gets_only_the_advice_that_helps(void **state)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = opts_of(d, NULL);
	const char *path = sshd_key(d, "readable", plain);
	struct hd_err err = { 0 };

	assert_int_equal(chmod(path, 0644), 0);
	o.login.identities = &path;
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "readable: others can read it"));
	assert_non_null(strstr(err.msg, "chmod 600 "));
	assert_null(strstr(err.msg, "set identity"));
	hd_ssh_client_free(o.client);
}

static void
a_key_from_a_variable_logs_in(void **state)
{
	static const char *const names[] = { "DEPLOY_KEY" };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = opts_of(d, NULL);
	HD_AUTO_FREE char *text = files_text(sshd_path(d, "id"));
	struct hd_err err = { 0 };

	hd_ssh_client_give(o.client, names[0], text);
	o.login.variables = names;
	o.login.nvariables = 1;
	o.login.nidentities = 0;
	assert_hd_ok(sshd_try_shared(&o, &err), &err);
	sshd_key(d, "other", (const char *[]){ "-t", "ed25519", NULL });
	sshd_authorize(d, "other");
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_EAUTH);
	assert_non_null(strstr(err.msg, "$DEPLOY_KEY"));
	assert_null(strstr(err.msg, "BEGIN"));
	hd_ssh_client_free(o.client);
}

/* Every form that an encrypted key can have, and a PKCS8 one of ed25519. */
static void
every_kind_of_encrypted_key_logs_in(void **state)
{
#define SECRET "-N", "secret"
	static const struct {
		const char *name;
		const char *args[10];
	} kinds[] = {
		{ "k1", { SECRET, "-a", "1", "-t", "rsa", "-b", "2048" } },
		{ "k2", { SECRET, "-a", "1", "-t", "ecdsa" } },
		{ "k3", { SECRET, "-a", "1", "-t", "ed25519", "-Z",
			    "chacha20-poly1305@openssh.com" } },
		{ "k4", { SECRET, "-t", "rsa", "-b", "2048", "-m", "PEM" } },
		{ "k5", { SECRET, "-t", "ecdsa", "-m", "PEM" } },
		{ "k6", { SECRET, "-t", "ecdsa", "-m", "PKCS8" } },
	};
	NEEDS_SSHD(d);
	struct person person = { 0 };
	struct hd_ssh_opts o = opts_of(d, &person);
	struct hd_err err = { 0 };

	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		const char *path = sshd_key(d, kinds[i].name, kinds[i].args);

		o.login.identities = &path;
		sshd_authorize(d, kinds[i].name);
		assert_hd_ok(sshd_try_shared(&o, &err), &err);
		assert_int_equal(person.asked, i + 1);
	}
	hd_ssh_client_free(o.client);
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_passphrase_serves_all_hosts),
		TEST(a_person_may_think_longer_than_connecting_may_take),
		TEST(
		    a_server_that_did_not_wait_for_the_person_is_connected_again),
		TEST(no_passphrase_is_asked_for_a_key_that_the_server_refuses),
		TEST(without_a_passphrase_the_host_is_told_what_helps),
		TEST(a_broken_default_key_does_not_stop_a_good_one),
		TEST(
		    a_named_key_that_others_can_read_gets_only_the_advice_that_helps),
		TEST(a_key_from_a_variable_logs_in),
		TEST(every_kind_of_encrypted_key_logs_in),
	};

	return cmocka_run_group_tests_name(
	    "ssh_auth_keys", tests, sshd_setup, sshd_teardown);
}
