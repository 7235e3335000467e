#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/url.h"

#include <string.h>

static void
urls_have_a_host_and_nothing_that_needs_quotes(void **state)
{
	static const char *const good[] = {
		"https://a",
		"http://[::1]:8080/x",
		"https://u:p@store.example.com:8443/a/b.tar.gz?X-Sig=a%2Fb&c=d",
		"https://a/x;y=(z)!$*,~",
	};
	static const char *const bad[] = {
		"",
		"a",
		"file:///etc/passwd",
		"HTTPS://a",
		"https://",
		"https:///x",
		"https://@/x",
		"https://a/x y",
		"https://a/\"x",
		"https://a/'x",
		"https://a/\\x",
		"https://a/x\n",
		"https://a/{x}",
		"https://a/#x",
		"https://a/\xc3\xa4",
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(good); i++)
		assert_true(hd_url_valid(good[i]));
	for (size_t i = 0; i < HD_COUNT(bad); i++)
		assert_false(hd_url_valid(bad[i]));
}

static void
a_url_longer_than_any_store_needs_is_refused(void **state)
{
	char text[8194] = "https://a/";

	(void)state;
	memset(text + 10, 'x', sizeof(text) - 11);
	assert_false(hd_url_valid(text));
	text[8192] = '\0';
	assert_true(hd_url_valid(text));
}

static void
a_user_or_a_query_can_be_a_secret(void **state)
{
	(void)state;
	assert_true(hd_url_secret("https://me:pass@a/b"));
	assert_true(hd_url_secret("https://a/b?sig=1"));
	assert_true(hd_url_secret("https://a?sig=1"));
	assert_false(hd_url_secret("https://a/b@c"));
	assert_false(hd_url_secret("https://a:443/b/c.tar.gz"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    urls_have_a_host_and_nothing_that_needs_quotes),
		cmocka_unit_test(a_url_longer_than_any_store_needs_is_refused),
		cmocka_unit_test(a_user_or_a_query_can_be_a_secret),
	};

	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
