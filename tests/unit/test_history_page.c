/* The page of `history --html`. */
#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/history_page.h"

#include <string.h>

enum { MAX = 64 * 1024 * 1024, COUNT = 20 };

#define EVIL                                                                   \
	"</title></style><script>alert(1)</script>\"' onload=x & \x01"         \
	"<img src=http://x/>"

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg(
		    "the page lacks: %s\n%s", part, strstr(text, "</style>"));
}

static void
past(struct hd_history_page *p, const char *host, struct hd_past past)
{
	hd_history_page_take(
	    p, &(struct hd_event){
		   .kind = HD_EV_PAST, .host = host, .past = &past });
}

/* Ends the run; the caller frees the page. */
static char *
end(struct hd_history_page *p, int status, const struct hd_report *reports,
    size_t n)
{
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	const struct hd_event summary = event_summary(status, reports, n);

	hd_history_page_take(p, &summary);
	hd_history_page_write(&out, p);
	hd_history_page_done(p);
	assert_false(out.failed);
	return hd_str_take(&out);
}

#define CHANGE(when, what, ...)                                                \
	((struct hd_past){ .time = (when),                                     \
	    .command = (what),                                                 \
	    .result = "ok",                                                    \
	    .who = "ann@laptop",                                               \
	    __VA_ARGS__ })

static void
equal_changes_are_a_row_with_their_hosts_and_times(void **state)
{
	static const struct hd_report reports[] = { { .host = "web1",
							.result = "ok" },
		{ .host = "web2", .result = "ok" },
		{ .host = "web3", .result = "ok" } };
	static const char *const ends[] = { "2026-01-30T23:59:58.000Z",
		"2026-01-31T00:00:01.000Z", "2026-01-31T00:00:05.000Z" };
	HD_AUTO_FREE char *text = NULL;
	struct hd_history_page p;

	(void)state;
	hd_history_page_init(&p, "prod", COUNT);
	for (size_t i = 0; i < 3; i++)
		past(&p, reports[i].host,
		    CHANGE(ends[i], "upgrade", .from = "0.1.0", .to = "0.2.0",
			.mode = "hot", .run = "r1", .ms = 4000 + 100 * (int)i,
			.job = "https://ci.example/1"));
	past(&p, "web3",
	    CHANGE("2026-02-01T08:15:00Z", "restart", .from = "0.2.0",
		.to = "0.2.0", .ms = 900, .run = "r2"));
	text = end(&p, 0, reports, 3);
	has(text, "<title>prod: history</title>");
	has(text, "3 hosts, 4 changes</p>");
	has(text, "At most the newest 20 changes of each host");
	has(text,
	    "<th scope=rowgroup colspan=8>2026-02-01\n"
	    "<tr><td>08:15:00<th scope=row>web3<td>restart<td>0.2.0"
	    "<td class=good>\xe2\x9c\x93 ok<td>-<td>ann@laptop<td>0.9s\n"
	    "<tbody><tr class=day><th scope=rowgroup colspan=8>2026-01-31\n"
	    "<tr><td>2026-01-30 23:59:58\xe2\x80\x93"
	    "00:00:05<th scope=row>web[1-3] (3)<td>upgrade"
	    "<td>0.1.0 \xe2\x86\x92 0.2.0<td class=good>\xe2\x9c\x93 ok"
	    "<td>hot<td>ann@laptop<br>https://ci.example/1"
	    "<td>4.0s\xe2\x80\x93"
	    "4.2s\n");
	assert_int_equal(times_in(text, "<tr><td>"), 2);
	assert_null(strstr(text, "left out"));
	assert_null(strstr(text, "class=\"tag"));
}

static void
results_have_signs_and_missing_values_a_dash(void **state)
{
	static const struct hd_report report = { .host = "web1",
		.result = "ok" };
	HD_AUTO_FREE char *text = NULL;
	struct hd_history_page p;

	(void)state;
	hd_history_page_init(&p, "prod", 1);
	past(&p, "web1",
	    (struct hd_past){ .time = "2026-01-31T08:15:00.000Z",
		.command = "upgrade",
		.from = "0.1.0",
		.to = "0.2.0",
		.result = "undone" });
	past(&p, "web1", (struct hd_past){ 0 });
	text = end(&p, 0, &report, 1);
	has(text, "At most the newest 1 change of each host");
	has(text, "<td class=bad>\xe2\x86\xa9 undone<td>-<td>-<td>-\n");
	has(text, "colspan=8>no time\n<tr><td>-<th scope=row>web1<td>-<td>-"
		  "<td>\xe2\x97\x8b -<td>-<td>-<td>-\n");
}

