/* The page of a run, from its events and from their log. */
#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"
#include "tests/support/screen_case.h"

#include "cmd/event_log.h"
#include "cmd/report.h"
#include "cmd/screen_json.h"
#include "cmd/screens.h"
#include "core/base/clock.h"
#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* T0: 2026-01-31T08:15:00.123Z */
enum { MAX = 16 * 1024 * 1024, FLEET = 200 };
#define T0 1769847300123ll

#define STEP(time, where, what, how, ...)                                      \
	{                                                                      \
		.kind = HD_EV_STEP, .at = T0 + (time), .host = (where),        \
		.step = (what), .result = (how), __VA_ARGS__                   \
	}
#define PHASE(time, what, words)                                               \
	{                                                                      \
		.kind = HD_EV_PHASE, .at = T0 + (time), .name = (what),        \
		.text = (words)                                                \
	}
#define SUMMARY(time, code, hosts, count)                                      \
	{                                                                      \
		.kind = HD_EV_SUMMARY, .at = T0 + (time), .status = (code),    \
		.reports = (hosts), .nreports = (count)                        \
	}

/* A macro: clang takes no variable in the initializer of another. */
#define START                                                                  \
	{                                                                      \
		.kind = HD_EV_START, .at = T0, .name = "upgrade prod 0.2.0",   \
		.text = "upgrade prod 0.2.0: 2 hosts"                          \
	}

/* The page of these events. The caller frees it. */
static char *
page(const struct hd_event *events, size_t n)
{
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;

	hd_run_log_init(&l);
	for (size_t i = 0; i < n; i++)
		hd_run_log_take(&l, &events[i]);
	hd_report_timeline(&out, &l);
	hd_run_log_done(&l);
	assert_false(out.failed);
	return hd_str_take(&out);
}

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg(
		    "the page lacks: %s\n%s", part, strstr(text, "</style>"));
}

static const struct hd_report reports[] = {
	{ .host = "web1",
	    .before = "0.1.0",
	    .after = "0.1.0",
	    .result = "undone",
	    .mode = "hot",
	    .ms = 3100,
	    .text = "verify 0.2.0: no answer; undone: runs and boots 0.1.0" },
	{ .host = "web2",
	    .before = "0.1.0",
	    .after = "0.2.0",
	    .result = "ok",
	    .mode = "hot",
	    .ms = 2000 },
	{ .host = "web3", .result = "set aside", .text = "no route" },
};

/* web1 fails and goes back, web2 is changed, web3 is set aside. */
static const struct hd_event run[] = {
	START,
	PHASE(0, "plan", "lock the hosts and plan"),
	{ .kind = HD_EV_PLAN,
	    .at = T0 + 500,
	    .host = "web1",
	    .result = "planned",
	    .text = "install 0.2.0, soak 0.2.0" },
	{ .kind = HD_EV_PROOF,
	    .at = T0 + 500,
	    .host = "web1",
	    .verdict = "hot",
	    .text = "one module" },
	STEP(500, NULL, "hook before_upgrade", HD_STEP_BEGIN, 0),
	STEP(1000, NULL, "hook before_upgrade", HD_STEP_OK, .ms = 500),
	PHASE(1000, "wave", "upgrade: web1, web2"),
	STEP(1000, "web2", "soak", HD_STEP_BEGIN, .after = "0.2.0"),
	STEP(3000, "web2", "soak", HD_STEP_OK, .ms = 2000),
	STEP(3000, "web1", "verify", HD_STEP_BEGIN, .after = "0.2.0"),
	{ .kind = HD_EV_HEALTH,
	    .at = T0 + 4900,
	    .host = "web1",
	    .name = "tcp 8080",
	    .result = HD_STEP_FAILED,
	    .ms = 900,
	    .text = "refused" },
	STEP(5000, "web1", "verify", HD_STEP_FAILED, .ms = 2000,
	    .text = "no answer"),
	STEP(8000, "web1", "install", HD_STEP_BEGIN, .after = "0.1.0"),
	STEP(9100, "web1", "install", HD_STEP_OK, .ms = 1100),
	PHASE(9500, "end", NULL),
	SUMMARY(10000, 1, reports, HD_COUNT(reports)),
};

