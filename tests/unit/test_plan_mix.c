#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"
#include "core/plan/verify.h"

#include <stdio.h>
#include <string.h>

/* Plans of driver = mix, whose releases come without releases/RELEASES: a host
 * in facts.sh's own words, a goal, and the plan expected. */
struct row {
	const char *about;
	const char *facts;
	struct hd_goal goal;
	enum hd_verdict verdict;
	const char *expect; /* the plan, or part of the reason */
};

#define HOST                                                                   \
	"user deploy\nroot_exists yes\ndisk_free 1000000\n"                    \
	"records 0.1.0 id-1 sha-1 yes yes\nrecords 0.2.0 id-2 sha-2 yes yes\n" \
	"relup 0.2.0 up 0.1.0 plain -\nrelup 0.2.0 down 0.1.0 plain -\n"       \
	"unpacked 0.1.0\n"
#define UP(v)                                                                  \
	"boot " v "\nvm_state up\nvm_pid 7\nvm_creation 1\nvm_script " v       \
	"\nvm_apps hotcode " v " 1\n"
#define LISTS(v)                                                               \
	"vm_releases " v " permanent\nvm_apps sasl 4.2 2\n"                    \
	"vm_libraries hotcode " v "\n"
#define LISTLESS(v)                                                            \
	"no_list yes\nvm_releases " v " permanent\nvm_apps sasl 4.2 2\n"
#define UNNAMED(v) "boot " v "\nvm_state up\nvm_word " v "\nvm_unnamed yes\n"
#define UPGRADED                                                               \
	"unpacked 0.2.0\n"                                                     \
	"history {\"id\":\"a\",\"command\":\"upgrade\",\"from\":\"0.1.0\","    \
	"\"to\":\"0.2.0\",\"result\":\"ok\"}\n"

#define UPGRADE(...)                                                           \
	{                                                                      \
		.kind = HD_GOAL_UPGRADE, .version = "0.2.0", __VA_ARGS__       \
	}
#define GOAL(goal)                                                             \
	{                                                                      \
		.kind = HD_GOAL_##goal                                         \
	}
#define HOT                                                                        \
	"snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install 0.2.0, verify 0.2.0, " \
	"drain 0.2.0, make permanent 0.2.0, verify 0.2.0, record"
#define COLD                                                                     \
	"snapshot 0.1.0, unpack offline 0.2.0, stop 0.1.0, switch 0.2.0, start " \
	"0.2.0, verify 0.2.0, record"

static const struct row rows[] = {
	{ "hot", HOST UP("0.1.0") LISTS("0.1.0"), UPGRADE(), HD_PLAN_STEPS,
	    HOT },
	{ "hot, without a list", HOST UP("0.1.0") LISTLESS("0.1.0"), UPGRADE(),
	    HD_PLAN_STEPS,
	    HOT " (first makes releases/RELEASES, without which the node "
		"started)" },
	{ "hot, without a list, with code that was loaded by hand",
	    HOST UP("0.1.0") LISTLESS("0.1.0") "vm_modified demo_server\n",
	    UPGRADE(), HD_PLAN_REFUSED,
	    "the node started without releases/RELEASES, and does not run the "
	    "code of 0.1.0 in demo_server, so hdeploy cannot make that file: "
	    "`hdeploy restart" },
	{ "hot, without sasl", HOST UP("0.1.0") "no_list yes\n", UPGRADE(),
	    HD_PLAN_REFUSED, "sasl is not started in the node" },
	{ "cold, without sasl", HOST UP("0.1.0") "no_list yes\n",
	    UPGRADE(.cold = true), HD_PLAN_STEPS, COLD },
	{ "hot back to what the node does not know",
	    HOST UPGRADED UP("0.2.0") LISTLESS("0.2.0"), GOAL(ROLLBACK),
	    HD_PLAN_REFUSED, "0.1.0 is no longer unpacked on this host" },
	{ "hot, without a name", HOST UNNAMED("0.1.0"), UPGRADE(),
	    HD_PLAN_REFUSED,
	    "the node has no name (RELEASE_DISTRIBUTION=none), so hdeploy "
	    "cannot query it, and cannot upgrade it hot" },
	{ "cold, without a name", HOST UNNAMED("0.1.0"), UPGRADE(.cold = true),
	    HD_PLAN_STEPS, COLD },
	{ "prune, without a name", HOST UPGRADED UNNAMED("0.2.0"), GOAL(PRUNE),
	    HD_PLAN_REFUSED,
	    "from the boot file of its process, the VM itself was not queried: "
	    "it has no node name (RELEASE_DISTRIBUTION=none)" },
};

static void
every_plan_is_that_of_a_release_without_a_list(void **state)
{
	const struct hd_app mix = { .name = "hotcode", .driver = "mix" };
	const struct hd_host host = {
		.name = "web1", .env_name = "prod", .path = "/srv/hotcode"
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(4096);
		struct hd_plan plan;

		hd_plan_make(&plan, &mix, &host, &rows[i].goal, f);
		hd_plan_describe(&plan, &said);
		if (plan.verdict != rows[i].verdict ||
		    strstr(said.ptr, rows[i].expect) == NULL)
			fail_msg("%s: verdict %d: %s", rows[i].about,
			    plan.verdict, said.ptr);
		hd_facts_free(f);
	}
}

/* Whether a hot change may replace the process release_handler of a node with
 * these facts. */
static bool
may_be_replaced(const char *before, const char *name)
{
	char now[2048], was[2048];
	struct hd_facts *a, *b;
	enum hd_actual_mode mode;
	HD_AUTO_STR why = HD_STR_INIT(512);
	bool fine;

	snprintf(
	    was, sizeof(was), "%svm_processes %s 0.1.0 sasl\n", before, name);
	snprintf(now, sizeof(now), HOST UP("0.1.0") LISTS("0.1.0") "%s %s %s",
	    "vm_processes", name, "0.2.0 sasl\n");
	a = facts_from_text(was);
	b = facts_from_text(now);
	fine = hd_verify(
	    &(struct hd_expect){
		.version = "0.1.0", .before = &a->vm, .hot = true },
	    b, &mode, &why);
	hd_facts_free(a);
	hd_facts_free(b);
	return fine;
}

static void
only_a_release_handler_without_a_list_may_start_again(void **state)
{
	const char *listless = HOST UP("0.1.0") LISTLESS("0.1.0");
	const char *lists = HOST UP("0.1.0") LISTS("0.1.0");

	(void)state;
	assert_true(may_be_replaced(listless, "release_handler"));
	assert_false(may_be_replaced(listless, "sasl_sup"));
	assert_false(may_be_replaced(lists, "release_handler"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_plan_is_that_of_a_release_without_a_list),
		cmocka_unit_test(
		    only_a_release_handler_without_a_list_may_start_again),
	};

	return cmocka_run_group_tests_name("plan_mix", tests, NULL, NULL);
}
