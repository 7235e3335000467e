/* Logins that take several steps, and what is said about those that fail. */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

static const char *const ed25519[] = { "-t", "ed25519", NULL };
static const char *const rsa[] = { "-t", "rsa", "-b", "2048", NULL };

/* Both keys may log in. */
static void
authorize_two(struct sshd *d, const char *one, const char *other)
{
	files_write(sshd_path(d, "authorized_keys"),
	    hd_arena_fmt(&d->arena, "%s\n%s\n", sshd_public(d, one),
		sshd_public(d, other)));
}

static void
refused_keys_are_to_be_authorized(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *names[] = { sshd_key(d, "no-1", ed25519),
		sshd_key(d, "no-2", ed25519) };

	o.login.identities = names;
	o.login.nidentities = 2;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "refused to log in");
	assert_hd_says(&err, "no-1");
	assert_hd_says(&err, "no-2");
	assert_hd_says(
	    &err, "add the public key to that user's authorized_keys");
}

static void
a_server_that_takes_no_keys_says_what_it_takes(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	sshd_config(
	    d, "host", "PubkeyAuthentication no\nPasswordAuthentication yes");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "takes no keys for");
	assert_hd_says(&err, "only a password");
	assert_hd_never_says(&err, "authorized_keys");
}

static void
a_key_that_is_not_enough_is_named_with_what_is_wanted(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	sshd_config(d, "host",
	    "PasswordAuthentication yes\n"
	    "AuthenticationMethods publickey,password");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err,
	    hd_arena_fmt(&d->arena, "accepted %s for", sshd_path(d, "id")));
	assert_hd_says(&err, "also wants a password");
	assert_hd_never_says(&err, "authorized_keys");
}

static void
two_keys_log_in_where_two_are_wanted(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *names[] = { sshd_key(d, "not", ed25519), sshd_path(d, "id"),
		sshd_key(d, "second", rsa) };

	sshd_config(d, "host", "AuthenticationMethods publickey,publickey");
	authorize_two(d, "id", "second");
	o.login.identities = names;
	o.login.nidentities = 3;
	assert_hd_ok(sshd_try(&o, &err), &err);
	o.login.nidentities = 2;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "asks again for another key");
	assert_hd_says(&err, "it refused");
	assert_hd_never_says(&err, "authorized_keys");
}

static void
a_server_that_gives_up_after_too_many_keys_is_recognised(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *names[] = { sshd_key(d, "many-1", ed25519),
		sshd_key(d, "many-2", ed25519), sshd_path(d, "id") };

	sshd_config(d, "host", "MaxAuthTries 2");
	o.login.identities = names;
	o.login.nidentities = 3;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "too many failures (its MaxAuthTries)");
	assert_hd_says(&err, "many-1");
	assert_hd_never_says(&err, "authorized_keys");
}

static void
without_any_key_the_setting_that_helps_is_named(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	o.login.nidentities = 0;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
	assert_hd_says(&err, "no key to log in to");
	assert_hd_says(&err, "set identity in deploy.ini");
	assert_hd_never_says(&err, "authorized_keys");
}

static void
the_banner_of_the_server_is_shown_escaped(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *name = sshd_key(d, "unknown", ed25519);

	files_write(
	    sshd_path(d, "banner"), "Ask \033[31mops\033[0m\nfor a key\n");
	sshd_config(d, "host",
	    hd_arena_fmt(&d->arena, "Banner %s", sshd_path(d, "banner")));
	o.login.identities = &name;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "the server said: Ask");
	assert_hd_says(&err, "for a key");
	assert_null(strchr(err.msg, '\033'));
	assert_null(strchr(err.msg, '\n'));
}

/* A user of this machine whose account expired; NULL: cannot make one. */
static const char *
expired_user(struct sshd *d)
{
	static const char *const programs[] = { "/usr/sbin/useradd",
		"/usr/sbin/userdel", "/etc/pam.d/sshd" };
	const char *name = hd_arena_fmt(&d->arena, "hd-%ld", (long)getpid());

	if (geteuid() != 0)
		return NULL;
	for (size_t i = 0; i < HD_COUNT(programs); i++)
		if (access(programs[i], F_OK) < 0)
			return NULL;
	files_run((const char *[]){ "/usr/sbin/useradd", "-M", "-d", "/", "-e",
	    "2001-01-01", "-p", "*", name, NULL });
	return name;
}

static void
an_expired_account_is_told_in_the_words_of_the_server(void **state)
{
	char keys[] = "/tmp/hdeploy-keys-XXXXXX"; /* that user can read it */
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *name = expired_user(d);
	int fd, rc;

	if (name == NULL)
		skip();
	fd = mkstemp(keys);
	assert_true(fd >= 0);
	fchmod(fd, 0644);
	dprintf(fd, "%s\n", sshd_public(d, "id"));
	close(fd);
	o.user = name;
	sshd_config(d, "host",
	    hd_arena_fmt(&d->arena, "UsePAM yes\nAuthorizedKeysFile %s", keys));
	rc = sshd_try(&o, &err);
	unlink(keys);
	files_run((const char *[]){ "/usr/sbin/userdel", name, NULL });
	assert_hd_fails(rc, &err, HD_EAUTH);
	assert_hd_says(&err, "accepted");
	assert_hd_says(&err, "then closed the connection");
	assert_hd_says(&err, "expired");
	assert_hd_never_says(&err, "authorized_keys");
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refused_keys_are_to_be_authorized),
		TEST(a_server_that_takes_no_keys_says_what_it_takes),
		TEST(a_key_that_is_not_enough_is_named_with_what_is_wanted),
		TEST(two_keys_log_in_where_two_are_wanted),
		TEST(a_server_that_gives_up_after_too_many_keys_is_recognised),
		TEST(without_any_key_the_setting_that_helps_is_named),
		TEST(the_banner_of_the_server_is_shown_escaped),
		TEST(an_expired_account_is_told_in_the_words_of_the_server),
	};

	return cmocka_run_group_tests_name(
	    "ssh_auth_steps", tests, sshd_setup, sshd_teardown);
}
