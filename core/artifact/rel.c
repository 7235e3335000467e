#include "core/artifact/rel.h"

#include "core/artifact/term.h"
#include "core/base/name.h"

#include <string.h>

#define RELEASES "releases/"
#define START_DATA RELEASES "start_erl.data"

static bool
ends(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n >= m && strcmp(text + n - m, tail) == 0;
}

bool
hd_text_wanted(const char *path)
{
	const char *rest = path + sizeof(RELEASES) - 1, *slash;

	if (strncmp(path, RELEASES, sizeof(RELEASES) - 1) != 0)
		return false;
	slash = strchr(rest, '/');
	if (slash != NULL && strchr(slash + 1, '/') != NULL)
		return false;
	return strcmp(path, START_DATA) == 0 || ends(rest, ".rel") ||
	       (slash != NULL && strcmp(slash, "/relup") == 0);
}

/* lib/<lib>/ebin/<name>.app */
static bool
is_app(const char *path)
{
	const char *slash = strchr(path + strlen("lib/"), '/');

	return slash != NULL && strncmp(slash, "/ebin/", 6) == 0 &&
	       strchr(slash + 6, '/') == NULL && ends(slash, ".app");
}

bool
hd_text_kept(const char *path)
{
	static const char *const names[] = { "/sys.config", "/sys.config.src",
		"/vm.args", "/vm.args.src" };
	const char *slash;

	if (strncmp(path, "lib/", strlen("lib/")) == 0)
		return is_app(path);
	if (hd_text_wanted(path) || strcmp(path, HD_RELEASES_FILE) == 0)
		return true;
	if (strncmp(path, RELEASES, sizeof(RELEASES) - 1) != 0)
		return false;
	slash = strchr(path + sizeof(RELEASES) - 1, '/');
	for (size_t i = 0; slash != NULL && i < HD_COUNT(names); i++)
		if (strcmp(slash, names[i]) == 0)
			return true;
	return false;
}

const struct hd_text *
hd_text_get(const struct hd_texts *t, const char *path)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].path, path) == 0)
			return &t->v[i];
	return NULL;
}

int
hd_start_data_parse(const struct hd_text *t, struct hd_arena *arena,
    const char **erts, const char **version, struct hd_err *err)
{
	const char *space = strchr(t->text, ' ');
	size_t n = strcspn(t->text, "\r\n");

	if (space != NULL && (size_t)(space - t->text) < n) {
		size_t first = (size_t)(space - t->text);

		*erts = hd_arena_strndup(arena, t->text, first);
		*version = hd_arena_strndup(arena, space + 1, n - first - 1);
		if (strlen(t->text) == t->len && hd_version_valid(*erts) &&
		    hd_version_valid(*version))
			return 0;
	}
	return hd_err_set(err, HD_ELOCAL,
	    "%s: is not \"<erts version> <release version>\"", t->path);
}

/* {App, Version}, {App, Version, Type, ...} or {App, Version, Included}. An
 * application of type load or none is not started. */
static bool
is_started(const struct hd_term *t)
{
	const struct hd_term *type = hd_term_at(t, 2);

	return type == NULL || (!hd_term_is_atom(type, "load") &&
				   !hd_term_is_atom(type, "none"));
}

static int
read_libs(struct hd_release *out, struct hd_arena *arena,
    const struct hd_term *list, struct hd_err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct hd_term *t = &list->items[i];
		const struct hd_term *app = hd_term_at(t, 0);
		const char *version = hd_term_string(hd_term_at(t, 1));

		if (app == NULL || app->kind != HD_TERM_ATOM ||
		    version == NULL || !hd_app_valid(app->text) ||
		    !hd_version_valid(version))
			return hd_err_set(err, HD_ELOCAL,
			    "application %zu has no usable name and version",
			    i + 1);
		*HD_PUSH(arena, &out->libs) =
		    (struct hd_pair){ app->text, version };
		if (strcmp(app->text, "sasl") == 0)
			out->sasl = is_started(t);
	}
	return 0;
}

