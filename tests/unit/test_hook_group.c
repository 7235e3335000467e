/* The result that hooks get: whether a host can go back into service. */
#include "tests/support/cmocka_all.h"

#include "core/rollout/hook_group.h"

static const struct hd_env lab = { .name = "lab" };
static const struct hd_host web1 = { .name = "web1" };
static const struct hd_run lab_run = { .env = &lab };
static const struct hd_past cut_off = { .command = "upgrade" };

static void
assert_word(enum hd_result result, enum hd_code cause,
    const struct hd_past *ends, const char *word)
{
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g;
	struct hd_site s, *list = &s;

	hd_site_init(&s, &lab_run, &web1);
	s.goal.kind = HD_GOAL_UPGRADE;
	hd_site_end(&s, result, cause, "");
	s.plan.ends = ends;
	hd_hook_group_init(&g, &lab_run, &list, 1);
	assert_string_equal(hd_hook_group_result(&g), word);
	hd_site_done(&s);
}

static void
a_host_that_might_not_work_is_broken(void **state)
{
	(void)state;
	assert_word(HD_RES_BROKEN, HD_EREMOTE, NULL, "broken");
	assert_word(HD_RES_BROKEN, HD_ECANCELED, NULL, "broken");
	assert_word(HD_RES_LEFT, HD_ECANCELED, NULL, "broken");
}

static void
a_host_that_works_is_not_broken(void **state)
{
	(void)state;
	assert_word(HD_RES_OK, HD_OK, NULL, "ok");
	assert_word(HD_RES_OK, HD_OK, &cut_off, "ok");
	assert_word(HD_RES_OK, HD_EREMOTE, NULL, "failed");
	assert_word(HD_RES_FAILED, HD_ELOCAL, NULL, "failed");
	assert_word(HD_RES_UNDONE, HD_EREMOTE, NULL, "undone");
	assert_word(HD_RES_UNDONE, HD_ECANCELED, &cut_off, "undone");
	assert_word(HD_RES_SKIPPED, HD_ECANCELED, NULL, "interrupted");
}

/* Nothing was changed, but the change of the earlier run is still unfinished:
 * the node may even be stopped. */
static void
a_host_that_is_still_in_the_middle_of_a_change_is_broken(void **state)
{
	(void)state;
	assert_word(HD_RES_FAILED, HD_ELOCAL, &cut_off, "broken");
	assert_word(HD_RES_SKIPPED, HD_ECANCELED, &cut_off, "broken");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_might_not_work_is_broken),
		cmocka_unit_test(a_host_that_works_is_not_broken),
		cmocka_unit_test(
		    a_host_that_is_still_in_the_middle_of_a_change_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
