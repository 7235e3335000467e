#include "tests/support/cmocka_all.h"

#include "core/artifact/elf.h"
#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "core/base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Programs byte by byte: header, three segments, and their contents. */

enum { X86_64 = 62, ARM = 40, S390 = 22, AARCH64 = 183 };
enum {
	LOADER = 0x200,
	DYNAMIC = 0x240,
	STRINGS = 0x300,
	VERSIONS = 0x380,
	SIZE = 0x480,
	BASE = 0x10000
};

struct program {
	bool wide, big;
	unsigned machine;
	const char *loader;      /* NULL: static */
	const char *versions[4]; /* of one library */
	unsigned flags[4];
};

struct image {
	const struct program *is;
	unsigned char p[SIZE];
};

static void
put(struct image *m, size_t at, unsigned bytes, uint64_t n)
{
	for (unsigned i = 0; i < bytes; i++)
		m->p[at + i] =
		    (unsigned char)(n >> 8 * (m->is->big ? bytes - 1 - i : i));
}

static void
put_word(
    struct image *m, size_t base, unsigned narrow, unsigned wide, uint64_t n)
{
	put(m, base + (m->is->wide ? wide : narrow), m->is->wide ? 8 : 4, n);
}

static void
put_segment(
    struct image *m, unsigned i, unsigned type, uint64_t offset, uint64_t size)
{
	size_t at = 64 + i * (m->is->wide ? 56 : 32);

	put(m, at, 4, type);
	put_word(m, at, 4, 8, offset);
	put_word(m, at, 8, 16, BASE + offset);
	put_word(m, at, 16, 32, size);
}

static void
put_versions(struct image *m)
{
	size_t name = STRINGS + 1, at = VERSIONS;

	put(m, at + 8, 4, 16);
	for (size_t i = 0; i < 4 && m->is->versions[i] != NULL; i++) {
		const char *text = m->is->versions[i];
		bool more = i + 1 < 4 && m->is->versions[i + 1] != NULL;

		at += 16;
		memcpy(m->p + name, text, strlen(text) + 1);
		put(m, at + 4, 2, m->is->flags[i]);
		put(m, at + 8, 4, name - STRINGS);
		put(m, at + 12, 4, more ? 16 : 0);
		name += strlen(text) + 1;
	}
}

static void
put_dynamic(struct image *m)
{
	size_t size = m->is->wide ? 16 : 8;
	const uint64_t rows[][2] = { { 5, BASE + STRINGS },
		{ 0x6ffffffe, BASE + VERSIONS }, { 0, 0 } };

	for (size_t i = 0; i < 3; i++) {
		put_word(m, DYNAMIC + i * size, 0, 0, rows[i][0]);
		put_word(m, DYNAMIC + i * size, 4, 8, rows[i][1]);
	}
}

static struct image
make(const struct program *is)
{
	struct image m = { .is = is };

	memcpy(m.p, "\177ELF", 4);
	m.p[4] = is->wide ? 2 : 1;
	m.p[5] = is->big ? 2 : 1;
	m.p[6] = 1; /* the version of ELF */
	put(&m, 18, 2, is->machine);
	put(&m, 20, 4, 1);
	put_word(&m, 0, 28, 32, 64);
	put(&m, is->wide ? 54 : 42, 2, is->wide ? 56 : 32);
	put(&m, is->wide ? 56 : 44, 2, is->loader != NULL ? 3 : 1);
	put_segment(&m, 0, 1, 0, SIZE);
	if (is->loader == NULL)
		return m;
	put_segment(&m, 1, 2, DYNAMIC, 0x80);
	put_segment(&m, 2, 3, LOADER, strlen(is->loader) + 1);
	memcpy(m.p + LOADER, is->loader, strlen(is->loader) + 1);
	put_dynamic(&m);
	put_versions(&m);
	return m;
}

static const struct program debian = { .wide = true,
	.machine = X86_64,
	.loader = "/lib64/ld-linux-x86-64.so.2",
	.versions = {
	    "GLIBC_2.2.5", "GLIBC_2.38", "GLIBC_2.4", "GLIBC_PRIVATE" } };

