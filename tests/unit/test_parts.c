#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
#include "core/base/fs.h"
#include "tests/support/folder.h"
#include "tests/support/tarball.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
try_open(const char *folder, struct hd_artifact **a, struct hd_err *err)
{
	*err = (struct hd_err){ 0 };
	return hd_artifact_open(
	    a, folder_path(folder, "t.tar.gz"), "demo", NULL, UINT64_MAX, err);
}

/* The release demo 1.0 with one more file. */
static struct hd_artifact *
open_with(void **state, const char *path, const char *text)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	tarball_release(&tar, "demo", "1.0");
	tarball_add(&tar, '0', path, "", text);
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	return a;
}

/* Compiles a module and adds it to the tarball in several places. */
static void
add_beams(void **state, struct hd_str *tar, const char *const *paths, size_t n)
{
	static const char source[] =
	    "-module(m).\n-export([f/0]).\nf() -> 1.\n";
	HD_AUTO_STR beam = TARBALL_INIT;
	struct hd_err err = { 0 };
	char command[512];

	folder_write(*state, "m.erl", source, strlen(source));
	snprintf(command, sizeof(command), "cd %s && erlc m.erl",
	    (const char *)*state);
	assert_int_equal(system(command), 0);
	assert_hd_ok(
	    hd_fs_read(folder_path(*state, "m.beam"), &beam, &err), &err);
	for (size_t i = 0; i < n; i++)
		tarball_add_bytes(
		    tar, 0644, '0', paths[i], "", beam.ptr, beam.len);
}

static void
modules_of_the_release_are_listed_by_library(void **state)
{
	static const char *const paths[] = { "lib/demo-1.0/ebin/m.beam",
		"lib/demo-1.0/ebin/Elixir.A.beam",
		"lib/demo-1.0/ebin/Elixir.A.B.beam",
		"lib/demo-1.0/ebin/deeper/m.beam", "lib/demo-1.0/priv/m.beam",
		"lib/demo-1.0/consolidated/Elixir.Enumerable.beam",
		"releases/1.0/consolidated/Elixir.Inspect.beam",
		"releases/0.9/consolidated/Elixir.Inspect.beam",
		"lib/demo-1.0.1/ebin/other.beam", "lib/m.beam", "bin/m.beam" };
	static const char *const want[][2] = {
		{ HD_CONSOLIDATED, "Elixir.Enumerable" },
		{ HD_CONSOLIDATED, "Elixir.Inspect" },
		{ "demo-1.0", "Elixir.A" },
		{ "demo-1.0", "Elixir.A.B" },
		{ "demo-1.0", "m" },
	};
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	tarball_release(&tar, "demo", "1.0");
	add_beams(state, &tar, paths, HD_COUNT(paths));
	tarball_add(&tar, '0', "lib/demo-1.0/ebin/damaged.beam", "", "FOR1");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	assert_int_equal(a->modules.n, HD_COUNT(want));
	for (size_t i = 0; i < HD_COUNT(want); i++) {
		assert_string_equal(a->modules.v[i].lib, want[i][0]);
		assert_string_equal(a->modules.v[i].name, want[i][1]);
		assert_string_equal(
		    a->modules.v[i].digest, a->modules.v[0].digest);
		assert_int_equal(
		    strlen(a->modules.v[i].digest), HD_SHA256_HEX - 1);
	}
	hd_artifact_free(a);
}

static void
applications_are_read_from_their_app_files(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	const struct hd_application *app;
	struct hd_err err;

	tarball_add(&tar, '0', "releases/start_erl.data", "", "13.1 1.0");
	tarball_add(&tar, '0', "releases/1.0/demo.rel", "",
	    "{release,{\"demo\",\"1.0\"},{erts,\"13.1\"},"
	    "[{demo,\"1.0\"},{odd,\"2\"}]}.");
	tarball_add(&tar, '0', "releases/1.0/start.boot", "", "boot");
	tarball_add(&tar, '0', "erts-13.1/bin/erl", "", "");
	tarball_add(&tar, '0', "lib/demo-1.0/ebin/demo.app", "",
	    "{application,demo,[{vsn,\"1.0\"},{modules,[m,'Elixir.M']},"
	    "{mod,{demo_app,[]}},{applications,[kernel]},"
	    "{included_applications,[odd]},{env,[{a,1},{b,[x]}]}]}.");
	tarball_add(&tar, '0', "lib/demo-1.0/ebin/demo.appup", "", "");
	tarball_add(&tar, '0', "lib/odd-2/ebin/odd.app", "", "{application");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	assert_int_equal(a->applications.n, 2);
	app = &a->applications.v[0];
	assert_string_equal(app->lib, "demo-1.0");
	assert_string_equal(app->name, "demo");
	assert_string_equal(app->version, "1.0");
	assert_string_equal(app->callback, "demo_app");
	assert_true(app->appup);
	assert_int_equal(app->modules.n, 2);
	assert_string_equal(app->modules.v[1], "Elixir.M");
	assert_int_equal(app->needs.n, 2);
	assert_string_equal(app->needs.v[1], "odd");
	assert_int_equal(app->env.n, 2);
	assert_string_equal(app->env.v[1].key, "b");
	/* one that cannot be read is known by its name */
	assert_string_equal(a->applications.v[1].lib, "odd-2");
	assert_false(a->applications.v[1].appup);
	assert_null(a->applications.v[1].callback);
	assert_int_equal(a->defects.n, 0);
	hd_artifact_free(a);
}

