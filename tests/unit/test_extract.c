#include "tests/support/cmocka_all.h"

#include "core/artifact/extract.h"
#include "core/artifact/rel.h"
#include "core/base/fs.h"
#include "core/base/scratch.h"
#include "core/base/str.h"
#include "tests/support/folder.h"
#include "tests/support/tarball.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct hd_artifact *
open_release(void **state, struct hd_str *tar)
{
	struct hd_artifact *a;
	struct hd_err err = { 0 };

	tarball_write(tar, *state, "t.tar.gz");
	assert_hd_ok(hd_artifact_open(&a, folder_path(*state, "t.tar.gz"),
			 "demo", NULL, UINT64_MAX, &err),
	    &err);
	return a;
}

static void
assert_text(const char *folder, const char *path, const char *text)
{
	HD_AUTO_STR got = HD_STR_INIT(64 * 1024);
	struct hd_err err = { 0 };
	struct stat st;

	assert_hd_ok(hd_fs_read(folder_path(folder, path), &got, &err), &err);
	assert_string_equal(got.ptr, text);
	assert_int_equal(stat(folder_path(folder, path), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static bool
in_ebin(void *ctx, const char *path, uint64_t size)
{
	unsigned *calls = ctx;

	(*calls)++;
	return strstr(path, "/ebin/") != NULL && size < 100;
}

static void
only_the_wanted_files_are_written_and_no_links(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	char folder[HD_SCRATCH_PATH];
	struct hd_err err = { 0 };
	struct hd_artifact *a;
	unsigned calls = 0;

	tarball_release(&tar, "demo", "1.0");
	tarball_add(&tar, '0', "lib/demo-1.0/ebin/x", "", "text");
	tarball_add(&tar, '0', "lib/demo-1.0/ebin/x", "", "text");
	tarball_add(&tar, '2', "lib/demo-1.0/ebin/y", "x", "");
	a = open_release(state, &tar);
	assert_hd_ok(hd_scratch_make(folder, &err), &err);
	assert_hd_ok(hd_extract(a, folder, in_ebin, &calls, &err), &err);
	assert_true(calls > 3);
	assert_text(folder, "lib/demo-1.0/ebin/x", "text");
	assert_int_not_equal(
	    access(folder_path(folder, "lib/demo-1.0/ebin/y"), F_OK), 0);
	assert_int_not_equal(access(folder_path(folder, "releases"), F_OK), 0);
	assert_int_equal(lseek(a->fd, 0, SEEK_CUR), 0);
	hd_scratch_remove(folder);
	hd_artifact_free(a);
}

static struct hd_artifact *
with_relup(void **state, const char *relup)
{
	HD_AUTO_STR tar = TARBALL_INIT;

	tarball_release(&tar, "demo", "1.0");
	if (relup != NULL)
		tarball_add(&tar, '0', "releases/1.0/relup", "", relup);
	return open_release(state, &tar);
}

static void
a_relup_of_hdeploy_makes_no_other_version(void **state)
{
	static const char one[] = "{\"1.0\",[{\"0.9\",[],[]}],[]}.\n",
			  two[] = "{\"1.0\",[{\"0.8\",[],[]}],[]}.\n";
	struct hd_artifact *bare = with_relup(state, NULL),
			   *made = with_relup(state, NULL),
			   *built = with_relup(state, one);
	struct hd_err err = { 0 };

	assert_string_not_equal(built->identity, bare->identity);
	assert_hd_ok(hd_artifact_set_relup(&made, one, UINT64_MAX, &err), &err);
	assert_hd_ok(
	    hd_artifact_set_relup(&built, two, UINT64_MAX, &err), &err);
	assert_int_equal(made->relup.n, 1);
	assert_string_equal(made->relup.v[0].from, "0.9");
	assert_int_equal(built->relup.n, 1);
	assert_string_equal(built->relup.v[0].from, "0.8");
	assert_string_equal(made->identity, bare->identity);
	assert_string_equal(built->identity, bare->identity);
	assert_string_not_equal(made->sha256, built->sha256);
	assert_int_equal(made->entries.n, bare->entries.n + 1);
	assert_int_equal(built->entries.n, made->entries.n);
	assert_int_equal(lseek(made->fd, 0, SEEK_CUR), 0);
	assert_hd_ok(
	    hd_artifact_set_relup(&made, NULL, UINT64_MAX, &err), &err);
	assert_int_equal(made->relup.n, 0);
	assert_int_equal(made->entries.n, bare->entries.n);
	hd_artifact_free(bare);
	hd_artifact_free(made);
	hd_artifact_free(built);
}

static void
a_relup_for_another_version_is_not_taken(void **state)
{
	struct hd_artifact *a = with_relup(state, NULL), *before = a;
	struct hd_err err = { 0 };

	assert_hd_fails(
	    hd_artifact_set_relup(&a, "{\"2.0\",[],[]}.\n", UINT64_MAX, &err),
	    &err, HD_ELOCAL);
	assert_ptr_equal(a, before);
	assert_int_equal(a->relup.n, 0);
	hd_artifact_free(a);
}

/* Elsewhere a file of that name is a part of the release like any other. */
static void
only_the_relup_of_a_release_is_left_out_of_the_identity(void **state)
{
	static const char *const texts[] = { "a", "b" };
	char ids[2][HD_SHA256_HEX];

	for (size_t i = 0; i < 2; i++) {
		HD_AUTO_ARENA arena = { 0 };
		HD_AUTO_STR tar = TARBALL_INIT;
		struct hd_artifact *a;

		tarball_release(&tar, "demo", "1.0");
		tarball_add(&tar, '0', "lib/demo-1.0/priv/relup", "",
		    hd_arena_fmt(&arena, "%s%s", HD_OWN_RELUP, texts[i]));
		a = open_release(state, &tar);
		memcpy(ids[i], a->identity, HD_SHA256_HEX);
		hd_artifact_free(a);
	}
	assert_string_not_equal(ids[0], ids[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    only_the_wanted_files_are_written_and_no_links),
		cmocka_unit_test(a_relup_of_hdeploy_makes_no_other_version),
		cmocka_unit_test(a_relup_for_another_version_is_not_taken),
		cmocka_unit_test(
		    only_the_relup_of_a_release_is_left_out_of_the_identity),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
