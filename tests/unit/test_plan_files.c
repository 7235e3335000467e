#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

/* Plans where files of a version are gone, or where a change could not write.
 */
#define HOST                                                                   \
	"user deploy\nroot_exists yes\ndisk_free 1000000\n"                    \
	"records 0.1.0 id-0.1.0 sha yes yes\n"
#define KEPT "records 0.2.0 id-0.2.0 sha yes yes\n"
#define LOST "records 0.2.0 id-0.2.0 sha gone yes\n"
#define WAYS                                                                   \
	"relup 0.2.0 up 0.1.0 plain -\n"                                       \
	"relup 0.2.0 down 0.1.0 plain -\n"
#define RUNS(v, old)                                                           \
	"boot " v "\nscript_boot " v "\n"                                      \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases " v " permanent\n"  \
	"vm_releases " old " old\nvm_apps hotcode " v " 1\n"                   \
	"vm_libraries hotcode " v "\n"
#define UPGRADED                                                               \
	"history {\"id\":\"a\",\"command\":\"upgrade\",\"from\":\"0.1.0\","    \
	"\"to\":\"0.2.0\",\"result\":\"ok\"}\n"
#define ON_010(kept) HOST kept WAYS RUNS("0.1.0", "0.2.0")
#define ON_010_UNLISTED HOST KEPT WAYS RUNS("0.1.0", "0.0.9")
#define ON_020(kept) HOST kept WAYS RUNS("0.2.0", "0.1.0") UPGRADED

#define INSTALL_020                                                            \
	"check 0.2.0, install 0.2.0, verify 0.2.0, drain 0.2.0, make "         \
	"permanent 0.2.0, verify 0.2.0, record"
#define INSTALL_010                                                            \
	"check 0.1.0, drain 0.2.0, install 0.1.0, verify 0.1.0, drain 0.1.0, " \
	"make permanent 0.1.0, verify 0.1.0, record"
#define BOOT_020 "stop 0.1.0, switch 0.2.0, start 0.2.0, verify 0.2.0, record"
#define BOOT_010 "stop 0.2.0, switch 0.1.0, start 0.1.0, verify 0.1.0, record"

static struct hd_relup_entry from_010[] = { { .from = "0.1.0" } };
static const struct hd_artifact built = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.relup = { from_010, 1, 0 } };
static struct hd_entry entries[] = { { .path = "bin/x" },
	{ .path = "lib/x/\xc3\xbc" } };
static const struct hd_artifact umlaut = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.relup = { from_010, 1, 0 },
	.entries = { entries, 2, 0 } };
static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static const struct hd_host host = { .name = "web1", .env_name = "prod" };

#define PUSH                                                                   \
	{                                                                      \
		.kind = HD_GOAL_PUSH, .artifact = &built                       \
	}
#define UPGRADE(...)                                                           \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = "0.2.0", __VA_ARGS__       \
	}
#define BACK(...)                                                              \
	{                                                                      \
		.kind = HD_GOAL_ROLLBACK, __VA_ARGS__                          \
	}
#define HOT .hot = true
#define COLD .cold = true
#define MINE "closed 0.2.0 0.2.0 belongs to root\n"