static void
hosts_without_an_answer_or_a_change_are_named(void **state)
{
	static const struct hd_report reports[] = {
		{ .host = "web1", .result = "ok" },
		{ .host = "web2", .result = "ok" },
		{ .host = "web3", .result = "unreachable", .text = "no route" },
		{ .host = "web4", .result = "ok" },
	};
	HD_AUTO_FREE char *text = NULL, *none = NULL;
	struct hd_history_page p;

	(void)state;
	hd_history_page_init(&p, "prod", COUNT);
	past(&p, "web1", CHANGE("2026-01-31T08:15:00Z", "stop", 0));
	text = end(&p, 3, reports, HD_COUNT(reports));
	has(text, "\xe2\x9c\x97 unreachable</span>status 3: ");
	has(text, "<tr><th scope=row>web3<td>unreachable<td>no route\n");
	has(text, "<p>Not changed by hdeploy: web2, web4</p>");
	hd_history_page_init(&p, "prod", COUNT);
	none = end(&p, 0, reports, 1);
	has(none, "1 host, 0 changes</p>\n<p>Not changed by hdeploy: web1</p>");
	assert_null(strstr(none, "<table"));
}

static void
text_of_hosts_is_only_text(void **state)
{
	const struct hd_report r = {
		.host = EVIL, .result = EVIL, .text = EVIL
	};
	HD_AUTO_FREE char *text = NULL;
	struct hd_history_page p;

	(void)state;
	hd_history_page_init(&p, EVIL, COUNT);
	past(&p, EVIL,
	    (struct hd_past){ .id = EVIL,
		.time = EVIL,
		.command = EVIL,
		.result = EVIL,
		.from = EVIL,
		.to = "x" EVIL,
		.undoes = EVIL,
		.who = EVIL,
		.job = "javascript:" EVIL,
		.mode = EVIL,
		.run = EVIL });
	hd_history_page_take(
	    &p, &(struct hd_event){ .kind = HD_EV_ERROR, .text = EVIL });
	text = end(&p, 1, &r, 1);
	has(text, "default-src 'none'; style-src 'unsafe-inline'");
	has(text, "<td>&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(1)"
		  "&lt;/script&gt;&quot;&#39; onload=x &amp; \xef\xbf\xbd");
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<img"));
	assert_null(strstr(text, "href"));
	assert_int_equal(times_in(text, "</style>"), 1);
	assert_int_equal(times_in(text, "</title>"), 1);
	assert_null(strchr(text, '\x01'));
}

/* More than a page takes, in runs of two hosts: the newest are kept, and the
 * changes that are left out are counted. */
static void
a_page_is_bounded_and_counts_the_rest(void **state)
{
	enum { RUNS = 3000, HEAD = 20 * 1000, ROWS = 1000 * 1000, ROW = 20000 };
	static const struct hd_report reports[] = { { .host = "web1",
							.result = "ok" },
		{ .host = "web2", .result = "ok" } };
	HD_AUTO_FREE char *who = hd_alloc(1025), *text = NULL;
	HD_AUTO_ARENA a = { 0 };
	struct hd_history_page p;
	size_t rows;

	(void)state;
	memset(who, '<', 1024);
	hd_history_page_init(&p, "prod", COUNT);
	for (int host = 0; host < 2; host++)
		for (int i = 0; i < RUNS; i++)
			past(&p, reports[host].host,
			    (struct hd_past){
				.time = hd_arena_fmt(&a,
				    "2026-01-%02dT%02d:%02d:00Z", 1 + i / 1440,
				    i / 60 % 24, i % 60),
				.run = hd_arena_fmt(&a, "r%d", i),
				.to = hd_arena_fmt(&a, "0.0.%d", i),
				.who = who });
	text = end(&p, 0, reports, 2);
	assert_in_range(strlen(text), ROWS, ROWS + ROW + HEAD);
	has(text, "2 hosts, 6000 changes</p>");
	has(text, "- \xe2\x86\x92 0.0.2999<");
	assert_null(strstr(text, "- \xe2\x86\x92 0.0.0<"));
	rows = times_in(text, "<tr><td>");
	assert_in_range(rows, 1, RUNS - 1);
	has(text, hd_arena_fmt(&a, "<p>%zu older changes are left out.</p>",
		      2 * (RUNS - rows)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    equal_changes_are_a_row_with_their_hosts_and_times),
		cmocka_unit_test(results_have_signs_and_missing_values_a_dash),
		cmocka_unit_test(hosts_without_an_answer_or_a_change_are_named),
		cmocka_unit_test(text_of_hosts_is_only_text),
		cmocka_unit_test(a_page_is_bounded_and_counts_the_rest),
	};

	return cmocka_run_group_tests_name("history_page", tests, NULL, NULL);
}
