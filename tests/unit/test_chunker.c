#include "tests/support/cmocka_all.h"

#include "core/artifact/chunker.h"
#include "core/artifact/cuts.h"
#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MEBIBYTE ((size_t)1024 * 1024)
#define BYTES_INIT HD_STR_INIT(64 * MEBIBYTE)

/* Bytes that repeat a little. */
static void
add_noise(struct hd_str *out, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		char c;

		x = x * 1103515245 + 12345;
		c = (char)(x >> 16 & 0x3f);
		hd_str_addn(out, &c, 1);
	}
}

/* Writes entries of many sizes, of bytes that are not a tar. */
static void
write_chunks(int fd, size_t threads)
{
	struct hd_chunker *c = hd_chunker_new(fd, threads);
	HD_AUTO_STR bytes = BYTES_INIT;
	char path[40];

	add_noise(&bytes, 3 * MEBIBYTE);
	for (unsigned i = 0; i < 200; i++) {
		size_t size = i % 50 == 49 ? 3 * MEBIBYTE : 512 * (i % 90);

		snprintf(path, sizeof(path), "lib/%u/ebin/%u", i / 20, i);
		hd_chunker_entry(c, path);
		assert_int_equal(hd_chunker_add(c, bytes.ptr + i, 512), 0);
		hd_chunker_data(c, size);
		assert_int_equal(hd_chunker_add(c, bytes.ptr, size), 0);
	}
	assert_int_equal(hd_chunker_end(c), 0);
	hd_chunker_free(c);
}

static void
the_number_of_threads_changes_no_byte(void **state)
{
	static const size_t numbers[] = { 0, 1, 2, HD_CHUNKER_THREADS };
	char first[HD_SHA256_HEX] = "", sha256[HD_SHA256_HEX];
	struct hd_err err = { 0 };
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(numbers); i++) {
		HD_AUTO_FD fd = -1;

		assert_hd_ok(hd_fs_temp(&fd, "", 0, &err), &err);
		write_chunks(fd, numbers[i]);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_hd_ok(hd_sha256_fd(fd, sha256, &size, &err), &err);
		if (i == 0)
			memcpy(first, sha256, sizeof(first));
		assert_string_equal(sha256, first);
	}
}

static void
a_full_disk_is_reported(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	struct hd_chunker *c;
	HD_AUTO_STR bytes = BYTES_INIT;

	(void)state;
	if (fd < 0)
		skip();
	c = hd_chunker_new(fd, 2);
	add_noise(&bytes, MEBIBYTE);
	assert_int_equal(hd_chunker_add(c, bytes.ptr, bytes.len), -1);
	assert_int_equal(errno, ENOSPC);
	hd_chunker_free(c);
	close(fd);
}

/* Otherwise a folder of a hundred thousand folders, or a file of a terabyte,
 * would give as many chunks. */
static void
many_folders_share_chunks(void **state)
{
	struct hd_cuts cuts = { 0 };
	uint64_t at = 0;
	char path[40];

	(void)state;
	for (unsigned i = 0; i < 100 * 1000; i++) {
		snprintf(path, sizeof(path), "lib/%u/f", i);
		hd_cuts_entry(&cuts, path, at);
		hd_cuts_data(&cuts, at + 512, 512);
		at += 1024;
	}
	hd_cuts_end(&cuts, at);
	assert_in_range(cuts.n, HD_CUTS_MANY, 3 * HD_CUTS_MANY);
	assert_int_equal(cuts.v[cuts.n - 1], at);
	hd_cuts_done(&cuts);
}

/* A header can declare any size. */
static void
a_size_without_bytes_costs_nothing(void **state)
{
	struct hd_cuts cuts = { 0 };

	(void)state;
	hd_cuts_entry(&cuts, "lib/a/b", 0);
	hd_cuts_data(&cuts, 512, INT64_MAX);
	assert_int_equal(cuts.n, 1);
	assert_int_equal(hd_cuts_next(&cuts), 512 + HD_CUTS_STEP);
	hd_cuts_end(&cuts, 1024);
	assert_int_equal(cuts.n, 2);
	hd_cuts_done(&cuts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_number_of_threads_changes_no_byte),
		cmocka_unit_test(a_full_disk_is_reported),
		cmocka_unit_test(many_folders_share_chunks),
		cmocka_unit_test(a_size_without_bytes_costs_nothing),
	};

	return cmocka_run_group_tests_name("chunker", tests, NULL, NULL);
}
