#include "cmd/screens.h"

#include "cmd/host_table.h"
#include "cmd/sanitize.h"
#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
	SINKS = 5,
	LINE_MAX_LEN = 4096, /* longer output lines are split */
	TEXT_MAX_LEN = 4096,
	WORD_MAX_LEN = 256, /* names and versions */
	PROGRESS_MS = 1000,
};

/* State of one host (NULL: this machine) between events. */
struct source {
	const char *host;
	char *step; /* of the pending line */
	bool wanted;
	struct hd_str line; /* pending: output without a newline yet */
	int64_t shown;      /* last progress, hd_clock_ms(); 0: never */
};

struct hd_screens {
	struct hd_sink sink;
	const struct hd_sink *sinks[SINKS];
	size_t nsinks;
	struct hd_host_table sources;
	FILE *out; /* without it the run is useless; NULL: it is not */
	bool ended;
};

static void
forward(struct hd_screens *s, const struct hd_event *ev)
{
	for (size_t i = 0; i < s->nsinks; i++)
		s->sinks[i]->emit(s->sinks[i]->ctx, ev);
	if (s->out != NULL && ferror(s->out))
		hd_cancel_request();
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static char *
copy(const char *text)
{
	return text != NULL ? hd_strdup(text) : NULL;
}

static struct source *
source_of(struct hd_screens *s, const char *host)
{
	struct source *src = hd_host_table_at(&s->sources, host, sizeof(*src));

	if (src->line.max == 0)
		hd_str_init(&src->line, LINE_MAX_LEN + 1);
	return src;
}

static const char *
clean(struct hd_arena *a, const char *text, size_t n, size_t max)
{
	struct hd_str out;
	const char *kept;

	if (text == NULL)
		return NULL;
	hd_str_init(&out, max + HD_SANITIZE_NOTE + 1);
	hd_sanitize(&out, text, n, max);
	kept = hd_arena_strndup(a, out.ptr, out.len);
	hd_str_done(&out);
	return kept;
}

static const char *
word(struct hd_arena *a, const char *text)
{
	return text ? clean(a, text, strlen(text), WORD_MAX_LEN) : NULL;
}

static const char *
line(struct hd_arena *a, const char *text)
{
	return text ? clean(a, text, strlen(text), TEXT_MAX_LEN) : NULL;
}

static const struct hd_report *
clean_reports(struct hd_arena *a, const struct hd_report *reports, size_t n)
{
	struct hd_report *out;

	if (n == 0)
		return NULL;
	out = hd_arena_alloc(a, n * sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		out[i] = (struct hd_report){
			.host = word(a, reports[i].host),
			.address = word(a, reports[i].address),
			.before = word(a, reports[i].before),
			.after = word(a, reports[i].after),
			.down = reports[i].down,
			.unknown_before = reports[i].unknown_before,
			.unknown_after = reports[i].unknown_after,
			.unknown_boots = reports[i].unknown_boots,
			.boots = word(a, reports[i].boots),
			.result = word(a, reports[i].result),
			.mode = word(a, reports[i].mode),
			.text = line(a, reports[i].text),
			.ms = reports[i].ms,
			.sent = reports[i].sent,
			.size = reports[i].size,
			.verdict = word(a, reports[i].verdict),
			.stops = reports[i].stops,
			.warnings = reports[i].warnings,
			.notes = reports[i].notes,
		};
	}
	return out;
}

static const struct hd_past *
clean_past(struct hd_arena *a, const struct hd_past *p)
{
	struct hd_past *out;

	if (p == NULL)
		return NULL;
	out = hd_arena_alloc(a, sizeof(*out));
	*out = (struct hd_past){
		.id = word(a, p->id),
		.time = word(a, p->time),
		.command = word(a, p->command),
		.result = word(a, p->result),
		.from = word(a, p->from),
		.to = word(a, p->to),
		.undoes = word(a, p->undoes),
		.who = word(a, p->who),
		.job = line(a, p->job),
		.mode = word(a, p->mode),
		.sha256 = word(a, p->sha256),
		.run = word(a, p->run),
		.ms = p->ms,
	};
	return out;
}

static const struct hd_detail *
clean_details(struct hd_arena *a, const struct hd_detail *details, size_t n)
{
	struct hd_detail *out;

	if (n == 0)
		return NULL;
	out = hd_arena_alloc(a, n * sizeof(*out));
	for (size_t i = 0; i < n; i++)
		out[i] = (struct hd_detail){ .key = details[i].key,
			.text = line(a, details[i].text),
			.number = details[i].number };
	return out;
}

static void
show_line(struct hd_screens *s, struct source *src)
{
	HD_AUTO_ARENA a = { 0 };
	size_t n = src->line.len;
	const char *text;

	if (n > 0 && src->line.ptr[n - 1] == '\r')
		n--;
	text = clean(&a, src->line.ptr, n, LINE_MAX_LEN);
	forward(s, &(struct hd_event){ .kind = HD_EV_OUTPUT,
		       .host = src->host,
		       .step = src->step,
		       .wanted = src->wanted,
		       .at = hd_clock_wall(),
		       .text = text,
		       .len = strlen(text) });
	hd_str_done(&src->line);
}

/* Shows a pending line that got no newline. */
static void
flush(struct hd_screens *s, struct source *src)
{
	if (src->line.len > 0)
		show_line(s, src);
}

static void
output(struct hd_screens *s, const struct hd_event *ev)
{
	struct source *src = source_of(s, ev->host);

	if (!same(src->step, ev->step)) {
		flush(s, src);
		free(src->step);
		src->step = copy(ev->step);
		src->wanted = ev->wanted;
	}
	for (size_t i = 0; i < ev->len; i++) {
		if (ev->text[i] == '\n') {
			show_line(s, src);
			continue;
		}
		hd_str_addn(&src->line, ev->text + i, 1);
		if (src->line.len == LINE_MAX_LEN)
			show_line(s, src);
	}
}

static bool
too_soon(struct hd_screens *s, const struct hd_event *ev)
{
	struct source *src = source_of(s, ev->host);
	int64_t now = hd_clock_ms();

	if (ev->done < ev->size && src->shown != 0 &&
	    now - src->shown < PROGRESS_MS)
		return true;
	src->shown = now;
	return false;
}

static void
emit(void *ctx, const struct hd_event *ev)
{
	struct hd_screens *s = ctx;
	HD_AUTO_ARENA a = { 0 };
	struct hd_event out = *ev;

	if (ev->kind == HD_EV_OUTPUT) {
		output(s, ev);
		return;
	}
	if (ev->kind == HD_EV_PROGRESS && too_soon(s, ev))
		return;
	if (ev->kind != HD_EV_PROGRESS)
		flush(s, source_of(s, ev->host));
	s->ended |= ev->kind == HD_EV_SUMMARY;
	out.at = ev->at != 0 ? ev->at : hd_clock_wall();
	out.host = word(&a, ev->host);
	out.step = word(&a, ev->step);
	out.result = word(&a, ev->result);
	out.text = line(&a, ev->text);
	out.past = clean_past(&a, ev->past);
	out.before = word(&a, ev->before);
	out.after = word(&a, ev->after);
	out.name = word(&a, ev->name);
	out.weight = word(&a, ev->weight);
	out.verdict = word(&a, ev->verdict);
	out.reports = clean_reports(&a, ev->reports, ev->nreports);
	out.details = clean_details(&a, ev->details, ev->ndetails);
	forward(s, &out);
}

struct hd_screens *
hd_screens_new(void)
{
	struct hd_screens *s = hd_alloc(sizeof(*s));

	s->sink = (struct hd_sink){ .emit = emit, .ctx = s };
	return s;
}

void
hd_screens_free(struct hd_screens *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->sources.n; i++) {
		struct source *src = s->sources.v[i];

		free(src->step);
		hd_str_done(&src->line);
	}
	hd_host_table_done(&s->sources);
	free(s);
}

void
hd_screens_add(struct hd_screens *s, const struct hd_sink *sink)
{
	if (s->nsinks < SINKS)
		s->sinks[s->nsinks++] = sink;
}

void
hd_screens_remove(struct hd_screens *s, const struct hd_sink *sink)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nsinks; i++)
		if (s->sinks[i] != sink)
			s->sinks[n++] = s->sinks[i];
	s->nsinks = n;
}

const struct hd_sink *
hd_screens_sink(const struct hd_screens *s)
{
	return &s->sink;
}

void
hd_screens_end_with(struct hd_screens *s, FILE *out)
{
	s->out = out;
}

void
hd_screens_end(struct hd_screens *s, enum hd_status status)
{
	if (!s->ended)
		hd_emit(&s->sink, (struct hd_event){ .kind = HD_EV_SUMMARY,
				      .status = (int)status });
}
