#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/drain.h"
#include "core/plan/plan.h"

#include <string.h>

/* What becomes of processes on old code. */
static const struct {
	enum hd_old_processes policy;
	unsigned drain;
	int64_t processes, waited;
	enum hd_drain expect;
} rows[] = {
	{ HD_OLD_REFUSE, 30000, 0, 0, HD_DRAIN_DONE },
	{ HD_OLD_REFUSE, 30000, 0, 40000, HD_DRAIN_DONE },
	{ HD_OLD_REFUSE, 30000, 3, 0, HD_DRAIN_WAIT },
	{ HD_OLD_REFUSE, 30000, 3, 29999, HD_DRAIN_WAIT },
	{ HD_OLD_REFUSE, 30000, 3, 30000, HD_DRAIN_REFUSE },
	{ HD_OLD_REFUSE, 0, 1, 0, HD_DRAIN_REFUSE },
	{ HD_OLD_KILL, 30000, 3, 0, HD_DRAIN_WAIT },
	{ HD_OLD_KILL, 30000, 3, 30000, HD_DRAIN_KILL },
	{ HD_OLD_KILL, 0, 3, 0, HD_DRAIN_KILL },
	{ HD_OLD_KILL, 0, 0, 0, HD_DRAIN_DONE },
	{ HD_OLD_WAIT, 30000, 3, 30000, HD_DRAIN_WAIT },
	{ HD_OLD_WAIT, 30000, 3, 129999, HD_DRAIN_WAIT },
	{ HD_OLD_WAIT, 30000, 3, 130000, HD_DRAIN_REFUSE },
	{ HD_OLD_WAIT, 0, 3, 0, HD_DRAIN_WAIT },
	{ HD_OLD_WAIT, 0, 0, 130000, HD_DRAIN_DONE },
};

static void
processes_get_the_time_that_deploy_ini_gives_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_host host = { .drain = rows[i].drain,
			.old_processes = rows[i].policy,
			.upgrade_timeout = 100000 };

		if (hd_drain_judge(&host, rows[i].processes, rows[i].waited) !=
		    rows[i].expect)
			fail_msg("row %zu", i);
	}
}

static void
those_that_are_left_are_named(void **state)
{
	static const struct {
		const char *facts, *expect;
		int64_t n;
	} said[] = {
		{ "vm_state up\n", "0 processes", 0 },
		{ "vm_state up\nvm_old_code worker 1 0.123.0 worker:run/1\n",
		    "1 process still runs code that 0.2.0 replaced (worker: "
		    "<0.123.0> worker:run/1)",
		    1 },
		{ "vm_state up\nvm_old_code worker 3 0.123.0 boss\n"
		  "vm_old_code pool 1 0.9.0 pool:init/1\n",
		    "4 processes still run code that 0.2.0 replaced (worker: "
		    "<0.123.0> boss and 2 more; pool: <0.9.0> pool:init/1)",
		    4 },
		{ "vm_state up\nvm_old_code a 2 0.1.0 a\nvm_unasked 7\n",
		    "9 processes still run code that 0.2.0 replaced (7 of "
		    "them perhaps: they could not be checked in time; a: "
		    "<0.1.0> a and 1 more)",
		    9 },
		{ "vm_state up\nvm_old_code a 1 0.1.0 a\nvm_old_code b 1 0.2.0 b\n"
		  "vm_old_code c 1 0.3.0 c\nvm_old_code d 1 0.4.0 d\n",
		    "c: <0.3.0> c; 1 more module)", 4 },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(said); i++) {
		struct hd_facts *f = facts_from_text(said[i].facts);
		HD_AUTO_STR text = HD_STR_INIT(1024);

		hd_old_code_tell(&f->vm, "0.2.0", &text);
		assert_int_equal(hd_old_processes(&f->vm), said[i].n);
		if (strstr(text.ptr, said[i].expect) == NULL)
			fail_msg("%s", text.ptr);
		hd_facts_free(f);
	}
}

