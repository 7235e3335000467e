#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Exports of a login: names that scripts use, and variables that change how
 * tools work. */
static const char *const exported[][2] = {
	{ "hd_command_running", "echo 6.6.6" },
	{ "hd_command_boots", "echo 6.6.6" },
	{ "hd_unit", "evil.service" },
	{ "hd_env_path", "/evil" },
	{ "hd_name", "x" },
	{ "hd_login", "x" },
	{ "HDEPLOY_PATH", "/nowhere" },
	{ "HDEPLOY_VERSION", "6.6.6" },
	{ "app", "their app" },
	{ "root", "/their/root" },
	{ "why", "theirs" },
	{ "vm_users", "theirs" },
	{ "folder", "theirs" },
	{ "TMPDIR", "/nowhere" },
	{ "CDPATH", "/:/usr" },
	{ "IFS", "/" },
	{ "POSIXLY_CORRECT", "1" },
	{ "GREP_OPTIONS", "-v" },
	{ "TAR_OPTIONS", "--nonsense" },
	{ "GZIP", "--nonsense" },
	{ "QUOTING_STYLE", "c" },
	{ "TIME_STYLE", "+a b c d e" },
	{ "BLOCK_SIZE", "1" },
	{ "LS_COLORS", "x" },
	{ "SHELLOPTS", "braceexpand:noclobber:noglob" },
	{ "LINES2", "one\nPATH=/nowhere\nmain=x" },
	{ "QUOTED", "it's \"$HOME\" `id` \\" },
	{ "BASH_FUNC_ls%%", "() {  echo evil\n}" },
	{ "BASH_FUNC_sed%%", "() {  echo evil\n}" },
	{ "BASH_FUNC_cd%%", "() {  echo evil\n}" },
	{ "BASH_FUNC_main%%", "() {  echo evil\n}" },
	{ "BASH_FUNC_sleep%%", "() {  echo evil\n}" },
	{ "BASH_FUNC_hd_look%%", "() {  echo evil\n}" },
	{ "BASH_FUNC_hd_is_export%%", "() {  echo evil\n}" },
};

static int
log_in(void **state)
{
	int rc = hd_case_begin_each(state);

	for (size_t i = 0; i < HD_COUNT(exported); i++)
		setenv(exported[i][0], exported[i][1], 1);
	return rc;
}

static int
log_out(void **state)
{
	for (size_t i = 0; i < HD_COUNT(exported); i++)
		unsetenv(exported[i][0]);
	return hd_case_end_each(state);
}

static void
make_root(struct hd_case *c)
{
	hd_case_sh(c,
	    "mkdir -p root/releases/1.0; touch root/releases/1.0/start.boot; "
	    "echo '13.1 1.0' >root/releases/start_erl.data; "
	    "mkdir -m 700 root/.hdeploy; mkdir root/.hdeploy/ops");
}

static void
what_a_login_exports_decides_nothing(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "boot"), "1.0");
		assert_string_equal(hd_case_said(c, "newest"), "1.0");
		assert_string_equal(hd_case_said(c, "unpacked"), "1.0");
		assert_string_equal(hd_case_said(c, "vm_state"), "down");
		assert_string_equal(hd_case_said(c, "refusal"), "");
		assert_string_equal(hd_case_said(c, "service_state"), "");
		assert_int_equal(hd_case_operate(c, "a", "prepare", "1.1"), 0);
		hd_case_sh(c, "[ -d root/releases/1.1 ]");
	}
}

/* Line for line as the login sets them, except names that are ours alone. */
static void
the_service_gets_what_a_login_exports(void **state)
{
	static const char command[] =
	    "printf '%s\\n' \"$app\" \"$root\" \"$TMPDIR\" \"$QUOTED\" "
	    "\"$LINES2\" \"$GREP_OPTIONS\" "
	    "\"${hd_unit-}${hd_command_boots-}${HDEPLOY_VERSION-}\" "
	    "\"${PWD##*/}\" >said";
	static const char said[] = "their app|/their/root|/nowhere|"
				   "it's \"$HOME\" `id` \\|one|PATH=/nowhere|"
				   "main=x|-v||root|";

	EACH_SHELL(c, state)
	{
		make_root(c);
		assert_int_equal(hd_case_ask(c, "health", command), 0);
		assert_string_equal(
		    hd_case_line(c, "tr '\\n' '|' <root/said"), said);
		hd_case_sh(c, "rm root/said");
		assert_int_equal(hd_case_operate(c, "a", "run", command), 0);
		assert_string_equal(
		    hd_case_line(c, "tr '\\n' '|' <root/said"), said);
	}
}

