#ifndef HD_KEYS_H
#define HD_KEYS_H

#include "core/inventory/inventory.h"

#include <stddef.h>

/* Where a key may stand. */
enum hd_place {
	HD_IN_APP = 1,
	HD_IN_DEFAULTS = 2,
	HD_IN_ENV = 4,
	HD_IN_HOST = 8, /* [env:host] */
};

/* What a key belongs to, and so what its offset counts from. */
enum hd_scope { HD_SCOPE_APP, HD_SCOPE_ENV, HD_SCOPE_HOST };

struct hd_value;

/* How a value is read. Types of one shape share a set(). */
struct hd_type {
	/* Stores v->text in field. HD_ECONFIG, naming the value but not the
	 * key, if it is none of this type. */
	int (*set)(void *field, const struct hd_value *v, struct hd_err *err);
	bool (*valid)(const char *text);
	/* Takes away what a farther section gave the key of this name. NULL:
	 * all of the list. */
	void (*clear)(void *field, const char *name, struct hd_arena *arena);
	/* After a section: of what it set under one name the last counts. */
	void (*unite)(void *field, struct hd_arena *arena);
	bool list;                  /* the field is one; set() adds to it */
	const char *rule;           /* "... is not <rule>" */
	const char *const *choices; /* ends with NULL */
	bool may_be_empty;
	bool may_be_quoted; /* quotes around all of it mean something */
};

struct hd_key {
	struct hd_key_info info;
	enum hd_scope scope;
	unsigned places; /* of enum hd_place */
	size_t offset;   /* in struct hd_app, hd_env or hd_host */
	const struct hd_type *type;
	unsigned min, max;
	bool repeats;   /* a list: a nearer section replaces it */
	bool required;  /* the field is a text and must not stay NULL */
	bool host_word; /* {host} stands for the host's name */
};

struct hd_value {
	const struct hd_key *key;
	const char *name; /* as written: "env.LANG" */
	const char *text;
	struct hd_arena *arena;
};

#define HD_ENV_PREFIX "env."
#define HD_COMMAND_PREFIX "command."
#define HD_HOOK_PREFIX "hook."

/* NULL if there is no such key anywhere. */
const struct hd_key *hd_key_find(const char *name);
/* Row i, or NULL past the end. */
const struct hd_key *hd_key_row(size_t i);
/* The key of that place that was meant by a name that is none, in a: the same
 * in small letters, the same with its prefix (env.NODE_NAME, command.start),
 * or the nearest. NULL: no idea. */
const char *hd_key_meant(struct hd_arena *a, const char *name, unsigned place);

/* Stores v in into (the struct its scope names), which borrows v->text.
 * HD_ECONFIG, beginning with the key's name, if the value is bad. */
int hd_key_set(
    void *into, const struct hd_value *v, struct hd_err *err) HD_CHECK;
/* The default of every key of scope. */
void hd_key_defaults(void *into, enum hd_scope scope, struct hd_arena *arena);
/* Empties the list of a key that repeats; name: as written. */
void hd_key_clear(void *into, const struct hd_key *key, const char *name,
    struct hd_arena *arena);
/* What its type says is to be done after a section. */
void hd_key_unite(void *into, const struct hd_key *key, struct hd_arena *arena);
/* From now on into may be copied: each copy can be changed alone, and shares
 * what it leaves as it is. */
void hd_key_freeze(void *into, enum hd_scope scope);
/* Whether a text in into has {host}; and puts the host's name there. */
bool hd_key_has_words(const struct hd_host *into);
void hd_key_put_words(struct hd_host *into, struct hd_arena *arena);
/* True if the key is required and still unset. */
bool hd_key_missing(const void *into, const struct hd_key *key);

#endif
