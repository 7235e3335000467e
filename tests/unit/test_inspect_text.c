/* The lines of inspect for people. */
#include "tests/support/cmocka_all.h"

#include "cmd/inspect.h"
#include "cmd/screens.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 256 * 1024, COLUMNS = 80 };

/* Takes the lines as a screen does, after they are sanitized. */
struct lines {
	struct hd_str text;
	struct hd_sink sink;
	struct hd_screens *screens;
};

static void
take(void *ctx, const struct hd_event *ev)
{
	struct lines *l = ctx;

	if (ev->text != NULL)
		hd_str_addf(&l->text, "%s\n", ev->text);
}

static int
setup(void **state)
{
	static struct lines l;

	hd_str_init(&l.text, TEXT_MAX);
	l.sink = (struct hd_sink){ take, &l };
	l.screens = hd_screens_new();
	hd_screens_add(l.screens, &l.sink);
	*state = &l;
	return 0;
}

static int
teardown(void **state)
{
	struct lines *l = *state;

	hd_screens_free(l->screens);
	hd_str_done(&l->text);
	return 0;
}

/* Characters of UTF-8. */
static size_t
width(const char *text, size_t n)
{
	size_t columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

static void
assert_narrow(const char *text)
{
	for (size_t n; *text != '\0'; text += n + 1) {
		n = strcspn(text, "\n");
		if (width(text, n) > COLUMNS)
			fail_msg("too wide: %.*s", (int)n, text);
	}
}

static struct hd_artifact old = {
	.name = "hotcode", .version = "0.1.0", .erts = "13.1"
};
static struct hd_artifact new = {
	.name = "hotcode", .version = "0.2.0", .erts = "13.1"
};

/* Shows these differences. */
static const char *
show(struct lines *l, struct hd_difference *v, size_t n, bool all)
{
	struct hd_inspection x = { .old = &old, .new = &new };

	x.changes.differences.v = v;
	x.changes.differences.n = n;
	hd_inspect_text(&x, hd_screens_sink(l->screens), all);
	assert_narrow(l->text.ptr);
	return l->text.ptr;
}

static void
a_row_that_fits_is_one_line(void **state)
{
	struct hd_difference v[] = {
		{ .area = HD_AREA_SETTING,
		    .name = "hotcode port",
		    .before = "80",
		    .after = "8080" },
		{ .area = HD_AREA_SETTING,
		    .name = "hotcode level",
		    .after = "info" },
		{ .area = HD_AREA_VM_ARGS, .name = "+P", .before = "+P 1" },
	};

	assert_string_equal(show(*state, v, HD_COUNT(v), false),
	    "hotcode 0.1.0 -> 0.2.0\n"
	    "  up    no relup leads there\n"
	    "  down  no relup leads there\n"
	    "\n"
	    "no problems found\n"
	    "\n"
	    "sys.config and .app files\n"
	    "  ~ hotcode port   80 -> 8080\n"
	    "  + hotcode level  info\n"
	    "\n"
	    "vm.args\n"
	    "  - +P  +P 1\n");
}

static void
long_and_hostile_names_and_values_stay_in_80_columns(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	char *name = hd_arena_alloc(&a, 5000),
	     *words = hd_arena_alloc(&a, 5000);
	char *wide = hd_arena_alloc(&a, 5000);
	struct hd_difference v[] = {
		{ .area = HD_AREA_MODULE,
		    .name = name,
		    .before = "a-1",
		    .after = "a-2",
		    .up = "none: old code keeps running",
		    .down = "load, code_change" },
		{ .area = HD_AREA_SETTING,
		    .name = "a b",
		    .before = words,
		    .after = name },
		{ .area = HD_AREA_SETTING,
		    .name = wide,
		    .before = wide,
		    .after = "\033[2J\n\r" },
	};
	const char *text;

	memset(name, 'n', 4000);
	for (size_t i = 0; i < 4000; i++)
		words[i] = "word "[i % 5];
	for (size_t i = 0; i < 4000; i += 2)
		memcpy(wide + i, "\xc3\xa9", 2);
	text = show(*state, v, HD_COUNT(v), false);
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "more bytes)"));
	assert_true(strlen(text) < 4000);
}

static void
a_long_list_is_cut_unless_all_is_wanted(void **state)
{
	struct hd_difference v[25];
	const char *text;

	for (size_t i = 0; i < HD_COUNT(v); i++)
		v[i] = (struct hd_difference){
			.area = HD_AREA_FILE, .name = "etc/x", .after = "1 byte"
		};
	text = show(*state, v, HD_COUNT(v), false);
	assert_non_null(strstr(text, "  and 5 more (--verbose shows all)\n"));
	hd_str_done(&((struct lines *)*state)->text);
	text = show(*state, v, HD_COUNT(v), true);
	assert_null(strstr(text, "more"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_row_that_fits_is_one_line),
		TEST(long_and_hostile_names_and_values_stay_in_80_columns),
		TEST(a_long_list_is_cut_unless_all_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
