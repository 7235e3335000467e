#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

/* A host where a change was cut off, a goal, and the plan that ends it. */
struct row {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
	const char *ends;   /* "forward" or "back": the change that was cut off
			       ends under its own id; NULL: it does not */
};

#define ID "0123456789abcdef"
#define HOST "user deploy\nroot_exists yes\ndisk_free 1000000\n"
#define BOOTS(v) "boot " v "\nscript_boot " v "\n"
#define RECORDS "records 0.1.0 id sha yes yes\nrecords 0.2.0 id sha yes no\n"
#define WAYS                                                                   \
	RECORDS                                                                \
	"relup 0.2.0 up 0.1.0 plain -\nrelup 0.2.0 down 0.1.0 plain -\n"
#define UP(v, list)                                                            \
	"vm_state up\nvm_pid 7\nvm_creation 1\n" list "vm_apps hotcode " v     \
	" 1\nvm_libraries hotcode " v "\n"
#define LIST(v, s) "vm_releases " v " " s "\n"
#define LINE(key, command, from, to, going, mode)                              \
	key " {\"id\":\"" ID "\",\"command\":\"" command "\",\"from\":\"" from \
	    "\",\"to\":\"" to "\",\"" going "\",\"mode\":\"" mode "\"}\n"
#define CHANGE(command, from, to, going, mode)                                 \
	LINE("journal", command, from, to, "going\":\"" going, mode)
#define UPGRADE(going) CHANGE("upgrade", "0.1.0", "0.2.0", going, "hot")
#define COLD(going) CHANGE("upgrade", "0.1.0", "0.2.0", going, "cold")
/* as an older hdeploy wrote it */
#define COLD_OF_OLD                                                            \
	"journal {\"id\":\"" ID                                                \
	"\",\"command\":\"upgrade\",\"from\":\"0.1.0\","                       \
	"\"to\":\"0.2.0\",\"going\":\"forward\",\"hot\":\"cold\"}\n"
#define ROLLBACK(going) CHANGE("rollback", "0.2.0", "0.1.0", going, "hot")
#define ENDED(result)                                                          \
	LINE("history", "upgrade", "0.1.0", "0.2.0", "result\":\"" result,     \
	    "hot")

#define UNTOUCHED                                                              \
	HOST BOOTS("0.1.0") WAYS UP("0.1.0", LIST("0.1.0", "permanent"))
#define UNPACKED UNTOUCHED LIST("0.2.0", "unpacked")
#define INSTALLED                                                              \
	HOST BOOTS("0.1.0") WAYS UP(                                           \
	    "0.2.0", LIST("0.2.0", "current") LIST("0.1.0", "permanent"))
#define PERMANENT                                                              \
	HOST BOOTS("0.2.0")                                                    \
	    WAYS UP("0.2.0", LIST("0.2.0", "permanent") LIST("0.1.0", "old"))
#define HALF_BACK                                                              \
	HOST BOOTS("0.2.0") WAYS UP(                                           \
	    "0.1.0", LIST("0.1.0", "current") LIST("0.2.0", "permanent"))
#define BACK_AGAIN                                                             \
	HOST BOOTS("0.1.0")                                                    \
	    WAYS UP("0.1.0", LIST("0.1.0", "permanent") LIST("0.2.0", "old"))
#define BROKEN                                                                  \
	HOST BOOTS("0.1.0") WAYS "vm_state up\nvm_pid 7\nvm_creation 1\n" LIST( \
	    "0.1.0",                                                            \
	    "permanent") "vm_apps hotcode 0.2.0 1\nvm_libraries hotcode 0.1.0\n"
#define DOWN(boots) HOST BOOTS(boots) WAYS "vm_state down\n"
#define SWITCHING(to, from) "switching " to " " from "\n"

#define RESUME                                                                 \
	{                                                                      \
		.kind = HD_GOAL_RESUME                                         \
	}
#define ROLL                                                                   \
	{                                                                      \
		.kind = HD_GOAL_ROLLBACK                                       \
	}
#define TO_020                                                                 \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = "0.2.0"                    \
	}
#define START                                                                  \
	{                                                                      \
		.kind = HD_GOAL_START                                          \
	}
#define HOT                                                                        \
	"snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, " \
	"drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record"
