#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

/* What a deploy of 0.2.0 does on one host in facts.sh's own words, and what is
 * left of it once the version was shipped there. */

#define HOST "user deploy\nroot_exists yes\ndisk_free 1000000\n"
#define EMPTY "user deploy\ndisk_free 1000000\nvm_state down\n"
#define REC(v) "records " v " id-" v " sha-" v " yes yes\n"
#define BOOTS(v) "boot " v "\nscript_boot " v "\nunpacked " v "\n"
#define UP(v)                                                                  \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases " v " permanent\n"  \
	"vm_apps hotcode " v " 1\nvm_libraries hotcode " v "\n"
#define DOWN "vm_state down\n"
#define ON(v) HOST BOOTS(v) REC(v) UP(v)
#define SHIPPED REC("0.2.0") "relup 0.2.0 up 0.1.0 plain -\n"

#define SHIP "ship 0.2.0, record"
#define HOT                                                                        \
	"snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, " \
	"drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record"
#define BOOT "start 0.2.0, verify 0.2.0, record"
#define SWITCH "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, " BOOT
#define COLD                                                                   \
	"snapshot 0.1.0, unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, " BOOT

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static struct hd_relup_entry up_from_010[] = { { .from = "0.1.0" } };
static struct hd_pair libs[] = { { "util-1.0", "c1" } };
static const struct hd_artifact hot = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.relup = { up_from_010, 1, 1 },
	.libs = { libs, 1, 1 } };
static const struct hd_artifact no_relup = {
	.version = "0.2.0", .identity = "id-0.2.0", .size = 100
};
static const struct hd_artifact other = { .version = "0.2.0",
	.identity = "other",
	.size = 100,
	.relup = { up_from_010, 1, 1 } };
static const struct hd_artifact runtime = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.erts = "14.0",
	.relup = { up_from_010, 1, 1 } };

#define DEPLOY(...)                                                            \
	{                                                                      \
		.kind = HD_GOAL_DEPLOY, .artifact = __VA_ARGS__                \
	}

