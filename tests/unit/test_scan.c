#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
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

/* Entries that end on a block boundary, without the end of an archive. */
static void
an_archive_cut_between_two_entries_is_refused(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT, gz = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	tarball_release(&tar, "demo", "1.0");
	tarball_gzip(&tar, &gz);
	folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
	assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "no valid end"));
}

static void
data_after_the_end_is_refused(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT, gz = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	tarball_release(&tar, "demo", "1.0");
	tarball_end(&tar);
	tarball_gzip(&tar, &gz);
	hd_str_add(&gz, "x");
	folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
	assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "has extra data after the end"));
	/* Inside the compressed data, after the end of the tar. */
	tarball_add(&tar, '0', "bin/late", "", "");
	hd_str_done(&gz);
	tarball_end(&tar);
	tarball_gzip(&tar, &gz);
	folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
	assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "no valid end"));
}

static void
a_file_that_is_not_a_tarball_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
		bool gzip;
	} bad[] = { { "", "is empty", false },
		{ "hello", "not a gzip file", false },
		{ "\x1f", "truncated", false },
		{ "\x1f\x8b", "truncated", false },
		{ "no tar in here", "is not a tar archive", true },
		{ "", "is not a tar archive", true } };
	struct hd_artifact *a;
	struct hd_err err;

	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		HD_AUTO_STR text = TARBALL_INIT, gz = TARBALL_INIT;

		hd_str_add(&text, bad[i].text);
		if (bad[i].gzip)
			tarball_gzip(&text, &gz);
		else
			hd_str_add(&gz, bad[i].text);
		folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
		assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
		if (strstr(err.msg, bad[i].says) == NULL)
			fail_msg("%s: not in: %s", bad[i].says, err.msg);
	}
}

static void
make_small(struct hd_str *gz)
{
	HD_AUTO_STR tar = TARBALL_INIT;

	tarball_release(&tar, "demo", "1.0");
	tarball_end(&tar);
	tarball_gzip(&tar, gz);
}

static void
every_truncation_is_noticed(void **state)
{
	HD_AUTO_STR gz = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	make_small(&gz);
	for (size_t n = 0; n < gz.len; n++) {
		folder_write(*state, "t.tar.gz", gz.ptr, n);
		assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
		assert_non_null(
		    strstr(err.msg, n == 0 ? "is empty" : "truncated"));
	}
	folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
	assert_hd_ok(try_open(*state, &a, &err), &err);
	hd_artifact_free(a);
}

/* Some flips change nothing: in the time of the gzip header, in unused bits, in
 * the distance from which the next zeros are copied. */
static void
no_flipped_byte_changes_the_version_unnoticed(void **state)
{
	HD_AUTO_STR gz = TARBALL_INIT;
	char identity[HD_SHA256_HEX];
	struct hd_artifact *a;
	struct hd_err err;
	unsigned seed = 1, failed = 0;

	make_small(&gz);
	folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
	assert_hd_ok(try_open(*state, &a, &err), &err);
	memcpy(identity, a->identity, sizeof(identity));
	hd_artifact_free(a);
	for (int i = 0; i < 2000; i++) {
		size_t at = (size_t)(seed = seed * 1103515245 + 12345) >> 8;
		char old = gz.ptr[at % gz.len];

		gz.ptr[at % gz.len] ^= (char)(1 << i % 8);
		folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
		if (try_open(*state, &a, &err) == 0) {
			assert_string_equal(a->identity, identity);
			hd_artifact_free(a);
		} else {
			assert_int_equal(err.code, HD_ELOCAL);
			failed++;
		}
		gz.ptr[at % gz.len] = old;
	}
	assert_true(failed > 1500);
}

/* As above, but with valid checksums, so that the tar reader gets the damage.
 */
static void
a_damaged_tar_in_good_gzip_never_crashes(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;
	unsigned seed = 7, failed = 0;

	tarball_release(&tar, "demo", "1.0");
	tarball_end(&tar);
	for (int i = 0; i < 500; i++) {
		HD_AUTO_STR gz = TARBALL_INIT;
		size_t at = (seed = seed * 1103515245 + 12345) >> 8;
		char old = tar.ptr[at % tar.len];

		tar.ptr[at % tar.len] ^= (char)(1 << i % 8);
		tarball_gzip(&tar, &gz);
		folder_write(*state, "t.tar.gz", gz.ptr, gz.len);
		if (try_open(*state, &a, &err) == 0)
			hd_artifact_free(a);
		else
			failed++;
		tar.ptr[at % tar.len] = old;
	}
	assert_true(failed > 50);
}