/* {release, {Name, Version}, {erts, Erts}, Libs}. */
static int
read_rel(struct hd_release *out, struct hd_arena *arena,
    const struct hd_text *text, struct hd_err *err)
{
	const struct hd_term *id, *erts, *libs;
	struct hd_term t;

	if (hd_term_parse(&t, arena, text->text, text->len, err) < 0)
		return -1;
	id = hd_term_at(&t, 1);
	erts = hd_term_at(&t, 2);
	libs = hd_term_at(&t, 3);
	if (!hd_term_is_atom(hd_term_at(&t, 0), "release") || libs == NULL ||
	    libs->kind != HD_TERM_LIST)
		return hd_err_set(err, HD_ELOCAL, "is not a release");
	out->path = text->path;
	out->name = hd_term_string(hd_term_at(id, 0));
	out->version = hd_term_string(hd_term_at(id, 1));
	out->erts = hd_term_string(hd_term_at(erts, 1));
	if (out->name == NULL || !hd_app_valid(out->name) ||
	    out->version == NULL || !hd_version_valid(out->version) ||
	    out->erts == NULL || !hd_version_valid(out->erts))
		return hd_err_set(err, HD_ELOCAL,
		    "has no usable name ([a-z][A-Za-z0-9_]*), version or erts "
		    "([A-Za-z0-9][A-Za-z0-9._+~-]*)");
	return read_libs(out, arena, libs, err);
}

/* A .rel that a build tool adds for a boot file of its own. */
static bool
is_helper(const char *path)
{
	return ends(path, "/start_clean.rel") ||
	       ends(path, "/no_dot_erlang.rel");
}

struct search {
	struct hd_arena *arena;
	const struct hd_texts *texts;
	const char *app, *version;
	size_t found; /* number of matches */
};

static int
look_at(struct search *s, struct hd_release *out, const struct hd_text *text,
    struct hd_err *err)
{
	struct hd_release one = { 0 };

	if (read_rel(&one, s->arena, text, err) < 0)
		return hd_err_prefix(err, "%s", text->path);
	if (strcmp(one.version, s->version) != 0 ||
	    (s->app != NULL && strcmp(one.name, s->app) != 0))
		return 0;
	if (s->found == 0 || strcmp(out->name, one.name) != 0)
		s->found++;
	*out = one;
	return 0;
}

static int
look_in(struct search *s, struct hd_release *out, const char *folder,
    struct hd_err *err)
{
	size_t n = strlen(folder);

	for (size_t i = 0; i < s->texts->n; i++) {
		const char *path = s->texts->v[i].path;

		if (strncmp(path, folder, n) != 0 || !ends(path, ".rel") ||
		    strchr(path + n, '/') != NULL || is_helper(path))
			continue;
		if (look_at(s, out, &s->texts->v[i], err) < 0)
			return -1;
	}
	return 0;
}

static int
read_version(const char **erts, const char **version, struct hd_arena *arena,
    const struct hd_texts *texts, struct hd_err *err)
{
	const struct hd_text *t = hd_text_get(texts, START_DATA);

	if (t == NULL)
		return hd_err_set(
		    err, HD_ELOCAL, "has no " START_DATA ", " HD_NO_RELEASE);
	return hd_start_data_parse(t, arena, erts, version, err);
}

static int
not_found(struct search *s, const char *folder, struct hd_err *err)
{
	const struct hd_text *t = hd_text_get(s->texts, START_DATA);
	const char *erts, *version;

	if (t != NULL &&
	    hd_start_data_parse(t, s->arena, &erts, &version, err) == 0 &&
	    strcmp(version, s->version) != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "contains version %s, not %s; build %s, or ask for %s",
		    version, s->version, s->version, version);
	return hd_err_set(err, HD_ELOCAL,
	    "contains no release %s of version %s (%s*.rel); check the name "
	    "and version in deploy.ini, and the build",
	    s->app != NULL ? s->app : "(any name)", s->version, folder);
}

int
hd_release_find(struct hd_release *out, struct hd_arena *arena,
    const struct hd_texts *texts, const char *app, const char *version,
    struct hd_err *err)
{
	struct search s = { arena, texts, app, version, 0 };
	const char *erts, *folder;

	if (version == NULL &&
	    read_version(&erts, &s.version, arena, texts, err) < 0)
		return -1;
	if (!hd_version_valid(s.version))
		return hd_err_set(err, HD_ELOCAL,
		    "\"%s\" is not a version: use letters, digits and . _ + "
		    "~ -, a letter or digit first",
		    s.version);
	folder = hd_arena_fmt(arena, RELEASES "%s/", s.version);
	if (look_in(&s, out, folder, err) < 0)
		return -1;
	if (s.found == 0 && look_in(&s, out, RELEASES, err) < 0)
		return -1;
	if (s.found == 0)
		return not_found(&s, folder, err);
	if (s.found > 1)
		return hd_err_set(err, HD_ELOCAL,
		    "%s*.rel: several releases; set the name in deploy.ini",
		    folder);
	return 0;
}
