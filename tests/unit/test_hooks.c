/* Fleets whose host names do not fit into the variables of a hook. */
#include "tests/support/cmocka_all.h"

#include "core/rollout/hooks.h"

#include <stdlib.h>
#include <string.h>

enum { HOSTS = 6, LENGTH = 30000 };

struct world {
	char names[HOSTS][LENGTH];
	struct hd_hook hook;
	struct hd_env env;
	struct hd_run run;
	struct hd_host hosts[HOSTS];
	struct hd_site sites[HOSTS], *list[HOSTS];
};

static const size_t one_wave[] = { HOSTS };
static const size_t two_waves[] = { 2, HOSTS - 2 };

static struct world *
world_new(enum hd_hook_name name)
{
	struct world *w = hd_alloc(sizeof(*w));

	w->hook = (struct hd_hook){ name, HD_HOOK_LOCAL, "true" };
	w->env = (struct hd_env){ .name = "lab", .hooks = { &w->hook, 1, 1 } };
	w->run = (struct hd_run){ .env = &w->env };
	for (size_t i = 0; i < HOSTS; i++) {
		memset(w->names[i], 'a' + (int)i, LENGTH - 1);
		w->hosts[i].name = w->names[i];
		hd_site_init(&w->sites[i], &w->run, &w->hosts[i]);
		w->sites[i].goal.kind = HD_GOAL_UPGRADE;
		w->list[i] = &w->sites[i];
	}
	return w;
}

/* passed: the hook, as one of an upgrade. */
static void
check(enum hd_hook_name name, bool passed, const size_t *sizes, size_t waves,
    const char *problem)
{
	struct world *w = world_new(name);
	const struct hd_wave_cut cut = { .sites = w->list,
		.n = HOSTS,
		.sizes = sizes,
		.waves = waves,
		.in_waves = sizes != NULL };

	for (size_t i = 0; passed && i < HOSTS; i++)
		w->sites[i].plan.hooks = 1U << name;
	assert_int_equal(hd_hooks_fit(&w->run, &cut), problem == NULL);
	for (size_t i = 0; i < HOSTS; i++) {
		assert_int_equal(w->sites[i].result,
		    problem == NULL ? HD_RES_OK : HD_RES_SKIPPED);
		if (problem != NULL)
			assert_non_null(strstr(w->sites[i].text, problem));
		hd_site_done(&w->sites[i]);
	}
	free(w);
}

static void
a_hook_that_gets_all_names_begins_nothing(void **state)
{
	static const char problem[] =
	    "HDEPLOY_HOSTS of 6 hosts is longer than 131072 bytes";

	(void)state;
	check(HD_HOOK_BEFORE_UPGRADE, true, one_wave, 1, problem);
	check(HD_HOOK_AFTER_UPGRADE, true, two_waves, 2, problem);
	check(HD_HOOK_BEFORE_HOST, false, two_waves, 2, problem);
	check(HD_HOOK_AFTER_HOST, false, two_waves, 2, problem);
	check(HD_HOOK_ON_FAILURE, false, NULL, 0, problem);
}

static void
a_hook_that_does_not_run_stops_nothing(void **state)
{
	(void)state;
	check(HD_HOOK_BEFORE_PUSH, false, one_wave, 1, NULL);
	check(HD_HOOK_BEFORE_HOST, false, NULL, 0, NULL);
	check(HD_HOOK_BEFORE_WAVE, false, NULL, 0, NULL);
}

static void
a_hook_of_a_wave_needs_room_only_for_its_wave(void **state)
{
	(void)state;
	check(HD_HOOK_BEFORE_WAVE, false, two_waves, 2, NULL);
	check(HD_HOOK_AFTER_WAVE, false, two_waves, 2, NULL);
	check(HD_HOOK_BEFORE_WAVE, false, one_wave, 1,
	    "hook before_wave: HDEPLOY_HOSTS of 6 hosts is longer");
	check(HD_HOOK_AFTER_WAVE, false, one_wave, 1, "set a smaller batch");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hook_that_gets_all_names_begins_nothing),
		cmocka_unit_test(a_hook_that_does_not_run_stops_nothing),
		cmocka_unit_test(a_hook_of_a_wave_needs_room_only_for_its_wave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
