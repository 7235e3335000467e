#include "core/artifact/compare_private.h"

#include "core/artifact/way.h"

#include <string.h>

enum { WORDS_MAX = 1024 };

/* The entries of a relup, except for the version it is compared with. */
static struct hd_nameds
list_entries(struct hd_comparing *c, const struct hd_artifact *a)
{
	struct hd_arena *arena = &c->out->arena;
	struct hd_nameds list = { 0 };

	for (size_t i = 0; i < a->relup.n; i++) {
		const struct hd_relup_entry *e = &a->relup.v[i];
		HD_AUTO_STR words = HD_STR_INIT(WORDS_MAX);
		const char *shown;

		if (strcmp(e->from, c->old->version) == 0 ||
		    strcmp(e->from, c->new->version) == 0)
			continue;
		hd_way_describe(&words, e);
		shown = hd_arena_strdup(arena, words.ptr);
		*HD_PUSH(arena, &list) = (struct hd_named){
			.name = hd_arena_fmt(arena, "%s %s",
			    e->down ? "down to" : "up from", e->from),
			.value = shown,
			.shown = shown,
		};
	}
	return list;
}

static void
compare_relups(struct hd_comparing *c)
{
	struct hd_nameds old = list_entries(c, c->old),
			 new = list_entries(c, c->new);

	hd_compare_named(c, HD_AREA_RELUP, &old, &new);
}

void
hd_compare(struct hd_comparison *out, const struct hd_artifact *old,
    const struct hd_artifact *new)
{
	struct hd_comparing c = { .out = out, .old = old, .new = new };

	*out = (struct hd_comparison){ .up = hd_way_find(old, new),
		.down = hd_way_find(new, old) };
	hd_compare_code(&c);
	hd_compare_config(&c);
	compare_relups(&c);
	hd_compare_files(&c);
	hd_compare_needs(&c);
}

void
hd_comparison_done(struct hd_comparison *c)
{
	hd_arena_done(&c->arena);
	*c = (struct hd_comparison){ 0 };
}
