#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/remote_case.h"

#include "core/remote/compose.h"
#include "core/remote/scripts.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All embedded files. Those that can be called have args. */
#define EACH_SCRIPT(s)                                                         \
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)

static bool
matches(const char *pattern, const char *text)
{
	regex_t r;
	bool found;

	assert_int_equal(
	    regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
	found = regexec(&r, text, 0, NULL, 0) == 0;
	regfree(&r);
	return found;
}

static bool
states(const struct hd_script *s, const char *name)
{
	char pattern[64];

	snprintf(pattern, sizeof(pattern), "(^|[[ ])%s($|[] ])", name);
	return s->args != NULL && matches(pattern, s->args);
}

static bool
reads(const struct hd_script *s, const char *name)
{
	char pattern[64];

	snprintf(pattern, sizeof(pattern), "arg_%s($|[^a-z0-9_])", name);
	return matches(pattern, s->text);
}

static bool
all_have(const char *name)
{
	return strcmp(name, "root") == 0 || strcmp(name, "app") == 0;
}

static bool
a_script_states(const char *name)
{
	EACH_SCRIPT(s)
	{
		if (states(s, name))
			return true;
	}
	return false;
}

static bool
a_part_reads(const char *name)
{
	EACH_SCRIPT(s)
	{
		if (s->args == NULL && reads(s, name))
			return true;
	}
	return false;
}

static void
names_come_first_and_those_that_may_be_left_out_last(void **state)
{
	size_t n = 0;

	(void)state;
	EACH_SCRIPT(s)
	{
		if (s->args == NULL)
			continue;
		n++;
		if (!matches("^([a-z0-9]+( [a-z0-9]+)*)?"
			     "( ?[[][a-z0-9]+( [a-z0-9]+)*[]])?$",
			s->args))
			fail_msg("%s.sh: \"%s\"", s->name, s->args);
	}
	assert_in_range(n, 20, 60);
}

/* A file that can be called has a main() and states its arguments. */
static void
a_script_with_a_main_states_its_arguments(void **state)
{
	(void)state;
	EACH_SCRIPT(s)
	{
		if (matches("^main\\(\\)", s->text) != (s->args != NULL))
			fail_msg("%s.sh: it has a main() without \"# args:\", "
				 "or that without a main()",
			    s->name);
	}
}

static void
check_names_read(const struct hd_script *s)
{
	char name[32];

	for (const char *p = s->text; (p = strstr(p, "arg_")) != NULL;) {
		p += strlen("arg_");
		snprintf(name, sizeof(name), "%.*s",
		    (int)strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_"), p);
		if (!all_have(name) &&
		    !(s->args != NULL ? states(s, name)
				      : a_script_states(name)))
			fail_msg("%s.sh reads arg_%s, which is not stated",
			    s->name, name);
	}
}

static void
check_names_stated(const struct hd_script *s)
{
	HD_AUTO_FREE char *copy = hd_strdup(s->args);
	char *rest = copy;

	for (const char *name; (name = strtok_r(rest, " []", &rest)) != NULL;)
		if (!reads(s, name) && !a_part_reads(name))
			fail_msg("%s.sh states \"%s\" and does not read it",
			    s->name, name);
}

static void
scripts_read_the_arguments_that_they_state(void **state)
{
	(void)state;
	EACH_SCRIPT(s)
	{
		check_names_read(s);
		if (s->args != NULL)
			check_names_stated(s);
	}
}

/* A variable arg_* for another purpose would be overwritten. */
static void
no_script_assigns_an_argument(void **state)
{
	static const char *const assigns[] = { "arg_[a-z0-9_]*:?=",
		"(read|for|unset|export)( -[a-z]+)*( [a-z_]+)* arg_" };
	static const char *const bad[] = { "\targ_version=$1",
		"${arg_old:=1.0}", "while read -r key arg_version; do",
		"for arg_id; do" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++)
		assert_true(
		    matches(assigns[0], bad[i]) || matches(assigns[1], bad[i]));
	EACH_SCRIPT(s)
	{
		for (size_t i = 0; i < HD_COUNT(assigns); i++)
			if (matches(assigns[i], s->text))
				fail_msg("%s.sh assigns an arg_", s->name);
	}
}

/* The line of remote.h, without blanks at its end: " *	NAME  ARGS". */
static void
check_line(const char *header, const struct hd_script *s)
{
	char pattern[128];
	HD_AUTO_STR args = HD_STR_INIT(128);

	for (const char *p = s->args; *p != '\0'; p++)
		hd_str_addf(&args, *p == '[' || *p == ']' ? "[%c]" : "%c", *p);
	snprintf(pattern, sizeof(pattern), "^ [*]\t%s%s%s$", s->name,
	    args.len > 0 ? " +" : "", args.ptr);
	if (!matches(pattern, header))
		fail_msg("remote.h does not say: %s %s", s->name, s->args);
}

/* app_stage is a driver's own in place of stage, and takes the same. */
static bool
replaces_another(const struct hd_script *s)
{
	const char *name = strchr(s->name, '_');

	if (name == NULL)
		return false;
	EACH_SCRIPT(other)
	{
		if (other->args == NULL || strcmp(other->name, name + 1) != 0)
			continue;
		assert_string_equal(s->args, other->args);
		return true;
	}
	return false;
}

static void
the_table_of_the_header_is_what_the_scripts_state(void **state)
{
	char *header = files_text("core/remote/remote.h");
	size_t lines = 0, scripts = 0;

	(void)state;
	EACH_SCRIPT(s)
	{
		/* only compose.c calls operation.sh */
		if (s->args == NULL || strcmp(s->name, "operation") == 0 ||
		    replaces_another(s))
			continue;
		scripts++;
		check_line(header, s);
	}
	for (const char *p = header; (p = strstr(p, "\n *\t")) != NULL; p++)
		lines++;
	assert_int_equal(lines, scripts);
	free(header);
}

static int
compose(const struct hd_call *call, struct hd_err *err)
{
	HD_AUTO_SHELL text = HD_SHELL_INIT;

	return hd_compose_ask(call, "n", &text, err);
}

static void
a_call_without_an_argument_of_its_script_is_refused(void **state)
{
	struct hd_call call = { .script = "install", .root = "/r", .app = "a" };
	struct hd_err err;

	(void)state;
	hd_call_set(&call, "version", "1.0");
	hd_call_set(&call, "direction", "up");
	assert_hd_fails(compose(&call, &err), &err, HD_ELOCAL);
	assert_string_equal(
	    err.msg, "script install needs the argument \"change\"");
	hd_call_set(&call, "change", "a1");
	assert_hd_ok(compose(&call, &err), &err);
	hd_call_set(&call, "change", NULL);
	assert_hd_fails(compose(&call, &err), &err, HD_ELOCAL);
}

static void
a_call_with_an_argument_that_its_script_does_not_take_is_refused(void **state)
{
	static const char *const unknown[] = { "versions", "old]", "" };
	struct hd_err err;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(unknown); i++) {
		struct hd_call call = {
			.script = "commit", .root = "/r", .app = "a"
		};

		hd_call_set(&call, "version", "1.0");
		assert_hd_ok(compose(&call, &err), &err);
		hd_call_set(&call, unknown[i], "x");
		assert_hd_fails(compose(&call, &err), &err, HD_ELOCAL);
		assert_non_null(strstr(err.msg, "script commit takes no"));
	}
}

static void
a_part_of_a_script_cannot_be_called(void **state)
{
	const struct hd_call call = {
		.script = "lib", .root = "/r", .app = "a"
	};
	struct hd_err err;

	(void)state;
	assert_hd_fails(compose(&call, &err), &err, HD_ELOCAL);
}

static void
a_value_may_hold_any_byte(void **state)
{
	char value[600], want[sizeof(value) + 1];
	size_t n = 0;

	for (unsigned byte = 1; byte < 256; byte++)
		value[n++] = (char)byte;
	snprintf(value + n, sizeof(value) - n, "%s",
	    "'; $(touch oops) \"`touch oops`\" \\' -n\n");
	snprintf(want, sizeof(want), "%s\n", value);
	EACH_SHELL(c, state)
	{
		char path[128];
		char *got;

		hd_case_operate(c, "a", "prepare", "1.0");
		assert_int_equal(hd_case_operate(c, "b", "record", value), 0);
		snprintf(
		    path, sizeof(path), "%s/.hdeploy/history.jsonl", c->root);
		got = files_text(path);
		assert_string_equal(got, want);
		free(got);
		hd_case_sh(c, "test ! -e oops && test ! -e root/oops");
	}
}

/* An argument that was left out is empty, even if a login exports that name. */
static void
an_argument_that_was_left_out_is_empty(void **state)
{
	setenv("arg_verified", "9.9", 1);
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		assert_int_equal(hd_case_operate(c, "b", "record", "{}"), 0);
		hd_case_sh(c, "test ! -e root/.hdeploy/releases/9.9");
	}
	unsetenv("arg_verified");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    names_come_first_and_those_that_may_be_left_out_last),
		cmocka_unit_test(a_script_with_a_main_states_its_arguments),
		cmocka_unit_test(scripts_read_the_arguments_that_they_state),
		cmocka_unit_test(no_script_assigns_an_argument),
		cmocka_unit_test(
		    the_table_of_the_header_is_what_the_scripts_state),
		cmocka_unit_test(
		    a_call_without_an_argument_of_its_script_is_refused),
		cmocka_unit_test(
		    a_call_with_an_argument_that_its_script_does_not_take_is_refused),
		cmocka_unit_test(a_part_of_a_script_cannot_be_called),
		TEST_EACH(a_value_may_hold_any_byte),
		TEST_EACH(an_argument_that_was_left_out_is_empty),
	};

	return cmocka_run_group_tests_name("remote args", tests, NULL, NULL);
}
