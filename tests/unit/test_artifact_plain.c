#define _XOPEN_SOURCE 700 /* symlink */
#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
#include "core/artifact/names.h"
#include "tests/support/folder.h"
#include "tests/support/tarball.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Releases of driver = app: anything in a folder, a tarball or one file. */

static struct hd_artifact *
opened(void **state, const char *path)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	assert_hd_ok(hd_artifact_open_plain(&a, folder_path(*state, path),
			 "my-app", "1.0", UINT64_MAX, &err),
	    &err);
	return a;
}

static void
refused(void **state, const char *path, const char *says)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	assert_hd_fails(hd_artifact_open_plain(&a, folder_path(*state, path),
			    "my-app", "1.0", UINT64_MAX, &err),
	    &err, HD_ELOCAL);
	if (strstr(err.msg, says) == NULL)
		fail_msg("%s: not in: %s", says, err.msg);
}

/* "path mode[ -> link]" of each entry, separated by commas. */
static void
contents(const struct hd_artifact *a, struct hd_str *out)
{
	for (size_t i = 0; i < a->entries.n; i++) {
		const struct hd_entry *e = &a->entries.v[i];

		hd_str_addf(out, "%s%s %o%s%s", i > 0 ? ", " : "", e->path,
		    e->mode, e->link != NULL ? " -> " : "",
		    e->link != NULL ? e->link : "");
	}
}

static void
has(void **state, const char *path, const char *expected)
{
	struct hd_artifact *a = opened(state, path);
	HD_AUTO_STR text = HD_STR_INIT(4096);

	contents(a, &text);
	assert_string_equal(text.ptr, expected);
	assert_string_equal(a->name, "my-app");
	assert_string_equal(a->version, "1.0");
	assert_int_equal(a->lacks, 0);
	assert_int_equal(a->libs.n, 0);
	hd_artifact_free(a);
}

static void
a_folder_is_packed_with_all_that_is_in_it(void **state)
{
	const char *top = folder_path(*state, "f");
	struct hd_artifact *a;

	folder_write(top, "server.js", "x", 1);
	folder_write(top, ".next/BUILD_ID", "x", 1);
	folder_write(top, "log/x", "x", 1);
	folder_write(top, "lib/left-pad-1.0/index.js", "x", 1);
	folder_write(top, "node_modules/.bin/keep", "x", 1);
	folder_write(top, ".git/config", "x", 1);
	folder_write(top, "deploy.ini", "env.SECRET = x\n", 15);
	assert_int_equal(chmod(folder_path(top, "server.js"), 0775), 0);
	assert_int_equal(symlink("../../server.js",
			     folder_path(top, "node_modules/.bin/serve")),
	    0);
	assert_int_equal(
	    symlink("/usr/bin/python3", folder_path(top, "python")), 0);
	has(state, "f",
	    ".next/BUILD_ID 644, lib/left-pad-1.0/index.js 644, log/x 644, "
	    "node_modules/.bin/keep 644, "
	    "node_modules/.bin/serve 644 -> ../../server.js, "
	    "python 644 -> /usr/bin/python3, server.js 755");
	a = opened(state, "f");
	assert_int_equal(a->left_out.n, 2);
	hd_artifact_free(a);
}

static void
a_link_out_of_the_folder_is_refused(void **state)
{
	const char *top = folder_path(*state, "out");

	folder_write(top, "a/x", "x", 1);
	assert_int_equal(
	    symlink("../../f", folder_path(*state, "out/a/up")), 0);
	refused(state, "out", "which leads out of the release");
}

static void
a_single_file_gets_the_name_of_the_app(void **state)
{
	folder_write(*state, "app_linux_amd64",
	    "\x7f"
	    "ELF",
	    4);
	assert_int_equal(
	    chmod(folder_path(*state, "app_linux_amd64"), 0755), 0);
	has(state, "app_linux_amd64", "my-app 755");
	folder_write(*state, "server.jar", "PK", 2);
	has(state, "server.jar", "my-app 644");
}

static void
a_tarball_of_a_folder_is_taken_as_it_is(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;

	tarball_add(&tar, '5', "./", "", "");
	tarball_add(&tar, '0', "./package.json", "", "{}");
	tarball_add(&tar, '5', "./bin/", "", "");
	tarball_add(&tar, '2', "./bin/run", "../run.sh", "");
	tarball_add_mode(&tar, 0777, '0', "./run.sh", "", "x");
	tarball_write(&tar, *state, "npm.tgz");
	has(state, "npm.tgz",
	    "bin/run 644 -> ../run.sh, package.json 644, run.sh 755");
}

static void
the_same_files_are_the_same_version_however_they_are_packed(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a, *b;

	folder_write(folder_path(*state, "same"), "x", "text", 4);
	tarball_add(&tar, '0', "./x", "", "text");
	tarball_write(&tar, *state, "same.tar.gz");
	a = opened(state, "same");
	b = opened(state, "same.tar.gz");
	assert_string_equal(a->identity, b->identity);
	hd_artifact_free(a);
	hd_artifact_free(b);
}

static void
bad_tarballs_are_refused(void **state)
{
	static const struct {
		char type;
		const char *name, *link, *says;
	} rows[] = {
		{ '0', "../x", "", "\"..\" in the path" },
		{ '0', "/etc/x", "", "absolute path" },
		{ '0', "a/./x", "", "\".\" in the middle" },
		{ '2', "a", "../x", "which leads out of the release" },
		{ '1', "b", "a", "hard link" },
		{ '3', "null", "", "is not a file, a folder" },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_STR tar = TARBALL_INIT;

		tarball_add(&tar, rows[i].type, rows[i].name, rows[i].link, "");
		tarball_write(&tar, *state, "bad.tar.gz");
		refused(state, "bad.tar.gz", rows[i].says);
	}
}

static void
no_file_goes_through_a_link(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;

	tarball_add(&tar, '2', "etc", "/etc", "");
	tarball_add(&tar, '0', "etc/passwd", "", "x");
	tarball_write(&tar, *state, "through.tar.gz");
	refused(state, "through.tar.gz", "which is not a folder");
}

static void
an_empty_release_and_a_bad_version_are_refused(void **state)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	assert_int_equal(mkdir(folder_path(*state, "empty"), 0755), 0);
	refused(state, "empty", "contains no files");
	folder_write(*state, "one", "x", 1);
	assert_hd_fails(hd_artifact_open_plain(&a, folder_path(*state, "one"),
			    "my-app", "../1", UINT64_MAX, &err),
	    &err, HD_ELOCAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_is_packed_with_all_that_is_in_it),
		cmocka_unit_test(a_link_out_of_the_folder_is_refused),
		cmocka_unit_test(a_single_file_gets_the_name_of_the_app),
		cmocka_unit_test(a_tarball_of_a_folder_is_taken_as_it_is),
		cmocka_unit_test(
		    the_same_files_are_the_same_version_however_they_are_packed),
		cmocka_unit_test(bad_tarballs_are_refused),
		cmocka_unit_test(no_file_goes_through_a_link),
		cmocka_unit_test(
		    an_empty_release_and_a_bad_version_are_refused),
	};

	return cmocka_run_group_tests_name(
	    "artifact_plain", tests, folder_setup, folder_teardown);
}
