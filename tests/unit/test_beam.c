#include "tests/support/cmocka_all.h"

#include "core/artifact/beam.h"
#include "core/base/fs.h"
#include "tests/support/folder.h"
#include "tests/support/tarball.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char source[] = "-module(m).\n"
			     "-export([f/1, g/1]).\n"
			     "f(X) -> {g(X), \"some text\", {a, b}}.\n"
			     "g(X) -> X * 2.\n";

/* Compiles text in folder/place, by its full path as rebar3 does, or by its
 * name from within the folder. */
static void
compile(const char *folder, const char *place, const char *text, bool full,
    struct hd_str *beam)
{
	char command[1024], path[256];
	struct hd_err err = { 0 };

	snprintf(path, sizeof(path), "%s/m.erl", place);
	folder_write(folder, path, text, strlen(text));
	snprintf(command, sizeof(command),
	    "cd %s/%s && erlc +debug_info %s%s%s%sm.erl", folder, place,
	    full ? folder : "", full ? "/" : "", full ? place : "",
	    full ? "/" : "");
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s/m.beam", place);
	assert_hd_ok(hd_fs_read(folder_path(folder, path), beam, &err), &err);
}

struct digest {
	char hex[HD_SHA256_HEX];
};

static struct digest
digest(const struct hd_str *beam)
{
	struct digest d;
	char code[HD_SHA256_HEX];

	assert_true(hd_beam_digest(beam->ptr, beam->len, "m", d.hex, code));
	return d;
}

static void
same_source_in_another_folder_has_the_same_digest(void **state)
{
	HD_AUTO_STR a = TARBALL_INIT, b = TARBALL_INIT, c = TARBALL_INIT;
	HD_AUTO_STR gz = TARBALL_INIT;

	compile(*state, "a", source, true, &a);
	compile(*state, "some/other/place", source, true, &b);
	compile(*state, "c", source, false, &c);
	/* Equal files would prove nothing. */
	assert_true(a.len != b.len || memcmp(a.ptr, b.ptr, a.len) != 0);
	assert_true(a.len != c.len || memcmp(a.ptr, c.ptr, a.len) != 0);
	assert_string_equal(digest(&a).hex, digest(&b).hex);
	assert_string_equal(digest(&a).hex, digest(&c).hex);
	tarball_gzip(&a, &gz);
	assert_string_equal(digest(&a).hex, digest(&gz).hex);
}

static void
other_code_text_or_lines_have_another_digest(void **state)
{
	static const char *const others[] = {
		"-module(m).\n-export([f/1, g/1]).\n"
		"f(X) -> {g(X), \"some text\", {a, b}}.\n"
		"g(X) -> X * 3.\n",
		"-module(m).\n-export([f/1, g/1]).\n"
		"f(X) -> {g(X), \"same text\", {a, b}}.\n"
		"g(X) -> X * 2.\n",
		"-module(m).\n-export([f/1, g/1]).\n"
		"f(X) -> {g(X), \"some text\", {a, b}}.\n"
		"\ng(X) -> X * 2.\n",
		"-module(m).\n-export([f/1, g/1]).\n-author(me).\n"
		"f(X) -> {g(X), \"some text\", {a, b}}.\n"
		"g(X) -> X * 2.\n",
	};
	HD_AUTO_STR a = TARBALL_INIT;

	compile(*state, "a", source, true, &a);
	for (size_t i = 0; i < HD_COUNT(others); i++) {
		HD_AUTO_STR b = TARBALL_INIT;

		compile(*state, "a", others[i], true, &b);
		assert_string_not_equal(digest(&a).hex, digest(&b).hex);
	}
}

/* What beam_lib, which decides for release_handler, says of folder/m.beam. */
static void
md5(const char *folder, char out[static 33])
{
	char command[1024];
	FILE *f;

	snprintf(command, sizeof(command),
	    "erl -noshell -boot no_dot_erlang -eval '"
	    "{ok, {m, D}} = beam_lib:md5(\"%s/a/m.beam\"), "
	    "[io:format(\"~2.16.0b\", [B]) || <<B>> <= D], halt().'",
	    folder);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(out, 33, f));
	assert_int_equal(pclose(f), 0);
	assert_int_equal(strlen(out), 32);
}