/* A kilobyte that claims to be an exabyte, nearly all of it a hole: reading it
 * would take years. */
static void
a_sparse_file_is_refused(void **state)
{
	static const char *const pax[] = {
		("26 GNU.sparse.numblocks=1\n24 GNU.sparse.map=100,4\n"
		 "39 GNU.sparse.size=1152921504606846976\n"),
		"39 GNU.sparse.size=1152921504606846976\n",
		"39 SCHILY.realsize=1152921504606846976\n",
	};

	for (size_t i = 0; i < HD_COUNT(pax); i++) {
		HD_AUTO_STR tar = TARBALL_INIT;
		struct hd_artifact *a;
		struct hd_err err;

		tarball_release(&tar, "demo", "1.0");
		tarball_add(&tar, 'x', "pax", "", pax[i]);
		tarball_add(&tar, '0', "bin/holes", "", "data");
		tarball_write(&tar, *state, "t.tar.gz");
		assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
		assert_non_null(strstr(err.msg, "bin/holes: sparse"));
	}
}

/* Opens demo 1.0 with a file of 1000 bytes, with max as the limit. */
static int
open_limited(const char *folder, uint64_t max, struct hd_err *err)
{
	struct hd_artifact *a;
	int status = hd_artifact_open(
	    &a, folder_path(folder, "t.tar.gz"), "demo", NULL, max, err);

	if (status == 0)
		hd_artifact_free(a);
	return status;
}

static void
a_release_that_is_larger_than_allowed_is_refused(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err = { 0 };
	char text[1000];
	uint64_t size;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	tarball_release(&tar, "demo", "1.0");
	tarball_add(&tar, '0', "bin/x", "", text);
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	size = a->unpacked;
	hd_artifact_free(a);
	assert_hd_ok(open_limited(*state, size, &err), &err);
	assert_hd_fails(open_limited(*state, size - 1, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "max_unpacked in [app] of deploy.ini"));
	assert_hd_fails(open_limited(*state, 1024, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "is larger than 1K when unpacked"));
}

/* A few hundred bytes of .tar.gz can unpack to gigabytes of entries or zeros.
 */
static void
a_bomb_is_refused_before_it_is_read_whole(void **state)
{
	HD_AUTO_STR tar = HD_STR_INIT(128 * 1024 * 1024);
	struct hd_artifact *a;
	struct hd_err err;
	char command[4096];

	tarball_release(&tar, "demo", "1.0");
	tarball_end(&tar);
	folder_write(*state, "t.tar", tar.ptr, tar.len);
	snprintf(command, sizeof(command),
	    "cd %s && { cat t.tar; head -c 420000000 /dev/zero; } | gzip -1 "
	    ">t.tar.gz",
	    (const char *)*state);
	assert_int_equal(system(command), 0);
	assert_hd_fails(open_limited(*state, 1024, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "is larger than 1K when unpacked"));
	tar.len = 0;
	for (int i = 0; i <= 200 * 1000; i++)
		tarball_add(&tar, '5', "lib/", "", "");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "has more than 200000 files"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_archive_cut_between_two_entries_is_refused),
		cmocka_unit_test(data_after_the_end_is_refused),
		cmocka_unit_test(a_file_that_is_not_a_tarball_is_refused),
		cmocka_unit_test(every_truncation_is_noticed),
		cmocka_unit_test(no_flipped_byte_changes_the_version_unnoticed),
		cmocka_unit_test(a_damaged_tar_in_good_gzip_never_crashes),
		cmocka_unit_test(a_sparse_file_is_refused),
		cmocka_unit_test(
		    a_release_that_is_larger_than_allowed_is_refused),
		cmocka_unit_test(a_bomb_is_refused_before_it_is_read_whole),
	};

	return cmocka_run_group_tests_name(
	    "scan", tests, folder_setup, folder_teardown);
}
