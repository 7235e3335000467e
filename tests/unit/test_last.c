#include "tests/support/cmocka_all.h"

#include "core/base/attr.h"
#include "core/base/last.h"

#include <string.h>

static const struct {
	const char *text, *line;
} rows[] = {
	{ "", "" },
	{ "\n \n\t\n", "" },
	{ "one", "one" },
	{ "one\ntwo\n", "two" },
	{ "one\n\n  \n", "one" },
	{ "one\n  two  \r\n", "two" },
	{ "10%\r20%\rdone", "done" },
	{ "a\tb", "a b" },
	{ "\033[31mERROR:\033[0m no", "ERROR: no" },
	{ "x\033[0m\n\033[0m\n", "x" },
	{ "\033]0;title\a", "]0;title?" },
	{ "a\033", "a" },
	{ "a\033[12\nb", "b" },
	{ "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "a\001b\177", "a?b?" },
};

static void
the_last_line_that_is_not_empty_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_last l = { 0 };

		hd_last_add(&l, rows[i].text, strlen(rows[i].text));
		assert_string_equal(hd_last_line(&l), rows[i].line);
		assert_string_equal(hd_last_line(&l), rows[i].line);
	}
}

static void
pieces_make_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_last l = { 0 };

		for (const char *p = rows[i].text; *p != '\0'; p++)
			hd_last_add(&l, p, 1);
		assert_string_equal(hd_last_line(&l), rows[i].line);
	}
}

static void
a_long_line_is_cut(void **state)
{
	struct hd_last l = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		hd_last_add(&l, "x", 1);
	assert_int_equal(strlen(hd_last_line(&l)), HD_LAST_MAX - 1);
	hd_last_add(&l, "\nshort", 6);
	assert_string_equal(hd_last_line(&l), "short");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_that_is_not_empty_is_kept),
		cmocka_unit_test(pieces_make_no_difference),
		cmocka_unit_test(a_long_line_is_cut),
	};

	return cmocka_run_group_tests_name("last", tests, NULL, NULL);
}
