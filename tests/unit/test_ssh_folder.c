#include "core/base/alloc.h"
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "transport/ssh_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
setup(void **state)
{
	char *top = hd_alloc(64);

	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("TMPDIR");
	files_folder(top);
	*state = top;
	return 0;
}

static int
teardown(void **state)
{
	files_remove(*state);
	free(*state);
	return 0;
}

/* Whether the folder is made in top. */
static bool
made_in(const char *top)
{
	char folder[96];
	struct hd_err err = { 0 };
	struct stat st;
	bool there;

	assert_hd_ok(ssh_folder_make(folder, sizeof(folder), &err), &err);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(rmdir(folder), 0);
	there = strncmp(folder, top, strlen(top)) == 0 &&
		folder[strlen(top)] == '/';
	assert_true(there || strncmp(folder, "/tmp/hdeploy.", 13) == 0);
	return there;
}

static void
it_is_where_only_this_user_can_replace_it(void **state)
{
	const char *top = *state;

	setenv("TMPDIR", top, 1);
	assert_true(made_in(top));
	assert_int_equal(chmod(top, 0777), 0);
	assert_false(made_in(top));
	assert_int_equal(chmod(top, 0770), 0);
	assert_false(made_in(top));
	assert_int_equal(chmod(top, 01777), 0);
	assert_true(made_in(top));
	assert_int_equal(chmod(top, 0700), 0);
}

static void
the_folders_above_and_links_count_too(void **state)
{
	const char *top = *state;
	char in[96], link[96];

	snprintf(in, sizeof(in), "%s/in", top);
	snprintf(link, sizeof(link), "%s/link", top);
	assert_int_equal(mkdir(in, 0700), 0);
	assert_int_equal(symlink("in", link), 0);
	setenv("XDG_RUNTIME_DIR", link, 1);
	assert_true(made_in(in));
	assert_int_equal(chmod(top, 0777), 0);
	assert_false(made_in(in));
	assert_int_equal(chmod(top, 0700), 0);
	assert_int_equal(chmod(in, 0777), 0);
	assert_false(made_in(in));
}

/* As after su: the owner of a folder may rename what is in it. */
static void
it_is_never_in_a_folder_of_another_user(void **state)
{
	const char *top = *state;

	if (geteuid() != 0)
		skip();
	setenv("XDG_RUNTIME_DIR", top, 1);
	assert_true(made_in(top));
	assert_int_equal(chown(top, 65534, 65534), 0);
	assert_false(made_in(top));
	assert_int_equal(chmod(top, 01700), 0);
	assert_false(made_in(top));
}

static void
names_that_are_long_or_need_quotes_are_left_out(void **state)
{
	static const char *const names[] = { "a b", "%d", "it's",
		"a-name-that-is-much-too-long-for-the-socket-of-a-connection" };

	for (size_t i = 0; i < HD_COUNT(names); i++) {
		char in[160];

		snprintf(in, sizeof(in), "%s/%s", (char *)*state, names[i]);
		assert_int_equal(mkdir(in, 0700), 0);
		setenv("TMPDIR", in, 1);
		assert_false(made_in(in));
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_is_where_only_this_user_can_replace_it),
		TEST(the_folders_above_and_links_count_too),
		TEST(it_is_never_in_a_folder_of_another_user),
		TEST(names_that_are_long_or_need_quotes_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
