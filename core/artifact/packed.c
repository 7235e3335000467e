#include "core/artifact/packed.h"

#include "core/artifact/compare_private.h"

#include <string.h>

enum { MOST = 400, NAME = 120, TEXT = 160, DIGEST = 16 };

/* Other characters than those of names become "_". */
static const char *
name_of(struct hd_arena *arena, const char *name)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_.@+-/";
	char *out = hd_arena_strndup(arena, name, NAME);

	for (char *p = out; *p != '\0'; p++)
		if (*p == ' ' || *p == '\t')
			*p = '/';
		else if (strchr(plain, *p) == NULL)
			*p = '_';
	return out[0] != '\0' ? out : "-";
}

static const char *
text_of(struct hd_arena *arena, const char *text)
{
	bool whole = strlen(text) <= TEXT;
	char *out =
	    hd_arena_fmt(arena, "%.*s%s", TEXT, text, whole ? "" : "...");

	for (char *p = out; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return out;
}

static const char *
digest_of(struct hd_arena *arena, struct hd_sha256 *h, const char *value)
{
	char hex[HD_SHA256_HEX];

	hd_sha256_add(h, value, strlen(value));
	hd_sha256_hex(h, hex);
	return hd_arena_strndup(arena, hex, DIGEST);
}

static void
add(struct hd_packed_list *out, struct hd_arena *arena,
    const struct hd_nameds *list)
{
	struct hd_sha256 *h = hd_sha256_new();

	for (size_t i = 0; i < list->n && i < MOST; i++) {
		const struct hd_named *one = &list->v[i];

		*HD_PUSH(arena, out) = (struct hd_packed){
			.name = name_of(arena, one->name),
			.digest = digest_of(arena, h, one->value),
			.text = text_of(arena, one->shown),
		};
	}
	hd_sha256_free(h);
}

void
hd_packed_settings(struct hd_packed_list *out, struct hd_arena *arena,
    const struct hd_artifact *a)
{
	struct hd_nameds list = { 0 };

	if (hd_is_readable(a, a->config_path))
		list = hd_named_settings(arena, a);
	add(out, arena, &list);
}

void
hd_packed_arguments(struct hd_packed_list *out, struct hd_arena *arena,
    const struct hd_artifact *a)
{
	struct hd_nameds list = { 0 };

	if (hd_is_readable(a, a->vm_args_path))
		list = hd_named_arguments(arena, a);
	add(out, arena, &list);
}

static void
write_all(
    struct hd_str *out, const char *key, const struct hd_packed_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		hd_str_addf(out, "%s %s %s %s\n", key, list->v[i].name,
		    list->v[i].digest, list->v[i].text);
}

void
hd_packed_write(struct hd_str *out, const struct hd_artifact *a)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_packed_list settings = { 0 }, arguments = { 0 };

	hd_packed_settings(&settings, &arena, a);
	hd_packed_arguments(&arguments, &arena, a);
	write_all(out, "setting", &settings);
	write_all(out, "argument", &arguments);
}
