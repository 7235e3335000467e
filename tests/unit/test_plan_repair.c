#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/finding.h"
#include "core/plan/plan_private.h"

#include <string.h>

/* Repairs: which steps mend which drift. 0.1.0 was pushed first, 0.2.0 runs. */

#define PUSHED                                                                 \
	"user deploy\nroot_exists yes\ndisk_free 1000000\nnewest 0.2.0\n"      \
	"newest 0.1.0\nunpacked 0.1.0\nunpacked 0.2.0\n"                       \
	"records 0.1.0 id sha yes yes\nrecords 0.2.0 id2 sha2 yes yes\n"       \
	"files_of 0.2.0\n"
#define POINTS "boot 0.2.0\nscript_boot 0.2.0\n"
#define LIST "on_list 0.2.0 permanent\non_list 0.1.0 old\n"
#define UP                                                                     \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.2.0 permanent\n"  \
	"vm_releases 0.1.0 old\nvm_apps hotcode 0.2.0 1\n"                     \
	"vm_apps sasl 4.2 2\nvm_libraries hotcode 0.2.0\n"
#define DOWN "vm_state down\n"
#define HEALTHY PUSHED POINTS LIST
#define CUT                                                                    \
	"journal {\"id\":\"0123456789abcdef\",\"command\":\"upgrade\","        \
	"\"from\":\"0.1.0\",\"to\":\"0.2.0\",\"going\":\"forward\"}\n"

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static const struct hd_host host = { .name = "web1", .env_name = "prod" };

