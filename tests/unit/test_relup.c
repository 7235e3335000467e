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

static const char *const kinds[HD_INSTRUCTIONS] = { "unknown",
	"load_object_code", "no_return", "load", "remove", "purge", "suspend",
	"resume", "code_change", "stop", "start", "sync", "stop_app",
	"start_app", "apply", "new_emulator", "emulator" };

/* "load:m:bb", one word per instruction; b: brutal, s: soft. */
static void
add_words(struct hd_str *out, const struct hd_instructions *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct hd_instruction *one = &list->v[i];

		hd_str_addf(out, "%s%s", i > 0 ? " " : "", kinds[one->kind]);
		if (one->name != NULL)
			hd_str_addf(out, ":%s", one->name);
		if (one->lib != NULL)
			hd_str_addf(out, "@%s", one->lib);
		if (one->kind == HD_LOAD || one->kind == HD_REMOVE)
			hd_str_addf(out, ":%c%c",
			    one->brutal_before ? 'b' : 's',
			    one->brutal_after ? 'b' : 's');
	}
}

static void
each_instruction_is_read_with_its_modules(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "{load_object_code,{a,\"1.0\",[m,n]}}",
		    "load_object_code:m@a-1.0 load_object_code:n@a-1.0" },
		{ "point_of_no_return", "no_return" },
		{ "{load,{m,soft_purge,brutal_purge}}", "load:m:sb" },
		{ "{load,{m,brutal_purge,soft_purge}}", "load:m:bs" },
		{ "{remove,{m,soft_purge,soft_purge}}", "remove:m:ss" },
		{ "{purge,[m,n]}", "purge:m purge:n" },
		{ "{purge,[]}", "" },
		{ "{suspend,[m,{n,infinity}]}", "suspend:m suspend:n" },
		{ "{resume,[m]}", "resume:m" },
		{ "{code_change,[{m,[]}]}", "code_change:m" },
		{ "{code_change,down,[{m,[]},{n,x}]}",
		    "code_change:m code_change:n" },
		{ "{stop,[m]},{start,[m]}", "stop:m start:m" },
		{ "{sync_nodes,id,[a@b]}", "sync" },
		{ "{sync_nodes,id,{m,f,[]}}", "sync" },
		{ "{apply,{application,stop,[a]}}", "stop_app:a" },
		{ "{apply,{application,start,[a,permanent]}}", "start_app:a" },
		{ "{apply,{application,load,[a]}}",
		    "apply:application:load/1" },
		{ "{apply,{'Elixir.M',f,[1,2]}}", "apply:Elixir.M:f/2" },
		{ "restart_new_emulator,restart_emulator",
		    "new_emulator emulator" },
		/* that release_handler does not know */
		{ "{update,m}", "unknown:{update,m}" },
		{ "reboot", "unknown:reboot" },
		{ "{point_of_no_return,x}", "unknown:{point_of_no_return,x}" },
		{ "load", "unknown:load" },
		{ "{load,{m,soft_purge}}", "unknown:{load,{m,soft_purge}}" },
		{ "{purge,m}", "unknown:{purge,m}" },
		{ "{purge,[m,\"n\"]}", "unknown:{purge,[m,\"n\"]}" },
		{ "{apply,{m,f}}", "unknown:{apply,{m,f}}" },
		{ "1", "unknown:1" },
		{ "{}", "unknown:{}" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_ARENA arena = { 0 };
		HD_AUTO_STR text = HD_STR_INIT(1000), words = HD_STR_INIT(1000);
		struct hd_err err;
		struct hd_relup w;

		hd_str_addf(
		    &text, "{\"2\",[{\"1\",[],[%s]}],[]}.", rows[i].text);
		assert_hd_ok(parse(&w, &arena, text.ptr, &err), &err);
		add_words(&words, &w.v[0].instructions);
		assert_string_equal(words.ptr, rows[i].words);
	}
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
		cmocka_unit_test(each_instruction_is_read_with_its_modules),
		cmocka_unit_test(a_relup_not_for_this_version_is_refused),
	};

	return cmocka_run_group_tests_name("relup", tests, NULL, NULL);
}
