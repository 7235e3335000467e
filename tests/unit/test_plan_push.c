#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/base/fs.h"
#include "core/plan/plan.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

/* Pushes, in addition to the rows of test_plan.c: libraries that are already on
 * the host, and whether a relup leads there from the running version. */

#define HOST                                                                   \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.1.0\n"        \
	"records 0.1.0 id-0.1.0 sha yes yes\n"
#define RUNS                                                                   \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.1.0 permanent\n"  \
	"vm_apps hotcode 0.1.0 1\nvm_libraries hotcode 0.1.0\n"
#define PUSHED(v) "records " v " id-" v " sha yes no\n"
#define WAY "relup 0.2.0 up 0.1.0 plain -\n"

static struct hd_pair libs_020[] = { { "hotcode-0.2.0", "c0" },
	{ "util-1.0", "c1" }, { "erts-13.1", "c2" } };
static struct hd_relup_entry entries_020[] = { { .from = "0.1.0" } };
static const struct hd_artifact built = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.libs = { libs_020, HD_COUNT(libs_020), 0 },
	.relup = { entries_020, 1, 0 } };

static struct hd_relup_entry emulator_020[] = {
	{ .from = "0.1.0", .emulator = true },
	{ .from = "0.1.0", .down = true },
};
static const struct hd_artifact no_relup = {
	.version = "0.2.0", .identity = "id-0.2.0", .size = 100
};
static const struct hd_artifact restarting = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.relup = { emulator_020, 2, 0 } };

static struct hd_entry cookie_020[] = { { .path = "releases/COOKIE",
    .sha256 = "c00c1e" } };
static const struct hd_artifact mix = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.entries = { .v = cookie_020, .n = 1 } };

#define PUSH(a)                                                                \
	{                                                                      \
		.kind = HD_GOAL_PUSH, .artifact = &(a)                         \
	}
#define TO_020                                                                 \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = "0.2.0"                    \
	}

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static const struct hd_host host = { .name = "web1", .env_name = "prod" };
static const struct hd_host automatic = {
	.name = "web1", .env_name = "prod", .upgrade = HD_MODE_AUTO
};

