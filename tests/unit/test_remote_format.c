#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <string.h>

/* What other versions of hdeploy left on a host: docs/on-host-layout.md. */

static void
make_root(struct hd_case *c)
{
	hd_case_sh(c, "mkdir root; mkdir -m 700 root/.hdeploy");
}

static int
lock(struct hd_case *c)
{
	hd_case_args(c, "token", "t", "holder", "me", "command", "upgrade",
	    "held", "0", NULL);
	return hd_case_ask(c, "lock", NULL);
}

static void
expect_text(const char *text, const char *part, const char *made)
{
	if (strstr(text, part) == NULL)
		fail_msg("%s: \"%s\", not \"%s\"", made, text, part);
}

/* A later format may change everything but this file. */
static void
a_root_in_another_format_is_refused_and_not_touched(void **state)
{
	static const struct {
		const char *make, *why;
	} rows[] = {
		{ "echo 2 >root/.hdeploy/format", "has format 2: " },
		{ "printf 10 >root/.hdeploy/format", "has format 10: " },
		{ ": >root/.hdeploy/format", "has an unknown format: " },
		{ "echo '1 2' >root/.hdeploy/format", "has an unknown " },
		{ "echo '$(touch did)' >root/.hdeploy/format", "an unknown " },
		{ "rm root/.hdeploy/format; mkdir root/.hdeploy/format",
		    "has an unknown format: " },
		{ "rmdir root/.hdeploy/format; "
		  "ln -s nowhere root/.hdeploy/format",
		    "has an unknown format: " },
	};

	EACH_SHELL(c, state)
	{
		make_root(c);
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			hd_case_sh(c, rows[i].make);
			assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
			expect_text(hd_case_said(c, "refusal"), rows[i].why,
			    rows[i].make);
			assert_int_equal(lock(c), 0);
			assert_string_equal(hd_case_said(c, "lease"), "0");
			assert_int_equal(
			    hd_case_operate(c, "op-1", "run", "touch did"), 1);
			expect_text(hd_case_said(c, "failed"), rows[i].why,
			    rows[i].make);
			assert_string_equal(
			    hd_case_line(c, "cd root && find . ! -name '.' | "
					    "sort | tr '\n' ' '"),
			    "./.hdeploy ./.hdeploy/format ");
		}
	}
}

static void
a_root_without_a_format_has_format_1(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "refusal"), "");
		hd_case_sh(c, "echo 1 >root/.hdeploy/format");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "refusal"), "");
		assert_int_equal(lock(c), 0);
		assert_string_equal(hd_case_said(c, "lease"), "1");
	}
}

/* All that the first hdeploy with a lock wrote and read, so two runs of
 * different versions never both hold it. */
static void
the_lock_of_the_first_hdeploy_with_one_is_kept(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c);
		hd_case_sh(c,
		    "printf '%s\n' 'token other' 'holder ann@desk' "
		    "'command upgrade prod 2' 'job ' "
		    "'since 2026-11-22T13:02:50Z' "
		    "\"expires $(($(date +%s) + 60))\" >root/.hdeploy/lock.7");
		assert_int_equal(lock(c), 1);
		assert_string_equal(hd_case_said(c, "locked"), "7");
		assert_string_equal(hd_case_said(c, "holder"), "ann@desk");
		hd_case_sh(c, ": >root/.hdeploy/released.7");
		assert_int_equal(lock(c), 0);
		assert_string_equal(hd_case_said(c, "lease"), "8");
	}
}

static void
the_first_hdeploy_with_a_lock_sees_the_present_one(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c);
		assert_int_equal(lock(c), 0);
		assert_string_equal(
		    hd_case_line(c,
			"cd root/.hdeploy && echo lock.* released.*"
			" $(sed -n '1,5s/ .*//p' lock.1);"
			"sed -n 's/^expires //p' lock.1 >>../expires"),
		    "lock.1 released.* token holder command job since");
		hd_case_sh(c, "read -r n <root/expires && "
			      "[ \"$((n - $(date +%s)))\" -gt 30 ]");
	}
}

/* A later hdeploy of the same format may add files and lines. */
static void
unknown_files_and_lines_of_the_same_format_are_ignored(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c);
		hd_case_sh(c,
		    "cd root; mkdir -p releases/1.0 .hdeploy/releases/1.0 "
		    ".hdeploy/later; touch releases/1.0/start.boot "
		    ".hdeploy/later/file .hdeploy/releases/1.0/later; "
		    "printf '%s\n' 'identity ab' 'size 5' 'sha256 cd' "
		    "'manifest ef' 'later 1 2 3' 'way up 0.9 plain -' "
		    ">.hdeploy/releases/1.0/record; "
		    "printf '%s\n' 'token other' 'later 1' 'holder ann@desk' "
		    "\"expires $(($(date +%s) + 60))\" >.hdeploy/lock.7");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "refusal"), "");
		expect_text(hd_case_said(c, "records"), "1.0 ab cd", "record");
		assert_string_equal(hd_case_said(c, "later"), "");
		assert_int_equal(lock(c), 1);
		assert_string_equal(hd_case_said(c, "holder"), "ann@desk");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(a_root_in_another_format_is_refused_and_not_touched),
		TEST_EACH(a_root_without_a_format_has_format_1),
		TEST_EACH(the_lock_of_the_first_hdeploy_with_one_is_kept),
		TEST_EACH(the_first_hdeploy_with_a_lock_sees_the_present_one),
		TEST_EACH(
		    unknown_files_and_lines_of_the_same_format_are_ignored),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
