#ifndef HD_KEYS_H
#define HD_KEYS_H

#include "core/inventory/inventory.h"

#include <stddef.h>

/* Sections that may contain a key. */
enum hd_place {
	HD_IN_APP = 1,
	HD_IN_DEFAULTS = 2,
	HD_IN_ENV = 4,
	HD_IN_HOST = 8, /* [env:host] */
};

/* The struct that a key is stored in. */
enum hd_scope { HD_SCOPE_APP, HD_SCOPE_ENV, HD_SCOPE_HOST };

struct hd_value;

/* How a value is read. Similar types share a set(). */
struct hd_type {
	/* Stores v->text in field. HD_ECONFIG, naming the value but not the
	 * key, if the text is not of this type. */
	int (*set)(void *field, const struct hd_value *v, struct hd_err *err);
	bool (*valid)(const char *text);
	/* Removes the values that a less specific section gave to the key of
	 * this name. NULL: empties the list. */
	void (*clear)(void *field, const char *name, struct hd_arena *arena);
	/* After a section: keeps the last of several values of one name. */
	void (*unite)(void *field, struct hd_arena *arena);
	bool list;                  /* the field is a list; set() appends */
	const char *rule;           /* "... is not <rule>" */
	const char *const *choices; /* ends with NULL */
	bool may_be_empty;
	bool may_be_quoted; /* quotes around the value have a meaning */
};

struct hd_key {
	const char *name;     /* "env.NAME" for the whole family */
	const char *kind;     /* of its value, in words: "duration" */
	const char *fallback; /* as written in deploy.ini, NULL: none */
	const char *help;     /* one line */
	enum hd_scope scope;
	unsigned places; /* of enum hd_place */
	size_t offset;   /* in struct hd_app, hd_env or hd_host */
	const struct hd_type *type;
	unsigned min, max;
	bool repeats;       /* a list, replaced by a more specific section */
	bool required;      /* the field is a string and must not stay NULL */
	bool may_have_host; /* {host} is replaced by the host's name */
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
#define HD_GROUP_PREFIX "group."

/* NULL if there is no such key. */
const struct hd_key *hd_key_find(const char *name);
/* Row i, or NULL after the last. */
const struct hd_key *hd_key_row(size_t i);
/* The key of that place that an unknown name probably meant, allocated in a:
 * the name in lower case, the name with a prefix (env.NODE_NAME,
 * command.start), or the most similar key. NULL: none is similar. */
const char *hd_key_meant(struct hd_arena *a, const char *name, unsigned place);

/* Stores v in into, the struct of the key's scope, which borrows v->text.
 * HD_ECONFIG, beginning with the key's name, if the value is invalid. */
int hd_key_set(
    void *into, const struct hd_value *v, struct hd_err *err) HD_CHECK;
/* Stores the default of every key of scope. */
void hd_key_defaults(void *into, enum hd_scope scope, struct hd_arena *arena);
/* Empties the list of a key that repeats. name: the key as written. */
void hd_key_clear(void *into, const struct hd_key *key, const char *name,
    struct hd_arena *arena);
/* Calls the type's unite(), after a section. */
void hd_key_unite(void *into, const struct hd_key *key, struct hd_arena *arena);
/* Allows copies of into: each copy can be changed on its own and shares the
 * lists that it does not change. */
void hd_key_freeze(void *into, enum hd_scope scope);
/* Whether a value in into contains {host}; and replaces it by the host's name.
 */
bool hd_key_has_host(const struct hd_host *into);
void hd_key_put_host(struct hd_host *into, struct hd_arena *arena);
/* Whether the key is required and still unset. */
bool hd_key_missing(const void *into, const struct hd_key *key);

#endif
