/* The status of hdeploy doctor: that with which a run would end. */
#include "tests/support/cmocka_all.h"

#include "cmd/doctor.h"

static void
assert_status(enum hd_status first, enum hd_status second, enum hd_status both)
{
	struct hd_cli cli = { 0 };
	struct hd_doctor d = { .cli = &cli };

	hd_doctor_problem(&d, first, "key", "text", NULL);
	hd_doctor_ok(&d, "folder", "text");
	hd_doctor_warn(&d, "tool", "text", "remedy");
	hd_doctor_problem(&d, second, "agent", "text", NULL);
	assert_int_equal(d.status, both);
	assert_int_equal(d.problems, 2);
	assert_int_equal(d.warnings, 1);
	hd_arena_done(&d.arena);
}

static void
a_wrong_deploy_ini_ends_a_run_before_anything_else(void **state)
{
	(void)state;
	assert_status(HD_STATUS_USAGE, HD_STATUS_UNREACHABLE, HD_STATUS_USAGE);
	assert_status(HD_STATUS_LOCAL, HD_STATUS_USAGE, HD_STATUS_USAGE);
	assert_status(
	    HD_STATUS_LOCAL, HD_STATUS_UNREACHABLE, HD_STATUS_UNREACHABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_wrong_deploy_ini_ends_a_run_before_anything_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
