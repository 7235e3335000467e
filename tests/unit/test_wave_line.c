#include "tests/support/cmocka_all.h"

#include "cmd/wave_line.h"

#include <string.h>

enum { MINUTE = 60 * 1000 };

static struct hd_event
wave(size_t number, size_t waves, int64_t left, const char *more)
{
	return (struct hd_event){ .kind = HD_EV_WAVE,
		.done = number,
		.size = waves,
		.ms = 80 * 1000,
		.left = left,
		.text = more };
}

static void
take(struct hd_wave_line *l, struct hd_event ev, int64_t now)
{
	hd_wave_line_take(l, &ev, now);
}

static void
drawn(const struct hd_wave_line *l, int64_t now, const char *expect)
{
	HD_AUTO_STR out = HD_STR_INIT(256);

	hd_wave_line_draw(l, now, &out);
	assert_string_equal(out.ptr, expect);
}

static void
the_time_left_shrinks_and_is_never_made_up(void **state)
{
	struct hd_wave_line l = { 0 };

	(void)state;
	drawn(&l, 0, "");
	take(&l, (struct hd_event){ .kind = HD_EV_PHASE, .name = "wave" }, 0);
	drawn(&l, MINUTE, "");
	take(&l, wave(1, 3, 4 * MINUTE, NULL), MINUTE);
	drawn(&l, MINUTE, "1 of 3 waves done, about 4 min left");
	take(&l, (struct hd_event){ .kind = HD_EV_PHASE, .name = "wave" },
	    2 * MINUTE);
	drawn(&l, 3 * MINUTE, "1 of 3 waves done, about 2 min left");
	drawn(&l, 4 * MINUTE + 1, "1 of 3 waves done, less than a minute left");
	drawn(&l, 5 * MINUTE, "1 of 3 waves done, longer than estimated");
	take(&l, wave(2, 3, -1, NULL), 6 * MINUTE);
	drawn(&l, 6 * MINUTE, "2 of 3 waves done");
	take(&l, wave(3, 3, -1, NULL), 7 * MINUTE);
	drawn(&l, 7 * MINUTE, "");
}

static void
pauses_that_a_person_ends_are_left_out_of_it(void **state)
{
	struct hd_wave_line l = { 0 };

	(void)state;
	take(&l, wave(1, 3, 4 * MINUTE, "without the pauses"), 0);
	drawn(&l, 0, "1 of 3 waves done, about 4 min left, without the pauses");
}

static void
it_ends_when_the_waves_do(void **state)
{
	static const struct hd_event ends[] = {
		{ .kind = HD_EV_PHASE, .name = "undo" },
		{ .kind = HD_EV_PHASE, .name = "end" },
		{ .kind = HD_EV_SUMMARY },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(ends); i++) {
		struct hd_wave_line l = { 0 };

		take(&l, wave(1, 3, MINUTE, NULL), 0);
		take(&l, ends[i], 0);
		drawn(&l, 0, "");
	}
}

static void
the_end_of_a_wave_in_words(void **state)
{
	static const struct {
		int64_t left;
		const char *more, *line;
	} rows[] = {
		{ -1, NULL, "wave 1 of 5 took 1m20s" },
		{ 1, NULL, "wave 1 of 5 took 1m20s; less than a minute left" },
		{ 59999, NULL,
		    "wave 1 of 5 took 1m20s; less than a minute left" },
		{ 60000, NULL, "wave 1 of 5 took 1m20s; about 1 min left" },
		{ 100 * 1000, NULL,
		    "wave 1 of 5 took 1m20s; about 2 min left" },
		{ 80 * MINUTE, NULL,
		    "wave 1 of 5 took 1m20s; about 1 h 20 min left" },
		{ 4 * MINUTE, "without the pauses",
		    "wave 1 of 5 took 1m20s; about 4 min left, without the "
		    "pauses" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_event ev =
		    wave(1, 5, rows[i].left, rows[i].more);
		HD_AUTO_STR out = HD_STR_INIT(256);

		hd_wave_line_end(&out, &ev);
		assert_string_equal(out.ptr, rows[i].line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_time_left_shrinks_and_is_never_made_up),
		cmocka_unit_test(pauses_that_a_person_ends_are_left_out_of_it),
		cmocka_unit_test(it_ends_when_the_waves_do),
		cmocka_unit_test(the_end_of_a_wave_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