static void
add_config(struct hd_str *out, const struct hd_artifact *a)
{
	for (size_t i = 0; i < a->config.n; i++) {
		const struct hd_config_key *k = &a->config.v[i];

		hd_str_addf(out, "%s.%s=", k->app, k->key);
		hd_term_add(out, k->value);
		hd_str_add(out, " ");
	}
	for (size_t i = 0; i < a->defects.n; i++)
		hd_str_addf(
		    out, "%s: %s", a->defects.v[i].path, a->defects.v[i].text);
}

#define SYS "releases/1.0/sys.config"

/* What Erlang does with each was tried on OTP 25. */
static void
configuration_is_read_by_application_and_key(void **state)
{
	static const struct {
		const char *path, *text, *is;
	} rows[] = {
		{ SYS, "[{k,[{b,2},{a,\"x\"}]},{a,[{z,[]}]}].",
		    "a.z=[] k.a=\"x\" k.b=2 " },
		{ SYS, "[].", "" },
		{ SYS, "[\"more.config\",{k,[{a,1}]}].", "k.a=1 " },
		{ SYS, "[{k,[{a,1}]},{k,[{a,2},{b,3}]}].", "k.a=2 k.b=3 " },
		{ SYS, "%% coding: latin-1\n[{k,[{a,\"\xe4\"}]}].",
		    "k.a=\"\xe4\" " },
		{ SYS, "[{k,[{a,1}]}.",
		    SYS ": line 1: a comma or a closing bracket is missing" },
		{ SYS, "[{k,[{a,1}]}]",
		    SYS ": line 1: the dot after the term is missing" },
		{ SYS, "[{k,\n[{a,1},]}].",
		    SYS ": line 2: not an Erlang term" },
		{ SYS, "[]. [].", SYS ": line 1: text after the first term" },
		{ SYS, "", SYS ": line 1: contains no term" },
		{ SYS, "% x\n[{k,[{a,\"\xe4\"}]}].",
		    SYS ": line 2: not UTF-8" },
		{ SYS, "{k,[]}.", SYS ": is not a list" },
		{ SYS, "[{k,[]}|x].", SYS ": is not a list" },
		{ SYS, "[{k,[]},x].",
		    SYS ": item 2 is not {Application, [{Key, Value}]}" },
		{ SYS, "[{k,[a]}].",
		    SYS ": the value of k is not a list of {Key, Value}" },
		{ SYS, "[{k,#{a=>1}}].",
		    SYS ": the value of k is not a list of {Key, Value}" },
		{ SYS, "[{k,[{a,1},{a,2}]}].", SYS ": k sets a twice" },
		{ SYS, "[{k,[{a,${A}}]}].",
		    SYS ": line 1: a comma or a closing bracket is missing" },
		{ SYS ".src", "[{k,[{a,${A}},{b,\"${B}\"}]}].",
		    "k.a=${A} k.b=\"${B}\" " },
		{ SYS ".src", "[{k,[{a,1} ${MORE}]} ${REST}].", "k.a=1 " },
		{ SYS ".src", "[{k,[${ALL}]},{${APP},[]},${REST}].",
		    SYS ".src: item 2 is not {Application, [{Key, Value}]}" },
		{ SYS ".src", "[{k,${KEYS}},${REST}].", "" },
		{ SYS ".src", "${ALL}.", "" },
		{ SYS ".src", "[{k,[{a,${A}}].",
		    SYS ".src: line 1: a comma or a closing bracket is "
			"missing" },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_STR out = HD_STR_INIT(4096);
		struct hd_artifact *a =
		    open_with(state, rows[i].path, rows[i].text);

		assert_string_equal(a->config_path, rows[i].path);
		add_config(&out, a);
		if (strcmp(out.ptr, rows[i].is) != 0)
			fail_msg("%s: %s", rows[i].text, out.ptr);
		hd_artifact_free(a);
	}
}

