#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/base/str.h"
#include "core/plan/finding.h"

#include <string.h>

/* web1 runs and boots 0.2.0, and 0.1.0 is unpacked. */
#define DIGEST                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define RECORD(v, kept)                                                        \
	"records " v " " DIGEST " " DIGEST " " kept " yes\nunpacked " v "\n"
#define LIST "on_list 0.2.0 permanent\non_list 0.1.0 old\n"
#define BOOTS "boot 0.2.0\nscript_boot 0.2.0\n"
#define UP                                                                     \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.2.0 permanent\n"  \
	"vm_releases 0.1.0 old\nvm_apps hotcode 0.2.0 m1\n"                    \
	"vm_libraries hotcode 0.2.0\n"
#define KEPT RECORD("0.1.0", "yes") RECORD("0.2.0", "yes")
#define WELL BOOTS LIST KEPT UP

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static struct hd_host web1 = {
	.name = "web1",
	.env_name = "prod",
	.path = "/srv/hotcode",
	.service = "hotcode.service",
	.service_manager = "system",
};
#define REPAIR "`hdeploy repair prod --limit web1`"

/* Six names of 130 bytes, as those of Elixir's modules can be. */
#define LONG "an_application_with_a_long_name-0.1.0"
#define NAME "lib/" LONG "/ebin/" LONG "." LONG ".beam, "
#define NAMES NAME NAME NAME NAME NAME NAME

static const struct row {
	const char *about, *facts;
	/* the findings, each " NAME"; part of the first text */
	const char *names, *says;
} rows[] = {
	{ "nothing", WELL, "", "" },
	{ "the boot file is gone", LIST KEPT UP, " boot-file",
	    "nothing would boot: " REPAIR " recreates it" },
	{ "the boot file, where nothing runs and nothing names a version",
	    KEPT "vm_state down\n", " boot-file",
	    "write \"ERTS VERSION\" into it" },
	{ "the script names another version",
	    "boot 0.2.0\nscript_boot 0.1.0\n" LIST KEPT UP, " boot-pointers",
	    "start_erl.data names 0.2.0, bin/hotcode 0.1.0: " REPAIR },
	{ "the list names another version",
	    BOOTS KEPT UP "on_list 0.1.0 permanent\non_list 0.2.0 old\n",
	    " boot-pointers", "names 0.2.0, releases/RELEASES 0.1.0: " },
	{ "all name another version",
	    "boot 0.1.0\nscript_boot 0.1.0\non_list 0.1.0 permanent\n"
	    "on_list 0.2.0 unpacked\n" KEPT UP,
	    " reboot-version",
	    "would start 0.1.0, not 0.2.0: " REPAIR " makes 0.2.0 permanent" },
	{ "a variable names the version",
	    WELL "pinned 0.1.0 RELEASE_VSN of deploy.ini\n", " start-pinned",
	    "would start 0.1.0 although the boot pointers name 0.2.0: "
	    "RELEASE_VSN of deploy.ini overrides them" },
	{ "it names the version that boots",
	    WELL "pinned 0.2.0 RELEASE_VSN of deploy.ini\n", "", "" },
	{ "the unit starts another root",
	    WELL "elsewhere hotcode.service /opt/bin/hotcode\n", " unit-start",
	    "hotcode.service starts /opt/bin/hotcode, which is not in "
	    "/srv/hotcode, so the node that runs here would not come back: "
	    "correct its ExecStart=" },
	{ "heart starts another root", WELL "elsewhere heart /opt/x\n",
	    " heart-command", "heart starts /opt/x" },
	{ "the unit is disabled", WELL "unit_disabled yes\n", " unit-disabled",
	    "`systemctl enable hotcode.service` on the host" },
	{ "the list is gone", BOOTS KEPT UP "list_state gone\n", " list-gone",
	    "is missing" },
	{ "the list is garbage", BOOTS KEPT UP "list_state garbage\n",
	    " list-garbage", "is not a list of releases" },
	{ "the list lost a version", BOOTS KEPT UP "on_list 0.2.0 permanent\n",
	    " list-short",
	    "lacks 0.1.0, so after the next start the node would not know "
	    "it: " REPAIR },
	{ "a version that was only staged is not listed",
	    BOOTS LIST KEPT UP "records 0.3.0 " DIGEST " " DIGEST
			       " yes no\nunpacked 0.3.0\n",
	    "", "" },
	{ "folders of a version are gone",
	    WELL
	    "gone 0.1.0 releases/0.1.0, lib/hotcode-0.1.0, bin/hotcode-0.1.0\n",
	    " release-gone library-gone script-gone",
	    "files of 0.1.0 are gone (releases/0.1.0): " REPAIR },
	{ "a file that two versions share is gone",
	    WELL "gone 0.1.0 erts-13/bin/erl\ngone 0.2.0 erts-13/bin/erl\n",
	    " runtime-gone",
	    "files of 0.1.0, 0.2.0 are gone (erts-13/bin/erl): " REPAIR },
	{ "files are gone, and the tarball",
	    BOOTS LIST UP RECORD("0.1.0", "gone")
		RECORD("0.2.0", "yes") "gone 0.1.0 lib/x-1/ebin/x.beam\n",
	    " files-gone tarball-gone",
	    "its tarball is not on the host: `hdeploy push prod 0.1.0 --limit "
	    "web1`" },
	{ "files with long names changed", WELL "changed 0.1.0 " NAMES "\n",
	    " files-changed", "files of 0.1.0 " },
	{ "files changed", WELL "changed 0.1.0 lib/x-1/a and 4 more\n",
	    " files-changed",
	    "files of 0.1.0 differ from the pushed ones (lib/x-1/a and 4 "
	    "more): " REPAIR },
	{ "the running version's files changed, and so its modules differ",
	    WELL "changed 0.2.0 lib/x-1/ebin/x.beam\nvm_modified x\n",
	    " files-changed", "" },
	{ "modules of another version", WELL "vm_modified x\n", " loaded-code",
	    "`hdeploy restart prod --limit web1` starts" },
	{ "too many files to read", WELL "unread 700\n", " files-unread",
	    "700 files have a new size or time and were not read: `hdeploy "
	    "status prod --deep --limit web1`" },
	{ "loose files of another version", WELL "files 0.1.0 -\n",
	    " loose-files", "belong to 0.1.0, not to 0.2.0: " REPAIR },
	{ "the manifest is gone", WELL "unlisted 0.1.0\n", " manifest-gone",
	    REPAIR " recreates it" },
	{ "the manifest was changed", WELL "damaged 0.1.0 manifest\n",
	    " manifest-damaged", "the manifest of 0.1.0 is not as" },
	{ "the record is gone", WELL "unrecorded 0.3.0\n", " record-gone",
	    "`hdeploy push prod 0.3.0 --limit web1` restores it" },
	{ "the tarball was cut",
	    BOOTS LIST UP RECORD("0.1.0", "changed") RECORD("0.2.0", "yes"),
	    " tarball-damaged", "`hdeploy push prod 0.1.0 --limit web1`" },
	{ "the tarball was changed", WELL "damaged 0.1.0 tarball\n",
	    " tarball-damaged", "the kept tarball of 0.1.0 is not as" },
	{ "the tarball was exchanged, and all files are read",
	    BOOTS LIST UP RECORD("0.1.0", "changed")
		RECORD("0.2.0", "yes") "damaged 0.1.0 tarball\n",
	    " tarball-damaged", "the kept tarball of 0.1.0 is not as" },
	{ "files of another user", WELL "user deploy\nowners root lib/x\n",
	    " owner", "belong to root (lib/x), so a change by deploy" },
	{ "leftovers",
	    WELL "leftover upload a\nleftover scratch b\nleftover switch c\n"
		 "leftover unpack d\nleftover config e\nleftover stray f\n",
	    " leftover-config leftover-upload leftover-scratch "
	    "leftover-unpack leftover-switch stray-files",
	    "(e): " REPAIR " puts it back" },
};

