#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <stdio.h>
#include <string.h>

/* One host in facts.sh's own words, a goal, and the plan expected. */
struct row {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
};

#define HOST "user deploy\nroot_exists yes\ndisk_free 1000000\n"
#define DOWN HOST "vm_state down\n"
#define REC(v, kept, verified)                                                 \
	"records " v " id-" v " sha-" v " " kept " " verified "\n"
#define BOOTS(v) "boot " v "\nscript_boot " v "\n"
#define UP(list, app)                                                          \
	"vm_state up\nvm_pid 7\nvm_creation 1\n" list "vm_apps hotcode " app   \
	" 1\nvm_libraries hotcode " app "\n"
#define LIST(v, s) "vm_releases " v " " s "\n"
#define WAYS                                                                   \
	"relup 0.2.0 up 0.1.0 plain -\n"                                       \
	"relup 0.2.0 down 0.1.0 plain -\n"
#define PAST(id, cmd, from, to, result, more)                                  \
	"history {\"id\":\"" id "\",\"command\":\"" cmd "\",\"from\":\"" from  \
	"\",\"to\":\"" to "\",\"result\":\"" result "\"" more "}\n"

#define ON_010                                                                 \
	HOST BOOTS("0.1.0") REC("0.1.0", "yes", "yes")                         \
	    UP(LIST("0.1.0", "permanent"), "0.1.0")
#define BLOCKED                                                                \
	HOST BOOTS("0.2.0") REC("0.1.0", "yes", "yes")                         \
	    REC("0.2.0", "yes", "yes") WAYS "unpacked 0.1.0\n" UP(             \
		"vm_blocked a:b\nvm_apps sasl 4.2 1\n", "0.2.0")
#define PUSHED_020 REC("0.2.0", "yes", "no") WAYS
#define ON_020                                                                 \
	HOST BOOTS("0.2.0") REC("0.1.0", "yes", "yes")                         \
	    REC("0.2.0", "yes", "yes") WAYS                                    \
	    UP(LIST("0.2.0", "permanent") LIST("0.1.0", "old"), "0.2.0")
#define UPGRADED PAST("a", "upgrade", "0.1.0", "0.2.0", "ok", "")

#define TO_020                                                                 \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = "0.2.0"                    \
	}
#define TO(v)                                                                  \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = v                          \
	}
#define BACK                                                                   \
	{                                                                      \
		.kind = HD_GOAL_ROLLBACK                                       \
	}
#define UNDO_020                                                               \
	{                                                                      \
		.kind = HD_GOAL_UNDO, .version = "0.1.0", .failed = "0.2.0",   \
		.before = &vm_before                                           \
	}
#define HOT_020                                                                    \
	"snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, " \
	"drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record"
#define HOT_BACK                                                                  \
	"snapshot 0.2.0, check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, " \
	"drain 0.1.0, make permanent 0.1.0, verify 0.1.0, record"

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static const struct hd_app distillery = { .name = "hotcode",
	.driver = "distillery" };
static const struct hd_host host = { .name = "web1", .env_name = "prod" };
static const struct hd_vm vm_before = {
	.state = HD_VM_UP, .pid = 7, .creation = 1
};
static struct hd_listed listed_020[] = { { "0.2.0", "permanent" },
	{ "0.1.0", "old" } };
static const struct hd_vm vm_of_020 = {
	.pid = 7, .creation = 1, .releases = { listed_020, 2, 2 }
};
static struct hd_relup_entry up_from_010[] = { { .from = "0.1.0" } };
static const struct hd_artifact artifact = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.relup = { up_from_010, 1, 1 } };

