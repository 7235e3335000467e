#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/board.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 30 };

static const struct hd_report two[] = {
	{ .host = "web1",
	    .before = "0.2.0",
	    .after = "0.2.0",
	    .boots = "0.2.0",
	    .result = "ok" },
	{ .host = "web2",
	    .result = "unreachable",
	    .unknown_before = true,
	    .unknown_after = true,
	    .unknown_boots = true,
	    .text = "no answer from 192.0.2.2 within 10 s" },
};

static void
take(struct hd_board *b, const struct hd_report *reports, size_t n)
{
	struct hd_event ev = { .kind = HD_EV_PASS,
		.done = 12,
		.ms = 300,
		.left = 4700,
		.reports = reports,
		.nreports = n };

	assert_true(hd_clock_read(&ev.at, "2026-01-31T08:15:00.123Z"));
	hd_board_take(b, &ev, 1000);
}

static void
drawn(struct hd_board *b, int64_t now, size_t columns, size_t rows,
    const char *expect)
{
	HD_AUTO_STR out = HD_STR_INIT(65536);

	hd_board_draw(b, now, (struct hd_lanes_screen){ columns, rows }, &out);
	assert_string_equal(out.ptr, expect);
}

/* web1 to web30, of which the first bad ones fail, each for its own reason */
static struct hd_report *
many(struct hd_arena *a, size_t bad)
{
	struct hd_report *all = hd_arena_alloc(a, MANY * sizeof(*all));

	for (size_t i = 0; i < MANY; i++)
		all[i] = (struct hd_report){
			.host = hd_arena_fmt(a, "web%zu", i + 1),
			.before = "0.1.0",
			.after = "0.1.0",
			.boots = hd_arena_fmt(a, "0.%zu.0", i),
			.result = i < bad ? "failed" : "ok",
			.text =
			    i < bad ? hd_arena_fmt(a, "reason %zu", i) : NULL,
		};
	return all;
}

static void
the_table_the_reasons_and_the_time(void **state)
{
	struct hd_board *b = hd_board_new(false, false);

	(void)state;
	assert_false(hd_board_shown(b));
	drawn(b, 1000, 80, 24, "");
	take(b, two, 2);
	assert_true(hd_board_shown(b));
	drawn(b, 1500, 80, 24,
	    "host  running  boots  result       mode\n"
	    "web1  0.2.0    0.2.0  ok           -\n"
	    "web2  ?        ?      unreachable  -\n"
	    "\n"
	    "web2 unreachable\n"
	    "  no answer from 192.0.2.2 within 10 s\n"
	    "\n"
	    "08:15:00 UTC: 1 of 2 answered in 0.3s; next in 5s; Ctrl-C "
	    "ends\n");
	hd_board_clear(b);
	drawn(b, 1500, 80, 24, "");
	hd_board_free(b);
}

static void
it_says_when_hosts_are_slow(void **state)
{
	struct hd_board *b = hd_board_new(false, false);

	(void)state;
	take(b, two, 1);
	drawn(b, 5700, 80, 24,
	    "host  running  boots  result  mode\n"
	    "web1  0.2.0    0.2.0  ok      -\n"
	    "\n"
	    "08:15:00 UTC: 1 of 1 answered in 0.3s; next in 0s; Ctrl-C "
	    "ends\n");
	drawn(b, 13000, 80, 24,
	    "host  running  boots  result  mode\n"
	    "web1  0.2.0    0.2.0  ok      -\n"
	    "\n"
	    "08:15:00 UTC: 1 of 1 answered in 0.3s; next pass: 7s so far; "
	    "Ctrl-C ends\n");
	hd_board_free(b);
}

static void
a_narrow_window_cuts_each_line(void **state)
{
	struct hd_board *b = hd_board_new(true, false);

	(void)state;
	take(b, two, 2);
	drawn(b, 1500, 26, 24,
	    "host  running  boots  res\n"
	    "web1  0.2.0    0.2.0  \033[32mok\033[0m \n"
	    "web2  ?        ?      \033[31munr\033[0m\n"
	    "\n"
	    "web2 \033[31munreachable\033[0m\n"
	    "  no answer from\n"
	    "  192.0.2.2 within 10 s\n"
	    "\n"
	    "08:15:00 UTC: 1 of 2 answ\n");
	hd_board_free(b);
}

static void
a_low_window_keeps_the_failures(void **state)
{
	struct hd_board *b = hd_board_new(false, true);
	HD_AUTO_ARENA a = { 0 };

	(void)state;
	take(b, many(&a, 2), MANY);
	drawn(b, 1500, 80, 20,
	    "host  running  boots  result  mode\n"
	    "web1  0.1.0    0.0.0  failed  -\n"
	    "web2  0.1.0    0.1.0  failed  -\n"
	    "\n"
	    "web1 failed\n"
	    "  reason 0\n"
	    "\n"
	    "web2 failed\n"
	    "  reason 1\n"
	    "... and 28 more hosts without a failure\n"
	    "\n"
	    "08:15:00 UTC: 30 of 30 answered in 0.3s; next in 5s; Ctrl-C "
	    "ends\n");
	drawn(b, 1500, 80, 8,
	    "host  running  boots  result  mode\n"
	    "web1  0.1.0    0.0.0  failed  -\n"
	    "web2  0.1.0    0.1.0  failed  -\n"
	    "\n"
	    "... and 5 more lines: make the window higher, or use --limit\n"
	    "\n"
	    "08:15:00 UTC: 30 of 30 answered in 0.3s; next in 5s; Ctrl-C "
	    "ends\n");
	take(b, many(&a, 0), MANY);
	drawn(b, 1500, 80, 20,
	    "30 hosts without a failure\n"
	    "\n"
	    "08:15:00 UTC: 30 of 30 answered in 0.3s; next in 5s; Ctrl-C "
	    "ends\n");
	hd_board_free(b);
}

/* With the empty line on which the cursor rests. */
static void
it_never_has_more_lines_than_the_window(void **state)
{
	(void)state;
	for (size_t bad = 0; bad <= MANY; bad += 3) {
		struct hd_board *b = hd_board_new(false, bad % 2 == 0);
		HD_AUTO_ARENA a = { 0 };

		take(b, many(&a, bad), MANY);
		for (size_t rows = 6; rows < 100; rows += 5) {
			HD_AUTO_STR out = HD_STR_INIT(65536);

			hd_board_draw(b, 1500,
			    (struct hd_lanes_screen){ 80, rows }, &out);
			assert_true(times_in(out.ptr, "\n") < rows);
		}
		hd_board_free(b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_the_reasons_and_the_time),
		cmocka_unit_test(it_says_when_hosts_are_slow),
		cmocka_unit_test(a_narrow_window_cuts_each_line),
		cmocka_unit_test(a_low_window_keeps_the_failures),
		cmocka_unit_test(it_never_has_more_lines_than_the_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
