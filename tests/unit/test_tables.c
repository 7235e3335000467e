/* Each thing has its row in every table that knows of it: a new one without
 * them fails here. */
#include "tests/support/cmocka_all.h"

#include "core/inventory/types.h"
#include "core/plan/driver.h"
#include "core/remote/compose.h"
#include "core/remote/scripts.h"
#include "core/rollout/step.h"

#include <stdio.h>
#include <string.h>

static bool
is_script(const char *name)
{
	for (size_t i = 0; hd_scripts[i].name != NULL; i++) {
		if (strcmp(hd_scripts[i].name, name) == 0)
			return true;
	}
	return false;
}

static void
every_goal_has_a_name_and_a_planner(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_GOALS; i++) {
		if (hd_goals[i].name == NULL || hd_goals[i].planner == NULL)
			fail_msg("goal %zu has no row", i);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
			    hd_goals[i].name, hd_goals[k].name);
	}
}

static void
every_step_has_a_name_and_either_a_script_or_a_function(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_STEP_KINDS; i++) {
		const struct hd_step_effect *e = &hd_step_effects[i];

		if (hd_steps[i].name == NULL)
			fail_msg("step %zu has no name", i);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
			    hd_steps[i].name, hd_steps[k].name);
		if ((e->script != NULL) == (e->run != NULL))
			fail_msg(
			    "%s: a script or a function", hd_steps[i].name);
		if (e->script != NULL && !is_script(e->script))
			fail_msg("%s: no core/remote/%s.sh", hd_steps[i].name,
			    e->script);
	}
}

/* As operate() of step.c gives them. */
static void
check_arguments(enum hd_step_kind kind, bool watched)
{
	const struct hd_step_effect *e = &hd_step_effects[kind];
	const struct hd_host host = { .name = "web1" };
	struct hd_site site = { .host = &host, .change = "a1" };
	const struct hd_plan plan = { .back = "1.0" };
	const struct hd_attempt attempt = { .site = &site, .plan = &plan };
	const struct hd_step step = {
		.kind = kind, .version = "1.1", .watched = watched
	};
	struct hd_call call = { .script = e->script, .root = "/r", .app = "a" };
	HD_AUTO_ARENA words = { 0 };
	HD_AUTO_SHELL text = HD_SHELL_INIT;
	struct hd_err err;

	hd_call_set(&call, "version", step.version);
	if (e->give != NULL)
		e->give(&call, &attempt, &step, &words);
	assert_hd_ok(hd_compose_ask(&call, "n", &text, &err), &err);
}

static void
every_step_gives_its_script_the_arguments_that_it_states(void **state)
{
	(void)state;
	for (enum hd_step_kind i = 0; i < HD_STEP_KINDS; i++) {
		if (hd_step_effects[i].script == NULL)
			continue;
		check_arguments(i, false);
		check_arguments(i, true);
	}
}

static void
every_hook_is_called_by_its_name_in_deploy_ini(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_HOOKS; i++) {
		char title[64];

		assert_non_null(hd_hook_names[i]);
		assert_non_null(hd_hook_rows[i].title);
		snprintf(title, sizeof(title), "hook %s", hd_hook_names[i]);
		assert_string_equal(hd_hook_rows[i].title, title);
	}
}

static void
every_hook_is_in_plans_around_hosts_and_waves_or_for_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_HOOKS; i++) {
		const char *name = hd_hook_names[i];
		bool around = strstr(name, "_wave") != NULL ||
			      strstr(name, "_host") != NULL;

		assert_int_equal(hd_hook_rows[i].side == HD_HOOK_NOWHERE,
		    i == HD_HOOK_ON_FAILURE);
		assert_int_equal(
		    hd_hook_rows[i].side == HD_HOOK_AROUND, around);
		assert_int_equal(hd_hook_rows[i].after,
		    strncmp(name, "after_", strlen("after_")) == 0);
	}
}

static void
every_driver_that_deploy_ini_accepts_has_a_row_and_a_script(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_DRIVERS; i++) {
		const char *name = hd_driver_names[i];

		assert_non_null(name);
		if (hd_driver_find(name)->sasl == NULL)
			fail_msg("driver %s has no row", name);
		if (!is_script(name))
			fail_msg("no core/remote/%s.sh", name);
		if (strstr(hd_type_driver.rule, name) == NULL)
			fail_msg("%s: the key does not name it", name);
	}
	assert_null(hd_driver_names[HD_DRIVERS]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_goal_has_a_name_and_a_planner),
		cmocka_unit_test(
		    every_step_has_a_name_and_either_a_script_or_a_function),
		cmocka_unit_test(
		    every_step_gives_its_script_the_arguments_that_it_states),
		cmocka_unit_test(
		    every_hook_is_called_by_its_name_in_deploy_ini),
		cmocka_unit_test(
		    every_hook_is_in_plans_around_hosts_and_waves_or_for_failures),
		cmocka_unit_test(
		    every_driver_that_deploy_ini_accepts_has_a_row_and_a_script),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
