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

/* The exit status for each result and error: operators' scripts rely on it. */
static const int statuses[HD_RESULTS][HD_CODES] = {
	/* none, usage, config, here, connect, auth, key, time, remote, refused,
	   locked, busy, interrupted */
	[HD_RES_OK] = { 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 130 },
	[HD_RES_UNCHANGED] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
	[HD_RES_PLANNED] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
	[HD_RES_REFUSED] = { 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4 },
	[HD_RES_LOCKED] = { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 },
	[HD_RES_UNREACHABLE] = { 3, 2, 2, 7, 3, 3, 3, 3, 3, 4, 5, 1, 130 },
	[HD_RES_ASIDE] = { 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3 },
	[HD_RES_SKIPPED] = { 0, 1, 1, 7, 1, 1, 1, 1, 1, 1, 1, 1, 130 },
	[HD_RES_UNDONE] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 130 },
	[HD_RES_FAILED] = { 1, 1, 1, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
	[HD_RES_LEFT] = { 130, 130, 130, 130, 130, 130, 130, 130, 130, 130, 130,
	    130, 130 },
	[HD_RES_BROKEN] = { 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6 },
};

static void
every_result_with_every_cause_has_its_status(void **state)
{
	(void)state;
	for (unsigned r = 0; r < HD_RESULTS; r++) {
		for (unsigned c = 0; c < HD_CODES; c++) {
			int is =
			    hd_status_after((enum hd_result)r, (enum hd_code)c);

			if (is != statuses[r][c])
				fail_msg("%s, error %u: %d, not %d",
				    hd_results[r].name, c, is, statuses[r][c]);
		}
	}
}

static void
every_result_has_its_own_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_RESULTS; i++) {
		assert_non_null(hd_results[i].name);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
			    hd_results[i].name, hd_results[k].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_serious_status_wins),
		cmocka_unit_test(
		    every_error_has_the_status_that_the_readme_promises),
		cmocka_unit_test(every_result_with_every_cause_has_its_status),
		cmocka_unit_test(every_result_has_its_own_name),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
