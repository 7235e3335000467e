#include "tests/support/cmocka_all.h"

#include "core/plan/explain_private.h"

#include <string.h>

static void
every_step_of_a_plan_has_a_reason(void **state)
{
	HD_AUTO_ARENA words = { 0 };
	const struct hd_app app = { .name = "hotcode", .driver = "relx" };
	const struct hd_host host = { .name = "web1", .soak = 60000 };
	const struct hd_goal goal = { .kind = HD_GOAL_UPGRADE };
	struct hd_facts facts = { .boot = "0.1.0" };
	struct hd_plan plan = { .n = HD_STEP_KINDS };
	struct hd_statements said = { 0 };
	struct hd_explaining x = {
		.p = { .out = &plan,
		    .words = &words,
		    .app = &app,
		    .host = &host,
		    .driver = hd_driver_find("relx"),
		    .goal = &goal,
		    .facts = &facts },
		.out = &said,
	};

	(void)state;
	assert_in_range(HD_STEP_KINDS, 1, HD_PLAN_MAX);
	for (size_t i = 0; i < HD_STEP_KINDS; i++)
		plan.steps[i] = (struct hd_step){ .kind = (enum hd_step_kind)i,
			.version = "0.2.0" };
	hd_explain_steps(&x);
	assert_int_equal(said.n, HD_STEP_KINDS);
	for (size_t i = 0; i < said.n; i++) {
		const char *colon = strstr(said.v[i].text, ": ");

		if (colon == NULL || strlen(colon) < 10)
			fail_msg("explain_steps.c: no reason for \"%s\"",
			    said.v[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_of_a_plan_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
