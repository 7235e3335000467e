#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/plan/wave.h"

#include <stdio.h>
#include <string.h>

#define BATCH(...)                                                             \
	(struct hd_batch[]){ __VA_ARGS__ },                                    \
	    sizeof((struct hd_batch[]){ __VA_ARGS__ }) /                       \
		sizeof(struct hd_batch)

static const struct cut_row {
	struct hd_batch *batch;
	size_t nbatch, hosts;
	const char *waves;
} cuts[] = {
	{ BATCH({ 1, false }, { 25, true }, { 100, true }), 12, "1 3 8 " },
	{ BATCH({ 1, false }, { 25, true }, { 100, true }), 1, "1 " },
	{ BATCH({ 1, false }, { 25, true }, { 100, true }), 2, "1 1 " },
	{ BATCH({ 1, false }, { 100, true }), 5, "1 4 " },
	{ BATCH({ 100, true }), 200, "200 " },
	{ BATCH({ 1, false }), 4, "1 1 1 1 " },
	{ BATCH({ 1, true }), 3, "1 1 1 " },
	{ BATCH({ 50, true }), 5, "3 2 " },
	{ BATCH({ 3, false }, { 2, false }), 8, "3 2 2 1 " },
	{ BATCH({ 5, false }), 0, "" },
	{ NULL, 0, 7, "7 " },
};

static void
hosts_are_cut_into_waves_as_batch_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(cuts); i++) {
		const struct hd_env env = { .batch = { .v = cuts[i].batch,
						.n = cuts[i].nbatch } };
		size_t sizes[16], all = cuts[i].hosts;
		size_t n = hd_waves_cut(sizes, &env, all, 0, all);
		char waves[64] = "";

		for (size_t wave = 0; wave < n; wave++)
			snprintf(waves + strlen(waves),
			    sizeof(waves) - strlen(waves), "%zu ", sizes[wave]);
		assert_string_equal(waves, cuts[i].waves);
	}
}

static void
canaries_are_first_and_percents_are_of_the_whole_run(void **state)
{
	struct hd_batch batch[] = { { 30, true } };
	const struct hd_env env = { .batch = { .v = batch, .n = 1 } };
	size_t sizes[8];

	(void)state;
	assert_int_equal(hd_waves_cut(sizes, &env, 10, 2, 7), 3);
	assert_memory_equal(sizes, ((size_t[]){ 2, 3, 2 }), 3 * sizeof(*sizes));
	assert_int_equal(hd_waves_cut(sizes, &env, 10, 2, 2), 1);
	assert_int_equal(sizes[0], 2);
}

static void
each_host_gets_the_number_of_its_wave(void **state)
{
	struct hd_batch batch[] = { { 1, false }, { 50, true } };
	const struct hd_env cut = { .batch = { .v = batch, .n = 2 } };
	struct hd_host hosts[7] = { 0 };
	const struct hd_host *list[7];
	size_t waves[7];

	(void)state;
	for (size_t i = 0; i < HD_COUNT(hosts); i++)
		list[i] = &hosts[i];
	hd_waves_of(waves, &cut, list, 7);
	assert_memory_equal(
	    waves, ((size_t[]){ 1, 2, 2, 2, 2, 3, 3 }), sizeof(waves));
	hosts[2].canary = hosts[6].canary = true;
	hd_waves_of(waves, &cut, list, 7);
	assert_memory_equal(
	    waves, ((size_t[]){ 2, 3, 1, 3, 3, 3, 1 }), sizeof(waves));
	for (size_t i = 0; i < HD_COUNT(hosts); i++)
		hosts[i].canary = true;
	hd_waves_of(waves, &cut, list, 7);
	assert_memory_equal(
	    waves, ((size_t[]){ 1, 1, 1, 1, 1, 1, 1 }), sizeof(waves));
}

