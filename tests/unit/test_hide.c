#include "tests/support/cmocka_all.h"

#include "core/artifact/hide.h"

#include <string.h>

static void
names_of_secrets_are_recognised(void **state)
{
	static const char *const names[] = { "password", "db_password",
		"DB_PASSWORD", "dbPassword", "secret_key_base", "secretKeyBase",
		"api_key", "apiKey", "APIKEY", "-setcookie", "cookie", "token",
		"tokens", "AUTH_TOKEN", "github_token", "credentials", "passwd",
		"passphrase", "pwd", "smtp.pass", "signing_salt", "dsn",
		"sentry_dsn", "private", "key", "keys", "aws_access_key_id",
		"slack_webhook", "basic_auth", "Elixir.Shop.Repo.password",
		"jwt" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(names); i++)
		if (!hd_hide_name(names[i]))
			fail_msg("%s", names[i]);
}

static void
other_names_are_not_secret(void **state)
{
	static const char *const names[] = { "port", "level", "pool_size",
		"keyboard", "monkey", "author", "compass", "hostname",
		"logger_level", "hotcode", "keepalive", "bypass", "passive",
		"keyfile", "" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(names); i++)
		if (hd_hide_name(names[i]))
			fail_msg("%s", names[i]);
}

static void
texts_that_contain_a_secret_are_recognised(void **state)
{
	static const char *const texts[] = { "ecto://shop:pw@db/shop",
		"https://0123abc@sentry.example.com/1",
		"see ecto://db/a or ecto://shop:pw@db/b",
		"host=db user=shop password=pw",
		"https://example.com/hook?api_key=1",
		"-----BEGIN RSA PRIVATE KEY-----\nMII", "Bearer abc",
		"Authorization: Basic dTpw", "AKIAIOSFODNN7EXAMPLE",
		"eyJhbGciOiJIUzI1NiJ9.e30.x", "ghp_abc", "sk_live_1",
		"https://hooks.slack.com/services/T0/B0/x",
		"c0ffee00c0ffee00c0ffee00",
		"x-dGhpcyBpcyBhIHNlY3JldCB0ZXh0IDE=-y" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(texts); i++)
		if (!hd_hide_text(texts[i]))
			fail_msg("%s", texts[i]);
}

static void
plain_texts_are_not_secret(void **state)
{
	static const char *const texts[] = { "", "info", "127.0.0.1",
		"/srv/hotcode/releases/0.2.0/priv", "https://example.com/a@b",
		"https://example.com:8080/?page=2", "me@example.com",
		"ecto://db/shop", "password=", "a = b", "://", "@",
		"Elixir.Shop.Web.Endpoint.RenderErrors",
		"averyveryverylongwordwithoutdigits",
		"2026-01-31T08:15:00.123Z", "123456789012345678901234567890",
		"the Basics of it", "1.2.3-rc.1+20260131" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(texts); i++)
		if (hd_hide_text(texts[i]))
			fail_msg("%s", texts[i]);
}

/* The value, which has this name, as shown. */
static void
assert_shown(const char *name, const char *source, const char *wanted)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR out = HD_STR_INIT(4096);
	struct hd_err err = { 0 };
	struct hd_term t;

	assert_hd_ok(
	    hd_term_parse(&t, &arena, source, strlen(source), &err), &err);
	hd_hide_term(&out, name, &t);
	assert_string_equal(out.ptr, wanted);
}

static void
a_value_is_shown_in_the_syntax_of_erlang(void **state)
{
	static const char *const same[] = { "a", "'A b'", "'it\\'s'", "\"x\"",
		"\"a\\\\b\\\"c\\nd\"", "-1.5e3", "$a", "[]", "{}", "#{}",
		"<<>>", "<<\"text\"/utf8>>", "<<1,2>>", "[a,{b,\"c\"},[1]]",
		"#{a=>1,\"b\"=>[c]}", "'Elixir.Shop.Repo'", "''", "[a|b]" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(same); i++) {
		HD_AUTO_ARENA arena = { 0 };

		assert_shown(
		    NULL, hd_arena_fmt(&arena, "%s.", same[i]), same[i]);
	}
	assert_shown(NULL, "\"a\\x{1b}[2Jb\".", "\"a\\e[2Jb\"");
}

