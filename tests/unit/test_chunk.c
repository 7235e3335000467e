#define _XOPEN_SOURCE 700
#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
#include "core/base/fs.h"
#include "core/base/str.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MEBIBYTE ((size_t)1024 * 1024)
#define BYTES_INIT HD_STR_INIT(64 * MEBIBYTE)

/* Bytes that neither repeat nor compress. Another seed gives other bytes. */
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

/* Each needs no bytes before it, and is small enough for one thread. */
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

/* Runs a command in a shell. */
static int run(const char *fmt, ...) HD_PRINTF(1, 2);
static int
run(const char *fmt, ...)
{
	char command[8192];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	return system(command);
}

static void
write_tarball(const struct hd_artifact *a, const char *path)
{
	assert_int_equal(
	    run("cat </proc/%d/fd/%d >%s", (int)getpid(), a->fd, path), 0);
}

/* erl_tar reads only the first member of a gzip file, and release_handler uses
 * erl_tar. */
static void
every_unpacker_reads_it(void **state)
{
	static const struct {
		const char *tool, *command;
	} unpackers[] = {
		{ "tar", "tar -xzf ../t.tar.gz" },
		{ "busybox", "busybox tar -xzf ../t.tar.gz" },
		{ "bsdtar", "bsdtar -xzf ../t.tar.gz" },
		{ "erl",
		    "HOME=/tmp erl -noinput -eval "
		    "'ok = erl_tar:extract(\"../t.tar.gz\", [compressed]), "
		    "halt(0).'" },
	};
	const char *folder = make(folder_path(*state, "r"), "1.0");
	struct hd_artifact *a = open_release(folder);

	write_tarball(a, folder_path(*state, "t.tar.gz"));
	assert_int_equal(run("cd %s && mkdir want && tar -xzf t.tar.gz -C want "
			     "&& diff -r r/lib want/lib && "
			     "gzip -t t.tar.gz",
			     (const char *)*state),
	    0);
	for (size_t i = 0; i < HD_COUNT(unpackers); i++) {
		if (run("command -v %s >/dev/null", unpackers[i].tool) != 0)
			continue;
		assert_int_equal(
		    run("cd %s && rm -rf got && mkdir got && cd got && %s && "
			"cd .. && diff -r want got && test -x got/bin/demo",
			(const char *)*state, unpackers[i].command),
		    0);
	}
	hd_artifact_free(a);
	assert_int_equal(
	    run("cd %s && rm -rf r want got", (const char *)*state), 0);
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

/* As a host does it: from two files, with small tools. */
static void
write_recipe(const struct hd_artifact *old, const struct hd_artifact *new,
    const char *tool, const char *path)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "%s head -c 10 new\n", tool);
	for (size_t i = 0; i < new->chunks.n; i++) {
		const struct hd_chunk *c = &new->chunks.v[i],
				      *same = find(old, c->sha256);
		const struct hd_chunk *from = same != NULL ? same : c;

		fprintf(f, "%s tail -c +%llu %s | %s head -c %llu\n", tool,
		    (unsigned long long)from->offset + 1,
		    same != NULL ? "old" : "new", tool,
		    (unsigned long long)from->length);
	}
	fprintf(f, "%s tail -c 10 new\n", tool);
	assert_int_equal(fclose(f), 0);
}

static void
tail_and_head_put_a_tarball_together(void **state)
{
	static const char *const tools[] = { "", "busybox" };
	struct hd_artifact *old =
	    open_release(make(folder_path(*state, "r"), "1.0"));
	struct hd_artifact *new;

	write_noise(
	    folder_path(*state, "r"), "lib/sasl-4.2/ebin/f7.beam", 4000, 7777);
	new = open_release(folder_path(*state, "r"));
	write_tarball(old, folder_path(*state, "old"));
	write_tarball(new, folder_path(*state, "new"));
	for (size_t i = 0; i < HD_COUNT(tools); i++) {
		if (run("command -v %s true >/dev/null", tools[i]) != 0)
			continue;
		write_recipe(old, new, tools[i], folder_path(*state, "recipe"));
		assert_int_equal(run("cd %s && sh recipe >built 2>/dev/null && "
				     "cmp built new && ! cmp -s old new",
				     (const char *)*state),
		    0);
	}
	hd_artifact_free(old);
	hd_artifact_free(new);
	folder_remove(folder_path(*state, "r"));
	assert_int_equal(
	    run("rm %s/old %s/new", (const char *)*state, (const char *)*state),
	    0);
}

