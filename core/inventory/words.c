/* Replaces {host} in the keys that may contain it. */
#include "core/inventory/keys.h"
#include "core/base/text.h"

#include <string.h>

#define HOST_WORD "{host}"

static bool
has_host(const char *text)
{
	return text != NULL && strstr(text, HOST_WORD) != NULL;
}

static bool
any_has_host(const struct hd_pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++)
		if (has_host(pairs->v[i].value))
			return true;
	return false;
}

bool
hd_key_has_host(const struct hd_host *into)
{
	const struct hd_key *key;

	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++) {
		const char *field = (const char *)into + key->offset;
		struct hd_pairs pairs = { 0 };
		const char *text = NULL;

		if (!key->may_have_host)
			continue;
		if (key->type->list)
			memcpy(&pairs, field, sizeof(pairs));
		else
			memcpy(&text, field, sizeof(text));
		if (has_host(text) || any_has_host(&pairs))
			return true;
	}
	return false;
}

static void
put_in_text(char *field, const char *host, struct hd_arena *arena)
{
	const char *text;

	memcpy(&text, field, sizeof(text));
	if (text == NULL)
		return;
	text = hd_text_replace(arena, text, HOST_WORD, host);
	memcpy(field, &text, sizeof(text));
}

static void
put_in_pairs(char *field, const char *host, struct hd_arena *arena)
{
	struct hd_pairs pairs, put = { 0 };

	memcpy(&pairs, field, sizeof(pairs));
	for (size_t i = 0; i < pairs.n; i++)
		*HD_PUSH(arena, &put) = (struct hd_pair){ pairs.v[i].name,
			hd_text_replace(
			    arena, pairs.v[i].value, HOST_WORD, host) };
	memcpy(field, &put, sizeof(put));
}

void
hd_key_put_host(struct hd_host *into, struct hd_arena *arena)
{
	const struct hd_key *key;

	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++) {
		char *field = (char *)into + key->offset;

		if (key->may_have_host && key->type->list)
			put_in_pairs(field, into->name, arena);
		else if (key->may_have_host)
			put_in_text(field, into->name, arena);
	}
}
