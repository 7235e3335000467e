#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

#define ON_010                                                                 \
	"user deploy\nroot_exists yes\ndisk_free 1000000000\nboot 0.1.0\n"     \
	"records 0.1.0 id sha yes yes\nrecords 0.2.0 id sha yes yes\n"         \
	"relup 0.2.0 up 0.1.0 plain -\nrelup 0.2.0 down 0.1.0 plain -\n"
#define UP(v) "vm_state up\nvm_pid 7\nvm_creation 1\n" RUNS(v)
#define RUNS(v) "vm_apps hotcode " v " 1\nvm_libraries hotcode " v "\n"
#define PERMANENT ON_010 UP("0.1.0") "vm_releases 0.1.0 permanent\n"
#define CUT_OFF                                                                \
	ON_010 UP("0.2.0") "vm_releases 0.2.0 current\n"                       \
			   "vm_releases 0.1.0 permanent\n"
#define DOWN ON_010 "vm_state down\n"
#define FIRST "user deploy\ndisk_free 1000000000\nvm_state down\n"

static const struct hd_artifact artifact = {
	.name = "hotcode", .version = "0.2.0", .identity = "id", .sha256 = "sha"
};

/* One of every name, so that a plan shows all that it passes. */
static struct hd_hook all[HD_HOOKS];

static struct hd_hooks
hooks_at(enum hd_hook_place place)
{
	for (unsigned i = 0; i < HD_HOOKS; i++)
		all[i] = (struct hd_hook){ .name = (enum hd_hook_name)i,
			.place = place,
			.command = "true" };
	return (struct hd_hooks){ .v = all, .n = HD_HOOKS };
}

#define BIT(h) (1U << HD_HOOK_##h)

static const struct row {
	const char *facts;
	struct hd_goal goal;
	const char *expect;
	unsigned passes;
} rows[] = {
	{ PERMANENT, { .kind = HD_GOAL_UPGRADE, .version = "0.2.0" },
	    "hook before_upgrade, snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install "
	    "0.2.0, verify 0.2.0, drain 0.2.0, make permanent 0.2.0, verify 0.2.0, hook "
	    "after_upgrade, verify 0.2.0, record",
	    BIT(BEFORE_UPGRADE) | BIT(AFTER_UPGRADE) },
	{ PERMANENT,
	    { .kind = HD_GOAL_UPGRADE, .version = "0.2.0", .cold = true },
	    "hook before_upgrade, snapshot 0.1.0, unpack offline 0.2.0, stop "
	    "0.1.0, hook after_stop, switch 0.2.0, hook before_start, start "
	    "0.2.0, verify 0.2.0, hook after_upgrade, verify 0.2.0, record",
	    BIT(BEFORE_UPGRADE) | BIT(AFTER_UPGRADE) | BIT(AFTER_STOP) |
		BIT(BEFORE_START) },
	{ CUT_OFF, { .kind = HD_GOAL_UPGRADE, .version = "0.2.0" },
	    "hook before_upgrade, verify 0.2.0, drain 0.2.0, make permanent 0.2.0, verify "
	    "0.2.0, hook after_upgrade, verify 0.2.0, record",
	    BIT(BEFORE_UPGRADE) | BIT(AFTER_UPGRADE) },
	{ CUT_OFF, { .kind = HD_GOAL_ROLLBACK },
	    "snapshot 0.2.0, check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, drain 0.1.0, make permanent "
	    "0.1.0, verify 0.1.0, hook after_rollback, record",
	    BIT(AFTER_ROLLBACK) },
	{ FIRST,
	    { .kind = HD_GOAL_PUSH, .version = "0.2.0", .artifact = &artifact },
	    "hook before_push, ship 0.2.0, unpack first release 0.2.0, hook "
	    "after_push, record",
	    BIT(BEFORE_PUSH) | BIT(AFTER_PUSH) },
	{ FIRST, { .kind = HD_GOAL_DEPLOY, .artifact = &artifact },
	    "hook before_push, ship 0.2.0, unpack first release 0.2.0, hook "
	    "after_push, record, hook before_start, start 0.2.0, verify "
	    "0.2.0, record",
	    BIT(BEFORE_PUSH) | BIT(AFTER_PUSH) | BIT(BEFORE_START) },
	{ DOWN, { .kind = HD_GOAL_START },
	    "hook before_start, start 0.1.0, verify 0.1.0, record",
	    BIT(BEFORE_START) },
	{ PERMANENT, { .kind = HD_GOAL_STOP },
	    "stop 0.1.0, hook after_stop, record", BIT(AFTER_STOP) },
	{ PERMANENT, { .kind = HD_GOAL_RESTART },
	    "stop 0.1.0, hook after_stop, hook before_start, start 0.1.0, "
	    "verify 0.1.0, record",
	    BIT(AFTER_STOP) | BIT(BEFORE_START) },
	/* none of these are for hooks */
	{ PERMANENT, { .kind = HD_GOAL_COMMAND, .command = "true" }, "run", 0 },
	{ PERMANENT, { .kind = HD_GOAL_FETCH }, "fetch 0.1.0", 0 },
	{ PERMANENT, { .kind = HD_GOAL_START }, " (0.1.0 runs already)", 0 },
	{ DOWN,
	    { .kind = HD_GOAL_UNDO,
		.version = "0.1.0",
		.failed = "0.2.0",
		.cold = true },
	    "start 0.1.0, verify 0.1.0", 0 },
};

