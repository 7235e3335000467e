#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <string.h>

/* Loose files. The shells take turns, except in the tests on which all others
 * rely. A command of deploy.ini stands in for the VM: `install` with that
 * command makes a version boot. */
static struct hd_pair upgrade[] = { { "upgrade",
    "echo 13.1 {version} >releases/start_erl.data" } };
static const struct hd_pairs commands = { upgrade, 1, 1 };

/* A shell function: make VERSION FILE=TEXT... pushes such a release. */
#define MAKE                                                                   \
	"make() { v=$1; shift; rm -rf new; mkdir -p new/releases/$v "          \
	"$root/.hdeploy/releases/$v $root/.hdeploy/tarballs; for f; do "       \
	"n=new/${f%%=*}; mkdir -p ${n%/*}; echo \"${f#*=}\" >$n; done; "       \
	"echo >new/releases/$v/start.boot; "                                   \
	"chmod -R 700 $root/.hdeploy; mkdir -p $root/releases; "               \
	"cp -r new/releases/$v $root/releases/; (cd new && "                   \
	"tar -czf $root/.hdeploy/tarballs/$v.tar.gz * && "                     \
	"find * -type f -exec sha256sum {} + >$root/.hdeploy/releases/$v/"     \
	"manifest); echo sha256 $(sha256sum "                                  \
	"<$root/.hdeploy/tarballs/$v.tar.gz | cut -c1-64) "                    \
	">$root/.hdeploy/releases/$v/record; }; "

/* 0.1.0 boots, as `place` leaves it. */
#define FIRST                                                                  \
	MAKE "make 0.1.0 bin/tool=one bin/same=same bin/old=old "              \
	     "etc/app.conf=one etc/same.conf=same etc/gone.conf=gone; "        \
	     "cp -r new/bin new/etc $root/; "                                  \
	     "echo 13.1 0.1.0 >$root/releases/start_erl.data; "                \
	     "make 0.2.0 bin/tool=two bin/same=same bin/new=new "              \
	     "etc/app.conf=two etc/same.conf=same etc/sub/new.conf=new; "

static void
begin(struct hd_case *c)
{
	c->call.driver = "script";
	c->call.commands = &commands;
	hd_case_sh(c, FIRST);
}

static int
become(struct hd_case *c, const char *id, const char *version)
{
	hd_case_args(c, "change", "change", "direction", "up", NULL);
	return hd_case_operate(c, id, "install", version);
}

/* The content of a file; "" if it does not exist. */
#define assert_says(c, file, text)                                             \
	assert_string_equal(                                                   \
	    hd_case_line(c, "cat root/" file " 2>/dev/null"), text)

static void
a_version_brings_its_files_and_the_one_before_has_them_back(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		assert_int_equal(become(c, "a", "0.2.0"), 0);
		assert_says(c, "bin/tool", "two");
		assert_says(c, "bin/new", "new");
		assert_says(c, "bin/old", "");
		assert_says(c, "etc/app.conf", "two");
		assert_says(c, "etc/sub/new.conf", "new");
		assert_says(c, "etc/gone.conf", "");
		assert_says(c, ".hdeploy/files", "0.2.0");
		assert_string_equal(hd_case_said(c, "note"), "");
		assert_int_equal(become(c, "b", "0.1.0"), 0);
		assert_says(c, "bin/tool", "one");
		assert_says(c, "bin/new", "");
		assert_says(c, "bin/old", "old");
		assert_says(c, "etc/app.conf", "one");
		assert_says(c, "etc/sub/new.conf", "");
		assert_says(c, "etc/gone.conf", "gone");
		assert_says(c, ".hdeploy/files", "0.1.0");
		assert_string_equal(
		    hd_case_line(c, "find root -name '*.hdeploy-new'"), "");
	}
}

