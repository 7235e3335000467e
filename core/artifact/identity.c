#include "core/artifact/identity.h"

#include "core/base/name.h"

#include <string.h>

enum { LINE_LIMIT = 64 * 1024 };

/* One digest for all files, and one for each library, whose files are adjacent
 * in the sorted list. */
struct digests {
	struct hd_artifact *a;
	struct hd_sha256 *all, *lib;
	const char *name; /* of the current library; NULL: none */
};

/* "foo-1.0" of "lib/foo-1.0/ebin/foo.beam", "erts-13.1" of "erts-13.1/bin/erl".
 * NULL if path is not in a library, or if no .rel file could name its folder.
 */
static const char *
library(struct hd_arena *arena, const char *path)
{
	const char *name = path, *slash;
	char *copy;

	if (strncmp(path, "lib/", strlen("lib/")) == 0)
		name += strlen("lib/");
	else if (strncmp(path, "erts-", strlen("erts-")) != 0)
		return NULL;
	slash = strchr(name, '/');
	if (slash == NULL)
		return NULL;
	copy = hd_arena_strndup(arena, name, (size_t)(slash - name));
	return hd_version_valid(copy) ? copy : NULL;
}

static void
end_library(struct digests *d)
{
	char hex[HD_SHA256_HEX];

	if (d->name == NULL)
		return;
	hd_sha256_hex(d->lib, hex);
	*HD_PUSH(&d->a->arena, &d->a->libs) =
	    (struct hd_pair){ hd_arena_strdup(&d->a->arena, d->name),
		    hd_arena_strdup(&d->a->arena, hex) };
	d->name = NULL;
}

/* `mix release` makes a random cookie for each build unless mix.exs has one, so
 * only the existence of the file matters. */
static const char *
identity(const struct hd_item *item)
{
	return strcmp(item->entry.path, HD_COOKIE_FILE) == 0 ? "cookie"
							     : item->identity;
}

/* One line per file: "identity mode path". */
static void
add(struct digests *d, const struct hd_item *item, struct hd_arena *arena)
{
	const struct hd_entry *e = &item->entry;
	const char *name = d->a->plain ? NULL : library(arena, e->path);
	HD_AUTO_STR line = HD_STR_INIT(LINE_LIMIT);

	hd_str_addf(&line, "%s %s%o %s\n", identity(item),
	    e->link != NULL ? "link " : "", e->mode, e->path);
	hd_sha256_add(d->all, line.ptr, line.len);
	if (d->name == NULL || name == NULL || strcmp(name, d->name) != 0)
		end_library(d);
	if (name == NULL)
		return;
	d->name = name;
	hd_sha256_add(d->lib, line.ptr, line.len);
}

void
hd_identify(struct hd_artifact *a, const struct hd_scan *s)
{
	HD_AUTO_ARENA arena = { 0 };
	struct digests d = {
		.a = a, .all = hd_sha256_new(), .lib = hd_sha256_new()
	};

	for (size_t i = 0; i < s->items.n; i++)
		if (s->items.v[i].identity[0] != '\0')
			add(&d, &s->items.v[i], &arena);
	end_library(&d);
	hd_sha256_hex(d.all, a->identity);
	hd_sha256_free(d.all);
	hd_sha256_free(d.lib);
}
