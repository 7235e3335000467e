#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include "core/base/alloc.h"

#include <string.h>

/* The facts about a change from 1.0 to another version: what differs between
 * the files `modules` of both. */

#define RECORD "identity ab\\nsha256 cd\\nsize 5\\n"

static struct hd_pair says_running[] = { { "running", "echo 1.0" } };
static const struct hd_pairs running = { says_running, 1, 0 };

static void
make_root(struct hd_case *c, const char *from, const char *to)
{
	HD_AUTO_STR line = HD_STR_INIT(16 * 1024);

	hd_str_addf(&line,
	    "mkdir root; cd root; for v in 1.0 1.1; do "
	    "mkdir -p releases/$v .hdeploy/releases/$v; "
	    "touch releases/$v/start.boot; "
	    "printf '" RECORD "' >.hdeploy/releases/$v/record; done; "
	    "chmod 700 .hdeploy; "
	    "printf 'lib app-1.0 aa\\nlib stdlib-4.2 bb\\n' "
	    ">>.hdeploy/releases/1.0/record; "
	    "printf '%s' >.hdeploy/releases/1.0/modules; "
	    "printf '%s' >.hdeploy/releases/1.1/modules",
	    from, to);
	hd_case_sh(c, line.ptr);
	c->call.commands = &running;
}

/* The lines with this key, joined by "; ". */
static void
list(const struct hd_case *c, const char *key, struct hd_str *out)
{
	for (size_t i = 0; i < c->reply.facts.n; i++) {
		const struct hd_pair *line = &c->reply.facts.v[i];

		if (strcmp(line->name, key) == 0)
			hd_str_addf(
			    out, "%s%s", out->len > 0 ? "; " : "", line->value);
	}
}

static void
expect(const struct hd_case *c, const char *key, const char *wanted)
{
	HD_AUTO_STR found = HD_STR_INIT(64 * 1024);

	list(c, key, &found);
	assert_string_equal(found.ptr, wanted);
}

static void
ask(struct hd_case *c, const char *target, const char *libs)
{
	hd_reply_done(&c->reply);
	hd_case_args(c, "target", target, "libs", libs, NULL);
	assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
}

#define FROM                                                                   \
	"module app-1.0 changed d1\\nmodule app-1.0 gone d2\\n"                \
	"module app-1.0 same d3\\nmodule stdlib-4.2 lists d4\\n"
#define TO                                                                     \
	"module app-1.1 changed d9\\nmodule app-1.1 fresh d5\\n"               \
	"module app-1.1 same d3\\nmodule stdlib-4.2 lists d4\\n"               \
	"module consolidated changed d6\\nmodule consolidated same d7\\n"      \
	"way up 1.0\\ndoes changed lba\\ndoes gone r\\n"                       \
	"way down 1.0\\nway up 0.9\\ndoes changed r\\n"

static void
only_modules_and_ways_of_the_two_versions_are_told(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c, FROM, TO);
		ask(c, "1.1", NULL);
		expect(c, "proved", "1.1");
		expect(c, "known", "1.0 yes; 1.1 yes");
		expect(c, "modules",
		    "1.0 app-1.0 changed d1; 1.0 app-1.0 gone d2; "
		    "1.1 app-1.1 changed d9; 1.1 consolidated changed d6; "
		    "1.1 app-1.1 fresh d5");
		expect(c, "effects",
		    "1.1 up 1.0 - -; 1.1 up 1.0 changed lba; "
		    "1.1 up 1.0 gone r; 1.1 down 1.0 - -");
	}
}

static void
a_status_asks_for_nothing(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c, FROM, TO);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		expect(c, "proved", "");
		expect(c, "modules", "");
		ask(c, "1.0", NULL); /* it runs */
		expect(c, "proved", "");
		ask(c, "../../etc", NULL);
		expect(c, "proved", "");
	}
}

static void
of_a_version_that_is_not_here_other_libraries_are_told(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c, FROM, TO);
		ask(c, "1.2",
		    "lib app-1.2 cc\nlib stdlib-4.2 bb\nway up 1.0\n"
		    "does changed l\n");
		expect(c, "known", "1.0 yes");
		expect(c, "modules",
		    "1.0 app-1.0 changed d1; 1.0 app-1.0 gone d2; "
		    "1.0 app-1.0 same d3");
		expect(c, "effects", "1.2 up 1.0 - -; 1.2 up 1.0 changed l");
		ask(c, "1.2", "lib app-1.2 cc\nlib stdlib-4.2 b0\n");
		assert_non_null(strstr(hd_case_said(c, "known"), "1.0"));
	}
}