static void
a_value_with_the_name_of_a_secret_is_hidden(void **state)
{
	(void)state;
	assert_shown("password", "\"x\".", HD_HIDDEN);
	assert_shown("cookie", "monster.", HD_HIDDEN);
	assert_shown("pwd", "1234.", HD_HIDDEN);
	assert_shown("keys", "[{a,\"x\"}].", HD_HIDDEN);
	assert_shown("token", "<<\"x\">>.", HD_HIDDEN);
	assert_shown("token", "\"${A}b\".", HD_HIDDEN);
	assert_shown("token", "\"x${A}\".", HD_HIDDEN);
	assert_shown("token", "\"${}\".", HD_HIDDEN);
	assert_shown("token", "\"${a b}\".", HD_HIDDEN);
	assert_shown("token", "fun a:b/1.", HD_HIDDEN);
}

static void
a_value_that_tells_nothing_is_shown_under_any_name(void **state)
{
	static const char *const same[] = { "true", "false", "undefined", "nil",
		"none", "[]", "\"\"", "<<>>", "\"${DB_PASSWORD}\"",
		"<<\"${DB_PASSWORD}\">>" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(same); i++) {
		HD_AUTO_ARENA arena = { 0 };

		assert_shown(
		    "secret", hd_arena_fmt(&arena, "%s.", same[i]), same[i]);
	}
}

static void
secrets_inside_a_value_are_hidden(void **state)
{
	(void)state;
	assert_shown("repo",
	    "[{username,\"shop\"},{password,\"x\"},{url,\"ecto://a:b@c\"}].",
	    "[{username,\"shop\"},{password,(hidden)},{url,(hidden)}]");
	assert_shown("repo", "#{<<\"api_key\">> => <<\"x\">>, port => 1}.",
	    "#{<<\"api_key\">>=>(hidden),port=>1}");
	assert_shown(NULL, "[{basic_auth,\"user\",\"x\"}].",
	    "[{basic_auth,(hidden),(hidden)}]");
	assert_shown("args", "[\"--token\",\"x\",\"--port\",\"1\"].",
	    "[\"--token\",(hidden),\"--port\",\"1\"]");
	assert_shown("args", "[<<\"--token\">>,<<\"x\">>].",
	    "[<<\"--token\">>,(hidden)]");
	assert_shown(NULL, "'ecto://a:b@c'.", HD_HIDDEN);
}

static void
assert_line(const char *line, const char *wanted)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);

	hd_hide_line(&out, line);
	assert_string_equal(out.ptr, wanted);
}

static void
a_line_of_vm_args_is_shown_without_its_secret(void **state)
{
	(void)state;
	assert_line("-name hotcode@127.0.0.1", "-name hotcode@127.0.0.1");
	assert_line("-setcookie monster", "-setcookie (hidden)");
	assert_line("-env DB_PASSWORD a b", "-env DB_PASSWORD (hidden)");
	assert_line("-env URL ecto://a:b@c", "-env URL (hidden)");
	assert_line("+P \t 1000", "+P 1000");
	assert_line("-shop api_key \"x\"", "-shop api_key (hidden)");
	assert_line("-setcookie", "-setcookie");
	assert_line("-setcookie ${COOKIE}", "-setcookie ${COOKIE}");
	assert_line("-setcookie ${COOKIE}x", "-setcookie (hidden)");
	assert_line("-x \033[2J", "-x \\x1b[2J");
	assert_line("", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_secrets_are_recognised),
		cmocka_unit_test(other_names_are_not_secret),
		cmocka_unit_test(texts_that_contain_a_secret_are_recognised),
		cmocka_unit_test(plain_texts_are_not_secret),
		cmocka_unit_test(a_value_is_shown_in_the_syntax_of_erlang),
		cmocka_unit_test(a_value_with_the_name_of_a_secret_is_hidden),
		cmocka_unit_test(
		    a_value_that_tells_nothing_is_shown_under_any_name),
		cmocka_unit_test(secrets_inside_a_value_are_hidden),
		cmocka_unit_test(a_line_of_vm_args_is_shown_without_its_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
