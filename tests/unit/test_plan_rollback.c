/* Which hosts a rollback is about that names neither a version nor --from. */
#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

#define RUNS(v)                                                                         \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nboot " v                      \
	"\nscript_boot " v                                                              \
	"\nvm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.1.0 old\nvm_releases " v \
	" permanent\nvm_apps hotcode " v " m1\nvm_libraries hotcode " v                 \
	"\nrecords 0.1.0 id sha yes yes\nrecords 0.2.0 id sha yes yes\n"                \
	"records 0.3.0 id sha yes yes\nrelup 0.2.0 down 0.1.0 plain -\n"                \
	"relup 0.3.0 down 0.2.0 plain -\n"
#define DOWN(v)                                                                \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nboot " v             \
	"\nscript_boot " v "\nvm_state down\nunpacked 0.1.0\nunpacked " v      \
	"\nrecords 0.1.0 id sha yes yes\nrecords " v " id sha yes yes\n"
#define LINE(id, run, minute, command, from, to, result)                       \
	"history {\"id\":\"" id "\"," run "\"time\":\"2026-01-31T10:" minute   \
	":00.000Z\",\"who\":\"ci@runner\",\"command\":\"" command              \
	"\",\"from\":\"" from "\",\"to\":\"" to "\",\"result\":\"" result      \
	"\"}\n"
#define BY(run) "\"run\":\"" run "\","
#define FIRST(id) LINE(id, BY("r1"), "01", "upgrade", "0.1.0", "0.2.0", "ok")
#define SECOND(id, run) LINE(id, run, "02", "upgrade", "0.2.0", "0.3.0", "ok")

static const struct hd_app app = { .name = "hotcode", .driver = "relx" };
static const struct hd_host web2 = { .name = "web2", .env_name = "prod" };

static const struct {
	const char *about;
	const char *other; /* the facts of another host of the run */
	const char *facts;
	enum hd_verdict verdict;
	const char *after, *reason;
} rows[] = {
	{ "the last run changed it", RUNS("0.2.0") FIRST("a"),
	    RUNS("0.2.0") FIRST("b"), HD_PLAN_STEPS, "0.1.0", "" },
	{ "the last run changed another alone",
	    RUNS("0.3.0") FIRST("a") SECOND("c", BY("r2")),
	    RUNS("0.2.0") FIRST("b"), HD_PLAN_NOTHING, "0.2.0",
	    "nothing to roll back: the last run (upgrade 0.2.0 -> 0.3.0, by "
	    "ci@runner) did not change this host; `hdeploy rollback prod "
	    "--from 0.2.0` rolls back the hosts that run 0.2.0" },
	{ "the last run changed another alone, and this one is down",
	    RUNS("0.3.0") FIRST("a") SECOND("c", BY("r2")),
	    DOWN("0.2.0") FIRST("b"), HD_PLAN_NOTHING, "-",
	    "nothing to roll back: the last run (upgrade 0.2.0 -> 0.3.0, by " },
	{ "it failed there and undid itself",
	    RUNS("0.2.0") FIRST("a") LINE(
		"c", BY("r2"), "02", "upgrade", "0.2.0", "0.3.0", "undone"),
	    RUNS("0.2.0") FIRST("b"), HD_PLAN_NOTHING, "0.2.0",
	    "the last run (upgrade 0.2.0 -> 0.3.0" },
	{ "it undid itself here",
	    RUNS("0.3.0") FIRST("a") SECOND("c", BY("r2")),
	    RUNS("0.2.0") FIRST("b") LINE(
		"d", BY("r2"), "02", "upgrade", "0.2.0", "0.3.0", "undone"),
	    HD_PLAN_NOTHING, "0.2.0", "already undone" },
	{ "it brought another to what an earlier one brought here",
	    RUNS("0.2.0")
		LINE("c", BY("r2"), "02", "upgrade", "0.1.0", "0.2.0", "ok"),
	    RUNS("0.2.0") FIRST("b"), HD_PLAN_STEPS, "0.1.0", "" },
	{ "the last run was a rollback",
	    RUNS("0.1.0") FIRST("a")
		LINE("c", BY("r2"), "02", "rollback", "0.2.0", "0.1.0", "ok"),
	    RUNS("0.2.0") FIRST("b"), HD_PLAN_STEPS, "0.1.0", "" },
	{ "an hdeploy of before wrote no run down",
	    RUNS("0.3.0") FIRST("a") SECOND("c", ""), RUNS("0.2.0") FIRST("b"),
	    HD_PLAN_STEPS, "0.1.0", "" },
	{ "another host has no past", RUNS("0.2.0"), RUNS("0.2.0") FIRST("b"),
	    HD_PLAN_STEPS, "0.1.0", "" },
};

static void
a_rollback_concerns_the_hosts_of_the_last_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *other = facts_from_text(rows[i].other);
		struct hd_facts *f = facts_from_text(rows[i].facts);
		const struct hd_goal goal = { .kind = HD_GOAL_ROLLBACK,
			.cold = strstr(rows[i].facts, "vm_state down") != NULL,
			.newest =
			    hd_plan_newest(f, hd_plan_newest(other, NULL)) };
		struct hd_plan plan;

		hd_plan_make(&plan, &app, &web2, &goal, f);
		if (plan.verdict != rows[i].verdict ||
		    strcmp(plan.after != NULL ? plan.after : "-",
			rows[i].after) != 0 ||
		    strstr(plan.reason, rows[i].reason) == NULL)
			fail_msg("%s: verdict %d, %s: %s", rows[i].about,
			    (int)plan.verdict, plan.after, plan.reason);
		hd_facts_free(other);
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rollback_concerns_the_hosts_of_the_last_run),
	};

	return cmocka_run_group_tests_name("plan rollback", tests, NULL, NULL);
}
