#include "core/inventory/layer.h"

#include "core/base/index.h"
#include "core/inventory/types.h"

#include <stdlib.h>

static void
clear_lists(const struct hd_section *s, void *into, enum hd_scope scope,
    struct hd_arena *arena)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index cleared = { 0 };

	for (size_t i = 0; i < s->entries.n; i++) {
		const struct hd_setting *e = &s->entries.v[i];

		if (!e->bad && e->key->scope == scope && e->key->repeats &&
		    (*hd_index_at(&cleared, &scratch, e->name))++ == 0)
			hd_key_clear(into, e->key, e->name, arena);
	}
}

static void
unite_lists(const struct hd_section *s, void *into, enum hd_scope scope,
    struct hd_arena *arena)
{
	const struct hd_key *key;

	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++)
		if (key->scope == scope && key->type->unite != NULL &&
		    hd_section_mentions(s, key))
			hd_key_unite(into, key, arena);
}

void
hd_layer_apply(const struct hd_section *s, void *into, enum hd_scope scope,
    struct hd_arena *arena)
{
	if (s == NULL)
		return;
	clear_lists(s, into, scope, arena);
	for (size_t i = 0; i < s->entries.n; i++) {
		const struct hd_setting *e = &s->entries.v[i];
		struct hd_value v = {
			.key = e->key,
			.name = e->name,
			.text = e->value,
			.arena = arena,
		};
		struct hd_err err;

		/* hd_sections_check() accepted the value: failure is a bug. */
		if (!e->bad && e->key->scope == scope &&
		    hd_key_set(into, &v, &err) < 0)
			abort();
	}
	unite_lists(s, into, scope, arena);
	hd_key_freeze(into, scope);
}

const struct hd_key *
hd_layers_missing(const struct hd_layers *layers, const void *into,
    enum hd_scope scope, size_t *i)
{
	const struct hd_key *key;

	while ((key = hd_key_row((*i)++)) != NULL) {
		bool mentioned = false;

		if (key->scope != scope || !hd_key_missing(into, key))
			continue;
		for (size_t k = 0; k < layers->n; k++)
			mentioned |= hd_section_mentions(layers->v[k], key);
		if (!mentioned)
			return key;
	}
	return NULL;
}
