#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/screen_plain.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

/* The plain screen of `status --watch`. */
struct shown {
	struct hd_plain *plain;
	char *text;
	size_t n;
	FILE *out;
	size_t pass;
};

static const struct hd_report hosts[] = {
	{ .host = "web1",
	    .before = "0.1.0",
	    .after = "0.1.0",
	    .boots = "0.1.0",
	    .result = "ok" },
	{ .host = "web2", .result = "failed", .text = "the node is down" },
};

static void
show(struct shown *s, bool quiet, bool verbose)
{
	struct hd_plain_opts o = { .quiet = quiet, .verbose = verbose };

	*s = (struct shown){ 0 };
	s->out = open_memstream(&s->text, &s->n);
	assert_non_null(s->out);
	o.out = o.err = s->out;
	s->plain = hd_plain_new(&o);
}

static void
done(struct shown *s)
{
	hd_plain_free(s->plain);
	fclose(s->out);
	free(s->text);
}

static void
changed(struct shown *s)
{
	hd_emit(
	    hd_plain_sink(s->plain), (struct hd_event){ .kind = HD_EV_CHANGE,
					 .host = "web2",
					 .name = "result",
					 .before = "ok",
					 .after = "failed" });
}

/* The next pass, at this time of a day. */
static void
answered(struct shown *s, const char *time)
{
	struct hd_event ev = { .kind = HD_EV_PASS,
		.done = ++s->pass,
		.reports = hosts,
		.nreports = HD_COUNT(hosts) };
	char text[32];

	snprintf(text, sizeof(text), "2026-01-31T%s.000Z", time);
	assert_true(hd_clock_read(&ev.at, text));
	hd_emit(hd_plain_sink(s->plain), ev);
}

static void
a_pipe_gets_the_table_once_and_then_changes(void **state)
{
	struct shown s;

	(void)state;
	show(&s, false, false);
	answered(&s, "08:00:00");
	answered(&s, "08:00:05");
	changed(&s);
	answered(&s, "08:00:10");
	answered(&s, "08:00:15");
	assert_string_equal(s.text,
	    "2026-01-31T08:00:00Z  2 of 2 answered\n"
	    "host  running  boots  result  mode\n"
	    "web1  0.1.0    0.1.0  ok      -\n"
	    "web2  -        -      failed  -     the node is down\n"
	    "\n"
	    "2026-01-31T08:00:10Z  web2  ok -> failed: the node is down\n");
	done(&s);
}

static void
quiet_leaves_only_changes(void **state)
{
	struct shown s;

	(void)state;
	show(&s, true, false);
	answered(&s, "08:00:00");
	changed(&s);
	answered(&s, "08:00:10");
	answered(&s, "08:59:00");
	assert_string_equal(s.text,
	    "2026-01-31T08:00:10Z  web2  ok -> failed: the node is down\n");
	done(&s);
}

static void
verbose_shows_the_table_of_each_pass(void **state)
{
	struct shown s;

	(void)state;
	show(&s, false, true);
	answered(&s, "08:00:00");
	answered(&s, "08:00:05");
	assert_int_equal(times_in(s.text, "\nhost  running"), 2);
	assert_non_null(strstr(s.text, "2026-01-31T08:00:05Z  2 of 2 answered\n"));
	done(&s);
}

static void
silence_is_explained_every_five_minutes(void **state)
{
	struct shown s;
	const char *said;

	(void)state;
	show(&s, false, false);
	answered(&s, "08:00:00");
	changed(&s);
	answered(&s, "08:01:00");
	answered(&s, "08:02:00");
	answered(&s, "08:05:59");
	assert_null(strstr(s.text, "no change"));
	answered(&s, "08:06:00");
	answered(&s, "08:07:00");
	answered(&s, "08:11:00");
	said = strstr(s.text, "2026-01-31T08:06:00Z  no change");
	assert_non_null(said);
	assert_string_equal(said,
	    "2026-01-31T08:06:00Z  no change, asked 3 times\n"
	    "2026-01-31T08:11:00Z  no change, asked 5 times\n");
	done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_gets_the_table_once_and_then_changes),
		cmocka_unit_test(quiet_leaves_only_changes),
		cmocka_unit_test(verbose_shows_the_table_of_each_pass),
		cmocka_unit_test(silence_is_explained_every_five_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
