#include "tests/support/cmocka_all.h"

#include "cmd/command.h"
#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 12 };

/* argv of one test; ends at the first NULL. */
struct line {
	const char *argv[WORDS];
};
#define LINE(...)                                                              \
	(struct line)                                                          \
	{                                                                      \
		{                                                              \
			"hdeploy", __VA_ARGS__                                 \
		}                                                              \
	}

static int
parse(struct hd_options *o, struct line line, struct hd_err *err)
{
	int argc = 0;

	while (line.argv[argc] != NULL)
		argc++;
	return hd_options_parse(o, argc, line.argv, err);
}

static void
options_may_come_before_and_after_the_command(void **state)
{
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(
	    parse(&o,
		LINE("-v", "push", "--dry-run", "prod", "--limit", "web1,!db",
		    "0.2.0", "--parallel=7", "-f", "x.ini"),
		&err),
	    &err);
	assert_true(o.verbose);
	assert_true(o.dry_run);
	assert_false(o.json);
	assert_string_equal(o.limit, "web1,!db");
	assert_string_equal(o.file, "x.ini");
	assert_int_equal(o.parallel, 7);
	assert_int_equal(o.words.n, 3);
	assert_string_equal(o.words.v[0], "push");
	assert_string_equal(o.words.v[1], "prod");
	assert_string_equal(o.words.v[2], "0.2.0");
	hd_options_done(&o);
}

static void
without_options_the_file_is_deploy_ini_and_the_rest_is_unset(void **state)
{
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(parse(&o, LINE("status", "prod"), &err), &err);
	assert_string_equal(o.file, "deploy.ini");
	assert_null(o.limit);
	assert_null(o.from);
	assert_int_equal(o.parallel, 0);
	assert_int_equal(o.given, 0);
	hd_options_done(&o);
}

static void
two_dashes_end_the_options(void **state)
{
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(parse(&o, LINE("push", "--", "--json", "-x"), &err), &err);
	assert_false(o.json);
	assert_int_equal(o.words.n, 3);
	assert_string_equal(o.words.v[1], "--json");
	assert_string_equal(o.words.v[2], "-x");
	hd_options_done(&o);
}

static void
letters_may_be_joined_with_each_other_and_with_a_value(void **state)
{
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(parse(&o, LINE("-vfx.ini", "status"), &err), &err);
	assert_true(o.verbose);
	assert_string_equal(o.file, "x.ini");
	hd_options_done(&o);
	assert_hd_ok(parse(&o, LINE("-vf", "y.ini", "status"), &err), &err);
	assert_string_equal(o.file, "y.ini");
	assert_int_equal(o.words.n, 1);
	hd_options_done(&o);
}