static const struct row rows[] = {
	{ "upgrade", ON_010 PUSHED_020, TO_020, HD_PLAN_STEPS, HOT_020 },
	{ "upgrade of a sick version", ON_010 PUSHED_020,
	    { .kind = HD_GOAL_UPGRADE, .version = "0.2.0", .sick = "no disk" },
	    HD_PLAN_REFUSED,
	    "0.1.0 runs and is not healthy: no disk; if 0.2.0 is meant to fix "
	    "that: `hdeploy upgrade prod 0.2.0 --force-unhealthy --limit web1`" },
	{ "upgrade of a sick version, impossible anyway", ON_010,
	    { .kind = HD_GOAL_UPGRADE, .version = "0.2.0", .sick = "no disk" },
	    HD_PLAN_REFUSED, "push it first" },
	{ "upgrade of a sick version, by force", ON_010 PUSHED_020,
	    { .kind = HD_GOAL_UPGRADE,
		.version = "0.2.0",
		.sick = "no disk",
		.force_unhealthy = true },
	    HD_PLAN_STEPS, HOT_020 },
	{ "rollback of a sick version", ON_020 UPGRADED,
	    { .kind = HD_GOAL_ROLLBACK, .sick = "no disk" }, HD_PLAN_STEPS,
	    HOT_BACK },
	{ "upgrade, done", ON_020, TO_020, HD_PLAN_NOTHING, "runs 0.2.0" },
	{ "upgrade, not pushed", ON_010, TO_020, HD_PLAN_REFUSED,
	    "0.2.0 was not pushed to this host; the host has: 0.1.0; push it "
	    "first, `hdeploy push prod 0.2.0 --limit web1`" },
	{ "upgrade, nothing was ever pushed",
	    HOST BOOTS("0.1.0") UP(LIST("0.1.0", "permanent"), "0.1.0"), TO_020,
	    HD_PLAN_REFUSED, "was not pushed to this host; push it first" },
	{ "upgrade, the version written as a tag", ON_010 PUSHED_020,
	    TO("v0.2.0"), HD_PLAN_REFUSED,
	    "v0.2.0 was not pushed to this host; the host has: 0.1.0, 0.2.0; "
	    "did you mean 0.2.0?" },
	{ "upgrade, with the name before it", ON_010 PUSHED_020,
	    TO("hotcode-0.2.0"), HD_PLAN_REFUSED, "did you mean 0.2.0?" },
	{ "upgrade, half of the version", ON_010 PUSHED_020 "newest 0.2.0\n",
	    TO("0.2"), HD_PLAN_REFUSED, "did you mean 0.2.0?" },
	{ "upgrade, more versions than anybody reads",
	    ON_010 REC("1", "yes", "no") REC("2", "yes", "no")
		REC("3", "yes", "no") REC("4", "yes", "no")
		    REC("5", "yes", "no") REC("6", "yes", "no")
			REC("7", "yes", "no") REC("8", "yes", "no")
			    REC("9", "yes", "no") REC("10", "yes", "no")
				REC("11", "yes", "no") REC("12", "yes", "no"),
	    TO_020, HD_PLAN_REFUSED, "9, 10, 11 and 1 more; push it first" },
	{ "upgrade, no relup", ON_010 REC("0.2.0", "yes", "no"), TO_020,
	    HD_PLAN_REFUSED, "no relup leads from 0.1.0 to 0.2.0" },
	{ "upgrade, emulator restart",
	    ON_010 REC(
		"0.2.0", "yes", "no") "relup 0.2.0 up 0.1.0 emulator -\n",
	    TO_020, HD_PLAN_REFUSED, "restarts the emulator" },
	{ "upgrade, tarball gone", ON_010 REC("0.2.0", "gone", "no") WAYS,
	    TO_020, HD_PLAN_REFUSED,
	    "the tarball of 0.2.0 on this host is gone" },
	{ "upgrade, tarball gone but unpacked before",
	    HOST BOOTS("0.1.0") REC("0.2.0", "no", "yes") WAYS UP(
		LIST("0.1.0", "permanent") LIST("0.2.0", "old"), "0.1.0"),
	    TO_020, HD_PLAN_STEPS, HOT_020 },
	{ "upgrade, node down",
	    HOST BOOTS("0.1.0") PUSHED_020 "vm_state down\n", TO_020,
	    HD_PLAN_REFUSED,
	    "start it first, `hdeploy start prod --limit web1`" },
	{ "upgrade, node frozen",
	    HOST BOOTS("0.1.0") PUSHED_020
	    "vm_state unreachable\nvm_why no answer in 5 s\n",
	    TO_020, HD_PLAN_REFUSED, "no answer in 5 s" },
	{ "upgrade, list made up at boot",
	    HOST BOOTS("0.1.0") PUSHED_020
	    "vm_state up\nvm_pid 7\nvm_creation 1\n" LIST(
		"0.1.0", "permanent") "vm_apps hotcode 0.2.0 1\n"
				      "vm_libraries hotcode 0.1.0\n",
	    TO_020, HD_PLAN_REFUSED, "contains version 0.1.0" },
	{ "upgrade, started without RELEASES",
	    HOST BOOTS("0.1.0") PUSHED_020
	    "vm_state up\nvm_pid 7\nvm_creation 1\n" LIST(
		"0.1.0", "permanent") "vm_apps hotcode 0.1.0 1\n",
	    TO_020, HD_PLAN_REFUSED, "restore that file" },
	{ "upgrade, cut off before it was permanent",
	    HOST BOOTS("0.1.0") PUSHED_020 UP(
		LIST("0.2.0", "current") LIST("0.1.0", "permanent"), "0.2.0"),
	    TO_020, HD_PLAN_STEPS,
	    "verify 0.2.0, drain 0.2.0, make permanent 0.2.0, "
	    "verify 0.2.0, record" },
	{ "upgrade from a version that is not permanent",
	    HOST BOOTS("0.1.0") PUSHED_020 UP(
		LIST("0.3.0", "current") LIST("0.1.0", "permanent"), "0.3.0"),
	    TO_020, HD_PLAN_REFUSED, "0.3.0 runs and is not permanent" },
	{ "upgrade beside an unfinished operation",
	    ON_010 PUSHED_020 "unfinished 17 install\n", TO_020,
	    HD_PLAN_REFUSED, "earlier operation" },
	{ "upgrade without tools", ON_010 PUSHED_020 "missing setsid\n", TO_020,
	    HD_PLAN_REFUSED, "lacks setsid" },
	{ "upgrade where the host says no",
	    ON_010 PUSHED_020 "refusal .hdeploy is a symlink\n", TO_020,
	    HD_PLAN_REFUSED, ".hdeploy is a symlink" },

	{ "rollback", ON_020 UPGRADED, BACK, HD_PLAN_STEPS, HOT_BACK },
	{ "rollback without history", ON_020, BACK, HD_PLAN_REFUSED,
	    "nothing to go back to: the history of this host has no change" },
	{ "rollback twice",
	    ON_010 PUSHED_020 UPGRADED PAST(
		"b", "rollback", "0.2.0", "0.1.0", "ok", ",\"undoes\":\"a\""),
	    BACK, HD_PLAN_REFUSED,
	    "every change of this host was already taken back; `hdeploy "
	    "rollback prod --from 0.2.0` leaves this host out" },
	{ "rollback after an upgrade that undid itself",
	    ON_010 PUSHED_020 PAST(
		"a", "upgrade", "0.1.0", "0.2.0", "undone", ""),
	    BACK, HD_PLAN_NOTHING, "already undone" },
	{ "rollback after an upgrade that its run took back for another host",
	    ON_010 PUSHED_020 UPGRADED PAST(
		"a", "upgrade", "0.1.0", "0.2.0", "undone", ""),
	    BACK, HD_PLAN_NOTHING, "already undone" },
	{ "rollback after a rollback that its run took back for another host",
	    ON_020 UPGRADED PAST("b", "rollback", "0.2.0", "0.1.0", "ok",
		",\"undoes\":\"a\"") PAST("b", "rollback", "0.2.0", "0.1.0",
		"undone", ",\"undoes\":\"a\""),
	    BACK, HD_PLAN_STEPS, HOT_BACK },
	{ "rollback after a rollback that undid itself",
	    ON_020 UPGRADED PAST("b", "rollback", "0.2.0", "0.1.0", "undone",
		",\"undoes\":\"a\""),
	    BACK, HD_PLAN_STEPS, HOT_BACK },
	{ "rollback of a change that was cut off before it was recorded",
	    ON_020 "snapshot b 0.1.0\n", BACK, HD_PLAN_STEPS, HOT_BACK },
	{ "rollback of a change that was recorded",
	    ON_020 UPGRADED "snapshot a 0.0.9\n", BACK, HD_PLAN_STEPS,
	    HOT_BACK },
	{ "rollback of a change that went back unrecorded",
	    ON_010 PUSHED_020 "snapshot b 0.1.0\n", BACK, HD_PLAN_REFUSED,
	    "nothing to go back to" },
	{ "rollback without history names what could be named", ON_020, BACK,
	    HD_PLAN_REFUSED, "possible versions: 0.1.0" },
	{ "rollback after upgrade, rollback, upgrade",
	    ON_020 UPGRADED PAST(
		"b", "rollback", "0.2.0", "0.1.0", "ok", ",\"undoes\":\"a\"")
		PAST("c", "upgrade", "0.1.0", "0.2.0", "ok", ""),
	    BACK, HD_PLAN_STEPS, HOT_BACK },
	{ "rollback where something else runs", ON_010 PUSHED_020 UPGRADED,
	    BACK, HD_PLAN_REFUSED,
	    "the last change went to 0.2.0, but 0.1.0 runs" },
	{ "rollback of a cut off upgrade",
	    HOST BOOTS("0.1.0") REC("0.1.0", "yes", "yes") PUSHED_020 UP(
		LIST("0.2.0", "current") LIST("0.1.0", "permanent"), "0.2.0"),
	    BACK, HD_PLAN_STEPS, HOT_BACK },
	{ "rollback of a cut off upgrade is not undone by the next one",
	    ON_010 PUSHED_020 PAST("b", "rollback", "0.2.0", "0.1.0", "ok",
		",\"undoes\":\"unfinished\""),
	    BACK, HD_PLAN_REFUSED, "nothing to go back to" },
	{ "rollback of which the last one was cut off",
	    HOST BOOTS("0.2.0") REC("0.1.0", "yes", "yes") PUSHED_020 UP(
		LIST("0.1.0", "current") LIST("0.2.0", "permanent"), "0.1.0")
		UPGRADED,
	    BACK, HD_PLAN_STEPS,
	    "verify 0.1.0, drain 0.1.0, make permanent 0.1.0, "
	    "verify 0.1.0, record" },
	{ "rollback --from another version", ON_020 UPGRADED,
	    { .kind = HD_GOAL_ROLLBACK, .from = "0.3.0" }, HD_PLAN_NOTHING,
	    "runs 0.2.0, not 0.3.0" },
	{ "rollback --from this version", ON_020 UPGRADED,
	    { .kind = HD_GOAL_ROLLBACK, .from = "0.2.0" }, HD_PLAN_STEPS,
	    HOT_BACK },
	{ "rollback to a named version", ON_020 UPGRADED,
	    { .kind = HD_GOAL_ROLLBACK, .version = "0.1.0" }, HD_PLAN_STEPS,
	    HOT_BACK },
	{ "rollback to one that never passed",
	    ON_020 REC("0.0.9", "yes", "no") UPGRADED,
	    { .kind = HD_GOAL_ROLLBACK, .version = "0.0.9" }, HD_PLAN_REFUSED,
	    "never passed" },

	{ "start", DOWN BOOTS("0.1.0"), { .kind = HD_GOAL_START },
	    HD_PLAN_STEPS, "start 0.1.0, verify 0.1.0, record" },
	{ "start, runs", ON_010, { .kind = HD_GOAL_START }, HD_PLAN_NOTHING,
	    "0.1.0 runs already" },
	{ "start, it runs and has no sasl",
	    HOST BOOTS("0.1.0") "vm_state up\nvm_pid 7\nvm_creation 1\n"
				"vm_apps hotcode 0.1.0 1\n",
	    { .kind = HD_GOAL_START }, HD_PLAN_REFUSED,
	    "sasl is not started in it: build the release with sasl and push "
	    "it; `hdeploy stop prod --limit web1` stops the running node" },
	{ "start, it runs and does not say what",
	    HOST BOOTS("0.1.0") "vm_state up\nvm_pid 7\nvm_creation 1\n"
				"vm_apps sasl 4.2 1\n",
	    { .kind = HD_GOAL_START }, HD_PLAN_REFUSED,
	    "does not report which release it runs: hdeploy does not act on "
	    "a guess; `hdeploy stop prod --limit web1`, then" },
	{ "upgrade, it runs and has no sasl",
	    HOST BOOTS("0.1.0") PUSHED_020
	    "vm_state up\nvm_pid 7\nvm_creation 1\nvm_apps hotcode 0.1.0 1\n",
	    TO_020, HD_PLAN_REFUSED, "sasl is not started in it" },
	{ "start, nothing there", DOWN, { .kind = HD_GOAL_START },
	    HD_PLAN_REFUSED, "no release here" },
	{ "upgrade, nothing there", DOWN,
	    { .kind = HD_GOAL_UPGRADE, .version = "0.2.0" }, HD_PLAN_REFUSED,
	    "no release here" },
	{ "rollback, nothing there", DOWN, { .kind = HD_GOAL_ROLLBACK },
	    HD_PLAN_REFUSED, "no release here" },
	{ "prune, nothing there", DOWN, { .kind = HD_GOAL_PRUNE },
	    HD_PLAN_REFUSED, "no release here" },
	{ "start, the boot file is lost", DOWN "unpacked 0.1.0\n",
	    { .kind = HD_GOAL_START }, HD_PLAN_REFUSED, "start_erl.data" },
	{ "start, frozen", HOST BOOTS("0.1.0") "vm_state unreachable\n",
	    { .kind = HD_GOAL_START }, HD_PLAN_REFUSED, "on a guess" },
	{ "start, pointers disagree", DOWN "boot 0.2.0\nscript_boot 0.1.0\n",
	    { .kind = HD_GOAL_START }, HD_PLAN_REFUSED, "disagree" },
	{ "stop", ON_010, { .kind = HD_GOAL_STOP }, HD_PLAN_STEPS,
	    "stop 0.1.0, record" },
	{ "stop, down", DOWN, { .kind = HD_GOAL_STOP }, HD_PLAN_NOTHING,
	    "nothing runs" },
	{ "stop, frozen", HOST "vm_state unreachable\n",
	    { .kind = HD_GOAL_STOP }, HD_PLAN_REFUSED, "on a guess" },
	{ "stop, blocked", BLOCKED, { .kind = HD_GOAL_STOP }, HD_PLAN_STEPS,
	    "stop, record" },
	{ "restart, blocked", BLOCKED, { .kind = HD_GOAL_RESTART },
	    HD_PLAN_STEPS, "stop 0.2.0, start 0.2.0, verify 0.2.0, record" },
	{ "upgrade, blocked", BLOCKED, TO("0.1.0"), HD_PLAN_REFUSED,
	    "the running version: `hdeploy restart prod --limit web1`" },
	{ "upgrade, blocked, cold", BLOCKED,
	    { .kind = HD_GOAL_UPGRADE, .version = "0.1.0", .cold = true },
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack offline 0.1.0, stop 0.2.0, switch 0.1.0, "
	    "start 0.1.0, verify 0.1.0, record" },
	{ "rollback, blocked", BLOCKED UPGRADED, BACK, HD_PLAN_REFUSED,
	    "the running version: `hdeploy restart prod --limit web1`" },
	{ "rollback, blocked, cold", BLOCKED UPGRADED,
	    { .kind = HD_GOAL_ROLLBACK, .cold = true }, HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack offline 0.1.0, stop 0.2.0, switch 0.1.0, "
	    "start 0.1.0, verify 0.1.0, record" },
	{ "undo, blocked", BLOCKED, UNDO_020, HD_PLAN_REFUSED, "is blocked" },
	{ "start, blocked", BLOCKED, { .kind = HD_GOAL_START }, HD_PLAN_REFUSED,
	    "is blocked" },
	{ "restart", ON_010, { .kind = HD_GOAL_RESTART }, HD_PLAN_STEPS,
	    "stop 0.1.0, start 0.1.0, verify 0.1.0, record" },
	{ "restart, down", DOWN BOOTS("0.1.0"), { .kind = HD_GOAL_RESTART },
	    HD_PLAN_STEPS, "start 0.1.0, verify 0.1.0, record" },
	{ "restart would change the version",
	    HOST BOOTS("0.1.0") UP(
		LIST("0.2.0", "current") LIST("0.1.0", "permanent"), "0.2.0"),
	    { .kind = HD_GOAL_RESTART }, HD_PLAN_REFUSED,
	    "0.2.0 runs but 0.1.0 would boot" },

	{ "push, first", DOWN, { .kind = HD_GOAL_PUSH, .artifact = &artifact },
	    HD_PLAN_STEPS, "ship 0.2.0, unpack first release 0.2.0, record" },
	{ "push, next", ON_010, { .kind = HD_GOAL_PUSH, .artifact = &artifact },
	    HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "push, there already", ON_010 PUSHED_020,
	    { .kind = HD_GOAL_PUSH, .artifact = &artifact }, HD_PLAN_NOTHING,
	    "0.2.0 is already on the host" },
	{ "push, tarball lost", ON_010 REC("0.2.0", "no", "no"),
	    { .kind = HD_GOAL_PUSH, .artifact = &artifact }, HD_PLAN_STEPS,
	    "ship 0.2.0, record" },
	{ "push, shipped but the first unpack was cut off",
	    DOWN REC("0.2.0", "yes", "no"),
	    { .kind = HD_GOAL_PUSH, .artifact = &artifact }, HD_PLAN_STEPS,
	    "unpack first release 0.2.0, record" },
	{ "push, other bits", ON_010 "records 0.2.0 other sha yes no\n",
	    { .kind = HD_GOAL_PUSH, .artifact = &artifact }, HD_PLAN_REFUSED,
	    "other content" },
	{ "push, unknown bits", ON_010 "unpacked 0.2.0\n",
	    { .kind = HD_GOAL_PUSH, .artifact = &artifact }, HD_PLAN_REFUSED,
	    "not pushed by hdeploy" },
	{ "push, disk full",
	    "user d\nroot_exists yes\ndisk_free 10\nvm_state down\n",
	    { .kind = HD_GOAL_PUSH, .artifact = &artifact }, HD_PLAN_REFUSED,
	    "not enough disk" },

	{ "run, down", DOWN, { .kind = HD_GOAL_COMMAND, .command = "true" },
	    HD_PLAN_STEPS, "run" },
	{ "run, nothing there", "user d\nvm_state down\n",
	    { .kind = HD_GOAL_COMMAND, .command = "true" }, HD_PLAN_REFUSED,
	    "no release here" },
	{ "fetch, runs", ON_010, { .kind = HD_GOAL_FETCH }, HD_PLAN_STEPS,
	    "fetch 0.1.0" },
	{ "fetch, named", ON_010 PUSHED_020,
	    { .kind = HD_GOAL_FETCH, .version = "0.2.0" }, HD_PLAN_STEPS,
	    "fetch 0.2.0" },
	{ "fetch, named, on another host", ON_010,
	    { .kind = HD_GOAL_FETCH, .version = "0.2.0", .elsewhere = true },
	    HD_PLAN_NOTHING, "0.2.0 is not here" },
	{ "fetch, named, here and on another host", ON_010 PUSHED_020,
	    { .kind = HD_GOAL_FETCH, .version = "0.2.0", .elsewhere = true },
	    HD_PLAN_STEPS, "fetch 0.2.0" },
	{ "fetch, down", DOWN BOOTS("0.1.0") REC("0.1.0", "yes", "yes"),
	    { .kind = HD_GOAL_FETCH }, HD_PLAN_STEPS, "fetch 0.1.0" },
	{ "fetch, frozen",
	    HOST BOOTS("0.1.0")
		REC("0.1.0", "yes", "yes") "vm_state unreachable\n",
	    { .kind = HD_GOAL_FETCH }, HD_PLAN_REFUSED,
	    "the running version is not known" },
	{ "fetch, by hand",
	    HOST BOOTS("0.1.0") UP(LIST("0.1.0", "permanent"), "0.1.0"),
	    { .kind = HD_GOAL_FETCH }, HD_PLAN_REFUSED, "was not kept" },
	{ "fetch, lost", ON_010 REC("0.2.0", "gone", "no"),
	    { .kind = HD_GOAL_FETCH, .version = "0.2.0" }, HD_PLAN_REFUSED,
	    "the tarball of 0.2.0 on this host is gone" },
	{ "fetch, changed", ON_010 REC("0.2.0", "changed", "no"),
	    { .kind = HD_GOAL_FETCH, .version = "0.2.0" }, HD_PLAN_REFUSED,
	    "the tarball of 0.2.0 on this host does not have the size "
	    "that was pushed" },
	{ "fetch, manifest lost", ON_010 REC("0.2.0", "unlisted", "no"),
	    { .kind = HD_GOAL_FETCH, .version = "0.2.0" }, HD_PLAN_REFUSED,
	    "the tarball of 0.2.0 on this host has lost its manifest" },
	{ "fetch, pushed without a digest",
	    ON_010 "records 0.2.0 id-0.2.0 - yes no\n",
	    { .kind = HD_GOAL_FETCH, .version = "0.2.0" }, HD_PLAN_REFUSED,
	    "the tarball of 0.2.0 on this host has lost its digest" },
	{ "fetch beside an operation", ON_010 "unfinished 17 install\n",
	    { .kind = HD_GOAL_FETCH }, HD_PLAN_STEPS, "fetch 0.1.0" },

	{ "undo, untouched", ON_010 PUSHED_020, UNDO_020, HD_PLAN_STEPS,
	    "verify 0.1.0, discard 0.2.0" },
	{ "undo, installed and not permanent",
	    HOST BOOTS("0.1.0") PUSHED_020 UP(
		LIST("0.2.0", "current") LIST("0.1.0", "permanent"), "0.2.0"),
	    UNDO_020, HD_PLAN_STEPS,
	    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, verify 0.1.0" },
	{ "undo, permanent", ON_020, UNDO_020, HD_PLAN_STEPS,
	    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, drain 0.1.0, "
	    "make permanent 0.1.0, verify 0.1.0" },
	{ "undo, neither the old nor the new one",
	    HOST BOOTS("0.1.0") PUSHED_020
	    "vm_state up\nvm_pid 7\nvm_creation 1\n" LIST("0.1.0",
		"permanent") "vm_apps hotcode 0.2.0 1\nvm_libraries hotcode 0.1.0\n",
	    UNDO_020, HD_PLAN_STEPS,
	    "stop 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, restarted in process",
	    HOST BOOTS("0.1.0") PUSHED_020
	    "vm_state up\nvm_pid 7\nvm_creation 2\n" LIST("0.1.0", "permanent")
		LIST("0.2.0", "unpacked") "vm_apps hotcode 0.1.0 1\n",
	    UNDO_020, HD_PLAN_STEPS,
	    "stop 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, down and boots the old one",
	    HOST BOOTS("0.1.0") PUSHED_020 "vm_state down\n", UNDO_020,
	    HD_PLAN_STEPS, "start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, down and would boot the new one",
	    HOST BOOTS("0.2.0") PUSHED_020 "vm_state down\n", UNDO_020,
	    HD_PLAN_STEPS,
	    "start 0.2.0, check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, "
	    "drain 0.1.0, make permanent 0.1.0, verify 0.1.0" },
	{ "undo, down, and one boot pointer names the new version",
	    HOST "boot 0.2.0\nscript_boot 0.1.0\n" PUSHED_020 "vm_state down\n",
	    UNDO_020, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, down, and one boot pointer names another version",
	    HOST "boot 0.0.9\nscript_boot 0.1.0\n" PUSHED_020 "vm_state down\n",
	    UNDO_020, HD_PLAN_REFUSED, "something unknown would boot" },
	{ "undo, down, and no way leads back",
	    HOST BOOTS("0.2.0") REC("0.2.0", "yes", "no") "vm_state down\n",
	    UNDO_020, HD_PLAN_REFUSED, "0.2.0 would boot" },
	{ "undo, down: a version that ran before is kept",
	    HOST BOOTS("0.2.0") PUSHED_020 "vm_state down\n",
	    { .kind = HD_GOAL_UNDO,
		.version = "0.2.0",
		.failed = "0.1.0",
		.before = &vm_of_020 },
	    HD_PLAN_STEPS, "start 0.2.0, verify 0.2.0" },
	{ "undo, frozen",
	    HOST BOOTS("0.1.0") PUSHED_020 "vm_state unreachable\n", UNDO_020,
	    HD_PLAN_REFUSED, "on a guess" },
};

/* Where bin/<app> makes permanent what it installs. */
static const struct row one_phase[] = {
	{ "upgrade", ON_010 PUSHED_020, TO_020, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, "
	    "record" },
	{ "upgrade, cut off before it was permanent",
	    HOST BOOTS("0.1.0") PUSHED_020 UP(
		LIST("0.2.0", "current") LIST("0.1.0", "permanent"), "0.2.0"),
	    TO_020, HD_PLAN_STEPS,
	    "verify 0.2.0, drain 0.2.0, make permanent 0.2.0, "
	    "verify 0.2.0, record" },
	{ "rollback", ON_020 UPGRADED, BACK, HD_PLAN_STEPS,
	    "snapshot 0.2.0, check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, "
	    "record" },
	{ "undo", ON_020, UNDO_020, HD_PLAN_STEPS,
	    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, drain 0.1.0, "
	    "make permanent 0.1.0, verify 0.1.0" },
	{ "undo, not permanent",
	    HOST BOOTS("0.1.0") PUSHED_020 UP(
		LIST("0.2.0", "current") LIST("0.1.0", "permanent"), "0.2.0"),
	    UNDO_020, HD_PLAN_STEPS,
	    "check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, verify 0.1.0" },
	{ "upgrade without bash", ON_010 PUSHED_020 "missing bash\n", TO_020,
	    HD_PLAN_REFUSED, "lacks bash" },
};

static void
check_row(const struct row *row, const struct hd_app *app)
{
	struct hd_facts *f = facts_from_text(row->facts);
	HD_AUTO_STR said = HD_STR_INIT(1024);
	struct hd_plan plan;

	hd_plan_make(&plan, app, &host, &row->goal, f);
	if (plan.verdict == HD_PLAN_STEPS)
		hd_plan_describe(&plan, &said);
	else
		hd_str_add(&said, plan.reason);
	if (plan.verdict != row->verdict ||
	    (plan.verdict == HD_PLAN_STEPS
		    ? strcmp(said.ptr, row->expect) != 0
		    : strstr(said.ptr, row->expect) == NULL))
		fail_msg("%s: verdict %d: %s", row->about, (int)plan.verdict,
		    said.ptr);
	hd_facts_free(f);
}

static void
every_goal_gets_the_plan_that_the_facts_allow(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		check_row(&rows[i], &relx);
}

/* Before: a plain start or stop is not judged by the version that ran. */
static void
health_is_asked_before_what_runs_is_replaced(void **state)
{
	static const struct {
		const char *facts;
		struct hd_goal goal;
		bool asked;
	} rows_asked[] = {
		{ ON_010 PUSHED_020, TO_020, true },
		{ ON_010 PUSHED_020,
		    { .kind = HD_GOAL_UPGRADE,
			.version = "0.2.0",
			.cold = true },
		    true },
		{ ON_020 UPGRADED, BACK, true },
		{ ON_020, TO_020, false }, /* nothing to do */
		{ ON_010, TO_020, false }, /* refused */
		{ ON_010, { .kind = HD_GOAL_RESTART }, false },
		{ ON_010, { .kind = HD_GOAL_STOP }, false },
		{ HOST BOOTS("0.1.0") REC("0.1.0", "yes", "yes") PUSHED_020
		    "vm_state down\n",
		    { .kind = HD_GOAL_UPGRADE,
			.version = "0.2.0",
			.cold = true },
		    false }, /* nothing runs */
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows_asked); i++) {
		struct hd_facts *f = facts_from_text(rows_asked[i].facts);
		const struct hd_goal *goal = &rows_asked[i].goal;
		struct hd_plan plan;

		hd_plan_make(&plan, &relx, &host, goal, f);
		if (hd_plan_replaces(&plan, goal->kind) != rows_asked[i].asked)
			fail_msg("row %zu: %s", i, plan.reason);
		hd_facts_free(f);
	}
}

