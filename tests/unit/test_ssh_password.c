#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "transport/ssh_password.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run with one command and a person who answers from a list. */
struct scene {
	struct ssh_passwords passwords;
	struct ssh_secrets secrets;
	struct ssh_password_of of;
	char folder[64];
	char command[256], count[128];
	const char *const *answers;
	char question[256];
	int asked;
};

static int
open_scene(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	ssh_passwords_init(&s->passwords);
	files_folder(s->folder);
	snprintf(s->count, sizeof(s->count), "%s/count", s->folder);
	snprintf(s->command, sizeof(s->command),
	    "echo once >>%s; echo of-$HDEPLOY_USER; echo more", s->count);
	s->of.use = &ssh_password_login;
	s->of.user = "web";
	s->of.host = "db1";
	s->of.command = s->command;
	*state = s;
	return 0;
}

static int
close_scene(void **state)
{
	struct scene *s = *state;

	ssh_passwords_done(&s->passwords);
	files_remove(s->folder);
	free(s);
	return 0;
}

static int
begin(struct scene *s, struct ssh_password_try *t, struct hd_err *err)
{
	return ssh_password_begin(
	    t, &s->passwords, &s->secrets, &s->of, HD_CANCEL_SOON, err);
}

static int
reply(void *ctx, const char *question, char **out, struct hd_err *err)
{
	struct scene *s = ctx;
	const char *answer = s->answers[s->asked++];

	snprintf(s->question, sizeof(s->question), "%s", question);
	if (answer == NULL)
		return hd_err_set(err, HD_ELOCAL, "nobody is here");
	*out = hd_secret_copy(answer, strlen(answer));
	return 0;
}

static void
let_person_answer(struct scene *s, const char *const *answers)
{
	s->of.command = NULL;
	s->secrets.ask = reply;
	s->secrets.ctx = s;
	s->answers = answers;
}

static void
the_command_runs_once_for_each_user(void **state)
{
	struct ssh_password_try t;
	struct hd_err err = { 0 };
	struct scene *s = *state;
	char *count;

	for (int i = 0; i < 3; i++) {
		assert_hd_ok(begin(s, &t, &err), &err);
		assert_string_equal(t.text, "of-web");
		ssh_password_end(&t, &s->passwords, SSH_PASSWORD_ACCEPTED);
	}
	s->of.user = "root";
	assert_hd_ok(begin(s, &t, &err), &err);
	assert_string_equal(t.text, "of-root");
	ssh_password_end(&t, &s->passwords, SSH_PASSWORD_UNKNOWN);
	count = files_text(s->count);
	assert_string_equal(count, "once\nonce\n");
	free(count);
}

static void
a_command_that_fails_is_remembered_with_its_reason(void **state)
{
	struct ssh_password_try t;
	struct hd_err err = { 0 };
	struct scene *s = *state;
	char *count;

	snprintf(s->command, sizeof(s->command),
	    "echo once >>%s; echo locked >&2; exit 3", s->count);
	for (int i = 0; i < 2; i++) {
		assert_hd_fails(begin(s, &t, &err), &err, HD_ELOCAL);
		assert_non_null(strstr(err.msg, "password_command"));
		assert_non_null(strstr(err.msg, "locked"));
	}
	count = files_text(s->count);
	assert_string_equal(count, "once\n");
	free(count);
}

static void
two_refusals_of_the_command_are_enough(void **state)
{
	struct ssh_password_try t;
	struct hd_err err = { 0 };
	struct scene *s = *state;

	for (int i = 0; i < 2; i++) {
		assert_hd_ok(begin(s, &t, &err), &err);
		ssh_password_end(&t, &s->passwords, SSH_PASSWORD_REFUSED);
	}
	assert_hd_fails(begin(s, &t, &err), &err, HD_EAUTH);
	assert_non_null(strstr(err.msg, "two hosts refused"));
}

static void
after_one_acceptance_refusals_do_not_count(void **state)
{
	struct ssh_password_try t;
	struct hd_err err = { 0 };
	struct scene *s = *state;

	assert_hd_ok(begin(s, &t, &err), &err);
	ssh_password_end(&t, &s->passwords, SSH_PASSWORD_ACCEPTED);
	for (int i = 0; i < 4; i++) {
		assert_hd_ok(begin(s, &t, &err), &err);
		ssh_password_end(&t, &s->passwords, SSH_PASSWORD_REFUSED);
	}
}

