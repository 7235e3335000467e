#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"
#include "core/plan/state.h"

#include <string.h>

/* Plans of driver = app: one host in app_facts.sh's own words, a goal, a host
 * of deploy.ini, and the plan expected. */
struct row {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	struct hd_host host;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
};

#define HOST                                                                   \
	"plain yes\nuser deploy\nroot_exists yes\ndisk_free 1000000\n"         \
	"unpacked 0.1.0\nunpacked 0.2.0\nservice_loaded loaded\n"
#define REC(v, verified) "records " v " id-" v " sha-" v " yes " verified "\n"
#define BOTH REC("0.1.0", "yes") REC("0.2.0", "no")
#define UP(v)                                                                  \
	"vm_state up\nvm_pid 7\nvm_creation 100\nvm_script " v                 \
	"\nservice_state active\n"
#define DOWN "vm_state down\nservice_state inactive\n"
#define LOST                                                                   \
	"vm_state unreachable\nvm_pid 7\nvm_why process 7 runs outside\n"      \
	"service_state active\n"
/* what runs, what starts next */
#define ON(running, next) HOST BOTH "boot " next "\n" running
#define CHANGE(command, going)                                                 \
	"journal {\"id\":\"0123456789abcdef\",\"command\":\"" command          \
	"\",\"from\":\"0.1.0\",\"to\":\"0.2.0\",\"going\":\"" going            \
	"\",\"mode\":\"cold\"}\n"
#define BACK                                                                   \
	"journal {\"id\":\"0123456789abcdef\",\"command\":\"rollback\","       \
	"\"from\":\"0.2.0\",\"to\":\"0.1.0\",\"going\":\"forward\","           \
	"\"mode\":\"cold\"}\n"
#define UPGRADED                                                               \
	"history {\"id\":\"a\",\"command\":\"upgrade\",\"from\":\"0.1.0\","    \
	"\"to\":\"0.2.0\",\"result\":\"ok\"}\n"

#define GOAL(goal, ...)                                                        \
	{                                                                      \
		.kind = HD_GOAL_##goal, __VA_ARGS__                            \
	}
#define ONLY(goal)                                                             \
	{                                                                      \
		.kind = HD_GOAL_##goal                                         \
	}
#define TO_020 GOAL(UPGRADE, .version = "0.2.0")
#define UNDO GOAL(UNDO, .version = "0.1.0", .failed = "0.2.0", .cold = true)
#define UNDO_RELOAD GOAL(UNDO, .version = "0.1.0", .failed = "0.2.0")
#define PUSH(...) GOAL(PUSH, .artifact = &next, __VA_ARGS__)

#define UNIT                                                                   \
	{                                                                      \
		.name = "web1", .env_name = "prod", .path = "/srv/app",        \
		.service = "app.service", .service_manager = "system"          \
	}
#define RELOADS                                                                \
	{                                                                      \
		.name = "web1", .env_name = "prod", .path = "/srv/app",        \
		.service = "app.service", .service_manager = "system",         \
		.upgrade = HD_MODE_RELOAD                                      \
	}
#define STOPS                                                                  \
	{                                                                      \
		.name = "web1", .env_name = "prod", .path = "/srv/app",        \
		.service = "app.service", .service_manager = "system",         \
		.hooks = {                                                     \
			after_stop,                                            \
			1,                                                     \
			1                                                      \
		}                                                              \
	}
#define BY_PID_FILE                                                            \
	{                                                                      \
		.name = "web1", .env_name = "prod", .path = "/srv/app",        \
		.pid_file = "app.pid", .commands = {                           \
			start_only,                                            \
			1,                                                     \
			1                                                      \
		}                                                              \
	}
#define ALONE                                                                  \
	{                                                                      \
		.name = "web1", .env_name = "prod", .path = "/srv/app"         \
	}

static struct hd_hook after_stop[] = { { .name = HD_HOOK_AFTER_STOP,
    .place = HD_HOOK_REMOTE,
    .command = "true" } };
static struct hd_pair start_only[] = { { "start", "true" } };
static const struct hd_artifact next = {
	.version = "0.2.0", .identity = "other", .size = 100, .plain = true
};
static const struct hd_artifact first = {
	.version = "0.1.0", .identity = "id-0.1.0", .size = 100, .plain = true
};
static const struct hd_app app = { .name = "my-app", .driver = "app" };

#define RUN_020 "verify 0.2.0, record"
#define RUN_010 "verify 0.1.0, record"

