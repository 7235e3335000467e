#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/screen_json.h"
#include "cmd/version.h"
#include "core/base/fs.h"
#include "core/base/json.h"

#include <stdlib.h>
#include <string.h>

enum { DOCS_MAX = 64 * 1024 };

static const struct hd_report report = {
	.host = "web1",
	.before = "0.1.0",
	.after = "0.2.0",
	.boots = "0.2.0",
	.result = "ok",
	.mode = "hot",
	.verdict = "hot, with care",
	.stops = 1,
	.text = "as it should be",
	.ms = 9,
	.sent = 5,
	.size = 7,
};

static const struct hd_past past = {
	.id = "a1",
	.time = "2026-01-31T08:15:00.123Z",
	.who = "ann@laptop",
	.job = "https://ci.example/1",
	.command = "rollback",
	.from = "0.2.0",
	.to = "0.1.0",
	.sha256 = "5a",
	.result = "ok",
	.mode = "hot",
	.undoes = "a0",
	.run = "0123456789abcdef",
	.ms = 12,
};

/* An event of this kind with all fields set. */
static struct hd_event
full(enum hd_event_kind kind)
{
	return (struct hd_event){
		.kind = kind,
		.host = "web1",
		.step = "ship",
		.result = HD_STEP_OK,
		.text = "words",
		.len = strlen("words"),
		.before = "0.1.0",
		.after = "0.2.0",
		.ms = 12,
		.done = 3,
		.sent = 2,
		.size = 4,
		.status = 6,
		.reports = &report,
		.nreports = 1,
		.past = &past,
		.name = "glibc-too-old",
		.weight = "stop",
		.verdict = "refused",
		.check = true,
	};
}

/* The output of the screen for an event; NULL: its first line. The caller
 * frees it. */
static char *
written(const struct hd_event *ev)
{
	char *text = NULL, *line;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct hd_sink sink = hd_screen_json(out);

	if (ev != NULL)
		sink.emit(sink.ctx, ev);
	fclose(out);
	if (ev == NULL)
		return text;
	line = hd_strdup(strchr(text, '\n') + 1);
	free(text);
	return line;
}

static void
the_first_line_names_hdeploy_and_the_format(void **state)
{
	char *text = written(NULL);
	struct hd_json *o = hd_json_parse(text);

	(void)state;
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_string_equal(hd_json_get(o, "event"), "version");
	assert_string_equal(hd_json_get(o, "hdeploy"), HD_VERSION);
	assert_int_equal(hd_json_get_int(o, "format"), 1);
	hd_json_free(o);
	free(text);
}

static void
an_event_is_one_object_on_one_line(void **state)
{
	struct hd_event ev = full(HD_EV_STEP);
	char *text;
	struct hd_json *o;

	(void)state;
	ev.text = "two\nlines \"quoted\"";
	text = written(&ev);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	o = hd_json_parse(text);
	assert_non_null(o);
	assert_string_equal(hd_json_get(o, "event"), "step");
	assert_string_equal(hd_json_get(o, "host"), "web1");
	assert_string_equal(hd_json_get(o, "step"), "ship");
	assert_string_equal(hd_json_get(o, "result"), "ok");
	assert_string_equal(hd_json_get(o, "text"), ev.text);
	assert_int_equal(hd_json_get_int(o, "ms"), 12);
	assert_int_equal(
	    strlen(hd_json_get(o, "time")), strlen("2026-01-31T08:15:00.123Z"));
	hd_json_free(o);
	free(text);
}

static void
unknown_values_are_left_out(void **state)
{
	struct hd_event ev = {
		.kind = HD_EV_STEP, .step = "build", .result = HD_STEP_BEGIN
	};
	char *text = written(&ev);

	(void)state;
	assert_null(strstr(text, "\"host\""));
	assert_null(strstr(text, "\"text\""));
	assert_null(strstr(text, "\"ms\""));
	free(text);
}

static void
an_item_has_its_own_name_and_fields(void **state)
{
	static const struct hd_detail details[] = { { "name", "hotcode", 0 },
		{ "size", NULL, 12 }, { "\"", "a\nb", 0 } };
	char *line = written(&(struct hd_event){ .kind = HD_EV_ITEM,
	    .step = "release",
	    .text = "for people",
	    .details = details,
	    .ndetails = HD_COUNT(details) });

	(void)state;
	assert_int_equal(times_in(line, "{\"event\":\"release\",\"time\":"), 1);
	assert_int_equal(times_in(line, "Z\",\"name\":\"hotcode\",\"size\":12,"
					"\"\\\"\":\"a\\nb\"}\n"),
	    1);
	free(line);
}

