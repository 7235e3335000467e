#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <string.h>
#include <unistd.h>

/* What a repair does on a host, in each shell, to a release without a VM. */

/* 1.0 is on the host as it was pushed. */
#define PUSHED                                                                 \
	"h=$root/.hdeploy; n=$h/releases/1.0; "                                \
	"mkdir -p new/lib/a-1/ebin new/lib/a-1/priv new/releases/1.0 "         \
	"new/bin new/erts-9/bin $n $h/tarballs; cd new; "                      \
	"echo a >lib/a-1/ebin/a.beam; echo p >lib/a-1/priv/p; "                \
	"echo b >releases/1.0/start.boot; echo tool >bin/tool; "               \
	"echo erl >erts-9/bin/erlexec; chmod 755 bin/tool erts-9/bin/erlexec;" \
	"cp -R . $root/; echo '9 1.0' >$root/releases/start_erl.data; "        \
	"tar -czf $h/tarballs/1.0.tar.gz *; "                                  \
	"find * -type f | LC_ALL=C sort | xargs sha256sum >$n/manifest; "      \
	"{ echo sha256 $(sha256sum <$h/tarballs/1.0.tar.gz | cut -c1-64); "    \
	"echo manifest $(sha256sum <$n/manifest | cut -c1-64); } >$n/record; " \
	"echo 1.0 >$h/files; chmod -R go-w $root; chmod 700 $h; "

static void
begin(struct hd_case *c)
{
	c->call.driver = "script";
	hd_case_sh(c, PUSHED);
}

static int
restore(struct hd_case *c, const char *id)
{
	hd_case_args(c, "change", id, NULL);
	return hd_case_operate(c, id, "repair_files", "1.0");
}

/* One word for all files of the release, with their modes and ids. */
#define TREE                                                                   \
	"cd root && find . -path ./.hdeploy -prune -o -exec ls -lid {} + | "   \
	"sed 's/[A-Z][a-z]* [ 0-9]* [0-9:]* [.]/./' | sha256sum"

static void
assert_tree(struct hd_case *c, const char *was)
{
	assert_string_equal(hd_case_line(c, TREE), was);
}

#define assert_says(c, file, text)                                             \
	assert_string_equal(                                                   \
	    hd_case_line(c, "cat root/" file " 2>/dev/null"), text)

static void
missing_and_damaged_files_return_and_others_stay(void **state)
{
	EACH_SHELL(c, state)
	{
		char kept[64];

		begin(c);
		strcpy(kept,
		    hd_case_line(c, "ls -i root/releases/1.0/start.boot"));
		hd_case_sh(c, "cd root; rm bin/tool; rm -r lib/a-1/priv; "
			      "echo bad >lib/a-1/ebin/a.beam; "
			      "chmod 600 lib/a-1/ebin/a.beam; "
			      "echo mine >erts-9/own");
		assert_int_equal(restore(c, "a"), 0);
		assert_says(c, "lib/a-1/ebin/a.beam", "a");
		assert_says(c, "lib/a-1/priv/p", "p");
		assert_says(c, "bin/tool", "tool");
		assert_says(c, "erts-9/own", "mine");
		hd_case_sh(c, "test -x root/bin/tool");
		assert_string_equal(
		    hd_case_line(c, "ls -i root/releases/1.0/start.boot"),
		    kept);
		assert_says(c,
		    ".hdeploy/snapshots/a/replaced/lib/a-1/ebin/a.beam", "bad");
		assert_string_equal(
		    hd_case_line(c, "ls -d root/.hdeploy/tmp 2>/dev/null"), "");
	}
}

static void
a_file_that_is_open_keeps_its_content(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "cd root; echo bad >lib/a-1/ebin/a.beam; "
			      "mkfifo ../go; "
			      "(cat ../go >/dev/null; cat) "
			      "<lib/a-1/ebin/a.beam >../read 2>/dev/null & ");
		assert_int_equal(restore(c, "a"), 0);
		hd_case_sh(c, "echo >go; until [ -s read ]; do :; done");
		assert_string_equal(hd_case_line(c, "cat read"), "bad");
		assert_says(c, "lib/a-1/ebin/a.beam", "a");
	}
}