static void
every_error_is_reported(void **state)
{
	static const struct {
		struct line line;
		const char *text;
	} cases[] = {
		{ { { "", "--dryrun" } },
		    "unknown option \"--dryrun\"; did you mean \"--dry-run\"?" },
		{ { { "", "--jsn=1" } },
		    "unknown option \"--jsn\"; did you mean \"--json\"?" },
		{ { { "", "--something" } }, "unknown option \"--something\"" },
		{ { { "", "-x" } }, "unknown option \"-x\"" },
		{ { { "", "-vx" } }, "unknown option \"-x\"" },
		{ { { "", "--json=yes" } }, "--json takes no value" },
		{ { { "", "--limit" } }, "--limit needs HOSTS" },
		{ { { "", "--limit", "--json" } }, "--limit needs HOSTS" },
		{ { { "", "--limit=" } }, "--limit needs HOSTS" },
		{ { { "", "-f" } }, "--file needs FILE" },
		{ { { "", "--limit=a", "--limit=b" } },
		    "--limit is given twice" },
		{ { { "", "--parallel=0" } },
		    "--parallel: \"0\" is not a number from 1 to 1024" },
		{ { { "", "--parallel=1025" } },
		    "--parallel: \"1025\" is not a number from 1 to 1024" },
		{ { { "", "--parallel=4x" } },
		    "--parallel: \"4x\" is not a number from 1 to 1024" },
		{ { { "", "--parallel= 4" } },
		    "--parallel: \" 4\" is not a number from 1 to 1024" },
		{ { { "", "-q", "-v" } },
		    "--quiet and --verbose exclude each other" },
		{ { { "hdeploy", "--watch", "5s", "--deep" } },
		    "--watch and --deep exclude each other" },
		{ { { "hdeploy", "--watch", "5s", "--save", "f" } },
		    "--watch and --save exclude each other" },
		{ { { "hdeploy", "--facts", "f", "--watch", "5s" } },
		    "--watch and --facts exclude each other" },
		{ { { "hdeploy", "--watch", "999ms" } },
		    "--watch: \"999ms\" is not a time from 1s to 5m" },
		{ { { "hdeploy", "--watch", "301s" } },
		    "--watch: \"301s\" is not a time from 1s to 5m" },
		{ { { "hdeploy", "--watch", "5" } },
		    "--watch: \"5\" is not a time from 1s to 5m" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct hd_options o;
		struct hd_err err = { 0 };

		assert_hd_fails(
		    parse(&o, cases[i].line, &err), &err, HD_EUSAGE);
		assert_string_equal(err.msg, cases[i].text);
		hd_options_done(&o);
	}
}

static void
an_extremely_long_option_is_unknown(void **state)
{
	char word[5000];
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	memset(word, 'a', sizeof(word));
	memcpy(word, "--", 2);
	word[sizeof(word) - 1] = '\0';
	assert_hd_fails(parse(&o, LINE(word), &err), &err, HD_EUSAGE);
	assert_memory_equal(err.msg, "unknown option", 14);
	hd_options_done(&o);
}

static void
json_takes_effect_even_if_the_line_is_wrong(void **state)
{
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_fails(
	    parse(&o, LINE("push", "--nope", "--json"), &err), &err, HD_EUSAGE);
	assert_true(o.json);
	hd_options_done(&o);
}

static void
an_option_of_one_command_is_refused_for_the_others(void **state)
{
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(
	    parse(&o, LINE("rollback", "prod", "--from=0.2.0"), &err), &err);
	assert_string_equal(o.from, "0.2.0");
	assert_hd_ok(hd_options_allowed(&o, "rollback", &err), &err);
	assert_hd_fails(
	    hd_options_allowed(&o, "upgrade", &err), &err, HD_EUSAGE);
	assert_string_equal(
	    err.msg, "--from is an option of rollback, not of upgrade");
	hd_options_done(&o);
}

static void
yes_is_an_option_of_every_command_that_changes_hosts(void **state)
{
	struct hd_options o;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(parse(&o, LINE("run", "prod", "--yes"), &err), &err);
	for (size_t i = 0; hd_commands[i] != NULL; i++) {
		const struct hd_command *c = hd_commands[i];
		bool has = hd_options_allowed(&o, c->name, &err) == 0;

		assert_int_equal(has, (c->flags & HD_CHANGES_HOSTS) != 0);
	}
	assert_int_not_equal(hd_options_allowed(&o, "status", &err), 0);
	assert_string_equal(err.msg,
	    "--yes is an option of commands that change hosts, not of status");
	hd_options_done(&o);
}

static void
every_option_has_help_and_a_unique_name(void **state)
{
	const struct hd_option *a, *b;

	(void)state;
	for (size_t i = 0; (a = hd_options_row(i)) != NULL; i++) {
		assert_non_null(a->help);
		for (size_t k = 0; k < i; k++) {
			b = hd_options_row(k);
			assert_string_not_equal(a->name, b->name);
			assert_true(a->letter == 0 || a->letter != b->letter);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_may_come_before_and_after_the_command),
		cmocka_unit_test(
		    without_options_the_file_is_deploy_ini_and_the_rest_is_unset),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(
		    letters_may_be_joined_with_each_other_and_with_a_value),
		cmocka_unit_test(every_error_is_reported),
		cmocka_unit_test(an_extremely_long_option_is_unknown),
		cmocka_unit_test(json_takes_effect_even_if_the_line_is_wrong),
		cmocka_unit_test(
		    an_option_of_one_command_is_refused_for_the_others),
		cmocka_unit_test(
		    yes_is_an_option_of_every_command_that_changes_hosts),
		cmocka_unit_test(every_option_has_help_and_a_unique_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
