#include "tests/support/cmocka_all.h"

#include "core/artifact/rel.h"

#include <string.h>

#define REL(name, version)                                                     \
	"{release,{\"" name "\",\"" version "\"},{erts,\"13.1\"},"             \
	"[{kernel,\"8.5\"},{demo,\"2\",permanent}]}."

static struct hd_texts
texts_of(struct hd_text *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i].len = strlen(v[i].text);
	return (struct hd_texts){ .v = v, .n = n };
}

static void
the_release_of_the_version_is_found_among_others(void **state)
{
	struct hd_text v[] = {
		{ .path = "releases/demo.rel", .text = REL("demo", "9") },
		{ .path = "releases/2/start_clean.rel", .text = "not read" },
		{ .path = "releases/2/demo.rel", .text = REL("demo", "2") },
		{ .path = "releases/1/demo.rel", .text = REL("demo", "1") },
		{ .path = "releases/start_erl.data", .text = "13.1 2\n" },
	};
	struct hd_texts texts = texts_of(v, HD_COUNT(v));
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_release rel;

	(void)state;
	assert_hd_ok(
	    hd_release_find(&rel, &arena, &texts, NULL, NULL, &err), &err);
	assert_string_equal(rel.path, "releases/2/demo.rel");
	assert_string_equal(rel.name, "demo");
	assert_string_equal(rel.erts, "13.1");
	assert_int_equal(rel.libs.n, 2);
	assert_string_equal(rel.libs.v[1].name, "demo");
	assert_string_equal(rel.libs.v[1].value, "2");
	assert_hd_ok(
	    hd_release_find(&rel, &arena, &texts, "demo", "1", &err), &err);
	assert_string_equal(rel.version, "1");
	/* Only in releases/ itself. */
	assert_hd_ok(
	    hd_release_find(&rel, &arena, &texts, NULL, "9", &err), &err);
	assert_string_equal(rel.path, "releases/demo.rel");
}

static void
several_releases_need_a_name_to_choose(void **state)
{
	struct hd_text v[] = {
		{ .path = "releases/2/a.rel", .text = REL("a", "2") },
		{ .path = "releases/2/b.rel", .text = REL("b", "2") },
	};
	struct hd_texts texts = texts_of(v, HD_COUNT(v));
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_release rel;

	(void)state;
	assert_hd_fails(hd_release_find(&rel, &arena, &texts, NULL, "2", &err),
	    &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "several releases"));
	assert_hd_ok(
	    hd_release_find(&rel, &arena, &texts, "a", "2", &err), &err);
	assert_string_equal(rel.name, "a");
}

static void
a_bad_rel_file_is_refused_by_name(void **state)
{
	static const char *const bad[] = { "garbage", "{release}.",
		"{release,{\"a b\",\"2\"},{erts,\"1\"},[]}.",
		"{release,{\"a\",\"2\"},{erts,\"../1\"},[]}.",
		"{release,{\"a\",\"2\"},{erts,\"1\"},[{'../x',\"1\"}]}.",
		"{release,{\"a\",\"2\"},{erts,\"1\"},[{x,\"$(x)\"}]}.",
		"{release,{\"a\",\"2\"},{erts,\"1\"},[x]}." };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_release rel;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		struct hd_text v[] = { { "releases/2/a.rel", bad[i], 0 } };
		struct hd_texts texts = texts_of(v, 1);

		assert_hd_fails(
		    hd_release_find(&rel, &arena, &texts, NULL, "2", &err),
		    &err, HD_ELOCAL);
		assert_non_null(strstr(err.msg, "releases/2/a.rel: "));
	}
}

static void
start_data_is_two_words(void **state)
{
	static const char *const bad[] = { "", "13.1", "13.1 ", " 2",
		"13.1 2 3", "13.1\n2", "13.1 $(x)", "13.1 ../2" };
	const char *erts, *version;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		struct hd_text t = { "x", bad[i], strlen(bad[i]) };

		assert_hd_fails(
		    hd_start_data_parse(&t, &arena, &erts, &version, &err),
		    &err, HD_ELOCAL);
	}
	assert_hd_ok(hd_start_data_parse(&(struct hd_text){ "x", "13.1 2", 6 },
			 &arena, &erts, &version, &err),
	    &err);
	assert_string_equal(erts, "13.1");
	assert_string_equal(version, "2");
}

static void
only_texts_in_their_place_are_wanted(void **state)
{
	(void)state;
	assert_true(hd_text_wanted("releases/start_erl.data"));
	assert_true(hd_text_wanted("releases/a.rel"));
	assert_true(hd_text_wanted("releases/1.0/a.rel"));
	assert_true(hd_text_wanted("releases/1.0/relup"));
	assert_false(hd_text_wanted("releases/relup"));
	assert_false(hd_text_wanted("releases/1.0/x/relup"));
	assert_false(hd_text_wanted("lib/a-1/a.rel"));
	assert_false(hd_text_wanted("lib"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_release_of_the_version_is_found_among_others),
		cmocka_unit_test(several_releases_need_a_name_to_choose),
		cmocka_unit_test(a_bad_rel_file_is_refused_by_name),
		cmocka_unit_test(start_data_is_two_words),
		cmocka_unit_test(only_texts_in_their_place_are_wanted),
	};

	return cmocka_run_group_tests_name("rel", tests, NULL, NULL);
}
