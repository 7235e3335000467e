#include "tests/support/cmocka_all.h"

#include "core/artifact/names.h"

#include <string.h>

static void
ordinary_names_are_fine(void **state)
{
	static const char *const good[] = { "a", "bin/demo", "lib/a-1.0/..x",
		"a/...", "a/.hidden", "a/.hdeploy/id", "with space", "-dash",
		"$(x)`y`", "\xc3\xa9t\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_null(hd_entry_problem(good[i]));
		assert_null(hd_link_problem(good[i]));
	}
}

static void
names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const bad[] = { "", "/", "/a", "..", "../a", "a/..",
		"a/../b", ".", "./a", "a/.", "a/./b", "a//b", "a/", "a\\b",
		"a\tb", "a\177", ".hdeploy", ".hdeploy/id", ".hdeployed",
		".ssh/x", "..." };
	static const char *const bad_links[] = { "", "/", "/a", "..", "../a",
		"a/../b", "a\\b", "a\nb" };
	char long_name[2000];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (hd_entry_problem(bad[i]) == NULL)
			fail_msg("%s", bad[i]);
	for (size_t i = 0; i < sizeof(bad_links) / sizeof(bad_links[0]); i++)
		if (hd_link_problem(bad_links[i]) == NULL)
			fail_msg("%s", bad_links[i]);
	memset(long_name, 'n', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	assert_non_null(hd_entry_problem(long_name));
}

static void
names_are_shown_on_one_short_line(void **state)
{
	char out[HD_SHOWN_MAX], name[1000];

	(void)state;
	assert_string_equal(hd_shown(out, "a\nb\033[2J"), "a?b?[2J");
	memset(name, 'n', sizeof(name));
	memcpy(name, "begin", 5);
	memcpy(name + sizeof(name) - 4, "end", 4);
	hd_shown(out, name);
	assert_true(strlen(out) < HD_SHOWN_MAX);
	assert_memory_equal(out, "begin", 5);
	assert_string_equal(out + strlen(out) - 3, "end");
	assert_non_null(strstr(out, "..."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_names_are_fine),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
		cmocka_unit_test(names_are_shown_on_one_short_line),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
