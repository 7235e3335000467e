#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

/* Plans of the driver script, which does what deploy.ini's commands say. */
struct row {
	const char *about;
	const char *facts;
	enum hd_goal_kind goal;
	size_t commands; /* so many of them are given */
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
};

#define HOST "user deploy\nroot_exists yes\ndisk_free 9000000\nboot "
#define REC(v) "records " v " id sha yes yes\n"
#define DOWN HOST "0.1.0\n" REC("0.1.0") "vm_state down\n"
#define UP(v)                                                                  \
	HOST v "\n" REC("0.1.0") REC("0.2.0") "vm_state up\nvm_pid 7\n"        \
					      "vm_creation 1\n"                \
					      "vm_releases " v " permanent\n"  \
					      "vm_releases 0.1.0 old\n"        \
					      "vm_apps hotcode " v " 1\n"      \
					      "vm_libraries hotcode " v "\n"
#define WORD(v, boots)                                                         \
	HOST boots "\n" REC("0.1.0") REC("0.2.0") "vm_state up\nvm_word " v "\n"
#define UPGRADED                                                               \
	"history {\"id\":\"a\",\"command\":\"upgrade\",\"from\":\"0.1.0\","    \
	"\"to\":\"0.2.0\",\"result\":\"ok\"}\n"
#define HOT_(check)                                                            \
	"snapshot 0.1.0, unpack 0.2.0, " check                                 \
	"install 0.2.0, verify 0.2.0, record"
#define HOT HOT_("check 0.2.0, ")
#define HOT_BY_WORD HOT_("")
#define COLD                                                                   \
	"snapshot 0.1.0, unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, "     \
	"start 0.2.0, verify 0.2.0, record"
#define BACK_(check)                                                           \
	"snapshot 0.2.0, " check                                               \
	"drain 0.2.0, install 0.1.0, verify 0.1.0, record"
#define BACK BACK_("check 0.1.0, ")
#define BACK_BY_WORD BACK_("")

static struct hd_pair commands[] = { { "start", "c" }, { "stop", "c" },
	{ "upgrade", "c" }, { "downgrade", "c" }, { "boots", "c" } };
enum { ALL = HD_COUNT(commands) - 1, BOOTS_TOO };

static const struct hd_app app = { .name = "hotcode", .driver = "script" };

static const struct hd_artifact artifact = { .version = "0.3.0",
	.identity = "id" };

static const struct row rows[] = {
	{ "push without a relup", UP("0.1.0"), HD_GOAL_PUSH, ALL, HD_PLAN_STEPS,
	    "ship 0.3.0, record" },
	{ "start", DOWN, HD_GOAL_START, 1, HD_PLAN_STEPS,
	    "start 0.1.0, verify 0.1.0, record" },
	{ "start, no command", DOWN, HD_GOAL_START, 0, HD_PLAN_REFUSED,
	    "start needs command.start in deploy.ini: driver script" },
	{ "restart, no stop", UP("0.1.0"), HD_GOAL_RESTART, 1, HD_PLAN_REFUSED,
	    "stop needs command.stop" },
	{ "upgrade without a relup", UP("0.1.0"), HD_GOAL_UPGRADE, ALL,
	    HD_PLAN_STEPS, HOT },
	{ "upgrade by an emulator restart",
	    UP("0.1.0") "relup 0.2.0 up 0.1.0 emulator -\n", HD_GOAL_UPGRADE,
	    ALL, HD_PLAN_REFUSED, "restarts the emulator" },
	{ "upgrade, no way back", UP("0.1.0"), HD_GOAL_UPGRADE, 3,
	    HD_PLAN_REFUSED, "install needs command.downgrade" },
	{ "upgrade, no command", UP("0.1.0"), HD_GOAL_UPGRADE, 2,
	    HD_PLAN_REFUSED, "install needs command.upgrade" },
	{ "rollback", UP("0.2.0") UPGRADED, HD_GOAL_ROLLBACK, ALL,
	    HD_PLAN_STEPS, BACK },
	{ "by word: upgrade", WORD("0.1.0", "0.1.0"), HD_GOAL_UPGRADE, ALL,
	    HD_PLAN_STEPS, HOT_BY_WORD },
	{ "by word: upgrade, done", WORD("0.2.0", "0.2.0"), HD_GOAL_UPGRADE,
	    ALL, HD_PLAN_NOTHING, "runs 0.2.0 already" },
	{ "by word: rollback", WORD("0.2.0", "0.2.0") UPGRADED,
	    HD_GOAL_ROLLBACK, ALL, HD_PLAN_STEPS, BACK_BY_WORD },
	{ "by word: upgrade, cut off before it was permanent",
	    WORD("0.2.0", "0.1.0"), HD_GOAL_UPGRADE, ALL, HD_PLAN_STEPS,
	    "verify 0.2.0, drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record" },
	{ "by word: stop", WORD("0.1.0", "0.1.0"), HD_GOAL_STOP, ALL,
	    HD_PLAN_STEPS, "stop 0.1.0, record" },
	{ "by word: prune", WORD("0.2.0", "0.2.0"), HD_GOAL_PRUNE, ALL,
	    HD_PLAN_REFUSED, "nothing is removed" },
	{ "by word: undo of an upgrade", WORD("0.2.0", "0.2.0"), HD_GOAL_UNDO,
	    ALL, HD_PLAN_STEPS,
	    "drain 0.2.0, install 0.1.0, verify 0.1.0, verify 0.1.0" },
};