static void
nothing_is_written_through_a_link(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "mkdir out; echo theirs >out/p; cd root; "
			      "rm -r lib/a-1/priv; ln -s ../../../out "
			      "lib/a-1/priv; rm ../out/p");
		assert_int_equal(restore(c, "a"), 1);
		assert_non_null(strstr(
		    hd_case_said(c, "failed"), "lib/a-1/priv is a link"));
		assert_string_equal(hd_case_line(c, "ls out"), "");
		/* a link in place of the file itself */
		hd_case_sh(c, "echo theirs >out/x; cd root; rm lib/a-1/priv; "
			      "mkdir lib/a-1/priv; ln -s ../../../../out "
			      "lib/a-1/priv/p");
		assert_int_equal(restore(c, "b"), 0);
		assert_says(c, "lib/a-1/priv/p", "p");
		assert_string_equal(hd_case_line(c, "ls out"), "x");
		assert_string_equal(
		    hd_case_line(c, "readlink root/.hdeploy/snapshots/b/"
				    "replaced/lib/a-1/priv/p"),
		    "../../../../out");
	}
}

static void
a_pipe_is_replaced_and_a_folder_stays(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "cd root; rm bin/tool lib/a-1/priv/p; "
			      "mkfifo bin/tool lib/a-1/priv/p");
		assert_int_equal(restore(c, "a"), 0);
		assert_says(c, "bin/tool", "tool");
		assert_says(c, "lib/a-1/priv/p", "p");
		hd_case_sh(c, "cd root; rm bin/tool; mkdir bin/tool; "
			      "echo mine >bin/tool/x");
		assert_int_equal(restore(c, "b"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "bin/tool is a folder, and the release has a file of that "
		    "name: move the folder away"));
		assert_says(c, "bin/tool/x", "mine");
	}
}

static void
a_folder_that_others_can_write_to_gets_no_file(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "cd root; rm lib/a-1/priv/p; "
			      "chmod 777 lib/a-1/priv");
		assert_int_equal(restore(c, "a"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "can be written to by everybody"));
		assert_says(c, "lib/a-1/priv/p", "");
	}
}

static void
a_tarball_that_was_exchanged_restores_nothing(void **state)
{
	EACH_SHELL(c, state)
	{
		char was[80];

		begin(c);
		hd_case_sh(c, "cd root; echo bad >lib/a-1/ebin/a.beam; "
			      "tar -czf .hdeploy/tarballs/1.0.tar.gz bin");
		strcpy(was, hd_case_line(c, TREE));
		assert_int_equal(restore(c, "a"), 1);
		assert_non_null(strstr(
		    hd_case_said(c, "failed"), "was changed since it was"));
		assert_tree(c, was);
	}
}

static void
a_lost_manifest_is_made_again_and_only_the_right_one(void **state)
{
	EACH_SHELL(c, state)
	{
		char was[80];

		begin(c);
		strcpy(was,
		    hd_case_line(c, "sha256sum <root/.hdeploy/releases/1.0/"
				    "manifest"));
		hd_case_sh(c, "rm root/.hdeploy/releases/1.0/manifest");
		assert_int_equal(restore(c, "a"), 0);
		assert_string_equal(
		    hd_case_line(c, "sha256sum <root/.hdeploy/releases/1.0/"
				    "manifest"),
		    was);
		hd_case_sh(
		    c, "sed -i '1d' root/.hdeploy/releases/1.0/manifest");
		assert_int_equal(restore(c, "b"), 0);
		assert_string_equal(
		    hd_case_line(c, "sha256sum <root/.hdeploy/releases/1.0/"
				    "manifest"),
		    was);
		hd_case_sh(c, "cd root/.hdeploy/releases/1.0; rm manifest; "
			      "sed -i '/^manifest/s/ .*/ 0/' record");
		assert_int_equal(restore(c, "c"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "the manifest made from the tarball of 1.0 is not the "
		    "pushed one"));
		assert_says(c, ".hdeploy/releases/1.0/manifest", "");
	}
}