#define HOT_BACK                                                                  \
	"snapshot 0.2.0, check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, " \
	"drain 0.1.0, make permanent 0.1.0, verify 0.1.0, record"
#define FINISH(v)                                                              \
	"verify " v ", drain " v ", make permanent " v ", verify " v ", record"

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static const struct hd_host host = { .name = "web1", .env_name = "prod" };

static const struct row rows[] = {
	{ "nothing was cut off", UNTOUCHED, RESUME, HD_PLAN_NOTHING,
	    "no change was cut off", NULL },
	{ "ended", PERMANENT UPGRADE("forward") ENDED("ok"), RESUME,
	    HD_PLAN_NOTHING, "no change was cut off", NULL },
	{ "ended by going back", UNTOUCHED UPGRADE("back") ENDED("undone"),
	    RESUME, HD_PLAN_NOTHING, "no change was cut off", NULL },
	{ "ended, and then cut off as it went back",
	    PERMANENT UPGRADE("back") ENDED("ok"), RESUME, HD_PLAN_STEPS,
	    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, drain 0.1.0, make permanent 0.1.0, verify 0.1.0, "
	    "record",
	    "back" },
	{ "untouched", UNTOUCHED UPGRADE("forward"), RESUME, HD_PLAN_STEPS, HOT,
	    "forward" },
	{ "unpacked", UNPACKED UPGRADE("forward"), RESUME, HD_PLAN_STEPS, HOT,
	    "forward" },
	{ "installed", INSTALLED UPGRADE("forward"), RESUME, HD_PLAN_STEPS,
	    FINISH("0.2.0"), "forward" },
	{ "permanent", PERMANENT UPGRADE("forward"), RESUME, HD_PLAN_STEPS,
	    "verify 0.2.0, record", "forward" },
	{ "went down, boots the old one", DOWN("0.1.0") UPGRADE("forward"),
	    RESUME, HD_PLAN_STEPS,
	    "start 0.1.0, verify 0.1.0, discard 0.2.0, record", "back" },
	{ "went down, one boot pointer names the new version",
	    HOST "boot 0.2.0\nscript_boot 0.1.0\n" WAYS
		 "vm_state down\n" UPGRADE("forward"),
	    RESUME, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0, record",
	    "back" },
	{ "went down, boots the new one", DOWN("0.2.0") UPGRADE("forward"),
	    RESUME, HD_PLAN_STEPS,
	    "start 0.2.0, check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, "
	    "drain 0.1.0, make permanent 0.1.0, verify 0.1.0, record",
	    "back" },
	{ "broke off in the middle of its relup", BROKEN UPGRADE("forward"),
	    RESUME, HD_PLAN_STEPS,
	    "stop 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0, record",
	    "back" },
	{ "its tarball is gone",
	    HOST BOOTS("0.1.0") UP("0.1.0", LIST("0.1.0", "permanent"))
		UPGRADE("forward"),
	    RESUME, HD_PLAN_STEPS, "verify 0.1.0, discard 0.2.0, record",
	    "back" },
	{ "frozen",
	    HOST BOOTS("0.1.0") WAYS
	    "vm_state unreachable\n" UPGRADE("forward"),
	    RESUME, HD_PLAN_REFUSED, "on a guess", NULL },
	{ "somebody went elsewhere",
	    HOST BOOTS("0.3.0") WAYS UP("0.3.0", LIST("0.3.0", "permanent"))
		UPGRADE("forward"),
	    RESUME, HD_PLAN_REFUSED,
	    "0.3.0 runs, and the change that was cut off went from 0.1.0",
	    NULL },
	{ "what it began still runs",
	    UNTOUCHED UPGRADE("forward") "unfinished a-install install\n",
	    RESUME, HD_PLAN_REFUSED, "still runs", NULL },

	{ "back, untouched", UNPACKED UPGRADE("back"), RESUME, HD_PLAN_STEPS,
	    "verify 0.1.0, discard 0.2.0, record", "back" },
	{ "back, installed", INSTALLED UPGRADE("back"), RESUME, HD_PLAN_STEPS,
	    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, verify 0.1.0, record",
	    "back" },
	{ "back, half way", HALF_BACK UPGRADE("back"), RESUME, HD_PLAN_STEPS,
	    "drain 0.1.0, make permanent 0.1.0, verify 0.1.0, record", "back" },
	{ "back, there", BACK_AGAIN UPGRADE("back"), RESUME, HD_PLAN_STEPS,
	    "verify 0.1.0, record", "back" },

	{ "rollback, untouched", PERMANENT ROLLBACK("forward"), RESUME,
	    HD_PLAN_STEPS, HOT_BACK, "forward" },
	{ "rollback, installed", HALF_BACK ROLLBACK("forward"), RESUME,
	    HD_PLAN_STEPS, FINISH("0.1.0"), "forward" },
	{ "rollback, permanent", BACK_AGAIN ROLLBACK("forward"), RESUME,
	    HD_PLAN_STEPS, "verify 0.1.0, record", "forward" },
	{ "rollback, going back: the older one stays",
	    PERMANENT ROLLBACK("back"), RESUME, HD_PLAN_STEPS,
	    "verify 0.2.0, record", "back" },

	{ "cold, not stopped", UNTOUCHED COLD("forward"), RESUME, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, "
	    "start 0.2.0, verify 0.2.0, record",
	    "forward" },
	{ "cold, stopped", DOWN("0.1.0") COLD("forward"), RESUME, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, "
	    "start 0.2.0, verify 0.2.0, record",
	    "forward" },
	{ "cold, in the switch",
	    DOWN("0.1.0") SWITCHING("0.2.0", "0.1.0") COLD("forward"), RESUME,
	    HD_PLAN_STEPS,
	    "unpack offline 0.2.0, switch 0.2.0, start 0.2.0, verify 0.2.0, "
	    "record",
	    "forward" },
	{ "cold, switched", DOWN("0.2.0") COLD("forward"), RESUME,
	    HD_PLAN_STEPS, "start 0.2.0, verify 0.2.0, record", "forward" },
	{ "cold, started", PERMANENT COLD("forward"), RESUME, HD_PLAN_STEPS,
	    "verify 0.2.0, record", "forward" },
	{ "cold, back, in the switch",
	    DOWN("0.1.0") SWITCHING("0.1.0", "0.2.0") COLD("back"), RESUME,
	    HD_PLAN_STEPS, "switch 0.1.0, start 0.1.0, verify 0.1.0, record",
	    "back" },
	{ "cold, in the switch, and somebody started it",
	    UNTOUCHED SWITCHING("0.2.0", "0.1.0") COLD("forward"), RESUME,
	    HD_PLAN_STEPS,
	    "stop 0.1.0, switch 0.1.0, start 0.1.0, verify 0.1.0, record",
	    "back" },
	{ "start ends a cold one", DOWN("0.2.0") COLD("forward"), START,
	    HD_PLAN_STEPS, "start 0.2.0, verify 0.2.0, record", "forward" },
	{ "start does not end one that was going elsewhere",
	    DOWN("0.1.0") COLD("forward"), START, HD_PLAN_STEPS,
	    "start 0.1.0, verify 0.1.0, record", NULL },

	{ "upgrade ends what lacks its record", PERMANENT UPGRADE("forward"),
	    TO_020, HD_PLAN_STEPS, "verify 0.2.0, record", "forward" },
	{ "upgrade ends what is not permanent", INSTALLED UPGRADE("forward"),
	    TO_020, HD_PLAN_STEPS, FINISH("0.2.0"), "forward" },
	{ "upgrade where one was cut off early is a new one",
	    UNPACKED UPGRADE("forward"), TO_020, HD_PLAN_STEPS, HOT, NULL },
	{ "rollback takes back what changed nothing that runs",
	    UNPACKED UPGRADE("forward"), ROLL, HD_PLAN_STEPS,
	    "verify 0.1.0, discard 0.2.0, record", "back" },
	{ "rollback of a version that is not permanent is a new one",
	    INSTALLED UPGRADE("forward"), ROLL, HD_PLAN_STEPS, HOT_BACK, NULL },
	{ "rollback ends what went back and lacks its record",
	    BACK_AGAIN UPGRADE("back"), ROLL, HD_PLAN_STEPS,
	    "verify 0.1.0, record", "back" },
	{ "rollback ends a rollback that lacks its record",
	    BACK_AGAIN ROLLBACK("forward"), ROLL, HD_PLAN_STEPS,
	    "verify 0.1.0, record", "forward" },
	{ "rollback where it went down, boots the old one",
	    DOWN("0.1.0") UPGRADE("forward"), ROLL, HD_PLAN_STEPS,
	    "start 0.1.0, verify 0.1.0, discard 0.2.0, record", "back" },
	{ "rollback where it went down, and the boot pointers disagree",
	    HOST "boot 0.2.0\nscript_boot 0.1.0\n" WAYS
		 "vm_state down\n" UPGRADE("forward"),
	    ROLL, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0, record",
	    "back" },
	{ "rollback --cold where it went down, boots the old one",
	    DOWN("0.1.0") UPGRADE("forward"),
	    { .kind = HD_GOAL_ROLLBACK, .cold = true }, HD_PLAN_STEPS,
	    "start 0.1.0, verify 0.1.0, record", "back" },
	{ "rollback --cold where it went down, boots the new one",
	    DOWN("0.2.0") "unpacked 0.1.0\nsnapshot " ID
			  " 0.1.0\n" UPGRADE("forward"),
	    { .kind = HD_GOAL_ROLLBACK, .cold = true }, HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack offline 0.1.0, switch 0.1.0, start 0.1.0, "
	    "verify 0.1.0, record",
	    NULL },
	{ "rollback where it went down, and no relup leads back",
	    HOST BOOTS("0.2.0") RECORDS
	    "relup 0.2.0 up 0.1.0 plain -\nvm_state down\nunpacked 0.1.0\n"
	    "snapshot " ID " 0.1.0\n" UPGRADE("forward"),
	    ROLL, HD_PLAN_REFUSED,
	    "would boot, not 0.1.0; `hdeploy rollback prod --cold --limit "
	    "web1` goes back by stop and start",
	    NULL },
	{ "rollback --from another version leaves it alone",
	    UNPACKED UPGRADE("forward"),
	    { .kind = HD_GOAL_ROLLBACK, .from = "0.2.0" }, HD_PLAN_NOTHING,
	    "runs 0.1.0, not 0.2.0", NULL },
};

