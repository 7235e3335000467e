#include "core/event_json.h"

#include <string.h>

static const struct {
	const char *key;
	size_t offset;
} texts[] = {
	{ "host", offsetof(struct hd_report, host) },
	{ "before", offsetof(struct hd_report, before) },
	{ "after", offsetof(struct hd_report, after) },
	{ "boots", offsetof(struct hd_report, boots) },
	{ "result", offsetof(struct hd_report, result) },
	{ "mode", offsetof(struct hd_report, mode) },
	{ "verdict", offsetof(struct hd_report, verdict) },
	{ "text", offsetof(struct hd_report, text) },
};

void
hd_event_json_sent(struct hd_json *o, uint64_t sent, uint64_t size)
{
	if (size == 0)
		return;
	hd_json_int(o, "sent", (int64_t)sent);
	hd_json_int(o, "size", (int64_t)size);
}

void
hd_event_json_read_report(struct hd_report *r, const struct hd_json *o)
{
	*r = (struct hd_report){ .ms = hd_json_get_int(o, "ms"),
		.sent = (uint64_t)hd_json_get_int(o, "sent"),
		.size = (uint64_t)hd_json_get_int(o, "size") };
	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		const char *text = hd_json_get(o, texts[i].key);

		memcpy((char *)r + texts[i].offset, &text, sizeof(text));
	}
}

void
hd_event_json_report(struct hd_json *o, const struct hd_report *r, bool check)
{
	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		const char *text;

		memcpy(&text, (const char *)r + texts[i].offset, sizeof(text));
		hd_json_text(o, texts[i].key, text);
	}
	if (r->ms > 0)
		hd_json_int(o, "ms", r->ms);
	hd_event_json_sent(o, r->sent, r->size);
	if (!check)
		return;
	hd_json_int(o, "stops", r->stops);
	hd_json_int(o, "warnings", r->warnings);
	hd_json_int(o, "notes", r->notes);
}