/* Pairs of sources, with funs, since these contain a part of the digest. */
static void
the_digest_of_code_is_equal_exactly_if_that_of_beam_lib_is(void **state)
{
	static const char *const texts[] = {
		"-module(m).\n-export([f/1]).\n"
		"f(X) -> fun(Y) -> {X, Y, \"text\"} end.\n",
		"-module(m).\n-export([f/1]).\n"
		"%% moved\n\n\nf(X) -> fun(Y) -> {X, Y, \"text\"} end.\n",
		"-module(m).\n-export([f/1]).\n-vsn(\"2\").\n-author(me).\n"
		"f(X) -> fun(Y) -> {X, Y, \"text\"} end.\n",
		"-module(m).\n-export([f/1]).\n"
		"f(X) -> fun(Y) -> {X, Y, \"test\"} end.\n",
		"-module(m).\n-export([f/1]).\n"
		"f(X) -> fun(Y) -> {Y, X, \"text\"} end.\n",
		"-module(m).\n-export([f/1, g/0]).\ng() -> 1.\n"
		"f(X) -> fun(Y) -> {X, Y, \"text\"} end.\n",
	};
	char theirs[HD_COUNT(texts)][33];
	char ours[HD_COUNT(texts)][HD_SHA256_HEX];

	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		HD_AUTO_STR beam = TARBALL_INIT, gz = TARBALL_INIT;
		char packed[HD_SHA256_HEX], identity[HD_SHA256_HEX];

		compile(*state, "a", texts[i], true, &beam);
		md5(*state, theirs[i]);
		assert_true(
		    hd_beam_digest(beam.ptr, beam.len, "m", identity, ours[i]));
		tarball_gzip(&beam, &gz);
		assert_true(
		    hd_beam_digest(gz.ptr, gz.len, "m", identity, packed));
		assert_string_equal(packed, ours[i]);
	}
	assert_string_equal(theirs[0], theirs[2]);
	assert_string_not_equal(theirs[0], theirs[3]);
	for (size_t i = 0; i < HD_COUNT(texts); i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal(strcmp(theirs[i], theirs[k]) == 0,
			    strcmp(ours[i], ours[k]) == 0);
}

static void
an_incomplete_module_is_left_to_the_caller(void **state)
{
	HD_AUTO_STR a = TARBALL_INIT, gz = TARBALL_INIT;
	char out[HD_SHA256_HEX] = "untouched";

	compile(*state, "a", source, true, &a);
	tarball_gzip(&a, &gz);
	for (size_t n = 0; n < a.len; n++)
		assert_false(hd_beam_digest(a.ptr, n, "m", out, out));
	for (size_t n = 0; n < gz.len; n++)
		assert_false(hd_beam_digest(gz.ptr, n, "m", out, out));
	assert_string_equal(out, "untouched");
}

static void
damaged_modules_never_crash(void **state)
{
	HD_AUTO_STR a = TARBALL_INIT;
	char out[HD_SHA256_HEX];
	unsigned seed = 3;

	compile(*state, "a", source, true, &a);
	for (int i = 0; i < 20000; i++) {
		/* In a block of its own: a sanitizer sees reads past its end.
		 */
		char *copy = malloc(a.len);

		assert_non_null(copy);
		memcpy(copy, a.ptr, a.len);
		for (int k = 0; k < 3; k++) {
			seed = seed * 1103515245 + 12345;
			copy[(seed >> 8) % a.len] = (char)(seed >> 3);
		}
		(void)hd_beam_digest(copy, a.len, "m", out, out);
		free(copy);
	}
	assert_true(hd_beam_digest(a.ptr, a.len, "m", out, out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    same_source_in_another_folder_has_the_same_digest),
		cmocka_unit_test(other_code_text_or_lines_have_another_digest),
		cmocka_unit_test(
		    the_digest_of_code_is_equal_exactly_if_that_of_beam_lib_is),
		cmocka_unit_test(an_incomplete_module_is_left_to_the_caller),
		cmocka_unit_test(damaged_modules_never_crash),
	};

	return cmocka_run_group_tests_name(
	    "beam", tests, folder_setup, folder_teardown);
}
