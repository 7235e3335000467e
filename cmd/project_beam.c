#include "cmd/project_private.h"

#include <string.h>

#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define SPACE " \t\r\n"

/* Projects in Elixir and Erlang. */

const char *
hd_project_code(struct hd_arena *a, const char *text, char comment)
{
	char *out, *to;
	bool quoted = false;

	if (text == NULL)
		return NULL;
	out = to = hd_arena_strdup(a, text);
	for (; *text != '\0'; text++) {
		if (quoted && *text == '\\' && text[1] != '\0') {
			text++;
			continue;
		}
		if (!quoted && *text == comment)
			text += strcspn(text, "\n");
		if (*text == '"')
			quoted = !quoted;
		if (!quoted || *text == '"')
			*to++ = *text;
		if (*text == '\0')
			break;
	}
	*to = '\0';
	return out;
}

/* Points past the next occurrence of word that is not part of a longer word,
 * and past the blanks after it; NULL if there is none. */
static const char *
after(const char *text, const char *word)
{
	size_t n = strlen(word);
	bool open = strchr(WORD, word[n - 1]) != NULL;

	for (const char *p = text; (p = strstr(p, word)) != NULL; p += n) {
		if (p > text && strchr(WORD, p[-1]) != NULL &&
		    strchr(WORD, *p) != NULL)
			continue;
		if (open && p[n] != '\0' && strchr(WORD, p[n]) != NULL)
			continue;
		return p + n + strspn(p + n, SPACE);
	}
	return NULL;
}

bool
hd_project_has(const char *text, const char *word)
{
	return text != NULL && after(text, word) != NULL;
}

/* The atom at p (:name, name or 'name'). */
static const char *
atom(struct hd_arena *a, const char *p)
{
	p += *p == ':';
	if (*p == '\'')
		return hd_arena_strndup(a, p + 1, strcspn(p + 1, "'"));
	return hd_arena_strndup(a, p, strspn(p, WORD));
}

/* A release without a name is named after its application. */
static void
find_app(struct hd_reading *r)
{
	const char *mix = r->text[HD_SOURCE_MIX];
	const char *p = mix != NULL ? after(mix, "app:") : NULL;

	if (r->p->name == NULL && p != NULL && *p == ':')
		hd_project_found(r, atom(r->a, p));
}

/* release :hotcode do */
void
hd_project_find_distillery(struct hd_reading *r)
{
	const char *p = r->text[HD_SOURCE_DISTILLERY];

	while (p != NULL && (p = after(p, "release")) != NULL)
		if (*p == ':')
			hd_project_found(r, atom(r->a, p));
	find_app(r);
}

/* Names at the outermost level of the list at p: [one: [...], two: [...]] */
static void
find_keys(struct hd_reading *r, const char *p)
{
	unsigned depth = 0;

	for (; *p != '\0'; p++) {
		size_t n = strspn(p, WORD);

		if (strchr("[{(", *p) != NULL)
			depth++;
		else if (strchr("]})", *p) != NULL && --depth == 0)
			return;
		if (n == 0)
			continue;
		if (depth == 1 && p[n] == ':' && p[n + 1] != ':')
			hd_project_found(r, atom(r->a, p));
		p += n - 1;
	}
}

/* releases: [...], or a function of that name */
void
hd_project_find_mix(struct hd_reading *r)
{
	const char *mix = r->text[HD_SOURCE_MIX];
	const char *p = after(mix, "releases:");

	if (p != NULL && *p != '[')
		p = after(mix, "defp releases") != NULL
			? after(mix, "defp releases")
			: after(mix, "def releases");
	if (p != NULL)
		p = strchr(p, '[');
	if (p != NULL)
		find_keys(r, p);
	find_app(r);
}

/* release_handler, which upgrades hot, is part of sasl. */
void
hd_project_advise_mix(struct hd_reading *r)
{
	if (hd_project_has(r->text[HD_SOURCE_MIX], "sasl"))
		return;
	hd_project_line(r, "upgrade = cold");
	hd_project_note(r,
	    "for hot upgrades add `applications: [sasl: :permanent]` to the "
	    "release in mix.exs, and remove \"upgrade = cold\"");
}

static const char *
relx_config(const struct hd_reading *r)
{
	return r->text[HD_SOURCE_RELX] != NULL ? r->text[HD_SOURCE_RELX]
					       : r->text[HD_SOURCE_REBAR];
}

/* {release, {hotcode, "0.1.0"}, [...]} */
void
hd_project_find_relx(struct hd_reading *r)
{
	const char *p = relx_config(r);

	while ((p = after(p, "{release,")) != NULL)
		if (*p == '{')
			hd_project_found(
			    r, atom(r->a, p + 1 + strspn(p + 1, SPACE)));
}

/* The number of bytes up to the bracket that encloses p. */
static size_t
block(const char *p)
{
	const char *at = p;

	for (unsigned depth = 1; *at != '\0'; at++) {
		if (strchr("[{(", *at) != NULL)
			depth++;
		else if (strchr("]})", *at) != NULL && --depth == 0)
			break;
	}
	return (size_t)(at - p);
}

/* The value that `rebar3 as prod` uses: from the prod profile if it is set
 * there, else from outside the profiles. name: "{mode,". NULL: not set. */
static const char *
setting(struct hd_arena *a, const char *config, const char *name)
{
	const char *profiles = strstr(config, "{profiles,");
	const char *prod = profiles != NULL ? after(profiles, "{prod,") : NULL;
	const char *value = NULL;

	if (prod != NULL)
		value = after(hd_arena_strndup(a, prod, block(prod)), name);
	if (value != NULL)
		return value;
	if (profiles != NULL)
		config =
		    hd_arena_strndup(a, config, (size_t)(profiles - config));
	return after(config, name);
}

static bool
is_set(
    struct hd_arena *a, const char *config, const char *name, const char *value)
{
	const char *now = setting(a, config, name);

	return now != NULL && strncmp(now, value, strlen(value)) == 0;
}

/* By default rebar3 3.14 and newer create the extended start script. The prod
 * profile implies the prod mode, unless relx sets another one. */
void
hd_project_advise_relx(struct hd_reading *r)
{
	const char *config = relx_config(r);

	if (is_set(r->a, config, "{extended_start_script,", "false"))
		hd_project_note(r,
		    "remove {extended_start_script, false} from relx: the "
		    "driver needs that script");
	if (!hd_project_has(config, "sasl"))
		hd_project_note(r,
		    "add sasl to the release's applications: without it "
		    "`hdeploy push` refuses the release");
	if (is_set(r->a, config, "{mode,", "dev") ||
	    (is_set(r->a, config, "{dev_mode,", "true") &&
		!is_set(r->a, config, "{mode,", "prod")))
		hd_project_note(r,
		    "build the release with {mode, prod}: in dev mode it "
		    "only links to folders on this machine");
	if (is_set(r->a, config, "{mode,", "minimal") ||
	    (is_set(r->a, config, "{include_erts,", "false") &&
		!is_set(r->a, config, "{mode,", "prod")))
		hd_project_note(r,
		    "the release must include its Erlang runtime: build it "
		    "with {mode, prod}, or with {include_erts, true}");
}
