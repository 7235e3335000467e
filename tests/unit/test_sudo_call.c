#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/fs.h"
#include "transport/local.h"
#include "transport/ssh.h"
#include "transport/sudo_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORD "0123456789abcdef"

/* A run whose sudo password is the variable PW. */
struct scene {
	struct ssh_passwords passwords;
	struct ssh_secrets secrets;
	struct hd_sudo sudo;
};

static void
set(struct scene *s, const char *password)
{
	*s = (struct scene){ .sudo = { .of = { .use = &ssh_password_sudo,
					   .user = "deploy",
					   .variable = "PW",
					   .host = "db1" } } };
	ssh_passwords_init(&s->passwords);
	s->sudo.passwords = &s->passwords;
	s->sudo.secrets = &s->secrets;
	ssh_secrets_give(&s->secrets, "PW", password);
}

static void
unset(struct scene *s)
{
	ssh_passwords_done(&s->passwords);
	ssh_secrets_done(&s->secrets);
}

static int
begin(struct hd_sudo_call *c, struct scene *s, struct hd_err *err)
{
	return hd_sudo_begin(c, &s->sudo, WORD, HD_CANCEL_SOON, err);
}

/* What it would send now, piece by piece; "" while it waits. */
static const char *
sends(struct hd_sudo_call *c)
{
	static char all[512];
	const char *p;
	size_t n, len = 0;

	for (;;) {
		hd_sudo_next(c, &p, &n);
		if (n == 0)
			break;
		all[len++] = *p;
		hd_sudo_fed(c, 1);
	}
	all[len] = '\0';
	return all;
}

static ssize_t
hears(struct hd_sudo_call *c, const char *text, struct hd_err *err)
{
	return hd_sudo_heard(c, text, strlen(text), err);
}

/* A call whose host has asked and got the password. */
static void
answer(struct hd_sudo_call *c, struct scene *s, const char *password)
{
	struct hd_err err = { 0 };
	char want[300];

	assert_hd_ok(begin(c, s, &err), &err);
	(void)sends(c);
	assert_int_equal(hears(c, c->prompt, &err), 0);
	snprintf(want, sizeof(want), "%s\n", password);
	assert_string_equal(sends(c), want);
}

static void
the_password_is_sent_after_the_prompt_only(void **state)
{
	struct hd_sudo_call c;
	struct hd_err err = { 0 };
	struct scene s;
	char want[256];

	(void)state;
	set(&s, "right one\n");
	assert_hd_ok(begin(&c, &s, &err), &err);
	snprintf(want, sizeof(want), WORD " %s %s", c.prompt, c.ready);
	assert_string_equal(sends(&c), want);
	assert_int_equal(
	    hears(&c, "[sudo] password for deploy: Password:\n", &err), 0);
	assert_string_equal(sends(&c), "");
	for (size_t i = 0; i < 2000; i++)
		assert_int_equal(hears(&c, "lecture ", &err), 0);
	assert_string_equal(sends(&c), "");
	for (const char *p = c.prompt; *p != '\0'; p++)
		assert_int_equal(hd_sudo_heard(&c, p, 1, &err), 0);
	assert_string_equal(sends(&c), "right one\n");
	for (const char *p = c.ready; *p != '\0'; p++)
		assert_int_equal(hd_sudo_heard(&c, p, 1, &err), 0);
	assert_int_equal(c.stage, HD_SUDO_READY);
	assert_null(c.secret);
	unset(&s);
}

static void
the_words_differ_in_every_call(void **state)
{
	struct hd_sudo_call one, two;
	struct hd_err err = { 0 };
	struct scene s;

	(void)state;
	set(&s, "right");
	answer(&one, &s, "right");
	(void)!hears(&one, one.ready, &err);
	assert_hd_ok(begin(&two, &s, &err), &err);
	assert_string_not_equal(one.prompt, two.prompt);
	assert_string_not_equal(one.ready, two.ready);
	assert_string_not_equal(two.prompt, two.ready);
	assert_int_equal(hears(&two, one.prompt, &err), 0);
	(void)sends(&two);
	assert_string_equal(sends(&two), "");
	assert_hd_ok(hd_sudo_end(&two, true, &err), &err);
	unset(&s);
}

