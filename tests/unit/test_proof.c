#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/modules.h"
#include "core/plan/plan.h"

#include <string.h>

/* The verdict of a hot upgrade: a host in facts.sh's own words, a goal, and the
 * verdict expected. */

#define HOST                                                                   \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.1.0\n"        \
	"unpacked 0.1.0\nrecords 0.1.0 id-1 sha-1 yes yes\n"                   \
	"records 0.2.0 id-2 sha-2 yes yes\n"
#define RUNS                                                                   \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.1.0 permanent\n"  \
	"vm_apps hotcode 0.1.0 1\nvm_libraries hotcode 0.1.0\n"
#define UP "relup 0.2.0 up 0.1.0 plain -\n"
#define DOWN "relup 0.2.0 down 0.1.0 plain -\n"
#define ASKED "proved 0.2.0\nvm_probed yes\nknown 0.1.0 yes\nknown 0.2.0 yes\n"
#define DOES(way, module, letters)                                             \
	"effects 0.2.0 " way " 0.1.0 " module " " letters "\n"
#define EMPTY(way) DOES(way, "-", "-")
#define OLD(name, digest) "modules 0.1.0 hotcode-0.1.0 " name " " digest "\n"
#define NEW(name, digest) "modules 0.2.0 hotcode-0.2.0 " name " " digest "\n"
#define CHANGED(name) OLD(name, "d1") NEW(name, "d2")
#define BOTH(module, letters)                                                  \
	DOES("up", module, letters) DOES("down", module, letters)
/* a good upgrade: one changed module, loaded in both directions */
#define GOOD                                                                   \
	HOST RUNS UP DOWN ASKED EMPTY("up") EMPTY("down") CHANGED("server")    \
	    BOTH("server", "lbasc")

#define UPGRADE(...)                                                           \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = "0.2.0", __VA_ARGS__       \
	}

static const struct hd_host host = { .name = "web1", .env_name = "prod" };
static const struct hd_host lenient = {
	.name = "web1", .env_name = "prod", .unsupervised = HD_UNSUPERVISED_WARN
};
static const struct hd_host automatic = {
	.name = "web1", .env_name = "prod", .upgrade = HD_MODE_AUTO
};
static const struct hd_host cold = {
	.name = "web1", .env_name = "prod", .upgrade = HD_MODE_COLD
};
static const struct hd_host patient = {
	.name = "web1", .env_name = "prod", .retry = { .times = 2 }
};

