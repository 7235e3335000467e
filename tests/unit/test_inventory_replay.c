#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "core/base/str.h"
#include "tests/fuzz/inventory_target.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/fuzz/corpus/inventory"

/* An exact copy, so that a read past its end is seen by the sanitizer. */
static void
run(const char *p, size_t n)
{
	HD_AUTO_FREE uint8_t *copy = hd_alloc(n);

	memcpy(copy, p, n);
	fuzz_inventory(copy, n);
}

static void
each_file(void (*visit)(const struct hd_str *text))
{
	DIR *dir = opendir(FOLDER);
	const struct dirent *d;
	size_t seen = 0;

	if (dir == NULL)
		fail_msg(FOLDER ": not there (run from the top folder)");
	while ((d = readdir(dir)) != NULL) {
		HD_AUTO_STR path = HD_STR_INIT(4096);
		HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
		struct hd_err err;

		if (d->d_name[0] == '.')
			continue;
		hd_str_addf(&path, FOLDER "/%s", d->d_name);
		assert_hd_ok(hd_fs_read(path.ptr, &text, &err), &err);
		visit(&text);
		seen++;
	}
	closedir(dir);
	assert_true(seen > 0);
}

static void
visit_whole(const struct hd_str *text)
{
	run(text->ptr, text->len);
}

static void
visit_prefixes(const struct hd_str *text)
{
	for (size_t n = 0; n < text->len; n++)
		run(text->ptr, n);
}

/* Each byte in turn becomes one that means something to the reader. */
static void
visit_changes(const struct hd_str *text)
{
	static const char bytes[] = "\0\n[]=:;# {-9\xff";

	for (size_t i = 0; i < text->len; i++) {
		char old = text->ptr[i];

		text->ptr[i] = bytes[i % (sizeof(bytes) - 1)];
		run(text->ptr, text->len);
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

	return cmocka_run_group_tests_name(
	    "inventory_replay", tests, NULL, NULL);
}