static void
an_edited_setting_stays_and_the_versions_own_is_beside_it(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "cd root/etc; echo mine | tee app.conf same.conf "
			      "gone.conf");
		assert_int_equal(become(c, "a", "0.2.0"), 0);
		assert_says(c, "etc/app.conf", "mine");
		assert_says(c, "etc/app.conf.0.2.0", "two");
		assert_says(c, "etc/same.conf", "mine");
		assert_says(c, "etc/gone.conf", "mine");
		assert_string_equal(hd_case_said(c, "note"),
		    "etc/app.conf was changed on this host and is kept: the "
		    "file of 0.2.0 is next to it as etc/app.conf.0.2.0");
		assert_int_equal(become(c, "b", "0.1.0"), 0);
		assert_says(c, "etc/app.conf", "mine");
		assert_says(c, "etc/app.conf.0.2.0", "");
		assert_says(c, "etc/same.conf", "mine");
		assert_says(c, "etc/gone.conf", "mine");
	}
}

static void
an_edited_script_gives_way_is_kept_beside_and_comes_back(void **state)
{
	struct hd_case *c = (struct hd_case *)*state + hd_case_nshells - 1;

	begin(c);
	hd_case_sh(c, "cd root/bin; echo mine | tee tool same");
	assert_int_equal(become(c, "a", "0.2.0"), 0);
	assert_says(c, "bin/tool", "two");
	assert_says(c, "bin/tool.host-0.1.0", "mine");
	assert_says(c, "bin/same", "mine");
	assert_string_equal(hd_case_said(c, "note"),
	    "bin/tool was changed on this host: the file of 0.2.0 replaces "
	    "it, and the changed file is kept as bin/tool.host-0.1.0");
	assert_int_equal(become(c, "b", "0.1.0"), 0);
	assert_says(c, "bin/tool", "mine");
	assert_says(c, "bin/tool.host-0.1.0", "");
	assert_says(c, "bin/same", "mine");
}

static void
what_no_version_names_is_left_alone(void **state)
{
	struct hd_case *c = (struct hd_case *)*state;

	begin(c);
	hd_case_sh(c, "cd root; mkdir data log; "
		      "echo mine | tee data/db log/x etc/x bin/x x "
		      "etc/app.conf.new");
	assert_int_equal(become(c, "a", "0.2.0"), 0);
	assert_int_equal(become(c, "b", "0.1.0"), 0);
	assert_string_equal(
	    hd_case_line(c, "cd root; cat data/db log/x etc/x bin/x x "
			    "etc/app.conf.new | tr -d '\\n'"),
	    "mineminemineminemine"
	    "mine");
}

/* The power is cut at any rename. Whichever version boots then has all its
 * files at the next start or change, or after going back. */
static void
a_change_that_was_cut_off_is_ended_or_taken_back(void **state)
{
	static const struct {
		const char *to, *tool, *conf;
	} ways[] = { { "0.2.0", "two", "two" }, { "0.1.0", "mine", "one" } };

	EACH_SHELL(c, state)
	{
		begin(c);
		for (size_t i = 0; i < HD_COUNT(ways); i++) {
			char id[8];

			hd_case_sh(c,
			    "cd root; rm -rf bin etc; cp -r ../new/bin ../new/"
			    "etc .; echo two >bin/tool; rm bin/new; "
			    "echo old >bin/old; echo one >etc/app.conf; "
			    "echo mine >bin/tool.host-0.1.0; "
			    "echo half >bin/new.hdeploy-new; "
			    "echo 0.2.0 0.1.0 >.hdeploy/files");
			snprintf(id, sizeof(id), "a%zu", i);
			assert_int_equal(become(c, id, ways[i].to), 0);
			assert_says(c, "bin/tool", ways[i].tool);
			assert_says(c, "etc/app.conf", ways[i].conf);
			assert_says(c, "bin/new", i == 0 ? "new" : "");
			assert_says(c, "bin/old", i == 0 ? "" : "old");
			assert_says(c, ".hdeploy/files", ways[i].to);
		}
	}
}