static const struct {
	const char *about;
	const char *facts;
	enum hd_verdict verdict;
	const char *expect; /* the steps, or part of the reason */
} rows[] = {
	{ "a healthy host", HEALTHY UP, HD_PLAN_NOTHING, "nothing to repair" },
	{ "a healthy host that is down", HEALTHY DOWN, HD_PLAN_NOTHING,
	    "nothing to repair" },
	{ "a host without a release",
	    "user deploy\nroot_exists yes\ndisk_free 1000000\n" DOWN,
	    HD_PLAN_NOTHING, "nothing to repair" },

	{ "modules are known of a version whose record is damaged",
	    HEALTHY UP "known 0.0.9 yes\n", HD_PLAN_NOTHING,
	    "nothing to repair" },
	{ "a library is gone", HEALTHY UP "gone 0.1.0 lib/hotcode-0.1.0\n",
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, restore files 0.1.0, look again, record" },
	{ "files of both are damaged",
	    HEALTHY UP "changed 0.1.0 lib/a-1/x\nchanged 0.2.0 lib/b-2/y\n",
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, restore files 0.2.0, restore files 0.1.0, look "
	    "again, record" },
	{ "a manifest is gone", PUSHED POINTS LIST UP "unlisted 0.1.0\n",
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, restore files 0.1.0, look again, record" },
	{ "a manifest is damaged", HEALTHY UP "damaged 0.1.0 manifest\n",
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, restore files 0.1.0, look again, record" },
	{ "files are gone, and nothing runs",
	    HEALTHY DOWN "gone 0.2.0 lib/hotcode-0.2.0\n", HD_PLAN_STEPS,
	    "snapshot 0.2.0, restore files 0.2.0, look again, record" },

	{ "files are gone, and their tarball is damaged",
	    HEALTHY UP "gone 0.1.0 lib/a-1/x\ndamaged 0.1.0 tarball\n",
	    HD_PLAN_REFUSED,
	    "its kept tarball is damaged: `hdeploy push prod 0.1.0 --limit "
	    "web1` uploads it and restores them" },
	{ "one can be restored and one cannot",
	    HEALTHY UP "gone 0.1.0 lib/a-1/x\ndamaged 0.1.0 tarball\n"
		       "changed 0.2.0 lib/b-2/y\n",
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, restore files 0.2.0, look again, record (not "
	    "repaired: files of 0.1.0 are missing or damaged" },

	{ "RELEASES is gone", PUSHED POINTS UP "list_state gone\n",
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, complete RELEASES 0.2.0, look again, record" },
	{ "RELEASES lacks a version",
	    PUSHED POINTS "on_list 0.2.0 permanent\n" UP, HD_PLAN_STEPS,
	    "complete RELEASES 0.2.0" },
	{ "the node started without RELEASES",
	    HEALTHY "vm_state up\nvm_pid 7\nvm_creation 1\n"
		    "vm_releases 0.2.0 permanent\nvm_apps hotcode 0.2.0 1\n"
		    "vm_apps sasl 4.2 2\n",
	    HD_PLAN_STEPS, "complete RELEASES 0.2.0" },

	{ "start_erl.data is gone", PUSHED "script_boot 0.2.0\n" LIST UP,
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, make permanent 0.2.0, look again, record" },
	{ "it is gone, and nothing runs",
	    PUSHED "script_boot 0.2.0\n" LIST DOWN, HD_PLAN_STEPS,
	    "snapshot 0.2.0, write start_erl.data 0.2.0, switch 0.2.0, look "
	    "again, record" },
	{ "it names another version",
	    PUSHED "boot 0.1.0\nscript_boot 0.2.0\n" LIST UP, HD_PLAN_STEPS,
	    "snapshot 0.2.0, complete RELEASES 0.2.0, make permanent 0.2.0, "
	    "look again, record" },
	{ "it names another version, and nothing runs",
	    PUSHED "boot 0.1.0\nscript_boot 0.2.0\n" LIST DOWN, HD_PLAN_STEPS,
	    "switch 0.2.0" },
	{ "every pointer names another version than the one that runs",
	    PUSHED "boot 0.1.0\nscript_boot 0.1.0\non_list 0.1.0 permanent\n"
		   "on_list 0.2.0 old\n" UP,
	    HD_PLAN_STEPS, "make permanent 0.2.0" },
	{ "it was installed by hand and is not permanent",
	    PUSHED "boot 0.1.0\nscript_boot 0.1.0\non_list 0.1.0 permanent\n"
		   "on_list 0.2.0 unpacked\nvm_state up\nvm_pid 7\n"
		   "vm_creation 1\nvm_releases 0.2.0 current\n"
		   "vm_releases 0.1.0 permanent\nvm_apps hotcode 0.2.0 1\n"
		   "vm_apps sasl 4.2 2\nvm_libraries hotcode 0.2.0\n",
	    HD_PLAN_STEPS, "drain 0.2.0, make permanent 0.2.0" },
	{ "nothing runs, and nothing says which version did",
	    "user deploy\nroot_exists yes\ndisk_free 1000000\nnewest 0.2.0\n"
	    "newest 0.1.0\nunpacked 0.1.0\nunpacked 0.2.0\n" DOWN,
	    HD_PLAN_REFUSED, "it is not certain which version should start" },

	{ "leftovers", HEALTHY UP "leftover scratch .hdeploy/tmp\n",
	    HD_PLAN_STEPS,
	    "snapshot 0.2.0, remove leftovers, look again, record" },
	{ "files of another user", HEALTHY UP "owners root lib/a-1/x\n",
	    HD_PLAN_STEPS, "change owners" },

	{ "a change was cut off",
	    PUSHED "boot 0.1.0\nscript_boot 0.2.0\n" LIST CUT UP,
	    HD_PLAN_REFUSED, "`hdeploy resume prod --limit web1`" },
	{ "the node does not answer",
	    HEALTHY "vm_state unreachable\nvm_why process 7 gave no answer\n"
		    "gone 0.1.0 lib/a-1/x\n",
	    HD_PLAN_REFUSED, "does not act on a guess" },
};

static void
each_kind_of_drift_has_its_steps(void **state)
{
	const struct hd_goal repair = { .kind = HD_GOAL_REPAIR };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR text = HD_STR_INIT(2048);
		struct hd_plan plan;

		hd_plan_make(&plan, &relx, &host, &repair, f);
		hd_plan_describe(&plan, &text);
		if (plan.verdict != HD_PLAN_STEPS)
			hd_str_add(&text, plan.reason);
		if (plan.verdict != rows[i].verdict ||
		    strstr(text.ptr, rows[i].expect) == NULL)
			fail_msg("%s: %d: %s", rows[i].about, plan.verdict,
			    text.ptr);
		hd_facts_free(f);
	}
}

static void
a_finding_is_mended_if_and_only_if_its_row_says_so(void **state)
{
	struct hd_finding row;

	(void)state;
	for (size_t i = 0; hd_finding_row(i, &row); i++)
		if (row.repair != hd_repair_mends(row.name))
			fail_msg("%s: .repair is %d", row.name, row.repair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_drift_has_its_steps),
		cmocka_unit_test(
		    a_finding_is_mended_if_and_only_if_its_row_says_so),
	};

	return cmocka_run_group_tests_name("repair", tests, NULL, NULL);
}
