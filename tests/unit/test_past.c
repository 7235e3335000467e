#include "tests/support/cmocka_all.h"

#include "core/past.h"

#include <string.h>

static void
a_line_is_read_as_it_was_written(void **state)
{
	const struct hd_past past = { .id = "a1",
		.time = "2026-01-31T08:15:00.123Z",
		.who = "ann@laptop",
		.job = "https://ci.example/1?a=\"b\"",
		.command = "upgrade",
		.from = "0.1.0",
		.to = "0.2.0",
		.result = "ok",
		.mode = "hot",
		.ms = 4200 };
	HD_AUTO_STR line = HD_STR_INIT(4096);
	HD_AUTO_ARENA a = { 0 };
	struct hd_past back;

	(void)state;
	hd_past_write(&past, &line);
	assert_null(strchr(line.ptr, '\n'));
	assert_true(hd_past_read(&back, &a, line.ptr));
	assert_string_equal(back.id, "a1");
	assert_string_equal(back.time, past.time);
	assert_string_equal(back.who, past.who);
	assert_string_equal(back.job, past.job);
	assert_string_equal(back.command, "upgrade");
	assert_string_equal(back.from, "0.1.0");
	assert_string_equal(back.to, "0.2.0");
	assert_string_equal(back.result, "ok");
	assert_string_equal(back.mode, "hot");
	assert_null(back.undoes);
	assert_null(back.sha256);
	assert_int_equal(back.ms, 4200);
}

/* core/remote/change.sh relies on these. */
static void
a_line_begins_with_its_id_and_names_its_command_in_one_way(void **state)
{
	static const char begin[] = "{\"id\":\"a1\",\"time\":";
	const struct hd_past past = { .id = "a1",
		.time = "2026-01-31T08:15:00.123Z",
		.who = "\"command\":\"rollback\"",
		.job = "{\"id\":\"b2\"",
		.command = "upgrade",
		.result = "ok",
		.going = "forward",
		.run = "r1",
		.ms = 1 };
	HD_AUTO_STR line = HD_STR_INIT(4096);

	(void)state;
	hd_past_write(&past, &line);
	assert_memory_equal(line.ptr, begin, strlen(begin));
	assert_non_null(strstr(line.ptr, ",\"command\":\"upgrade\","));
	assert_null(strstr(line.ptr, "\"command\":\"rollback\""));
	assert_null(strstr(line.ptr + 1, "{\"id\":\"b2\""));
}

static void
a_line_that_a_full_disk_cut_is_none(void **state)
{
	static const char *const bad[] = { "", "{\"id\":\"a", "[]", "null",
		"{} {}" };
	HD_AUTO_ARENA a = { 0 };
	struct hd_past past;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++)
		assert_false(hd_past_read(&past, &a, bad[i]));
}

static void
lines_of_old_have_fewer_fields(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_past past;

	(void)state;
	assert_true(
	    hd_past_read(&past, &a, "{\"id\":\"a\",\"to\":7,\"more\":\"x\"}"));
	assert_string_equal(past.id, "a");
	assert_null(past.to);
	assert_null(past.who);
	assert_int_equal(past.ms, 0);
}

static void
lines_of_old_call_the_mode_hot(void **state)
{
	static const struct {
		const char *line, *mode;
	} rows[] = {
		{ "{\"hot\":\"hot\"}", "hot" },
		{ "{\"hot\":\"cold\"}", "cold" },
		{ "{\"hot\":\"partial\"}", "hot, partial" },
		{ "{\"hot\":\"unknown\"}", "unknown" },
		{ "{\"hot\":\"hot\",\"mode\":\"cold\"}", "cold" },
	};
	HD_AUTO_ARENA a = { 0 };
	struct hd_past past;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		assert_true(hd_past_read(&past, &a, rows[i].line));
		assert_string_equal(past.mode, rows[i].mode);
	}
	assert_true(hd_past_read(&past, &a, "{\"hot\":true}"));
	assert_null(past.mode);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read_as_it_was_written),
		cmocka_unit_test(
		    a_line_begins_with_its_id_and_names_its_command_in_one_way),
		cmocka_unit_test(a_line_that_a_full_disk_cut_is_none),
		cmocka_unit_test(lines_of_old_have_fewer_fields),
		cmocka_unit_test(lines_of_old_call_the_mode_hot),
	};

	return cmocka_run_group_tests_name("past", tests, NULL, NULL);
}
