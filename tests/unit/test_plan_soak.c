#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

#define ON_010                                                                 \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.1.0\n"        \
	"records 0.1.0 id sha yes yes\nrecords 0.2.0 id sha yes no\n"          \
	"relup 0.2.0 up 0.1.0 plain -\nrelup 0.2.0 down 0.1.0 plain -\n"       \
	"vm_state up\nvm_pid 7\nvm_creation 1\n"
#define RUNS(v) "vm_apps hotcode " v " 1\nvm_libraries hotcode " v "\n"
#define PERMANENT ON_010 RUNS("0.1.0") "vm_releases 0.1.0 permanent\n"
#define CUT_OFF                                                                \
	ON_010 RUNS("0.2.0") "vm_releases 0.2.0 current\n"                     \
			     "vm_releases 0.1.0 permanent\n"

static const struct row {
	const char *driver, *facts;
	bool cold;
	const char *expect;
	bool watched; /* the host goes back by itself */
	enum hd_commit commit;
} rows[] = {
	{ "relx", PERMANENT, false,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, soak "
	    "0.2.0, drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record",
	    true, HD_COMMIT_DRIVER },
	{ "distillery", PERMANENT, false,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, soak "
	    "0.2.0, record",
	    false, HD_COMMIT_DRIVER },
	{ "distillery", PERMANENT, false,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, soak "
	    "0.2.0, drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record",
	    true, HD_COMMIT_AFTER_SOAK },
	{ "relx", PERMANENT, true,
	    "snapshot 0.1.0, unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, "
	    "start 0.2.0, verify 0.2.0, soak 0.2.0, record",
	    false, HD_COMMIT_DRIVER },
	{ "relx", CUT_OFF, false,
	    "verify 0.2.0, soak 0.2.0, drain 0.2.0, make permanent 0.2.0, verify 0.2.0, "
	    "record",
	    false, HD_COMMIT_DRIVER },
};

static void
a_change_soaks_before_it_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_app app = { .name = "hotcode",
			.driver = rows[i].driver };
		const struct hd_goal goal = { .kind = HD_GOAL_UPGRADE,
			.version = "0.2.0",
			.cold = rows[i].cold };
		const struct hd_host host = { .name = "web1",
			.env_name = "prod",
			.soak = 1000,
			.commit = rows[i].commit };
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		bool watched = false;
		struct hd_plan plan;

		hd_plan_make(&plan, &app, &host, &goal, f);
		hd_plan_describe(&plan, &said);
		assert_string_equal(said.ptr, rows[i].expect);
		for (size_t k = 0; k < plan.n; k++)
			watched |= plan.steps[k].watched;
		assert_int_equal(watched, rows[i].watched);
		hd_facts_free(f);
	}
}

/* What boots already is the end: nobody is to take that back. */
static void
a_way_back_to_what_boots_is_not_watched(void **state)
{
	const struct hd_host host = {
		.name = "web1", .env_name = "prod", .soak = 1000
	};
	const struct hd_app app = { .name = "hotcode", .driver = "relx" };
	const struct hd_goal goal = { .kind = HD_GOAL_ROLLBACK };
	struct hd_facts *f = facts_from_text(CUT_OFF);
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.steps[3].kind, HD_STEP_INSTALL);
	assert_string_equal(plan.steps[3].version, "0.1.0");
	assert_false(plan.steps[3].watched);
	hd_facts_free(f);
}

static void
a_soak_expects_what_was_verified_before_it(void **state)
{
	const struct hd_host host = {
		.name = "web1", .env_name = "prod", .soak = 1000
	};
	const struct hd_app app = { .name = "hotcode", .driver = "relx" };
	const struct hd_goal goal = { .kind = HD_GOAL_UPGRADE,
		.version = "0.2.0" };
	struct hd_facts *f = facts_from_text(PERMANENT);
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.steps[5].kind, HD_STEP_SOAK);
	assert_true(plan.steps[5].hot);
	assert_false(plan.steps[5].permanent);
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_soaks_before_it_counts),
		cmocka_unit_test(a_way_back_to_what_boots_is_not_watched),
		cmocka_unit_test(a_soak_expects_what_was_verified_before_it),
	};

	return cmocka_run_group_tests_name("soak", tests, NULL, NULL);
}
