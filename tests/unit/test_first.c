#include "tests/support/cmocka_all.h"

#include "core/base/attr.h"
#include "core/base/first.h"

#include <string.h>

enum { MAX = 5 };

static const struct {
	const char *text, *line;
	bool fits;
} rows[] = {
	{ "", "", true },
	{ "\n", "", true },
	{ "one", "one", true },
	{ "one\ntwo\n", "one", true },
	{ "\ntwo\n", "", true },
	{ "one\r\ntwo", "one", true },
	{ "\r\n", "", true },
	{ "a\rb\n", "a\rb", true },
	{ "12345", "12345", true },
	{ "12345\nand more", "12345", true },
	{ "123456", "12345", false },
	{ "123456\n", "12345", false },
};

static void
assert_line(size_t row, size_t piece)
{
	char text[MAX + 1] = "";
	struct hd_first f = { .text = text, .max = MAX };
	size_t len = strlen(rows[row].text);

	for (size_t at = 0; at < len; at += piece)
		hd_first_add(&f, rows[row].text + at,
		    len - at < piece ? len - at : piece);
	assert_int_equal(hd_first_end(&f), rows[row].fits);
	assert_string_equal(text, rows[row].line);
	assert_int_equal(f.n, strlen(rows[row].line));
}

static void
the_first_line_is_kept_unless_it_is_too_long(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		assert_line(i, 100);
}

static void
the_size_of_the_pieces_makes_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		for (size_t piece = 1; piece < 8; piece++)
			assert_line(i, piece);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_is_kept_unless_it_is_too_long),
		cmocka_unit_test(the_size_of_the_pieces_makes_no_difference),
	};

	return cmocka_run_group_tests_name("first", tests, NULL, NULL);
}
