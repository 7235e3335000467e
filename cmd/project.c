#include "cmd/project.h"

#include "core/base/name.h"

#include <stdbool.h>
#include <string.h>

#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define SPACE " \t\r\n"

struct reading {
	struct hd_project *p;
	struct hd_arena *a;
};

static void
note(struct reading *r, const char *text)
{
	*HD_PUSH(r->a, &r->p->notes) = text;
}

/* A copy of text without comments and with empty string literals, so that
 * searches match neither. */
static const char *
code(struct hd_arena *a, const char *text, char comment)
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

static bool
has(const char *text, const char *word)
{
	return text != NULL && after(text, word) != NULL;
}

/* The atom at p (:name, name or 'name'); NULL if it is not a valid release
 * name. */
static const char *
atom(struct hd_arena *a, const char *p)
{
	const char *name;

	if (p == NULL)
		return NULL;
	p += *p == ':';
	if (*p == '\'')
		name = hd_arena_strndup(a, p + 1, strcspn(p + 1, "'"));
	else
		name = hd_arena_strndup(a, p, strspn(p, WORD));
	return hd_app_valid(name) ? name : NULL;
}

/* Takes the first name; adds a note about each other name. */
static void
found(struct reading *r, const char *name)
{
	if (name == NULL)
		return;
	if (r->p->name == NULL)
		r->p->name = name;
	else if (strcmp(name, r->p->name) != 0)
		note(r, hd_arena_fmt(r->a,
			    "there is also a release %s: a deploy.ini is for "
			    "one release",
			    name));
}

/* release :hotcode do */
static void
find_distillery(struct reading *r, const char *config)
{
	for (const char *p = config; (p = after(p, "release")) != NULL;)
		if (*p == ':')
			found(r, atom(r->a, p));
}

/* {release, {hotcode, "0.1.0"}, [...]} */
static void
find_relx(struct reading *r, const char *config)
{
	for (const char *p = config; (p = after(p, "{release,")) != NULL;)
		if (*p == '{')
			found(r, atom(r->a, p + 1 + strspn(p + 1, SPACE)));
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

/* Names at the outermost level of the list at p: [one: [...], two: [...]] */
static void
find_keys(struct reading *r, const char *p)
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
			found(r, atom(r->a, p));
		p += n - 1;
	}
}

/* releases: [...], or a function of that name */
static void
find_mix(struct reading *r, const char *mix)
{
	const char *p = after(mix, "releases:");

	if (p != NULL && *p != '[')
		p = after(mix, "defp releases") != NULL
			? after(mix, "defp releases")
			: after(mix, "def releases");
	if (p != NULL)
		p = strchr(p, '[');
	if (p != NULL)
		find_keys(r, p);
}

/* A release without a name is named after its application. */
static void
find_app(struct reading *r, const char *mix)
{
	const char *p = after(mix, "app:");

	if (p != NULL && *p == ':')
		found(r, atom(r->a, p));
}

static void
describe_distillery(struct reading *r)
{
	r->p->driver = "distillery";
	r->p->build = "MIX_ENV=prod mix distillery.release --upgrade";
	note(r, "for Distillery before 2.1, change \"build\" to "
		"`mix release --upgrade`");
}

static void
describe_mix(struct reading *r)
{
	const char *name = r->p->name != NULL ? r->p->name : "myapp";

	r->p->driver = "script";
	r->p->build = "MIX_ENV=prod mix release --overwrite";
	*HD_PUSH(r->a, &r->p->commands) =
	    hd_arena_fmt(r->a, "command.start = ./bin/%s daemon", name);
	*HD_PUSH(r->a, &r->p->commands) =
	    hd_arena_fmt(r->a, "command.stop = ./bin/%s stop", name);
	*HD_PUSH(r->a, &r->p->commands) =
	    hd_arena_fmt(r->a, "command.console = ./bin/%s remote", name);
	*HD_PUSH(r->a, &r->p->commands) = "upgrade = cold";
	note(r, "use Distillery or relx if you need hot upgrades: hdeploy "
		"upgrades releases of `mix release` by stop and start");
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
	const char *now = config != NULL ? setting(a, config, name) : NULL;

	return now != NULL && strncmp(now, value, strlen(value)) == 0;
}

