#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/lanes.h"
#include "cmd/plan_groups.h"
#include "cmd/screen_live.h"
#include "cmd/screen_summary.h"
#include "cmd/signals.h"
#include "core/base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void
take(struct hd_lanes *l, int64_t now, struct hd_event ev)
{
	hd_lanes_take(l, &ev, now);
}

static void
plan(struct hd_lanes *l, const char *host, const char *result)
{
	take(l, 0,
	    (struct hd_event){
		.kind = HD_EV_PLAN, .host = host, .result = result });
}

static void
step(struct hd_lanes *l, int64_t now, const char *host, const char *name,
    const char *result)
{
	take(l, now,
	    (struct hd_event){ .kind = HD_EV_STEP,
		.host = host,
		.step = name,
		.after = host != NULL ? "0.2.0" : NULL,
		.result = result });
}

/* web1 ships, web2 waits, web3 is finished, verifying web4 has failed. */
static void
four_hosts(struct hd_lanes *l)
{
	static const char *const hosts[] = { "web1", "web2", "web3", "web4" };

	take(l, 0, (struct hd_event){ .kind = HD_EV_START, .size = 4 });
	for (size_t i = 0; i < HD_COUNT(hosts); i++)
		plan(l, hosts[i], "planned");
	step(l, 1000, "web1", "ship", HD_STEP_BEGIN);
	take(l, 5000,
	    (struct hd_event){ .kind = HD_EV_PROGRESS,
		.host = "web1",
		.step = "ship",
		.done = 5 << 20,
		.size = 20 << 20 });
	step(l, 0, "web3", "ship", HD_STEP_BEGIN);
	take(l, 0, (struct hd_event){ .kind = HD_EV_HOST, .host = "web3" });
	step(l, 2000, "web4", "verify", HD_STEP_BEGIN);
	step(l, 3000, "web4", "verify", HD_STEP_FAILED);
}

static void
asking(struct hd_lanes *l)
{
	take(l, 1000, (struct hd_event){ .kind = HD_EV_START, .size = 200 });
}

static void
building(struct hd_lanes *l)
{
	asking(l);
	step(l, 2000, NULL, "build", HD_STEP_BEGIN);
}

static void
built(struct hd_lanes *l)
{
	building(l);
	step(l, 5000, NULL, "build", HD_STEP_OK);
}

static void
planned(struct hd_lanes *l)
{
	asking(l);
	plan(l, "web1", "unchanged");
	plan(l, "web2", "refused");
}

static void
over(struct hd_lanes *l)
{
	four_hosts(l);
	take(l, 0, event_summary(0, NULL, 0));
}

static void
not_begun(struct hd_lanes *l)
{
	(void)l;
}

#define MIB20 ", 5.0 MiB of 20.0 MiB, 25%, 1.2 MiB/s"

static const struct row {
	const char *about;
	void (*events)(struct hd_lanes *l);
	struct hd_lanes_screen screen;
	const char *expect; /* five seconds after the start */
} rows[] = {
	{ "no activity yet", not_begun, { 80, 24 }, "" },
	{ "facts are read", asking, { 80, 24 }, "asking 200 hosts  4s\n" },
	{ "a build", building, { 80, 24 }, "build  3s\n" },
	{ "facts are read after a build", built, { 80, 24 },
	    "asking 200 hosts  0s\n" },
	{ "nothing to do", planned, { 80, 24 }, "" },
	{ "one line per host", four_hosts, { 80, 24 },
	    "web1    4s  ship 0.2.0" MIB20 "\n"
	    "web2        waiting\n"
	    "web4    2s  verify failed: checking the host\n" },
	{ "narrow: cut, never wrapped", four_hosts, { 20, 24 },
	    "web1    4s  ship 0.\n"
	    "web2        waiting\n"
	    "web4    2s  verify \n" },
	{ "low: working hosts first, the rest is counted", four_hosts,
	    { 80, 5 },
	    "web1    4s  ship 0.2.0" MIB20 "\n"
	    "... and 2 more: 1 running, 1 waiting\n" },
	{ "no room for any", four_hosts, { 80, 2 },
	    "3 hosts: 2 running, 1 waiting\n" },
	{ "no width either", four_hosts, { 1, 1 }, "3\n" },
	{ "over", over, { 80, 24 }, "" },
};

