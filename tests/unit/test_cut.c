#include "tests/support/cmocka_all.h"

#include "cmd/cut.h"

static void
a_line_is_cut_between_characters_by_their_width(void **state)
{
	static const struct {
		const char *line;
		size_t columns;
		const char *expect;
	} cuts[] = {
		{ "abc", 5, "abc" },
		{ "abc", 2, "ab" },
		{ "abc", 0, "" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc", 2, "\xc3\xa4\xc3\xb6" },
		/* U+65E5 U+672C are two columns wide each */
		{ "\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5" },
		{ "\xf0\x9f\x98\x80!", 3, "\xf0\x9f\x98\x80!" },
		{ "a\xe6\x97", 9, "a\xe6\x97" },
		/* colours */
		{ "\033[31mabc\033[0m", 3, "\033[31mabc\033[0m" },
		{ "a\033[1;31mbcd\033[0me", 3, "a\033[1;31mbc\033[0m" },
		{ "a\033[31mb\033[0mcde", 3, "a\033[31mb\033[0mc" },
		{ "\033[31", 9, "\033[31" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cuts); i++) {
		HD_AUTO_STR out = HD_STR_INIT(64);

		hd_cut(&out, cuts[i].line, cuts[i].columns);
		assert_string_equal(out.ptr, cuts[i].expect);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_line_is_cut_between_characters_by_their_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
