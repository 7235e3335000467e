#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/report.h"
#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = 4 * 1024 * 1024 };

#define STEP(at, what, how, ...)                                               \
	{                                                                      \
		.kind = HD_EV_STEP, .host = (at), .step = (what),              \
		.result = (how), __VA_ARGS__                                   \
	}

static const struct hd_event start = { .kind = HD_EV_START,
	.name = "upgrade prod 0.2.0" };

/* The report of a run with these events, without the times of day. */
static char *
junit(const struct hd_event *events, size_t n)
{
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;

	hd_run_log_init(&l);
	for (size_t i = 0; i < n; i++)
		hd_run_log_take(&l, &events[i]);
	l.ended_ms = l.began_ms + 4321;
	strcpy(l.began, "2026-01-31T08:15:00.123Z");
	hd_report_junit(&out, &l);
	hd_run_log_done(&l);
	assert_false(out.failed);
	return hd_str_take(&out);
}

static void
a_host_is_a_suite_of_its_result_and_everything_it_tried(void **state)
{
	const struct hd_report r = {
		.host = "web1", .result = "ok", .ms = 2100
	};
	const struct hd_event events[] = {
		start,
		STEP(NULL, "build", HD_STEP_BEGIN, 0),
		STEP(NULL, "build", HD_STEP_OK, .ms = 1500),
		{ .kind = HD_EV_FINDING,
		    .host = "web1",
		    .name = "clock-wrong",
		    .weight = "warn",
		    .text = "2 s behind" },
		{ .kind = HD_EV_PROOF,
		    .host = "web1",
		    .verdict = "hot",
		    .text = "all is well" },
		STEP("web1", "install", HD_STEP_BEGIN, .after = "0.2.0"),
		STEP("web1", "install", HD_STEP_OK, .after = "0.2.0",
		    .ms = 2003),
		STEP("web1", "verify", HD_STEP_BEGIN, 0),
		{ .kind = HD_EV_HEALTH,
		    .host = "web1",
		    .name = "tcp 8080",
		    .result = HD_STEP_OK,
		    .ms = 7 },
		STEP("web1", "verify", HD_STEP_OK, .ms = 97),
		STEP("web1", "verify", HD_STEP_BEGIN, 0),
		STEP("web1", "verify", HD_STEP_OK, .ms = 1),
		event_summary(0, &r, 1),
	};
	HD_AUTO_FREE char *text = junit(events, HD_COUNT(events));

	(void)state;
#define COUNTS(t, f, e, s)                                                     \
	" tests=\"" t "\" failures=\"" f "\" errors=\"" e "\" skipped=\"" s "\""
#define CASE(class, name, time)                                                \
	"    <testcase classname=\"" class "\" name=\"" name "\" time=\"" time \
					   "\""
	assert_string_equal(text,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuites name=\"upgrade prod 0.2.0\"" COUNTS("9", "0", "0",
		"0") " time=\"4.321\">\n"
		     "  <testsuite name=\"hdeploy\"" COUNTS("2", "0", "0",
			 "0") " time=\"4.321\" timestamp=\"2026-01-31T08:15:00\">\n" CASE("hdeploy",
			 "upgrade prod 0.2.0",
			 "4.321") "/>\n" CASE("hdeploy", "build",
			 "1.500") "/>\n"
				  "  </testsuite>\n"
				  "  <testsuite name=\"web1\"" COUNTS("7", "0",
				      "0",
				      "0") " time=\"2.100\" timestamp=\"2026-01-31T08:15:00\">\n" CASE("web1",
				      "upgrade prod 0.2.0",
				      "2.100") "/>\n" CASE("web1",
				      "finding clock-wrong",
				      "0.000") ">\n"
					       "      <system-out>2 s behind</system-out>\n"
					       "    </testcase>\n" CASE("web1",
						   "verdict: hot",
						   "0.000") ">\n"
							    "      <system-out>all is well</system-out>\n"
							    "    </testcase>\n" CASE(
								"web1",
								"install 0.2.0",
								"2.003") "/>\n" CASE("web1",
								"verify",
								"0.097") "/>\n" CASE("web1",
								"health check tcp 8080",
								"0.007") "/>\n" CASE("web1",
								"verify (2)",
								"0.001") "/>\n"
									 "  </testsuite>\n"
									 "</testsuites>\n");
}