static void
what_follows_the_ready_word_belongs_to_the_script(void **state)
{
	struct hd_sudo_call c;
	struct hd_err err = { 0 };
	struct scene s;
	char text[64];

	(void)state;
	set(&s, "right");
	assert_hd_ok(begin(&c, &s, &err), &err);
	snprintf(text, sizeof(text), "noise\n%s12345", c.ready);
	assert_int_equal(hears(&c, text, &err), 5);
	assert_int_equal(c.stage, HD_SUDO_READY);
	assert_true(s.sudo.silent);
	unset(&s);
}

static void
a_second_prompt_is_a_refusal_and_gets_nothing(void **state)
{
	struct hd_sudo_call c;
	struct hd_err err = { 0 };
	struct scene s;
	char text[128];

	(void)state;
	set(&s, "wrong");
	answer(&c, &s, "wrong");
	snprintf(text, sizeof(text), "Sorry, try again.\n%s", c.prompt);
	assert_int_equal(hears(&c, text, &err), -1);
	assert_int_equal(err.code, HD_EAUTH);
	assert_hd_says(&err, "did not accept the password from sudo_password");
	assert_hd_says(&err, "; sudo said: Sorry, try again.");
	assert_string_equal(sends(&c), "");
	assert_hd_ok(hd_sudo_end(&c, false, &err), &err);
	s.sudo.of.host = "db2";
	assert_hd_fails(begin(&c, &s, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "sudo on db1 did not accept");
	assert_hd_says(&err, "to no other host");
	unset(&s);
}

static void
one_host_that_refuses_does_not_stop_the_others_once_it_was_accepted(
    void **state)
{
	struct hd_sudo_call c;
	struct hd_err err = { 0 };
	struct scene s;

	(void)state;
	set(&s, "right");
	answer(&c, &s, "right");
	assert_int_equal(hears(&c, c.ready, &err), 0);
	s.sudo.of.host = "db2";
	answer(&c, &s, "right");
	assert_int_equal(hears(&c, c.prompt, &err), -1);
	assert_hd_ok(hd_sudo_end(&c, false, &err), &err);
	assert_hd_fails(begin(&c, &s, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "does not send it again");
	s.sudo.of.host = "db3";
	answer(&c, &s, "right");
	assert_int_equal(hears(&c, c.ready, &err), 0);
	unset(&s);
}

static void
an_end_after_the_password_is_a_refusal_unless_a_rule_is_missing(void **state)
{
	static const struct {
		const char *said;
		bool refused;
	} rows[] = {
		{ "sudo: 1 incorrect password attempt\n", true },
		{ "sudo: 1 falsche Passworteingabe\n", true },
		{ "", true },
		{ "deploy is not in the sudoers file.\n", false },
		{ "Sorry, user deploy is not allowed to execute '/bin/sh' as "
		  "app on web1.\n",
		    false },
		{ "sudo: I'm afraid I can't do that\n", false },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_sudo_call c;
		struct hd_err err = { 0 };
		struct scene s;

		set(&s, "pw");
		answer(&c, &s, "pw");
		assert_int_equal(hears(&c, rows[i].said, &err), 0);
		assert_int_equal(
		    hd_sudo_end(&c, true, &err), rows[i].refused ? -1 : 0);
		assert_int_equal(err.code, rows[i].refused ? HD_EAUTH : HD_OK);
		s.sudo.of.host = "db2";
		assert_int_equal(begin(&c, &s, &err), rows[i].refused ? -1 : 0);
		if (!rows[i].refused)
			assert_hd_ok(hd_sudo_end(&c, false, &err), &err);
		unset(&s);
	}
}

static void
a_lost_connection_is_not_a_refusal(void **state)
{
	struct hd_sudo_call c;
	struct hd_err err = { 0 };
	struct scene s;

	(void)state;
	set(&s, "right");
	answer(&c, &s, "right");
	assert_hd_ok(hd_sudo_end(&c, false, &err), &err);
	answer(&c, &s, "right");
	assert_int_equal(hears(&c, c.ready, &err), 0);
	unset(&s);
}

static void
a_password_that_is_not_one_line_for_sudo_is_refused_here(void **state)
{
	char longer[257];
	const char *bad[] = { "two\nlines", "a\rb", "a\x15", "a\x7f", longer };
	struct hd_sudo_call c;
	struct hd_err err = { 0 };
	struct scene s;

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[256] = '\0';
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		set(&s, bad[i]);
		assert_hd_fails(begin(&c, &s, &err), &err, HD_ELOCAL);
		assert_hd_says(&err, "control character");
		unset(&s);
	}
	longer[255] = '\0';
	set(&s, longer);
	answer(&c, &s, longer);
	assert_hd_ok(hd_sudo_end(&c, false, &err), &err);
	unset(&s);
}

/* This machine with another sudo, which writes each line that it reads. */
struct machine {
	char folder[64], log[128];
	char *path;
	struct hd_ssh_client *client;
	struct hd_transport *t;
};

static void
with_sudo(struct machine *m, const char *body)
{
	char text[1024], file[128];
	struct hd_err err = { 0 };
	const struct hd_local_opts o = {
		.run_as = "app",
		.user = "deploy",
		.sudo = { .wanted = true, .variable = "PW" },
	};
	struct hd_local_opts with = o;

	files_folder(m->folder);
	snprintf(m->log, sizeof(m->log), "%s/log", m->folder);
	snprintf(file, sizeof(file), "%s/sudo", m->folder);
	snprintf(text, sizeof(text),
	    "#!/bin/sh\n"
	    "while [ \"$1\" != -- ]; do\n"
	    "	[ \"$1\" != -p ] || p=$2\n"
	    "	shift\n"
	    "done\n"
	    "shift\n"
	    "ask() { printf '%%s' \"$p\" >&2; IFS= read -r l && "
	    "echo \"$l\" >>%s; }\n"
	    "%s\nexec \"$@\"\n",
	    m->log, body);
	files_write(file, text);
	files_write(m->log, "");
	assert_int_equal(chmod(file, 0700), 0);
	m->path = strdup(getenv("PATH"));
	snprintf(text, sizeof(text), "%s:%s", m->folder, m->path);
	setenv("PATH", text, 1);
	assert_hd_ok(hd_ssh_client_new(&m->client, &err), &err);
	hd_ssh_client_give(m->client, "PW", "pass 'word");
	with.client = m->client;
	assert_hd_ok(hd_local_open(&m->t, &with, &err), &err);
}

static void
without(struct machine *m)
{
	hd_tp_close(m->t);
	hd_ssh_client_free(m->client);
	setenv("PATH", m->path, 1);
	free(m->path);
	files_remove(m->folder);
}

static void
collect(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	char *out = ctx;
	size_t n = strlen(out);

	(void)stream;
	assert_true(n + len < 512);
	memcpy(out + n, text, len);
	out[n + len] = '\0';
}

static int
run(struct machine *m, const char *script, char out[static 512], int *status,
    struct hd_err *err)
{
	const struct hd_exec x = {
		.script = script,
		.len = strlen(script),
		.deadline_ms = 10000,
		.out = collect,
		.ctx = out,
	};

	out[0] = '\0';
	return hd_tp_exec(m->t, &x, status, err);
}

static void
logged(const struct machine *m, const char *want)
{
	char *text = files_text(m->log);

	assert_string_equal(text, want);
	free(text);
}

/* One of each operation. */
static void
works(struct machine *m)
{
	char out[512], path[128];
	struct hd_piece piece = { .length = 3 };
	struct hd_upload up = { .pieces = &piece,
		.n = 1,
		.size = 3,
		.path = path,
		.stall_ms = 10000 };
	struct hd_read down = { .path = path, .max = 3, .stall_ms = 10000 };
	struct hd_err err = { 0 };
	FILE *f = tmpfile();
	int status;

	assert_hd_ok(
	    run(m, "echo ran; echo said >&2; exit 7\n", out, &status, &err),
	    &err);
	assert_int_equal(status, 7);
	assert_string_equal(out, "ran\nsaid\n");
	assert_non_null(f);
	assert_int_equal(hd_fs_write_all(fileno(f), "abc", 3), 0);
	piece.fd = down.fd = fileno(f);
	snprintf(path, sizeof(path), "%s/up", m->folder);
	assert_hd_ok(hd_tp_upload(m->t, &up, &err), &err);
	assert_hd_ok(hd_tp_read(m->t, &down, &err), &err);
	assert_int_equal(lseek(fileno(f), 0, SEEK_CUR), 6);
	fclose(f);
}

static void
a_password_reaches_sudo_and_a_script_the_shell(void **state)
{
	struct machine m;

	(void)state;
	with_sudo(&m, "echo banner; echo lecture >&2; ask");
	works(&m);
	logged(&m, "pass 'word\npass 'word\npass 'word\n");
	without(&m);
}

static void
a_sudo_that_does_not_ask_gets_none(void **state)
{
	struct machine m;
	char out[512], path[128], *text;
	struct hd_err err = { 0 };
	int status;

	(void)state;
	with_sudo(&m, "tee -a $0.in | \"$@\"; exit");
	for (int i = 0; i < 2; i++) {
		assert_hd_ok(run(&m, "echo ran\n", out, &status, &err), &err);
		assert_string_equal(out, "ran\n");
	}
	snprintf(path, sizeof(path), "%s/sudo.in", m.folder);
	text = files_text(path);
	assert_non_null(strstr(text, "echo ran\n"));
	assert_null(strstr(text, "pass"));
	free(text);
	without(&m);
	with_sudo(&m, "echo banner; echo 'password: ' >&2");
	works(&m);
	logged(&m, "");
	without(&m);
}

static void
a_sudo_that_refuses_gets_it_once(void **state)
{
	struct machine m;
	char out[512];
	struct hd_err err = { 0 };
	int status;

	(void)state;
	with_sudo(&m, "ask; echo 'Sorry, try again.' >&2; ask; exit 1");
	for (int i = 0; i < 3; i++) {
		assert_hd_fails(
		    run(&m, "echo ran\n", out, &status, &err), &err, HD_EAUTH);
		assert_string_equal(out, "");
	}
	logged(&m, "pass 'word\n");
	without(&m);
}

static void
the_words_of_a_sudo_that_fails_are_passed_on(void **state)
{
	struct machine m;
	char out[512];
	struct hd_err err = { 0 };
	int status;

	(void)state;
	with_sudo(&m, "echo 'sudo: unknown user app' >&2; exit 1");
	assert_hd_ok(run(&m, "echo ran\n", out, &status, &err), &err);
	assert_int_equal(status, 1);
	assert_string_equal(out, "sudo: unknown user app\n");
	without(&m);
	with_sudo(
	    &m, "ask; echo 'app is not in the sudoers file.' >&2; exit 1");
	assert_hd_ok(run(&m, "echo ran\n", out, &status, &err), &err);
	assert_string_equal(out, "app is not in the sudoers file.\n");
	logged(&m, "pass 'word\n");
	without(&m);
}

static void
the_words_of_a_sudo_that_hangs_are_reported(void **state)
{
	static const struct {
		const char *body, *says;
	} rows[] = {
		{ "echo lecture >&2; ask; echo 'Password expired.' >&2; "
		  "printf 'Current password: ' >&2; exec sleep 60",
		    "did not check the password within 500 ms; sudo said: "
		    "Password expired.; Current password:" },
		{ "echo 'no directory' >&2; exec sleep 60",
		    "nor ran the shell within 500 ms; sudo said: no directory" },
		{ "exec sleep 60", "nor ran the shell within 500 ms" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct machine m;
		struct hd_err err = { 0 };
		const struct hd_exec x = {
			.script = "echo ran\n",
			.len = 9,
			.deadline_ms = 500,
		};
		int status;

		with_sudo(&m, rows[i].body);
		assert_hd_fails(
		    hd_tp_exec(m.t, &x, &status, &err), &err, HD_ETIMEOUT);
		assert_hd_says(&err, rows[i].says);
		without(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_password_is_sent_after_the_prompt_only),
		cmocka_unit_test(the_words_differ_in_every_call),
		cmocka_unit_test(
		    what_follows_the_ready_word_belongs_to_the_script),
		cmocka_unit_test(a_second_prompt_is_a_refusal_and_gets_nothing),
		cmocka_unit_test(
		    one_host_that_refuses_does_not_stop_the_others_once_it_was_accepted),
		cmocka_unit_test(
		    an_end_after_the_password_is_a_refusal_unless_a_rule_is_missing),
		cmocka_unit_test(a_lost_connection_is_not_a_refusal),
		cmocka_unit_test(
		    a_password_that_is_not_one_line_for_sudo_is_refused_here),
		cmocka_unit_test(
		    a_password_reaches_sudo_and_a_script_the_shell),
		cmocka_unit_test(a_sudo_that_does_not_ask_gets_none),
		cmocka_unit_test(a_sudo_that_refuses_gets_it_once),
		cmocka_unit_test(the_words_of_a_sudo_that_fails_are_passed_on),
		cmocka_unit_test(the_words_of_a_sudo_that_hangs_are_reported),
	};

	return cmocka_run_group_tests_name("sudo_call", tests, NULL, NULL);
}