static void
a_page_has_the_result_phases_hosts_and_the_plan(void **state)
{
	HD_AUTO_FREE char *text = page(run, HD_COUNT(run));

	(void)state;
	has(text, "<title>upgrade prod 0.2.0: failed</title>");
	has(text, "<h1>upgrade prod 0.2.0</h1>");
	has(text, "\xe2\x9c\x97 failed</span>status 1: failed");
	has(text, "2026-01-31 08:15:00 UTC, 10.0s; "
		  "3 hosts: 1 ok, 1 set aside, 1 undone");
	has(text, "<li class=p style=left:0%;width:10%>"
		  "lock the hosts and plan 1.0s");
	has(text, "<li class=p style=left:10%;width:85%>"
		  "upgrade: web1, web2 8.5s</ol>");
	has(text, "this machine<td><ol tabindex=0><li class=h "
		  "style=left:5%;width:5%>hook before_upgrade 0.5s</ol>");
	has(text, "web2<td><ol tabindex=0><li class=w "
		  "style=left:10%;width:20%>soak 0.2.0 2.0s</ol>"
		  "<td class=good>\xe2\x9c\x93 ok");
	has(text, "<tr><th scope=row>web2<td>0.1.0<td>0.2.0<td class=good>"
		  "\xe2\x9c\x93 ok<td>hot<td>2.0s");
	has(text, "web1<td>planned<td>install 0.2.0, soak 0.2.0");
	has(text, "web1<td>verdict: hot<td>one module");
}

static void
a_failure_and_the_way_back_have_signs_of_their_own(void **state)
{
	HD_AUTO_FREE char *text = page(run, HD_COUNT(run));

	(void)state;
	has(text, "<li class=f style=left:30%;width:20%>"
		  "\xe2\x9c\x97 verify 0.2.0 2.0s: no answer");
	has(text, "<li class=f style=left:40%;width:9%>"
		  "\xe2\x9c\x97 health check tcp 8080 0.9s: refused");
	has(text, "<li class=\"b r\" style=left:80%;width:11%>"
		  "\xe2\x86\xa9 install 0.1.0 1.1s</ol>"
		  "<td class=bad>\xe2\x86\xa9 undone");
	has(text, "web1<td>undone<td>verify 0.2.0: no answer; undone: runs "
		  "and boots 0.1.0");
}

static void
hosts_taken_back_for_another_one_are_on_the_way_back(void **state)
{
	const struct hd_report r = { .host = "web1", .result = "undone" };
	const struct hd_event events[] = {
		START,
		PHASE(0, "undo", "take back: 1 host"),
		STEP(0, "web1", "install", HD_STEP_BEGIN, .after = "0.1.0"),
		STEP(1000, "web1", "install", HD_STEP_OK, .ms = 1000),
		SUMMARY(1000, 1, &r, 1),
	};
	HD_AUTO_FREE char *text = page(events, HD_COUNT(events));

	(void)state;
	has(text, "<li class=b style=left:0%;width:100%>"
		  "\xe2\x86\xa9 take back: 1 host 1.0s");
	has(text, "<li class=b style=left:0%;width:100%>"
		  "\xe2\x86\xa9 install 0.1.0 1.0s");
}

static void
a_host_set_aside_has_no_lane_and_unknown_versions(void **state)
{
	HD_AUTO_FREE char *text = page(run, HD_COUNT(run));

	(void)state;
	has(text, "web3<td><td>\xe2\x97\x8b set aside");
	has(text, "web3<td>?<td>?<td>\xe2\x97\x8b set aside<td>-<td>-");
	has(text, "web3<td>set aside<td>no route");
}

static void
an_interrupted_step_has_an_open_end(void **state)
{
	const struct hd_report r = {
		.host = "web1", .result = "left", .text = "in progress"
	};
	const struct hd_event events[] = {
		START,
		STEP(1000, "web1", "install", HD_STEP_BEGIN, .after = "0.2.0"),
		SUMMARY(4000, 130, &r, 1),
	};
	HD_AUTO_FREE char *text = page(events, HD_COUNT(events));

	(void)state;
	has(text, "\xe2\x9c\x97 interrupted</span>status 130: interrupted");
	has(text, "<li class=o style=left:25%;width:75%>\xe2\x80\xa6 install "
		  "0.2.0: the run ended during this step</ol>"
		  "<td class=bad>\xe2\x9c\x97 left");
}

