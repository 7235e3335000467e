/* Everything that a user can write or read has its help and its entry in the
 * manual. Each test names what is missing, and where to add it. */
#include "tests/support/cmocka_all.h"

#include "cmd/commands.h"
#include "cmd/help_keys.h"
#include "cmd/key_text.h"
#include "cmd/man.h"
#include "cmd/mdoc.h"
#include "cmd/screen_json.h"
#include "cmd/statuses.h"
#include "core/inventory/types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What write() writes. The caller frees it. */
#define WRITTEN(text, write)                                                   \
	do {                                                                   \
		size_t n_;                                                     \
		FILE *out = open_memstream(&(text), &n_);                      \
                                                                               \
		assert_non_null(out);                                          \
		write;                                                         \
		assert_int_equal(fclose(out), 0);                              \
	} while (0)

static char *
page(const char *name)
{
	char *text;

	WRITTEN(text, hd_man_write(out, name));
	return text;
}

static bool
has_line(const char *text, const char *begin)
{
	HD_AUTO_ARENA a = { 0 };

	return strstr(text, hd_arena_fmt(&a, "\n%s", begin)) != NULL;
}

static void
every_key_has_a_comment_and_an_example_in_deploy_ini_example(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_key_text text;

	(void)state;
	for (size_t i = 0; hd_key_row(i) != NULL; i++) {
		const char *name = hd_key_row(i)->name;

		hd_key_text(&text, hd_key_row(i), &a);
		if (text.lines.n == 0 || text.examples.n == 0)
			fail_msg("%s: deploy.ini.example needs a comment "
				 "directly above a line \"; %s = VALUE\"",
			    name, name);
		assert_true(strlen(text.lines.v[0]) > 5);
	}
}

static void
a_comment_serves_the_settings_below_it_and_no_others(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_key_text folders, files, soak;

	(void)state;
	hd_key_text(&folders, hd_key_find("linked_dirs"), &a);
	hd_key_text(&files, hd_key_find("linked_files"), &a);
	assert_string_equal(folders.lines.v[0], files.lines.v[0]);
	assert_int_equal(folders.examples.n, 1);
	assert_string_equal(
	    files.examples.v[0], "linked_files = config/app.env");
	hd_key_text(&soak, hd_key_find("soak"), &a);
	assert_memory_equal(soak.lines.v[0], "How long to verify", 18);
}

static void
every_key_is_in_the_manual(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_FREE char *text = page("deploy.ini.5");

	(void)state;
	for (size_t i = 0; hd_key_row(i) != NULL; i++) {
		const char *name = hd_key_row(i)->name;
		const struct hd_command *command;
		struct hd_err ignored;

		if (!has_line(
			text, hd_arena_fmt(&a, ".It Cm %s No = Ar", name)))
			fail_msg("deploy.ini(5) lacks the key %s", name);
		assert_string_equal(hd_man_page_of(name),
		    hd_command_find(&command, name, &ignored) == 0
			? "hdeploy.1"
			: "deploy.ini.5");
	}
}

static void
the_help_of_every_key_has_its_value_sections_and_example(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	const struct hd_key *key;

	(void)state;
	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++) {
		HD_AUTO_FREE char *text = NULL;

		WRITTEN(text, hd_help_key(out, key));
		assert_non_null(strstr(text, "\n  value    "));
		assert_non_null(strstr(text, "\n  section  ["));
		assert_non_null(strstr(text, "\n  example  "));
		if (key->fallback != NULL)
			assert_non_null(
			    strstr(text, hd_arena_fmt(&a, "\n  default  %s\n",
					     key->fallback)));
	}
}

/* Their names are written by hand in deploy.ini.example. */
static void
every_hook_and_command_is_in_the_text_of_its_family(void **state)
{
	HD_AUTO_FREE char *hooks = NULL, *commands = NULL;

	(void)state;
	WRITTEN(hooks, hd_help_key(out, hd_help_find_key("hook")));
	WRITTEN(commands, hd_help_key(out, hd_help_find_key("command.start")));
	*strstr(hooks, "\n  value ") = '\0';
	*strstr(commands, "\n  value ") = '\0';
	for (size_t i = 0; i < HD_HOOKS; i++)
		if (strstr(hooks, hd_hook_names[i]) == NULL)
			fail_msg("deploy.ini.example: the comment of hook.NAME "
				 "lacks %s",
			    hd_hook_names[i]);
	for (size_t i = 0; i < HD_COMMANDS; i++)
		if (strstr(commands, hd_command_names[i]) == NULL)
			fail_msg("deploy.ini.example: the comment of "
				 "command.NAME lacks %s",
			    hd_command_names[i]);
}

static void
every_command_is_in_the_manual_with_its_explanation(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_FREE char *text = page("hdeploy.1");

	(void)state;
	for (size_t i = 0; hd_commands[i] != NULL; i++) {
		const struct hd_command *c = hd_commands[i];
		bool hidden = (c->flags & HD_HIDDEN) != 0;

		if (has_line(text, hd_arena_fmt(&a, ".It Ic %s", c->name)) ==
		    hidden)
			fail_msg("%s: hidden or in hdeploy(1)", c->name);
		if (!hidden && strlen(c->help) < 10)
			fail_msg("%s: no help", c->name);
		if (!hidden && strlen(c->usage) < 50)
			fail_msg("%s: .usage explains nothing", c->name);
	}
}