static const struct {
	const char *about, *facts;
	enum hd_proof_kind kind;
	const char *why;            /* a part of it; NULL: "" */
	const struct hd_host *host; /* NULL: the usual one */
} rows[] = {
	{ "a good upgrade", GOOD, HD_PROOF_HOT, NULL, NULL },
	{ "facts that nobody asked for this change", HOST RUNS UP DOWN,
	    HD_PROOF_CARE, "code and the processes of the node were not",
	    NULL },
	{ "a version that an older hdeploy pushed",
	    HOST RUNS UP DOWN "proved 0.2.0\nvm_probed yes\nknown 0.2.0 yes\n",
	    HD_PROOF_CARE, "modules of 0.1.0 are not known", NULL },
	{ "no relup", HOST RUNS ASKED, HD_PROOF_COLD, "no relup leads", NULL },
	{ "a relup from another version only",
	    HOST RUNS ASKED "relup 0.2.0 up 0.1.1 plain -\n", HD_PROOF_COLD,
	    "no relup leads from 0.1.0 to 0.2.0", NULL },
	{ "a relup that restarts the emulator",
	    HOST RUNS ASKED "relup 0.2.0 up 0.1.0 emulator -\n", HD_PROOF_COLD,
	    "restarts the emulator", NULL },
	{ "another runtime", GOOD "erts 0.1.0 13.1\nerts 0.2.0 14.0\n",
	    HD_PROOF_ERTS, "another Erlang runtime", NULL },
	{ "another runtime and no relup",
	    HOST RUNS "erts 0.1.0 13.1\nerts 0.2.0 14.0\n", HD_PROOF_ERTS,
	    "another Erlang runtime", NULL },
	{ "a relup that restarts an application",
	    HOST RUNS
	    "relup 0.2.0 up 0.1.0 plain hotcode,util\n" DOWN ASKED BOTH(
		"server", "lba") CHANGED("server"),
	    HD_PROOF_CARE, "restarts hotcode, util", NULL },

	{ "empty instructions while a module changed",
	    HOST RUNS UP DOWN ASKED EMPTY("up") EMPTY("down") CHANGED("server"),
	    HD_PROOF_NAME_ONLY,
	    "no instruction of the relup from 0.1.0 to 0.2.0 loads server, so "
	    "old code would keep running: `hdeploy fetch prod 0.1.0 --limit "
	    "web1` and `hdeploy appup 0.1.0 rel/0.2.0.tar.gz`",
	    NULL },
	{ "empty instructions while nothing changed",
	    HOST RUNS UP DOWN ASKED EMPTY("up") EMPTY("down"), HD_PROOF_HOT,
	    NULL, NULL },
	{ "a changed module that is left out", GOOD CHANGED("util"),
	    HD_PROOF_NAME_ONLY, "loads util,", NULL },
	{ "a new module that is left out", GOOD NEW("extra", "d3"),
	    HD_PROOF_NAME_ONLY, "loads extra,", NULL },
	{ "a new module, which the node loads when it is called",
	    GOOD NEW("extra", "d3") "vm_interactive yes\n", HD_PROOF_HOT, NULL,
	    NULL },
	{ "a module that is gone and stays", GOOD OLD("gone", "d3"),
	    HD_PROOF_NAME_ONLY, "removes gone,", NULL },
	{ "both", GOOD OLD("gone", "d3") NEW("extra", "d3"), HD_PROOF_NAME_ONLY,
	    "loads extra or removes gone,", NULL },
	{ "a changed module that is only removed",
	    HOST RUNS UP DOWN ASKED CHANGED("server") DOES("up", "server", "rp")
		DOES("down", "server", "l"),
	    HD_PROOF_NAME_ONLY, "loads server", NULL },
	{ "a changed module that is not loaded",
	    GOOD CHANGED("util") "vm_unloaded util\n", HD_PROOF_HOT, NULL,
	    NULL },
	{ "a protocol that is consolidated",
	    GOOD CHANGED(
		"Elixir.Enumerable") "modules 0.2.0 consolidated Elixir.Enumerable d9\n",
	    HD_PROOF_HOT, NULL, NULL },
	{ "many modules",
	    GOOD CHANGED("m1") CHANGED("m2") CHANGED("m3") CHANGED("m4")
		CHANGED("m5") CHANGED("m6") CHANGED("m7"),
	    HD_PROOF_NAME_ONLY, "loads m1, m2, m3, m4, m5 and 2 more,", NULL },
	{ "an apply of the code server", GOOD CHANGED("util") BOTH("-", "x"),
	    HD_PROOF_CARE,
	    "unless an apply instruction does, nothing in the relup loads util",
	    NULL },
	{ "the down list of the running version, if the target has no relup",
	    HOST RUNS "relup 0.1.0 down 0.2.0 plain -\n"
		      "relup 0.1.0 up 0.2.0 plain -\n" ASKED CHANGED(
			  "server") "effects 0.1.0 down 0.2.0 server l\n"
				    "effects 0.1.0 up 0.2.0 server l\n",
	    HD_PROOF_HOT, NULL, NULL },

	{ "no way back",
	    HOST RUNS UP ASKED CHANGED("server") DOES("up", "server", "l"),
	    HD_PROOF_NO_WAY_BACK, "no relup leads from 0.2.0 to 0.1.0", NULL },
	{ "a way back that restarts the emulator",
	    HOST RUNS UP "relup 0.2.0 down 0.1.0 emulator -\n" ASKED CHANGED(
		"server") DOES("up", "server", "l"),
	    HD_PROOF_NO_WAY_BACK, "from 0.2.0 to 0.1.0 restarts the emulator",
	    NULL },
	{ "a way back in name only",
	    HOST RUNS UP DOWN ASKED CHANGED("server") DOES("up", "server", "l")
		EMPTY("down"),
	    HD_PROOF_NO_WAY_BACK,
	    "no instruction of the relup from 0.2.0 to 0.1.0 loads server",
	    NULL },

	{ "processes that a brutal purge ends",
	    GOOD "vm_inside server 2 0.9.0 job:run/1\n", HD_PROOF_CARE,
	    "brutal purge of 2 processes that run server (<0.9.0> job:run/1)",
	    NULL },
	{ "a process that a soft purge leaves",
	    HOST RUNS UP DOWN ASKED CHANGED("server")
		BOTH("server", "l") "vm_inside server 1 0.9.0 job:run/1\n",
	    HD_PROOF_CARE,
	    "old code stays for 1 process that runs server (<0.9.0> job:run/1)",
	    NULL },
	{ "old code, and a soft purge",
	    HOST RUNS UP DOWN ASKED CHANGED("server")
		BOTH("server", "l") "vm_old_code server 1 0.9.0 job:run/1\n",
	    HD_PROOF_REFUSED,
	    "release_handler refuses it while it finds 1 process that runs old "
	    "code of server (<0.9.0> job:run/1): wait",
	    NULL },
	{ "old code, a soft purge, and retry",
	    HOST RUNS UP DOWN ASKED CHANGED("server")
		BOTH("server", "l") "vm_old_code server 1 0.9.0 job:run/1\n",
	    HD_PROOF_CARE, "waits for the end of 1 process", &patient },
	{ "old code, and a brutal purge",
	    GOOD "vm_old_code server 1 0.9.0 job:run/1\n", HD_PROOF_CARE,
	    "brutal purge of 1 process that runs old code of server", NULL },
	{ "old code of another module",
	    GOOD "vm_old_code other 1 0.9.0 job:run/1\n", HD_PROOF_HOT, NULL,
	    NULL },
	{ "a top process that cannot list its children",
	    GOOD "vm_tree shop silent 0.9.0 shop_top\n", HD_PROOF_REFUSED,
	    "because in application shop <0.9.0> shop_top does not answer when "
	    "asked for its children: `hdeploy upgrade prod 0.2.0 --cold --limit "
	    "web1`",
	    NULL },
	{ "an unsupervised process",
	    GOOD "vm_left server 0.9.0 server\nvm_left util 0.8.0 x\n"
		 "vm_more 3\n",
	    HD_PROOF_REFUSED,
	    "(<0.9.0> server, <0.8.0> x of util and 3 more): stop them", NULL },
	{ "an unsupervised process that deploy.ini accepts",
	    GOOD "vm_left server 0.9.0 server\n", HD_PROOF_CARE,
	    "would keep their old state on new code (<0.9.0> server)",
	    &lenient },
	{ "processes that there was no time to ask", GOOD "vm_unseen 12\n",
	    HD_PROOF_CARE, "no time to check 12 processes", NULL },
	{ "several reasons",
	    HOST RUNS "relup 0.2.0 up 0.1.0 plain hotcode\n" DOWN ASKED BOTH(
		"server", "lba") CHANGED("server") "vm_unseen 12\n",
	    HD_PROOF_CARE, "restarts hotcode; there was no time", NULL },

	{ "what another requirement refuses",
	    GOOD "lock_silent 3\n"
		 "switching 0.2.0 0.1.0\n",
	    HD_PROOF_REFUSED, "", NULL },
	{ "a node without sasl",
	    HOST "vm_state up\nvm_pid 7\nvm_creation 1\nvm_script 0.1.0\n"
		 "vm_apps hotcode 0.1.0 1\n" UP DOWN,
	    HD_PROOF_COLD, "sasl is not started", NULL },
	{ "a node that is down", HOST "vm_state down\n" UP DOWN, HD_PROOF_NONE,
	    NULL, NULL },
	{ "mode cold", GOOD, HD_PROOF_NONE, NULL, &cold },
	{ "mode auto says why it goes cold", HOST RUNS ASKED, HD_PROOF_COLD,
	    "no relup leads", &automatic },
};

