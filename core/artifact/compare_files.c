/* Files outside lib/ and the runtime, and the needs of programs. */
#include "core/artifact/compare_private.h"

#include "core/artifact/demands.h"

#include <inttypes.h>
#include <string.h>

#define ANY "VERSION" /* in place of the version in a path */

static bool
starts(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

static bool
ends(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n >= m && strcmp(text + n - m, tail) == 0;
}

/* releases/0.2.0/x and bin/hotcode-0.2.0, with ANY for the version. */
static const char *
general_path(
    struct hd_arena *arena, const struct hd_artifact *a, const char *path)
{
	const char *folder = hd_arena_fmt(arena, "releases/%s/", a->version);
	const char *tail = hd_arena_fmt(arena, "-%s", a->version);

	if (starts(path, folder))
		return hd_arena_fmt(
		    arena, "releases/" ANY "/%s", path + strlen(folder));
	if (ends(path, tail))
		return hd_arena_fmt(arena, "%.*s-" ANY,
		    (int)(strlen(path) - strlen(tail)), path);
	return path;
}

static bool
is_same(const char *path, const char *other)
{
	return other != NULL && strcmp(path, other) == 0;
}

/* Made by the build from other parts of the release, and different in every
 * version. */
static bool
is_derived(const char *path)
{
	static const char *const tails[] = { ".rel", ".boot", ".script",
		"/relup", "/RELEASES", "/start_erl.data", ".beam" };

	if (starts(path, "bin/"))
		return ends(path, ".boot");
	if (!starts(path, "releases/"))
		return false;
	for (size_t i = 0; i < HD_COUNT(tails); i++)
		if (ends(path, tails[i]))
			return true;
	return false;
}

static bool
is_compared(
    const struct hd_comparing *c, const struct hd_artifact *a, const char *path)
{
	return !starts(path, "lib/") && !starts(path, "erts-") &&
	       !is_derived(path) &&
	       !(c->config && is_same(path, a->config_path)) &&
	       !is_same(path, a->vm_args_path);
}

static const char *
describe(struct hd_arena *arena, const struct hd_entry *e)
{
	if (e->link != NULL)
		return hd_arena_fmt(arena, "link to %s", e->link);
	return hd_arena_fmt(arena, "%" PRIu64 " byte%s%s", e->size,
	    e->size == 1 ? "" : "s", e->mode == 0755 ? ", executable" : "");
}

static struct hd_nameds
list_files(struct hd_comparing *c, const struct hd_artifact *a)
{
	struct hd_arena *arena = &c->out->arena;
	struct hd_nameds list = { 0 };

	for (size_t i = 0; i < a->entries.n; i++) {
		const struct hd_entry *e = &a->entries.v[i];

		if (!is_compared(c, a, e->path))
			continue;
		*HD_PUSH(arena, &list) = (struct hd_named){
			.name = general_path(arena, a, e->path),
			.value = hd_arena_fmt(arena, "%s %o %s", e->sha256,
			    e->mode, e->link != NULL ? e->link : ""),
			.shown = describe(arena, e),
		};
	}
	return list;
}

void
hd_compare_files(struct hd_comparing *c)
{
	struct hd_nameds old = list_files(c, c->old),
			 new = list_files(c, c->new);

	hd_compare_named(c, HD_AREA_FILE, &old, &new);
}

static struct hd_nameds
list_needs(struct hd_arena *arena, const struct hd_artifact *a)
{
	struct hd_demands demands = { 0 };
	struct hd_nameds list = { 0 };

	hd_demands_list(&demands, arena, a);
	for (size_t i = 0; i < demands.n; i++) {
		const struct hd_demand *d = &demands.v[i];

		*HD_PUSH(arena, &list) = (struct hd_named){
			.name = d->name,
			.value = d->value,
			.shown = d->value[0] != '\0'
				     ? d->value
				     : hd_arena_fmt(arena, "for %s", d->path),
		};
	}
	return list;
}

void
hd_compare_needs(struct hd_comparing *c)
{
	struct hd_nameds old = list_needs(&c->out->arena, c->old),
			 new = list_needs(&c->out->arena, c->new);

	hd_compare_named(c, HD_AREA_NEED, &old, &new);
}
