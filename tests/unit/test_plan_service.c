#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

/* Plans where systemd starts and stops the VM. */
struct row {
	const char *about;
	const char *facts;
	enum hd_goal_kind goal;
	const struct hd_host *host;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
};

#define HOST "user deploy\nroot_exists yes\ndisk_free 1000000\n"
#define BOOTS "boot 0.1.0\nscript_boot 0.1.0\n"
#define DOWN HOST BOOTS "vm_state down\n"
#define UP                                                                     \
	HOST BOOTS "records 0.1.0 id sha yes yes\n"                            \
		   "vm_state up\nvm_pid 7\nvm_creation 1\n"                    \
		   "vm_releases 0.1.0 permanent\nvm_apps hotcode 0.1.0 1\n"    \
		   "vm_libraries hotcode 0.1.0\n"
#define PUSHED                                                                 \
	"records 0.2.0 id sha yes no\nrelup 0.2.0 up 0.1.0 plain -\n"          \
	"relup 0.2.0 down 0.1.0 plain -\n"
#define UNIT(loaded, state)                                                    \
	"service_loaded " loaded "\nservice_state " state                      \
	"\nservice_id hotcode.service\n"
#define ACTIVE UNIT("loaded", "active")
#define IN(unit, manager) "vm_unit " unit "\nvm_manager " manager "\n"
#define OWNED IN("hotcode.service", "system")
#define NO_SYSTEMCTL "service_refusal this host has no systemctl\n"

static const struct hd_app app = { .name = "hotcode", .driver = "relx" };
static const struct hd_host plain = { .name = "web1", .env_name = "prod" };
static const struct hd_host unit = { .name = "web1",
	.env_name = "prod",
	.service = "hotcode.service",
	.service_manager = "system" };
static const struct hd_host cold = { .name = "web1",
	.env_name = "prod",
	.service = "hotcode.service",
	.service_manager = "system",
	.upgrade = HD_MODE_COLD };
static const struct hd_host cold_plain = {
	.name = "web1", .env_name = "prod", .upgrade = HD_MODE_COLD
};
static struct hd_relup_entry entries[] = { { .from = "0.1.0" } };
static const struct hd_artifact artifact = { .version = "0.2.0",
	.identity = "id",
	.size = 100,
	.relup = { .v = entries, .n = 1 } };

#define RENAMED "vm_changed NODE_NAME web1@127.0.0.1 web9@127.0.0.1\n"

#define STRAY "vm_stray app7.old\n"
#define LOST "vm_lost is not known to epmd: no epmd runs\n"