static void
a_run_without_an_end_is_unfinished(void **state)
{
	HD_AUTO_FREE char *none = page(NULL, 0);
	HD_AUTO_FREE char *text = page(run, HD_COUNT(run) - 1);

	(void)state;
	has(none, "<title>hdeploy: unfinished</title>");
	has(none, "the run has not ended, or it was killed");
	assert_null(strstr(none, "<table"));
	has(text, "UTC, at least 9.5s");
	has(text, "web1<td><ol");
	has(text, "<td>\xe2\x80\xa6 unfinished");
}

#define EVIL                                                                   \
	"</title></style><script>alert(1)</script>\"' onload=x & \x01"         \
	"<img src=http://x/>"

static void
text_of_hosts_is_only_text(void **state)
{
	const struct hd_report r = { .host = EVIL,
		.before = EVIL,
		.after = EVIL,
		.result = EVIL,
		.mode = EVIL,
		.text = EVIL };
	const struct hd_event events[] = {
		{ .kind = HD_EV_START, .at = T0, .name = EVIL },
		PHASE(0, "wave", EVIL),
		{ .kind = HD_EV_ERROR, .at = T0, .text = EVIL },
		{ .kind = HD_EV_PLAN,
		    .at = T0,
		    .host = EVIL,
		    .result = EVIL,
		    .text = EVIL },
		{ .kind = HD_EV_FINDING,
		    .at = T0,
		    .host = EVIL,
		    .name = EVIL,
		    .text = EVIL },
		STEP(0, EVIL, EVIL, HD_STEP_BEGIN, .after = EVIL),
		STEP(5, EVIL, EVIL, HD_STEP_FAILED, .ms = 5, .text = EVIL),
		SUMMARY(10, 1, &r, 1),
	};
	HD_AUTO_FREE char *text = page(events, HD_COUNT(events));

	(void)state;
	has(text, "default-src 'none'; style-src 'unsafe-inline'");
	has(text, "&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(1)"
		  "&lt;/script&gt;&quot;&#39; onload=x &amp; \xef\xbf\xbd");
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<img"));
	assert_int_equal(times_in(text, "</style>"), 1);
	assert_int_equal(times_in(text, "</title>"), 1);
	assert_null(strchr(text, '\x01'));
	assert_null(strstr(text, "url("));
	assert_null(strstr(text, "@import"));
}

/* A fleet that upgrades in one wave; text: the reason of each host. */
static char *
fleet(const char *text)
{
	static const char *const steps[] = { "snapshot", "unpack", "check",
		"install", "verify", "soak", "drain", "make permanent",
		"verify", "record" };
	HD_AUTO_FREE struct hd_report *all = hd_alloc(FLEET * sizeof(*all));
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	HD_AUTO_ARENA a = { 0 };
	struct hd_run_log l;

	hd_run_log_init(&l);
	hd_run_log_take(&l, &(const struct hd_event)START);
	for (int i = 0; i < FLEET; i++) {
		const char *host = hd_arena_fmt(&a, "web-%d.example", 100 + i);
		int64_t at = 1000 + 37 * i;

		all[i] = (struct hd_report){ .host = host,
			.before = "0.1.0",
			.after = "0.2.0",
			.result = text != NULL ? "failed" : "ok",
			.mode = "hot",
			.ms = 11000,
			.text = text != NULL
				    ? hd_arena_fmt(&a, "%d %s", i, text)
				    : NULL };
		for (size_t k = 0; k < HD_COUNT(steps); k++) {
			const struct hd_event begin = STEP(at, host, steps[k],
			    HD_STEP_BEGIN, .after = "0.2.0");
			const struct hd_event end = STEP(at + 1103, host,
			    steps[k], text ? HD_STEP_FAILED : HD_STEP_OK,
			    .ms = 1103, .text = text);

			hd_run_log_take(&l, &begin);
			hd_run_log_take(&l, &end);
			at += 1103;
		}
	}
	hd_run_log_take(
	    &l, &(struct hd_event)SUMMARY(21000, text != NULL, all, FLEET));
	hd_report_timeline(&out, &l);
	hd_run_log_done(&l);
	return hd_str_take(&out);
}

