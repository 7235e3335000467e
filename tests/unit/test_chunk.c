#define _XOPEN_SOURCE 700
#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
#include "core/artifact/chunker.h"
#include "core/artifact/cuts.h"
#include "core/artifact/gunzip.h"
#include "core/base/fs.h"
#include "core/base/str.h"
#include "tests/support/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MEBIBYTE ((size_t)1024 * 1024)
#define BYTES_INIT HD_STR_INIT(64 * MEBIBYTE)

/* Bytes that neither repeat nor compress; seed: others. */
static void
add_noise(struct hd_str *out, size_t n, unsigned seed)
{
	uint32_t x = seed * 2654435761U + 1;

	for (size_t i = 0; i < n; i++) {
		char c;

		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		c = (char)(x >> 8);
		hd_str_addn(out, &c, 1);
	}
}

static void
write_noise(const char *folder, const char *path, size_t n, unsigned seed)
{
	HD_AUTO_STR bytes = BYTES_INIT;

	add_noise(&bytes, n, seed);
	folder_write(folder, path, bytes.ptr, bytes.len);
}

/* A release with small files in one library and a large one in the other. */
static const char *
make(const char *folder, const char *version)
{
	char name[100];

	folder_release(folder, "demo", version, NULL);
	for (unsigned i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "lib/sasl-4.2/ebin/f%u.beam", i);
		write_noise(folder, name, 3000, i);
	}
	snprintf(name, sizeof(name), "lib/demo-%s/priv/large", version);
	write_noise(folder, name, 5 * MEBIBYTE / 2, 1000);
	return folder;
}

static struct hd_artifact *
open_release(const char *path)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	assert_hd_ok(
	    hd_artifact_open(&a, path, "demo", NULL, UINT64_MAX, &err), &err);
	return a;
}

static void
read_range(int fd, uint64_t offset, uint64_t n, struct hd_str *out)
{
	HD_AUTO_FREE char *bytes = hd_alloc((size_t)n + 1);

	assert_int_equal(pread(fd, bytes, (size_t)n, (off_t)offset), n);
	hd_str_addn(out, bytes, (size_t)n);
}

static void
read_all(const struct hd_artifact *a, struct hd_str *out)
{
	read_range(a->fd, 0, a->size, out);
}

static void
chunks_have_no_gaps_and_right_digests(void **state)
{
	struct hd_artifact *a =
	    open_release(make(folder_path(*state, "r"), "1.0"));
	uint64_t at = HD_CHUNK_ENDS;

	assert_in_range(a->chunks.n, 8, 40);
	for (size_t i = 0; i < a->chunks.n; i++) {
		const struct hd_chunk *c = &a->chunks.v[i];
		HD_AUTO_STR bytes = BYTES_INIT;
		struct hd_sha256 *h = hd_sha256_new();
		char hex[HD_SHA256_HEX];

		assert_int_equal(c->offset, at);
		assert_true(c->length > 0);
		read_range(a->fd, c->offset, c->length, &bytes);
		hd_sha256_add(h, bytes.ptr, bytes.len);
		hd_sha256_hex(h, hex);
		hd_sha256_free(h);
		assert_string_equal(hex, c->sha256);
		at += c->length;
	}
	assert_int_equal(at + HD_CHUNK_ENDS, a->size);
	hd_artifact_free(a);
	folder_remove(folder_path(*state, "r"));
}