static const char *
ends(const struct hd_plan *plan)
{
	if (plan->verdict != HD_PLAN_STEPS || plan->ends == NULL)
		return NULL;
	assert_string_equal(plan->ends->id, ID);
	assert_string_equal(plan->back, plan->ends->from);
	assert_string_equal(hd_plan_brings(plan), plan->ends->to);
	assert_string_equal(plan->steps[plan->n - 1].version, plan->ends->to);
	return plan->goes_back ? "back" : "forward";
}

static void
a_change_that_was_cut_off_comes_to_an_end_from_wherever_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct hd_facts *f = facts_from_text(row->facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;
		bool steps;

		hd_plan_make(&plan, &relx, &host, &row->goal, f);
		steps = plan.verdict == HD_PLAN_STEPS;
		if (steps)
			hd_plan_describe(&plan, &said);
		else
			hd_str_add(&said, plan.reason);
		if (plan.verdict != row->verdict ||
		    (steps ? strcmp(said.ptr, row->expect) != 0
			   : strstr(said.ptr, row->expect) == NULL))
			fail_msg("%s: verdict %d: %s", row->about,
			    (int)plan.verdict, said.ptr);
		if (ends(&plan) == NULL || row->ends == NULL
			? ends(&plan) != row->ends
			: strcmp(ends(&plan), row->ends) != 0)
			fail_msg("%s: ends %s", row->about,
			    ends(&plan) ? ends(&plan) : "nothing");
		hd_facts_free(f);
	}
}