static void
the_block_shows_the_activity_and_fits_the_screen(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_lanes *l = hd_lanes_new();
		HD_AUTO_STR out = HD_STR_INIT(64 * 1024);

		rows[i].events(l);
		hd_lanes_draw(l, 5000, rows[i].screen, &out);
		if (strcmp(out.ptr, rows[i].expect) != 0)
			fail_msg("%s:\n%s", rows[i].about, out.ptr);
		hd_lanes_free(l);
	}
}

/* A finished upload scrolls up with its rate, and so does a failed step. */
static void
the_waves_are_above_the_hosts(void **state)
{
	struct hd_lanes *l = hd_lanes_new();
	HD_AUTO_STR out = HD_STR_INIT(8192);

	(void)state;
	take(l, 0,
	    (struct hd_event){
		.kind = HD_EV_WAVE, .done = 1, .size = 3, .left = 240000 });
	hd_lanes_draw(l, 1000, (struct hd_lanes_screen){ 80, 24 }, &out);
	assert_string_equal(out.ptr, "");
	step(l, 0, "web2", "install", HD_STEP_BEGIN);
	plan(l, "web3", "planned");
	plan(l, "web4", "planned");
	hd_lanes_draw(l, 1000, (struct hd_lanes_screen){ 80, 24 }, &out);
	assert_string_equal(out.ptr, "1 of 3 waves done, about 4 min left\n"
				     "web2    1s  install 0.2.0\n"
				     "web3        waiting\n"
				     "web4        waiting\n");
	hd_str_done(&out);
	hd_str_init(&out, 8192);
	hd_lanes_draw(l, 1000, (struct hd_lanes_screen){ 80, 6 }, &out);
	assert_string_equal(out.ptr, "1 of 3 waves done, about 4 min left\n"
				     "web2    1s  install 0.2.0\n"
				     "... and 2 more: 2 waiting\n");
	hd_lanes_free(l);
}

static void
text_in_the_block_does_not_scroll_by_as_well(void **state)
{
	static const struct {
		struct hd_event ev;
		bool said;
	} events[] = {
#define STEP(name, res)                                                        \
	.kind = HD_EV_STEP, .host = "web1", .step = name, .result = res
		{ { STEP("ship", HD_STEP_BEGIN) }, true },
		{ { .kind = HD_EV_PROGRESS, .host = "web1", .size = 9 }, true },
		{ { STEP("ship", HD_STEP_OK) }, false },
		{ { STEP("install", HD_STEP_BEGIN) }, true },
		{ { .kind = HD_EV_OUTPUT, .host = "web1", .text = "" }, false },
		{ { STEP("install", HD_STEP_OK) }, true },
		{ { STEP("verify", HD_STEP_BEGIN) }, true },
		{ { STEP("verify", HD_STEP_FAILED) }, false },
		{ { .kind = HD_EV_STEP,
		      .step = "build",
		      .result = HD_STEP_BEGIN },
		    true },
		{ { .kind = HD_EV_STEP, .step = "build", .result = HD_STEP_OK },
		    false },
#undef STEP
	};
	struct hd_lanes *l = hd_lanes_new();

	(void)state;
	for (size_t i = 0; i < HD_COUNT(events); i++)
		assert_int_equal(
		    hd_lanes_take(l, &events[i].ev, 0), events[i].said);
	hd_lanes_free(l);
}

static void
two_hundred_hosts_leave_room_on_24_rows(void **state)
{
	struct hd_lanes *l = hd_lanes_new();
	HD_AUTO_STR out = HD_STR_INIT(64 * 1024);
	char name[16];

	(void)state;
	for (int i = 1; i <= 200; i++) {
		snprintf(name, sizeof(name), "web%d", i);
		plan(l, name, "planned");
		if (i % 6 == 0)
			step(l, 0, name, "ship", HD_STEP_BEGIN);
	}
	hd_lanes_draw(l, 5000, (struct hd_lanes_screen){ 80, 24 }, &out);
	assert_int_equal(times_in(out.ptr, "\n"), 24 - HD_LANES_KEEP);
	assert_non_null(
	    strstr(out.ptr, "\n... and 180 more: 13 running, 167 waiting\n"));
	hd_lanes_free(l);
}