/* So it needs no bytes before it, and is small enough for one thread. */
static void
every_chunk_unpacks_alone(void **state)
{
	struct hd_artifact *a =
	    open_release(make(folder_path(*state, "r"), "1.0"));
	HD_AUTO_FREE unsigned char *out = hd_alloc(2 * MEBIBYTE);

	for (size_t i = 0; i < a->chunks.n; i++) {
		const struct hd_chunk *c = &a->chunks.v[i];
		HD_AUTO_STR bytes = BYTES_INIT;
		z_stream z = { 0 };

		read_range(a->fd, c->offset, c->length, &bytes);
		assert_int_equal(inflateInit2(&z, -15), Z_OK);
		z.next_in = (Bytef *)bytes.ptr;
		z.avail_in = (uInt)bytes.len;
		z.next_out = out;
		z.avail_out = 2 * MEBIBYTE;
		assert_int_equal(inflate(&z, Z_SYNC_FLUSH), Z_OK);
		assert_int_equal(z.avail_in, 0);
		assert_in_range(z.total_out, 512, MEBIBYTE);
		assert_int_equal(inflateEnd(&z), Z_OK);
	}
	hd_artifact_free(a);
	folder_remove(folder_path(*state, "r"));
}

static const struct hd_chunk *
find(const struct hd_artifact *a, const char *sha256)
{
	for (size_t i = 0; i < a->chunks.n; i++)
		if (strcmp(a->chunks.v[i].sha256, sha256) == 0)
			return &a->chunks.v[i];
	return NULL;
}

/* The next version has one more file among the small ones, and the folder of
 * the large one has another name. */
static void
a_version_is_the_chunks_of_the_last_one_and_few_new_bytes(void **state)
{
	HD_AUTO_STR built = BYTES_INIT, want = BYTES_INIT;
	const char *folder = make(folder_path(*state, "old"), "1.0");
	struct hd_artifact *old = open_release(folder), *new;
	uint64_t sent = (uint64_t)2 * HD_CHUNK_ENDS;

	folder = make(folder_path(*state, "new"), "1.1");
	write_noise(folder, "lib/sasl-4.2/ebin/f2x.beam", 3000, 7777);
	new = open_release(folder);
	read_range(new->fd, 0, HD_CHUNK_ENDS, &built);
	for (size_t i = 0; i < new->chunks.n; i++) {
		const struct hd_chunk *c = &new->chunks.v[i],
				      *same = find(old, c->sha256);

		sent += same != NULL ? 0 : c->length;
		if (same != NULL)
			read_range(old->fd, same->offset, same->length, &built);
		else
			read_range(new->fd, c->offset, c->length, &built);
	}
	read_range(new->fd, new->size - HD_CHUNK_ENDS, HD_CHUNK_ENDS, &built);
	read_all(new, &want);
	assert_int_equal(built.len, want.len);
	assert_memory_equal(built.ptr, want.ptr, want.len);
	assert_true(new->size > 3 * MEBIBYTE);
	assert_in_range(sent, 3000, MEBIBYTE * 6 / 10);
	hd_artifact_free(old);
	hd_artifact_free(new);
	folder_remove(folder_path(*state, "old"));
	folder_remove(folder_path(*state, "new"));
}

/* With gzip, which flushes nowhere. */
static void
compress_again(const struct hd_artifact *a, const char *path)
{
	char text[1024];

	snprintf(text, sizeof(text), "gunzip </proc/%d/fd/%d | gzip -1 >%s",
	    (int)getpid(), a->fd, path);
	assert_int_equal(system(text), 0);
}

static void
a_ready_tarball_is_brought_into_chunks(void **state)
{
	const char *path = folder_path(*state, "t.tar.gz");
	struct hd_artifact *a = open_release(
			       make(folder_path(*state, "r"), "1.0")),
			   *b;

	compress_again(a, path);
	b = open_release(path);
	assert_string_equal(a->identity, b->identity);
	assert_string_equal(a->sha256, b->sha256);
	assert_int_equal(a->size, b->size);
	assert_int_equal(a->chunks.n, b->chunks.n);
	hd_artifact_free(a);
	hd_artifact_free(b);
	folder_remove(folder_path(*state, "r"));
}

