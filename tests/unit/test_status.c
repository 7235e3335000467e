#include "tests/support/cmocka_all.h"

#include "core/status.h"

static void
the_most_serious_status_wins(void **state)
{
	static const enum hd_status order[] = { 6, 1, 130, 3, 5, 4, 7, 2, 0 };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(order); i++) {
		for (size_t k = i; k < HD_COUNT(order); k++) {
			assert_int_equal(
			    hd_status_worse(order[i], order[k]), order[i]);
			assert_int_equal(
			    hd_status_worse(order[k], order[i]), order[i]);
		}
	}
}

static void
every_error_has_the_status_that_the_readme_promises(void **state)
{
	static const struct {
		enum hd_code code;
		int status;
	} rows[] = {
		{ HD_OK, 0 },
		{ HD_EUSAGE, 2 },
		{ HD_ECONFIG, 2 },
		{ HD_ELOCAL, 7 },
		{ HD_ECONNECT, 3 },
		{ HD_EAUTH, 3 },
		{ HD_EHOSTKEY, 3 },
		{ HD_ETIMEOUT, 3 },
		{ HD_EREMOTE, 3 },
		{ HD_EREFUSED, 4 },
		{ HD_ELOCKED, 5 },
		{ HD_EBUSY, 1 },
		{ HD_ECANCELED, 130 },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		assert_int_equal(hd_status_of(rows[i].code), rows[i].status);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_serious_status_wins),
		cmocka_unit_test(
		    every_error_has_the_status_that_the_readme_promises),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
