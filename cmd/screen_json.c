#include "cmd/screen_json.h"

#include "cmd/version.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/event_json.h"

#include <string.h>

/* The fields of each kind of event. */
enum {
	HOST = 1 << 0,
	STEP = 1 << 1,
	RESULT = 1 << 2,
	TEXT = 1 << 3,
	BEFORE = 1 << 4,
	AFTER = 1 << 5,
	MS = 1 << 6,
	BYTES = 1 << 7,
	REPORT = 1 << 8,
	STATUS = 1 << 9,
	PAST = 1 << 10,
	DETAILS = 1 << 11,
	NAME = 1 << 12,
	WEIGHT = 1 << 13,
	VERDICT = 1 << 14,
	SENT = 1 << 15,
	COUNT = 1 << 16,
	NUMBER = 1 << 17,
	TOOK = 1 << 18,
	LEFT = 1 << 19,
};

static const struct {
	const char *name;
	unsigned fields;
} kinds[HD_EV_KINDS] = {
	[HD_EV_START] = { "start", NAME | TEXT },
	[HD_EV_PLAN] = { "plan", HOST | BEFORE | AFTER | RESULT | TEXT },
	[HD_EV_STEP] = { "step",
	    HOST | STEP | AFTER | RESULT | MS | SENT | TEXT },
	[HD_EV_OUTPUT] = { "output", HOST | STEP | TEXT },
	[HD_EV_PROGRESS] = { "progress", HOST | STEP | BYTES },
	[HD_EV_NOTE] = { "note", HOST | TEXT },
	[HD_EV_ERROR] = { "error", HOST | WEIGHT | TEXT },
	[HD_EV_PAST] = { "past", HOST | PAST },
	[HD_EV_ITEM] = { .fields = DETAILS }, /* it names itself */
	[HD_EV_FINDING] = { "finding", HOST | NAME | WEIGHT | TEXT },
	[HD_EV_SETTING] = { "setting",
	    HOST | NAME | RESULT | BEFORE | AFTER | TEXT },
	[HD_EV_PROOF] = { "proof", HOST | BEFORE | AFTER | VERDICT | TEXT },
	[HD_EV_PHASE] = { "phase", NAME | COUNT | TEXT },
	[HD_EV_WAVE] = { "wave", NUMBER | COUNT | TOOK | LEFT | TEXT },
	[HD_EV_HEALTH] = { "health", HOST | NAME | RESULT | MS | TEXT },
	[HD_EV_PASS] = { "pass", NUMBER | TOOK | LEFT | STATUS },
	[HD_EV_CHANGE] = { "change", HOST | NAME | BEFORE | AFTER },
	[HD_EV_HOST] = { "host", REPORT },
	[HD_EV_SUMMARY] = { "summary", STATUS },
};

static const struct {
	unsigned bit;
	const char *key;
	size_t offset;
} texts[] = {
	{ HOST, "host", offsetof(struct hd_event, host) },
	{ STEP, "step", offsetof(struct hd_event, step) },
	{ BEFORE, "before", offsetof(struct hd_event, before) },
	{ AFTER, "after", offsetof(struct hd_event, after) },
	{ NAME, "name", offsetof(struct hd_event, name) },
	{ WEIGHT, "weight", offsetof(struct hd_event, weight) },
	{ VERDICT, "verdict", offsetof(struct hd_event, verdict) },
	{ RESULT, "result", offsetof(struct hd_event, result) },
	{ TEXT, "text", offsetof(struct hd_event, text) },
};

/* The time of the change is "changed": "time" is that of the event. */
static const struct {
	const char *key;
	size_t offset;
} past_texts[] = {
	{ "id", offsetof(struct hd_past, id) },
	{ "changed", offsetof(struct hd_past, time) },
	{ "who", offsetof(struct hd_past, who) },
	{ "job", offsetof(struct hd_past, job) },
	{ "command", offsetof(struct hd_past, command) },
	{ "before", offsetof(struct hd_past, from) },
	{ "after", offsetof(struct hd_past, to) },
	{ "sha256", offsetof(struct hd_past, sha256) },
	{ "result", offsetof(struct hd_past, result) },
	{ "mode", offsetof(struct hd_past, mode) },
	{ "undoes", offsetof(struct hd_past, undoes) },
	{ "run", offsetof(struct hd_past, run) },
};

static const char *
text_at(const void *p, size_t offset)
{
	const char *text;

	memcpy(&text, (const char *)p + offset, sizeof(text));
	return text;
}

static void
add_summary(struct hd_json *o, const struct hd_event *ev)
{
	hd_json_int(o, "status", ev->status);
	hd_json_append(o, "hosts", NULL);
	for (size_t i = 0; i < ev->nreports; i++) {
		struct hd_json *item = hd_json_new();

		hd_event_json_report(item, &ev->reports[i], ev->check);
		hd_json_append(o, "hosts", item);
	}
}

static void
add_past(struct hd_json *o, const struct hd_past *past)
{
	for (size_t i = 0; i < HD_COUNT(past_texts); i++)
		hd_json_text(
		    o, past_texts[i].key, text_at(past, past_texts[i].offset));
	if (past->ms > 0)
		hd_json_int(o, "ms", past->ms);
}

static void
add_details(struct hd_json *o, const struct hd_event *ev)
{
	for (size_t i = 0; i < ev->ndetails; i++) {
		const struct hd_detail *d = &ev->details[i];

		if (d->text != NULL)
			hd_json_text(o, d->key, d->text);
		else
			hd_json_int(o, d->key, d->number);
	}
}

