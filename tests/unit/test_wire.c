#include "tests/support/cmocka_all.h"

#include "transport/keys/wire.h"

#include <string.h>

static struct hd_wire
wire(const void *p, size_t n)
{
	return hd_wire_of((struct hd_bytes){ p, n });
}

static void
values_are_read_in_order(void **state)
{
	struct hd_wire w =
	    wire("\x07\0\0\1\2\1\2\3\4\5\6\7\x08\0\0\0\2ab\0\0\0\0", 23);

	(void)state;
	assert_int_equal(hd_wire_byte(&w), 7);
	assert_int_equal(hd_wire_u32(&w), 0x102);
	assert_true(hd_wire_u64(&w) == 0x0102030405060708);
	assert_true(hd_bytes_are(hd_wire_string(&w), "ab"));
	assert_true(hd_bytes_are(hd_wire_string(&w), ""));
	assert_false(w.bad);
	assert_int_equal(w.left, 0);
}

static void
everything_after_a_value_that_does_not_fit_is_empty(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = { { "", 0 }, { "\0\0\0", 3 }, { "\0\0\0\3ab", 6 },
		{ "\xff\xff\xff\xff", 4 }, { "\xff\xff\xff\xffxxxx", 8 } };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct hd_wire w = wire(cases[i].bytes, cases[i].n);

		assert_int_equal(hd_wire_string(&w).n, 0);
		assert_true(w.bad);
		assert_int_equal(hd_wire_byte(&w), 0);
		assert_true(hd_wire_u64(&w) == 0);
		assert_int_equal(hd_wire_string(&w).n, 0);
	}
}

static void
what_is_written_is_read_back(void **state)
{
	unsigned char out[16], *end;
	struct hd_wire w;

	(void)state;
	end = hd_wire_put(hd_wire_put_u32(out, 0xfeedbeef), "key", 3);
	assert_int_equal(end - out, 11);
	w = wire(out, 11);
	assert_true(hd_wire_u32(&w) == 0xfeedbeef);
	assert_true(hd_bytes_are(hd_wire_string(&w), "key"));
	assert_false(w.bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_in_order),
		cmocka_unit_test(
		    everything_after_a_value_that_does_not_fit_is_empty),
		cmocka_unit_test(what_is_written_is_read_back),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