static void
failures_are_failures_and_hosts_left_out_are_skipped(void **state)
{
	const struct hd_report reports[] = {
		{ .host = "web1", .result = "undone", .text = "no answer" },
		{ .host = "web2", .result = "skipped", .text = "web1" },
		{ .host = "web3", .result = "set aside" },
		{ .host = "web4", .result = "locked", .text = "by ann" },
	};
	const struct hd_event events[] = {
		start,
		STEP("web1", "verify", HD_STEP_BEGIN, 0),
		{ .kind = HD_EV_HEALTH,
		    .host = "web1",
		    .name = "http /",
		    .result = HD_STEP_FAILED,
		    .text = "status 500, not 200" },
		STEP("web1", "verify", HD_STEP_FAILED, .text = "status 500"),
		{ .kind = HD_EV_FINDING,
		    .host = "web4",
		    .name = "disk-full",
		    .weight = "stop",
		    .text = "no room" },
		event_summary(1, reports, HD_COUNT(reports)),
	};
	HD_AUTO_FREE char *text = junit(events, HD_COUNT(events));

	(void)state;
	assert_non_null(
	    strstr(text, "0.2.0\"" COUNTS("8", "6", "0", "2") " time"));
	assert_int_equal(times_in(text, "<skipped message=\"web1\">web1<"), 1);
	assert_int_equal(
	    times_in(text, "<skipped message=\"set aside\"></"), 1);
	assert_int_equal(
	    times_in(text, "<failure message=\"by ann\" type=\"locked\">"), 1);
	assert_int_equal(
	    times_in(text, "<failure message=\"no room\" type=\"finding\">"),
	    1);
	assert_int_equal(
	    times_in(text, "<failure message=\"status 500, not 200\" "
			   "type=\"health\">status 500, not 200</failure>"),
	    1);
	assert_int_equal(
	    times_in(text, "<failure message=\"status 500\" type=\"step\">"),
	    1);
	assert_int_equal(times_in(text, "type=\"failed\""), 1); /* the run */
}

static void
an_interrupted_step_and_errors_without_a_host_are_errors(void **state)
{
	const struct hd_report r = {
		.host = "web1", .result = "left", .text = "in progress"
	};
	const struct hd_event events[] = {
		start,
		{ .kind = HD_EV_ERROR, .text = "first" },
		{ .kind = HD_EV_ERROR, .text = "second" },
		{ .kind = HD_EV_ERROR, .text = "third", .weight = HD_WARN },
		STEP("web1", "install", HD_STEP_BEGIN, 0),
		event_summary(130, &r, 1),
	};
	HD_AUTO_FREE char *text = junit(events, HD_COUNT(events));

	(void)state;
	assert_int_equal(times_in(text, "<error message=\"first\""), 1);
	assert_int_equal(times_in(text, "name=\"error 2\""), 1);
	assert_int_equal(times_in(text, "<skipped message=\"third\""), 1);
	assert_int_equal(times_in(text, "name=\"warning 3\""), 1);
	assert_int_equal(times_in(text, "type=\"unfinished\""), 1);
	assert_int_equal(times_in(text, "type=\"interrupted\""), 1);
	assert_int_equal(times_in(text, "type=\"left\""), 1);
}

/* Status 3 has two meanings. */
static void
the_run_says_whether_hosts_were_set_aside(void **state)
{
	const struct hd_report reports[] = {
		{ .host = "web1", .result = "ok" },
		{ .host = "web2", .result = "set aside" },
	};
	const struct hd_event ev = event_summary(3, reports, 2);
	HD_AUTO_FREE char *text = junit(&ev, 1);

	(void)state;
	assert_int_equal(
	    times_in(text, "<failure message=\"done and verified, except for "
			   "the hosts that were set aside\""),
	    1);
}

static void
a_run_without_an_end_is_an_error(void **state)
{
	HD_AUTO_FREE char *text = junit(NULL, 0);

	(void)state;
	assert_non_null(strstr(text, "<testsuites name=\"hdeploy\"" COUNTS("1",
					 "0", "1", "0") " time=\"0.000\">"));
}

static void
text_is_escaped_and_characters_that_xml_lacks_are_replaced(void **state)
{
	const struct hd_report r = { .host = "web1",
		.result = "failed",
		.text = "<a b='c' d=\"e\">&amp;]]>\t\x01\xef\xbf\xbe"
			"\xf0\x9f\x9a\x80\xef\xbf\xbd\xc3\xbc" };
	const struct hd_event ev = event_summary(1, &r, 1);
	HD_AUTO_FREE char *text = junit(&ev, 1);

	(void)state;
	assert_int_equal(
	    times_in(text, "&#60;a b=&#39;c&#39; d=&#34;e&#34;&#62;&#38;amp;"
			   "]]&#62;&#9;\xef\xbf\xbd\xef\xbf\xbd"
			   "\xf0\x9f\x9a\x80\xef\xbf\xbd\xc3\xbc"),
	    2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_host_is_a_suite_of_its_result_and_everything_it_tried),
		cmocka_unit_test(
		    failures_are_failures_and_hosts_left_out_are_skipped),
		cmocka_unit_test(
		    an_interrupted_step_and_errors_without_a_host_are_errors),
		cmocka_unit_test(the_run_says_whether_hosts_were_set_aside),
		cmocka_unit_test(a_run_without_an_end_is_an_error),
		cmocka_unit_test(
		    text_is_escaped_and_characters_that_xml_lacks_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
