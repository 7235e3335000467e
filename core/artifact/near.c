#include "core/artifact/near.h"

#include "core/base/alloc.h"

#include <glob.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define START_DATA "/releases/start_erl.data"

/* Below the path, next to it, and where rebar3 and mix build. */
static const struct {
	enum { BELOW, BESIDE, HERE } where;
	const char *pattern;
} places[] = {
	{ BELOW, "/*" START_DATA },
	{ BELOW, "/rel/*" START_DATA },
	{ BELOW, "/*/rel/*" START_DATA },
	{ BELOW, "/_build/*/rel/*" START_DATA },
	{ BESIDE, "/*" START_DATA },
	{ HERE, "_build/*/rel/*" START_DATA },
};

/* Escapes path for glob(3). */
static const char *
literally(struct hd_arena *a, const char *path)
{
	char *out = hd_arena_alloc(a, 2 * strlen(path) + 1), *to = out;

	for (; *path != '\0'; path++) {
		if (strchr("*?[]\\", *path) != NULL)
			*to++ = '\\';
		*to++ = *path;
	}
	return out;
}

static const char *
parent(struct hd_arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL
		   ? "."
		   : hd_arena_strndup(a, path, (size_t)(slash - path));
}

static bool
is_called(const char *folder, const char *name)
{
	const char *slash = strrchr(folder, '/');

	return name != NULL &&
	       strcmp(slash != NULL ? slash + 1 : folder, name) == 0;
}

/* The folder of the first match called app, else of the first match. */
static const char *
best(struct hd_arena *a, const glob_t *found, const char *app)
{
	const char *first = NULL;

	for (size_t i = 0; i < found->gl_pathc; i++) {
		const char *path = found->gl_pathv[i];
		const char *folder = hd_arena_strndup(
		    a, path, strlen(path) - strlen(START_DATA));

		if (is_called(folder, app))
			return folder;
		first = first != NULL ? first : folder;
	}
	return first;
}

static const char *
find(struct hd_arena *a, const char *release, const char *app)
{
	const char *const roots[] = {
		[BELOW] = literally(a, release),
		[BESIDE] = literally(a, parent(a, release)),
		[HERE] = "",
	};
	glob_t found = { 0 };
	const char *folder;

	for (size_t i = 0; i < HD_COUNT(places); i++)
		if (glob(hd_arena_fmt(a, "%s%s", roots[places[i].where],
			     places[i].pattern),
			i > 0 ? GLOB_APPEND : 0, NULL, &found) == GLOB_NOSPACE)
			hd_alloc_failed();
	folder = best(a, &found, app);
	globfree(&found);
	if (folder != NULL && strncmp(folder, "./", 2) == 0)
		folder += 2;
	return folder;
}

void
hd_near_release(const char *release, const char *app, struct hd_str *out)
{
	HD_AUTO_ARENA a = { 0 };
	const char *folder = find(&a, release, app);

	if (folder != NULL)
		hd_str_addf(out, "did you mean release = %s?", folder);
	else if (access("rebar.config", F_OK) == 0)
		hd_str_add(out, "build it with `rebar3 as prod release`");
	else if (access("rel/config.exs", F_OK) == 0)
		hd_str_add(
		    out, "build it with `MIX_ENV=prod mix distillery.release`");
	else if (access("mix.exs", F_OK) == 0)
		hd_str_add(out, "build it with `MIX_ENV=prod mix release`");
	else
		hd_str_add(out,
		    "build it with rebar3, mix release or Distillery first");
}