/* " NAME NAME": the names of the findings. */
static void
name_all(const struct hd_findings *found, struct hd_str *out)
{
	for (size_t i = 0; i < found->n; i++)
		hd_str_addf(out, " %s", found->v[i].name);
}

static void
each_kind_of_drift_has_a_name_and_a_remedy(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_ARENA arena = { 0 };
		HD_AUTO_STR names = HD_STR_INIT(1024);
		struct hd_findings found = { 0 };

		hd_drift(&found, &arena, &relx, &web1, f);
		name_all(&found, &names);
		if (strcmp(names.ptr, rows[i].names) != 0)
			fail_msg("%s: found%s", rows[i].about, names.ptr);
		if (found.n > 0 &&
		    strstr(found.v[0].text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].about, found.v[0].text);
		hd_facts_free(f);
	}
}

/* Much looks like drift then, and resume ends it. */
static void
nothing_drifted_while_a_change_has_no_end(void **state)
{
	static const char *const busy[] = {
		"lock ci@runner\n",
		"unfinished a-install install\n",
		"switching 0.2.0 0.1.0\n",
		"journal {\"id\":\"0123456789abcdef\",\"command\":\"upgrade\","
		"\"from\":\"0.1.0\",\"to\":\"0.2.0\",\"who\":\"ci\","
		"\"time\":\"2026-01-31\",\"going\":\"forward\"}\n",
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(busy); i++) {
		HD_AUTO_STR text = HD_STR_INIT(8192);
		HD_AUTO_ARENA arena = { 0 };
		struct hd_findings found = { 0 };
		struct hd_facts *f;

		hd_str_addf(&text,
		    "%s%sgone 0.1.0 lib/x-1\nleftover upload a\n", WELL,
		    busy[i]);
		f = facts_from_text(text.ptr);
		hd_drift(&found, &arena, &relx, &web1, f);
		assert_int_equal(found.n, 0);
		hd_facts_free(f);
	}
}

static void
deploy_ini_can_ignore_a_kind_of_drift(void **state)
{
	struct hd_facts *f = facts_from_text(WELL "unrecorded 0.3.0\n");
	HD_AUTO_ARENA arena = { 0 };
	struct hd_findings found = { 0 };

	(void)state;
	*HD_PUSH(&arena, &web1.ignore) = "record-gone";
	hd_drift(&found, &arena, &relx, &web1, f);
	assert_int_equal(found.n, 0);
	web1.ignore = (struct hd_strs){ 0 };
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_drift_has_a_name_and_a_remedy),
		cmocka_unit_test(nothing_drifted_while_a_change_has_no_end),
		cmocka_unit_test(deploy_ini_can_ignore_a_kind_of_drift),
	};

	return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
