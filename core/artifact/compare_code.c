/* Applications, and modules with the instruction for each. */
#include "core/artifact/compare_private.h"

#include "core/artifact/way.h"

#include <string.h>

#define CONSOLIDATED "consolidated"

static bool
is_consolidated(const char *lib)
{
	return lib != NULL && strcmp(lib, CONSOLIDATED) == 0;
}

/* A protocol has a beam in its library, and a consolidated one. */
static struct hd_nameds
list_modules(struct hd_arena *arena, const struct hd_artifact *a)
{
	struct hd_nameds list = { 0 };

	for (size_t i = 0; i < a->modules.n; i++) {
		const struct hd_module *m = &a->modules.v[i];

		*HD_PUSH(arena, &list) = (struct hd_named){
			.name = is_consolidated(m->lib)
				    ? hd_arena_fmt(arena,
					  "%s (" CONSOLIDATED ")", m->name)
				    : m->name,
			.value = m->digest,
			.shown = m->lib,
		};
	}
	return list;
}

/* One of the two ways, and the release that it leads to. */
struct side {
	const struct hd_relup_entry *entry;
	struct hd_treatments treatments;
	struct hd_index consolidated; /* modules */
};

static void
side_done(struct side *s)
{
	hd_treatments_done(&s->treatments);
}
#define AUTO_SIDE HD_CLEANUP(side_done) struct side

static void
side_read(struct side *s, const struct hd_relup_entry *entry,
    const struct hd_artifact *to)
{
	*s = (struct side){ .entry = entry };
	if (entry == NULL)
		return;
	hd_treatments_read(&s->treatments, entry);
	for (size_t i = 0; i < to->modules.n; i++)
		if (is_consolidated(to->modules.v[i].lib))
			*hd_index_at(&s->consolidated, &s->treatments.arena,
			    to->modules.v[i].name) = 1;
}

/* hdeploy, or Distillery, loads the consolidated protocols of a version. */
static bool
needs_none(const struct side *s, const struct hd_difference *d)
{
	return is_consolidated(d->before) || is_consolidated(d->after) ||
	       hd_index_get(&s->consolidated, d->name) != 0;
}

static const char *
tell_missing(const struct hd_difference *d, bool back)
{
	const char *gone = back ? d->before : d->after;
	const char *comes = back ? d->after : d->before;

	if (gone == NULL)
		return "none: old code stays loaded";
	return comes == NULL ? "none: not loaded in embedded mode"
			     : "none: old code keeps running";
}

/* back: the way leads to the old release. */
static const char *
instruction(const struct side *s, const struct hd_difference *d, bool back,
    bool *missed)
{
	const struct hd_treated *t;
	bool stays = (back ? d->before : d->after) != NULL;

	if (s->entry == NULL)
		return NULL;
	if (d->before != NULL && d->after != NULL &&
	    strcmp(d->before, d->after) == 0 && !is_consolidated(d->before)) {
		*missed = true;
		return "none: the host keeps its old file";
	}
	if (s->treatments.restarts)
		return "restart of the emulator";
	if (needs_none(s, d))
		return "none needed";
	t = hd_treatment(&s->treatments, d->name);
	*missed = t->is != (stays ? HD_TREAT_LOAD : HD_TREAT_REMOVE);
	if (t->is == HD_TREAT_NONE)
		return tell_missing(d, back);
	if (t->is == HD_TREAT_REMOVE)
		return "remove";
	return t->converts ? "load, code_change" : "load";
}

static void
compare_modules(struct hd_comparing *c)
{
	struct hd_nameds old = list_modules(&c->out->arena, c->old),
			 new = list_modules(&c->out->arena, c->new);
	size_t i = c->out->differences.n;
	AUTO_SIDE up = { 0 };
	AUTO_SIDE down = { 0 };

	side_read(&up, c->out->up, c->new);
	side_read(&down, c->out->down, c->old);
	hd_compare_named(c, HD_AREA_MODULE, &old, &new);
	for (; i < c->out->differences.n; i++) {
		struct hd_difference *d = &c->out->differences.v[i];

		d->up = instruction(&up, d, false, &d->missed_up);
		d->down = instruction(&down, d, true, &d->missed_down);
	}
}

static struct hd_nameds
list_applications(struct hd_arena *arena, const struct hd_artifact *a)
{
	struct hd_nameds list = { 0 };

	for (size_t i = 0; i < a->applications.n; i++) {
		const struct hd_application *app = &a->applications.v[i];

		*HD_PUSH(arena, &list) = (struct hd_named){ app->name,
			app->version, app->version, 0 };
	}
	*HD_PUSH(arena, &list) =
	    (struct hd_named){ "erts", a->erts, a->erts, 0 };
	return list;
}

static void
compare_applications(struct hd_comparing *c)
{
	struct hd_nameds old = list_applications(&c->out->arena, c->old),
			 new = list_applications(&c->out->arena, c->new);

	hd_compare_named(c, HD_AREA_APPLICATION, &old, &new);
}

/* The number of modules that differ, by application. */
static void
count_modules(
    struct hd_index *out, struct hd_arena *arena, const struct hd_comparison *c)
{
	for (size_t i = 0; i < c->differences.n; i++) {
		const struct hd_difference *d = &c->differences.v[i];
		const char *lib = d->after != NULL ? d->after : d->before;

		if (d->area == HD_AREA_MODULE)
			++*hd_index_at(out, arena,
			    hd_arena_strndup(arena, lib, strcspn(lib, "-")));
	}
}

static bool
lacks_appup(const struct hd_artifact *a, const char *name)
{
	for (size_t i = 0; i < a->applications.n; i++)
		if (strcmp(a->applications.v[i].name, name) == 0)
			return !a->applications.v[i].appup;
	return false;
}

static void
add_notes(struct hd_comparing *c)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index counts = { 0 };

	count_modules(&counts, &scratch, c->out);
	for (size_t i = 0; i < c->out->differences.n; i++) {
		struct hd_difference *d = &c->out->differences.v[i];
		size_t n = hd_index_get(&counts, d->name);

		if (d->area != HD_AREA_APPLICATION || d->before == NULL ||
		    d->after == NULL || strcmp(d->name, "erts") == 0)
			continue;
		d->note = hd_arena_fmt(&c->out->arena, "%zu module%s%s", n,
		    n == 1 ? "" : "s",
		    c->out->up == NULL && lacks_appup(c->new, d->name)
			? ", no appup"
			: "");
	}
}

/* Unpacking keeps existing files (release_handler: keep_old_files). */
static void
find_clashes(struct hd_comparing *c)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index places = { 0 };

	for (size_t i = 0; i < c->old->libs.n; i++)
		*hd_index_at(&places, &scratch, c->old->libs.v[i].name) = i + 1;
	for (size_t i = 0; i < c->new->libs.n; i++) {
		const struct hd_pair *lib = &c->new->libs.v[i];
		size_t place = hd_index_get(&places, lib->name);

		if (place > 0 &&
		    strcmp(c->old->libs.v[place - 1].value, lib->value) != 0)
			*HD_PUSH(&c->out->arena, &c->out->clashes) = lib->name;
	}
}

void
hd_compare_code(struct hd_comparing *c)
{
	compare_applications(c);
	compare_modules(c);
	add_notes(c);
	find_clashes(c);
}
