#include "tests/support/cmocka_all.h"

#include "core/artifact/rel.h"

#include <string.h>

static int
parse(struct hd_relup *out, struct hd_arena *arena, const char *text,
    struct hd_err *err)
{
	struct hd_text t = { "releases/2/relup", text, strlen(text) };

	*out = (struct hd_relup){ 0 };
	*err = (struct hd_err){ 0 };
	return hd_relup_parse(out, arena, &t, "2", err);
}

/* As systools:make_relup/4 writes it for restart_application. */
static const char restarting[] =
    "%% coding: utf-8\n"
    "{\"2\",\n"
    " [{\"1\",[],\n"
    "   [{load_object_code,{hot,\"2\",[m]}},\n"
    "    point_of_no_return,\n"
    "    {apply,{application,stop,[hot]}},\n"
    "    {remove,{m,brutal_purge,brutal_purge}},\n"
    "    {purge,[m]},\n"
    "    {load,{m,brutal_purge,brutal_purge}},\n"
    "    {apply,{application,start,[hot,permanent]}}]}],\n"
    " [{\"1\",[],\n"
    "   [{load_object_code,{hot,\"1\",[m]}},\n"
    "    point_of_no_return,\n"
    "    {suspend,[m]},\n"
    "    {load,{m,brutal_purge,brutal_purge}},\n"
    "    {code_change,down,[{m,[]}]},\n"
    "    {resume,[m]}]},\n"
    "  {\"0.9\",[],[restart_emulator]}]}.\n";

static void
entries_up_and_down_are_distinguished(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err;
	struct hd_relup w;

	(void)state;
	assert_hd_ok(parse(&w, &arena, restarting, &err), &err);
	assert_int_equal(w.n, 3);
	assert_string_equal(w.v[0].from, "1");
	assert_false(w.v[0].down);
	assert_int_equal(w.v[0].restarts.n, 1);
	assert_string_equal(w.v[0].restarts.v[0], "hot");
	assert_false(w.v[0].emulator);
	assert_string_equal(w.v[1].from, "1");
	assert_true(w.v[1].down);
	assert_int_equal(w.v[1].restarts.n, 0);
	assert_string_equal(w.v[2].from, "0.9");
	assert_true(w.v[2].down);
	assert_true(w.v[2].emulator);
}

static void
only_applications_that_start_again_are_restarted(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err;
	struct hd_relup w;

	(void)state;
	assert_hd_ok(parse(&w, &arena,
			 "{\"2\",[{\"1\",[],[{apply,{application,start,[new]}},"
			 "{apply,{application,stop,[old]}},"
			 "{apply,{application,stop,[both]}},"
			 "{apply,{application,stop,[new]}},"
			 "{apply,{application,start,[both,permanent]}},"
			 "{apply,{application,stop,[both]}},"
			 "{apply,{application,start,[both]}},"
			 "restart_new_emulator]}],[]}.",
			 &err),
	    &err);
	assert_int_equal(w.v[0].restarts.n, 1);
	assert_string_equal(w.v[0].restarts.v[0], "both");
	assert_true(w.v[0].emulator);
}

static void
a_relup_not_for_this_version_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "{\"3\",[],[]}.", "is not for version 2" },
		{ "{\"2\",[]}.", "is not a relup" },
		{ "{\"2\",[a],[]}.", "is not a relup" },
		{ "{\"2\",[{\"1\",[]}],[]}.", "is not a relup" },
		{ "{\"2\",[{1,[],[]}],[]}.", "is not a relup" },
		{ "{\"2\",{},[]}.", "is not a relup" },
		{ "[].", "is not a relup" },
		{ "{\"2\",[{\"$(x)\",[],[]}],[]}.", "an entry for a version" },
		{ "{\"2\",\n[", "line 2: ends in the middle" },
	};
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err;
	struct hd_relup w;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		assert_hd_fails(
		    parse(&w, &arena, bad[i][0], &err), &err, HD_ELOCAL);
		assert_non_null(strstr(err.msg, "releases/2/relup: "));
		if (strstr(err.msg, bad[i][1]) == NULL)
			fail_msg("%s: %s", bad[i][0], err.msg);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_up_and_down_are_distinguished),
		cmocka_unit_test(
		    only_applications_that_start_again_are_restarted),
		cmocka_unit_test(a_relup_not_for_this_version_is_refused),
	};

	return cmocka_run_group_tests_name("relup", tests, NULL, NULL);
}
