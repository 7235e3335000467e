#include "tests/support/cmocka_all.h"

#include "core/base/index.h"

#include <string.h>

static void
a_text_has_its_own_number(void **state)
{
	static const char *const texts[] = { "", "a", "b", "ab", "abc", "a\xff",
		"\xff", "\x01", "web1", "web10", "web2", "0.1.0", "0.1.0-1" };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index x = { 0 };

	(void)state;
	assert_int_equal(hd_index_get(&x, ""), 0);
	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		assert_int_equal(hd_index_get(&x, texts[i]), 0);
		assert_int_equal(*hd_index_at(&x, &arena, texts[i]), 0);
		*hd_index_at(&x, &arena, texts[i]) = i + 1;
	}
	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		assert_int_equal(hd_index_get(&x, texts[i]), i + 1);
		assert_int_equal(*hd_index_at(&x, &arena, texts[i]), i + 1);
	}
	assert_int_equal(hd_index_get(&x, "we"), 0);
	assert_int_equal(hd_index_get(&x, "web11"), 0);
	assert_int_equal(hd_index_get(&x, "web100"), 0);
}

/* All texts of two letters up to a length, not in alphabetical order. */
static void
the_order_of_the_texts_does_not_matter(void **state)
{
	enum { N = 1 << 10 };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index x = { 0 };
	const char *texts[N];

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		unsigned bits = i * 677 % N;
		char text[16] = "", *to = text;

		for (bits++; bits > 1; bits /= 2)
			*to++ = bits % 2 != 0 ? 'b' : 'a';
		texts[i] = hd_arena_strdup(&arena, text);
		*hd_index_at(&x, &arena, texts[i]) = i + 1;
	}
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(hd_index_get(&x, texts[i]), i + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_has_its_own_number),
		cmocka_unit_test(the_order_of_the_texts_does_not_matter),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