static void
a_driver_with_one_phase_installs_for_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(one_phase); i++)
		check_row(&one_phase[i], &distillery);
}

static void
plans_are_equal_only_with_the_same_steps(void **state)
{
	struct hd_goal goal = TO_020;
	struct hd_facts *one = facts_from_text(ON_010 PUSHED_020);
	struct hd_facts *two = facts_from_text(ON_020);
	struct hd_goal command = { .kind = HD_GOAL_COMMAND, .command = "true" };
	struct hd_plan a, b, c;

	(void)state;
	hd_plan_make(&a, &relx, &host, &goal, one);
	hd_plan_make(&b, &relx, &host, &goal, one);
	hd_plan_make(&c, &relx, &host, &goal, two);
	assert_true(hd_plan_equal(&a, &b));
	assert_false(hd_plan_equal(&a, &c));
	hd_plan_make(&a, &relx, &host, &command, one);
	hd_plan_make(&b, &relx, &host, &command, two);
	assert_true(hd_plan_equal(&a, &b));
	hd_facts_free(one);
	hd_facts_free(two);
}

static void
rollback_names_the_change_that_it_takes_back(void **state)
{
	struct hd_goal goal = BACK;
	struct hd_facts *f = facts_from_text(ON_020 UPGRADED);
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &relx, &host, &goal, f);
	assert_string_equal(plan.undoes, "a");
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(health_is_asked_before_what_runs_is_replaced),
		cmocka_unit_test(every_goal_gets_the_plan_that_the_facts_allow),
		cmocka_unit_test(a_driver_with_one_phase_installs_for_good),
		cmocka_unit_test(plans_are_equal_only_with_the_same_steps),
		cmocka_unit_test(rollback_names_the_change_that_it_takes_back),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
