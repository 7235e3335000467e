#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <string.h>

/* The facts about files and boot pointers that drifted, in each shell. */

/* Two versions with their own library and a shared one, as an unpack leaves
 * them. */
static const char make_root[] =
    "mkdir -p root/bin root/erts-1/bin root/.hdeploy/tarballs; cd root; "
    "for v in 1.0 1.1; do mkdir -p releases/$v lib/x-$v/ebin lib/y-1/ebin "
    ".hdeploy/releases/$v; echo $v | tee releases/$v/start.boot bin/hotcode-$v "
    "lib/x-$v/ebin/x.beam >.hdeploy/tarballs/$v.tar.gz; echo same | tee "
    "lib/y-1/ebin/y.beam erts-1/bin/erl bin/hotcode >releases/hotcode.rel; "
    "sha256sum releases/$v/start.boot bin/hotcode-$v lib/x-$v/ebin/x.beam "
    "lib/y-1/ebin/y.beam erts-1/bin/erl bin/hotcode "
    ">.hdeploy/releases/$v/manifest; "
    "sum() { sha256sum $1 | cut -c1-64; }; "
    "printf 'identity ab\\nsha256 %s\\nsize 4\\nmanifest %s\\n' $(sum "
    ".hdeploy/tarballs/$v.tar.gz) $(sum .hdeploy/releases/$v/manifest) "
    ">.hdeploy/releases/$v/record; "
    "for f in $(cut -c67- .hdeploy/releases/$v/manifest); do "
    "stat -c '%s %Y - %n' $f; done >.hdeploy/releases/$v/noted; done; "
    "printf '1 1.1' >releases/start_erl.data; "
    "printf '%%%% coding: utf-8\\n[{release,\"hotcode\",\"1.1\",\"1\",\\n [{x,"
    "\"1.1\",\"./lib/x-1.1\"}],permanent},\\n {release,\"hotcode\",\"1.0\","
    "\"1\",[],old}].\\n' >releases/RELEASES; chmod 700 .hdeploy";

