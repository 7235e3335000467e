#include "core/base/json.h"

#include "core/base/alloc.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* struct hd_json is never defined: every pointer to it is a json_t pointer. */
static json_t *
in(struct hd_json *o)
{
	return (json_t *)o;
}

static const json_t *
in_const(const struct hd_json *o)
{
	return (const json_t *)o;
}

/* If memory ran out, jansson would report good JSON as invalid. */
static void
use_own_memory(void)
{
	json_set_alloc_funcs(hd_alloc, free);
}

static void
begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, use_own_memory);
}

struct hd_json *
hd_json_new(void)
{
	json_t *o;

	begin();
	o = json_object();
	if (o == NULL)
		hd_alloc_failed();
	return (struct hd_json *)o;
}

void
hd_json_free(struct hd_json *o)
{
	json_decref(in(o));
}

/* Length of the UTF-8 sequence at p (1 to 4), or 0 if it is invalid. */
static size_t
sequence(const unsigned char *p, size_t n)
{
	static const struct {
		unsigned char mask, lead, min2, max2;
	} forms[] = {
		/* RFC 3629, section 4 */
		{ 0x80, 0x00, 0, 0 },
		{ 0xff, 0xe0, 0xa0, 0xbf },
		{ 0xff, 0xed, 0x80, 0x9f },
		{ 0xff, 0xf0, 0x90, 0xbf },
		{ 0xff, 0xf4, 0x80, 0x8f },
		{ 0xe0, 0xc0, 0x80, 0xbf },
		{ 0xf0, 0xe0, 0x80, 0xbf },
		{ 0xf8, 0xf0, 0x80, 0xbf },
	};
	size_t len;

	if (p[0] == 0xc0 || p[0] == 0xc1 || p[0] > 0xf4)
		return 0;
	for (size_t i = 0; i < HD_COUNT(forms); i++) {
		if ((p[0] & forms[i].mask) != forms[i].lead)
			continue;
		len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
		if (len > n ||
		    (len > 1 && (p[1] < forms[i].min2 || p[1] > forms[i].max2)))
			return 0;
		for (size_t k = 2; k < len; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		}
		return len;
	}
	return 0;
}

static json_t *
text_value(const char *text)
{
	struct hd_str clean;
	size_t n = strlen(text);
	json_t *value;

	hd_str_init(&clean, 3 * n + 1);
	while (n > 0) {
		size_t len = sequence((const unsigned char *)text, n);

		if (len == 0)
			hd_str_add(&clean, "\xef\xbf\xbd");
		else
			hd_str_addn(&clean, text, len);
		len = len > 0 ? len : 1;
		text += len;
		n -= len;
	}
	value = json_stringn(clean.ptr, clean.len);
	hd_str_done(&clean);
	if (value == NULL)
		hd_alloc_failed();
	return value;
}

static void
set(struct hd_json *o, const char *key, json_t *value)
{
	if (json_object_set_new(in(o), key, value) != 0)
		hd_alloc_failed();
}

void
hd_json_text(struct hd_json *o, const char *key, const char *text)
{
	if (text != NULL)
		set(o, key, text_value(text));
}

void
hd_json_int(struct hd_json *o, const char *key, int64_t value)
{
	set(o, key, json_integer(value));
}

void
hd_json_append(struct hd_json *o, const char *key, struct hd_json *item)
{
	if (json_object_get(in(o), key) == NULL)
		set(o, key, json_array());
	if (item != NULL &&
	    json_array_append_new(json_object_get(in(o), key), in(item)) != 0)
		hd_alloc_failed();
}

void
hd_json_dump(const struct hd_json *o, struct hd_str *out)
{
	char *text = json_dumps(in_const(o), JSON_COMPACT);

	if (text == NULL)
		hd_alloc_failed();
	hd_str_add(out, text);
	free(text);
}

struct hd_json *
hd_json_parse(const char *text)
{
	json_t *o;

	begin();
	o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (o != NULL && !json_is_object(o)) {
		json_decref(o);
		o = NULL;
	}
	return (struct hd_json *)o;
}

const char *
hd_json_get(const struct hd_json *o, const char *key)
{
	return json_string_value(json_object_get(in_const(o), key));
}

int64_t
hd_json_get_int(const struct hd_json *o, const char *key)
{
	return json_integer_value(json_object_get(in_const(o), key));
}

bool
hd_json_has(const struct hd_json *o, const char *key)
{
	return json_object_get(in_const(o), key) != NULL;
}

size_t
hd_json_count(const struct hd_json *o, const char *key)
{
	return json_array_size(json_object_get(in_const(o), key));
}

const struct hd_json *
hd_json_item(const struct hd_json *o, const char *key, size_t i)
{
	const json_t *item =
	    json_array_get(json_object_get(in_const(o), key), i);

	return json_is_object(item) ? (const struct hd_json *)item : NULL;
}

const char *
hd_json_library(void)
{
	return jansson_version_str();
}