static void
a_person_is_asked_again_after_a_wrong_password(void **state)
{
	static const char *const answers[] = { "wrong", "right", NULL };
	struct ssh_password_try t;
	struct hd_err err = { 0 };
	struct scene *s = *state;
	unsigned version;

	let_person_answer(s, answers);
	assert_hd_ok(begin(s, &t, &err), &err);
	assert_string_equal(t.text, "wrong");
	assert_non_null(strstr(s->question, "password of web"));
	version = t.version;
	ssh_password_end(&t, &s->passwords, SSH_PASSWORD_REFUSED);
	assert_hd_ok(begin(s, &t, &err), &err);
	assert_string_equal(t.text, "right");
	assert_true(t.version != version);
	assert_ptr_equal(
	    strstr(s->question, "db1 refused it, try again: "), s->question);
	ssh_password_end(&t, &s->passwords, SSH_PASSWORD_ACCEPTED);
	assert_hd_ok(begin(s, &t, &err), &err);
	ssh_password_end(&t, &s->passwords, SSH_PASSWORD_ACCEPTED);
	assert_int_equal(s->asked, 2);
}

static void
three_wrong_answers_or_none_end_the_questions(void **state)
{
	static const char *const wrong[] = { "1", "2", "3", NULL };
	static const char *const none[] = { "", NULL };
	struct ssh_password_try t;
	struct hd_err err = { 0 };
	struct scene *s = *state;

	let_person_answer(s, wrong);
	for (int i = 0; i < 3; i++) {
		assert_hd_ok(begin(s, &t, &err), &err);
		ssh_password_end(&t, &s->passwords, SSH_PASSWORD_REFUSED);
	}
	assert_hd_fails(begin(s, &t, &err), &err, HD_EAUTH);
	assert_int_equal(s->asked, 3);
	s->asked = 0;
	s->of.user = "root";
	s->answers = none;
	for (int i = 0; i < 2; i++)
		assert_hd_fails(begin(s, &t, &err), &err, HD_ELOCAL);
	assert_int_equal(s->asked, 1);
}

static void
without_any_source_both_are_named(void **state)
{
	struct ssh_password_try t;
	struct hd_err err = { 0 };
	struct scene *s = *state;

	s->of.command = NULL;
	assert_hd_fails(begin(s, &t, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "password_command"));
	assert_non_null(strstr(err.msg, "terminal"));
}

static void
only_questions_for_the_password_get_it(void **state)
{
	static const struct {
		const char *prompt;
		bool wanted;
	} cases[] = {
		{ "Password: ", true },
		{ "password", true },
		{ "PASSWORD:\r\n", true },
		{ "Password for web:", true },
		{ "Password for web@db1.example.com:", true },
		{ "web@db1's password: ", true },
		{ "web's Password:", true },
		{ "", false },
		{ ": ", false },
		{ "New password: ", false },
		{ "Current password: ", false },
		{ "Retype password:", false },
		{ "Password for webmaster:", false },
		{ "Password for root@web:", false },
		{ "root's password:", false },
		{ "'s password:", false },
		{ "One-time password (OTP) for web:", false },
		{ "Verification code:", false },
		{ "Password: and your PIN:", false },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++)
		if (ssh_password_is_wanted(cases[i].prompt,
			strlen(cases[i].prompt), "web") != cases[i].wanted)
			fail_msg("%s", cases[i].prompt);
}

/* Threads that log in to hosts which all take the password. */
struct crowd {
	struct scene *s;
	atomic_int inside, most, done;
	atomic_int accepted;
};

static void *
log_in(void *ctx)
{
	struct crowd *c = ctx;
	struct ssh_password_try t;
	struct hd_err err = { 0 };

	if (begin(c->s, &t, &err) < 0)
		return NULL;
	if (!c->accepted && atomic_fetch_add(&c->inside, 1) > 0)
		c->most++;
	poll(NULL, 0, 20);
	atomic_fetch_sub(&c->inside, c->accepted ? 0 : 1);
	c->accepted = 1;
	ssh_password_end(&t, &c->s->passwords, SSH_PASSWORD_ACCEPTED);
	c->done++;
	return NULL;
}

static void
one_connection_tries_a_password_before_the_others(void **state)
{
	struct crowd c = { .s = *state };
	pthread_t threads[8];

	for (size_t i = 0; i < HD_COUNT(threads); i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, log_in, &c), 0);
	for (size_t i = 0; i < HD_COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(c.done, HD_COUNT(threads));
	assert_int_equal(c.most, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_command_runs_once_for_each_user),
		TEST(a_command_that_fails_is_remembered_with_its_reason),
		TEST(two_refusals_of_the_command_are_enough),
		TEST(after_one_acceptance_refusals_do_not_count),
		TEST(a_person_is_asked_again_after_a_wrong_password),
		TEST(three_wrong_answers_or_none_end_the_questions),
		TEST(without_any_source_both_are_named),
		TEST(only_questions_for_the_password_get_it),
		TEST(one_connection_tries_a_password_before_the_others),
	};

	return cmocka_run_group_tests_name("ssh_password", tests, NULL, NULL);
}