/* By default rebar3 3.14 and newer create the extended start script. The prod
 * profile implies the prod mode, unless relx sets another one. */
static void
describe_relx(struct reading *r, const char *config)
{
	r->p->driver = "relx";
	r->p->build = "rebar3 as prod release";
	if (is_set(r->a, config, "{extended_start_script,", "false"))
		note(r, "remove {extended_start_script, false} from relx: the "
			"driver needs that script");
	if (!has(config, "sasl"))
		note(r, "add sasl to the release's applications: without it "
			"`hdeploy push` refuses the release");
	if (is_set(r->a, config, "{mode,", "dev") ||
	    (is_set(r->a, config, "{dev_mode,", "true") &&
		!is_set(r->a, config, "{mode,", "prod")))
		note(r, "build the release with {mode, prod}: in dev mode it "
			"only links to folders on this machine");
	if (is_set(r->a, config, "{mode,", "minimal") ||
	    (is_set(r->a, config, "{include_erts,", "false") &&
		!is_set(r->a, config, "{mode,", "prod")))
		note(r, "the release must include its Erlang runtime: build it "
			"with {mode, prod}, or with {include_erts, true}");
}

void
hd_project_read(
    struct hd_project *out, const struct hd_sources *in, struct hd_arena *a)
{
	struct reading r = { .p = out, .a = a };
	const char *mix = code(a, in->mix, '#');
	const char *distillery = code(a, in->distillery, '#');
	const char *rebar =
	    code(a, in->relx != NULL ? in->relx : in->rebar, '%');

	*out = (struct hd_project){ 0 };
	if (distillery != NULL)
		find_distillery(&r, distillery);
	else if (mix != NULL && !has(mix, "distillery"))
		find_mix(&r, mix);
	else if (mix == NULL && rebar != NULL)
		find_relx(&r, rebar);
	if (mix != NULL && out->name == NULL)
		find_app(&r, mix);
	if (distillery != NULL || has(mix, "distillery"))
		describe_distillery(&r);
	else if (mix != NULL)
		describe_mix(&r);
	else
		describe_relx(&r, rebar);
	if (mix == NULL && distillery == NULL && rebar == NULL)
		out->notes.n = 0; /* there is no project to describe */
	if (out->name == NULL)
		note(&r, "no release found in mix.exs, rel/config.exs, "
			 "rebar.config or relx.config: set name, driver, build "
			 "and release");
	out->release = hd_arena_fmt(
	    a, "_build/prod/rel/%s", out->name != NULL ? out->name : "myapp");
}

void
hd_project_write(const struct hd_project *p, struct hd_str *out)
{
	const char *name = p->name != NULL ? p->name : "myapp";

	hd_str_add(out,
	    "# deploy.ini: what hdeploy deploys, and where. More keys "
	    "are in\n# deploy.ini.example; `hdeploy help` lists the "
	    "commands.\n");
	for (size_t i = 0; i < p->notes.n; i++)
		hd_str_addf(
		    out, "%s# TODO: %s\n", i == 0 ? "#\n" : "", p->notes.v[i]);
	hd_str_addf(out,
	    "\n[app]\nname    = %s\ndriver  = %s\nbuild   = %s\nrelease = %s\n",
	    name, p->driver, p->build, p->release);
	hd_str_addf(out,
	    "\n[defaults]\n# The release root on the hosts. TODO: the user "
	    "that logs in and runs it.\npath = /srv/%s\nuser = deploy\n",
	    name);
	for (size_t i = 0; i < p->commands.n; i++)
		hd_str_addf(out, "%s\n", p->commands.v[i]);
	hd_str_add(out,
	    "\n# An environment, as in `hdeploy push prod`. TODO: its hosts, "
	    "one per line.\n[prod]\nhost = web1.example.com\n");
}