static void
on_a_terminal_failures_are_repeated_at_the_end_folded(void **state)
{
	static const struct hd_report reports[] = {
		UPGRADED,
		{ .host = "web2",
		    .before = "0.1.0",
		    .after = "0.1.0",
		    .boots = "0.1.0",
		    .result = "undone",
		    .text = "verify 0.2.0: exit status 1; undone: runs 0.1.0" },
		{ .host = "web3",
		    .before = "0.1.0",
		    .after = "0.1.0",
		    .boots = "0.1.0",
		    .result = "skipped",
		    .text = "not begun" },
	};
	const struct hd_event ev = event_summary(1, reports, HD_COUNT(reports));
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	hd_summary_print(out, &ev, &(struct hd_summary_opts){ .columns = 30 });
	fclose(out);
	assert_string_equal(text,
	    "\nhost  running         boots  result   mode\n"
	    "web1  0.1.0 -> 0.2.0  0.2.0  ok       hot\n"
	    "web2  0.1.0           0.1.0  undone   -\n"
	    "web3  0.1.0           0.1.0  skipped  -     not begun\n"
	    "\nweb2 undone\n"
	    "  verify 0.2.0: exit status\n"
	    "  1; undone: runs 0.1.0\n"
	    "\n2 versions run: 0.2.0 on\n"
	    "  web1; 0.1.0 on web2, web3\n"
	    "status 1: failed, or something is wrong: see each host\n");
	free(text);
}

static void
hosts_with_the_same_plan_are_grouped(void **state)
{
	static const struct {
		const char *host, *before, *after, *result, *text;
	} plans[] = {
		{ "web1", "0.1.0", "0.2.0", "planned", "install, verify" },
		{ "web2", "0.2.0", NULL, "refused", "no way" },
		{ "web3", "0.1.0", "0.2.0", "planned", "install, verify" },
		{ "web4", "0.1.1", "0.2.0", "planned", "install, verify" },
		{ "web5", NULL, NULL, "unchanged", NULL },
	};
	struct hd_plan_groups *p = hd_plan_groups_new();
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	for (size_t i = 0; i < HD_COUNT(plans); i++)
		hd_plan_groups_take(p, &(struct hd_event){ .kind = HD_EV_PLAN,
					   .host = plans[i].host,
					   .before = plans[i].before,
					   .after = plans[i].after,
					   .result = plans[i].result,
					   .text = plans[i].text });
	hd_plan_groups_print(p, out, false, 20);
	hd_plan_groups_print(p, out, false, 20);
	fclose(out);
	assert_string_equal(text, "web1, web3: planned\n"
				  "  0.1.0 -> 0.2.0\n"
				  "  install, verify\n"
				  "web2: refused 0.2.0\n"
				  "  -> -\n"
				  "  no way\n"
				  "web4: planned 0.1.1\n"
				  "  -> 0.2.0\n"
				  "  install, verify\n"
				  "web5: unchanged\n");
	free(text);
	hd_plan_groups_free(p);
}

/* One thread of a rollout. */
static void *
one_host(void *arg)
{
	const struct hd_sink *sink = arg;
	char host[24];
	struct hd_event ev = { .kind = HD_EV_STEP,
		.host = host,
		.step = "install",
		.result = HD_STEP_BEGIN };

	snprintf(host, sizeof(host), "%lu", (unsigned long)pthread_self());
	for (int i = 0; i < 20; i++) {
		hd_emit(sink, ev);
		hd_emit(sink, (struct hd_event){ .kind = HD_EV_OUTPUT,
				  .host = host,
				  .text = "line",
				  .wanted = true });
		hd_clock_wait(10);
	}
	hd_emit(sink, (struct hd_event){
			  .kind = HD_EV_NOTE, .host = host, .text = "done" });
	return NULL;
}