static void
plan(struct hd_plan *out, const struct row *r, enum hd_hook_place place,
    struct hd_facts *f)
{
	const struct hd_app app = { .name = "hotcode", .driver = "relx" };
	const struct hd_host host = {
		.name = "web1", .env_name = "prod", .hooks = hooks_at(place)
	};

	hd_plan_make(out, &app, &host, &r->goal, f);
}

static void
hooks_run_before_and_after_the_steps_they_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan p;

		plan(&p, &rows[i], HD_HOOK_REMOTE, f);
		hd_plan_describe(&p, &said);
		assert_string_equal(said.ptr, rows[i].expect);
		assert_int_equal(p.hooks, rows[i].passes);
		hd_facts_free(f);
	}
}

static void
those_of_the_run_are_no_steps_of_a_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		struct hd_plan p;

		for (unsigned k = 0; k < 2; k++) {
			plan(&p, &rows[i], k ? HD_HOOK_LOCAL : HD_HOOK_ONCE, f);
			for (size_t s = 0; s < p.n; s++)
				assert_int_not_equal(
				    p.steps[s].kind, HD_STEP_HOOK);
			assert_int_equal(p.hooks, rows[i].passes);
		}
		hd_facts_free(f);
	}
}

/* What a failure of the first hook of this name does to the plan. */
static bool
lenient(const struct row *r, enum hd_hook_name name)
{
	struct hd_facts *f = facts_from_text(r->facts);
	struct hd_plan p;
	size_t i = 0;
	bool result;

	plan(&p, r, HD_HOOK_REMOTE, f);
	while (i < p.n &&
	       (p.steps[i].kind != HD_STEP_HOOK || p.steps[i].hook != name))
		i++;
	assert_int_not_equal(i, p.n);
	result = p.steps[i].lenient;
	hd_facts_free(f);
	return result;
}

static void
only_an_upgrade_is_undone_for_a_hook_that_comes_after(void **state)
{
	static const struct {
		struct row row;
		enum hd_hook_name name;
		bool lenient;
	} cases[] = {
		{ { PERMANENT, { .kind = HD_GOAL_UPGRADE, .version = "0.2.0" },
		      "", 0 },
		    HD_HOOK_AFTER_UPGRADE, false },
		{ { PERMANENT,
		      { .kind = HD_GOAL_UPGRADE,
			  .version = "0.2.0",
			  .cold = true },
		      "", 0 },
		    HD_HOOK_AFTER_STOP, false },
		{ { CUT_OFF, { .kind = HD_GOAL_ROLLBACK }, "", 0 },
		    HD_HOOK_AFTER_ROLLBACK, true },
		{ { PERMANENT, { .kind = HD_GOAL_STOP }, "", 0 },
		    HD_HOOK_AFTER_STOP, true },
		{ { PERMANENT, { .kind = HD_GOAL_RESTART }, "", 0 },
		    HD_HOOK_AFTER_STOP, true },
		{ { PERMANENT, { .kind = HD_GOAL_RESTART }, "", 0 },
		    HD_HOOK_BEFORE_START, false },
		{ { FIRST,
		      { .kind = HD_GOAL_PUSH,
			  .version = "0.2.0",
			  .artifact = &artifact },
		      "", 0 },
		    HD_HOOK_AFTER_PUSH, true },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++)
		assert_int_equal(
		    lenient(&cases[i].row, cases[i].name), cases[i].lenient);
}

/* What runs by then is the version that they go to. */
static void
of_what_was_cut_off_they_are_told_where_it_began(void **state)
{
	const struct row r = { CUT_OFF,
		{ .kind = HD_GOAL_UPGRADE, .version = "0.2.0" }, "", 0 };
	struct hd_facts *f = facts_from_text(r.facts);
	struct hd_plan p;

	(void)state;
	plan(&p, &r, HD_HOOK_REMOTE, f);
	assert_string_equal(p.before, "0.2.0");
	assert_string_equal(hd_plan_leaves(&p), "0.1.0");
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    hooks_run_before_and_after_the_steps_they_name),
		cmocka_unit_test(those_of_the_run_are_no_steps_of_a_host),
		cmocka_unit_test(
		    only_an_upgrade_is_undone_for_a_hook_that_comes_after),
		cmocka_unit_test(
		    of_what_was_cut_off_they_are_told_where_it_began),
	};

	return cmocka_run_group_tests_name("hooks", tests, NULL, NULL);
}
