#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

/* Plans with a stop and a start, and --replace. One host in facts.sh's own
 * words, a goal, the mode of deploy.ini, and the plan expected. */
struct row {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	enum hd_mode mode;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
};

#define HOST "user deploy\nroot_exists yes\ndisk_free 1000000\n"
#define REC(v) "records " v " id-" v " sha-" v " yes yes\n"
#define BOOTS(v) "boot " v "\nscript_boot " v "\n"
#define UP(v)                                                                  \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases " v " permanent\n"  \
	"vm_apps hotcode " v " 1\nvm_libraries hotcode " v "\n"
#define DOWN "vm_state down\n"
#define WAYS                                                                   \
	"relup 0.2.0 up 0.1.0 plain -\n"                                       \
	"relup 0.2.0 down 0.1.0 plain -\n"
#define SWITCHING "switching 0.2.0 0.1.0\n"
#define UPGRADED                                                               \
	"history {\"id\":\"a\",\"command\":\"upgrade\",\"from\":\"0.1.0\","    \
	"\"to\":\"0.2.0\",\"result\":\"ok\"}\n"

#define BOTH REC("0.1.0") REC("0.2.0")
#define ON(v)                                                                  \
	HOST BOOTS(v)                                                          \
	BOTH UP(v)

#define UPGRADE(...)                                                           \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = "0.2.0", __VA_ARGS__       \
	}
#define ROLLBACK(...)                                                          \
	{                                                                      \
		.kind = HD_GOAL_ROLLBACK, __VA_ARGS__                          \
	}
#define UNDO(vm, ...)                                                          \
	{                                                                      \
		.kind = HD_GOAL_UNDO, .version = "0.1.0", .failed = "0.2.0",   \
		.before = (vm), __VA_ARGS__                                    \
	}
#define PUSH(...)                                                              \
	{                                                                      \
		.kind = HD_GOAL_PUSH, .artifact = &other, __VA_ARGS__          \
	}

#define BOOT_020 "start 0.2.0, verify 0.2.0, record"
#define BOOT_010 "start 0.1.0, verify 0.1.0, record"
#define COLD                                                                   \
	"snapshot 0.1.0, unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, " BOOT_020
#define HOT                                                                        \
	"snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, " \
	"drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record"
#define COLD_BACK                                                              \
	"snapshot 0.2.0, unpack offline 0.1.0, stop 0.2.0, switch 0.1.0, " BOOT_010

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static struct hd_listed listed[] = { { "0.1.0", "permanent" } };
static const struct hd_vm vm_before = {
	.state = HD_VM_UP, .pid = 7, .creation = 1, .releases = { listed, 1, 1 }
};
static const struct hd_vm vm_down = { .state = HD_VM_DOWN };
static struct hd_relup_entry up_from_010[] = { { .from = "0.1.0" } };
static const struct hd_artifact other = { .version = "0.2.0",
	.identity = "other",
	.size = 100,
	.relup = { up_from_010, 1, 1 } };

/* As `mix release` makes it: no list, and sasl might not be started. */
#define OF_MIX(v)                                                              \
	HOST "boot " v "\nno_list yes\n" BOTH                                  \
	     "vm_state up\nvm_pid 7\nvm_creation 1\nvm_script " v "\n"
#define UP_MIX(v) "vm_releases " v " permanent\nvm_apps hotcode " v " 1\n"
#define NO_SASL(v) "vm_apps hotcode " v " 1\n"

