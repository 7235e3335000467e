#include "tests/support/cmocka_all.h"

#include "core/remote/remote.h"
#include "core/rollout/sudo.h"

#include <string.h>

#define NOT_RUN HD_NOT_RUN " (exit status 1): "
#define RULE                                                                   \
	"deploy cannot sudo to hotcode without a password; this "              \
	"line in a file in /etc/sudoers.d on the host (visudo -f) allows it: " \
	"`deploy ALL=(hotcode) NOPASSWD: /bin/sh`; or set sudo_password in "   \
	"deploy.ini"
#define NO_SUDO                                                                \
	"the host has no sudo, which run_as = hotcode in deploy.ini needs"

static const struct {
	const char *said, *text; /* NULL: as it was said */
} rows[] = {
	{ NOT_RUN "sudo: a password is required", RULE },
	{ NOT_RUN "sudo: interactive authentication is required", RULE },
	{ NOT_RUN "We trust you have received the usual lecture; "
		  "sudo: a password is required",
	    RULE },
	{ NOT_RUN "Sorry, user deploy is not allowed to execute '/bin/sh -s' "
		  "as hotcode on web1.",
	    RULE },
	{ NOT_RUN "deploy is not in the sudoers file.", RULE },
	{ NOT_RUN "sudo: sorry, you must have a tty to run sudo",
	    "sudo on the host requires a terminal; this line in a file in "
	    "/etc/sudoers.d on the host (visudo -f) changes that: "
	    "`Defaults:deploy !requiretty`" },
	{ NOT_RUN "sudo: unknown user hotcode; sudo: error initializing audit "
		  "plugin sudoers_audit",
	    "the host has no user hotcode, which run_as in deploy.ini names" },
	{ NOT_RUN "sh: 1: exec: sudo: not found", NO_SUDO },
	{ NOT_RUN "zsh:1: command not found: sudo", NO_SUDO },
	{ NOT_RUN "sudo: Command not found.", NO_SUDO },
	/* nothing that sudo is known to have said */
	{ NOT_RUN "sudo: account validation failure, is your account locked?",
	    NULL },
	{ NOT_RUN "sudo: /etc/sudo.conf is owned by uid 7, should be 0", NULL },
	{ NOT_RUN "a password is required", NULL },
	/* the script ran: its own words are not sudo's */
	{ "the shell on the host ended before the script (exit status 1): "
	  "sudo: a password is required",
	    NULL },
};

static struct hd_err
explain(const struct hd_host *host, const char *said, enum hd_code code)
{
	struct hd_err err = { 0 };

	(void)hd_err_set(&err, code, "%s", said);
	hd_sudo_explain(host, host->user, "deploy@runner", &err);
	return err;
}

static void
a_cause_is_named_where_sudo_named_it(void **state)
{
	const struct hd_host host = { .user = "deploy", .run_as = "hotcode" };
	const struct hd_host unnamed = { .run_as = "hotcode" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const char *want =
		    rows[i].text != NULL ? rows[i].text : rows[i].said;
		struct hd_err err = explain(&host, rows[i].said, HD_EREMOTE);

		assert_string_equal(err.msg, want);
		assert_int_equal(
		    err.code, rows[i].text != NULL ? HD_EAUTH : HD_EREMOTE);
		err = explain(&unnamed, rows[i].said, HD_EREMOTE);
		assert_string_equal(err.msg, want);
	}
}

static void
without_run_as_and_without_an_answer_nothing_is_said_of_sudo(void **state)
{
	const struct hd_host plain = { .user = "deploy" };
	const struct hd_host host = { .user = "deploy", .run_as = "hotcode" };
	struct hd_err err;

	(void)state;
	err = explain(&plain, rows[0].said, HD_EREMOTE);
	assert_string_equal(err.msg, rows[0].said);
	err = explain(&host, rows[0].said, HD_ECONNECT);
	assert_string_equal(err.msg, rows[0].said);
}

static void
a_rule_for_a_password_has_no_nopasswd(void **state)
{
	const struct hd_host host = { .user = "deploy",
		.run_as = "hotcode",
		.sudo_password = { .from = HD_SUDO_ASK } };
	struct hd_err err = explain(
	    &host, NOT_RUN "deploy is not in the sudoers file.", HD_EREMOTE);

	(void)state;
	assert_string_equal(err.msg,
	    "deploy cannot sudo to hotcode; this line in a file in "
	    "/etc/sudoers.d on the host (visudo -f) allows it: "
	    "`deploy ALL=(hotcode) /bin/sh`");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cause_is_named_where_sudo_named_it),
		cmocka_unit_test(a_rule_for_a_password_has_no_nopasswd),
		cmocka_unit_test(
		    without_run_as_and_without_an_answer_nothing_is_said_of_sudo),
	};

	return cmocka_run_group_tests_name("sudo", tests, NULL, NULL);
}
