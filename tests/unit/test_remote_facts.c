#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include "core/base/alloc.h"
#include "core/plan/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The facts about damaged files. */
#define DIGEST                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define RECORD "identity ab\\nsha256 cd\\nsize 5\\nlib kernel-9.0 " DIGEST "\\n"

static void
make_records(struct hd_case *c)
{
	hd_case_sh(c, "mkdir root; cd root; for v in 1.0 1.1; do "
		      "mkdir -p releases/$v .hdeploy/releases/$v; "
		      "touch releases/$v/start.boot; "
		      "printf '" RECORD "' >.hdeploy/releases/$v/record; done; "
		      "chmod 700 .hdeploy");
}

static void
one_damaged_record_hides_no_libraries_of_the_others(void **state)
{
	static const char *const damage[] = {
		"mkdir -p root/.hdeploy/releases/1.01/record",
		"cd root/.hdeploy/releases/1.01; rmdir record; "
		"ln -s nowhere record",
	};

	EACH_SHELL(c, state)
	{
		make_records(c);
		for (size_t i = 0; i < HD_COUNT(damage); i++) {
			hd_case_sh(c, damage[i]);
			assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
			assert_string_equal(hd_case_said(c, "libs"),
			    "1.0,1.1 kernel-9.0 " DIGEST);
		}
	}
}

static void
a_folder_with_line_breaks_is_no_version_and_hides_none(void **state)
{
	EACH_SHELL(c, state)
	{
		make_records(c);
		hd_case_sh(c,
		    "d=$(printf 'root/releases/a\\n\\n2.0'); "
		    "mkdir \"$d\"; touch \"$d/start.boot\"; "
		    "touch -d 2001-01-01 root/releases/1.*/* "
		    "root/.hdeploy/releases/1.*/record; "
		    "touch -d 2002-01-01 root/releases/1.1/start.boot");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "newest"), "1.1");
	}
}

/* erl_call does not work on such a host. */
static void
a_host_that_resolves_no_name_of_its_own_is_refused(void **state)
{
	HD_AUTO_FREE char *path = hd_strdup(getenv("PATH"));

	EACH_SHELL(c, state)
	{
		char with[4096];

		hd_case_sh(c,
		    "mkdir root; printf '#!/bin/sh\nexit 2\n' >getent; "
		    "chmod +x getent");
		snprintf(with, sizeof(with), "%s:%s", c->folder, path);
		setenv("PATH", with, 1);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		setenv("PATH", path, 1);
		assert_non_null(strstr(hd_case_said(c, "refusal"),
		    "this host knows no address of localhost or of its own "
		    "name, "));
	}
}

/* As after a clock was set back: the times show the wrong order. */
static void
the_newest_version_and_snapshot_have_the_highest_number(void **state)
{
	EACH_SHELL(c, state)
	{
		make_records(c);
		hd_case_sh(c, "cd root/.hdeploy; mkdir -p releases/1.2; "
			      "cp releases/1.1/record releases/1.2; "
			      "echo 5 >releases/1.0/number; "
			      "echo 7 >releases/1.1/number; "
			      "echo 6 >releases/1.2/number; "
			      "touch -d 2002-01-01 releases/1.1/record "
			      "../releases/1.1/start.boot; "
			      "for n in 9 10; do mkdir -p snapshots/s$n; "
			      "echo 13.1 1.$n >snapshots/s$n/start_erl.data; "
			      "echo $n >snapshots/s$n/number; done; "
			      "touch -d 2002-01-01 snapshots/s10");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "newest"), "1.1");
		assert_string_equal(hd_case_said(c, "snapshot"), "s10 1.10");
		/* pushed by an earlier hdeploy, after the others */
		hd_case_sh(c,
		    "cd root/.hdeploy; mkdir -p releases/1.3 "
		    "snapshots/old; cp releases/1.1/record releases/1.3; "
		    "cp snapshots/s9/start_erl.data snapshots/old; "
		    "touch -d 2003-01-01 snapshots/s*");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "newest"), "1.3");
		assert_string_equal(hd_case_said(c, "snapshot"), "old 1.9");
	}
}

/* hd_facts_only_full() and facts.sh agree. */
static void
a_brief_answer_lacks_only_facts_about_what_is_here(void **state)
{
	EACH_SHELL(c, state)
	{
		HD_AUTO_STR brief = HD_STR_INIT(4096);

		make_records(c);
		hd_case_args(
		    c, "now", "1", "goal", "2.0", "brief", "yes", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "brief"), "yes");
		for (size_t i = 0; i < c->reply.facts.n; i++) {
			const char *key = c->reply.facts.v[i].name;

			assert_false(hd_facts_only_full(key));
			hd_str_addf(&brief, " %s ", key);
		}
		hd_case_args(c, "now", "1", "goal", "2.0", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "brief"), "");
		for (size_t i = 0; i < c->reply.facts.n; i++) {
			HD_AUTO_STR key = HD_STR_INIT(64);

			hd_str_addf(&key, " %s ", c->reply.facts.v[i].name);
			if (strstr(brief.ptr, key.ptr) == NULL &&
			    !hd_facts_only_full(c->reply.facts.v[i].name))
				fail_msg("a brief answer has no%s", key.ptr);
		}
	}
}

static void
an_answer_is_not_brief_if_anything_of_the_version_is_here(void **state)
{
	static const char *const here[] = { "releases/2.0",
		".hdeploy/releases/2.0", ".hdeploy/change" };

	EACH_SHELL(c, state)
	{
		for (size_t i = 0; i < HD_COUNT(here); i++) {
			char line[128];

			make_records(c);
			snprintf(line, sizeof(line), "ln -s nowhere root/%s",
			    here[i]);
			hd_case_sh(c, line);
			hd_case_args(c, "goal", "2.0", "brief", "yes", NULL);
			assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
			assert_string_equal(hd_case_said(c, "brief"), "");
			hd_case_sh(c, "rm -rf root");
		}
		hd_case_args(c, "goal", "2.0", "brief", "yes", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "brief"), "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(one_damaged_record_hides_no_libraries_of_the_others),
		TEST_EACH(
		    a_folder_with_line_breaks_is_no_version_and_hides_none),
		TEST_EACH(a_host_that_resolves_no_name_of_its_own_is_refused),
		TEST_EACH(
		    the_newest_version_and_snapshot_have_the_highest_number),
		TEST_EACH(a_brief_answer_lacks_only_facts_about_what_is_here),
		TEST_EACH(
		    an_answer_is_not_brief_if_anything_of_the_version_is_here),
	};

	return cmocka_run_group_tests_name("facts.sh", tests, NULL, NULL);
}
