/* The values of keys, in struct hd_app, hd_env and hd_host. */
#include "core/inventory/keys.h"

#include <stdlib.h>
#include <string.h>

/* hd_key_clear() and hd_key_freeze() treat every list as hd_strs. */
_Static_assert(
    sizeof(((struct hd_host *)0)->health) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->batch) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->groups) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->canary) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->sources) == sizeof(struct hd_strs) &&
	sizeof(struct hd_pairs) == sizeof(struct hd_strs) &&
	sizeof(struct hd_hooks) == sizeof(struct hd_strs),
    "all lists have one shape");

/* Other INI formats have quotes; deploy.ini does not. */
static bool
quoted(const char *text)
{
	size_t n = strlen(text);

	return n > 1 && strchr("\"'", text[0]) != NULL &&
	       text[n - 1] == text[0];
}

int
hd_key_set(void *into, const struct hd_value *v, struct hd_err *err)
{
	const struct hd_key *key = v->key;

	if (*v->text == '\0' && !key->type->may_be_empty)
		return hd_err_set(err, HD_ECONFIG,
		    "%s has no value: give it one, or remove the line",
		    v->name);
	if (quoted(v->text) && !key->type->may_be_quoted)
		return hd_err_set(err, HD_ECONFIG,
		    "write %s without quotes: %s = %.*s", v->name, v->name,
		    (int)strlen(v->text) - 2, v->text + 1);
	if (key->type->set((char *)into + key->offset, v, err) < 0)
		return hd_err_prefix(err, "%s", v->name);
	return 0;
}

void
hd_key_defaults(void *into, enum hd_scope scope, struct hd_arena *arena)
{
	const struct hd_key *key;

	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++) {
		struct hd_value v = {
			.key = key,
			.name = key->name,
			.text = key->fallback,
			.arena = arena,
		};
		struct hd_err err;

		/* A default that its own type refuses is a bug of ours. */
		if (key->scope == scope && v.text != NULL &&
		    hd_key_set(into, &v, &err) < 0)
			abort();
	}
}

void
hd_key_clear(void *into, const struct hd_key *key, const char *name,
    struct hd_arena *arena)
{
	void *field = (char *)into + key->offset;

	if (key->type->clear != NULL)
		key->type->clear(field, name, arena);
	else
		memset(field, 0, sizeof(struct hd_strs));
}

void
hd_key_unite(void *into, const struct hd_key *key, struct hd_arena *arena)
{
	key->type->unite((char *)into + key->offset, arena);
}

/* With no capacity left, appending to the list copies it first. */
void
hd_key_freeze(void *into, enum hd_scope scope)
{
	const struct hd_key *key;

	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++) {
		char *field = (char *)into + key->offset;
		struct hd_strs list;

		if (key->scope != scope || !key->type->list)
			continue;
		memcpy(&list, field, sizeof(list));
		list.cap = list.n;
		memcpy(field, &list, sizeof(list));
	}
}

bool
hd_key_missing(const void *into, const struct hd_key *key)
{
	const char *text;

	if (!key->required)
		return false;
	memcpy(&text, (const char *)into + key->offset, sizeof(text));
	return text == NULL;
}
