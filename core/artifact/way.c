#include "core/artifact/way.h"

#include <string.h>

enum { NAMES_SHOWN = 5 };

static const struct hd_relup_entry *
entry_of(const struct hd_artifact *a, bool down, const char *version)
{
	for (size_t i = 0; i < a->relup.n; i++) {
		const struct hd_relup_entry *e = &a->relup.v[i];

		if (e->down == down && strcmp(e->from, version) == 0)
			return e;
	}
	return NULL;
}

const struct hd_relup_entry *
hd_way_find(const struct hd_artifact *from, const struct hd_artifact *to)
{
	const struct hd_relup_entry *up = entry_of(to, false, from->version);

	return up != NULL ? up : entry_of(from, true, to->version);
}

/* The effect of one instruction on a module's code. */
static const enum hd_treatment effects[HD_INSTRUCTIONS] = {
	[HD_LOAD] = HD_TREAT_LOAD,
	[HD_REMOVE] = HD_TREAT_REMOVE,
};

static struct hd_treated *
treated(struct hd_treatments *t, const char *module)
{
	size_t *place = hd_index_at(&t->places, &t->arena, module);

	if (*place == 0) {
		(void)HD_PUSH(&t->arena, t);
		*place = t->n;
	}
	return &t->v[*place - 1];
}

static void
apply(struct hd_treatments *t, const struct hd_instruction *one)
{
	struct hd_treated *m;

	if (one->name == NULL || (effects[one->kind] == HD_TREAT_NONE &&
				     one->kind != HD_CODE_CHANGE))
		return;
	m = treated(t, one->name);
	m->converts |= one->kind == HD_CODE_CHANGE;
	m->brutal |= one->brutal_before || one->brutal_after;
	if (one->kind != HD_CODE_CHANGE)
		m->is = effects[one->kind];
}

void
hd_treatments_read(
    struct hd_treatments *out, const struct hd_relup_entry *entry)
{
	*out = (struct hd_treatments){ .restarts = entry->emulator };
	for (size_t i = 0; i < entry->instructions.n; i++)
		apply(out, &entry->instructions.v[i]);
}

void
hd_treatments_done(struct hd_treatments *t)
{
	hd_arena_done(&t->arena);
	*t = (struct hd_treatments){ 0 };
}

const struct hd_treated *
hd_treatment(const struct hd_treatments *t, const char *module)
{
	static const struct hd_treated none, booted = { .is = HD_TREAT_LOAD };
	size_t place = hd_index_get(&t->places, module);

	if (t->restarts)
		return &booted;
	return place > 0 ? &t->v[place - 1] : &none;
}

static void
add_restarts(struct hd_str *out, const struct hd_strs *apps)
{
	hd_str_add(out, "restarts ");
	for (size_t i = 0; i < apps->n && i < NAMES_SHOWN; i++)
		hd_str_addf(out, "%s%.64s", i > 0 ? ", " : "", apps->v[i]);
	if (apps->n > NAMES_SHOWN)
		hd_str_addf(
		    out, " and %zu more applications", apps->n - NAMES_SHOWN);
}

static const char *
purge_of(const struct hd_relup_entry *entry)
{
	bool brutal = false, soft = false;

	for (size_t i = 0; i < entry->instructions.n; i++) {
		const struct hd_instruction *one = &entry->instructions.v[i];

		if (effects[one->kind] == HD_TREAT_NONE)
			continue;
		brutal |= one->brutal_before || one->brutal_after;
		soft |= !one->brutal_before || !one->brutal_after;
	}
	return brutal && soft ? "brutal and soft purge"
	       : brutal       ? "brutal purge"
			      : "soft purge";
}

const char *
hd_way_mode(const struct hd_relup_entry *entry)
{
	if (entry == NULL)
		return "none";
	if (entry->emulator)
		return "restarts the emulator";
	return entry->restarts.n > 0 ? "restarts applications" : "hot";
}

void
hd_way_describe(struct hd_str *out, const struct hd_relup_entry *entry)
{
	struct hd_treatments t;

	if (entry->emulator) {
		hd_str_add(out, hd_way_mode(entry));
		return;
	}
	if (entry->restarts.n > 0)
		add_restarts(out, &entry->restarts);
	else
		hd_str_add(out, hd_way_mode(entry));
	hd_treatments_read(&t, entry);
	if (t.n > 0)
		hd_str_addf(out, ": %zu module%s, %s", t.n, t.n == 1 ? "" : "s",
		    purge_of(entry));
	else
		hd_str_add(out, ": changes no code");
	hd_treatments_done(&t);
}
