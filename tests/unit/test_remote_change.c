#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include "core/past.h"

#include <stdio.h>
#include <string.h>

/* The journal, .hdeploy/change. Every test runs under each shell. `health`
 * stands in for a step of a change, because it can run any command. */
#define CHANGE(id, going)                                                      \
	"{\"id\":\"" id "\",\"command\":\"upgrade\",\"going\":\"" going "\"}"

/* The host's facts about the change and its newest operation. */
static void
check_journal(struct hd_case *c, const char *change, const char *step)
{
	assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
	assert_string_equal(hd_case_said(c, "journal"), change);
	assert_string_equal(hd_case_said(c, "journal_step"), step);
}

static int
record(struct hd_case *c, const char *id, const char *line)
{
	return hd_case_operate(c, id, "record", line);
}

/* A shell that runs until end_process(), or for a minute. It marks file with
 * its pid and time of birth, as process_mark does. */
static void
start_process(struct hd_case *c, const char *file)
{
	char line[512];

	snprintf(line, sizeof(line),
	    "sh -c 'while [ $((n += 1)) -lt 60 ]; do sleep 1; done' "
	    ">/dev/null 2>&1 & echo \"$! $(sed 's/.*) //' /proc/$!/stat | "
	    "cut -d' ' -f20)\" | tee root/.hdeploy/%s >started",
	    file);
	hd_case_sh(c, line);
}

static void
end_process(struct hd_case *c)
{
	hd_case_kill(c, "$(cut -d' ' -f1 started)");
}

/* A line that a host writes has the same form, byte for byte, as hdeploy's. */
static void
check_form(const char *line)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR again = HD_STR_INIT(HD_PAST_MAX);
	struct hd_past past;

	assert_true(hd_past_read(&past, &a, line));
	hd_past_write(&past, &again);
	assert_string_equal(again.ptr, line);
}

static const char *
watching(struct hd_case *c)
{
	assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
	return hd_case_said(c, "watching");
}

static void
a_change_is_in_the_journal_until_its_line_of_history_is_written(void **state)
{
	static const char seen[] =
	    "grep -q forward .hdeploy/change && echo seen; exit 3";

	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		check_journal(c, "", "");
		c->call.journal = CHANGE("a1", "forward");
		assert_int_equal(
		    hd_case_operate(c, "a1-x-1", "health", seen), 3);
		assert_string_equal(hd_case_said(c, "output"), "seen ");
		c->call.journal = NULL;
		check_journal(c, CHANGE("a1", "forward"), "health 3");
		c->call.journal = CHANGE("a1", "back");
		assert_int_equal(
		    hd_case_operate(c, "a1-x-2", "health", seen), 3);
		c->call.journal = NULL;
		check_journal(c, CHANGE("a1", "back"), "health 3");
		assert_int_equal(record(c, "b-x-1", CHANGE("b", "x")), 0);
		check_journal(c, CHANGE("a1", "back"), "health 3");
		assert_int_equal(record(c, "a1-x-3", CHANGE("a1", "x")), 0);
		check_journal(c, "", "");
	}
}

static void
a_change_ends_only_when_all_of_it_is_written(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c,
		    "cd root/.hdeploy; echo '" CHANGE("a1",
			"forward") "' >change; "
				   "printf '{\"id\":\"cut' >history.jsonl; "
				   "touch releases/1.1");
		hd_case_args(c, "verified", "1.1", NULL);
		assert_int_equal(record(c, "b", CHANGE("a1", "x")), 1);
		check_journal(c, CHANGE("a1", "forward"), "");
		hd_case_sh(c, "rm root/.hdeploy/releases/1.1");
		hd_case_args(c, "verified", "1.1", NULL);
		assert_int_equal(record(c, "c", CHANGE("a1", "x")), 0);
		check_journal(c, "", "");
		/* a line that was cut short damages only itself */
		hd_case_sh(c,
		    "cd root/.hdeploy; test -e releases/1.1/verified; "
		    "grep -qx '" CHANGE("a1", "x") "' history.jsonl");
	}
}