static void
the_needs_of_a_program_are_read(void **state)
{
	static const struct {
		struct program is;
		unsigned major, minor;
	} rows[] = {
		{ { true, false, X86_64, "/lib64/ld-linux-x86-64.so.2",
		      { "GLIBC_2.2.5", "GLIBC_2.38", "GLIBC_2.4" }, { 0 } },
		    2, 38 },
		{ { true, true, S390, "/lib/ld64.so.1", { "GLIBC_2.17" },
		      { 0 } },
		    2, 17 },
		{ { false, false, ARM, "/lib/ld-linux-armhf.so.3",
		      { "GCC_3.5", "GLIBC_2.34" }, { 0 } },
		    2, 34 },
		{ { false, true, 20, "/lib/ld.so.1", { "GLIBC_3.0" }, { 0 } },
		    3, 0 },
		{ { true, false, X86_64, "/lib/ld-musl-x86_64.so.1", { NULL },
		      { 0 } },
		    0, 0 },
		{ { true, false, X86_64, NULL, { NULL }, { 0 } }, 0, 0 },
		/* a weak version may be missing */
		{ { true, false, X86_64, "/lib64/ld-linux-x86-64.so.2",
		      { "GLIBC_2.31", "GLIBC_2.38" }, { 0, 2 } },
		    2, 31 },
		{ { true, false, X86_64, "/lib64/ld-linux-x86-64.so.2",
		      { "GLIBC_2.3", "GLIBC_ABI_DT_RELR" }, { 0 } },
		    2, 36 },
		{ { true, false, X86_64, "/lib64/ld-linux-x86-64.so.2",
		      { "GLIBC_", "GLIBC_9999999999.1", "GLIBC_2." }, { 0 } },
		    0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct program *is = &rows[i].is;
		struct image m = make(is);
		HD_AUTO_ARENA arena = { 0 };
		struct hd_elf e;

		assert_true(hd_elf_read(&e, &arena, m.p, sizeof(m.p)));
		assert_int_equal(e.machine, is->machine);
		assert_string_equal(
		    e.loader, is->loader != NULL ? is->loader : "");
		assert_int_equal(e.glibc[0], rows[i].major);
		assert_int_equal(e.glibc[1], rows[i].minor);
	}
}

static void
the_version_of_the_cpp_library_is_read(void **state)
{
	const struct program is = { true, true, S390, "/lib/ld64.so.1",
		{ "GLIBC_2.34", "GLIBCXX_3.4.9", "GLIBCXX_3.4.29", "CXXABI_9" },
		{ 0 } };
	struct image m = make(&is);
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf e, newer = { .glibcxx = { 3, 4, 30 } };

	(void)state;
	assert_true(hd_elf_read(&e, &arena, m.p, sizeof(m.p)));
	assert_int_equal(e.glibcxx[0], 3);
	assert_int_equal(e.glibcxx[1], 4);
	assert_int_equal(e.glibcxx[2], 29);
	assert_int_equal(e.glibc[1], 34);
	hd_elf_merge(&e, &arena, &newer);
	assert_int_equal(e.glibcxx[2], 30);
}

static void
a_file_that_is_not_a_program_has_no_needs(void **state)
{
	static const char *const texts[] = { "", "\177ELF", "#!/bin/sh\n",
		("\177ELF\3\1 and then enough more of it to be a whole header, "
		 "and some bytes") };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf e;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(texts); i++)
		assert_false(
		    hd_elf_read(&e, &arena, texts[i], strlen(texts[i])));
}

/* A loader is shown and compared, so it must be a plain path. */
static void
a_loader_must_be_a_plain_path(void **state)
{
	static const char *const loaders[] = { "ld.so", "/lib/ld\033[2J",
		"/lib/ld so", "/" };
	char far[100];
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf e;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(loaders); i++) {
		struct program is = debian;
		struct image m;

		is.loader = loaders[i];
		m = make(&is);
		assert_true(hd_elf_read(&e, &arena, m.p, sizeof(m.p)));
		assert_string_equal(e.loader, i == 3 ? "/" : "");
	}
	memset(far, 'a', sizeof(far));
	far[0] = '/';
	far[63] = '\0';
	{
		struct program is = debian;
		struct image m;

		is.loader = far;
		m = make(&is);
		assert_true(hd_elf_read(&e, &arena, m.p, sizeof(m.p)));
		assert_string_equal(e.loader, far);
		m.p[LOADER + 63] = 'a'; /* no NUL within its room */
		assert_true(hd_elf_read(&e, &arena, m.p, sizeof(m.p)));
		assert_string_equal(e.loader, "");
	}
}

/* Each in a block of its own, so that a sanitizer sees reads past its end. */
static void
damaged_programs_are_read_within_their_bytes(void **state)
{
	const struct image whole = make(&debian);
	unsigned seed = 1;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf e;

	(void)state;
	for (size_t n = 0; n <= SIZE; n++) {
		unsigned char *p = hd_alloc(n + 1);

		memcpy(p, whole.p, n);
		p = hd_realloc(p, n > 0 ? n : 1);
		assert_int_equal(hd_elf_read(&e, &arena, p, n), n >= 64);
		free(p);
	}
	for (int i = 0; i < 20000; i++) {
		struct image m = whole;

		for (int k = 0; k < 3; k++) {
			seed = seed * 1103515245 + 12345;
			m.p[(seed >> 8) % SIZE] = (unsigned char)(seed >> 4);
		}
		hd_elf_read(&e, &arena, m.p, sizeof(m.p));
		assert_true(strlen(e.loader) < HD_LOADER_MAX);
	}
}

