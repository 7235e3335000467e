#include "tests/support/cmocka_all.h"

#include "cmd/ci.h"
#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

static char *
written(void (*put)(FILE *out))
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	put(out);
	fclose(out);
	return text;
}

static void
put_lines(FILE *out)
{
	static const char *const lines[] = {
		"::error::x",
		" \t ::error::x",
		"\xc2\xa0::stop-commands::x",
		"\xe3\x80\x80::x::",
		":: ",
		":\xe2\x80\x8d:error::x",
		"a ::error::x",
		":not a command",
		"",
	};

	for (size_t i = 0; i < HD_COUNT(lines); i++)
		hd_ci_line(out, lines[i]);
}

static void
a_line_never_begins_with_a_command(void **state)
{
	HD_AUTO_FREE char *text = written(put_lines);

	(void)state;
	assert_string_equal(text, "\\x3a:error::x\n"
				  " \t \\x3a:error::x\n"
				  "\xc2\xa0\\x3a:stop-commands::x\n"
				  "\xe3\x80\x80\\x3a:x::\n"
				  "\\x3a: \n"
				  "\\x3a\xe2\x80\x8d:error::x\n"
				  "a ::error::x\n"
				  ":not a command\n"
				  "\n");
}

static void
text_of_commands_is_escaped_as_the_runner_undoes_it(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(256);

	(void)state;
	hd_ci_escape(&out, "50% a:b,c\r\n%0A", false);
	assert_string_equal(out.ptr, "50%25 a:b,c%0D%0A%250A");
	hd_str_done(&out);
	hd_ci_escape(&out, "50% a:b,c\r\n", true);
	assert_string_equal(out.ptr, "50%25 a%3Ab%2Cc%0D%0A");
}

static const struct hd_ci *
find(const char *github, const char *gitlab)
{
	if (github != NULL)
		setenv("GITHUB_ACTIONS", github, 1);
	if (gitlab != NULL)
		setenv("GITLAB_CI", gitlab, 1);
	const struct hd_ci *ci = hd_ci_find();

	unsetenv("GITHUB_ACTIONS");
	unsetenv("GITLAB_CI");
	return ci;
}

static void
the_environment_tells_the_system(void **state)
{
	(void)state;
	unsetenv("GITHUB_ACTIONS");
	unsetenv("GITLAB_CI");
	assert_null(find(NULL, NULL));
	assert_null(find("false", ""));
	assert_string_equal(find("true", NULL)->name, "GitHub");
	assert_string_equal(find(NULL, "true")->name, "GitLab");
}

static void
put_group(FILE *out)
{
	const struct hd_ci *ci = find("true", NULL);

	ci->open(out, 1, "wave 1 of 2: 100%\n::x");
	ci->close(out, 1);
}

static void
github_folds_with_groups(void **state)
{
	HD_AUTO_FREE char *text = written(put_group);

	(void)state;
	assert_string_equal(
	    text, "::group::wave 1 of 2: 100%25%0A::x\n::endgroup::\n");
}

static void
put_section(FILE *out)
{
	const struct hd_ci *ci = find(NULL, "true");

	ci->open(out, 7, "wave 1 of 2: web1");
	ci->close(out, 7);
}

/* The text between a and b, which is then cut off from *text. */
static char *
between(char **text, const char *a, const char *b)
{
	char *begin, *end;

	assert_memory_equal(*text, a, strlen(a));
	begin = *text + strlen(a);
	end = strstr(begin, b);
	assert_non_null(end);
	*end = '\0';
	*text = end + strlen(b);
	return begin;
}

static void
gitlab_folds_with_sections_that_have_one_name(void **state)
{
	HD_AUTO_FREE char *text = written(put_section);
	char *rest = text, *name, *same;

	(void)state;
	assert_true(strtoll(between(&rest, "\033[0Ksection_start:", ":"), NULL,
			10) > 1000000000);
	name = between(&rest, "", "[collapsed=true]\r\033[0K");
	assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789"),
	    strlen(name));
	assert_string_equal(between(&rest, "", "\n"), "wave 1 of 2: web1");
	(void)between(&rest, "\033[0Ksection_end:", ":");
	same = between(&rest, "", "\r\033[0K\n");
	assert_string_equal(same, name);
	assert_string_equal(rest, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_never_begins_with_a_command),
		cmocka_unit_test(
		    text_of_commands_is_escaped_as_the_runner_undoes_it),
		cmocka_unit_test(the_environment_tells_the_system),
		cmocka_unit_test(github_folds_with_groups),
		cmocka_unit_test(gitlab_folds_with_sections_that_have_one_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