static void
leftovers_go_and_nothing_else(void **state)
{
	EACH_SHELL(c, state)
	{
		char was[80];

		begin(c);
		/* 2.0 is only pushed: its tarball waits for an unpack; old is a
		 * folder of a person */
		hd_case_sh(c, "cd root; mkdir releases/2.0 releases/old; "
			      "echo x >releases/old/sys.config; "
			      "ln .hdeploy/tarballs/1.0.tar.gz "
			      "releases/2.0/hotcode.tar.gz");
		strcpy(was, hd_case_line(c, TREE));
		hd_case_sh(c,
		    "cd root/.hdeploy; mkdir tmp snapshot.new "
		    "releases/3.0 releases/1.0/loose.new; "
		    "echo x | tee tmp/x releases/3.0/tarball.part "
		    "files.new releases/1.0/loose.new/x "
		    "../releases/RELEASES.new "
		    "../bin/tool.hdeploy-new >/dev/null; "
		    "mkdir releases/4.0 ../releases/4.0; echo >../releases/4.0/sys");
		assert_int_equal(
		    hd_case_operate(c, "a", "repair_tidy", "1.0"), 0);
		assert_tree(c, was);
		assert_string_equal(
		    hd_case_line(c, "cd root/.hdeploy; ls -d tmp snapshot.new "
				    "releases/3.0 releases/1.0/loose.new "
				    "files.new 2>/dev/null"),
		    "");
		assert_says(c, ".hdeploy/files", "1.0");
		/* again: nothing to do */
		assert_int_equal(
		    hd_case_operate(c, "b", "repair_tidy", "1.0"), 0);
		assert_string_equal(c->output.ptr, "");
	}
}

/* Without root nothing can belong to another user. */
static void
files_of_others_are_taken_but_for_programs_that_run_as_them(void **state)
{
	if (geteuid() != 0)
		skip();
	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "cd root/lib/a-1/priv; mkfifo pipe; echo x >x; "
			      "chown 12345 p x pipe; chmod 4755 x");
		assert_int_equal(
		    hd_case_operate(c, "a", "repair_own", "1.0"), 0);
		assert_string_equal(
		    hd_case_line(c, "cd root/lib/a-1/priv; "
				    "echo $(stat -c %u.%a p x)"),
		    "0.644 12345.4755");
	}
}

static void
a_lost_boot_file_is_written_again(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "rm root/releases/start_erl.data");
		assert_int_equal(
		    hd_case_operate(c, "a", "repair_boot", "1.0"), 0);
		assert_says(c, "releases/start_erl.data", "9 1.0");
		hd_case_sh(c, "rm root/erts-9/bin/erlexec; "
			      "rm root/releases/start_erl.data");
		assert_int_equal(
		    hd_case_operate(c, "b", "repair_boot", "1.0"), 1);
		assert_says(c, "releases/start_erl.data", "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(missing_and_damaged_files_return_and_others_stay),
		TEST_EACH(a_file_that_is_open_keeps_its_content),
		TEST_EACH(nothing_is_written_through_a_link),
		TEST_EACH(a_pipe_is_replaced_and_a_folder_stays),
		TEST_EACH(a_folder_that_others_can_write_to_gets_no_file),
		TEST_EACH(a_tarball_that_was_exchanged_restores_nothing),
		TEST_EACH(a_lost_manifest_is_made_again_and_only_the_right_one),
		TEST_EACH(leftovers_go_and_nothing_else),
		TEST_EACH(
		    files_of_others_are_taken_but_for_programs_that_run_as_them),
		TEST_EACH(a_lost_boot_file_is_written_again),
	};

	return cmocka_run_group_tests_name("remote repair", tests, NULL, NULL);
}
