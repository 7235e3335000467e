#include "cmd/changes.h"

#include "cmd/fold.h"
#include "cmd/host_table.h"
#include "cmd/reasons.h"
#include "cmd/result_words.h"
#include "core/base/clock.h"
#include "core/inventory/fold.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 8 * 1024, NAMES = 4 * 1024, INDENT = 2 };

/* One host that changed. */
struct change {
	const char *host;
	const char *text;   /* "ok -> failed, running 0.1.0 -> 0.2.0" */
	bool result;        /* text begins with its result */
	const char *reason; /* the reason before, if only that changed */
};

struct hd_changes {
	struct hd_host_table hosts;
	bool color;
};

struct hd_changes *
hd_changes_new(bool color)
{
	struct hd_changes *c = hd_alloc(sizeof(*c));

	c->color = color;
	return c;
}

void
hd_changes_free(struct hd_changes *c)
{
	if (c != NULL)
		hd_host_table_done(&c->hosts);
	free(c);
}

static const char *
or_nothing(const char *version)
{
	return version != NULL ? version : "nothing";
}

static void
take_result(struct hd_changes *c, struct change *host, const char *before,
    const char *after)
{
	host->result = true;
	host->text = hd_arena_fmt(&c->hosts.arena, "%s -> %s%s%s", before,
	    hd_color_of(after, c->color), after, hd_color_end(after, c->color));
}

void
hd_changes_take(struct hd_changes *c, const struct hd_event *ev)
{
	struct hd_arena *a = &c->hosts.arena;
	struct change *host =
	    hd_host_table_at(&c->hosts, ev->host, sizeof(*host));
	const char *name = ev->name != NULL ? ev->name : "";

	if (strcmp(name, "result") == 0 && ev->before != NULL &&
	    ev->after != NULL)
		take_result(c, host, ev->before, ev->after);
	else if (strcmp(name, "reason") == 0)
		host->reason =
		    hd_arena_strdup(a, ev->before != NULL ? ev->before : "");
	else
		host->text = hd_arena_fmt(a, "%s%s%s %s -> %s",
		    host->text != NULL ? host->text : "",
		    host->text != NULL ? ", " : "", name,
		    or_nothing(ev->before), or_nothing(ev->after));
}

/* A result that did not change comes first if its reason did. */
static const char *
line_of(struct hd_arena *a, const struct change *host,
    const struct hd_report *now, const char *reason)
{
	const char *before = host->reason != NULL ? host->reason : "";
	const char *text = host->text != NULL ? host->text : "";
	const char *more = *text != '\0' ? ", " : "";

	if (host->reason == NULL && !host->result)
		return text;
	if (host->reason == NULL)
		return reason == NULL ? text
				      : hd_arena_fmt(a, "%s: %s", text, reason);
	if (reason != NULL)
		return hd_arena_fmt(
		    a, "%s%sstill %s: %s", text, more, now->result, reason);
	return hd_arena_fmt(
	    a, "%s%sstill %s; no longer: %s", text, more, now->result, before);
}

/* Hosts that changed in the same way. */
struct group {
	const char *line;
	const char
	    *alone; /* the line of the first host, if there is no other */
	struct hd_strs hosts;
};
struct groups {
	struct hd_arena arena;
	struct hd_index places; /* line -> 1 + place in v */
	struct group *v;
	size_t n, cap;
};

/* reason: of all hosts that have it, see cmd/reasons.h; NULL: none. */
static void
add(struct groups *g, const struct change *host, const struct hd_report *now,
    const char *reason)
{
	const char *common =
	    reason != NULL ? hd_arena_strdup(&g->arena, reason) : NULL;
	const char *line = line_of(&g->arena, host, now, common);
	size_t *place = hd_index_at(&g->places, &g->arena, line);

	if (*place == 0) {
		*HD_PUSH(&g->arena, g) = (struct group){
			.line = line,
			.alone = line_of(&g->arena, host, now,
			    reason != NULL ? now->text : NULL),
		};
		*place = g->n;
	}
	*HD_PUSH(&g->arena, &g->v[*place - 1].hosts) = now->host;
}

static void
group(struct groups *g, const struct hd_changes *c, const struct hd_event *pass)
{
	struct hd_reasons reasons;

	hd_reasons_read(&reasons, pass);
	for (size_t i = 0; i < pass->nreports; i++) {
		const struct hd_report *now = &pass->reports[i];
		size_t at = hd_index_get(&c->hosts.places, now->host);
		size_t of = reasons.of[i];

		if (at > 0)
			add(g, c->hosts.v[at - 1], now,
			    of != SIZE_MAX ? reasons.v[of].text : NULL);
	}
	hd_reasons_done(&reasons);
}

static void
print_group(FILE *out, const struct group *g, const char *time, size_t columns)
{
	HD_AUTO_STR names = HD_STR_INIT(NAMES);
	HD_AUTO_STR line = HD_STR_INIT(LINE);

	hd_names_fold(&names, g->hosts.v, g->hosts.n, "", ", ");
	if (names.failed)
		hd_str_addf(&line, "%s  %s and %zu more  %s", time,
		    g->hosts.v[0], g->hosts.n - 1, g->line);
	else
		hd_str_addf(&line, "%s  %s  %s", time, names.ptr,
		    g->hosts.n == 1 ? g->alone : g->line);
	hd_fold(out, line.ptr, 0, INDENT, columns > 0 ? columns : SIZE_MAX);
}

void
hd_changes_time(char out[static HD_CHANGES_TIME], int64_t at)
{
	char text[32];

	hd_clock_text(text, at);
	snprintf(out, HD_CHANGES_TIME, "%.19sZ", text);
}

size_t
hd_changes_print(struct hd_changes *c, FILE *out, const struct hd_event *pass,
    size_t columns)
{
	char time[HD_CHANGES_TIME];
	struct groups g = { 0 };
	size_t n;

	if (c->hosts.n == 0)
		return 0;
	hd_changes_time(time, pass->at);
	group(&g, c, pass);
	for (size_t i = 0; i < g.n; i++)
		print_group(out, &g.v[i], time, columns);
	n = g.n;
	hd_arena_done(&g.arena);
	hd_host_table_done(&c->hosts);
	return n;
}