/* Circular lists are followed only up to a limit. */
static void
circular_lists_end(void **state)
{
	struct image m = make(&debian);
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf e;

	(void)state;
	put(&m, VERSIONS + 12, 4, 1); /* the next library is one byte later */
	put(&m, VERSIONS + 16 + 12, 4, 1);
	put(&m, 56, 2, 0xffff); /* more segments than fit */
	assert_true(hd_elf_read(&e, &arena, m.p, sizeof(m.p)));
	assert_string_equal(e.loader, "");
	put(&m, 56, 2, (SIZE - 64) / 56);
	assert_true(hd_elf_read(&e, &arena, m.p, sizeof(m.p)));
	assert_string_equal(e.loader, debian.loader);
}

static void
this_test_runs_on_this_machine(void **state)
{
	HD_AUTO_STR bytes = HD_STR_INIT(256 * 1024 * 1024);
	struct hd_err err = { 0 };
	struct utsname name;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf e;

	(void)state;
	assert_int_equal(uname(&name), 0);
	assert_hd_ok(hd_fs_read("/proc/self/exe", &bytes, &err), &err);
	assert_true(hd_elf_read(&e, &arena, bytes.ptr, bytes.len));
	assert_true(hd_elf_runs_on(e.machine, name.machine));
	if (e.loader[0] == '\0')
		return; /* linked statically */
	assert_int_equal(access(e.loader, F_OK), 0);
	if (strstr(e.loader, "musl") == NULL)
		assert_true(e.glibc[0] >= 2);
}

static void
libraries_and_versions_are_those_that_readelf_lists(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR bytes = HD_STR_INIT(256 * 1024 * 1024);
	struct hd_err err = { 0 };
	struct hd_elf e;
	char command[256];

	(void)state;
	assert_hd_ok(hd_fs_read("/proc/self/exe", &bytes, &err), &err);
	assert_true(hd_elf_read(&e, &arena, bytes.ptr, bytes.len));
	snprintf(command, sizeof(command),
	    "test $(readelf -d /proc/%ld/exe | grep -c '(NEEDED)') = %zu",
	    (long)getpid(), e.libraries.n);
	assert_int_equal(system(command), 0);
	for (size_t i = 0; i < e.libraries.n; i++) {
		snprintf(command, sizeof(command),
		    "readelf -d /proc/%ld/exe | grep -qF '[%s]'",
		    (long)getpid(), e.libraries.v[i]);
		assert_int_equal(system(command), 0);
	}
	if (e.glibc[0] == 0)
		return;
	snprintf(command, sizeof(command),
	    "test \"$(readelf -VW /proc/%ld/exe | grep -o "
	    "'Name: GLIBC_[0-9.]*' | sort -V | tail -n 1)\" = "
	    "'Name: GLIBC_%u.%u'",
	    (long)getpid(), e.glibc[0], e.glibc[1]);
	assert_int_equal(system(command), 0);
}

static void
a_machine_runs_its_own_and_some_older_ones(void **state)
{
	static const struct {
		unsigned machine;
		const char *host;
		bool runs;
	} rows[] = { { X86_64, "x86_64", true }, { 3, "x86_64", true },
		{ 3, "i686", true }, { X86_64, "i686", false },
		{ AARCH64, "x86_64", false }, { X86_64, "aarch64", false },
		{ ARM, "aarch64", true }, { ARM, "armv7l", true },
		{ AARCH64, "armv7l", false }, { X86_64, "x86", true },
		{ X86_64, "sparc64", true }, { 9999, "x86_64", true },
		{ X86_64, "", true }, { AARCH64, "86", true } };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (hd_elf_runs_on(rows[i].machine, rows[i].host) !=
		    rows[i].runs)
			fail_msg("%u on %s", rows[i].machine, rows[i].host);
	assert_string_equal(hd_elf_machine(AARCH64), "aarch64");
	assert_null(hd_elf_machine(9999));
}

static void
the_greatest_need_of_all_programs_counts(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf all = { 0 },
		      one = { .machine = X86_64,
			      .loader = "/lib64/ld.so",
			      .glibc = { 2, 34 } },
		      other = { .machine = X86_64,
			      .loader = "/lib/other",
			      .glibc = { 2, 4 } };

	(void)state;
	hd_elf_merge(&all, &arena, &one);
	hd_elf_merge(&all, &arena, &other);
	assert_int_equal(all.machine, X86_64);
	assert_string_equal(all.loader, "/lib64/ld.so");
	assert_int_equal(all.glibc[1], 34);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_needs_of_a_program_are_read),
		cmocka_unit_test(the_version_of_the_cpp_library_is_read),
		cmocka_unit_test(a_file_that_is_not_a_program_has_no_needs),
		cmocka_unit_test(a_loader_must_be_a_plain_path),
		cmocka_unit_test(damaged_programs_are_read_within_their_bytes),
		cmocka_unit_test(circular_lists_end),
		cmocka_unit_test(this_test_runs_on_this_machine),
		cmocka_unit_test(
		    libraries_and_versions_are_those_that_readelf_lists),
		cmocka_unit_test(a_machine_runs_its_own_and_some_older_ones),
		cmocka_unit_test(the_greatest_need_of_all_programs_counts),
	};

	return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
