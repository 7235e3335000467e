#include "tests/support/cmocka_all.h"

#include "core/base/name.h"

#include <string.h>

static void
versions_are_of_the_promised_alphabet(void **state)
{
	static const char *const good[] = { "0", "0.1.0", "1.2.3-rc.1+b~4",
		"a_b", "2026.11.22" };
	static const char *const bad[] = { "", "-1", ".1", "..", "1/2", "1 2",
		"1;2", "1\n", "$(id)", "'", "1\x80", "~1", "+1" };
	char longest[HD_VERSION_MAX + 2];

	(void)state;
	for (size_t i = 0; i < HD_COUNT(good); i++)
		assert_true(hd_version_valid(good[i]));
	for (size_t i = 0; i < HD_COUNT(bad); i++)
		assert_false(hd_version_valid(bad[i]));
	memset(longest, '1', sizeof(longest));
	longest[HD_VERSION_MAX + 1] = '\0';
	assert_false(hd_version_valid(longest));
	longest[HD_VERSION_MAX] = '\0';
	assert_true(hd_version_valid(longest));
}

static void
apps_labels_variables_and_users_have_alphabets_too(void **state)
{
	(void)state;
	assert_true(hd_app_valid("hot_code2"));
	assert_false(hd_app_valid("Hot"));
	assert_false(hd_app_valid("hot-code"));
	assert_true(hd_label_valid("web-1.example"));
	assert_false(hd_label_valid("-web"));
	assert_false(hd_label_valid("web 1"));
	assert_true(hd_variable_valid("_A1"));
	assert_false(hd_variable_valid("1A"));
	assert_false(hd_variable_valid("A-B"));
	assert_true(hd_user_valid("_app.2-x"));
	assert_true(hd_user_valid("9lives"));
	assert_false(hd_user_valid(""));
	assert_false(hd_user_valid("-oProxyCommand"));
	assert_false(hd_user_valid(".hidden"));
	assert_false(hd_user_valid("root;id"));
	assert_false(hd_user_valid("me@corp"));
	assert_true(hd_login_valid("me"));
	assert_true(hd_login_valid("me@corp"));
	assert_true(hd_login_valid("dom\\me"));
	assert_true(hd_login_valid("me#dom:host%x"));
	assert_false(hd_login_valid(""));
	assert_false(hd_login_valid("me\\"));
	assert_false(hd_login_valid("\\me"));
	assert_false(hd_login_valid("-oProxyCommand"));
	assert_false(hd_login_valid("a b"));
	assert_false(hd_login_valid("a;b"));
	assert_false(hd_login_valid("a$b"));
}

static void
the_nearest_name_is_found_or_none(void **state)
{
	static const char *const names[] = { "path", "parallel", "prod",
		"port" };
	static const char *const commands[] = { "start", "status" };

	(void)state;
	assert_string_equal(hd_name_nearest("pth", names, 4), "path");
	assert_string_equal(hd_name_nearest("parralel", names, 4), "parallel");
	assert_string_equal(hd_name_nearest("prod", names, 4), "prod");
	assert_string_equal(hd_name_nearest("stauts", commands, 2), "status");
	assert_null(hd_name_nearest("zebra", names, 4));
	assert_null(hd_name_nearest("path", names, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_of_the_promised_alphabet),
		cmocka_unit_test(
		    apps_labels_variables_and_users_have_alphabets_too),
		cmocka_unit_test(the_nearest_name_is_found_or_none),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
