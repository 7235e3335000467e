#include "tests/support/cmocka_all.h"

#include "core/base/scratch.h"
#include "core/erlang/erlang.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* clang-format off */
static const char probe[] =
    "-module(probe).\n"
    "-export([main/1]).\n"
    "-needs([helper]).\n"
    "main([{<<\"do\">>, <<\"pairs\">>} | Args]) ->\n"
    "    [{got, [N, \"=\", V]} || {N, V} <- Args];\n"
    "main([{<<\"do\">>, <<\"help\">>}]) -> [{said, helper:say()}];\n"
    "main([{<<\"do\">>, <<\"crash\">>}]) -> error(ouch);\n"
    "main([{<<\"do\">>, <<\"halt\">>}]) ->\n"
    "    io:format(\"last words~n\"), halt(3);\n"
    "main([{<<\"do\">>, <<\"undef\">>}]) -> nosuch:thing(1);\n"
    "main([{<<\"do\">>, <<\"wait\">>}]) -> timer:sleep(infinity);\n"
    "main([{<<\"do\">>, <<\"fill\">>}]) ->\n"
    "    [{n, integer_to_list(length(lists:seq(1, 1 bsl 28)))}];\n"
    "main([{<<\"do\">>, <<\"atoms\">>}]) ->\n"
    "    [list_to_atom(\"x\" ++ integer_to_list(N)) ||\n"
    "        N <- lists:seq(1, 1100000)], [];\n"
    "main([{<<\"do\">>, <<\"about\">>}]) ->\n"
    "    {ok, Cwd} = file:get_cwd(),\n"
    "    [{node, atom_to_list(node())}, {cwd, Cwd},\n"
    "     {flags, case os:getenv(\"ERL_FLAGS\") of false -> \"none\"; F -> F end}].\n";
static const char helper[] =
    "-module(helper).\n"
    "-export([say/0]).\n"
    "say() -> [\"two\\nlines, \", [16#e4]].\n";
/* clang-format on */

static const struct hd_erlang_source programs[] = {
	{ "probe", probe, sizeof(probe) - 1 },
	{ "helper", helper, sizeof(helper) - 1 },
	{ NULL, NULL, 0 },
};

struct ran {
	struct hd_arena arena;
	struct hd_pairs answer;
	struct hd_err err;
};

static int
run_with(struct ran *r, const struct hd_pair *args, size_t n, unsigned ms)
{
	const struct hd_erlang_call call = { .program = "probe",
		.args = args,
		.nargs = n,
		.purpose = "probing",
		.timeout_ms = ms,
		.more = programs };

	*r = (struct ran){ 0 };
	return hd_erlang_run(&call, &r->arena, &r->answer, &r->err);
}

static int
run(struct ran *r, const char *task)
{
	const struct hd_pair args[] = { { "do", task } };

	return run_with(r, args, 1, 60000);
}

static void
arguments_reach_the_program_and_its_answer_comes_back(void **state)
{
	const struct hd_pair args[] = { { "do", "pairs" },
		{ "old", "/a b/\"c\"\n\xc3\xa4" }, { "old", "" } };
	struct ran r;

	(void)state;
	assert_hd_ok(run_with(&r, args, HD_COUNT(args), 60000), &r.err);
	assert_int_equal(r.answer.n, 2);
	assert_string_equal(r.answer.v[0].name, "got");
	assert_string_equal(r.answer.v[0].value, "old=/a b/\"c\" \xc3\xa4");
	assert_string_equal(r.answer.v[1].value, "old=");
	assert_null(hd_erlang_get(&r.answer, "other"));
	hd_arena_done(&r.arena);
}

static void
a_program_finds_the_modules_that_it_needs(void **state)
{
	struct ran r;

	(void)state;
	assert_hd_ok(run(&r, "help"), &r.err);
	assert_string_equal(
	    hd_erlang_get(&r.answer, "said"), "two lines, \xc3\xa4");
	hd_arena_done(&r.arena);
}

static void
a_crash_is_an_error_with_its_reason(void **state)
{
	struct ran r;

	(void)state;
	assert_hd_fails(run(&r, "crash"), &r.err, HD_ELOCAL);
	assert_non_null(
	    strstr(r.err.msg, "probing: the Erlang program failed"));
	assert_non_null(strstr(r.err.msg, "ouch"));
	hd_arena_done(&r.arena);
}