/* A file has no size: the screen assumes 80 columns. */
static void
threads_draw_whole_frames_and_the_end_has_no_block(void **state)
{
	enum { HOSTS = 4 };
	FILE *out = tmpfile();
	struct hd_live *l = hd_live_new(out, false, false);
	const struct hd_sink *sink = hd_live_sink(l);
	pthread_t threads[HOSTS];
	char text[64 * 1024];
	size_t n;

	(void)state;
	hd_emit(sink, (struct hd_event){ .kind = HD_EV_START, .size = HOSTS });
	for (size_t i = 0; i < HOSTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, one_host,
				     (void *)(uintptr_t)sink),
		    0);
	for (size_t i = 0; i < HOSTS; i++)
		pthread_join(threads[i], NULL);
	hd_live_hold(l, HD_LIVE_NO_BLOCK);
	hd_live_hold(l, HD_LIVE_ALL);
	hd_emit(sink, event_summary(1, NULL, 0));
	hd_live_free(l);
	rewind(out);
	n = fread(text, 1, sizeof(text) - 1, out);
	text[n] = '\0';
	fclose(out);
	assert_int_equal(times_in(text, "| line\n"), HOSTS * 20);
	assert_int_equal(times_in(text, "  done\n"), HOSTS);
	assert_true(times_in(text, HD_ERASE_BLOCK) > 1);
	/* one frame per 100 ms, not per event */
	assert_true(times_in(text, "A\r") < 20);
	assert_non_null(strstr(text,
	    HD_ERASE_BLOCK "status 1: failed, or something is wrong: see "
			   "each host\n"));
	assert_int_equal(text[n - 1], '\n');
}

/* What the screen wrote since the last call, in text. */
static void
read_on(FILE *out, char *text, size_t size)
{
	static long at;
	size_t n;

	fseek(out, at, SEEK_SET);
	n = fread(text, 1, size - 1, out);
	text[n] = '\0';
	at += (long)n;
}

static void
a_pass_is_drawn_over_the_last_one(void **state)
{
	static const struct hd_report reports[] = { UPGRADED };
	struct hd_event pass = { .kind = HD_EV_PASS,
		.done = 1,
		.left = 100000,
		.reports = reports,
		.nreports = 1 };
	FILE *out = tmpfile();
	struct hd_live *l;
	char text[8192];

	(void)state;
	assert_non_null(out);
	l = hd_live_new(out, false, false);
	pass.at = 1000;
	hd_emit(hd_live_sink(l), pass);
	read_on(out, text, sizeof(text));
	assert_non_null(strstr(text, "web1  0.1.0 -> 0.2.0  0.2.0  ok"));
	assert_non_null(strstr(text, "00:00:01 UTC: 1 of 1 answered"));
	assert_null(strstr(text, HD_ERASE_BLOCK));

	hd_emit(hd_live_sink(l), (struct hd_event){ .kind = HD_EV_CHANGE,
				     .host = "web1",
				     .name = "running",
				     .before = "0.1.0",
				     .after = "0.2.0" });
	pass.at = 6000;
	hd_emit(hd_live_sink(l), pass);
	hd_live_hold(l, HD_LIVE_ALL); /* draws at once */
	read_on(out, text, sizeof(text));
	assert_non_null(strstr(text,
	    HD_ERASE_BLOCK "1970-01-01T00:00:06Z  web1  running 0.1.0 -> "
			   "0.2.0\n"));
	assert_non_null(strstr(text, "00:00:06 UTC: 1 of 1 answered"));

	hd_emit(hd_live_sink(l), event_summary(0, reports, 1));
	hd_live_free(l);
	read_on(out, text, sizeof(text));
	assert_non_null(strstr(text, HD_ERASE_BLOCK "\nhost"));
	assert_null(strstr(text, "answered"));
	fclose(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_block_shows_the_activity_and_fits_the_screen),
		cmocka_unit_test(the_waves_are_above_the_hosts),
		cmocka_unit_test(text_in_the_block_does_not_scroll_by_as_well),
		cmocka_unit_test(two_hundred_hosts_leave_room_on_24_rows),
		cmocka_unit_test(
		    on_a_terminal_failures_are_repeated_at_the_end_folded),
		cmocka_unit_test(hosts_with_the_same_plan_are_grouped),
		cmocka_unit_test(a_pass_is_drawn_over_the_last_one),
		cmocka_unit_test(
		    threads_draw_whole_frames_and_the_end_has_no_block),
	};

	return cmocka_run_group_tests_name("screen_live", tests, NULL, NULL);
}
