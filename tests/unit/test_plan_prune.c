#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

#define HOST "user deploy\nroot_exists yes\ndisk_free 1000000\n"
#define REC(v, verified) "records " v " id" v " sha" v " yes " verified "\n"
#define NEW(v) "newest " v "\n"
#define LIST(v, s) "vm_releases " v " " s "\n"
#define BOOTS(v) "boot " v "\nscript_boot " v "\n"
#define UP(app)                                                                \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_apps hotcode " app           \
	" 1\nvm_libraries hotcode " app "\n"
#define SIX                                                                    \
	NEW("0.6.0")                                                           \
	NEW("0.5.0") NEW("0.4.0") NEW("0.3.0") NEW("0.2.0") NEW("0.1.0")
#define UPGRADED(from, to)                                                     \
	"history {\"id\":\"a\",\"command\":\"upgrade\",\"from\":\"" from       \
	"\",\"to\":\"" to "\",\"result\":\"ok\"}\n"

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };

static const struct row {
	const char *about, *facts;
	unsigned keep;
	enum hd_verdict verdict;
	const char *expect; /* the plan, or part of the reason */
} rows[] = {
	{ "the oldest go",
	    HOST BOOTS("0.6.0") SIX UP("0.6.0") LIST("0.6.0", "permanent"), 4,
	    HD_PLAN_STEPS, "prune 0.2.0, prune 0.1.0, record" },
	{ "what runs stays, however old",
	    HOST BOOTS("0.1.0") SIX UP("0.1.0") LIST("0.1.0", "permanent"), 4,
	    HD_PLAN_STEPS, "prune 0.2.0, record" },
	{ "what would boot stays",
	    HOST BOOTS("0.1.0") SIX UP("0.6.0") LIST("0.6.0", "current")
		LIST("0.1.0", "permanent"),
	    4, HD_PLAN_STEPS, "prune 0.2.0, record" },
	{ "where a rollback goes stays",
	    HOST BOOTS("0.6.0") SIX UP("0.6.0") LIST("0.6.0", "permanent")
		LIST("0.1.0", "old") UPGRADED("0.1.0", "0.6.0"),
	    1, HD_PLAN_STEPS,
	    "prune 0.5.0, prune 0.4.0, prune 0.3.0, prune 0.2.0, record" },
	{ "where a rollback goes stays, recorded or not",
	    HOST BOOTS("0.6.0") SIX UP("0.6.0") LIST("0.6.0", "permanent")
		LIST("0.1.0", "old") "snapshot b 0.1.0\n",
	    1, HD_PLAN_STEPS,
	    "prune 0.5.0, prune 0.4.0, prune 0.3.0, prune 0.2.0, record" },
	{ "the last verified one stays",
	    HOST BOOTS("0.6.0") SIX REC("0.3.0", "yes") REC("0.2.0", "yes")
		REC("0.5.0", "no") UP("0.6.0") LIST("0.6.0", "permanent"),
	    1, HD_PLAN_STEPS,
	    "prune 0.5.0, prune 0.4.0, prune 0.2.0, prune 0.1.0, record" },
	{ "nothing is old enough",
	    HOST BOOTS("0.6.0") SIX UP("0.6.0") LIST("0.6.0", "permanent"), 6,
	    HD_PLAN_NOTHING, "nothing to remove: 6 versions, keep = 6" },
	{ "keep = 0 leaves what is in use",
	    HOST BOOTS("0.6.0") NEW("0.6.0") UP("0.6.0")
		LIST("0.6.0", "permanent"),
	    0, HD_PLAN_NOTHING, "nothing to remove: 1 version, keep = 0" },
	{ "down", HOST BOOTS("0.6.0") SIX "vm_state down\n", 1, HD_PLAN_REFUSED,
	    "start it first, `hdeploy start prod --limit web1`" },
	{ "a list that was made up at boot",
	    HOST BOOTS("0.6.0") SIX
	    "vm_state up\nvm_pid 7\nvm_creation 1\nvm_apps hotcode 0.6.0 1\n" LIST(
		"0.6.0", "permanent"),
	    1, HD_PLAN_REFUSED, "RELEASES was missing" },
	{ "boot pointers disagree",
	    HOST "boot 0.6.0\nscript_boot 0.5.0\n" SIX UP("0.6.0")
		LIST("0.6.0", "permanent"),
	    1, HD_PLAN_REFUSED,
	    "`hdeploy repair prod --limit web1` makes them agree" },
	{ "something goes on",
	    HOST BOOTS("0.6.0") SIX UP("0.6.0")
		LIST("0.6.0", "permanent") "unfinished a-install install\n",
	    1, HD_PLAN_REFUSED, "still runs" },
};

static void
only_what_nobody_needs_is_removed(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_host host = {
			.name = "web1", .env_name = "prod", .keep = rows[i].keep
		};
		const struct hd_goal goal = { .kind = HD_GOAL_PRUNE };
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;

		hd_plan_make(&plan, &relx, &host, &goal, f);
		if (plan.verdict == HD_PLAN_STEPS)
			hd_plan_describe(&plan, &said);
		else
			hd_str_add(&said, plan.reason);
		if (plan.verdict != rows[i].verdict ||
		    strstr(said.ptr, rows[i].expect) == NULL)
			fail_msg("%s: %d: %s", rows[i].about, (int)plan.verdict,
			    said.ptr);
		hd_facts_free(f);
	}
}

static void
a_host_with_more_than_a_plan_holds_is_pruned_in_turns(void **state)
{
	const struct hd_host host = {
		.name = "web1", .env_name = "prod", .keep = 1
	};
	const struct hd_goal goal = { .kind = HD_GOAL_PRUNE };
	HD_AUTO_STR text = HD_STR_INIT(8192);
	struct hd_facts *f;
	struct hd_plan plan;

	(void)state;
	hd_str_add(&text, HOST BOOTS("1.0") UP("1.0") LIST("1.0", "permanent"));
	for (int i = 0; i <= 100; i++)
		hd_str_addf(&text, "newest 1.%d\n", i);
	f = facts_from_text(text.ptr);
	hd_plan_make(&plan, &relx, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	assert_int_equal(plan.n, HD_PLAN_MAX);
	assert_string_equal(plan.steps[0].version, "1.1");
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_nobody_needs_is_removed),
		cmocka_unit_test(
		    a_host_with_more_than_a_plan_holds_is_pruned_in_turns),
	};

	return cmocka_run_group_tests_name("prune", tests, NULL, NULL);
}