static const struct {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
} rows[] = {
	{ "push brings back what is gone", ON_010(KEPT) "gone 0.2.0 lib/x\n",
	    PUSH, HD_PLAN_STEPS, "unpack offline 0.2.0, record" },
	{ "push ships what is gone and not kept",
	    ON_010(LOST) "gone 0.2.0 lib/x\n", PUSH, HD_PLAN_STEPS,
	    "ship 0.2.0, unpack offline 0.2.0, record" },
	{ "push of a version that is complete",
	    ON_010(KEPT) "gone 0.1.0 lib/x\n", PUSH, HD_PLAN_NOTHING,
	    "already on the host" },
	{ "upgrade brings it back", ON_010(KEPT) "gone 0.2.0 lib/x\n",
	    UPGRADE(HOT), HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.2.0, " INSTALL_020 },
	{ "upgrade without its tarball", ON_010(LOST) "gone 0.2.0 lib/x\n",
	    UPGRADE(HOT), HD_PLAN_REFUSED, "push it again" },
	{ "cold without its tarball",
	    ON_010(LOST) "unpacked 0.2.0\ngone 0.2.0 lib/x\n", UPGRADE(COLD),
	    HD_PLAN_REFUSED, "push it again" },
	{ "upgrade brings back what the way back needs",
	    ON_010(KEPT) "gone 0.1.0 lib/x\n", UPGRADE(HOT), HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.1.0, unpack 0.2.0, " INSTALL_020 },
	{ "cold brings back what the way back needs",
	    ON_010(KEPT) "gone 0.1.0 lib/x\n", UPGRADE(COLD), HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.1.0, unpack offline "
	    "0.2.0, " BOOT_020 },
	{ "rollback brings it back", ON_020(KEPT) "gone 0.1.0 lib/x\n",
	    BACK(HOT), HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack 0.1.0, " INSTALL_010 },
	{ "rollback --cold brings it back", ON_020(KEPT) "gone 0.1.0 lib/x\n",
	    BACK(COLD), HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack offline 0.1.0, " BOOT_010 },
	{ "rollback from a version that is gone and not kept",
	    ON_020(LOST) "gone 0.2.0 lib/x\n", BACK(HOT), HD_PLAN_REFUSED,
	    "files of 0.2.0 are gone (lib/x), and its tarball is gone: "
	    "push it again, `hdeploy push prod 0.2.0 --limit web1`" },
	{ "upgrade to what runs brings it back",
	    ON_020(KEPT) "gone 0.2.0 lib/x\n", UPGRADE(HOT), HD_PLAN_STEPS,
	    "unpack offline 0.2.0, verify 0.2.0, record" },

	{ "a name that the VM cannot unpack",
	    ON_010_UNLISTED "foreign 0.2.0 lib/x/?\nvm_names latin1\n",
	    UPGRADE(HOT), HD_PLAN_REFUSED,
	    "0.2.0 contains lib/x/?, and the running VM cannot unpack that "
	    "name" },
	{ "such a name, unpacked already",
	    ON_010(KEPT) "foreign 0.2.0 lib/x/?\nvm_names latin1\n",
	    UPGRADE(HOT), HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.2.0, " INSTALL_020 },
	{ "such a name, cold",
	    ON_010_UNLISTED "foreign 0.2.0 lib/x/?\nvm_names latin1\n",
	    UPGRADE(COLD), HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, " BOOT_020 },
	{ "such a name, in UTF-8",
	    ON_010_UNLISTED "foreign 0.2.0 lib/x/?\nvm_names utf8\n",
	    UPGRADE(HOT), HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.2.0, " INSTALL_020 },
	{ "push of such a name",
	    HOST RUNS("0.1.0", "0.0.9") "vm_names latin1\n",
	    { .kind = HD_GOAL_PUSH, .artifact = &umlaut }, HD_PLAN_REFUSED,
	    "0.2.0 contains lib/x/\xc3\xbc, and the running VM" },
	{ "upgrade to where it cannot write", ON_010(KEPT) MINE, UPGRADE(HOT),
	    HD_PLAN_REFUSED, "0.2.0 belongs to root" },
	{ "upgrade from where it cannot write",
	    ON_010(KEPT) "closed 0.1.0 root's\n", UPGRADE(COLD),
	    HD_PLAN_REFUSED, "root's" },
	{ "rollback from where it cannot write", ON_020(KEPT) MINE, BACK(HOT),
	    HD_PLAN_REFUSED, "0.2.0 belongs to root" },
	{ "upgrade past where it cannot write",
	    ON_010(KEPT) "closed 0.0.9 root's\n", UPGRADE(HOT), HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack 0.2.0, " INSTALL_020 },
	{ "push where nothing can be written",
	    HOST RUNS("0.1.0", "0.0.9") "closed - root's\n", PUSH,
	    HD_PLAN_REFUSED, "root's" },
	{ "restart where nothing can be written",
	    ON_010(KEPT) "closed - root's\n", { .kind = HD_GOAL_RESTART },
	    HD_PLAN_REFUSED, "root's" },
	{ "push where only a start would write",
	    HOST RUNS("0.1.0", "0.0.9") "closed -start root's\n", PUSH,
	    HD_PLAN_STEPS, "ship 0.2.0, record" },
	{ "restart where it cannot write",
	    ON_010(KEPT) "closed -start root's\n", { .kind = HD_GOAL_RESTART },
	    HD_PLAN_REFUSED, "root's" },
	{ "stop where nothing can be written", ON_010(KEPT) "closed - root's\n",
	    { .kind = HD_GOAL_STOP }, HD_PLAN_STEPS, "stop 0.1.0, record" },
	{ "the way back where nothing can be written is tried",
	    ON_010(KEPT) "closed - root's\n",
	    { .kind = HD_GOAL_UNDO, .version = "0.1.0", .failed = "0.2.0" },
	    HD_PLAN_STEPS, "verify 0.1.0" },
};

static void
plans_bring_back_files_and_refuse_what_cannot_be_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(1024);
		struct hd_plan plan;
		bool steps;

		hd_plan_make(&plan, &relx, &host, &rows[i].goal, f);
		steps = plan.verdict == HD_PLAN_STEPS;
		if (steps)
			hd_plan_describe(&plan, &said);
		else
			hd_str_add(&said, plan.reason);
		if (plan.verdict != rows[i].verdict ||
		    (steps ? strcmp(said.ptr, rows[i].expect) != 0
			   : strstr(said.ptr, rows[i].expect) == NULL))
			fail_msg("%s: verdict %d: %s", rows[i].about,
			    (int)plan.verdict, said.ptr);
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    plans_bring_back_files_and_refuse_what_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