static const struct row {
	const char *about, *damage, *key, *value;
} rows[] = {
	{ "nothing", ":", "changed", "" },
	{ "nothing is gone", ":", "gone", "" },
	{ "the list", ":", "on_list", "1.1 permanent" },
	{ "a folder of a listed version", "rm -r releases/1.0", "gone",
	    "1.0 releases/1.0" },
	{ "a library", "rm -r lib/x-1.0", "gone", "1.0 lib/x-1.0" },
	{ "a control script", "rm bin/hotcode-1.1", "gone",
	    "1.1 bin/hotcode-1.1" },
	{ "the control script", "rm bin/hotcode", "gone", "1.1 bin/hotcode" },
	{ "control scripts that were edited",
	    "echo x | tee -a bin/hotcode >>bin/hotcode-1.1", "changed", "" },
	{ "one file", "rm erts-1/bin/erl; : >erts-1/bin/epmd", "gone",
	    "1.0 erts-1/bin/erl" },
	{ "a larger file", "echo x >>lib/x-1.1/ebin/x.beam", "changed",
	    "1.1 lib/x-1.1/ebin/x.beam" },
	{ "a shared file", "echo x >>lib/y-1/ebin/y.beam", "changed",
	    "1.0 lib/y-1/ebin/y.beam" },
	{ "a file of the same size",
	    "echo 9.9 >lib/x-1.1/ebin/x.beam; touch -d 2001-01-01 "
	    "lib/x-1.1/ebin/x.beam",
	    "changed", "1.1 lib/x-1.1/ebin/x.beam" },
	{ "only a time", "touch -d 2001-01-01 lib/x-1.1/ebin/x.beam", "changed",
	    "" },
	{ "a pipe in place of a file",
	    "rm lib/x-1.1/ebin/x.beam; mkfifo lib/x-1.1/ebin/x.beam", "gone",
	    "1.1 lib/x-1.1/ebin/x.beam" },
	{ "a folder in place of a file",
	    "rm lib/x-1.1/ebin/x.beam; mkdir lib/x-1.1/ebin/x.beam", "gone",
	    "1.1 lib/x-1.1/ebin/x.beam" },
	{ "a link to a folder in place of a file",
	    "rm lib/x-1.1/ebin/x.beam; ln -s /usr/lib lib/x-1.1/ebin/x.beam",
	    "changed", "1.1 lib/x-1.1/ebin/x.beam" },
	{ "a pipe in place of the control script",
	    "rm bin/hotcode; mkfifo bin/hotcode", "gone", "1.1 bin/hotcode" },
	{ "a name with a line break",
	    "d=$(printf 'lib/a\\nboot 9'); mkdir \"$d\"", "boot", "1.1" },
	{ "no list", "rm releases/RELEASES", "list_state", "gone" },
	{ "a list that was cut", "echo '[{release,' >releases/RELEASES",
	    "list_state", "garbage" },
	{ "a list of another app",
	    "sed -i s/hotcode/hotcold/ releases/RELEASES", "list_state",
	    "empty" },
	{ "no manifest", "rm .hdeploy/releases/1.0/manifest", "unlisted",
	    "1.0" },
	{ "another manifest", "echo >>.hdeploy/releases/1.0/manifest",
	    "damaged", "1.0 manifest" },
	{ "no record", "rm .hdeploy/releases/1.0/record", "unrecorded", "1.0" },
	{ "an upload", ": >.hdeploy/releases/1.0/tarball.part", "leftover",
	    "upload .hdeploy/releases/1.0/tarball.part" },
	{ "scratch of a process that is gone",
	    "mkdir .hdeploy/home.999999999.x .hdeploy/home.1.x", "leftover",
	    "scratch .hdeploy/home.999999999.x" },
	{ "half a switch", ": >bin/hotcode.new", "leftover",
	    "switch bin/hotcode.new" },
	{ "half an unpack",
	    "mkdir releases/2.0 .hdeploy/releases/2.0; : >releases/2.0/x",
	    "leftover", "unpack releases/2.0" },
	{ "a folder of a person", "mkdir releases/old; : >releases/old/x",
	    "leftover", "" },
	{ "a pushed tarball",
	    "mkdir releases/2.0; : >releases/2.0/hotcode.tar.gz", "leftover",
	    "" },
	{ "a program that another user is to run as",
	    "n=.hdeploy/releases/1.1; x=lib/y-1/priv/x; mkdir ${x%/x}; "
	    "echo x >$x; sha256sum $x >>$n/manifest; "
	    "sed -i \"s/^manifest.*/manifest $(sha256sum $n/manifest | "
	    "cut -c1-64)/\" $n/record; "
	    "[ $(id -u) != 0 ] || { chown 12345 $x; chmod 4755 $x; }",
	    "owners", "" },
	{ "a file of a person", ": >releases/notes.txt", "leftover",
	    "stray releases/notes.txt" },
};

static void
look_at(struct hd_case *c, const struct row *row)
{
	char line[512];

	hd_case_sh(c, "rm -rf root");
	hd_case_sh(c, make_root);
	snprintf(line, sizeof(line), "cd root; %s", row->damage);
	hd_case_sh(c, line);
	assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
	if (strcmp(hd_case_said(c, row->key), row->value) != 0)
		fail_msg("%s: %s %s", row->about, row->key,
		    hd_case_said(c, row->key));
}

/* The shells take turns. */
static void
each_kind_of_damage_is_a_fact(void **state)
{
	struct hd_case *shells = *state;

	for (size_t i = 0; i < HD_COUNT(rows); i++)
		look_at(&shells[i % hd_case_nshells], &rows[i]);
}

static void
only_a_deep_look_reads_what_seems_unchanged(void **state)
{
	static const char damage[] =
	    "cd root; for f in lib/x-1.1/ebin/x.beam "
	    ".hdeploy/tarballs/1.0.tar.gz; do touch -r $f time; echo 9.9 >$f; "
	    "touch -r time $f; done";

	EACH_SHELL(c, state)
	{
		hd_case_sh(c, make_root);
		hd_case_sh(c, damage);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "changed"), "");
		assert_string_equal(hd_case_said(c, "damaged"), "");
		hd_case_args(c, "deep", "yes", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(
		    hd_case_said(c, "changed"), "1.1 lib/x-1.1/ebin/x.beam");
		assert_string_equal(hd_case_said(c, "damaged"), "1.0 tarball");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(each_kind_of_damage_is_a_fact),
		TEST_EACH(only_a_deep_look_reads_what_seems_unchanged),
	};

	return cmocka_run_group_tests_name("remote_drift", tests, NULL, NULL);
}