/* With gzip, which flushes nowhere. */
static void
compress_again(const struct hd_artifact *a, const char *path)
{
	assert_int_equal(run("gunzip </proc/%d/fd/%d | gzip -1 >%s",
			     (int)getpid(), a->fd, path),
	    0);
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

/* In chunks, but with other bytes, as from another library. flushes: how many
 * more follow the first chunk. */
static void
write_otherwise(const struct hd_artifact *a, const char *folder, size_t flushes)
{
	HD_AUTO_FREE unsigned char *in = hd_alloc(2 * MEBIBYTE);
	HD_AUTO_FREE unsigned char *out = hd_alloc(3 * MEBIBYTE);
	HD_AUTO_STR bytes = BYTES_INIT, made = BYTES_INIT;
	z_stream z = { 0 };

	assert_int_equal(
	    deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	read_range(a->fd, 0, a->size, &bytes);
	hd_str_addn(&made, bytes.ptr, HD_CHUNK_ENDS);
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
		hd_str_addn(&made, (char *)out, (size_t)(z.next_out - out));
		for (; flushes > 0; flushes--)
			hd_str_addn(&made, "\0\0\0\xff\xff", 5);
		assert_int_equal(inflateEnd(&u), Z_OK);
	}
	(void)deflateEnd(&z);
	hd_str_addn(&made, bytes.ptr + a->size - HD_CHUNK_ENDS, HD_CHUNK_ENDS);
	assert_false(made.failed);
	folder_write(folder, "t.tar.gz", made.ptr, made.len);
}

static void
digest_of_file(const char *path, char sha256[static HD_SHA256_HEX])
{
	HD_AUTO_FD fd = open(path, O_RDONLY);
	struct hd_err err = { 0 };
	uint64_t size;

	assert_hd_ok(hd_sha256_fd(fd, sha256, &size, &err), &err);
}

static void
a_tarball_in_chunks_stays_as_it_is(void **state)
{
	const char *path = folder_path(*state, "t.tar.gz");
	struct hd_artifact *a =
	    open_release(make(folder_path(*state, "r"), "1.0"));
	struct hd_artifact *b;
	char sha256[HD_SHA256_HEX];

	write_otherwise(a, *state, 0);
	digest_of_file(path, sha256);
	b = open_release(path);
	assert_string_equal(b->sha256, sha256);
	assert_string_not_equal(b->sha256, a->sha256);
	assert_string_equal(b->identity, a->identity);
	assert_int_equal(b->chunks.n, a->chunks.n);
	assert_null(find(a, b->chunks.v[0].sha256));
	hd_artifact_free(a);
	hd_artifact_free(b);
	folder_remove(folder_path(*state, "r"));
}

/* Even with so many flushes that a list of them would fill the memory. */
static void
a_tarball_with_other_flushes_is_packed_again(void **state)
{
	static const size_t numbers[] = { 1, 300 * 1000 };
	const char *path = folder_path(*state, "t.tar.gz");
	struct hd_artifact *a =
	    open_release(make(folder_path(*state, "r"), "1.0"));

	for (size_t i = 0; i < HD_COUNT(numbers); i++) {
		struct hd_artifact *b;

		write_otherwise(a, *state, numbers[i]);
		b = open_release(path);
		assert_string_equal(b->sha256, a->sha256);
		assert_int_equal(b->chunks.n, a->chunks.n);
		hd_artifact_free(b);
	}
	hd_artifact_free(a);
	folder_remove(folder_path(*state, "r"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_have_no_gaps_and_right_digests),
		cmocka_unit_test(every_chunk_unpacks_alone),
		cmocka_unit_test(
		    a_version_is_the_chunks_of_the_last_one_and_few_new_bytes),
		cmocka_unit_test(every_unpacker_reads_it),
		cmocka_unit_test(tail_and_head_put_a_tarball_together),
		cmocka_unit_test(a_ready_tarball_is_brought_into_chunks),
		cmocka_unit_test(a_tarball_in_chunks_stays_as_it_is),
		cmocka_unit_test(a_tarball_with_other_flushes_is_packed_again),
	};

	return cmocka_run_group_tests_name(
	    "chunk", tests, folder_setup, folder_teardown);
}