static void
every_option_is_in_the_manual(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_FREE char *text = page("hdeploy.1");
	const struct hd_option *row;

	(void)state;
	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++) {
		const char *entry = hd_arena_fmt(&a, ".It%s Fl Fl %s%s",
		    row->letter != 0 ? hd_arena_fmt(&a, " Fl %c ,", row->letter)
				     : "",
		    row->name, row->value != NULL ? " Ns = Ns Ar" : "\n");

		if (!has_line(text, entry) || strlen(row->help) < 10)
			fail_msg("hdeploy(1) lacks the option --%s", row->name);
	}
}

static void
every_exit_status_is_in_the_manual(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_FREE char *text = page("hdeploy.1");

	(void)state;
	for (int i = 0; i <= HD_STATUS_INTERRUPTED; i++) {
		bool known =
		    strcmp(hd_status_text((enum hd_status)i), "unknown") != 0;

		assert_int_equal(
		    has_line(text, hd_arena_fmt(&a, ".It %d\n", i)), known);
	}
	for (enum hd_code code = HD_OK; code < HD_CODES; code++)
		assert_string_not_equal(
		    hd_status_text(hd_status_of(code)), "unknown");
}

static void
every_event_and_result_is_in_the_manual(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_FREE char *text = page("hdeploy-events.7");
	const char *name;

	(void)state;
	for (int i = 0; i < HD_EV_KINDS; i++) {
		name = hd_screen_json_name((enum hd_event_kind)i);
		if (name != NULL &&
		    !has_line(text, hd_arena_fmt(&a, ".Ss %s\n", name)))
			fail_msg("docs/events.md lacks the event %s", name);
	}
	for (size_t i = 0; i < HD_RESULTS; i++)
		if (!has_line(text,
			hd_arena_fmt(&a, ".It Cm %s\n", hd_results[i].name)))
			fail_msg("docs/events.md lacks the result %s",
			    hd_results[i].name);
}

static void
every_part_of_a_frame_is_replaced(void **state)
{
	static const char *const names[] = { "hdeploy.1", "deploy.ini.5",
		"hdeploy-events.7" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(names); i++) {
		HD_AUTO_FREE char *text = page(names[i]);

		assert_null(strstr(text, "\n@"));
		assert_true(has_line(text, ".Sh NAME"));
	}
}

static void
text_becomes_mdoc_that_no_macro_can_begin_in(void **state)
{
	static const struct {
		const char *text, *mdoc;
	} rows[] = {
		{ ".Sh NAME", "\\&.Sh NAME\n" },
		{ "'quoted' text", "\\&'quoted' text\n" },
		{ "a\\b", "a\\eb\n" },
		{ "use `hdeploy run` now", "use \\fBhdeploy run\\fR now\n" },
		{ "an `open quote", "an \\fBopen quote\\fR\n" },
		{ "with --cold and -f", "with \\-\\-cold and \\-f\n" },
		{ "One. Two.", "One.\nTwo.\n" },
		{ "call q() here", "call q(\\&) here\n" },
		{ "one\n\ntwo", "one\n.Pp\ntwo\n" },
		{ "see:\n    .run `it`\n\nend",
		    "see:\n.Bd -literal -offset indent\n\\&.run \\fBit\\fR\n"
		    ".Ed\n.Pp\nend\n" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_FREE char *text = NULL;

		WRITTEN(text, hd_mdoc_text(out, rows[i].text));
		assert_string_equal(text, rows[i].mdoc);
	}
}

static void
a_line_of_help_becomes_a_sentence(void **state)
{
	static const struct {
		const char *line, *mdoc;
	} rows[] = {
		{ "show the plan", "Show the plan.\n" },
		{ "auto: hdeploy makes it", "auto: hdeploy makes it.\n" },
		{ "interrupted", "Interrupted.\n" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_FREE char *text = NULL;

		WRITTEN(text, hd_mdoc_sentence(out, rows[i].line));
		assert_string_equal(text, rows[i].mdoc);
	}
}

static void
markdown_becomes_sections_and_lists(void **state)
{
	HD_AUTO_FREE char *text = NULL;

	(void)state;
	WRITTEN(text,
	    hd_mdoc_markdown(out,
		"# Title\n\nFirst [link](#x) and `a[1]`.\n\n## part\n\nText.\n\n"
		"| field | meaning |\n|---|---|\n| `host` | where |\n\nEnd.\n"));
	assert_string_equal(text,
	    "First link and \\fBa[1]\\fR.\n.Ss part\nText.\n"
	    ".Bl -tag -width Ds\n.It Cm host\nwhere\n.El\n.Pp\nEnd.\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_key_has_a_comment_and_an_example_in_deploy_ini_example),
		cmocka_unit_test(
		    a_comment_serves_the_settings_below_it_and_no_others),
		cmocka_unit_test(every_key_is_in_the_manual),
		cmocka_unit_test(
		    the_help_of_every_key_has_its_value_sections_and_example),
		cmocka_unit_test(
		    every_hook_and_command_is_in_the_text_of_its_family),
		cmocka_unit_test(
		    every_command_is_in_the_manual_with_its_explanation),
		cmocka_unit_test(every_option_is_in_the_manual),
		cmocka_unit_test(every_exit_status_is_in_the_manual),
		cmocka_unit_test(every_event_and_result_is_in_the_manual),
		cmocka_unit_test(every_part_of_a_frame_is_replaced),
		cmocka_unit_test(text_becomes_mdoc_that_no_macro_can_begin_in),
		cmocka_unit_test(a_line_of_help_becomes_a_sentence),
		cmocka_unit_test(markdown_becomes_sections_and_lists),
	};

	return cmocka_run_group_tests_name("manual", tests, NULL, NULL);
}
