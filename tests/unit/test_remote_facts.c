#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include "core/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What facts.sh says of files that are damaged. */
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
			assert_string_equal(hd_case_said(c, "lib"),
			    "kernel-9.0 " DIGEST " 1.0,1.1");
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

/* erl_call could do nothing there. */
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
		    "this host knows no address of localhost, nor of its own "
		    "name, "));
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
	};

	return cmocka_run_group_tests_name("facts.sh", tests, NULL, NULL);
}
