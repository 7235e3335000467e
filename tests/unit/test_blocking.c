#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/blocking.h"

#include <semaphore.h>
#include <stdlib.h>

/* Outlives what the abandoned thread owns. */
static struct {
	sem_t go, dropped;
} gate;

struct work {
	bool waits;
	char *result;
};

static void
call(void *data)
{
	struct work *w = data;

	if (w->waits)
		sem_wait(&gate.go);
	w->result = hd_strdup("done");
}

static void
drop(void *data)
{
	struct work *w = data;

	free(w->result);
	free(w);
	sem_post(&gate.dropped);
}

static struct work *
work(bool waits)
{
	struct work *w = hd_alloc(sizeof(*w));

	*w = (struct work){ .waits = waits };
	return w;
}

static int
setup(void **state)
{
	(void)state;
	return sem_init(&gate.go, 0, 0) | sem_init(&gate.dropped, 0, 0);
}

static struct hd_until
within(unsigned ms, enum hd_cancel stage)
{
	return (struct hd_until){ hd_clock_ms() + ms, ms, stage };
}

/* The thread must be the one that drops its work: the test no longer can. */
static void
assert_abandoned(const struct hd_until *until)
{
	assert_false(hd_blocking_run(call, drop, work(true), until));
	assert_int_equal(sem_trywait(&gate.dropped), -1);
	sem_post(&gate.go);
	sem_wait(&gate.dropped);
}

static void
work_that_returns_in_time_belongs_to_the_caller(void **state)
{
	struct hd_until until = within(60 * 1000, HD_CANCEL_NEVER);
	struct work *w = work(false);

	(void)state;
	assert_true(hd_blocking_run(call, drop, w, &until));
	assert_int_equal(sem_trywait(&gate.dropped), -1);
	assert_string_equal(w->result, "done");
	drop(w);
}

static void
work_that_returns_late_is_dropped_by_its_thread(void **state)
{
	struct hd_until until = within(20, HD_CANCEL_NEVER);

	(void)state;
	assert_abandoned(&until);
	assert_int_equal(hd_clock_left(until.end), 0);
}

static void
work_without_time_is_abandoned_at_once(void **state)
{
	struct hd_until until = within(0, HD_CANCEL_NEVER);

	(void)state;
	assert_abandoned(&until);
}

/* The last test: an interruption cannot be taken back. */
static void
an_interruption_ends_the_wait(void **state)
{
	struct hd_until until = within(60 * 1000, HD_CANCEL_SOON);

	(void)state;
	hd_cancel_request();
	assert_abandoned(&until);
	assert_in_range(hd_clock_left(until.end), 30 * 1000, 60 * 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    work_that_returns_in_time_belongs_to_the_caller, setup),
		cmocka_unit_test_setup(
		    work_that_returns_late_is_dropped_by_its_thread, setup),
		cmocka_unit_test_setup(
		    work_without_time_is_abandoned_at_once, setup),
		cmocka_unit_test_setup(an_interruption_ends_the_wait, setup),
	};

	return cmocka_run_group_tests_name("blocking", tests, NULL, NULL);
}