static void
the_login_s_umask_is_the_service_s(void **state)
{
	static const char command[] = "umask; : >made; mkdir folder";
	mode_t was = umask(0027);

	EACH_SHELL(c, state)
	{
		make_root(c);
		assert_int_equal(hd_case_ask(c, "health", command), 0);
		assert_non_null(strstr(hd_case_said(c, "output"), "027"));
		hd_case_sh(c, "cd root; rmdir folder; rm made");
		assert_int_equal(hd_case_operate(c, "a", "run", command), 0);
		assert_non_null(strstr(c->output.ptr, "027"));
		assert_string_equal(
		    hd_case_line(c, "cd root; ls -ld made folder | "
				    "cut -c1-10 | tr '\\n' ' '"),
		    "drwxr-x--- -rw-r----- ");
		/* our umask is the same as ever */
		hd_case_operate(c, "b", "prepare", "1.1");
		assert_string_equal(
		    hd_case_line(c, "ls -ld root/releases/1.1 "
				    "root/.hdeploy/releases/1.1 "
				    "root/.hdeploy/ops/a | cut -c1-10 | "
				    "tr '\\n' ' '"),
		    "drwx------ drwx------ drwxr-xr-x ");
	}
	umask(was);
}

#define IN(name) cmocka_unit_test_setup_teardown(name, log_in, log_out)

/* A bash takes its options from SHELLOPTS. With "allexport", everything that it
 * sets would be exported: also the arguments, which can be large. */
static void
options_that_a_login_exports_export_nothing_of_ours(void **state)
{
	setenv("SHELLOPTS", "allexport:noglob", 1);
	EACH_SHELL(c, state)
	{
		make_root(c);
		assert_int_equal(
		    hd_case_operate(c, "a", "run", "env >said"), 0);
		hd_case_sh(c, "! grep -E '^(arg|hd)_' root/said >&2");
	}
	unsetenv("SHELLOPTS");
}

/* mksh has no printf of its own. */
static void
what_a_login_exports_is_in_no_argument_of_a_program(void **state)
{
	HD_AUTO_FREE char *was = hd_strdup(getenv("PATH"));
	char path[4096];
	struct hd_case c;

	(void)state;
	hd_case_begin(&c, "mksh");
	make_root(&c);
	hd_case_sh(&c, "mkdir spy; cat >spy/printf <<'END'\n"
		       "#!/bin/sh\n"
		       "case $* in *sesame*) : >\"${0%/*}/seen\" ;; esac\n"
		       "PATH=${PATH#*:}\n"
		       "exec env printf \"$@\"\n"
		       "END\n"
		       "chmod +x spy/printf");
	snprintf(path, sizeof(path), "%s/spy:%s", c.folder, was);
	setenv("PATH", path, 1);
	setenv("SHELLOPTS", "noglob", 1);
	setenv("SECRET", "sesame", 1);
	assert_int_equal(
	    hd_case_ask(&c, "health", "[ $SECRET$SHELLOPTS = sesame ]"), 0);
	unsetenv("SECRET");
	unsetenv("SHELLOPTS");
	setenv("PATH", was, 1);
	hd_case_sh(&c, "[ ! -e spy/seen ]");
	hd_case_end(&c);
}

/* bsd-csh as the login shell leaves such copies (sh_transport.c). The keeper of
 * a lock and the outer half of an operation outlive their scripts; if they held
 * the copies open, no call would end before its deadline. */
static void
check_no_delay(struct hd_case *c)
{
	make_root(c);
	c->call.deadline_ms = 20000;
	hd_case_args(c, "token", "t", "holder", "ann", "command", "push",
	    "held", "0", NULL);
	assert_int_equal(hd_case_ask(c, "lock", NULL), 0);
	assert_string_equal(hd_case_said(c, "lease"), "1");
	hd_case_sh(c, "read p rest <root/.hdeploy/keeper.1; kill -0 $p");
	c->call.lease = "1";
	assert_int_equal(
	    hd_case_operate(c, "a", "run", "sleep 60 & echo $! >p"), 0);
	hd_case_sh(c, "read p <root/p; kill $p");
	c->call.lease = NULL;
	assert_int_equal(hd_case_ask(c, "unlock", "1"), 0);
}

static void
copies_of_the_output_that_a_login_leaves_delay_no_answer(void **state)
{
	EACH_SHELL(c, state)
	{
		check_no_delay(c);
	}
}

/* mksh keeps what it saved at 10 open in its subshells. */
static void
nor_do_they_under_mksh(void **state)
{
	struct hd_case c;

	(void)state;
	hd_case_begin(&c, "mksh");
	check_no_delay(&c);
	hd_case_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN(what_a_login_exports_decides_nothing),
		IN(the_service_gets_what_a_login_exports),
		TEST_EACH(the_login_s_umask_is_the_service_s),
		TEST_EACH(options_that_a_login_exports_export_nothing_of_ours),
		TEST_EACH(
		    copies_of_the_output_that_a_login_leaves_delay_no_answer),
		cmocka_unit_test(nor_do_they_under_mksh),
		cmocka_unit_test(
		    what_a_login_exports_is_in_no_argument_of_a_program),
	};

	return cmocka_run_group_tests_name("login.sh", tests, NULL, NULL);
}