static void
a_stop_that_would_end_what_is_protected_is_no_way_back(void **state)
{
	static const struct {
		enum hd_mode undo;
		enum hd_old_processes policy;
		bool busy, expect;
	} ways[] = {
		{ HD_MODE_HOT, HD_OLD_KILL, false, false },
		{ HD_MODE_COLD, HD_OLD_REFUSE, false, true },
		{ HD_MODE_COLD, HD_OLD_REFUSE, true, false },
		{ HD_MODE_COLD, HD_OLD_WAIT, true, false },
		{ HD_MODE_COLD, HD_OLD_KILL, true, true },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		const struct hd_host host = { .undo = ways[i].undo,
			.old_processes = ways[i].policy };

		assert_int_equal(
		    hd_undo_cold(&host, ways[i].busy), ways[i].expect);
	}
}

#define HOST "user deploy\nroot_exists yes\ndisk_free 1000000\n"
#define BOOTS(v) "boot " v "\nscript_boot " v "\n"
#define RECORDS "records 0.1.0 id sha yes yes\nrecords 0.2.0 id sha yes no\n"
#define WAY_BACK "relup 0.2.0 down 0.1.0 plain -\n"
#define ON_020                                                                 \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.2.0 current\n"    \
	"vm_releases 0.1.0 permanent\nvm_apps hotcode 0.2.0 1\n"               \
	"vm_libraries hotcode 0.2.0\n"

static void
an_undo_stops_the_node_only_where_it_may(void **state)
{
	static const struct {
		const char *facts;
		enum hd_mode undo;
		bool cold; /* the second try */
		enum hd_verdict verdict;
		const char *expect;
	} ways[] = {
		{ HOST BOOTS("0.1.0") RECORDS WAY_BACK ON_020, HD_MODE_HOT,
		    false, HD_PLAN_STEPS,
		    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, verify 0.1.0" },
		{ HOST BOOTS("0.1.0") RECORDS WAY_BACK ON_020, HD_MODE_COLD,
		    false, HD_PLAN_STEPS,
		    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, verify 0.1.0" },
		{ HOST BOOTS("0.1.0") RECORDS WAY_BACK ON_020, HD_MODE_COLD,
		    true, HD_PLAN_STEPS,
		    "stop 0.2.0, start 0.1.0, verify 0.1.0" },
		{ HOST BOOTS("0.2.0") RECORDS WAY_BACK ON_020, HD_MODE_COLD,
		    true, HD_PLAN_STEPS,
		    "stop 0.2.0, switch 0.1.0, start 0.1.0, verify 0.1.0" },
		{ HOST BOOTS("0.1.0") RECORDS ON_020, HD_MODE_HOT, false,
		    HD_PLAN_REFUSED, "no relup leads from 0.2.0 to 0.1.0" },
		{ HOST BOOTS("0.1.0") RECORDS ON_020, HD_MODE_COLD, false,
		    HD_PLAN_STEPS, "stop 0.2.0, start 0.1.0, verify 0.1.0" },
		{ HOST BOOTS("0.1.0") RECORDS "vm_state unreachable\n",
		    HD_MODE_COLD, false, HD_PLAN_REFUSED, "on a guess" },
	};
	const struct hd_app app = { .name = "hotcode", .driver = "relx" };
	const struct hd_vm before = { .pid = 7, .creation = 1 };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		const struct hd_host host = {
			.name = "web1", .env_name = "prod", .undo = ways[i].undo
		};
		const struct hd_goal goal = { .kind = HD_GOAL_UNDO,
			.version = "0.1.0",
			.failed = "0.2.0",
			.before = &before,
			.cold = ways[i].cold };
		struct hd_facts *f = facts_from_text(ways[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;

		hd_plan_make(&plan, &app, &host, &goal, f);
		hd_plan_describe(&plan, &said);
		if (plan.verdict != ways[i].verdict ||
		    strstr(said.len > 0 ? said.ptr : plan.reason,
			ways[i].expect) == NULL)
			fail_msg("row %zu: %s", i, said.ptr);
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    processes_get_the_time_that_deploy_ini_gives_them),
		cmocka_unit_test(those_that_are_left_are_named),
		cmocka_unit_test(
		    a_stop_that_would_end_what_is_protected_is_no_way_back),
		cmocka_unit_test(an_undo_stops_the_node_only_where_it_may),
	};

	return cmocka_run_group_tests_name("drain", tests, NULL, NULL);
}
