#include "tests/support/cmocka_all.h"

#include "core/base/fs.h"
#include "core/base/str.h"
#include "core/plan/finding.h"

#include <stdio.h>
#include <string.h>

static bool
can_be_ignored(const char *name)
{
	for (size_t i = 0; hd_finding_names[i] != NULL; i++)
		if (strcmp(hd_finding_names[i], name) == 0)
			return true;
	return false;
}

static bool
has_row(const char *name)
{
	struct hd_finding one;

	for (size_t i = 0; hd_finding_row(i, &one); i++)
		if (strcmp(one.name, name) == 0)
			return true;
	return false;
}

static void
every_finding_has_a_name_of_its_own(void **state)
{
	struct hd_finding one, other;

	(void)state;
	for (size_t i = 0; hd_finding_row(i, &one); i++)
		for (size_t k = 0; k < i && hd_finding_row(k, &other); k++)
			assert_string_not_equal(one.name, other.name);
}

static void
deploy_ini_can_ignore_every_finding_but_those_that_always_count(void **state)
{
	struct hd_finding one;

	(void)state;
	for (size_t i = 0; hd_finding_row(i, &one); i++)
		if (can_be_ignored(one.name) == one.always)
			fail_msg("%s: core/inventory/findings.c", one.name);
	for (size_t i = 0; hd_finding_names[i] != NULL; i++)
		if (!has_row(hd_finding_names[i]))
			fail_msg("no row for %s", hd_finding_names[i]);
}

static void
docs_findings_md_explains_every_finding_with_its_weight(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(256 * 1024);
	struct hd_finding one;
	struct hd_err err;
	size_t n = 0, lines = 0;

	(void)state;
	assert_hd_ok(hd_fs_read("docs/findings.md", &text, &err), &err);
	for (; hd_finding_row(n, &one); n++) {
		char line[128];

		snprintf(line, sizeof(line), "\n| `%s`%s | %s | ", one.name,
		    one.always ? " *" : "", hd_weight_names[one.weight]);
		if (strstr(text.ptr, line) == NULL)
			fail_msg("docs/findings.md has no line \"%s\"", line);
	}
	for (const char *p = text.ptr; (p = strstr(p, "\n| `")) != NULL; p++)
		lines++;
	assert_int_equal(lines, n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_has_a_name_of_its_own),
		cmocka_unit_test(
		    deploy_ini_can_ignore_every_finding_but_those_that_always_count),
		cmocka_unit_test(
		    docs_findings_md_explains_every_finding_with_its_weight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
