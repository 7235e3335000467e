#include "tests/support/cmocka_all.h"

#include "core/base/str.h"
#include "core/erlang/relup_make.h"
#include "tests/support/folder.h"
#include "tests/support/tarball.h"

#include <stdbool.h>
#include <string.h>

/* Relups of releases with three applications: demo, which changes, and two that
 * systools insists on. What hosts send back is hostile. */

/* clang-format off */
#define APP(name, vsn, modules) "{application," name ",[{description,\"\"}," \
	"{vsn,\"" vsn "\"},{modules,[" modules "]},{registered,[]}," \
	"{applications,[]}]}.\n"
/* clang-format on */

struct file {
	const char *path, *text;
};

static void
add_files(struct hd_str *tar, const struct file *files)
{
	for (; files != NULL && files->path != NULL; files++)
		tarball_add(tar, '0', files->path, "", files->text);
}

/* demo of this version with this runtime, in the folder of the test. */
static struct hd_artifact *
release_on(void **state, const char *erts, const char *version,
    const struct file *more)
{
	static unsigned count;
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR tar = TARBALL_INIT;
	const char *name = hd_arena_fmt(&arena, "%u.tar.gz", count++);
	struct hd_err err = { 0 };
	struct hd_artifact *a;
	const struct file own[] = {
		{ "bin/demo", "#!/bin/sh\n" },
		{ hd_arena_fmt(&arena, "erts-%s/bin/erl_call", erts), "x" },
		{ "releases/start_erl.data",
		    hd_arena_fmt(&arena, "%s %s", erts, version) },
		{ hd_arena_fmt(&arena, "releases/%s/start.boot", version),
		    "boot" },
		{ hd_arena_fmt(&arena, "releases/%s/demo.rel", version),
		    hd_arena_fmt(&arena,
			"{release,{\"demo\",\"%s\"},{erts,\"%s\"},"
			"[{kernel,\"1\"},{stdlib,\"1\"},{sasl,\"4\"},"
			"{demo,\"%s\"}]}.\n",
			version, erts, version) },
		{ hd_arena_fmt(&arena, "lib/demo-%s/ebin/demo.app", version),
		    hd_arena_fmt(&arena, APP("demo", "%s", "demo"), version) },
		{ "lib/kernel-1/ebin/kernel.app", APP("kernel", "1", "") },
		{ "lib/stdlib-1/ebin/stdlib.app", APP("stdlib", "1", "") },
		{ "lib/sasl-4/ebin/sasl.app", APP("sasl", "4", "") },
		{ NULL, NULL },
	};

	add_files(&tar, own);
	add_files(&tar, more);
	tarball_write(&tar, *state, name);
	assert_hd_ok(hd_artifact_open(&a, folder_path(*state, name), "demo",
			 NULL, UINT64_MAX, &err),
	    &err);
	return a;
}

static struct hd_artifact *
release(void **state, const char *version, const struct file *more)
{
	return release_on(state, "13.1", version, more);
}

struct made {
	struct hd_arena arena;
	struct hd_relup_made relup;
	struct hd_err err;
};

static int
make(struct made *m, const struct hd_artifact *to,
    const struct hd_artifact *const *from, size_t n)
{
	static const char *const advice[] = { "A", "A" };
	const struct hd_relup_make how = { .to = to,
		.from = from,
		.nfrom = n,
		.appups = "/nonexistent",
		.advice = advice };

	*m = (struct made){ 0 };
	return hd_relup_make(&how, &m->arena, &m->relup, &m->err);
}

static void
entries_lead_up_from_and_down_to_each_version(void **state)
{
	static const struct file own[] = {
		{ "lib/demo-3/ebin/demo.appup",
		    "{\"3\",[{\"1\",[{load_module,demo}]},{\"2\",[{update,demo,"
		    "{advanced,[]}}]}],[{\"1\",[{load_module,demo}]},{\"2\","
		    "[{update,demo,{advanced,[]}}]}]}.\n" },
		{ NULL, NULL }
	};
	struct hd_artifact *to = release(state, "3", own);
	struct hd_artifact *from[] = { release(state, "1", NULL),
		release(state, "2", NULL) };
	struct made m;

	assert_hd_ok(
	    make(&m, to, (const struct hd_artifact *const *)from, 2), &m.err);
	assert_int_equal(m.relup.problems.n, 0);
	assert_int_equal(m.relup.up.n, 2);
	assert_string_equal(m.relup.up.v[0], "1");
	assert_string_equal(m.relup.up.v[1], "2");
	assert_int_equal(m.relup.down.n, 2);
	assert_hd_ok(
	    hd_artifact_set_relup(&to, m.relup.term, UINT64_MAX, &m.err),
	    &m.err);
	assert_int_equal(to->relup.n, 4);
	hd_arena_done(&m.arena);
	hd_artifact_free(to);
	hd_artifact_free(from[0]);
	hd_artifact_free(from[1]);
}

/* The hosts on 1 could not be upgraded hot by any relup, those on 2 can. */
static void
another_runtime_leaves_out_its_version_alone(void **state)
{
	struct hd_artifact *to = release(state, "3", NULL);
	struct hd_artifact *from[] = { release_on(state, "12.0", "1", NULL),
		release(state, "2", NULL) };
	struct made m;

	assert_hd_ok(
	    make(&m, to, (const struct hd_artifact *const *)from, 2), &m.err);
	assert_int_equal(m.relup.problems.n, 0);
	assert_int_equal(m.relup.up.n, 1);
	assert_string_equal(m.relup.up.v[0], "2");
	assert_string_equal(m.relup.notes.v[0],
	    "no relup leads hot from 1 to 3: the Erlang runtime changes (erts "
	    "12.0, 13.1); hosts on 1 need a stop and start (--cold)");
	hd_arena_done(&m.arena);
	hd_artifact_free(to);
	hd_artifact_free(from[0]);
	hd_artifact_free(from[1]);
}

