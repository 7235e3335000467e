#include "core/artifact/rel.h"

#include "core/artifact/instruct.h"
#include "core/base/index.h"
#include "core/base/name.h"

#include <string.h>

/* {Version, [{From, Description, Instructions}], [{From, ...}]}. */

/* 1 + the index of the last start of each application. */
static void
find_starts(struct hd_index *out, struct hd_arena *scratch,
    const struct hd_instructions *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].kind == HD_START_APP)
			*hd_index_at(out, scratch, list->v[i].name) = i + 1;
}

/* Fills in what the instructions restart. */
static void
find_restarts(struct hd_relup_entry *entry, struct hd_arena *arena)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index starts = { 0 }, seen = { 0 };
	const struct hd_instructions *list = &entry->instructions;

	find_starts(&starts, &scratch, list);
	for (size_t i = 0; i < list->n; i++) {
		const struct hd_instruction *one = &list->v[i];

		if (one->kind == HD_EMULATOR || one->kind == HD_NEW_EMULATOR)
			entry->emulator = true;
		if (one->kind == HD_STOP_APP &&
		    hd_index_get(&starts, one->name) >= i + 2 &&
		    (*hd_index_at(&seen, &scratch, one->name))++ == 0)
			*HD_PUSH(arena, &entry->restarts) = one->name;
	}
}

static int
read_entries(struct hd_relup *out, struct hd_arena *arena,
    const struct hd_term *list, bool down, struct hd_err *err)
{
	if (list->kind != HD_TERM_LIST)
		return hd_err_set(err, HD_ELOCAL, "is not a relup");
	for (size_t i = 0; i < list->n; i++) {
		const struct hd_term *t = &list->items[i];
		const char *from = hd_term_string(hd_term_at(t, 0));
		struct hd_relup_entry entry = { .down = down };

		if (!hd_term_is(t, HD_TERM_TUPLE, 3) || from == NULL ||
		    t->items[2].kind != HD_TERM_LIST)
			return hd_err_set(err, HD_ELOCAL, "is not a relup");
		if (!hd_version_valid(from))
			return hd_err_set(err, HD_ELOCAL,
			    "has an entry for a version that does not match "
			    "[A-Za-z0-9][A-Za-z0-9._+~-]*");
		entry.from = hd_arena_strdup(arena, from);
		hd_instructions_read(&entry.instructions, arena, &t->items[2]);
		find_restarts(&entry, arena);
		*HD_PUSH(arena, out) = entry;
	}
	return 0;
}

static int
read_relup(struct hd_relup *out, struct hd_arena *arena,
    const struct hd_text *relup, const char *version, struct hd_err *err)
{
	HD_AUTO_ARENA terms = { 0 };
	struct hd_term t;
	const char *to;

	if (hd_term_parse(&t, &terms, relup->text, relup->len, err) < 0)
		return -1;
	to = hd_term_string(hd_term_at(&t, 0));
	if (!hd_term_is(&t, HD_TERM_TUPLE, 3) || to == NULL)
		return hd_err_set(err, HD_ELOCAL, "is not a relup");
	if (strcmp(to, version) != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "is not for version %s; make the relup again", version);
	if (read_entries(out, arena, &t.items[1], false, err) < 0)
		return -1;
	return read_entries(out, arena, &t.items[2], true, err);
}

int
hd_relup_parse(struct hd_relup *out, struct hd_arena *arena,
    const struct hd_text *relup, const char *version, struct hd_err *err)
{
	if (read_relup(out, arena, relup, version, err) < 0)
		return hd_err_prefix(err, "%s", relup->path);
	return 0;
}
