#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/screens.h"
#include "core/base/cancel.h"
#include "core/base/str.h"

#include <string.h>

/* A screen that records each event as a line "kind host step text". */
struct log {
	struct hd_str text;
	struct hd_str past; /* the last line of history, as JSON */
	struct hd_sink sink;
	struct hd_screens *screens;
};

static const char *
or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static void
note_down(void *ctx, const struct hd_event *ev)
{
	struct log *l = ctx;

	hd_str_addf(&l->text, "%d %s %s %s\n", ev->kind, or_dash(ev->host),
	    or_dash(ev->step), or_dash(ev->text));
	if (ev->past != NULL) {
		hd_str_addf(&l->text, "%s %s\n", or_dash(ev->past->who),
		    or_dash(ev->past->job));
		hd_past_write(ev->past, &l->past);
	}
	for (size_t i = 0; i < ev->ndetails; i++)
		hd_str_addf(&l->text, "%s=%s/%d\n", ev->details[i].key,
		    or_dash(ev->details[i].text), (int)ev->details[i].number);
	for (size_t i = 0; i < ev->nreports; i++)
		hd_str_addf(&l->text, "%s %s %s\n",
		    or_dash(ev->reports[i].host), or_dash(ev->reports[i].after),
		    or_dash(ev->reports[i].text));
}

static int
setup(void **state)
{
	static struct log l;

	hd_str_init(&l.text, 1024 * 1024);
	hd_str_init(&l.past, HD_PAST_MAX);
	l.sink = (struct hd_sink){ note_down, &l };
	l.screens = hd_screens_new();
	hd_screens_add(l.screens, &l.sink);
	*state = &l;
	return 0;
}

static int
teardown(void **state)
{
	struct log *l = *state;

	hd_screens_free(l->screens);
	hd_str_done(&l->text);
	hd_str_done(&l->past);
	return 0;
}

static void
send(struct log *l, struct hd_event ev)
{
	hd_emit(hd_screens_sink(l->screens), ev);
}

static void
print(struct log *l, const char *host, const char *text)
{
	send(l, event_output(host, text));
}

/* Expected lines of note_down; the kind is a number. */
#define OUTPUT(host, text) "3 " host " start " text "\n"
_Static_assert(HD_EV_OUTPUT == 3, "OUTPUT() has its number");

static void
output_in_pieces_is_shown_line_by_line_for_each_host(void **state)
{
	struct log *l = *state;

	print(l, "web1", "one\ntw");
	print(l, "web2", "zwei");
	print(l, "web1", "o\r\n\nthr");
	print(l, "web2", "\n");
	assert_string_equal(l->text.ptr,
	    OUTPUT("web1", "one") OUTPUT("web1", "two") OUTPUT("web1", "")
		OUTPUT("web2", "zwei"));
}

static void
a_line_without_an_end_is_shown_when_its_step_ends(void **state)
{
	struct log *l = *state;

	print(l, "web1", "half");
	assert_string_equal(l->text.ptr, "");
	send(l, (struct hd_event){ .kind = HD_EV_STEP,
		    .host = "web1",
		    .step = "start",
		    .result = HD_STEP_FAILED });
	assert_memory_equal(l->text.ptr, OUTPUT("web1", "half"),
	    strlen(OUTPUT("web1", "half")));
}

static void
a_line_that_never_ends_is_shown_in_parts(void **state)
{
	struct log *l = *state;
	char text[10001] = "";

	memset(text, 'x', sizeof(text) - 1);
	print(l, "web1", text);
	assert_int_equal(times_in(l->text.ptr, "\n"), 2);
	assert_true(l->text.len < 2 * 4200);
}

static void
text_of_hosts_reaches_screens_only_sanitized(void **state)
{
	struct log *l = *state;
	static const struct hd_report report = { .host = "web1",
		.after = "\x1b]0;t\a"
			 "1.0",
		.text = "\x1b[2Jgone\n" };

	print(l, "web1", "\x1b[31mred\x1b[0m\n");
	send(l, (struct hd_event){ .kind = HD_EV_ERROR,
		    .host = "web1",
		    .text = "said: a\rb\x9b"
			    "2J" });
	send(l, (struct hd_event){
		    .kind = HD_EV_HOST, .reports = &report, .nreports = 1 });
	assert_string_equal(l->text.ptr,
	    OUTPUT("web1",
		"red") "6 web1 - said: a\\rb\n7 - - -\nweb1 1.0 gone\\n\n");
}