static const struct hd_app app = {
	.name = "hotcode", .driver = "relx", .release = "rel/{version}.tar.gz"
};

static void
check(size_t i)
{
	const struct hd_goal goal = UPGRADE();
	struct hd_facts *f = facts_from_text(rows[i].facts);
	const struct hd_host *h = rows[i].host ? rows[i].host : &host;
	struct hd_proof proof;

	hd_prove(&proof, &app, h, &goal, f);
	if (proof.kind != rows[i].kind ||
	    (rows[i].why == NULL ? proof.why[0] != '\0'
				 : strstr(proof.why, rows[i].why) == NULL))
		fail_msg("%s: %s: %s", rows[i].about,
		    proof.kind == HD_PROOF_NONE ? "none"
						: hd_proof_words[proof.kind],
		    proof.why);
	hd_facts_free(f);
}

static void
every_way_has_its_verdict(void **state)
{
	bool seen[HD_PROOFS] = { false };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		check(i);
		seen[rows[i].kind] = true;
	}
	for (size_t i = 0; i < HD_PROOFS; i++)
		assert_true(seen[i]);
}

static void
make(struct hd_plan *plan, const struct hd_host *h, struct hd_goal goal,
    const char *facts, struct hd_facts **f)
{
	*f = facts_from_text(facts);
	hd_plan_make(plan, &app, h, &goal, *f);
}