/* relx's start script prefers the .src. */
static void
a_src_file_counts_instead_of_the_file(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	tarball_release(&tar, "demo", "1.0");
	tarball_add(&tar, '0', SYS, "", "[{k,[{a,1}]}].");
	tarball_add(&tar, '0', SYS ".src", "", "[{k,[{a,2}]}].");
	tarball_add(&tar, '0', "releases/0.9/sys.config", "", "[");
	tarball_add(&tar, '0', "releases/1.0/vm.args", "", "-sname a\n");
	tarball_add(&tar, '0', "releases/1.0/vm.args.src", "",
	    "# the node\n-name ${NODE} \r\n\n  +sbwt nonesuch");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	assert_string_equal(a->config_path, SYS ".src");
	assert_int_equal(a->config.n, 1);
	assert_string_equal(a->config.v[0].value->text, "2");
	assert_string_equal(a->vm_args_path, "releases/1.0/vm.args.src");
	assert_int_equal(a->vm_args.n, 2);
	assert_string_equal(a->vm_args.v[0], "-name ${NODE}");
	assert_string_equal(a->vm_args.v[1], "+sbwt nonesuch");
	assert_int_equal(a->defects.n, 1);
	assert_int_equal(a->defects.v[0].kind, HD_DEFECT_VM_ARGS);
	assert_string_equal(a->defects.v[0].path, a->vm_args_path);
	assert_memory_equal(a->defects.v[0].text, "line 4: +sbwt", 13);
	hd_artifact_free(a);
}

static void
the_list_of_releases_is_read(void **state)
{
	static const char *const bad[][2] = {
		{ "[{release",
		    "line 1: a comma or a closing bracket is missing" },
		{ "{release}.", "is not a list of releases" },
		{ "[{release,\"demo\",\"1.0\",\"13.1\",[],x,y}].",
		    "is not a list of releases" },
		{ "[{release,\"demo\",\"1.0\",\"13.1\",[{a,1,\"x\"}],old}].",
		    "is not a list of releases" },
	};
	struct hd_artifact *a = open_with(state, "releases/RELEASES",
	    "[{release,\"demo\",\"1.0\",\"13.1\",[{demo,\"1.0\",\"x\"}],"
	    "permanent},{release,\"demo\",\"0.9\",\"13.0\",[],old}].");

	assert_int_equal(a->listed.n, 2);
	assert_string_equal(a->listed.v[0].version, "1.0");
	assert_string_equal(a->listed.v[0].status, "permanent");
	assert_string_equal(a->listed.v[0].libs.v[0].name, "demo");
	assert_string_equal(a->listed.v[1].erts, "13.0");
	assert_int_equal(a->defects.n, 0);
	hd_artifact_free(a);
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		a = open_with(state, "releases/RELEASES", bad[i][0]);
		assert_int_equal(a->defects.n, 1);
		assert_int_equal(a->defects.v[0].kind, HD_DEFECT_RELEASES);
		assert_string_equal(a->defects.v[0].text, bad[i][1]);
		hd_artifact_free(a);
	}
}

/* Only texts that hdeploy needs must be small enough. */
static void
a_huge_configuration_is_left_out(void **state)
{
	enum { HUGE = 9 * 1024 * 1024 };
	char *text = malloc(HUGE + 1);
	struct hd_artifact *a;

	assert_non_null(text);
	memset(text, ' ', HUGE);
	text[HUGE] = '\0';
	a = open_with(state, SYS, text);
	free(text);
	assert_string_equal(a->config_path, SYS);
	assert_int_equal(a->config.n, 0);
	assert_int_equal(a->defects.n, 0);
	hd_artifact_free(a);
}