static void
make(struct hd_plan *plan, const struct row *r, const struct hd_facts *f)
{
	const struct hd_host host = { .name = "web1",
		.env_name = "prod",
		.commands = { commands, r->commands, BOOTS_TOO } };
	const bool undo = r->goal == HD_GOAL_UNDO;
	const struct hd_goal goal = { .kind = r->goal,
		.artifact = &artifact,
		.version = undo                          ? "0.1.0"
			   : r->goal == HD_GOAL_ROLLBACK ? NULL
							 : "0.2.0",
		.failed = undo ? "0.2.0" : NULL };

	hd_plan_make(plan, &app, &host, &goal, f);
}

static void
check(const char *about, const struct hd_plan *plan, enum hd_verdict verdict,
    const char *expect)
{
	HD_AUTO_STR said = HD_STR_INIT(1024);

	if (plan->verdict == HD_PLAN_STEPS)
		hd_plan_describe(plan, &said);
	else
		hd_str_add(&said, plan->reason);
	if (plan->verdict != verdict ||
	    (verdict == HD_PLAN_STEPS ? strcmp(said.ptr, expect) != 0
				      : strstr(said.ptr, expect) == NULL))
		fail_msg(
		    "%s: verdict %d: %s", about, (int)plan->verdict, said.ptr);
}

static void
a_plan_takes_only_commands_that_are_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct hd_facts *f = facts_from_text(r->facts);
		struct hd_plan plan;

		make(&plan, r, f);
		check(r->about, &plan, r->verdict, r->expect);
		hd_facts_free(f);
	}
}

/* An upgrade of a node that is up, by mode. */
static void
without_a_way_that_is_hot_only_stop_and_start_is_left(void **state)
{
	static const struct {
		const char *about;
		enum hd_mode mode;
		size_t commands;
		enum hd_verdict verdict;
		const char *expect;
	} modes[] = {
		{ "cold", HD_MODE_COLD, 2, HD_PLAN_STEPS, COLD },
		{ "cold, no stop", HD_MODE_COLD, 1, HD_PLAN_REFUSED,
		    "stop needs command.stop" },
		{ "auto, no upgrade", HD_MODE_AUTO, 2, HD_PLAN_STEPS,
		    COLD " (cold: install needs command.upgrade in "
			 "deploy.ini)" },
		{ "auto", HD_MODE_AUTO, ALL, HD_PLAN_STEPS, HOT },
		{ "cold, another boot pointer", HD_MODE_COLD, BOOTS_TOO,
		    HD_PLAN_REFUSED,
		    "command.boots names the version that boots" },
	};
	const struct hd_goal goal = { .kind = HD_GOAL_UPGRADE,
		.version = "0.2.0" };
	struct hd_facts *f = facts_from_text(UP("0.1.0"));

	(void)state;
	for (size_t i = 0; i < HD_COUNT(modes); i++) {
		const struct hd_host host = { .name = "web1",
			.env_name = "prod",
			.upgrade = modes[i].mode,
			.commands = {
			    commands, modes[i].commands, BOOTS_TOO } };
		struct hd_plan plan;

		hd_plan_make(&plan, &app, &host, &goal, f);
		check(modes[i].about, &plan, modes[i].verdict, modes[i].expect);
	}
	hd_facts_free(f);
}

static void
what_a_command_makes_permanent_at_once_has_no_soak_before(void **state)
{
	const struct hd_goal goal = { .kind = HD_GOAL_UPGRADE,
		.version = "0.2.0" };
	const struct hd_host host = { .name = "web1",
		.env_name = "prod",
		.commit = HD_COMMIT_AFTER_SOAK,
		.commands = { commands, ALL, BOOTS_TOO } };
	struct hd_facts *f = facts_from_text(UP("0.1.0"));
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &goal, f);
	check("commit", &plan, HD_PLAN_REFUSED,
	    "commit = after_soak does not work");
	hd_facts_free(f);
}

/* The install of a plan: which command it is. */
static bool
goes_down(enum hd_goal_kind kind, const char *facts, bool failed_down)
{
	const struct hd_host host = { .name = "web1",
		.env_name = "prod",
		.commands = { commands, ALL, BOOTS_TOO } };
	const struct hd_goal goal = { .kind = kind,
		.version = kind == HD_GOAL_UPGRADE ? "0.2.0" : "0.1.0",
		.failed = "0.2.0",
		.failed_down = failed_down };
	struct hd_facts *f = facts_from_text(facts);
	struct hd_plan plan;
	bool down = false;

	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	for (size_t i = 0; i < plan.n; i++)
		down |= plan.steps[i].down;
	hd_facts_free(f);
	return down;
}

static void
an_install_knows_which_way_it_goes(void **state)
{
	(void)state;
	assert_false(goes_down(HD_GOAL_UPGRADE, UP("0.1.0"), false));
	assert_true(goes_down(HD_GOAL_ROLLBACK, UP("0.2.0") UPGRADED, false));
	assert_true(goes_down(HD_GOAL_UNDO, UP("0.2.0"), false));
	assert_false(goes_down(HD_GOAL_UNDO, UP("0.2.0"), true));
	assert_true(goes_down(HD_GOAL_UPGRADE,
	    UP("0.1.0") "relup 0.1.0 down 0.2.0 plain -\n", false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_takes_only_commands_that_are_there),
		cmocka_unit_test(
		    without_a_way_that_is_hot_only_stop_and_start_is_left),
		cmocka_unit_test(
		    what_a_command_makes_permanent_at_once_has_no_soak_before),
		cmocka_unit_test(an_install_knows_which_way_it_goes),
	};

	return cmocka_run_group_tests_name("plan commands", tests, NULL, NULL);
}