/* Hosts that an earlier hdeploy upgraded: files of several versions. */
static void
files_that_an_older_version_left_are_no_changes_of_the_host(void **state)
{
	struct hd_case *c = (struct hd_case *)*state + hd_case_nshells - 1;

	begin(c);
	hd_case_sh(c, MAKE "make 0.3.0 bin/tool=three etc/app.conf=two; "
			   "echo 13.1 0.2.0 >$root/releases/start_erl.data");
	assert_int_equal(become(c, "a", "0.3.0"), 0);
	assert_says(c, "bin/tool", "three");
	assert_says(c, "etc/app.conf", "two");
	assert_string_equal(hd_case_said(c, "note"), "");
}

/* That version has no kept tarball. */
static void
what_was_here_before_hdeploy_comes_back_too(void **state)
{
	struct hd_case *c = (struct hd_case *)*state + hd_case_nshells - 1;

	begin(c);
	hd_case_sh(c, "rm -r root/.hdeploy/releases/0.1.0 "
		      "root/.hdeploy/tarballs/0.1.0.tar.gz");
	assert_int_equal(become(c, "a", "0.2.0"), 0);
	assert_says(c, "bin/tool", "two");
	assert_says(c, "bin/old", "old");
	assert_says(c, "etc/app.conf", "two");
	assert_int_equal(become(c, "b", "0.1.0"), 0);
	assert_says(c, "bin/tool", "one");
	assert_says(c, "bin/new", "");
	assert_says(c, "etc/app.conf", "one");
}

static void
modes_links_and_folders_belong_to_a_version_too(void **state)
{
	struct hd_case *c = (struct hd_case *)*state;

	begin(c);
	hd_case_sh(c, MAKE "make 0.3.0 bin/tool=one bin/same=same; "
			   "chmod 755 new/bin/same; ln -s tool new/bin/link; "
			   "mkdir -p new/data/spool; "
			   "cd new && tar -czf "
			   "$root/.hdeploy/tarballs/0.3.0.tar.gz * && "
			   "echo sha256 $(sha256sum "
			   "<$root/.hdeploy/tarballs/0.3.0.tar.gz | "
			   "cut -c1-64) >$root/.hdeploy/releases/0.3.0/record");
	assert_int_equal(become(c, "a", "0.3.0"), 0);
	hd_case_sh(c, "cd root; test -x bin/same; test -d data/spool; "
		      "test \"$(readlink bin/link)\" = tool");
}

static void
nothing_is_written_where_others_can_write(void **state)
{
	struct hd_case *c = (struct hd_case *)*state + hd_case_nshells - 1;

	begin(c);
	hd_case_sh(c, "chmod 777 root/etc");
	assert_int_equal(become(c, "a", "0.2.0"), 0);
	assert_says(c, "bin/tool", "two");
	assert_says(c, "etc/app.conf", "one");
	assert_non_null(
	    strstr(hd_case_said(c, "note"), "etc/app.conf stays as it is: "));
}

/* A read of a fifo there would never end. */
static void
nothing_is_opened_where_others_can_write(void **state)
{
	struct hd_case *c = (struct hd_case *)*state;

	begin(c);
	hd_case_sh(c, "cd root; chmod 777 etc; cd etc; "
		      "rm app.conf same.conf; mkfifo app.conf gone.conf.0.1.0; "
		      "ln -s /dev/zero same.conf; mkdir -m 777 sub; "
		      "mkfifo sub/new.conf sub/new.conf.host-0.2.0");
	assert_int_equal(become(c, "a", "0.2.0"), 0);
	assert_says(c, "bin/tool", "two");
	assert_non_null(
	    strstr(hd_case_said(c, "note"), "etc/app.conf stays as it is: "));
	assert_int_equal(become(c, "b", "0.1.0"), 0);
	assert_says(c, "bin/tool", "one");
}

