#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

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

#define DOWN                                                                   \
	"user deploy\nsystem Linux\nroot_exists yes\ndisk_free 1000000\n"      \
	"boot 0.1.0\nunpacked 0.1.0\nvm_state down\n"

static const struct hd_app app = { .name = "hotcode", .driver = "relx" };

static void
stops_come_first_and_notes_last(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_findings found = { 0 };
	struct hd_facts *f = facts_from_text(
	    DOWN "no_tunnel yes\n"
		 "clock_ahead 999\nselinux yes\nmounted ext4 noexec\n");
	const struct hd_goal goal = { .kind = HD_GOAL_STATUS };
	const struct hd_host host = { .name = "web1", .path = "/srv/h" };

	(void)state;
	hd_findings(&found, &arena, &app, &host, &goal, f);
	assert_int_equal(found.n, 3);
	assert_string_equal(found.v[0].name, "mount-noexec");
	assert_string_equal(found.v[1].name, "clock-off");
	assert_string_equal(found.v[2].name, "selinux-enforcing");
	hd_facts_free(f);
}

static void
an_ignored_finding_neither_shows_nor_stops(void **state)
{
	static const char *ignored[] = { "mount-noexec", "tool-missing" };
	const struct hd_goal goal = { .kind = HD_GOAL_START };
	struct hd_host host = {
		.name = "web1", .env_name = "prod", .path = "/srv/h"
	};
	struct hd_facts *f = facts_from_text(DOWN "mounted ext4 noexec\n");
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_REFUSED);
	assert_non_null(strstr(plan.reason, "(mount-noexec)"));
	host.ignore.v = ignored;
	host.ignore.n = 2;
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	hd_facts_free(f);
	f = facts_from_text(DOWN "missing tar\n"); /* always counts */
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_REFUSED);
	hd_facts_free(f);
}

static void
a_stop_refuses_only_goals_that_write(void **state)
{
	const struct hd_host host = { .name = "web1", .path = "/srv/h" };
	const struct hd_goal command = { .kind = HD_GOAL_COMMAND,
		.command = "true" };
	struct hd_facts *f = facts_from_text(DOWN "mounted ext4 noexec\n");
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &command, f);
	assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	hd_facts_free(f);
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
		cmocka_unit_test(stops_come_first_and_notes_last),
		cmocka_unit_test(an_ignored_finding_neither_shows_nor_stops),
		cmocka_unit_test(a_stop_refuses_only_goals_that_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
