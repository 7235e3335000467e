/* Logins with passwords, of a user whom the test makes. Needs root. */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/secret.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWORD "correct-Horse-7"

/* The server, the user and a client without a person. */
static struct scene {
	struct sshd *d;
	char user[32], keys[64]; /* keys: a file that the user can read */
	struct hd_ssh_client *client;
	const char *const *answers; /* of a person; end with NULL */
	char question[512];
	int asked;
} s;

#define NEEDS_USER                                                             \
	if (s.d == NULL || s.user[0] == '\0')                                  \
	skip()

static void
shell(const char *command)
{
	files_run((const char *[]){ "sh", "-c", command, NULL });
}

static bool
can_make_users(void)
{
	static const char *const programs[] = { "/usr/sbin/useradd",
		"/usr/sbin/userdel", "/usr/sbin/chpasswd", "/usr/bin/chage",
		"/etc/pam.d/sshd" };

	for (size_t i = 0; i < HD_COUNT(programs); i++)
		if (access(programs[i], F_OK) < 0)
			return false;
	return geteuid() == 0;
}

static int
make_user(void **state)
{
	int fd;

	sshd_setup((void **)&s.d);
	*state = &s;
	if (s.d == NULL || !can_make_users())
		return 0;
	snprintf(s.user, sizeof(s.user), "hd-%ld", (long)getpid());
	shell(hd_arena_fmt(&s.d->arena,
	    "useradd -M -d / -s /bin/sh %s && echo %s:%s | chpasswd", s.user,
	    s.user, PASSWORD));
	snprintf(s.keys, sizeof(s.keys), "/tmp/hdeploy-keys-XXXXXX");
	fd = mkstemp(s.keys);
	assert_true(fd >= 0);
	fchmod(fd, 0644);
	dprintf(fd, "%s\n", sshd_public(s.d, "id"));
	close(fd);
	return 0;
}

static int
remove_user(void **state)
{
	(void)state;
	if (s.user[0] != '\0') {
		unlink(s.keys);
		files_run(
		    (const char *[]){ "/usr/sbin/userdel", s.user, NULL });
	}
	sshd_stop(s.d);
	return 0;
}

static int
open_client(void **state)
{
	struct hd_err err = { 0 };

	(void)state;
	s.asked = 0;
	if (s.d != NULL)
		sshd_reset((void **)&s.d);
	assert_hd_ok(hd_ssh_client_new(&s.client, &err), &err);
	return 0;
}

static int
close_client(void **state)
{
	(void)state;
	hd_ssh_client_free(s.client);
	return 0;
}

static int
reply(void *ctx, const char *question, char **out, struct hd_err *err)
{
	const char *answer = s.answers[s.asked];

	(void)ctx;
	s.asked++;
	snprintf(s.question, sizeof(s.question), "%s", question);
	if (answer == NULL)
		return hd_err_set(err, HD_ELOCAL, "nobody is here");
	*out = hd_secret_copy(answer, strlen(answer));
	return 0;
}

static void
let_person_answer(const char *const *answers)
{
	s.answers = answers;
	hd_ssh_client_ask(s.client, reply, NULL);
}

/* Options of a login as the user, with keys or without. */
static struct hd_ssh_opts
opts(bool keys, const char *command)
{
	struct hd_ssh_opts o = sshd_opts(s.d);

	o.client = s.client;
	o.user = s.user;
	o.login.password_command = command;
	if (!keys)
		o.login.nidentities = 0;
	return o;
}

#define BY_PASSWORD "PasswordAuthentication yes"
#define BY_QUESTIONS                                                           \
	"UsePAM yes\nKbdInteractiveAuthentication yes\n"                       \
	"PasswordAuthentication no"
#define BY_BOTH                                                                \
	"UsePAM yes\nKbdInteractiveAuthentication yes\n"                       \
	"PasswordAuthentication yes"

static void
serve(const char *lines)
{
	sshd_config(s.d, "host",
	    hd_arena_fmt(
		&s.d->arena, "AuthorizedKeysFile %s\n%s", s.keys, lines));
}

static void
password_command_logs_in_by_both_methods(void **state)
{
	static const char *const ways[] = { BY_PASSWORD, BY_QUESTIONS,
		BY_BOTH };
	struct hd_err err = { 0 };

	(void)state;
	NEEDS_USER;
	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		struct hd_ssh_opts o = opts(false, "echo " PASSWORD);

		serve(ways[i]);
		assert_hd_ok(sshd_try_shared(&o, &err), &err);
	}
}

static void
a_key_and_a_password_log_in_where_both_are_wanted(void **state)
{
	static const char *const ways[] = {
		BY_PASSWORD "\nAuthenticationMethods publickey,password",
		BY_PASSWORD "\nAuthenticationMethods password,publickey",
		BY_QUESTIONS "\nAuthenticationMethods "
			     "publickey,keyboard-interactive",
	};
	struct hd_err err = { 0 };

	(void)state;
	NEEDS_USER;
	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		struct hd_ssh_opts o = opts(true, "echo " PASSWORD);

		serve(ways[i]);
		assert_hd_ok(sshd_try_shared(&o, &err), &err);
	}
}