static const struct row rows[] = {
	{ "no list, cold", OF_MIX("0.1.0") UP_MIX("0.1.0"),
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_STEPS, COLD },
	{ "no list, hot", OF_MIX("0.1.0") WAYS UP_MIX("0.1.0"), UPGRADE(),
	    HD_MODE_HOT, HD_PLAN_REFUSED,
	    "the release comes without releases/RELEASES" },
	{ "no list, hot back", OF_MIX("0.2.0") UPGRADED UP_MIX("0.2.0"),
	    ROLLBACK(), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "the release comes without releases/RELEASES" },
	{ "no release_handler, cold", OF_MIX("0.1.0") NO_SASL("0.1.0"),
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_STEPS, COLD },
	{ "no release_handler, hot", OF_MIX("0.1.0") NO_SASL("0.1.0"),
	    UPGRADE(), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "sasl is not started in the node" },
	{ "no release_handler, cold back",
	    OF_MIX("0.2.0") UPGRADED NO_SASL("0.2.0"), ROLLBACK(.cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS, COLD_BACK },
	{ "cold", ON("0.1.0") WAYS, UPGRADE(.cold = true), HD_MODE_HOT,
	    HD_PLAN_STEPS, COLD },
	{ "cold, with files that change",
	    ON("0.1.0") "loose 0.2.0 bin/x, etc/y\nedited 0.2.0 etc/y\n",
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    COLD " (files without a version in their path that change: bin/x, "
		 "etc/y; edited on this host: etc/y)" },
	{ "hot, with files that change", ON("0.1.0") WAYS "loose 0.2.0 bin/x\n",
	    UPGRADE(), HD_MODE_HOT, HD_PLAN_STEPS,
	    HOT " (files without a version in their path that change: bin/x)" },
	{ "files that change with another version",
	    ON("0.1.0") "loose 0.3.0 bin/x\n", UPGRADE(.cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS, COLD },
	{ "runs, with files of another version", ON("0.2.0") "files 0.1.0 -\n",
	    UPGRADE(), HD_MODE_HOT, HD_PLAN_STEPS,
	    "verify 0.2.0, drain 0.2.0, make permanent 0.2.0, verify 0.2.0, "
	    "record" },
	{ "cold by deploy.ini", ON("0.1.0") WAYS, UPGRADE(), HD_MODE_COLD,
	    HD_PLAN_STEPS, COLD },
	{ "hot by the command line", ON("0.1.0") WAYS, UPGRADE(.hot = true),
	    HD_MODE_COLD, HD_PLAN_STEPS, HOT },
	{ "auto where a relup leads", ON("0.1.0") WAYS, UPGRADE(), HD_MODE_AUTO,
	    HD_PLAN_STEPS, HOT },
	{ "auto where none does", ON("0.1.0"), UPGRADE(), HD_MODE_AUTO,
	    HD_PLAN_STEPS, COLD " (cold: no relup leads from 0.1.0 to 0.2.0)" },
	{ "auto where the emulator would restart",
	    ON("0.1.0") "relup 0.2.0 up 0.1.0 emulator -\n", UPGRADE(),
	    HD_MODE_AUTO, HD_PLAN_STEPS,
	    COLD
	    " (cold: the relup from 0.1.0 to 0.2.0 restarts the emulator)" },
	{ "auto where the runtime is another",
	    HOST BOOTS("0.1.0") REC("0.1.0") "erts 0.1.0 13.1\n" REC("0.2.0")
		WAYS "erts 0.2.0 14.0\n" UP("0.1.0"),
	    UPGRADE(), HD_MODE_AUTO, HD_PLAN_STEPS,
	    COLD
	    " (cold: 0.2.0 has another Erlang runtime than 0.1.0 (14.0, 13.1))" },
	{ "auto where it is down", HOST BOOTS("0.1.0") BOTH DOWN, UPGRADE(),
	    HD_MODE_AUTO, HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, " BOOT_020
	    " (cold: the node is down)" },
	{ "hot where none leads", ON("0.1.0"), UPGRADE(), HD_MODE_HOT,
	    HD_PLAN_REFUSED, "--cold" },
	{ "hot where it is down", HOST BOOTS("0.1.0") BOTH DOWN, UPGRADE(),
	    HD_MODE_HOT, HD_PLAN_REFUSED, "--cold" },
	{ "cold, runs already", ON("0.2.0"), UPGRADE(.cold = true), HD_MODE_HOT,
	    HD_PLAN_NOTHING, "runs 0.2.0 already" },
	{ "cold, not pushed", HOST BOOTS("0.1.0") UP("0.1.0"),
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_REFUSED, "not pushed" },
	{ "auto, not pushed", HOST BOOTS("0.1.0") UP("0.1.0"), UPGRADE(),
	    HD_MODE_AUTO, HD_PLAN_REFUSED, "not pushed" },
	{ "cold to one that somebody unpacked",
	    HOST BOOTS("0.1.0") "unpacked 0.2.0\n" UP("0.1.0"),
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_STEPS, COLD },
	{ "cold where a reboot would start another version",
	    HOST BOOTS("0.1.0") BOTH UP("0.3.0"), UPGRADE(.cold = true),
	    HD_MODE_HOT, HD_PLAN_REFUSED,
	    "0.3.0 runs and a reboot would start 0.1.0: first `hdeploy repair "
	    "prod --limit web1`, which makes 0.3.0 permanent" },
	{ "cold where it does not answer",
	    HOST BOOTS("0.1.0") BOTH "vm_state unreachable\n",
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_REFUSED, "on a guess" },
	{ "cold where there is nothing", HOST REC("0.2.0") DOWN,
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "no release here" },

	{ "cold again, cut off before the switch",
	    HOST BOOTS("0.1.0") BOTH DOWN, UPGRADE(.cold = true), HD_MODE_HOT,
	    HD_PLAN_STEPS,
	    "snapshot 0.1.0, unpack offline 0.2.0, switch 0.2.0, " BOOT_020 },
	{ "cold again, cut off in the switch",
	    HOST BOOTS("0.1.0") BOTH SWITCHING DOWN, UPGRADE(.cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS,
	    "unpack offline 0.2.0, switch 0.2.0, " BOOT_020 },
	{ "cold again, cut off after the switch",
	    HOST BOOTS("0.2.0") BOTH "snapshot b 0.1.0\n" DOWN,
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_STEPS, BOOT_020 },
	{ "start ends a switch", HOST BOOTS("0.1.0") BOTH SWITCHING DOWN,
	    { .kind = HD_GOAL_START }, HD_MODE_HOT, HD_PLAN_STEPS,
	    "switch 0.2.0, " BOOT_020 },
	{ "rollback takes a switch back",
	    HOST BOOTS("0.1.0") BOTH SWITCHING DOWN, ROLLBACK(), HD_MODE_HOT,
	    HD_PLAN_STEPS, "unpack offline 0.1.0, switch 0.1.0, " BOOT_010 },
	{ "rollback finishes its own switch",
	    HOST BOOTS("0.1.0") BOTH UPGRADED "switching 0.1.0 0.2.0\n" DOWN,
	    ROLLBACK(), HD_MODE_HOT, HD_PLAN_STEPS,
	    "unpack offline 0.1.0, switch 0.1.0, " BOOT_010 },
	{ "half switched, and started by a person", ON("0.1.0") SWITCHING,
	    UPGRADE(.cold = true), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "was cut off" },
	{ "half switched, and started by a person: rollback",
	    ON("0.1.0") SWITCHING, ROLLBACK(), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "was cut off" },
	{ "half switched, and started by a person: restart",
	    ON("0.1.0") SWITCHING, { .kind = HD_GOAL_RESTART }, HD_MODE_HOT,
	    HD_PLAN_REFUSED, "was cut off" },

	{ "rollback --cold", ON("0.2.0") WAYS UPGRADED, ROLLBACK(.cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS, COLD_BACK },
	{ "rollback, no way down",
	    ON("0.2.0") UPGRADED "vm_releases 0.1.0 old\n", ROLLBACK(),
	    HD_MODE_HOT, HD_PLAN_REFUSED, "--cold" },
	{ "rollback in auto, no way down",
	    ON("0.2.0") UPGRADED "vm_releases 0.1.0 old\n", ROLLBACK(),
	    HD_MODE_AUTO, HD_PLAN_STEPS,
	    COLD_BACK " (cold: no relup leads from 0.2.0 to 0.1.0)" },
	{ "rollback --cold of one that is down",
	    HOST BOOTS("0.2.0") BOTH UPGRADED DOWN, ROLLBACK(.cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS,
	    "snapshot 0.2.0, unpack offline 0.1.0, switch 0.1.0, " BOOT_010 },
	{ "rollback --cold to what would boot", HOST BOOTS("0.1.0") BOTH DOWN,
	    ROLLBACK(.cold = true, .version = "0.1.0"), HD_MODE_HOT,
	    HD_PLAN_STEPS, BOOT_010 },

	{ "undo, not stopped yet", ON("0.1.0"), UNDO(&vm_before, .cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS, "verify 0.1.0, discard 0.2.0" },
	{ "undo, half of the files are there",
	    ON("0.1.0") "files 0.2.0 0.1.0\n", UNDO(&vm_before, .hot = true),
	    HD_MODE_HOT, HD_PLAN_STEPS,
	    "drain 0.1.0, make permanent 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, stopped", HOST BOOTS("0.1.0") BOTH DOWN,
	    UNDO(&vm_before, .cold = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    "start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, half switched", HOST BOOTS("0.1.0") BOTH SWITCHING DOWN,
	    UNDO(&vm_before, .cold = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, does not come up", HOST BOOTS("0.2.0") BOTH DOWN,
	    UNDO(&vm_before, .cold = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo, came up and is not healthy", ON("0.2.0") WAYS,
	    UNDO(&vm_before, .cold = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    "stop 0.2.0, switch 0.1.0, start 0.1.0, verify 0.1.0" },
	{ "undo, frozen", HOST BOOTS("0.2.0") BOTH "vm_state unreachable\n",
	    UNDO(&vm_before, .cold = true), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "on a guess" },
	{ "undo, nothing ran before: what is there is kept",
	    HOST BOOTS("0.2.0") BOTH DOWN, UNDO(&vm_down, .cold = true),
	    HD_MODE_HOT, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0" },
	{ "undo of a hot one, no way back, where cold is allowed",
	    HOST BOOTS("0.2.0") BOTH DOWN, UNDO(&vm_before, .hot = false),
	    HD_MODE_AUTO, HD_PLAN_STEPS,
	    "switch 0.1.0, start 0.1.0, verify 0.1.0, discard 0.2.0" },
	{ "undo of a hot one, no way back, where it is not",
	    HOST BOOTS("0.2.0") BOTH DOWN, UNDO(&vm_before, .hot = true),
	    HD_MODE_AUTO, HD_PLAN_REFUSED, "would boot" },

	{ "push, other bits, could be replaced", ON("0.1.0"), PUSH(),
	    HD_MODE_HOT, HD_PLAN_REFUSED, "--replace" },
	{ "push --replace", ON("0.1.0"), PUSH(.replace = true), HD_MODE_HOT,
	    HD_PLAN_STEPS, "discard 0.2.0, ship 0.2.0, record" },
	{ "push --replace of an old one",
	    ON("0.1.0") "unpacked 0.2.0\nvm_releases 0.2.0 old\n",
	    PUSH(.replace = true), HD_MODE_HOT, HD_PLAN_STEPS,
	    "discard 0.2.0, ship 0.2.0, record" },
	{ "push --replace of the running version", ON("0.2.0"),
	    PUSH(.replace = true), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "not possible: it runs" },
	{ "push --replace of the version that boots",
	    HOST BOOTS("0.2.0") BOTH UP("0.1.0"), PUSH(.replace = true),
	    HD_MODE_HOT, HD_PLAN_REFUSED, "a reboot would start it" },
	{ "push --replace of half of a switch",
	    HOST BOOTS("0.1.0") BOTH SWITCHING DOWN, PUSH(.replace = true),
	    HD_MODE_HOT, HD_PLAN_REFUSED, "a reboot would start it" },
	{ "push --replace of an unpacked one, node down",
	    HOST BOOTS("0.1.0") BOTH "unpacked 0.2.0\n" DOWN,
	    PUSH(.replace = true), HD_MODE_HOT, HD_PLAN_REFUSED,
	    "start one first, `hdeploy start prod --limit web1`" },
	{ "push --replace of a shipped one, node down",
	    HOST BOOTS("0.1.0") BOTH DOWN, PUSH(.replace = true), HD_MODE_HOT,
	    HD_PLAN_STEPS, "discard 0.2.0, ship 0.2.0, record" },
};

static void
every_goal_gets_the_plan_that_mode_and_facts_allow(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_host host = { .name = "web1",
			.env_name = "prod",
			.upgrade = rows[i].mode };
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

/* A run that was cut off after its switch left only its snapshot. */
static void
a_change_that_is_ended_later_goes_back_to_where_it_began(void **state)
{
	const struct hd_host host = { .name = "web1", .env_name = "prod" };
	const struct hd_goal goal = UPGRADE(.cold = true);
	struct hd_facts *f =
	    facts_from_text(HOST BOOTS("0.2.0") BOTH "snapshot b 0.1.0\n" DOWN);
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &relx, &host, &goal, f);
	assert_string_equal(plan.back, "0.1.0");
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_goal_gets_the_plan_that_mode_and_facts_allow),
		cmocka_unit_test(
		    a_change_that_is_ended_later_goes_back_to_where_it_began),
	};

	return cmocka_run_group_tests_name("plan_cold", tests, NULL, NULL);
}