/* Settings of a host are often links into a folder that all versions share. */
static void
a_link_that_the_host_put_there_is_a_change_of_it(void **state)
{
	struct hd_case *c = (struct hd_case *)*state + hd_case_nshells - 1;

	begin(c);
	hd_case_sh(c, "cd root; mkdir shared; echo mine | tee shared/app.conf "
		      "shared/tool; ln -sf ../shared/app.conf etc/; "
		      "ln -sf ../shared/tool bin/");
	assert_int_equal(become(c, "a", "0.2.0"), 0);
	assert_says(c, "etc/app.conf", "mine");
	assert_says(c, "etc/app.conf.0.2.0", "two");
	assert_says(c, "shared/app.conf", "mine");
	assert_says(c, "bin/tool", "two");
	assert_int_equal(become(c, "b", "0.1.0"), 0);
	hd_case_sh(c, "cd root; test -L etc/app.conf; test -L bin/tool; "
		      "test ! -e etc/app.conf.0.2.0");
	assert_says(c, "shared/tool", "mine");
}

static void
a_folder_in_the_way_is_told_before_anything_changes(void **state)
{
	struct hd_case *c = (struct hd_case *)*state + hd_case_nshells - 1;

	begin(c);
	hd_case_sh(c, "mkdir root/bin/new");
	assert_int_equal(become(c, "a", "0.2.0"), 1);
	assert_non_null(strstr(hd_case_said(c, "failed"),
	    "bin/new is a folder, and 0.2.0 has a file of that name"));
	assert_says(c, "bin/tool", "one");
	assert_string_equal(
	    hd_case_line(c, "find root -name '*.hdeploy-new'"), "");
}

/* Files that unpacking adds, before it is known whether the version will boot.
 */
static void
what_a_version_added_goes_when_it_is_forgotten(void **state)
{
	struct hd_case *c = (struct hd_case *)*state;

	begin(c);
	hd_case_sh(c, "echo mine >root/bin/new; "
		      "rm -r root/releases/0.2.0");
	assert_int_equal(hd_case_operate(c, "a", "unpack", "0.2.0"), 0);
	/* as release_handler, which keeps existing files */
	hd_case_sh(c, "cp -rn new/* root/");
	assert_says(c, "etc/sub/new.conf", "new");
	assert_int_equal(hd_case_operate(c, "b", "discard", "0.2.0"), 0);
	assert_says(c, "etc/sub/new.conf", "");
	assert_says(c, "bin/new", "mine");
	assert_says(c, "bin/tool", "one");
}

/* As after an upgrade that was killed after unpacking. */
static void
what_another_version_brought_as_well_stays(void **state)
{
	struct hd_case *c = (struct hd_case *)*state + hd_case_nshells - 1;

	begin(c);
	hd_case_sh(c, "rm -r root/releases/0.2.0");
	assert_int_equal(hd_case_operate(c, "a", "unpack", "0.2.0"), 0);
	hd_case_sh(c, "cp -rn new/* root/; " MAKE
		      "make 0.3.0 bin/tool=three etc/sub/new.conf=new");
	assert_int_equal(become(c, "b", "0.3.0"), 0);
	assert_int_equal(hd_case_operate(c, "c", "discard", "0.2.0"), 0);
	assert_says(c, "etc/sub/new.conf", "new");
	assert_says(c, "bin/new", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(
		    a_version_brings_its_files_and_the_one_before_has_them_back),
		TEST_EACH(
		    an_edited_setting_stays_and_the_versions_own_is_beside_it),
		TEST_EACH(
		    an_edited_script_gives_way_is_kept_beside_and_comes_back),
		TEST_EACH(what_no_version_names_is_left_alone),
		TEST_EACH(a_change_that_was_cut_off_is_ended_or_taken_back),
		TEST_EACH(
		    files_that_an_older_version_left_are_no_changes_of_the_host),
		TEST_EACH(what_was_here_before_hdeploy_comes_back_too),
		TEST_EACH(modes_links_and_folders_belong_to_a_version_too),
		TEST_EACH(nothing_is_written_where_others_can_write),
		TEST_EACH(nothing_is_opened_where_others_can_write),
		TEST_EACH(a_link_that_the_host_put_there_is_a_change_of_it),
		TEST_EACH(a_folder_in_the_way_is_told_before_anything_changes),
		TEST_EACH(what_a_version_added_goes_when_it_is_forgotten),
		TEST_EACH(what_another_version_brought_as_well_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