static void
a_page_of_200_hosts_has_less_than_200_kb(void **state)
{
	HD_AUTO_FREE char *text = fleet(NULL);

	(void)state;
	has(text, "web-299.example<td><ol");
	assert_int_equal(times_in(text, "soak 0.2.0 1.1s"), FLEET);
	assert_in_range(strlen(text), FLEET * 200, 200 * 1000 - 1);
}

static void
long_texts_of_hosts_are_cut(void **state)
{
	HD_AUTO_FREE char *words = hd_alloc(4096);
	HD_AUTO_FREE char *text = NULL;

	(void)state;
	memset(words, '<', 4095);
	text = fleet(words);
	has(text, " more are left out.</p>");
	/* of each step at most 400 characters, four bytes each */
	assert_in_range(strlen(text), 1, FLEET * 10 * 1800 + 400 * 1000);
}

/* Where the events of a run go: the page, and the log of --json. */
struct twice {
	struct hd_run_log log;
	struct hd_sink json;
};

static void
take_twice(void *ctx, const struct hd_event *ev)
{
	struct twice *t = ctx;

	hd_run_log_take(&t->log, ev);
	t->json.emit(t->json.ctx, ev);
}

static void
take_log(void *ctx, const struct hd_event *ev)
{
	hd_run_log_take(ctx, ev);
}

/* Reads the log through screens, as the command does. */
static int
page_of_log(char **out, const char *path, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(MAX);
	struct hd_screens *s = hd_screens_new();
	struct hd_run_log l;
	const struct hd_sink sink = { .emit = take_log, .ctx = &l };
	int got;

	hd_run_log_init(&l);
	hd_screens_add(s, &sink);
	got = hd_event_log_read(path, hd_screens_sink(s), err);
	hd_report_timeline(&text, &l);
	hd_run_log_done(&l);
	hd_screens_free(s);
	*out = hd_str_take(&text);
	return got;
}

static void
a_run_and_its_log_give_the_same_page(void **state)
{
	struct hd_screens *s = hd_screens_new();
	HD_AUTO_FREE char *log = NULL, *read = NULL;
	HD_AUTO_STR live = HD_STR_INIT(MAX);
	struct hd_err err = { 0 };
	struct twice t;
	const struct hd_sink sink = { .emit = take_twice, .ctx = &t };
	size_t n = 0;
	FILE *out = open_memstream(&log, &n);

	t.json = hd_screen_json(out);
	hd_run_log_init(&t.log);
	hd_screens_add(s, &sink);
	for (size_t i = 0; i < HD_COUNT(run); i++) {
		struct hd_event ev = run[i];

		ev.at = 0; /* now */
		hd_emit(hd_screens_sink(s), ev);
		hd_clock_wait(3);
	}
	fclose(out);
	hd_report_timeline(&live, &t.log);
	hd_run_log_done(&t.log);
	hd_screens_free(s);
	folder_write(*state, "log", log, n);
	assert_int_equal(
	    page_of_log(&read, folder_path(*state, "log"), &err), 0);
	assert_string_equal(live.ptr, read);
}

#define VERSION "{\"event\":\"version\",\"hdeploy\":\"0.1.0\",\"format\":1}\n"

static void
refuses(const char *folder, const char *log, const char *why)
{
	HD_AUTO_FREE char *text = NULL;
	struct hd_err err = { 0 };

	folder_write(folder, "log", log, strlen(log));
	assert_int_equal(
	    page_of_log(&text, folder_path(folder, "log"), &err), -1);
	assert_int_equal(err.code, HD_EUSAGE);
	if (strstr(err.msg, why) == NULL)
		fail_msg("%s lacks: %s", err.msg, why);
}