static void
add_fields(struct hd_json *o, const struct hd_event *ev, unsigned fields)
{
	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		if ((fields & texts[i].bit) != 0)
			hd_json_text(
			    o, texts[i].key, text_at(ev, texts[i].offset));
	}
	if ((fields & MS) != 0 && ev->result != NULL &&
	    strcmp(ev->result, HD_STEP_BEGIN) != 0)
		hd_json_int(o, "ms", ev->ms);
	if ((fields & NUMBER) != 0)
		hd_json_int(o, "number", (int64_t)ev->done);
	if ((fields & TOOK) != 0)
		hd_json_int(o, "ms", ev->ms);
	if ((fields & LEFT) != 0 && ev->left >= 0)
		hd_json_int(o, "left_ms", ev->left);
	if ((fields & COUNT) != 0 && ev->size > 0)
		hd_json_int(o, "count", (int64_t)ev->size);
	if ((fields & SENT) != 0)
		hd_event_json_sent(o, ev->sent, ev->size);
	if ((fields & BYTES) != 0) {
		hd_json_int(o, "done", (int64_t)ev->done);
		hd_json_int(o, "size", (int64_t)ev->size);
	}
	if ((fields & REPORT) != 0 && ev->nreports > 0)
		hd_event_json_report(o, &ev->reports[0], ev->check);
	if ((fields & PAST) != 0 && ev->past != NULL)
		add_past(o, ev->past);
	if ((fields & DETAILS) != 0)
		add_details(o, ev);
	if ((fields & STATUS) != 0)
		add_summary(o, ev);
}

const char *
hd_screen_json_name(enum hd_event_kind kind)
{
	return kinds[kind].name;
}

static struct hd_json *
begin(const char *event, int64_t at)
{
	struct hd_json *o = hd_json_new();
	char time[32];

	hd_clock_text(time, at);
	hd_json_text(o, "event", event);
	hd_json_text(o, "time", time);
	return o;
}

/* Writes o as one line and frees it. */
static void
end(struct hd_json *o, FILE *out)
{
	HD_AUTO_STR dump = HD_STR_INIT(64 * 1024 * 1024);

	hd_json_dump(o, &dump);
	hd_json_free(o);
	fprintf(out, "%s\n", dump.ptr);
	fflush(out);
}

static void
emit(void *ctx, const struct hd_event *ev)
{
	bool item = ev->kind == HD_EV_ITEM;
	const char *name = item ? ev->step : hd_screen_json_name(ev->kind);
	struct hd_json *o;

	if (name == NULL)
		return;
	o = begin(name, ev->at != 0 ? ev->at : hd_clock_wall());
	add_fields(o, ev, kinds[ev->kind].fields);
	end(o, ctx);
}

static void
read_summary(struct hd_event *ev, struct hd_arena *a, const struct hd_json *o)
{
	size_t n = hd_json_count(o, "hosts");
	struct hd_report *reports =
	    hd_arena_alloc(a, (n + 1) * sizeof(*reports));

	for (size_t i = 0; i < n; i++) {
		const struct hd_json *item = hd_json_item(o, "hosts", i);

		if (item == NULL || hd_json_get(item, "host") == NULL)
			continue;
		ev->check = ev->check || hd_json_has(item, "stops");
		hd_event_json_read_report(&reports[ev->nreports++], item);
	}
	ev->reports = reports;
	ev->status = (int)hd_json_get_int(o, "status");
}

static bool
find_kind(enum hd_event_kind *kind, const char *name)
{
	for (size_t i = 0; i < HD_EV_KINDS; i++) {
		if (kinds[i].name == NULL || strcmp(kinds[i].name, name) != 0)
			continue;
		*kind = (enum hd_event_kind)i;
		return true;
	}
	return false;
}

/* A log can have any number: an absurd one becomes 0. */
static int64_t
read_ms(const struct hd_json *o)
{
	static const int64_t year = 366ll * 24 * 60 * 60 * 1000;
	int64_t ms = hd_json_get_int(o, "ms");

	return ms >= 0 && ms <= year ? ms : 0;
}

bool
hd_screen_json_read(
    struct hd_event *ev, struct hd_arena *a, const struct hd_json *o)
{
	const char *name = hd_json_get(o, "event");
	const char *time = hd_json_get(o, "time");

	*ev = (struct hd_event){ .ms = read_ms(o) };
	if (name == NULL || !find_kind(&ev->kind, name))
		return false;
	if (time == NULL || !hd_clock_read(&ev->at, time))
		return false;
	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		const char *text = hd_json_get(o, texts[i].key);

		if ((kinds[ev->kind].fields & texts[i].bit) != 0)
			memcpy(
			    (char *)ev + texts[i].offset, &text, sizeof(text));
	}
	if (ev->kind == HD_EV_PHASE)
		ev->size = (uint64_t)hd_json_get_int(o, "count");
	if (ev->kind == HD_EV_SUMMARY)
		read_summary(ev, a, o);
	return true;
}

struct hd_sink
hd_screen_json(FILE *out)
{
	struct hd_json *o = begin("version", hd_clock_wall());

	hd_json_text(o, "hdeploy", HD_VERSION);
	hd_json_int(o, "format", HD_SCREEN_JSON_FORMAT);
	end(o, out);
	return (struct hd_sink){ .emit = emit, .ctx = out };
}