static void
old_code_is_refused_hot_and_goes_cold_with_auto(void **state)
{
	struct hd_plan plan;
	struct hd_facts *f;

	(void)state;
	make(&plan, &host, (struct hd_goal)UPGRADE(), GOOD CHANGED("util"), &f);
	assert_int_equal(plan.verdict, HD_PLAN_REFUSED);
	assert_non_null(strstr(
	    plan.reason, "`hdeploy push prod 0.2.0 --replace --limit web1`"));
	hd_facts_free(f);
	make(&plan, &automatic, (struct hd_goal)UPGRADE(), GOOD CHANGED("util"),
	    &f);
	assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	assert_string_equal(plan.reason,
	    "cold: no instruction of the relup from 0.1.0 to 0.2.0 loads util, "
	    "so old code would keep running");
	hd_facts_free(f);
}

#define BACK                                                                   \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.2.0\n"        \
	"unpacked 0.1.0\nunpacked 0.2.0\nrecords 0.1.0 id-1 sha-1 yes yes\n"   \
	"records 0.2.0 id-2 sha-2 yes yes\n"                                   \
	"history {\"id\":\"a\",\"command\":\"upgrade\",\"from\":\"0.1.0\","    \
	"\"to\":\"0.2.0\",\"result\":\"ok\"}\n"                                \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.2.0 permanent\n"  \
	"vm_releases 0.1.0 old\nvm_apps hotcode 0.2.0 1\n"                     \
	"vm_libraries hotcode 0.2.0\nproved 0.1.0\nvm_probed yes\n"            \
	"known 0.1.0 yes\nknown 0.2.0 yes\n" UP DOWN CHANGED("server")

static void
a_rollback_is_proved_by_the_down_list(void **state)
{
	const struct hd_goal back = { .kind = HD_GOAL_ROLLBACK };
	struct hd_proof proof;
	struct hd_facts *f =
	    facts_from_text(BACK DOES("down", "server", "lba"));

	(void)state;
	hd_prove(&proof, &app, &host, &back, f);
	assert_int_equal(proof.kind, HD_PROOF_HOT);
	hd_facts_free(f);
	f = facts_from_text(BACK EMPTY("down") DOES("up", "server", "lba"));
	hd_prove(&proof, &app, &host, &back, f);
	assert_int_equal(proof.kind, HD_PROOF_NAME_ONLY);
	assert_string_equal(proof.why,
	    "no instruction of the relup from 0.2.0 to 0.1.0 loads server, so "
	    "code of 0.2.0 would keep running: `hdeploy rollback prod --cold "
	    "--limit web1` goes back by stop and start");
	hd_facts_free(f);
}

/* A push is proved with the artifact, before anything is sent. */
static struct hd_module modules_020[] = {
	{ .lib = "hotcode-0.2.0", .name = "server", .digest = "d2" },
	{ .lib = "hotcode-0.2.0", .name = "util", .digest = "d4" },
	{ .lib = "stdlib-4.2", .name = "lists", .digest = "d5" },
};
static struct hd_instruction loads_server[] = { { .kind = HD_LOAD,
    .name = "server",
    .brutal_before = true,
    .brutal_after = true } };
static struct hd_relup_entry entries_020[] = {
	{ .from = "0.1.0", .instructions = { loads_server, 1, 1 } },
	{ .from = "0.1.0",
	    .down = true,
	    .instructions = { loads_server, 1, 1 } },
};
static struct hd_pair libs_020[] = { { "hotcode-0.2.0", "c0" },
	{ "stdlib-4.2", "c1" } };
static const struct hd_artifact built = { .version = "0.2.0",
	.identity = "id-0.2.0",
	.size = 100,
	.libs = { libs_020, HD_COUNT(libs_020), 0 },
	.relup = { entries_020, HD_COUNT(entries_020), 0 },
	.modules = { modules_020, HD_COUNT(modules_020), 0 } };

#define BARE                                                                   \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nboot 0.1.0\n"        \
	"unpacked 0.1.0\nrecords 0.1.0 id-1 sha-1 yes yes\n"                   \
	"libs 0.1.0 hotcode-0.1.0 c9\nlibs 0.1.0 stdlib-4.2 c1\n" RUNS         \
	"proved 0.2.0\nvm_probed yes\nknown 0.1.0 yes\n" OLD("server", "d1")

static const struct {
	const char *about, *facts;
	enum hd_proof_kind kind;
	enum hd_verdict push; /* of the push itself */
} pushes[] = {
	{ "all that differs is loaded; stdlib is the same",
	    BARE OLD("util", "d4"), HD_PROOF_HOT, HD_PLAN_STEPS },
	{ "a module that differs and is not loaded", BARE OLD("util", "d3"),
	    HD_PROOF_NAME_ONLY, HD_PLAN_REFUSED },
	{ "a new module that is not loaded", BARE, HD_PROOF_NAME_ONLY,
	    HD_PLAN_REFUSED },
	{ "the processes matter only when it is installed",
	    BARE OLD("util", "d4") "vm_left server 0.9.0 server\n",
	    HD_PROOF_REFUSED, HD_PLAN_STEPS },
};