static void
a_rollback_is_asked_about_the_version_that_it_goes_to(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c, FROM, TO);
		ask(c, "-", NULL);
		expect(c, "proved", "");
		hd_case_sh(c, "cd root; printf '13.1 1.0' "
			      ">releases/start_erl.data; printf "
			      "'{\"id\":\"a\",\"command\":\"upgrade\","
			      "\"from\":\"1.1\",\"to\":\"1.0\"}\\n' "
			      ">.hdeploy/history.jsonl");
		ask(c, "-", NULL);
		expect(c, "proved", "1.1");
		hd_case_sh(c, "printf '13.1 1.1' >root/releases/start_erl.data;"
			      "rm root/.hdeploy/history.jsonl");
		ask(c, "-", NULL);
		expect(c, "proved", "1.1");
	}
}

/* Nothing of it becomes another fact, or Erlang. */
static void
a_damaged_file_is_read_as_far_as_it_makes_sense(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c, FROM,
		    "module app-1.1 a\\047),halt(). d1\\nmodule a b\\n"
		    "module app-1.1 x nothex\\nmodule app-1.1 ok d1 d2\\n"
		    "vm_state up\\nway sideways 1.0\\ndoes x l\\n"
		    "way up 1.0\\ndoes y L!\\ndoes z l l\\ndoes q l\\n"
		    "module app-1.1 same d3");
		ask(c, "1.1", NULL);
		expect(c, "known", "1.0 yes; 1.1 yes");
		expect(c, "vm_state", "up");
		expect(c, "effects", "1.1 up 1.0 - -; 1.1 up 1.0 q l");
		hd_case_sh(c, "cd root/.hdeploy/releases/1.1; rm modules; "
			      "mkdir modules");
		ask(c, "1.1", NULL);
		expect(c, "known", "1.0 yes");
		hd_case_sh(c, "rm root/.hdeploy/releases/1.0/modules");
		ask(c, "1.1", NULL);
		expect(c, "known", "");
		expect(c, "proved", "1.1");
	}
}

static void
too_many_differences_are_not_compared(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c, FROM, TO);
		hd_case_sh(c, "awk 'BEGIN { for (i = 0; i < 9000; i++) print "
			      "\"module app-1.1 m\" i, \"d1\" }' "
			      ">>root/.hdeploy/releases/1.1/modules");
		ask(c, "1.1", NULL);
		expect(c, "known", "");
		expect(c, "modules", "");
	}
}

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* An upload that is not whole must not cost the version that is here. */
static void
damaged_modules_leave_the_record_as_it_was(void **state)
{
	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_sh(c, "n=$root/.hdeploy/releases/1.0; mkdir -p $n; "
			      "chmod -R go-rwx $root; echo old >$n/record; "
			      ": >$n/tarball.part; echo cut >$n/upload.part");
		hd_case_args(c, "size", "0", "identity", "a", "sums",
		    "tarball " EMPTY "\nmanifest " EMPTY "\nmodules " EMPTY
		    "\n",
		    "recipe", "manifest upload 1 0\nmodules upload 1 4\n",
		    NULL);
		assert_int_equal(hd_case_operate(c, "a", "receive", "1.0"), 1);
		assert_string_equal(
		    hd_case_line(c, "cat root/.hdeploy/releases/1.0/record"),
		    "old");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(only_modules_and_ways_of_the_two_versions_are_told),
		TEST_EACH(a_status_asks_for_nothing),
		TEST_EACH(
		    of_a_version_that_is_not_here_other_libraries_are_told),
		TEST_EACH(
		    a_rollback_is_asked_about_the_version_that_it_goes_to),
		TEST_EACH(a_damaged_file_is_read_as_far_as_it_makes_sense),
		TEST_EACH(too_many_differences_are_not_compared),
		TEST_EACH(damaged_modules_leave_the_record_as_it_was),
	};

	return cmocka_run_group_tests_name("remote_proof", tests, NULL, NULL);
}
