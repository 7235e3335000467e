/* Runs the fuzzer's targets on stored files, which a person wrote or in which
 * the fuzzer once found a fault. */
#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "core/base/str.h"
#include "tests/fuzz/targets.h"

#include <dirent.h>
#include <string.h>

#define FOLDER "tests/fuzz/corpus"

/* TURNS: limits the positions that are tried in a long file. */
enum { FILE_MAX = 256 * 1024, TURNS = 300 };

typedef void visit_fn(const struct fuzz_target *t, const struct hd_str *text);

/* On an exact copy, so that a sanitizer sees reads past its end. */
static void
run(const struct fuzz_target *t, const char *p, size_t n)
{
	HD_AUTO_FREE uint8_t *copy = hd_alloc(n);

	memcpy(copy, p, n);
	t->run(copy, n);
}

static size_t
visit_folder(const struct fuzz_target *t, visit_fn *visit)
{
	HD_AUTO_STR folder = HD_STR_INIT(4096);
	const struct dirent *d;
	size_t seen = 0;
	DIR *dir;

	hd_str_addf(&folder, FOLDER "/%s", t->name);
	dir = opendir(folder.ptr);
	if (dir == NULL)
		fail_msg("%s: missing (run from the top folder)", folder.ptr);
	while ((d = readdir(dir)) != NULL) {
		HD_AUTO_STR path = HD_STR_INIT(4096);
		HD_AUTO_STR text = HD_STR_INIT(FILE_MAX);
		struct hd_err err;

		if (d->d_name[0] == '.')
			continue;
		hd_str_addf(&path, "%s/%s", folder.ptr, d->d_name);
		assert_hd_ok(hd_fs_read(path.ptr, &text, &err), &err);
		visit(t, &text);
		seen++;
	}
	closedir(dir);
	return seen;
}

static void
each_file(visit_fn *visit)
{
	for (size_t i = 0; fuzz_target(i) != NULL; i++)
		if (visit_folder(fuzz_target(i), visit) == 0)
			fail_msg(FOLDER "/%s is empty", fuzz_target(i)->name);
}

static void
visit_whole(const struct fuzz_target *t, const struct hd_str *text)
{
	run(t, text->ptr, text->len);
}

static void
visit_prefixes(const struct fuzz_target *t, const struct hd_str *text)
{
	for (size_t n = 0; n < text->len; n += 1 + text->len / TURNS)
		run(t, text->ptr, n);
}

/* Each byte in turn becomes one with a meaning for the parser. */
static void
visit_changes(const struct fuzz_target *t, const struct hd_str *text)
{
	for (size_t i = 0; i < text->len; i += 1 + text->len / TURNS) {
		char old = text->ptr[i];

		text->ptr[i] = t->bytes[i % (strlen(t->bytes) + 1)];
		run(t, text->ptr, text->len);
		text->ptr[i] = old;
	}
}

static void
stored_files_break_nothing(void **state)
{
	(void)state;
	each_file(visit_whole);
}

static void
stored_files_cut_anywhere_break_nothing(void **state)
{
	(void)state;
	each_file(visit_prefixes);
}

static void
stored_files_with_a_byte_changed_break_nothing(void **state)
{
	(void)state;
	each_file(visit_changes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stored_files_break_nothing),
		cmocka_unit_test(stored_files_cut_anywhere_break_nothing),
		cmocka_unit_test(
		    stored_files_with_a_byte_changed_break_nothing),
	};

	return cmocka_run_group_tests_name("fuzz_replay", tests, NULL, NULL);
}