/* Only demo's version differs, except for the file of a row. */
static void
only_a_version_that_changes_needs_no_appup(void **state)
{
	static const struct {
		struct file old[2], new[2];
		bool needs;
	} rows[] = {
		{ { { "lib/demo-1/priv/nif.so", "a" } },
		    { { "lib/demo-2/priv/nif.so", "a" } }, false },
		{ { { "lib/demo-1/priv/nif.so", "a" } },
		    { { "lib/demo-2/priv/nif.so", "b" } }, true },
		{ { { NULL, NULL } },
		    { { "lib/demo-2/ebin/more.beam", "no beam" } }, true },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_artifact *to = release(state, "2", rows[i].new);
		struct hd_artifact *from = release(state, "1", rows[i].old);
		const struct hd_artifact *const list[] = { from };
		struct made m;

		assert_hd_ok(make(&m, to, list, 1), &m.err);
		assert_int_equal(m.relup.problems.n, rows[i].needs);
		assert_int_equal(m.relup.up.n, !rows[i].needs);
		if (rows[i].needs)
			assert_string_equal(m.relup.problems.v[0],
			    "demo 1 -> 2 has no appup: write appup/demo.appup "
			    "(A)");
		hd_arena_done(&m.arena);
		hd_artifact_free(to);
		hd_artifact_free(from);
	}
}

static const struct file appup[] = {
	{ "lib/demo-2/ebin/demo.appup", "{\"2\",[{\"1\",[{load_module,demo}]}],"
					"[{\"1\",[{load_module,demo}]}]}.\n" },
	{ NULL, NULL },
};

/* Nothing of the tarball of a host decides what is run here. */
static void
a_hostile_tarball_changes_nothing_or_ends_in_a_sentence(void **state)
{
	static const struct {
		struct file old[3];
		const char *problem; /* NULL: a relup */
	} rows[] = {
		{ { { "lib/demo-1/ebin/demo.appup",
		      "{\"1\",[{<<\".*\">>,[{apply,{halt,halt,[]}}]}],"
		      "[{<<\".*\">>,[{apply,{halt,halt,[]}}]}]}.\n" } },
		    NULL },
		{ { { "lib/kernel-1/ebin/systools.beam", "FOR1" },
		      { "lib/sasl-4/ebin/relup_error.beam", "FOR1" } },
		    NULL },
		{ { { "lib/demo-1/ebin/demo.beam", "FOR1" } },
		    "demo was removed, and the appup has no instruction" },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_artifact *to = release(state, "2", appup);
		struct hd_artifact *from = release(state, "1", rows[i].old);
		const struct hd_artifact *const list[] = { from };
		struct made m;

		assert_hd_ok(make(&m, to, list, 1), &m.err);
		assert_int_equal(m.relup.problems.n, rows[i].problem != NULL);
		if (rows[i].problem != NULL)
			assert_non_null(
			    strstr(m.relup.problems.v[0], rows[i].problem));
		else
			assert_null(strstr(m.relup.term, "halt"));
		hd_arena_done(&m.arena);
		hd_artifact_free(to);
		hd_artifact_free(from);
	}
}

/* An .app that systools reads and passes over, with many atoms. */
static void
fill_with_atoms(struct hd_str *out, unsigned first, unsigned n)
{
	hd_str_add(out, "{application,demo,[{description,\"\"},{vsn,\"9\"},"
			"{modules,[]},{applications,[]},{registered,[a");
	for (unsigned i = first; i < first + n; i++)
		hd_str_addf(out, ",a%x", i);
	hd_str_add(out, "]}]}.\n");
}

static void
more_atoms_than_a_vm_can_have_end_its_run_alone(void **state)
{
	HD_AUTO_STR one = HD_STR_INIT(8 * 1024 * 1024);
	HD_AUTO_STR two = HD_STR_INIT(8 * 1024 * 1024);
	struct hd_artifact *to = release(state, "2", appup), *from;
	const struct hd_artifact *list[1];
	struct made m;

	fill_with_atoms(&one, 0, 550000);
	fill_with_atoms(&two, 550000, 550000);
	from = release(state, "1",
	    (struct file[]){ { "lib/kernel-1/ebin/demo.app", one.ptr },
		{ "lib/stdlib-1/ebin/demo.app", two.ptr }, { NULL, NULL } });
	list[0] = from;
	assert_hd_fails(make(&m, to, list, 1), &m.err, HD_ELOCAL);
	assert_non_null(strstr(m.err.msg, "atom"));
	hd_arena_done(&m.arena);
	hd_artifact_free(to);
	hd_artifact_free(from);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_lead_up_from_and_down_to_each_version),
		cmocka_unit_test(another_runtime_leaves_out_its_version_alone),
		cmocka_unit_test(only_a_version_that_changes_needs_no_appup),
		cmocka_unit_test(
		    a_hostile_tarball_changes_nothing_or_ends_in_a_sentence),
		cmocka_unit_test(
		    more_atoms_than_a_vm_can_have_end_its_run_alone),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