static void
a_password_that_is_refused_is_sent_once_to_a_host(void **state)
{
	struct hd_err err = { 0 };
	struct hd_ssh_opts o;

	(void)state;
	NEEDS_USER;
	o = opts(false, "echo wrong");
	serve(BY_BOTH "\nMaxAuthTries 20\nLogLevel VERBOSE");
	files_write(sshd_path(s.d, "log"), "");
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "it refused the password from password_command");
	{
		HD_AUTO_FREE char *log = files_text(sshd_path(s.d, "log"));

		assert_null(strstr(log, "Failed password"));
		assert_non_null(strstr(log, "keyboard-interactive"));
	}
}

static void
without_a_source_the_settings_that_help_are_named(void **state)
{
	static const char *const ways[] = { BY_PASSWORD, BY_QUESTIONS };
	struct hd_err err = { 0 };

	(void)state;
	NEEDS_USER;
	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		struct hd_ssh_opts o = opts(false, NULL);

		serve(hd_arena_fmt(
		    &s.d->arena, "PubkeyAuthentication no\n%s", ways[i]));
		assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_EAUTH);
		assert_hd_says(&err, "takes no keys for");
		assert_hd_says(&err,
		    "set password_command in deploy.ini, or run "
		    "hdeploy at a terminal");
		assert_hd_never_says(&err, "authorized_keys");
	}
}

static void
a_person_types_the_password_and_may_try_again(void **state)
{
	static const char *const ways[] = { BY_PASSWORD, BY_QUESTIONS };
	static const char *const answers[] = { "wrong", PASSWORD, NULL };
	struct hd_err err = { 0 };

	(void)state;
	NEEDS_USER;
	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		struct hd_ssh_opts o;

		close_client(state);
		open_client(state);
		o = opts(false, NULL);
		serve(ways[i]);
		let_person_answer(answers);
		assert_hd_ok(sshd_try_shared(&o, &err), &err);
		assert_hd_ok(sshd_try_shared(&o, &err), &err);
		assert_int_equal(s.asked, 2);
	}
}

static int
reply_late(void *ctx, const char *question, char **out, struct hd_err *err)
{
	poll(NULL, 0, 2000);
	return reply(ctx, question, out, err);
}

static void
a_server_that_lost_patience_is_connected_to_again(void **state)
{
	static const char *const answers[] = { PASSWORD, NULL };
	struct hd_err err = { 0 };
	struct hd_ssh_opts o;

	(void)state;
	NEEDS_USER;
	o = opts(false, NULL);
	serve("LoginGraceTime 1\n" BY_PASSWORD);
	s.answers = answers;
	hd_ssh_client_ask(s.client, reply_late, NULL);
	assert_hd_ok(sshd_try_shared(&o, &err), &err);
	assert_int_equal(s.asked, 1);
}

/* PAM asks for the old and a new password; which are not for
 * password_command. */
static void
other_questions_need_a_person(void **state)
{
	static const char *const answers[] = { "not me", "", NULL };
	struct hd_err err = { 0 };
	struct hd_ssh_opts o;

	(void)state;
	NEEDS_USER;
	files_run(
	    (const char *[]){ "/usr/bin/chage", "-d", "0", s.user, NULL });
	o = opts(false, "echo " PASSWORD);
	serve(BY_QUESTIONS);
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "it asks \"");
	assert_hd_says(&err, "which a person must answer");
	let_person_answer(answers);
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_EAUTH);
	assert_non_null(strstr(s.question, "127.0.0.1 asks "));
	files_run(
	    (const char *[]){ "/usr/bin/chage", "-d", "1", s.user, NULL });
}

static void
no_password_goes_to_a_server_that_is_not_verified(void **state)
{
	struct hd_err err = { 0 };
	struct hd_ssh_opts o;
	const char *mark;

	(void)state;
	NEEDS_USER;
	mark = sshd_path(s.d, "ran");
	o = opts(
	    false, hd_arena_fmt(&s.d->arena, "touch %s; echo " PASSWORD, mark));
	serve(BY_BOTH);
	sshd_know(s.d, "");
	assert_hd_fails(sshd_try_shared(&o, &err), &err, HD_EHOSTKEY);
	assert_int_equal(access(mark, F_OK), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_client, close_client)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(password_command_logs_in_by_both_methods),
		TEST(a_key_and_a_password_log_in_where_both_are_wanted),
		TEST(a_password_that_is_refused_is_sent_once_to_a_host),
		TEST(without_a_source_the_settings_that_help_are_named),
		TEST(a_person_types_the_password_and_may_try_again),
		TEST(a_server_that_lost_patience_is_connected_to_again),
		TEST(other_questions_need_a_person),
		TEST(no_password_goes_to_a_server_that_is_not_verified),
	};

	return cmocka_run_group_tests_name(
	    "ssh_auth_secret", tests, make_user, remove_user);
}
