/* docs/events.md describes these events. */
#include "cmd/inspect.h"

#include <string.h>

enum { DETAILS_MAX = 12 };

/* An event that is being filled in. */
struct item {
	const struct hd_sink *sink;
	const char *event;
	struct hd_detail details[DETAILS_MAX];
	size_t n;
};

static struct item
begin(const struct hd_sink *sink, const char *event)
{
	return (struct item){ .sink = sink, .event = event };
}

/* A missing text is left out. */
static void
text(struct item *i, const char *key, const char *value)
{
	if (value != NULL)
		i->details[i->n++] = (struct hd_detail){ key, value, 0 };
}

static void
number(struct item *i, const char *key, uint64_t value)
{
	i->details[i->n++] = (struct hd_detail){ key, NULL, (int64_t)value };
}

static void
end(const struct item *i)
{
	hd_emit(i->sink, (struct hd_event){ .kind = HD_EV_ITEM,
			     .step = i->event,
			     .details = i->details,
			     .ndetails = i->n });
}

static void
emit_release(const struct hd_sink *sink, const struct hd_artifact *a)
{
	struct item i = begin(sink, "release");

	text(&i, "name", a->name);
	text(&i, "version", a->version);
	text(&i, "erts", a->erts);
	text(&i, "identity", a->identity);
	text(&i, "sha256", a->sha256);
	number(&i, "size", a->size);
	number(&i, "unpacked", a->unpacked);
	number(&i, "files", a->entries.n);
	end(&i);
}

static void
emit_applications(const struct hd_inspection *x, const struct hd_sink *sink)
{
	for (size_t k = 0; k < x->applications.n; k++) {
		const struct hd_application *app = x->applications.v[k];
		struct item i = begin(sink, "application");

		text(&i, "name", app->name);
		text(&i, "version", app->version);
		text(&i, "appup", app->appup ? "yes" : "no");
		end(&i);
	}
}

static void
emit_entry(const struct hd_sink *sink, const char *from, const char *to,
    bool down, const struct hd_relup_entry *e)
{
	HD_AUTO_STR effect = HD_STR_INIT(HD_WAY_MAX);
	HD_AUTO_ARENA arena = { 0 };
	struct item i = begin(sink, "relup");
	const char *restarts = NULL;

	text(&i, "direction", down ? "down" : "up");
	text(&i, "from", from);
	text(&i, "to", to);
	text(&i, "mode", hd_way_mode(e));
	for (size_t k = 0; e != NULL && k < e->restarts.n; k++)
		restarts = hd_arena_fmt(&arena, "%s%s%s",
		    restarts != NULL ? restarts : "",
		    restarts != NULL ? ", " : "", e->restarts.v[k]);
	text(&i, "restarts", restarts);
	if (e != NULL) {
		hd_way_describe(&effect, e);
		text(&i, "text", effect.ptr);
	}
	end(&i);
}

static void
emit_relup(const struct hd_inspection *x, const struct hd_sink *sink)
{
	const char *version = x->new->version;

	if (hd_inspect_builds(x))
		return;
	if (x->old != NULL) {
		emit_entry(
		    sink, x->old->version, version, false, x->changes.up);
		emit_entry(
		    sink, version, x->old->version, true, x->changes.down);
		return;
	}
	for (size_t k = 0; k < x->new->relup.n; k++) {
		const struct hd_relup_entry *e = &x->new->relup.v[k];

		emit_entry(sink, e->down ? version : e->from,
		    e->down ? e->from : version, e->down, e);
	}
}

static void
emit_needs(const struct hd_inspection *x, const struct hd_sink *sink)
{
	for (size_t k = 0; k < x->demands.n; k++) {
		const struct hd_demand *d = &x->demands.v[k];
		struct item i = begin(sink, "need");

		text(&i, "name", d->name);
		text(&i, "value", d->value[0] != '\0' ? d->value : NULL);
		text(&i, "path", d->path);
		end(&i);
	}
}

static void
emit_differences(const struct hd_inspection *x, const struct hd_sink *sink)
{
	static const char *const missed[] = { NULL, "up", "down", "up, down" };

	for (size_t k = 0; k < x->changes.differences.n; k++) {
		const struct hd_difference *d = &x->changes.differences.v[k];
		struct item i = begin(sink, "difference");

		text(&i, "of", hd_area_words[d->area].of);
		text(&i, "name", d->name);
		text(&i, "before", d->before);
		text(&i, "after", d->after);
		text(&i, "text", d->note);
		text(&i, "up", d->up);
		text(&i, "down", d->down);
		text(&i, "missed", missed[d->missed_up + 2 * d->missed_down]);
		end(&i);
	}
}

static void
emit_problems(const struct hd_inspection *x, const struct hd_sink *sink)
{
	for (size_t k = 0; k < x->problems.n; k++) {
		const struct hd_flaw *p = &x->problems.v[k];
		struct item i = begin(sink, "problem");

		text(&i, "version", p->version);
		text(&i, "path", p->path);
		text(&i, "text", p->text);
		end(&i);
	}
}

void
hd_inspect_json(const struct hd_inspection *x, const struct hd_sink *sink)
{
	if (x->old != NULL)
		emit_release(sink, x->old);
	emit_release(sink, x->new);
	emit_problems(x, sink);
	emit_relup(x, sink);
	if (x->old != NULL) {
		emit_differences(x, sink);
		return;
	}
	emit_applications(x, sink);
	emit_needs(x, sink);
}
