#include "core/artifact/instruct.h"

#include <string.h>

enum { SHOWN_MAX = 200 };

struct row;
struct reading {
	struct hd_instructions *out;
	struct hd_arena *arena;
	const struct row *row;
};

static struct hd_instruction *
add(struct reading *r, enum hd_instruction_kind kind, const char *name)
{
	struct hd_instruction *one = HD_PUSH(r->arena, r->out);

	one->kind = kind;
	one->name = name != NULL ? hd_arena_strdup(r->arena, name) : NULL;
	return one;
}

static const char *
atom(const struct hd_term *t)
{
	return t != NULL && t->kind == HD_TERM_ATOM ? t->text : NULL;
}

static bool
is_pair(const struct hd_term *t)
{
	return hd_term_is(t, HD_TERM_TUPLE, 2);
}

/* The module of an item of a list: Module or {Module, Timeout or Extra}. */
static const char *
module_of(const struct hd_term *item)
{
	return atom(is_pair(item) ? hd_term_at(item, 0) : item);
}

/* One entry for each module of list. False, and nothing is added, if an item
 * does not name a module. lib can be NULL. */
static bool
add_modules(struct reading *r, enum hd_instruction_kind kind,
    const struct hd_term *list, const char *lib)
{
	if (list == NULL || list->kind != HD_TERM_LIST || list->improper)
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (module_of(&list->items[i]) == NULL)
			return false;
	for (size_t i = 0; i < list->n; i++)
		add(r, kind, module_of(&list->items[i]))->lib = lib;
	return true;
}

struct row {
	const char *name;
	enum hd_instruction_kind kind;
	/* t: the whole instruction. NULL: it is just the atom. */
	bool (*read)(struct reading *r, const struct hd_term *t);
};

/* {load_object_code, {Application, Version, Modules}} */
static bool
read_object_code(struct reading *r, const struct hd_term *t)
{
	const struct hd_term *what = hd_term_at(t, 1);
	const char *app = atom(hd_term_at(what, 0));
	const char *version = hd_term_string(hd_term_at(what, 1));

	if (t->n != 2 || !hd_term_is(what, HD_TERM_TUPLE, 3) || app == NULL ||
	    version == NULL)
		return false;
	return add_modules(r, r->row->kind, &what->items[2],
	    hd_arena_fmt(r->arena, "%s-%s", app, version));
}

/* {load, {Module, PrePurge, PostPurge}}; remove likewise */
static bool
read_load(struct reading *r, const struct hd_term *t)
{
	const struct hd_term *what = hd_term_at(t, 1);
	const char *module = atom(hd_term_at(what, 0));
	struct hd_instruction *one;

	if (t->n != 2 || !hd_term_is(what, HD_TERM_TUPLE, 3) || module == NULL)
		return false;
	one = add(r, r->row->kind, module);
	one->brutal_before = hd_term_is_atom(&what->items[1], "brutal_purge");
	one->brutal_after = hd_term_is_atom(&what->items[2], "brutal_purge");
	return true;
}

/* {suspend, Modules} and others */
static bool
read_modules(struct reading *r, const struct hd_term *t)
{
	return t->n == 2 && add_modules(r, r->row->kind, &t->items[1], NULL);
}

/* {code_change, [{Module, Extra}]}, {code_change, up, [{Module, Extra}]} */
static bool
read_code_change(struct reading *r, const struct hd_term *t)
{
	return t->n <= 3 &&
	       add_modules(r, r->row->kind, &t->items[t->n - 1], NULL);
}

static bool
read_sync(struct reading *r, const struct hd_term *t)
{
	if (t->n != 3)
		return false;
	add(r, r->row->kind, NULL);
	return true;
}

/* restart_application becomes {apply,{application,stop,[App]}}, instructions
 * for the code, {apply,{application,start,[App,permanent]}} (systools(3),
 * appup(4)). */
static bool
read_apply(struct reading *r, const struct hd_term *t)
{
	const struct hd_term *call = hd_term_at(t, 1);
	const char *module = atom(hd_term_at(call, 0));
	const char *function = atom(hd_term_at(call, 1));
	const char *app = atom(hd_term_at(hd_term_at(call, 2), 0));

	if (t->n != 2 || !hd_term_is(call, HD_TERM_TUPLE, 3) ||
	    module == NULL || function == NULL)
		return false;
	if (strcmp(module, "application") != 0)
		app = NULL;
	if (app != NULL && strcmp(function, "stop") == 0)
		add(r, HD_STOP_APP, app);
	else if (app != NULL && strcmp(function, "start") == 0)
		add(r, HD_START_APP, app);
	else
		add(r, HD_APPLY,
		    hd_arena_fmt(r->arena, "%s:%s/%zu", module, function,
			call->items[2].n));
	return true;
}

static const struct row rows[] = {
	{ "load_object_code", HD_LOAD_OBJECT_CODE, read_object_code },
	{ "point_of_no_return", HD_NO_RETURN, NULL },
	{ "load", HD_LOAD, read_load },
	{ "remove", HD_REMOVE, read_load },
	{ "purge", HD_PURGE, read_modules },
	{ "suspend", HD_SUSPEND, read_modules },
	{ "resume", HD_RESUME, read_modules },
	{ "code_change", HD_CODE_CHANGE, read_code_change },
	{ "stop", HD_STOP_PROCESSES, read_modules },
	{ "start", HD_START, read_modules },
	{ "sync_nodes", HD_SYNC_NODES, read_sync },
	{ "apply", HD_APPLY, read_apply },
	{ "restart_new_emulator", HD_NEW_EMULATOR, NULL },
	{ "restart_emulator", HD_EMULATOR, NULL },
};

static bool
read_one(struct reading *r, const struct hd_term *t)
{
	bool tuple = t->kind == HD_TERM_TUPLE && t->n >= 2;
	const char *name = atom(tuple ? &t->items[0] : t);

	for (size_t i = 0; name != NULL && i < HD_COUNT(rows); i++) {
		r->row = &rows[i];
		if (strcmp(name, r->row->name) != 0)
			continue;
		if (tuple)
			return r->row->read != NULL && r->row->read(r, t);
		if (r->row->read == NULL)
			add(r, r->row->kind, NULL);
		return r->row->read == NULL;
	}
	return false;
}

void
hd_instructions_read(struct hd_instructions *out, struct hd_arena *arena,
    const struct hd_term *list)
{
	struct reading r = { .out = out, .arena = arena };

	for (size_t i = 0; i < list->n; i++) {
		HD_AUTO_STR text = HD_STR_INIT(SHOWN_MAX);

		if (read_one(&r, &list->items[i]))
			continue;
		hd_term_add(&text, &list->items[i]);
		add(&r, HD_INSTRUCTION_UNKNOWN, text.ptr);
	}
}