static const struct row {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	enum hd_mode mode;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
	size_t shipping;
} rows[] = {
	{ "first", EMPTY, DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_STEPS,
	    "ship 0.2.0, unpack first release 0.2.0, record, " BOOT, 3 },
	{ "first, where the mode is auto", EMPTY, DEPLOY(&no_relup),
	    HD_MODE_AUTO, HD_PLAN_STEPS,
	    "ship 0.2.0, unpack first release 0.2.0, record, " BOOT, 3 },
	{ "first, again after it was cut off before the start",
	    HOST BOOTS("0.2.0") REC("0.2.0") DOWN, DEPLOY(&hot), HD_MODE_HOT,
	    HD_PLAN_STEPS, BOOT, 0 },
	{ "first, again after it was cut off before it was placed",
	    HOST REC("0.2.0") DOWN, DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_STEPS,
	    "unpack first release 0.2.0, record, " BOOT, 2 },
	{ "hot", ON("0.1.0"), DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_STEPS,
	    SHIP ", " HOT, 2 },
	{ "hot, shipped already", ON("0.1.0") SHIPPED, DEPLOY(&hot),
	    HD_MODE_HOT, HD_PLAN_STEPS, HOT, 0 },
	{ "hot, shipped and lost since",
	    ON("0.1.0") "records 0.2.0 id-0.2.0 sha no no\n", DEPLOY(&hot),
	    HD_MODE_HOT, HD_PLAN_STEPS, SHIP ", " HOT, 2 },
	{ "nothing to do", ON("0.2.0"), DEPLOY(&hot), HD_MODE_HOT,
	    HD_PLAN_NOTHING, "runs 0.2.0 already", 0 },
	{ "runs, but the tarball is gone",
	    HOST BOOTS("0.2.0") "records 0.2.0 id-0.2.0 sha no yes\n" UP(
		"0.2.0"),
	    DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_STEPS, SHIP, 2 },
	{ "cut off before it was permanent",
	    HOST BOOTS("0.1.0") REC("0.1.0") SHIPPED
	    "vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.2.0 current\n"
	    "vm_releases 0.1.0 permanent\nvm_apps hotcode 0.2.0 1\n"
	    "vm_libraries hotcode 0.2.0\n",
	    DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_STEPS,
	    "verify 0.2.0, drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record",
	    0 },

	{ "no relup", ON("0.1.0"), DEPLOY(&no_relup), HD_MODE_HOT,
	    HD_PLAN_REFUSED, "no relup leads hot from 0.1.0", 0 },
	{ "a relup that leads here in two steps only", ON("0.0.9") REC("0.1.0"),
	    DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "no relup leads from 0.0.9 to 0.2.0", 0 },
	{ "another runtime", ON("0.1.0") "erts 0.1.0 13.1\n", DEPLOY(&runtime),
	    HD_MODE_HOT, HD_PLAN_REFUSED, "another Erlang runtime", 0 },
	{ "a library with other code", ON("0.1.0") "libs 0.1.0 util-1.0 c7\n",
	    DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "util-1.0: other content in 0.2.0 than in 0.1.0", 0 },
	{ "other bits that run", ON("0.2.0"), DEPLOY(&other), HD_MODE_HOT,
	    HD_PLAN_REFUSED, "it runs", 0 },
	{ "other bits that do not", ON("0.1.0") SHIPPED, DEPLOY(&other),
	    HD_MODE_HOT, HD_PLAN_REFUSED, "--replace", 0 },
	{ "other bits, and they may", ON("0.1.0") SHIPPED,
	    DEPLOY(&other, .replace = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    "discard 0.2.0, " SHIP ", " HOT, 3 },
	{ "the node does not answer",
	    HOST BOOTS("0.1.0") REC("0.1.0") "vm_state unreachable\n",
	    DEPLOY(&hot), HD_MODE_AUTO, HD_PLAN_REFUSED,
	    "hdeploy does not act on a guess", 0 },
	{ "no disk",
	    "user deploy\nroot_exists yes\ndisk_free 1\n" BOOTS("0.1.0")
		UP("0.1.0"),
	    DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_REFUSED, "not enough disk", 0 },

	{ "cold", ON("0.1.0"), DEPLOY(&no_relup, .cold = true), HD_MODE_HOT,
	    HD_PLAN_STEPS, SHIP ", " COLD, 2 },
	{ "auto where a relup leads", ON("0.1.0"), DEPLOY(&hot), HD_MODE_AUTO,
	    HD_PLAN_STEPS, SHIP ", " HOT, 2 },
	{ "auto where none does", ON("0.1.0"), DEPLOY(&no_relup), HD_MODE_AUTO,
	    HD_PLAN_STEPS,
	    SHIP ", " COLD " (cold: no relup leads from 0.1.0 to 0.2.0)", 2 },

	{ "down, and another would boot", HOST BOOTS("0.1.0") REC("0.1.0") DOWN,
	    DEPLOY(&hot), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "start it first, `hdeploy start prod --limit web1`, or upgrade by stop "
	    "and start (--cold)",
	    0 },
	{ "down, and it may go cold", HOST BOOTS("0.1.0") REC("0.1.0") DOWN,
	    DEPLOY(&no_relup, .cold = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    SHIP ", " SWITCH, 2 },
	{ "down, and this one would boot",
	    HOST BOOTS("0.2.0") REC("0.2.0") DOWN, DEPLOY(&hot, .cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS, BOOT, 0 },
	{ "down after a switch that was cut off",
	    HOST BOOTS("0.2.0") REC("0.1.0")
		REC("0.2.0") "snapshot b 0.1.0\n" DOWN,
	    DEPLOY(&hot, .cold = true), HD_MODE_HOT, HD_PLAN_STEPS, BOOT, 0 },
	{ "down within a switch that was cut off",
	    HOST BOOTS("0.1.0") REC("0.1.0")
		REC("0.2.0") "switching 0.2.0 0.1.0\n" DOWN,
	    DEPLOY(&hot, .cold = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    "unpack offline 0.2.0, switch 0.2.0, " BOOT, 0 },
};

static void
every_deploy_gets_the_plan_that_the_facts_allow(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *r = &rows[i];
		const struct hd_host host = {
			.name = "web1", .env_name = "prod", .upgrade = r->mode
		};
		struct hd_facts *f = facts_from_text(r->facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;
		bool steps;

		hd_plan_make(&plan, &relx, &host, &r->goal, f);
		steps = plan.verdict == HD_PLAN_STEPS;
		if (steps)
			hd_plan_describe(&plan, &said);
		else
			hd_str_add(&said, plan.reason);
		if (plan.verdict != r->verdict ||
		    plan.shipping != r->shipping ||
		    (steps ? strcmp(said.ptr, r->expect) != 0
			   : strstr(said.ptr, r->expect) == NULL))
			fail_msg("%s: verdict %d, %zu to ship: %s", r->about,
			    (int)plan.verdict, plan.shipping, said.ptr);
		hd_facts_free(f);
	}
}

/* So that its history line and its way back are those of that command. */
static void
what_is_left_after_the_push_is_a_goal_of_its_own(void **state)
{
	static const struct {
		const char *facts;
		enum hd_goal_kind kind;
		const char *back; /* NULL: nowhere */
	} left[] = {
		{ HOST BOOTS("0.2.0") REC("0.2.0") DOWN, HD_GOAL_START, NULL },
		{ ON("0.1.0") SHIPPED, HD_GOAL_UPGRADE, "0.1.0" },
		{ HOST BOOTS("0.1.0") REC("0.1.0") SHIPPED DOWN,
		    HD_GOAL_UPGRADE, "0.1.0" },
		{ HOST BOOTS("0.2.0") REC("0.1.0") SHIPPED
		    "snapshot b 0.1.0\n" DOWN,
		    HD_GOAL_UPGRADE, "0.1.0" },
	};
	const struct hd_goal goal = DEPLOY(&hot, .cold = true);
	const struct hd_host host = { .name = "web1", .env_name = "prod" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(left); i++) {
		struct hd_facts *f = facts_from_text(left[i].facts);
		struct hd_goal next = hd_plan_after_push(&goal, &host, f);
		struct hd_plan plan;

		assert_int_equal(next.kind, left[i].kind);
		assert_string_equal(next.version, "0.2.0");
		assert_true(next.cold);
		hd_plan_make(&plan, &relx, &host, &next, f);
		assert_int_equal(plan.verdict, HD_PLAN_STEPS);
		if (left[i].back == NULL)
			assert_null(plan.back);
		else
			assert_string_equal(plan.back, left[i].back);
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_deploy_gets_the_plan_that_the_facts_allow),
		cmocka_unit_test(
		    what_is_left_after_the_push_is_a_goal_of_its_own),
	};

	return cmocka_run_group_tests_name("plan_deploy", tests, NULL, NULL);
}