/* Of a change that began by --hot where deploy.ini says cold, and the
 * reverse. */
static void
it_goes_on_the_way_that_it_began(void **state)
{
	static const struct {
		enum hd_mode mode;
		const char *facts;
		bool hot, cold;
		const char *first;
	} modes[] = {
		{ HD_MODE_COLD, UNPACKED UPGRADE("forward"), false, false,
		    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install" },
		{ HD_MODE_HOT, UNPACKED COLD("forward"), false, false,
		    "snapshot 0.1.0, unpack offline 0.2.0, stop" },
		{ HD_MODE_HOT, UNPACKED COLD_OF_OLD, false, false,
		    "snapshot 0.1.0, unpack offline 0.2.0, stop" },
		{ HD_MODE_HOT, UNPACKED UPGRADE("forward"), false, true,
		    "snapshot 0.1.0, unpack offline 0.2.0, stop" },
		{ HD_MODE_HOT, UNPACKED COLD("forward"), true, false,
		    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install" },
		{ HD_MODE_AUTO, DOWN("0.1.0") UPGRADE("forward"), false, false,
		    "snapshot 0.1.0, unpack offline 0.2.0, switch" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(modes); i++) {
		const struct hd_host one = { .name = "web1",
			.env_name = "prod",
			.upgrade = modes[i].mode };
		const struct hd_goal goal = { .kind = HD_GOAL_RESUME,
			.hot = modes[i].hot,
			.cold = modes[i].cold };
		struct hd_facts *f = facts_from_text(modes[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;

		hd_plan_make(&plan, &relx, &one, &goal, f);
		hd_plan_describe(&plan, &said);
		if (strncmp(said.ptr, modes[i].first, strlen(modes[i].first)) !=
		    0)
			fail_msg("row %zu: %s", i, said.ptr);
		hd_facts_free(f);
	}
}

/* Finishing a change runs its remaining hooks, undoing it runs none. */
static void
hooks_belong_to_what_was_cut_off(void **state)
{
	static struct hd_hook hooks[] = {
		{ .name = HD_HOOK_AFTER_UPGRADE, .place = HD_HOOK_REMOTE },
		{ .name = HD_HOOK_AFTER_ROLLBACK, .place = HD_HOOK_REMOTE },
		{ .name = HD_HOOK_BEFORE_START, .place = HD_HOOK_REMOTE },
	};
	static const struct {
		const char *facts, *expect;
	} ways[] = {
		{ PERMANENT UPGRADE("forward"),
		    "verify 0.2.0, hook after_upgrade, verify 0.2.0, record" },
		{ BACK_AGAIN ROLLBACK("forward"),
		    "verify 0.1.0, hook after_rollback, record" },
		{ DOWN("0.1.0") UPGRADE("back"),
		    "start 0.1.0, verify 0.1.0, discard 0.2.0, record" },
	};
	const struct hd_host one = { .name = "web1",
		.env_name = "prod",
		.hooks = { hooks, HD_COUNT(hooks), HD_COUNT(hooks) } };
	const struct hd_goal goal = RESUME;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		struct hd_facts *f = facts_from_text(ways[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;

		hd_plan_make(&plan, &relx, &one, &goal, f);
		hd_plan_describe(&plan, &said);
		assert_string_equal(said.ptr, ways[i].expect);
		hd_facts_free(f);
	}
}

static void
a_journal_that_makes_no_sense_is_none(void **state)
{
	static const char *const bad[] = {
		"journal {\"id\":\"" ID "\"}\n",
		"journal not json\n",
		CHANGE("upgrade", "../x", "0.2.0", "forward", "hot"),
		CHANGE("upgrade", "0.1.0", "0.2.0;id", "forward", "hot"),
		CHANGE("upgrade", "0.1.0", "0.2.0", "sideways", "hot"),
		CHANGE("push", "0.1.0", "0.2.0", "forward", "hot"),
		("journal {\"id\":\"../../../etc/pass\",\"command\":"
		 "\"upgrade\",\"from\":\"1\",\"to\":\"2\","
		 "\"going\":\"back\"}\n"),
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		HD_AUTO_STR text = HD_STR_INIT(4096);
		struct hd_facts *f;

		hd_str_addf(&text, "%s%s", UNTOUCHED, bad[i]);
		f = facts_from_text(text.ptr);
		assert_null(hd_facts_change(f));
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_change_that_was_cut_off_comes_to_an_end_from_wherever_it_is),
		cmocka_unit_test(it_goes_on_the_way_that_it_began),
		cmocka_unit_test(hooks_belong_to_what_was_cut_off),
		cmocka_unit_test(a_journal_that_makes_no_sense_is_none),
	};

	return cmocka_run_group_tests_name("plan resume", tests, NULL, NULL);
}