static const struct {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
} rows[] = {
	{ "the same library",
	    HOST RUNS "libs 0.1.0 util-1.0 c1\nlibs 0.1.0 hotcode-0.1.0 c9\n",
	    PUSH(built), HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "a library with other code", HOST RUNS "libs 0.1.0 util-1.0 c7\n",
	    PUSH(built), HD_PLAN_REFUSED,
	    "util-1.0: other content in 0.2.0 than in 0.1.0" },
	{ "two of them",
	    HOST RUNS "libs 0.1.0 util-1.0 c7\nlibs 0.1.0 erts-13.1 c8\n",
	    PUSH(built), HD_PLAN_REFUSED,
	    "util-1.0, erts-13.1: other content in 0.2.0" },
	{ "other code that was pushed and never unpacked",
	    HOST PUSHED("0.1.5") RUNS "libs 0.1.5 util-1.0 c7\n", PUSH(built),
	    HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "other code on a host that is down",
	    HOST "unpacked 0.1.0\nvm_state down\nlibs 0.1.0 util-1.0 c7\n",
	    PUSH(built), HD_PLAN_REFUSED, "util-1.0" },
	{ "a record that says nothing of libraries", HOST RUNS, PUSH(built),
	    HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "a library of a record that is damaged",
	    HOST RUNS "libs 0.0.9 util-1.0 c7\n", PUSH(built), HD_PLAN_STEPS,
	    "ship 0.2.0, record" },

	{ "no relup", HOST RUNS, PUSH(no_relup), HD_PLAN_REFUSED,
	    "no relup leads hot from 0.1.0, the running version, to 0.2.0" },
	{ "no relup, and none wanted", HOST RUNS,
	    { .kind = HD_GOAL_PUSH, .artifact = &no_relup, .cold = true },
	    HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "no relup for other bits that take the place of those pushed",
	    HOST "records 0.2.0 other sha yes no\n" RUNS,
	    { .kind = HD_GOAL_PUSH, .artifact = &no_relup, .replace = true },
	    HD_PLAN_REFUSED, "no relup leads hot" },
	{ "pushed already with another cookie",
	    HOST PUSHED("0.2.0") "cookie 0.2.0 c00c1f\n" RUNS, PUSH(mix),
	    HD_PLAN_NOTHING,
	    "0.2.0 is already on the host; this build has another "
	    "releases/COOKIE, and the host keeps its own" },
	{ "no relup, and pushed already", HOST PUSHED("0.2.0") RUNS,
	    PUSH(no_relup), HD_PLAN_NOTHING, "already on the host" },
	{ "pushed already with a relup that does not lead from here",
	    HOST PUSHED("0.2.0") "relup 0.2.0 up 0.0.9 plain -\n" RUNS,
	    PUSH(built), HD_PLAN_STEPS, "discard 0.2.0, ship 0.2.0, record" },
	{ "pushed already with a relup that leads from here",
	    HOST PUSHED("0.2.0") WAY RUNS, PUSH(built), HD_PLAN_NOTHING,
	    "already on the host" },
	{ "pushed already without a relup, for an upgrade by stop and start",
	    HOST PUSHED("0.2.0") RUNS,
	    { .kind = HD_GOAL_PUSH, .artifact = &built, .cold = true },
	    HD_PLAN_NOTHING, "already on the host" },
	{ "pushed already without a relup, and it boots",
	    "user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.2.0\n"
	    "records 0.1.0 id-0.1.0 sha yes yes\n" PUSHED("0.2.0") RUNS,
	    PUSH(built), HD_PLAN_NOTHING, "already on the host" },
	{ "no relup, and the host is down", HOST "vm_state down\n",
	    PUSH(no_relup), HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "a relup that restarts the emulator, and one down", HOST RUNS,
	    PUSH(restarting), HD_PLAN_REFUSED, "no relup leads hot" },
	{ "a relup from a version that was pushed before",
	    "user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.0.9\n" PUSHED(
		"0.1.0") "vm_state up\nvm_pid 7\nvm_creation 1\n"
			 "vm_releases 0.0.9 permanent\n"
			 "vm_apps hotcode 0.0.9 1\n",
	    PUSH(built), HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "a relup from a version that is not here",
	    "user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.0.9\n"
	    "vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.0.9 permanent\n"
	    "vm_apps hotcode 0.0.9 1\n",
	    PUSH(built), HD_PLAN_REFUSED, "from 0.0.9" },
	{ "a release that the running version leads down to",
	    "user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.3.0\n" PUSHED(
		"0.3.0") "relup 0.3.0 down 0.2.0 plain -\n"
			 "vm_state up\nvm_pid 7\nvm_creation 1\n"
			 "vm_releases 0.3.0 permanent\n"
			 "vm_apps hotcode 0.3.0 1\n",
	    PUSH(no_relup), HD_PLAN_STEPS, "ship 0.2.0, record" },

	{ "upgrade with the same library",
	    HOST PUSHED("0.2.0") WAY RUNS "libs 0.1.0,0.2.0 util-1.0 c1\n",
	    TO_020, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, "
	    "drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record" },
	{ "upgrade with other code in a library",
	    HOST PUSHED("0.2.0") WAY RUNS
	    "libs 0.1.0 util-1.0 c1\nlibs 0.2.0 util-1.0 c7\n",
	    TO_020, HD_PLAN_REFUSED,
	    "util-1.0: other content in 0.2.0 than in 0.1.0" },
};

static void
every_push_gets_the_plan_that_the_facts_allow(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;

		hd_plan_make(&plan, &relx, &host, &rows[i].goal, f);
		if (plan.verdict == HD_PLAN_STEPS)
			hd_plan_describe(&plan, &said);
		else
			hd_str_add(&said, plan.reason);
		if (plan.verdict != rows[i].verdict ||
		    (plan.verdict == HD_PLAN_STEPS
			    ? strcmp(said.ptr, rows[i].expect) != 0
			    : strstr(said.ptr, rows[i].expect) == NULL))
			fail_msg("%s: verdict %d: %s", rows[i].about,
			    (int)plan.verdict, said.ptr);
		hd_facts_free(f);
	}
}

static void
deploy_ini_can_do_without_a_relup(void **state)
{
	struct hd_goal goal = PUSH(no_relup);
	struct hd_facts *f = facts_from_text(HOST RUNS);
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &relx, &automatic, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	goal.hot = true;
	hd_plan_make(&plan, &relx, &automatic, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_REFUSED);
	hd_facts_free(f);
}

static void
with_relup_auto_the_advice_is_not_to_build_a_relup(void **state)
{
	const struct hd_app app = {
		.name = "hotcode", .driver = "relx", .relup = HD_RELUP_AUTO
	};
	const struct hd_goal goal = PUSH(no_relup);
	struct hd_facts *f = facts_from_text(HOST RUNS);
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_REFUSED);
	assert_string_equal(plan.reason,
	    "no relup leads hot from 0.1.0, the running version, to 0.2.0, and "
	    "hdeploy could not make one, as noted above: upgrade by stop and "
	    "start (--cold)");
	hd_facts_free(f);
}