static void
a_push_is_proved_before_it_is_sent(void **state)
{
	const struct hd_goal push = {
		.kind = HD_GOAL_PUSH, .artifact = &built, .version = "0.2.0"
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(pushes); i++) {
		struct hd_facts *f = facts_from_text(pushes[i].facts);
		struct hd_proof proof;
		struct hd_plan plan;

		hd_prove(&proof, &app, &host, &push, f);
		hd_plan_make(&plan, &app, &host, &push, f);
		if (proof.kind != pushes[i].kind ||
		    plan.verdict != pushes[i].push)
			fail_msg("%s: %s: %s; %s", pushes[i].about,
			    hd_proof_words[proof.kind], proof.why, plan.reason);
		hd_facts_free(f);
	}
}

static void
what_a_command_does_cannot_be_known(void **state)
{
	const struct hd_app script = { .name = "hotcode", .driver = "script" };
	struct hd_pair commands[] = { { "upgrade", "x" }, { "downgrade", "x" },
		{ "start", "x" }, { "stop", "x" } };
	const struct hd_host own = { .name = "web1",
		.env_name = "prod",
		.commands = { commands, HD_COUNT(commands), 0 } };
	const struct hd_goal goal = UPGRADE();
	struct hd_facts *f = facts_from_text(GOOD CHANGED("util"));
	struct hd_proof proof;

	(void)state;
	hd_prove(&proof, &script, &own, &goal, f);
	assert_int_equal(proof.kind, HD_PROOF_CARE);
	assert_string_equal(proof.why,
	    "a command of deploy.ini makes the change, and hdeploy cannot know "
	    "what it does");
	hd_facts_free(f);
}

/* The file that a host keeps, and what is read from it. */
static void
the_effects_of_a_relup_survive_the_file(void **state)
{
	static struct hd_instruction all[] = {
		{ .kind = HD_SUSPEND, .name = "a" },
		{ .kind = HD_REMOVE, .name = "a", .brutal_before = true },
		{ .kind = HD_LOAD, .name = "a", .brutal_before = true },
		{ .kind = HD_CODE_CHANGE, .name = "a" },
		{ .kind = HD_REMOVE, .name = "b c\xc3\xa4" },
		{ .kind = HD_APPLY, .name = "code:load_file/1" },
		{ .kind = HD_APPLY, .name = "io:format/1" },
	};
	static struct hd_relup_entry entry[] = { { .from = "0.1.0",
	    .instructions = { all, HD_COUNT(all), 0 } } };
	const struct hd_artifact a = { .version = "0.2.0",
		.libs = { libs_020, 1, 0 },
		.modules = { modules_020, 1, 0 },
		.relup = { entry, 1, 0 } };
	HD_AUTO_STR text = HD_STR_INIT(4096);
	HD_AUTO_STR ask = HD_STR_INIT(4096);
	HD_AUTO_ARENA arena = { 0 };
	struct hd_instructions back = { 0 };

	(void)state;
	hd_modules_write(&a, &text);
	assert_string_equal(text.ptr, "module hotcode-0.2.0 server d2\n"
				      "way up 0.1.0\n"
				      "does a lbsc\n"
				      "does b%20c%C3%A4 r\n"
				      "does - x\n");
	hd_modules_ask(&a, &ask);
	assert_string_equal(ask.ptr, "lib hotcode-0.2.0 c0\n"
				     "way up 0.1.0\n"
				     "does a lbsc\n"
				     "does b%20c%C3%A4 r\n"
				     "does - x\n");
	hd_effect_read(&back, &arena, "a", "lbsc!");
	assert_int_equal(back.n, 3);
	assert_int_equal(back.v[0].kind, HD_LOAD);
	assert_true(back.v[0].brutal_before && !back.v[0].brutal_after);
	assert_int_equal(back.v[1].kind, HD_SUSPEND);
	assert_int_equal(back.v[2].kind, HD_CODE_CHANGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_has_its_verdict),
		cmocka_unit_test(
		    old_code_is_refused_hot_and_goes_cold_with_auto),
		cmocka_unit_test(a_rollback_is_proved_by_the_down_list),
		cmocka_unit_test(a_push_is_proved_before_it_is_sent),
		cmocka_unit_test(what_a_command_does_cannot_be_known),
		cmocka_unit_test(the_effects_of_a_relup_survive_the_file),
	};

	return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
