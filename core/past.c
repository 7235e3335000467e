#include "core/past.h"

#include "core/base/json.h"

#include <stddef.h>
#include <string.h>

/*
 * A line is one JSON object without blanks between its members, which have this
 * order. Unknown values are left out:
 *
 *	{"id":"ID","time":"...","who":"...","command":"NAME", ... ,"ms":4200}
 *
 * core/remote/change.sh relies on this form: it reads the id from the start of
 * a line, searches for the command, and writes a line when the host reverts.
 */
static const struct {
	const char *key;
	size_t offset;
} fields[] = {
	{ "id", offsetof(struct hd_past, id) },
	{ "time", offsetof(struct hd_past, time) },
	{ "who", offsetof(struct hd_past, who) },
	{ "job", offsetof(struct hd_past, job) },
	{ "command", offsetof(struct hd_past, command) },
	{ "from", offsetof(struct hd_past, from) },
	{ "to", offsetof(struct hd_past, to) },
	{ "sha256", offsetof(struct hd_past, sha256) },
	{ "result", offsetof(struct hd_past, result) },
	{ "mode", offsetof(struct hd_past, mode) },
	{ "undoes", offsetof(struct hd_past, undoes) },
	{ "going", offsetof(struct hd_past, going) },
	{ "vm", offsetof(struct hd_past, vm) },
	{ "sick", offsetof(struct hd_past, sick) },
	{ "run", offsetof(struct hd_past, run) },
};

/* The mode as older versions of hdeploy wrote it: under "hot". */
static const char *
old_mode(const struct hd_json *o, struct hd_arena *a)
{
	const char *hot = hd_json_get(o, "hot");

	if (hot == NULL)
		return NULL;
	return strcmp(hot, "partial") == 0 ? "hot, partial"
					   : hd_arena_strdup(a, hot);
}

bool
hd_past_read(struct hd_past *past, struct hd_arena *a, const char *json)
{
	struct hd_json *o = hd_json_parse(json);

	if (o == NULL)
		return false;
	*past = (struct hd_past){ .ms = hd_json_get_int(o, "ms") };
	for (size_t i = 0; i < HD_COUNT(fields); i++) {
		const char *text = hd_json_get(o, fields[i].key);
		const char *copy = text ? hd_arena_strdup(a, text) : NULL;

		memcpy((char *)past + fields[i].offset, &copy, sizeof(copy));
	}
	if (past->mode == NULL)
		past->mode = old_mode(o, a);
	hd_json_free(o);
	return true;
}

void
hd_past_copy(
    struct hd_past *out, struct hd_arena *a, const struct hd_past *past)
{
	*out = (struct hd_past){ .ms = past->ms };
	for (size_t i = 0; i < HD_COUNT(fields); i++) {
		const char *text, *copy;

		memcpy(
		    &text, (const char *)past + fields[i].offset, sizeof(text));
		copy = text != NULL ? hd_arena_strdup(a, text) : NULL;
		memcpy((char *)out + fields[i].offset, &copy, sizeof(copy));
	}
}

void
hd_past_write(const struct hd_past *past, struct hd_str *json)
{
	struct hd_json *o = hd_json_new();

	for (size_t i = 0; i < HD_COUNT(fields); i++) {
		const char *text;

		memcpy(
		    &text, (const char *)past + fields[i].offset, sizeof(text));
		hd_json_text(o, fields[i].key, text);
	}
	if (past->ms > 0)
		hd_json_int(o, "ms", past->ms);
	hd_json_dump(o, json);
	hd_json_free(o);
}