/* Compressed by another zlib, say: it is in chunks, but has other bytes. */
static void
write_in_chunks_of_level_1(const struct hd_artifact *a, const char *path)
{
	HD_AUTO_FREE unsigned char *in = hd_alloc(2 * MEBIBYTE);
	HD_AUTO_FREE unsigned char *out = hd_alloc(3 * MEBIBYTE);
	HD_AUTO_STR bytes = BYTES_INIT;
	HD_AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	z_stream z = { 0 };

	assert_int_equal(
	    deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	read_all(a, &bytes);
	assert_int_equal(hd_fs_write_all(fd, bytes.ptr, HD_CHUNK_ENDS), 0);
	for (size_t i = 0; i < a->chunks.n; i++) {
		const struct hd_chunk *c = &a->chunks.v[i];
		z_stream u = { 0 };

		assert_int_equal(inflateInit2(&u, -15), Z_OK);
		u.next_in = (Bytef *)bytes.ptr + c->offset;
		u.avail_in = (uInt)c->length;
		u.next_out = in;
		u.avail_out = 2 * MEBIBYTE;
		assert_int_equal(inflate(&u, Z_SYNC_FLUSH), Z_OK);
		z.next_in = in;
		z.avail_in = (uInt)u.total_out;
		z.next_out = out;
		z.avail_out = 3 * MEBIBYTE;
		assert_int_equal(deflate(&z, Z_FULL_FLUSH), Z_OK);
		assert_int_equal(
		    hd_fs_write_all(fd, out, (size_t)(z.next_out - out)), 0);
		assert_int_equal(inflateEnd(&u), Z_OK);
	}
	assert_int_equal(
	    hd_fs_write_all(
		fd, bytes.ptr + a->size - HD_CHUNK_ENDS, HD_CHUNK_ENDS),
	    0);
	(void)deflateEnd(&z);
}

static void
a_tarball_in_chunks_stays_as_it_is(void **state)
{
	const char *path = folder_path(*state, "t.tar.gz");
	struct hd_artifact *a =
	    open_release(make(folder_path(*state, "r"), "1.0"));
	struct hd_artifact *b;
	char sha256[HD_SHA256_HEX];
	struct hd_err err = { 0 };
	uint64_t size;
	HD_AUTO_FD fd = -1;

	write_in_chunks_of_level_1(a, path);
	fd = open(path, O_RDONLY);
	assert_hd_ok(hd_sha256_fd(fd, sha256, &size, &err), &err);
	b = open_release(path);
	assert_string_equal(b->sha256, sha256);
	assert_string_not_equal(b->sha256, a->sha256);
	assert_string_equal(b->identity, a->identity);
	assert_int_equal(b->size, size);
	assert_int_equal(b->chunks.n, a->chunks.n);
	assert_null(find(a, b->chunks.v[0].sha256));
	hd_artifact_free(a);
	hd_artifact_free(b);
	folder_remove(folder_path(*state, "r"));
}

/* Writes entries of many sizes, of bytes that are not a tar. */
static void
write_chunks(int fd, size_t threads)
{
	struct hd_chunker *c = hd_chunker_new(fd, threads);
	HD_AUTO_STR bytes = BYTES_INIT;
	char path[40];

	add_noise(&bytes, 3 * MEBIBYTE, 1);
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
	add_noise(&bytes, MEBIBYTE, 1);
	assert_int_equal(hd_chunker_add(c, bytes.ptr, bytes.len), -1);
	assert_int_equal(errno, ENOSPC);
	hd_chunker_free(c);
	close(fd);
}

/* Else a folder of a hundred thousand folders, or a file of a terabyte, would
 * have as many chunks. */
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_have_no_gaps_and_right_digests),
		cmocka_unit_test(every_chunk_unpacks_alone),
		cmocka_unit_test(
		    a_version_is_the_chunks_of_the_last_one_and_few_new_bytes),
		cmocka_unit_test(a_ready_tarball_is_brought_into_chunks),
		cmocka_unit_test(a_tarball_in_chunks_stays_as_it_is),
		cmocka_unit_test(the_number_of_threads_changes_no_byte),
		cmocka_unit_test(a_full_disk_is_reported),
		cmocka_unit_test(many_folders_share_chunks),
	};

	return cmocka_run_group_tests_name(
	    "chunk", tests, folder_setup, folder_teardown);
}