static void
a_missing_function_names_the_erlang_release(void **state)
{
	struct ran r;

	(void)state;
	assert_hd_fails(run(&r, "undef"), &r.err, HD_ELOCAL);
	assert_non_null(strstr(r.err.msg, "has no nosuch:thing/1"));
	hd_arena_done(&r.arena);
}

static void
an_end_without_an_answer_quotes_the_output(void **state)
{
	struct ran r;

	(void)state;
	assert_hd_fails(run(&r, "halt"), &r.err, HD_ELOCAL);
	assert_string_equal(r.err.msg,
	    "probing: erl ended with status 3 and no answer: last words");
	hd_arena_done(&r.arena);
}

static void
time_memory_and_atoms_are_bounded(void **state)
{
	const struct hd_pair wait[] = { { "do", "wait" } };
	struct ran r;

	(void)state;
	assert_hd_fails(run_with(&r, wait, 1, 1500), &r.err, HD_ELOCAL);
	assert_non_null(strstr(r.err.msg, "did not finish within 1.5 s"));
	hd_arena_done(&r.arena);
	assert_hd_fails(run(&r, "fill"), &r.err, HD_ELOCAL);
	assert_string_equal(
	    r.err.msg, "probing: needs more than 512 MiB of memory");
	hd_arena_done(&r.arena);
	assert_hd_fails(run(&r, "atoms"), &r.err, HD_ELOCAL);
	assert_non_null(strstr(r.err.msg, "atom"));
	hd_arena_done(&r.arena);
}

static void
the_users_flags_do_not_reach_the_vm_and_its_folder_goes(void **state)
{
	const char *cwd;
	struct ran r;

	(void)state;
	setenv("ERL_FLAGS", "-sname intruder", 1);
	assert_hd_ok(run(&r, "about"), &r.err);
	unsetenv("ERL_FLAGS");
	assert_string_equal(hd_erlang_get(&r.answer, "node"), "nonode@nohost");
	assert_string_equal(hd_erlang_get(&r.answer, "flags"), "none");
	cwd = hd_erlang_get(&r.answer, "cwd");
	assert_int_equal(strncmp(cwd, "/tmp/hdeploy-", 13), 0);
	assert_int_not_equal(access(cwd, F_OK), 0);
	hd_arena_done(&r.arena);
}

static void
without_erl_the_error_says_so(void **state)
{
	char *path = hd_strdup(getenv("PATH"));
	struct ran r;

	(void)state;
	setenv("PATH", "/nonexistent", 1);
	assert_hd_fails(run(&r, "help"), &r.err, HD_ELOCAL);
	setenv("PATH", path, 1);
	free(path);
	assert_non_null(strstr(r.err.msg, "probing: there is no erl in PATH"));
	hd_arena_done(&r.arena);
}

static void
a_scratch_folder_is_private_and_goes_with_its_contents(void **state)
{
	char folder[HD_SCRATCH_PATH], other[HD_SCRATCH_PATH];
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct stat st;

	(void)state;
	assert_hd_ok(hd_scratch_make(folder, &err), &err);
	assert_hd_ok(hd_scratch_make(other, &err), &err);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(mkdir(hd_arena_fmt(&arena, "%s/a", folder), 0700), 0);
	assert_int_equal(
	    symlink(other, hd_arena_fmt(&arena, "%s/a/b", folder)), 0);
	hd_scratch_remove(folder);
	assert_int_not_equal(lstat(folder, &st), 0);
	assert_int_equal(stat(other, &st), 0);
	hd_scratch_remove(other);
	hd_scratch_remove("");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    arguments_reach_the_program_and_its_answer_comes_back),
		cmocka_unit_test(a_program_finds_the_modules_that_it_needs),
		cmocka_unit_test(a_crash_is_an_error_with_its_reason),
		cmocka_unit_test(a_missing_function_names_the_erlang_release),
		cmocka_unit_test(an_end_without_an_answer_quotes_the_output),
		cmocka_unit_test(time_memory_and_atoms_are_bounded),
		cmocka_unit_test(
		    the_users_flags_do_not_reach_the_vm_and_its_folder_goes),
		cmocka_unit_test(without_erl_the_error_says_so),
		cmocka_unit_test(
		    a_scratch_folder_is_private_and_goes_with_its_contents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