static const struct judge_row {
	enum hd_on_failure policy;
	unsigned most;
	struct hd_wave_count count;
	enum hd_wave_verdict verdict;
} judgements[] = {
	{ HD_ON_FAILURE_STOP, 0, { 0, 0, 0 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_STOP, 0, { 1, 0, 0 }, HD_WAVE_STOP },
	{ HD_ON_FAILURE_STOP, 9, { 1, 0, 0 }, HD_WAVE_STOP },
	{ HD_ON_FAILURE_ROLLBACK, 0, { 0, 0, 0 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_ROLLBACK, 0, { 1, 0, 0 }, HD_WAVE_BACK },
	{ HD_ON_FAILURE_ROLLBACK, 9, { 1, 1, 0 }, HD_WAVE_BACK },
	{ HD_ON_FAILURE_CONTINUE, 0, { 0, 0, 0 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_CONTINUE, 0, { 1, 0, 0 }, HD_WAVE_STOP },
	{ HD_ON_FAILURE_CONTINUE, 2, { 2, 0, 0 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_CONTINUE, 2, { 3, 0, 0 }, HD_WAVE_STOP },
	{ HD_ON_FAILURE_CONTINUE, 2, { 1, 1, 0 }, HD_WAVE_STOP },
	{ HD_ON_FAILURE_STOP, 9, { 0, 0, 9 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_ROLLBACK, 9, { 0, 0, 9 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_CONTINUE, 0, { 0, 0, 9 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_CONTINUE, 3, { 1, 0, 2 }, HD_WAVE_ON },
	{ HD_ON_FAILURE_CONTINUE, 3, { 2, 0, 2 }, HD_WAVE_STOP },
};

static void
a_failed_host_means_what_on_failure_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(judgements); i++) {
		const struct judge_row *r = &judgements[i];
		const struct hd_env env = { .on_failure = r->policy,
			.max_failures = { r->most, true } };

		assert_int_equal(hd_wave_judge(&env, &r->count), r->verdict);
	}
}

static void
a_run_can_do_without_max_failures_hosts_but_not_without_all(void **state)
{
	static const struct {
		struct hd_most most;
		size_t all, aside;
		bool spared;
	} rows[] = {
		{ { 0, false }, 40, 39, true },
		{ { 0, false }, 40, 40, false },
		{ { 0, true }, 40, 1, false },
		{ { 6, true }, 40, 6, true },
		{ { 6, true }, 40, 7, false },
		{ { 6, true }, 6, 6, false },
		{ { 6, true }, 1, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_env env = { .max_failures = rows[i].most };

		assert_int_equal(
		    hd_wave_spares(&env, rows[i].all, rows[i].aside),
		    rows[i].spared);
	}
}

static void
the_time_left_is_that_of_the_waves_so_far(void **state)
{
	static const struct {
		size_t sizes[4], waves, done;
		unsigned parallel, pause;
		int64_t ms, left;
	} rows[] = {
		{ { 1, 3, 8 }, 3, 0, 10, 0, 0, -1 }, /* nothing to base it on */
		{ { 1, 3, 8 }, 3, 3, 10, 0, 900, -1 }, /* nothing is left */
		{ { 1, 3, 8 }, 3, 1, 10, 0, 1000, 2000 },
		{ { 1, 3, 8 }, 3, 1, 10, 500, 1000, 3000 },
		{ { 1, 3, 8 }, 3, 1, 2, 0, 1000, 6000 },   /* 2 + 4 turns */
		{ { 1, 3, 8 }, 3, 2, 2, 0, 6000, 8000 },   /* 3, then 4 turns */
		{ { 1, 3, 8 }, 3, 2, 2, 100, 6000, 8100 }, /* one pause */
		{ { 4, 4, 0 }, 3, 2, 4, 0, 6000, -1 },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		assert_int_equal(
		    hd_waves_left(rows[i].sizes, rows[i].waves, rows[i].done,
			rows[i].parallel, rows[i].ms, rows[i].pause),
		    rows[i].left);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_cut_into_waves_as_batch_says),
		cmocka_unit_test(
		    canaries_are_first_and_percents_are_of_the_whole_run),
		cmocka_unit_test(each_host_gets_the_number_of_its_wave),
		cmocka_unit_test(a_failed_host_means_what_on_failure_says),
		cmocka_unit_test(the_time_left_is_that_of_the_waves_so_far),
		cmocka_unit_test(
		    a_run_can_do_without_max_failures_hosts_but_not_without_all),
	};

	return cmocka_run_group_tests_name("wave", tests, NULL, NULL);
}