static void
text_of_a_history_is_sanitized_too(void **state)
{
	struct log *l = *state;
	static const struct hd_past past = { .who = "ann\x1b[2J@here",
		.job = "\x1b]8;;http://evil\x1b\\ci\n" };

	send(l, (struct hd_event){
		    .kind = HD_EV_PAST, .host = "web1", .past = &past });
	assert_null(strchr(l->text.ptr, '\x1b'));
	assert_non_null(strstr(l->text.ptr, "ann@here ci"));
}

static void
the_details_of_an_item_are_sanitized_too(void **state)
{
	struct log *l = *state;
	static const struct hd_detail details[] = {
		{ "name", "a\x1b[2Jb\n", 0 }, { "size", NULL, 7 }
	};

	send(l, (struct hd_event){ .kind = HD_EV_ITEM,
		    .step = "module",
		    .details = details,
		    .ndetails = HD_COUNT(details) });
	assert_non_null(
	    strstr(l->text.ptr, " - module -\nname=ab\\n/0\nsize=-/7\n"));
}

static void
progress_is_thinned_out_but_its_end_is_shown(void **state)
{
	struct log *l = *state;

	for (uint64_t done = 1; done <= 1000; done++)
		send(l, (struct hd_event){ .kind = HD_EV_PROGRESS,
			    .host = "web1",
			    .step = "ship",
			    .done = done,
			    .size = 1000 });
	/* The first, the last, and another one if this took over a second. */
	assert_true(l->text.len == 2 * strlen("4 web1 ship -\n") ||
		    l->text.len == 3 * strlen("4 web1 ship -\n"));
}

static void
a_line_of_history_reaches_screens_whole(void **state)
{
	static const struct hd_past past = { .id = "a1",
		.time = "2026-01-01T00:00:00Z",
		.command = "rollback",
		.result = "ok",
		.from = "0.2.0",
		.to = "0.1.0",
		.undoes = "a0",
		.who = "ann@here",
		.job = "https://ci/7",
		.mode = "hot",
		.sha256 = "5a",
		.run = "b2",
		.ms = 7 };
	struct log *l = *state;
	HD_AUTO_STR expected = HD_STR_INIT(HD_PAST_MAX);

	hd_past_write(&past, &expected);
	send(l, (struct hd_event){
		    .kind = HD_EV_PAST, .host = "web1", .past = &past });
	assert_string_equal(l->past.ptr, expected.ptr);
}

static void
a_run_ends_with_exactly_one_summary(void **state)
{
	struct log *l = *state;

	hd_screens_end(l->screens, HD_STATUS_USAGE);
	assert_string_equal(l->text.ptr, "8 - - -\n");
	hd_screens_end(l->screens, HD_STATUS_USAGE);
	assert_string_equal(l->text.ptr, "8 - - -\n");
}

/* The last test: an interruption cannot be taken back. */
static void
an_endless_run_ends_with_its_output(void **state)
{
	struct log *l = *state;
	FILE *out = fopen("/dev/full", "w");

	if (out == NULL)
		skip();
	hd_screens_end_with(l->screens, out);
	send(l, (struct hd_event){ .kind = HD_EV_PASS });
	assert_false(hd_cancel_requested());
	fputs("text", out);
	assert_int_equal(fflush(out), EOF);
	send(l, (struct hd_event){ .kind = HD_EV_PASS });
	assert_true(hd_cancel_requested());
	fclose(out);
}

static void
a_screen_that_was_removed_gets_nothing(void **state)
{
	struct log *l = *state;
	struct log gone = { 0 };

	hd_str_init(&gone.text, 1024);
	gone.sink = (struct hd_sink){ note_down, &gone };
	hd_screens_add(l->screens, &gone.sink);
	hd_screens_remove(l->screens, &gone.sink);
	send(l, (struct hd_event){ .kind = HD_EV_NOTE, .text = "x" });
	assert_int_equal(gone.text.len, 0);
	assert_int_not_equal(l->text.len, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(output_in_pieces_is_shown_line_by_line_for_each_host),
		TEST(a_line_without_an_end_is_shown_when_its_step_ends),
		TEST(a_line_that_never_ends_is_shown_in_parts),
		TEST(text_of_hosts_reaches_screens_only_sanitized),
		TEST(text_of_a_history_is_sanitized_too),
		TEST(a_line_of_history_reaches_screens_whole),
		TEST(the_details_of_an_item_are_sanitized_too),
		TEST(progress_is_thinned_out_but_its_end_is_shown),
		TEST(a_run_ends_with_exactly_one_summary),
		TEST(an_endless_run_ends_with_its_output),
		TEST(a_screen_that_was_removed_gets_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