static void
the_summary_lists_the_hosts_after_the_status(void **state)
{
	static const struct hd_report reports[] = {
		UPGRADED,
		{ .host = "web2", .result = "unreachable", .text = "no route" },
	};
	const struct hd_event ev = event_summary(3, reports, HD_COUNT(reports));
	char *text = written(&ev);

	(void)state;
	assert_non_null(strstr(text,
	    "\"status\":3,\"hosts\":["
	    "{\"host\":\"web1\",\"before\":\"0.1.0\",\"after\":\"0.2.0\","
	    "\"boots\":\"0.2.0\",\"result\":\"ok\",\"mode\":\"hot\"},"
	    "{\"host\":\"web2\",\"result\":\"unreachable\","
	    "\"text\":\"no route\"}]}\n"));
	free(text);
}

static void
a_summary_without_hosts_has_an_empty_list(void **state)
{
	const struct hd_event ev = event_summary(2, NULL, 0);
	char *text = written(&ev);

	(void)state;
	assert_non_null(strstr(text, "\"status\":2,\"hosts\":[]}\n"));
	free(text);
}

/* A copy of the section of docs/events.md with this title. The caller frees
 * it. */
static char *
section(const char *docs, const char *title)
{
	char head[64];
	const char *start, *end;
	char *text;

	snprintf(head, sizeof(head), "\n## %s\n", title);
	start = strstr(docs, head);
	if (start == NULL)
		fail_msg("docs/events.md does not have \"%s\"", title);
	start += strlen(head);
	end = strstr(start, "\n## ");
	text =
	    strndup(start, end != NULL ? (size_t)(end - start) : strlen(start));
	return text;
}

static bool
documented(const char *text, const char *key)
{
	char row[64];

	snprintf(row, sizeof(row), "| `%s` |", key);
	return strstr(text, row) != NULL;
}

/* Every key in the order in which it is written, until there is no more. An
 * object in a list is passed over. */
static const char *
next_key(const char *p, char key[static 32])
{
	const char *end;

	for (p = strchr(p, '"'); p != NULL; p = strchr(end + 1, '"')) {
		end = strchr(p + 1, '"');
		if (end[1] == ':') {
			snprintf(key, 32, "%.*s", (int)(end - p - 1), p + 1);
			if (strcmp(key, "hosts") == 0)
				end = strstr(end, "}]") + 1;
			return end + 1;
		}
	}
	return NULL;
}

/* Both ways: each key that is written has its row, and there are as many rows
 * as keys. Frees line. */
static void
check_fields(const char *docs, char *line)
{
	struct hd_json *o = hd_json_parse(line);
	const char *event = hd_json_get(o, "event");
	char *part = section(docs, event), key[32];
	size_t keys = 0;

	for (const char *p = line; (p = next_key(p, key)) != NULL;) {
		if (strcmp(key, "event") == 0 || strcmp(key, "time") == 0)
			continue;
		keys++;
		if (!documented(part, key))
			fail_msg(
			    "\"%s\" of \"%s\" is not documented", key, event);
	}
	if (times_in(part, "\n| `") != keys)
		fail_msg("\"%s\" has %zu fields, not the documented %zu", event,
		    keys, times_in(part, "\n| `"));
	hd_json_free(o);
	free(line);
	free(part);
}

static void
the_documentation_lists_exactly_the_fields_of_every_event(void **state)
{
	HD_AUTO_STR docs = HD_STR_INIT(DOCS_MAX);
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(hd_fs_read("docs/events.md", &docs, &err), &err);
	check_fields(docs.ptr, written(NULL));
	for (int kind = 0; kind < HD_EV_KINDS; kind++) {
		struct hd_event ev = full((enum hd_event_kind)kind);

		/* tests/cli/test_inspect.sh compares these */
		if (kind == HD_EV_ITEM)
			continue;
		check_fields(docs.ptr, written(&ev));
	}
}

static void
the_documentation_explains_every_result(void **state)
{
	HD_AUTO_STR docs = HD_STR_INIT(DOCS_MAX);
	struct hd_err err = { 0 };
	char *part;

	(void)state;
	assert_hd_ok(hd_fs_read("docs/events.md", &docs, &err), &err);
	part = section(docs.ptr, "Results");
	for (size_t i = 0; i < HD_RESULTS; i++) {
		if (!documented(part, hd_results[i].name))
			fail_msg(
			    "\"%s\" is not documented", hd_results[i].name);
	}
	assert_int_equal(times_in(part, "\n| `"), HD_RESULTS);
	free(part);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_names_hdeploy_and_the_format),
		cmocka_unit_test(an_event_is_one_object_on_one_line),
		cmocka_unit_test(unknown_values_are_left_out),
		cmocka_unit_test(an_item_has_its_own_name_and_fields),
		cmocka_unit_test(the_summary_lists_the_hosts_after_the_status),
		cmocka_unit_test(a_summary_without_hosts_has_an_empty_list),
		cmocka_unit_test(
		    the_documentation_lists_exactly_the_fields_of_every_event),
		cmocka_unit_test(the_documentation_explains_every_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