/* ELF files in the runtime and below priv, each once; others there are not. */
static void
programs_are_listed_with_their_needs(void **state)
{
	static const char *const paths[] = { "lib/demo-1.0/priv/lib/nif.so",
		"erts-13.1/bin/beam.smp", "erts-13.1/bin/beam.smp",
		"lib/demo-1.0/bin/tool", "erts-13.1/lib/x.so" };
	HD_AUTO_STR tar = TARBALL_INIT, amd = HD_STR_INIT(4096),
		    arm = HD_STR_INIT(4096);
	struct hd_artifact *a;
	struct hd_err err = { 0 };

	assert_hd_ok(
	    hd_fs_read("tests/fuzz/corpus/elf/x86_64", &amd, &err), &err);
	assert_hd_ok(
	    hd_fs_read("tests/fuzz/corpus/elf/armhf", &arm, &err), &err);
	tarball_release(&tar, "demo", "1.0");
	for (size_t i = 0; i < HD_COUNT(paths); i++)
		tarball_add_bytes(&tar, 0755, '0', paths[i], "",
		    i == 0 ? arm.ptr : amd.ptr, i == 0 ? arm.len : amd.len);
	tarball_add(&tar, '0', "lib/demo-1.0/priv/text", "", "\177EL");
	tarball_add(&tar, '0', "lib/demo-1.0/priv/empty", "", "");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	assert_int_equal(a->programs.n, 2);
	assert_string_equal(a->programs.v[0].path, "erts-13.1/bin/beam.smp");
	assert_int_equal(a->programs.v[0].needs.machine, 62);
	assert_int_equal(a->programs.v[0].needs.glibc[1], 38);
	assert_string_equal(a->programs.v[1].path, paths[0]);
	assert_int_equal(a->programs.v[1].needs.machine, 40);
	/* only of the programs of the runtime */
	assert_int_equal(a->runtime.machine, 62);
	hd_artifact_free(a);
}

/* Records on hosts have these digests: a build must stay the same version for
 * every later hdeploy. */
static void
identities_never_change(void **state)
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{ "bin/demo", "#!/bin/sh\n" },
		{ "releases/COOKIE", "random" },
		{ "releases/RELEASES", "%% now\n[].\n" },
		{ "releases/1.0/relup", "%% now\n{\"1.0\",[],[]}.\n" },
		{ "releases/1.0/start.script", "%% now\n{script}.\n" },
		{ "releases/1.0/sys.config", "[].\n" },
		{ "lib/demo-1.0/priv/static/app.js", "let x;\n" },
		{ "lib/demo-1.0/priv/not.beam", "FOR1" },
	};
	HD_AUTO_STR tar = TARBALL_INIT, beam = HD_STR_INIT(65536),
		    elf = HD_STR_INIT(4096);
	struct hd_artifact *a;
	struct hd_err err = { 0 };

	assert_hd_ok(
	    hd_fs_read("tests/fuzz/corpus/beam/plain", &beam, &err), &err);
	assert_hd_ok(
	    hd_fs_read("tests/fuzz/corpus/elf/x86_64", &elf, &err), &err);
	tarball_release(&tar, "demo", "1.0");
	for (size_t i = 0; i < HD_COUNT(files); i++)
		tarball_add(&tar, '0', files[i].path, "", files[i].text);
	tarball_add(&tar, '2', "bin/link", "demo", "");
	tarball_add_bytes(&tar, 0644, '0', "lib/demo-1.0/ebin/m.beam", "",
	    beam.ptr, beam.len);
	tarball_add_bytes(&tar, 0644, '0', "lib/demo-1.0/priv/m.beam", "",
	    beam.ptr, beam.len);
	tarball_add_bytes(
	    &tar, 0755, '0', "lib/demo-1.0/priv/nif.so", "", elf.ptr, elf.len);
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	assert_int_equal(a->modules.n, 1);
	assert_string_equal(a->identity, "426897d231dba2f1b4d1b86424288a33"
					 "3be40c4e58514f57aacadfca24edf6a1");
	assert_int_equal(a->libs.n, 2);
	assert_string_equal(a->libs.v[1].name, "demo-1.0");
	assert_string_equal(a->libs.v[1].value,
	    "81624babe19b76635640fb9ad8a8765a"
	    "7597e7e223520307835ce208b1ddcced");
	hd_artifact_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_of_the_release_are_listed_by_library),
		cmocka_unit_test(applications_are_read_from_their_app_files),
		cmocka_unit_test(configuration_is_read_by_application_and_key),
		cmocka_unit_test(a_src_file_counts_instead_of_the_file),
		cmocka_unit_test(the_list_of_releases_is_read),
		cmocka_unit_test(a_huge_configuration_is_left_out),
		cmocka_unit_test(programs_are_listed_with_their_needs),
		cmocka_unit_test(identities_never_change),
	};

	return cmocka_run_group_tests_name(
	    "parts", tests, folder_setup, folder_teardown);
}