static void
a_file_that_is_not_a_log_is_refused_with_its_line(void **state)
{
	refuses(*state, "", "is empty");
	refuses(*state, "text\n", "line 1 is not a JSON object");
	refuses(*state, "{\"event\":\"start\"}\n", "line 1 is not the version");
	refuses(*state, "{\"event\":\"version\",\"format\":2}\n",
	    "line 1: the log has format 2");
	refuses(
	    *state, VERSION "{}\ntext\n{}\n", "line 3 is not a JSON object");
	refuses(*state, VERSION "[1]\n", "line 2 is not a JSON object");
}

static void
a_log_may_end_in_the_middle_and_lack_fields(void **state)
{
	static const char log[] = VERSION
	    "{\"event\":\"news\",\"time\":\"x\"}\n"
#define AT ",\"time\":\"2026-01-31T08:15:00.123Z\""
	    "{\"event\":\"step\"" AT "}\n"
	    "{\"event\":\"step\",\"step\":\"a\",\"result\":\"ok\",\"ms\":"
	    "9223372036854775807" AT "}\n"
	    "{\"event\":\"step\",\"step\":\"b\",\"result\":\"ok\",\"ms\":"
	    "-9223372036854775807" AT "}\n"
	    "{\"event\":\"note\",\"time\":\"9999-12-31T23:59:59.999Z\"}\n"
	    "{\"event\":\"error\",\"text\":\"x\",\"time\":"
	    "\"9999-12-31T23:59:59.999Z\"}\n"
	    "{\"event\":\"plan\"" AT "}\n"
	    "{\"event\":\"phase\"" AT "}\n"
	    "{\"event\":\"health\"" AT "}\n"
	    "{\"event\":\"finding\"" AT "}\n"
	    "{\"event\":\"proof\"" AT "}\n"
	    "{\"event\":\"host\"" AT "}\n"
	    "{\"event\":\"summary\",\"hosts\":[1,{},{\"host\":\"a\"}]" AT "}\n"
	    "{\"event\":\"ste";
	HD_AUTO_FREE char *text = NULL;
	struct hd_err err = { 0 };

	folder_write(*state, "log", log, strlen(log));
	assert_int_equal(
	    page_of_log(&text, folder_path(*state, "log"), &err), 0);
	has(text, "2026-01-31 08:15:00 UTC, ");
	has(text, "; 1 host</p>");
	has(text, "this machine<td><ol tabindex=0><li style=left:0%;width:0%>"
		  "a 0.0s<li style=left:0%;width:0%>b 0.0s</ol>");
}

static void
times_are_read_as_they_are_written(void **state)
{
	static const int64_t times[] = { 0, 951782400000, 1709164799999,
		1709164800000, 4107542399999, T0 };
	char text[32];
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(times); i++) {
		hd_clock_text(text, times[i]);
		assert_true(hd_clock_read(&ms, text));
		assert_int_equal(ms, times[i]);
	}
	hd_clock_text(text, T0);
	assert_string_equal(text, "2026-01-31T08:15:00.123Z");
	assert_false(hd_clock_read(&ms, "2026-01-31T08:15:00Z"));
	assert_false(hd_clock_read(&ms, "2026-13-31T08:15:00.123Z"));
	assert_false(hd_clock_read(&ms, "2026-01-31T08:15:00.123Zx"));
	assert_false(hd_clock_read(&ms, ""));
}

int
main(void)
{
#define IN_FOLDER(name)                                                        \
	cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_page_has_the_result_phases_hosts_and_the_plan),
		cmocka_unit_test(
		    a_failure_and_the_way_back_have_signs_of_their_own),
		cmocka_unit_test(
		    hosts_taken_back_for_another_one_are_on_the_way_back),
		cmocka_unit_test(
		    a_host_set_aside_has_no_lane_and_unknown_versions),
		cmocka_unit_test(an_interrupted_step_has_an_open_end),
		cmocka_unit_test(a_run_without_an_end_is_unfinished),
		cmocka_unit_test(text_of_hosts_is_only_text),
		cmocka_unit_test(a_page_of_200_hosts_has_less_than_200_kb),
		cmocka_unit_test(long_texts_of_hosts_are_cut),
		IN_FOLDER(a_run_and_its_log_give_the_same_page),
		IN_FOLDER(a_file_that_is_not_a_log_is_refused_with_its_line),
		IN_FOLDER(a_log_may_end_in_the_middle_and_lack_fields),
		cmocka_unit_test(times_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
