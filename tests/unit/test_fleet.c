#include "tests/support/cmocka_all.h"

#include "core/rollout/fleet.h"

#include <stdatomic.h>
#include <time.h>

struct probe {
	atomic_uint running, peak;
	atomic_uint calls[20];
};

static void
job(void *ctx, size_t i)
{
	struct probe *p = ctx;
	unsigned now = atomic_fetch_add(&p->running, 1) + 1;
	unsigned peak = atomic_load(&p->peak);

	while (
	    now > peak && !atomic_compare_exchange_weak(&p->peak, &peak, now))
		;
	nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	atomic_fetch_sub(&p->running, 1);
	atomic_fetch_add(&p->calls[i], 1);
}

static void
every_job_runs_once_and_parallel_is_a_ceiling(void **state)
{
	static const unsigned limits[] = { 0, 1, 4, 100 };

	(void)state;
	for (size_t k = 0; k < HD_COUNT(limits); k++) {
		struct probe p = { 0 };

		hd_fleet_run(20, limits[k], job, &p);
		for (size_t i = 0; i < 20; i++)
			assert_int_equal(atomic_load(&p.calls[i]), 1);
		assert_true(
		    atomic_load(&p.peak) <= (limits[k] == 0 ? 1 : limits[k]));
		assert_int_equal(atomic_load(&p.running), 0);
	}
}

static void
several_jobs_run_at_once(void **state)
{
	struct probe p = { 0 };

	(void)state;
	hd_fleet_run(20, 8, job, &p);
	assert_true(atomic_load(&p.peak) > 1);
}

static void
no_jobs_is_no_work(void **state)
{
	(void)state;
	hd_fleet_run(0, 4, job, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_runs_once_and_parallel_is_a_ceiling),
		cmocka_unit_test(several_jobs_run_at_once),
		cmocka_unit_test(no_jobs_is_no_work),
	};

	return cmocka_run_group_tests_name("fleet", tests, NULL, NULL);
}
