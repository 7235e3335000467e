#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <string.h>

/* driver = app on a host without systemd, in each shell: where the program
 * runs, what starts next, and how that is changed. A sleep is the program. */

#define VERSIONS                                                               \
	"mkdir -p $root/releases/0.1.0/bin $root/releases/0.2.0; "             \
	"chmod 755 $root $root/releases; "                                     \
	"ln -s releases/0.1.0 $root/current; "
/* A process from this folder; its shell writes its id. */
#define RUNS(folder)                                                           \
	"(cd " folder " && sleep 60 >/dev/null 2>&1 & "                        \
	"echo $! >$root/app.pid); "

static void
begin(struct hd_case *c, const char *lines)
{
	c->call.driver = "app";
	c->call.app = "my-app";
	c->call.pid_file = "app.pid";
	hd_case_sh(c, VERSIONS);
	hd_case_sh(c, lines);
}

static void
end_program(struct hd_case *c)
{
	hd_case_sh(c, "kill \"$(cat $root/app.pid)\"");
}

static void
assert_fact(const struct hd_case *c, const char *key, const char *part)
{
	if (strstr(hd_case_said(c, key), part) == NULL)
		fail_msg(
		    "%s: \"%s\", not \"%s\"", key, hd_case_said(c, key), part);
}

static void
the_version_is_the_folder_that_the_process_runs_from(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c, RUNS("$root/current/bin"));
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "plain"), "yes");
		assert_string_equal(hd_case_said(c, "vm_state"), "up");
		assert_string_equal(hd_case_said(c, "vm_script"), "0.1.0");
		assert_string_equal(hd_case_said(c, "boot"), "0.1.0");
		end_program(c);
	}
}

static void
a_switch_changes_what_starts_and_not_what_runs(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c, RUNS("$root/current"));
		assert_int_equal(
		    hd_case_operate(c, "a-1", "switch", "0.2.0"), 0);
		assert_string_equal(hd_case_line(c, "readlink $root/current"),
		    "releases/0.2.0");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "boot"), "0.2.0");
		assert_string_equal(hd_case_said(c, "vm_script"), "0.1.0");
		assert_int_equal(
		    hd_case_operate(c, "a-2", "switch", "0.3.0"), 1);
		assert_fact(c, "failed", "0.3.0 is not unpacked here");
		end_program(c);
	}
}

static void
a_process_from_elsewhere_is_not_taken_for_a_version(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c, RUNS("/"));
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "vm_state"), "unreachable");
		assert_fact(c, "vm_why", "runs outside ");
		assert_fact(c, "vm_why", "its folder /)");
		end_program(c);
	}
}

static void
a_deleted_folder_is_told(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c, RUNS("$root/current"));
		hd_case_sh(c, "rm -r $root/releases/0.1.0; "
			      "mkdir $root/releases/0.1.0");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "vm_script"), "0.1.0");
		assert_fact(c, "vm_stale", "was deleted or replaced");
		end_program(c);
	}
}

static void
a_pid_file_that_cannot_be_right_is_told(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c, "printf '1\\nvm_script 9.9' >$root/app.pid");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_fact(c, "vm_why", "does not contain a process id");
		hd_case_sh(c, "echo 999999999 >$root/app.pid");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "vm_state"), "down");
		hd_case_sh(c, "chmod 666 $root/app.pid");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_fact(c, "vm_why", "can be written to by everybody");
	}
}

static void
a_link_to_elsewhere_is_refused(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c, "ln -sfn /etc $root/current");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_fact(c, "refusal", "does not lead to a folder");
		assert_string_equal(hd_case_said(c, "boot"), "");
		hd_case_sh(c, "rm $root/current; mkdir $root/current");
		assert_int_equal(
		    hd_case_operate(c, "b-1", "switch", "0.2.0"), 1);
		assert_fact(c, "failed", "is not a link to a version");
		hd_case_sh(c, "rmdir $root/current");
		hd_case_sh(c, "ln -sfn ./releases/0.1.0/ $root/current");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "boot"), "0.1.0");
	}
}

static void
what_is_used_is_not_removed(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c, "ln -sfn releases/0.2.0 $root/current; " RUNS(
			     "$root/releases/0.1.0"));
		assert_int_equal(
		    hd_case_operate(c, "c-1", "prune", "0.1.0"), 1);
		assert_fact(c, "failed", "0.1.0 runs");
		assert_int_equal(
		    hd_case_operate(c, "c-2", "prune", "0.2.0"), 1);
		assert_fact(c, "failed", "starts next");
		end_program(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(the_version_is_the_folder_that_the_process_runs_from),
		TEST_EACH(a_switch_changes_what_starts_and_not_what_runs),
		TEST_EACH(a_process_from_elsewhere_is_not_taken_for_a_version),
		TEST_EACH(a_deleted_folder_is_told),
		TEST_EACH(a_pid_file_that_cannot_be_right_is_told),
		TEST_EACH(a_link_to_elsewhere_is_refused),
		TEST_EACH(what_is_used_is_not_removed),
	};

	return cmocka_run_group_tests_name("remote_app", tests, NULL, NULL);
}
