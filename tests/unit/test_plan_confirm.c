#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

#define ON_010                                                                 \
	"user deploy\nroot_exists yes\ndisk_free 1000000000\nboot 0.1.0\n"     \
	"records 0.1.0 id sha yes yes\nrecords 0.2.0 id sha yes no\n"          \
	"relup 0.2.0 up 0.1.0 plain -\nrelup 0.2.0 down 0.1.0 plain -\n"       \
	"vm_state up\nvm_pid 7\nvm_creation 1\n"
#define RUNS(v) "vm_apps hotcode " v " 1\nvm_libraries hotcode " v "\n"
#define PERMANENT ON_010 RUNS("0.1.0") "vm_releases 0.1.0 permanent\n"
#define CUT_OFF                                                                \
	ON_010 RUNS("0.2.0") "vm_releases 0.2.0 current\n"                     \
			     "vm_releases 0.1.0 permanent\n"

static struct hd_hook after_upgrade = { .name = HD_HOOK_AFTER_UPGRADE,
	.place = HD_HOOK_REMOTE,
	.command = "true" };

static const struct row {
	const char *driver, *facts;
	struct hd_goal goal;
	bool hook;
	const char *expect;
	bool watched;
} rows[] = {
	{ "relx", PERMANENT, { .kind = HD_GOAL_UPGRADE, .version = "0.2.0" },
	    false,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, drain "
	    "0.2.0, connect anew, make permanent 0.2.0, verify 0.2.0, record",
	    true },
	/* permanent already: before it counts, and while it can go back */
	{ "distillery", PERMANENT,
	    { .kind = HD_GOAL_UPGRADE, .version = "0.2.0" }, true,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, connect "
	    "anew, hook after_upgrade, verify 0.2.0, record",
	    false },
	{ "relx", PERMANENT,
	    { .kind = HD_GOAL_UPGRADE, .version = "0.2.0", .cold = true },
	    false,
	    "snapshot 0.1.0, unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, "
	    "start 0.2.0, verify 0.2.0, connect anew, record",
	    false },
	{ "relx", CUT_OFF, { .kind = HD_GOAL_UPGRADE, .version = "0.2.0" },
	    false,
	    "verify 0.2.0, drain 0.2.0, connect anew, make permanent 0.2.0, verify 0.2.0, "
	    "record",
	    false },
	/* the way back depends on as little as possible */
	{ "relx", CUT_OFF,
	    { .kind = HD_GOAL_UNDO, .version = "0.1.0", .failed = "0.2.0" },
	    false, NULL, false },
	{ "relx", PERMANENT, { .kind = HD_GOAL_STOP }, false, NULL, false },
};

static void
plan(struct hd_plan *out, const struct row *r, struct hd_host *host,
    struct hd_facts *f)
{
	const struct hd_app app = { .name = "hotcode", .driver = r->driver };

	host->name = "web1";
	host->env_name = "prod";
	if (r->hook)
		host->hooks = (struct hd_hooks){ .v = &after_upgrade, .n = 1 };
	hd_plan_make(out, &app, host, &r->goal, f);
	assert_int_equal(out->verdict, HD_PLAN_STEPS);
}

static bool
is_watched(const struct hd_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].kind == HD_STEP_INSTALL)
			return plan->steps[i].watched;
	return false;
}

static void
a_change_connects_anew_before_it_is_permanent_or_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		struct hd_host host = { .confirm = HD_CONFIRM_NEW_CONNECTION };
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan p;

		plan(&p, &rows[i], &host, f);
		hd_plan_describe(&p, &said);
		if (rows[i].expect != NULL)
			assert_string_equal(said.ptr, rows[i].expect);
		else
			assert_false(hd_plan_has(&p, HD_STEP_CONFIRM));
		assert_int_equal(is_watched(&p), rows[i].watched);
		hd_facts_free(f);
	}
}

static void
nothing_connects_anew_by_default_or_to_this_machine(void **state)
{
	static const struct hd_host hosts[] = {
		{ .confirm = HD_CONFIRM_NONE },
		{ .confirm = HD_CONFIRM_NEW_CONNECTION,
		    .connection = HD_CONN_LOCAL },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(hosts); i++) {
		struct hd_facts *f = facts_from_text(rows[0].facts);
		struct hd_host host = hosts[i];
		struct hd_plan p;

		plan(&p, &rows[0], &host, f);
		assert_false(hd_plan_has(&p, HD_STEP_CONFIRM));
		assert_false(is_watched(&p));
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_change_connects_anew_before_it_is_permanent_or_counts),
		cmocka_unit_test(
		    nothing_connects_anew_by_default_or_to_this_machine),
	};

	return cmocka_run_group_tests_name("confirm", tests, NULL, NULL);
}
