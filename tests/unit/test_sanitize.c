#include "tests/support/cmocka_all.h"

#include "cmd/sanitize.h"

#include <string.h>

enum { MAX = 100 };

static void
hostile_and_harmless_text_comes_out_as_safe_text(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "plain text, 100% [ok]", "plain text, 100% [ok]" },
		{ "a\tb", "a\tb" },
		{ "Gr\xc3\xbc\xc3\x9f"
		  "e \xe2\x9c\x93 \xf0\x9f\x9a\x80",
		    "Gr\xc3\xbc\xc3\x9f"
		    "e \xe2\x9c\x93 \xf0\x9f\x9a\x80" },
		/* control sequences, 7-bit */
		{ "\x1b[31mred\x1b[0m", "red" },
		{ "\x1b[2J\x1b[1;1Hgone", "gone" },
		{ "\x1b[?25lx", "x" },
		{ "\x1b]52;c;cm0gLXJmIC8=\x07x", "x" },
		{ "\x1b]0;title\x1b\\x", "x" },
		{ "\x1bPq#0;2\x1b\\x", "x" },
		{ "\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\x", "x" },
		{ "\x1b(Bx", "x" },
		{ "\x1b"
		  "cx",
		    "x" },
		{ "\x1b"
		  "7x\x1b"
		  "8y",
		    "xy" },
		/* cut off */
		{ "x\x1b[31", "x" },
		{ "x\x1b", "x\\x1b" },
		{ "\x1b]52;c;QUJD", "52;c;QUJD" },
		{ "\x1b[3\nm", "\\nm" },
		/* control sequences, 8-bit and as UTF-8 */
		{ "\x9b"
		  "31mred",
		    "red" },
		{ "\xc2\x9b"
		  "31mred",
		    "red" },
		{ "\x9d"
		  "52;c;QUJD\x9cx",
		    "x" },
		{ "\xc2\x9d"
		  "52;c;QUJD\xc2\x9cx",
		    "x" },
		{ "\x90q\xe2\x9c\x93\x07x", "x" },
		{ "a\xc2\x85z", "a\\u0085z" },
		{ "a\x85z", "a\xef\xbf\xbdz" },
		/* commands to the systems that run jobs */
		{ "a ##[add-mask]b", "a ##\\x5badd-mask]b" },
		{ "##vso[task.x]y", "##vso\\x5btask.x]y" },
		{ "###[x] ##a##teamcity[x]",
		    "###\\x5bx] ##a##teamcity\\x5bx]" },
		{ "#\x1b[0m#\x1b[1m[error]", "##\\x5berror]" },
		/* a comparison by the rules of a language skips invisible ones
		 */
		{ "#\xc2\xad#[a]", "#\xc2\xad#\\x5ba]" },
		{ "##v\xe2\x80\x8dso\xe2\x80\x8c[a]",
		    "##v\xe2\x80\x8dso\xe2\x80\x8c\\x5ba]" },
		{ "# [x] #[x] ##-[x] ## [x]", "# [x] #[x] ##-[x] ## [x]" },
		/* other control characters */
		{ "over\rwritten", "over\\rwritten" },
		{ "two\nlines", "two\\nlines" },
		{ "ab\b\bcd", "ab\\x08\\x08cd" },
		{ "bell\a del\x7f", "bell\\x07 del\\x7f" },
		/* not UTF-8: too long, surrogate, too large, cut, lone */
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\xa0\xbf\xbf",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "x\xe2\x9c", "x\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xff", "\xef\xbf\xbd" },
		/* text that looks different from its content */
		{ "a\xe2\x80\xaetxt.exe", "a\\u202etxt.exe" },
		{ "\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069" },
		{ "a\xe2\x80\xa8z", "a\\u2028z" },
		{ "\xef\xbb\xbfx", "\\ufeffx" },
		{ "x\xf3\xa0\x81\x81", "x\\ue0041" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		HD_AUTO_STR out = HD_STR_INIT(MAX + HD_SANITIZE_NOTE + 1);

		hd_sanitize(&out, cases[i].in, strlen(cases[i].in), MAX);
		assert_string_equal(out.ptr, cases[i].out);
	}
}

static void
a_nul_is_escaped_like_other_control_characters(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(MAX + HD_SANITIZE_NOTE + 1);

	(void)state;
	hd_sanitize(&out, "a\0b", 3, MAX);
	assert_string_equal(out.ptr, "a\\x00b");
}

static void
a_long_text_is_cut_between_characters_and_says_so(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(MAX + HD_SANITIZE_NOTE + 1);

	(void)state;
	hd_sanitize(&out, "\xc3\xbc\xc3\xbc\xc3\xbc", 6, 3);
	assert_string_equal(out.ptr, "\xc3\xbc ...(4 more bytes)");
}

/* No byte sequence leaves anything that controls a terminal. */
static void
no_pair_of_bytes_leaves_a_control_character(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 0x10000; i++) {
		HD_AUTO_STR out = HD_STR_INIT(MAX + HD_SANITIZE_NOTE + 1);
		char in[4] = { 'a', (char)(i >> 8), (char)i, 'z' };

		hd_sanitize(&out, in, sizeof(in), MAX);
		for (size_t k = 0; k < out.len; k++) {
			unsigned char c = (unsigned char)out.ptr[k];

			assert_true(c == '\t' || (c >= 0x20 && c != 0x7f));
			assert_false(
			    c == 0xc2 && (unsigned char)out.ptr[k + 1] < 0xa0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    hostile_and_harmless_text_comes_out_as_safe_text),
		cmocka_unit_test(
		    a_nul_is_escaped_like_other_control_characters),
		cmocka_unit_test(
		    a_long_text_is_cut_between_characters_and_says_so),
		cmocka_unit_test(no_pair_of_bytes_leaves_a_control_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
