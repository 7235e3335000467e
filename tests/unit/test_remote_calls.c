#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Several scripts in one call. Every test runs under each shell. */
static int
begin(void **state)
{
	(void)hd_case_begin_each(state);
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir root");
	}
	return 0;
}

static struct hd_call
call_of(const struct hd_case *c, const char *script)
{
	struct hd_call call = c->call;

	call.script = script;
	return call;
}

static void
lock_with(struct hd_case *c, const char *who, const struct hd_call *then)
{
	c->call.then = then;
	hd_case_args(c, "token", who, "holder", who, "command", "push", "held",
	    "0", NULL);
	(void)hd_case_ask(c, "lock", NULL);
	c->call.then = NULL;
}

static const char *
said_next(const struct hd_case *c, const char *key)
{
	const char *value = hd_reply_get(c->reply.then, key);

	return value != NULL ? value : "";
}

static void
a_lock_and_the_facts_come_in_one_call(void **state)
{
	EACH_SHELL(c, state)
	{
		struct hd_call facts = call_of(c, "facts");

		lock_with(c, "ann", &facts);
		assert_string_equal(hd_case_said(c, "lease"), "1");
		assert_string_equal(hd_case_said(c, "vm_state"), "");
		assert_non_null(c->reply.then);
		assert_string_equal(said_next(c, "root_exists"), "yes");
		assert_string_equal(said_next(c, "vm_state"), "down");
		/* the facts are of the run that has the lock */
		assert_string_equal(said_next(c, "lock"), "");
		assert_string_equal(
		    hd_case_line(c, "ls root/.hdeploy/asking.1"),
		    "root/.hdeploy/asking.1");
	}
}

static void
a_root_that_another_run_has_locked_gives_no_facts(void **state)
{
	EACH_SHELL(c, state)
	{
		struct hd_call facts = call_of(c, "facts");

		lock_with(c, "ann", NULL);
		lock_with(c, "bob", &facts);
		assert_string_equal(hd_case_said(c, "locked"), "1");
		assert_string_equal(hd_case_said(c, "holder"), "ann");
		assert_null(c->reply.then);
	}
}

static void
a_root_that_does_not_exist_gives_facts(void **state)
{
	EACH_SHELL(c, state)
	{
		struct hd_call facts = call_of(c, "facts");

		hd_case_sh(c, "rmdir root");
		lock_with(c, "ann", &facts);
		assert_string_equal(hd_case_said(c, "lease"), "0");
		assert_non_null(c->reply.then);
		assert_string_equal(said_next(c, "root_exists"), "");
		assert_string_equal(said_next(c, "vm_state"), "down");
	}
}

/* One operation: the first script changes the umask. */
static void
count(void *ctx)
{
	++*(int *)ctx;
}

static void
a_question_follows_an_operation_that_succeeds(void **state)
{
	EACH_SHELL(c, state)
	{
		struct hd_call facts = call_of(c, "facts");
		struct hd_call sick = call_of(c, "health");
		struct hd_call second = call_of(c, "run");
		int asked = 0;

		hd_call_set(&sick, "command", "exit 3");
		hd_call_set(&second, "command", "exit 7");
		c->call.asks = &facts;
		c->call.asked = count;
		c->call.ctx = &asked;
		assert_int_equal(hd_case_operate(c, "a", "run", "echo hi"), 0);
		assert_string_equal(c->output.ptr, "hi\n");
		assert_null(c->reply.then);
		assert_non_null(c->reply.asked);
		assert_string_equal(
		    hd_reply_get(c->reply.asked, "vm_state"), "down");
		assert_null(hd_reply_get(c->reply.asked, "unfinished"));
		assert_int_equal(asked, 1);
		/* not after one that fails, alone or in a group */
		assert_int_equal(hd_case_operate(c, "b", "run", "exit 7"), 7);
		assert_null(c->reply.asked);
		c->call.then = &second;
		assert_int_equal(hd_case_operate(c, "c", "run", "true"), 0);
		assert_int_equal(c->reply.then->status, 7);
		assert_null(c->reply.asked);
		c->call.then = NULL;
		assert_int_equal(asked, 1);
		/* a question that fails does not make the operation fail */
		c->call.asks = &sick;
		assert_int_equal(hd_case_operate(c, "d", "run", "true"), 0);
		assert_null(c->reply.asked);
		assert_int_equal(asked, 2);
		c->call.asks = NULL;
		c->call.asked = NULL;
	}
}

static void
an_operation_runs_its_scripts_up_to_the_first_that_fails(void **state)
{
	EACH_SHELL(c, state)
	{
		struct hd_call third = call_of(c, "run");
		struct hd_call second = call_of(c, "run");

		hd_call_set(&second, "command", "umask -S; exit 7");
		hd_call_set(&third, "command", "touch never");
		second.then = &third;
		c->call.then = &second;
		hd_case_args(c, "verified", "1.0", NULL);
		assert_int_equal(
		    hd_case_operate(c, "a", "record", "{\"id\":\"x\"}"), 0);
		assert_non_null(c->reply.then);
		assert_int_equal(c->reply.then->status, 7);
		assert_null(c->reply.then->then);
		assert_string_equal(c->output.ptr, "u=rwx,g=rx,o=rx\n");
		hd_case_sh(c, "[ -f root/.hdeploy/releases/1.0/verified ]");
		hd_case_sh(c, "[ ! -e root/never ]");
		/* a second call follows the same operation */
		hd_case_args(c, "verified", "1.0", NULL);
		assert_int_equal(
		    hd_case_operate(c, "a", "record", "{\"id\":\"x\"}"), 0);
		assert_int_equal(c->reply.then->status, 7);
		c->call.then = NULL;
	}
}

static void
an_operation_that_succeeds_can_release_the_lock(void **state)
{
	EACH_SHELL(c, state)
	{
		lock_with(c, "ann", NULL);
		c->call.lease = "1";
		c->call.release = true;
		assert_int_equal(hd_case_operate(c, "a", "health", "false"), 1);
		assert_string_equal(hd_case_said(c, "released"), "");
		hd_case_sh(c, "[ ! -e root/.hdeploy/released.1 ]");
		assert_int_equal(hd_case_operate(c, "b", "health", "true"), 0);
		assert_string_equal(hd_case_said(c, "released"), "yes");
		c->call.release = false;
		assert_int_equal(hd_case_operate(c, "c", "health", "true"), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "comes too late"));
		c->call.lease = NULL;
		lock_with(c, "bob", NULL);
		assert_string_equal(hd_case_said(c, "lease"), "2");
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, begin, hd_case_end_each)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lock_and_the_facts_come_in_one_call),
		TEST(a_root_that_another_run_has_locked_gives_no_facts),
		TEST(a_root_that_does_not_exist_gives_facts),
		TEST(an_operation_runs_its_scripts_up_to_the_first_that_fails),
		TEST(a_question_follows_an_operation_that_succeeds),
		TEST(an_operation_that_succeeds_can_release_the_lock),
	};

	return cmocka_run_group_tests_name("remote calls", tests, NULL, NULL);
}
