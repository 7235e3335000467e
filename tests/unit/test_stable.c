/* tests/stable records the names and values that users can rely on:
 * docs/stability.md. */
#include "tests/support/cmocka_all.h"

#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/screen_json.h"
#include "cmd/statuses.h"
#include "core/base/fs.h"
#include "core/base/index.h"
#include "core/inventory/types.h"
#include "core/plan/finding.h"
#include "core/plan/stored.h"
#include "core/plan/verify.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 };

struct surface {
	struct hd_arena arena;
	struct hd_strs lines;
	struct hd_index places; /* of a line: 1 */
};

/* Takes over line, which is in the arena. */
static void
add(struct surface *s, const char *line)
{
	size_t *place = hd_index_at(&s->places, &s->arena, line);

	if (*place == 0)
		*HD_PUSH(&s->arena, &s->lines) = line;
	*place = 1;
}

#define ADD(s, ...) add(s, hd_arena_fmt(&(s)->arena, __VA_ARGS__))

static char *
document(struct surface *s, const char *path)
{
	HD_AUTO_STR text = HD_STR_INIT(FILE_MAX);
	struct hd_err err = { 0 };

	assert_hd_ok(hd_fs_read(path, &text, &err), &err);
	return hd_arena_strndup(&s->arena, text.ptr, text.len);
}

/* The name in `backquotes` that begins at or after *at, before end; NULL: none.
 * Moves *at behind it. */
static const char *
quoted(struct surface *s, const char **at, const char *end)
{
	const char *open = memchr(*at, '`', (size_t)(end - *at));
	const char *close =
	    open != NULL && open + 1 < end
		? memchr(open + 1, '`', (size_t)(end - open - 1))
		: NULL;

	if (close == NULL)
		return NULL;
	*at = close + 1;
	return hd_arena_strndup(
	    &s->arena, open + 1, (size_t)(close - open - 1));
}

/* The names in the first column of a table row; none if line is not one.
 * docs/hooks.md also has a table of hooks. */
static void
add_row(struct surface *s, const char *kind, const char *line)
{
	const char *at = line + 2, *end, *name;

	if (strncmp(line, "| `", 3) != 0 || (end = strchr(at, '|')) == NULL)
		return;
	while ((name = quoted(s, &at, end)) != NULL)
		if (strcmp(kind, "variable") != 0 ||
		    strncmp(name, "HDEPLOY_", strlen("HDEPLOY_")) == 0)
			ADD(s, "%s %s", kind, name);
}

/* The first columns of all tables in path. kind: their first word; with titles,
 * the title of the section follows. until: the first section to leave out. */
static void
add_tables(struct surface *s, const char *path, const char *kind, bool titles,
    const char *until)
{
	char *save = NULL;
	const char *whole = kind;

	for (char *line = strtok_r(document(s, path), "\n", &save);
	     line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "## ", 3) != 0) {
			add_row(s, whole, line);
			continue;
		}
		if (until != NULL && strcmp(line + 3, until) == 0)
			return;
		if (titles)
			whole =
			    hd_arena_fmt(&s->arena, "%s %s", kind, line + 3);
	}
}

static void
add_command_line(struct surface *s)
{
	const struct hd_option *o;

	for (size_t i = 0; hd_commands[i] != NULL; i++)
		ADD(s, "command %s", hd_commands[i]->name);
	for (size_t i = 0; (o = hd_options_row(i)) != NULL; i++) {
		ADD(s, "option --%s", o->name);
		if (o->letter != 0)
			ADD(s, "option -%c", o->letter);
	}
	for (size_t i = 0; hd_status_row(i) != NULL; i++)
		ADD(s, "status %d", (int)hd_status_row(i)->status);
}

static void
add_settings(struct surface *s)
{
	const struct hd_key *key;
	struct hd_finding finding;

	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++) {
		const char *fallback = key->fallback;

		ADD(s, "key %s%s%s", key->name, fallback != NULL ? " = " : "",
		    fallback != NULL ? fallback : "");
		for (size_t k = 0; key->type->choices != NULL &&
				   key->type->choices[k] != NULL;
		     k++)
			ADD(s, "value %s = %s", key->name,
			    key->type->choices[k]);
	}
	for (size_t i = 0; i < HD_HOOKS; i++)
		ADD(s, "key hook.%s", hd_hook_names[i]);
	for (size_t i = 0; i < HD_COMMANDS; i++)
		ADD(s, "key command.%s", hd_command_names[i]);
	for (size_t i = 0; hd_finding_row(i, &finding); i++)
		ADD(s, "finding %s", finding.name);
	add_tables(s, "docs/hooks.md", "variable", false, NULL);
}

static void
add_json(struct surface *s)
{
	ADD(s, "format events %d", HD_SCREEN_JSON_FORMAT);
	ADD(s, "format facts %d", HD_STORED_FORMAT);
	add_tables(s, "docs/events.md", "field", true, "Results");
	for (size_t i = 0; i < HD_RESULTS; i++)
		ADD(s, "result %s", hd_results[i].name);
	for (size_t i = 0; i < HD_ACTUALS; i++)
		ADD(s, "mode %s", hd_actual_mode_names[i]);
}

static void
add_all(struct surface *s)
{
	add_command_line(s);
	add_settings(s);
	add_json(s);
	add_tables(s, "docs/on-host-layout.md", "file", false, "Scratch");
}

static void
add_recorded(struct surface *s)
{
	char *save = NULL;

	for (char *line = strtok_r(document(s, "tests/stable"), "\n", &save);
	     line != NULL; line = strtok_r(NULL, "\n", &save))
		if (line[0] != '#')
			add(s, line);
}

static size_t
missing(const struct surface *from, const struct surface *in, const char *why)
{
	size_t n = 0;

	for (size_t i = 0; i < in->lines.n; i++)
		if (hd_index_get(&from->places, in->lines.v[i]) == 0) {
			print_error("%s: %s\n", in->lines.v[i], why);
			n++;
		}
	return n;
}

static void
everything_stable_is_recorded_and_still_there(void **state)
{
	struct surface now = { 0 }, recorded = { 0 };
	size_t n;

	(void)state;
	add_all(&now);
	add_recorded(&recorded);
	n = missing(&now, &recorded,
	    "gone or changed, but promised: docs/stability.md");
	n += missing(&recorded, &now,
	    "new: add the line to tests/stable, which promises it");
	hd_arena_done(&now.arena);
	hd_arena_done(&recorded.arena);
	assert_int_equal(n, 0);
}

/* The first word of each line has a row. */
static void
the_documentation_has_every_kind(void **state)
{
	struct surface recorded = { 0 }, kinds = { 0 }, rows = { 0 };

	(void)state;
	add_recorded(&recorded);
	for (size_t i = 0; i < recorded.lines.n; i++)
		ADD(&kinds, "kind %.*s", (int)strcspn(recorded.lines.v[i], " "),
		    recorded.lines.v[i]);
	add_tables(&rows, "docs/stability.md", "kind", false, NULL);
	assert_true(kinds.lines.n > 10);
	assert_int_equal(
	    missing(&rows, &kinds, "docs/stability.md lacks its row") +
		missing(&kinds, &rows, "tests/stable has no such line"),
	    0);
	hd_arena_done(&recorded.arena);
	hd_arena_done(&kinds.arena);
	hd_arena_done(&rows.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_stable_is_recorded_and_still_there),
		cmocka_unit_test(the_documentation_has_every_kind),
	};

	return cmocka_run_group_tests_name("stable", tests, NULL, NULL);
}