static void
with_relup_auto_a_push_brings_the_missing_relup(void **state)
{
	const struct hd_app app = {
		.name = "hotcode", .driver = "relx", .relup = HD_RELUP_AUTO
	};
	const struct hd_goal goal = TO_020;
	struct hd_facts *f = facts_from_text(HOST RUNS PUSHED("0.2.0"));
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_REFUSED);
	assert_string_equal(plan.reason,
	    "no relup leads from 0.1.0 to 0.2.0: `hdeploy push prod 0.2.0 "
	    "--limit web1` makes one from the build (relup = auto), or upgrade "
	    "by stop and start (--cold)");
	hd_facts_free(f);
}

/* A version of which nothing is in tests/plans. */
static const struct hd_artifact fresh = {
	.version = "9.9.9", .identity = "id-9.9.9", .size = 100
};

/* The plan from lines, "key value"; brief: without those that only a full
 * answer has. */
static enum hd_verdict
plan_of(struct hd_str *said, const struct hd_app *app, const char *lines,
    bool brief)
{
	const struct hd_goal goal = {
		.kind = HD_GOAL_PUSH, .artifact = &fresh, .cold = true
	};
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR text = HD_STR_INIT(1024 * 1024);
	char *save = NULL, *copy = hd_arena_strdup(&arena, lines);
	struct hd_facts *f;
	struct hd_plan plan;
	char key[64];

	for (char *line = strtok_r(copy, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%63s", key) == 1 &&
		    !(brief && hd_facts_only_full(key)))
			hd_str_addf(&text, "%s\n", line);
	if (brief)
		hd_str_add(&text, "brief yes\n");
	f = facts_from_text(text.ptr);
	hd_plan_make(&plan, app, &host, &goal, f);
	if (plan.verdict == HD_PLAN_STEPS)
		hd_plan_describe(&plan, said);
	hd_facts_free(f);
	return plan.verdict;
}

static size_t
compare_plans(const char *path)
{
	HD_AUTO_STR text = HD_STR_INIT(4 * 1024 * 1024);
	struct hd_err err = { 0 };
	struct hd_app app = { .name = "hotcode" };
	char driver[32] = "";
	const char *at;
	size_t n = 0;

	assert_hd_ok(hd_fs_read(path, &text, &err), &err);
	at = strstr(text.ptr, "\ndriver = ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, " driver = %31s", driver), 1);
	app.driver = driver;
	for (at = strstr(text.ptr, "\nfacts "); at != NULL;) {
		const char *lines = strchr(at + 1, '\n');
		const char *next = strstr(lines, "\nfacts ");
		HD_AUTO_STR one = HD_STR_INIT(1024 * 1024);
		HD_AUTO_STR full = HD_STR_INIT(1024), brief = HD_STR_INIT(1024);
		enum hd_verdict verdict;

		hd_str_addn(&one, lines + 1,
		    next != NULL ? (size_t)(next - lines) : strlen(lines + 1));
		verdict = plan_of(&full, &app, one.ptr, false);
		if (verdict != plan_of(&brief, &app, one.ptr, true) ||
		    strcmp(full.ptr, brief.ptr) != 0)
			fail_msg("%s: \"%s\", briefly \"%s\"", path, full.ptr,
			    brief.ptr);
		n += verdict == HD_PLAN_STEPS;
		at = next;
	}
	return n;
}

/* Brief facts lack those of hd_facts_only_full(). */
static void
a_plan_for_a_new_version_needs_no_more_than_brief_facts(void **state)
{
	glob_t found;
	size_t planned = 0;

	(void)state;
	for (int kind = 0; kind < HD_GOALS; kind++)
		assert_int_equal(hd_goals[kind].brief, kind == HD_GOAL_PUSH);
	assert_int_equal(glob("tests/plans/*/facts", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		planned += compare_plans(found.gl_pathv[i]);
	globfree(&found);
	assert_true(planned > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_push_gets_the_plan_that_the_facts_allow),
		cmocka_unit_test(
		    a_plan_for_a_new_version_needs_no_more_than_brief_facts),
		cmocka_unit_test(deploy_ini_can_do_without_a_relup),
		cmocka_unit_test(
		    with_relup_auto_the_advice_is_not_to_build_a_relup),
		cmocka_unit_test(
		    with_relup_auto_a_push_brings_the_missing_relup),
	};

	return cmocka_run_group_tests_name("plan_push", tests, NULL, NULL);
}