static const struct row rows[] = {
	{ "upgrade of a node that deploy.ini renamed", UP PUSHED RENAMED,
	    HD_GOAL_UPGRADE, &plain, HD_PLAN_REFUSED,
	    "started with NODE_NAME=web1@127.0.0.1, and deploy.ini or its "
	    "env_file now sets web9@127.0.0.1" },
	{ "stop of a node that deploy.ini renamed", UP RENAMED, HD_GOAL_STOP,
	    &plain, HD_PLAN_REFUSED, "set NODE_NAME back" },
	{ "restart of a node with another cookie", UP "vm_changed COOKIE - -\n",
	    HD_GOAL_RESTART, &plain, HD_PLAN_REFUSED,
	    "another COOKIE than deploy.ini or its env_file now sets" },
	{ "upgrade of a node whose host cannot be resolved", UP PUSHED STRAY,
	    HD_GOAL_UPGRADE, &plain, HD_PLAN_REFUSED,
	    "app7.old, the host part of the node's name, cannot be resolved "
	    "on the host, and bin/hotcode finds the node by its name" },
	{ "cold upgrade of it", UP PUSHED STRAY "erts 0.2.0 13.1\n",
	    HD_GOAL_UPGRADE, &cold_plain, HD_PLAN_STEPS, "" },
	{ "stop of it", UP STRAY, HD_GOAL_STOP, &plain, HD_PLAN_STEPS,
	    "stop 0.1.0, record" },
	{ "upgrade of a node that epmd does not know", UP PUSHED LOST,
	    HD_GOAL_UPGRADE, &plain, HD_PLAN_STEPS, "" },
	{ "restart by its unit needs no name", UP OWNED ACTIVE RENAMED,
	    HD_GOAL_RESTART, &unit, HD_PLAN_STEPS,
	    "stop 0.1.0, start 0.1.0, verify 0.1.0, record" },
	{ "push needs no name", UP RENAMED, HD_GOAL_PUSH, &plain, HD_PLAN_STEPS,
	    "ship 0.2.0, record" },
	{ "stop, a unit owns it", UP OWNED, HD_GOAL_STOP, &plain,
	    HD_PLAN_REFUSED,
	    "hotcode.service owns the node: set service = hotcode.service in" },
	{ "restart, a user's unit owns it", UP IN("hotcode.service", "user"),
	    HD_GOAL_RESTART, &plain, HD_PLAN_REFUSED,
	    "service = hotcode.service and service_manager = user" },
	{ "upgrade, a unit owns it", UP PUSHED OWNED, HD_GOAL_UPGRADE, &plain,
	    HD_PLAN_REFUSED, "set service = hotcode.service" },
	{ "push, a unit owns it", UP OWNED, HD_GOAL_PUSH, &plain, HD_PLAN_STEPS,
	    "ship 0.2.0, record" },
	{ "start, a unit owns it", UP OWNED, HD_GOAL_START, &plain,
	    HD_PLAN_NOTHING, "runs already" },
	{ "restart of its unit", UP OWNED ACTIVE, HD_GOAL_RESTART, &unit,
	    HD_PLAN_STEPS, "stop 0.1.0, start 0.1.0, verify 0.1.0, record" },
	{ "restart of its unit by an alias",
	    UP IN("real.service",
		"system") "service_loaded loaded\nservice_state active\n"
			  "service_id real.service\n",
	    HD_GOAL_RESTART, &unit, HD_PLAN_STEPS,
	    "stop 0.1.0, start 0.1.0, verify 0.1.0, record" },
	{ "upgrade in its unit", UP PUSHED OWNED ACTIVE, HD_GOAL_UPGRADE, &unit,
	    HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, "
	    "drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record" },
	{ "start of a unit that failed", DOWN UNIT("loaded", "failed"),
	    HD_GOAL_START, &unit, HD_PLAN_STEPS,
	    "start 0.1.0, verify 0.1.0, record" },
	{ "restart, started by hand beside the unit",
	    UP UNIT("loaded", "inactive"), HD_GOAL_RESTART, &unit,
	    HD_PLAN_REFUSED, "runs outside hotcode.service (started by hand)" },
	{ "restart, another unit owns it", UP IN("x.service", "system") ACTIVE,
	    HD_GOAL_RESTART, &unit, HD_PLAN_REFUSED,
	    "outside hotcode.service (x.service)" },
	{ "restart, a user's unit of that name owns it",
	    UP IN("hotcode.service", "user") ACTIVE, HD_GOAL_RESTART, &unit,
	    HD_PLAN_REFUSED, "outside hotcode.service" },
	{ "start, no such unit", DOWN UNIT("not-found", "inactive"),
	    HD_GOAL_START, &unit, HD_PLAN_REFUSED,
	    "cannot use hotcode.service (not-found)" },
	{ "start, the host has no systemctl",
	    DOWN NO_SYSTEMCTL
	    "service_loaded -\nservice_state -\nservice_id -\n",
	    HD_GOAL_START, &unit, HD_PLAN_REFUSED, "no systemctl" },
	{ "stop, down, the host has no systemctl", DOWN NO_SYSTEMCTL,
	    HD_GOAL_STOP, &unit, HD_PLAN_NOTHING, "nothing runs" },
	{ "stop, down, and so is its unit", DOWN UNIT("loaded", "failed"),
	    HD_GOAL_STOP, &unit, HD_PLAN_NOTHING, "nothing runs" },
	{ "stop, down until Restart= brings it back",
	    DOWN UNIT("loaded", "activating"), HD_GOAL_STOP, &unit,
	    HD_PLAN_STEPS, "stop, record" },
	{ "cold, down until Restart= brings it back",
	    DOWN PUSHED UNIT("loaded", "activating"), HD_GOAL_UPGRADE, &cold,
	    HD_PLAN_STEPS,
	    "unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, start 0.2.0" },
	{ "start after a switch that was cut off, until Restart= does",
	    DOWN UNIT("loaded", "activating") "switching 0.2.0 0.1.0\n",
	    HD_GOAL_START, &unit, HD_PLAN_STEPS,
	    "stop, switch 0.2.0, start 0.2.0" },
	{ "undone cold, down until Restart= brings it back",
	    HOST "boot 0.2.0\nscript_boot 0.2.0\nvm_state down\n" UNIT(
		"loaded", "activating"),
	    HD_GOAL_UNDO, &cold, HD_PLAN_STEPS,
	    "stop, switch 0.1.0, start 0.1.0" },
	{ "undone, half permanent and down until Restart= brings it back",
	    HOST "boot 0.2.0\nscript_boot 0.1.0\nvm_state down\n" UNIT(
		"loaded", "activating"),
	    HD_GOAL_UNDO, &unit, HD_PLAN_STEPS,
	    "stop, switch 0.1.0, start 0.1.0" },
};

static void
the_vm_is_controlled_the_way_that_it_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *r = &rows[i];
		const struct hd_goal goal = { .kind = r->goal,
			.version = r->goal == HD_GOAL_UNDO ? "0.1.0" : "0.2.0",
			.failed = "0.2.0",
			.artifact = &artifact };
		struct hd_facts *f = facts_from_text(r->facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;

		hd_plan_make(&plan, &app, r->host, &goal, f);
		if (plan.verdict == HD_PLAN_STEPS)
			hd_plan_describe(&plan, &said);
		else
			hd_str_add(&said, plan.reason);
		if (plan.verdict != r->verdict ||
		    strstr(said.ptr, r->expect) == NULL)
			fail_msg("%s: verdict %d: %s", r->about,
			    (int)plan.verdict, said.ptr);
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vm_is_controlled_the_way_that_it_runs),
	};

	return cmocka_run_group_tests_name("plan service", tests, NULL, NULL);
}
