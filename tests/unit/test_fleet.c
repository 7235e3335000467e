#include "tests/support/cmocka_all.h"

#include "core/base/clock.h"
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

/* The first jobs wait until the last one has run. */
struct dead {
	atomic_uint alive, peak, running;
};

enum { DEAD = 3, ALIVE = 5, PATIENCE_MS = 60 * 1000 };

static void
wait_or_work(void *ctx, size_t i)
{
	struct dead *d = ctx;
	int64_t end = hd_clock_ms() + PATIENCE_MS;

	if (i >= DEAD) {
		unsigned now = atomic_fetch_add(&d->running, 1) + 1;

		if (now > atomic_load(&d->peak))
			atomic_store(&d->peak, now);
		hd_clock_rest(10, HD_CANCEL_NEVER);
		atomic_fetch_sub(&d->running, 1);
		atomic_fetch_add(&d->alive, 1);
		return;
	}
	hd_fleet_wait_begin();
	while (atomic_load(&d->alive) < ALIVE && hd_clock_left(end) > 0)
		hd_clock_rest(10, HD_CANCEL_NEVER);
	hd_fleet_wait_end();
}

static void
jobs_that_wait_for_long_do_not_hold_up_the_others(void **state)
{
	static const unsigned limits[] = { 1, 2 };

	(void)state;
	for (size_t k = 0; k < HD_COUNT(limits); k++) {
		struct dead d = { 0 };
		int64_t began = hd_clock_ms();

		hd_fleet_run(DEAD + ALIVE, limits[k], wait_or_work, &d);
		assert_int_equal(atomic_load(&d.alive), ALIVE);
		assert_true(hd_clock_ms() - began < PATIENCE_MS);
		assert_true(atomic_load(&d.peak) <= limits[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_runs_once_and_parallel_is_a_ceiling),
		cmocka_unit_test(several_jobs_run_at_once),
		cmocka_unit_test(no_jobs_is_no_work),
		cmocka_unit_test(
		    jobs_that_wait_for_long_do_not_hold_up_the_others),
	};

	return cmocka_run_group_tests_name("fleet", tests, NULL, NULL);
}