static const struct row rows[] = {
	{ "by one restart, after the switch", ON(UP("0.1.0"), "0.1.0"), TO_020,
	    UNIT, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, restart "
	    "0.2.0, " RUN_020 },
	{ "by a reload", ON(UP("0.1.0"), "0.1.0"), TO_020, RELOADS,
	    HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, reload "
	    "0.2.0, " RUN_020 },
	{ "a unit that cannot reload",
	    ON(UP("0.1.0"), "0.1.0") "no_reload yes\n", TO_020, RELOADS,
	    HD_PLAN_REFUSED, "has no ExecReload=" },
	{ "restarted all the same", ON(UP("0.1.0"), "0.1.0") "no_reload yes\n",
	    GOAL(UPGRADE, .version = "0.2.0", .cold = true), RELOADS,
	    HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, restart "
	    "0.2.0, " RUN_020 },
	{ "with a hook that wants it stopped", ON(UP("0.1.0"), "0.1.0"), TO_020,
	    STOPS, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, stop 0.1.0, "
	    "hook after_stop, start 0.2.0, " RUN_020 },
	{ "what is down is started", ON(DOWN, "0.1.0"), TO_020, UNIT,
	    HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, start 0.2.0, " RUN_020 },
	{ "hot", ON(UP("0.1.0"), "0.1.0"),
	    GOAL(UPGRADE, .version = "0.2.0", .hot = true), UNIT,
	    HD_PLAN_REFUSED, "driver app has no hot upgrade" },
	{ "not where it is not known what runs", ON(LOST, "0.1.0"), TO_020,
	    UNIT, HD_PLAN_REFUSED, "process 7 runs outside" },
	{ "restart is the way out", ON(LOST, "0.1.0"), ONLY(RESTART), UNIT,
	    HD_PLAN_STEPS, "restart 0.1.0, verify 0.1.0, record" },
	{ "but not without a unit", ON(LOST, "0.1.0"), ONLY(RESTART),
	    BY_PID_FILE, HD_PLAN_REFUSED, "process 7 runs outside" },
	{ "the pid file is enough to stop it", ON(UP("0.1.0"), "0.1.0"), TO_020,
	    BY_PID_FILE, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, restart "
	    "0.2.0, " RUN_020 },
	{ "nothing that starts it", ON(UP("0.1.0"), "0.1.0"), TO_020, ALONE,
	    HD_PLAN_REFUSED, "restart needs command.start" },
	{ "a shared file is missing",
	    ON(UP("0.1.0"), "0.1.0") "unlinked /srv/app/shared/.env\n", TO_020,
	    UNIT, HD_PLAN_REFUSED, "/srv/app/shared/.env does not exist" },
	{ "and does not matter to a restart",
	    ON(UP("0.1.0"), "0.1.0") "unlinked /srv/app/shared/.env\n",
	    ONLY(RESTART), UNIT, HD_PLAN_STEPS, "restart 0.1.0, " RUN_010 },
	{ "cut off after the switch: again", ON(UP("0.1.0"), "0.2.0"), TO_020,
	    UNIT, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, restart 0.2.0, " RUN_020 },
	{ "resumed", ON(UP("0.1.0"), "0.2.0") CHANGE("upgrade", "forward"),
	    ONLY(RESUME), UNIT, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, restart 0.2.0, " RUN_020 },
	{ "taken back", ON(UP("0.1.0"), "0.2.0") CHANGE("upgrade", "forward"),
	    ONLY(ROLLBACK), UNIT, HD_PLAN_STEPS,
	    "switch 0.1.0, verify 0.1.0, discard 0.2.0, record" },
	{ "taken back before the switch",
	    ON(UP("0.1.0"), "0.1.0") CHANGE("upgrade", "forward"),
	    ONLY(ROLLBACK), UNIT, HD_PLAN_STEPS,
	    "verify 0.1.0, discard 0.2.0, record" },
	{ "taken back after the restart",
	    ON(UP("0.2.0"), "0.2.0") CHANGE("upgrade", "forward"),
	    ONLY(ROLLBACK), UNIT, HD_PLAN_STEPS,
	    "switch 0.1.0, restart 0.1.0, verify 0.1.0, discard 0.2.0, record" },
	{ "a way back that was cut off",
	    ON(UP("0.2.0"), "0.1.0") CHANGE("upgrade", "back"), ONLY(RESUME),
	    UNIT, HD_PLAN_STEPS,
	    "restart 0.1.0, verify 0.1.0, discard 0.2.0, record" },
	{ "a rollback that was cut off: again",
	    ON(UP("0.2.0"), "0.1.0") UPGRADED BACK, ONLY(ROLLBACK), UNIT,
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack offline 0.1.0, restart 0.1.0, " RUN_010 },
	{ "back", ON(UP("0.2.0"), "0.2.0") UPGRADED, ONLY(ROLLBACK), UNIT,
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack offline 0.1.0, switch 0.1.0, restart "
	    "0.1.0, " RUN_010 },
	{ "somebody changed the link: keep what runs", ON(UP("0.2.0"), "0.1.0"),
	    TO_020, UNIT, HD_PLAN_STEPS, "switch 0.2.0, verify 0.2.0, record" },
	{ "undo, not switched", ON(UP("0.1.0"), "0.1.0"), UNDO, UNIT,
	    HD_PLAN_STEPS, "verify 0.1.0, discard 0.2.0" },
	{ "undo, not restarted", ON(UP("0.1.0"), "0.2.0"), UNDO, UNIT,
	    HD_PLAN_STEPS, "switch 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, down", ON(DOWN, "0.2.0"), UNDO, UNIT, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, lost", ON(LOST, "0.2.0"), UNDO, UNIT, HD_PLAN_STEPS,
	    "switch 0.1.0, restart 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo of a reload that took over nothing", ON(UP("0.1.0"), "0.2.0"),
	    UNDO_RELOAD, RELOADS, HD_PLAN_STEPS,
	    "switch 0.1.0, reload 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "the first push",
	    "plain yes\nuser deploy\nroot_exists yes\n"
	    "disk_free 1000000\nvm_state down\n",
	    GOAL(PUSH, .artifact = &first), UNIT, HD_PLAN_STEPS,
	    "ship 0.1.0, unpack first release 0.1.0, record" },
	{ "a version that is not used can be replaced, even if all is down",
	    ON(DOWN, "0.1.0"), PUSH(.replace = true), UNIT, HD_PLAN_STEPS,
	    "discard 0.2.0, ship 0.2.0, record" },
	{ "one that starts next cannot", ON(DOWN, "0.2.0"),
	    PUSH(.replace = true), UNIT, HD_PLAN_REFUSED,
	    "a reboot would start it" },
	{ "prune while it is down",
	    ON(DOWN, "0.1.0") "newest 0.2.0\nnewest 0.1.0\n", ONLY(PRUNE), UNIT,
	    HD_PLAN_STEPS, "prune 0.2.0, record" },
	{ "no link", HOST BOTH DOWN, ONLY(START), UNIT, HD_PLAN_REFUSED,
	    "/srv/app/current is missing" },
};

static void
check(const struct row *r)
{
	struct hd_facts *f = facts_from_text(r->facts);
	HD_AUTO_STR said = HD_STR_INIT(2048);
	struct hd_plan p;

	hd_plan_make(&p, &app, &r->host, &r->goal, f);
	hd_plan_describe(&p, &said);
	if (p.verdict != r->verdict ||
	    (p.verdict == HD_PLAN_STEPS ? strcmp(said.ptr, r->expect) != 0
					: strstr(p.reason, r->expect) == NULL))
		fail_msg(
		    "%s: \"%s\", not \"%s\"", r->about, said.ptr, r->expect);
	hd_facts_free(f);
}

static void
each_state_has_its_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		check(&rows[i]);
}

static void
other_drivers_do_not_reload(void **state)
{
	const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
	const struct hd_host host = RELOADS;
	const struct hd_goal goal = TO_020;
	struct hd_facts *f =
	    facts_from_text("root_exists yes\nvm_state down\n");
	struct hd_plan p;

	(void)state;
	hd_plan_make(&p, &relx, &host, &goal, f);
	assert_int_equal(p.verdict, HD_PLAN_REFUSED);
	assert_non_null(strstr(p.reason, "needs driver = app"));
	hd_facts_free(f);
}

static void
a_switch_without_a_restart_is_a_state_of_its_own(void **state)
{
	struct hd_facts *f = facts_from_text(ON(UP("0.1.0"), "0.2.0"));
	HD_AUTO_STR said = HD_STR_INIT(256);

	(void)state;
	hd_state_tell(f, "0.1.0", "0.2.0", NULL, &said);
	assert_string_equal(
	    said.ptr, "0.1.0 still runs, and the new version would start");
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_its_plan),
		cmocka_unit_test(other_drivers_do_not_reload),
		cmocka_unit_test(
		    a_switch_without_a_restart_is_a_state_of_its_own),
	};

	return cmocka_run_group_tests_name("plan_app", tests, NULL, NULL);
}
