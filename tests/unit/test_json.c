#include "tests/support/cmocka_all.h"

#include "core/base/json.h"

#include <string.h>

static void
an_object_is_one_line_in_the_order_of_its_keys(void **state)
{
	struct hd_json *o = hd_json_new();
	HD_AUTO_STR line = HD_STR_INIT(1024);

	(void)state;
	hd_json_text(o, "b", "two\nlines");
	hd_json_text(o, "left out", NULL);
	hd_json_int(o, "a", -7);
	hd_json_append(o, "items", NULL);
	hd_json_dump(o, &line);
	hd_json_free(o);
	assert_string_equal(
	    line.ptr, "{\"b\":\"two\\nlines\",\"a\":-7,\"items\":[]}");
}

static void
bytes_that_are_not_utf8_become_replacement_characters(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "\xe2\x82\xac\xf0\x9f\x98\x80",
		    "\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "a\xff"
		  "b",
		    "a\xef\xbf\xbd"
		    "b" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf5\x80\x80\x80",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_json *o = hd_json_new();

		hd_json_text(o, "t", rows[i].in);
		assert_string_equal(hd_json_get(o, "t"), rows[i].out);
		hd_json_free(o);
	}
}

static void
only_one_whole_object_is_parsed(void **state)
{
	static const char *const bad[] = { "", "[]", "7", "{\"a\":1", "{} {}",
		"{\"a\":1,\"a\":2}" };
	struct hd_json *o = hd_json_parse("{\"a\":\"x\",\"n\":5}");

	(void)state;
	assert_string_equal(hd_json_get(o, "a"), "x");
	assert_null(hd_json_get(o, "n"));
	assert_int_equal(hd_json_get_int(o, "n"), 5);
	assert_int_equal(hd_json_get_int(o, "none"), 0);
	hd_json_free(o);
	for (size_t i = 0; i < HD_COUNT(bad); i++)
		assert_null(hd_json_parse(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_object_is_one_line_in_the_order_of_its_keys),
		cmocka_unit_test(
		    bytes_that_are_not_utf8_become_replacement_characters),
		cmocka_unit_test(only_one_whole_object_is_parsed),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
