#include "cmd/key_text.h"

#include "cmd/texts.h"
#include "core/inventory/types.h"

#include <string.h>

#define FAMILY ".NAME"

enum { SECOND_MS = 1000, DAY_MS = 24 * 60 * 60 * SECOND_MS };

/* Whether the line, "soak = 0s" or "; soak = 0s", sets key. Returns the setting
 * in it; NULL: it does not. */
static const char *
setting_of(const char *line, const char *key)
{
	size_t n = strlen(key), family = strlen(FAMILY);

	if (strncmp(line, "; ", 2) == 0)
		line += 2;
	if (n > family && strcmp(key + n - family, FAMILY) == 0)
		return strncmp(line, key, n - family + 1) == 0 ? line : NULL;
	return strncmp(line, key, n) == 0 && strncmp(line + n, " =", 2) == 0
		   ? line
		   : NULL;
}

/* Adds the settings of key that follow a comment. */
static void
add_examples(struct hd_key_text *out, const char *key, const char *at,
    struct hd_arena *a)
{
	while (*at != '\0' && *at != '\n' && *at != '#' && *at != '[') {
		size_t n = strcspn(at, "\n");
		const char *line = hd_arena_strndup(a, at, n);
		const char *setting = setting_of(line, key);

		if (setting != NULL)
			*HD_PUSH(a, &out->examples) = setting;
		at += n + (at[n] == '\n');
	}
}

/* In the example a comment is directly above the settings that it explains. */
void
hd_key_text(
    struct hd_key_text *out, const struct hd_key *key, struct hd_arena *a)
{
	const char *at = hd_text_file("deploy.ini.example");

	*out = (struct hd_key_text){ 0 };
	while (*at != '\0' && out->examples.n == 0) {
		size_t n = strcspn(at, "\n");

		if (*at != '#') {
			at += n + (at[n] == '\n');
			continue;
		}
		out->lines = (struct hd_strs){ 0 };
		for (; *at == '#'; at += n + (at[n] == '\n')) {
			n = strcspn(at, "\n");
			*HD_PUSH(a, &out->lines) =
			    n > 2 ? hd_arena_strndup(a, at + 2, n - 2) : "";
		}
		add_examples(out, key->name, at, a);
	}
	if (out->examples.n == 0)
		out->lines = (struct hd_strs){ 0 };
}

static void
add_list(
    struct hd_str *out, const char *const *names, size_t n, const char *last)
{
	for (size_t i = 0; i < n; i++)
		hd_str_addf(out, "%s%s",
		    i == 0       ? ""
		    : i + 1 == n ? last
				 : ", ",
		    names[i]);
}

static void
add_choices(const char *const *choices, struct hd_str *out)
{
	size_t n = 0;

	while (choices[n] != NULL)
		n++;
	add_list(out, choices, n, " or ");
}

void
hd_key_value(const struct hd_key *key, struct hd_str *out)
{
	if (key->type->choices != NULL) {
		add_choices(key->type->choices, out);
		return;
	}
	hd_str_add(out, key->kind);
	if (key->type == &hd_type_count)
		hd_str_addf(out, " (%u to %u)", key->min, key->max);
	if (key->type == &hd_type_duration && key->min >= SECOND_MS)
		hd_str_addf(out, " (%us to %uh)", key->min / SECOND_MS,
		    key->max / (DAY_MS / 24));
	else if (key->type == &hd_type_duration)
		hd_str_add(out, " (500ms, 30s, 2m, 1h; at most 24h)");
}

void
hd_key_sections(const struct hd_key *key, struct hd_str *out)
{
	static const struct {
		enum hd_place place;
		const char *name;
	} rows[] = {
		{ HD_IN_APP, "[app]" },
		{ HD_IN_DEFAULTS, "[defaults]" },
		{ HD_IN_ENV, "[ENV]" },
		{ HD_IN_HOST, "[ENV:HOST]" },
	};
	const char *names[HD_COUNT(rows)];
	size_t n = 0;

	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if ((key->places & rows[i].place) != 0)
			names[n++] = rows[i].name;
	add_list(out, names, n, " or ");
}

void
hd_key_names(const struct hd_key *key, struct hd_str *out)
{
	if (key->type == &hd_type_hook)
		add_list(out, hd_hook_names, HD_HOOKS, " or ");
	if (key->type == &hd_type_command)
		add_list(out, hd_command_names, HD_COMMANDS, " or ");
}