static void
the_journal_tells_of_an_operation_that_goes_on_or_was_killed(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "cd root/.hdeploy; mkdir ops/a1-x-1; "
			      "echo install >ops/a1-x-1/name; "
			      "echo '" CHANGE("a1", "forward") "' >change");
		start_process(c, "ops/a1-x-1/pid");
		check_journal(c, CHANGE("a1", "forward"), "install running");
		/* another process has its pid */
		hd_case_sh(c, "read p born <started; "
			      "echo $p 1$born >root/.hdeploy/ops/a1-x-1/pid");
		check_journal(c, CHANGE("a1", "forward"), "install lost");
		/* no process has it */
		hd_case_sh(c, "echo >root/.hdeploy/ops/a1-x-1/pid");
		check_journal(c, CHANGE("a1", "forward"), "install lost");
		hd_case_sh(c, "cp started root/.hdeploy/ops/a1-x-1/pid");
		end_process(c);
		check_journal(c, CHANGE("a1", "forward"), "install lost");
	}
}

/* A restart of the host leaves the file and ends the process. */
static void
the_host_goes_back_by_itself_only_while_a_process_waits_there(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "echo a1 >root/.hdeploy/watching");
		assert_string_equal(watching(c), "");
		start_process(c, "watcher");
		assert_string_equal(watching(c), "a1");
		end_process(c);
		assert_string_equal(watching(c), "");
	}
}

/* If the host took a rollback for an upgrade, there would be nothing left to
 * roll back. No node takes part. */
static void
a_host_that_went_back_by_itself_writes_down_what_it_ended(void **state)
{
	static const char watch[] =
	    "echo a1 >root/.hdeploy/watching; cd root/.hdeploy/ops/a1-x-1; "
	    "sed 's/^hd_operation /old_code_end() { :; }; "
	    "driver_install() { :; }; &/' script >watch; HDEPLOY_PATH=$PATH sh watch watch";

	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "echo token a >root/.hdeploy/lock.1");
		c->call.lease = "1";
		c->call.journal = "{\"id\":\"a1\",\"command\":\"rollback\"}";
		hd_case_args(c, "change", "a1", "direction", "down", "seconds",
		    "0", "old", "2.0", "policy", "end", NULL);
		hd_case_operate(c, "a1-x-1", "install", "1.0");
		hd_case_sh(c, watch);
		hd_case_sh(c,
		    "cd root/.hdeploy; ! test -e change; "
		    "grep -q '\"command\":\"rollback\",\"from\":\"2.0\","
		    "\"to\":\"1.0\",\"result\":\"undone\"' history.jsonl");
		check_form(hd_case_line(c, "cat root/.hdeploy/history.jsonl"));
		c->call.lease = c->call.journal = NULL;
	}
}

static void
a_journal_that_was_planted_is_replaced_and_not_followed(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "echo kept >kept; ln -s ../../kept "
			      "root/.hdeploy/change");
		c->call.journal = CHANGE("a1", "forward");
		assert_int_equal(
		    hd_case_operate(c, "a1-x-1", "health", "true"), 0);
		hd_case_sh(c, "test ! -L root/.hdeploy/change && "
			      "grep -q kept kept");
		hd_case_sh(c, "cd root/.hdeploy; rm change; mkdir change.new");
		assert_int_equal(
		    hd_case_operate(c, "a1-x-2", "health", "true"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    ".hdeploy/change cannot be written"));
		hd_case_sh(c, "test ! -e root/.hdeploy/ops/a1-x-2");
		c->call.journal = NULL;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(
		    a_change_is_in_the_journal_until_its_line_of_history_is_written),
		TEST_EACH(a_change_ends_only_when_all_of_it_is_written),
		TEST_EACH(
		    the_journal_tells_of_an_operation_that_goes_on_or_was_killed),
		TEST_EACH(
		    the_host_goes_back_by_itself_only_while_a_process_waits_there),
		TEST_EACH(
		    a_host_that_went_back_by_itself_writes_down_what_it_ended),
		TEST_EACH(
		    a_journal_that_was_planted_is_replaced_and_not_followed),
	};

	return cmocka_run_group_tests_name("change", tests, NULL, NULL);
}
