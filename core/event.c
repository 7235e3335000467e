#include "core/event.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
hd_emit(const struct hd_sink *sink, struct hd_event ev)
{
	if (sink == NULL)
		return;
	pthread_mutex_lock(&lock);
	sink->emit(sink->ctx, &ev);
	pthread_mutex_unlock(&lock);
}

/* Emits ev with a text. */
static void
emit_text(
    const struct hd_sink *sink, struct hd_event ev, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	ev.text = text;
	hd_emit(sink, ev);
}

void
hd_emitf(const struct hd_sink *sink, enum hd_event_kind kind, const char *host,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit_text(
	    sink, (struct hd_event){ .kind = kind, .host = host }, fmt, ap);
	va_end(ap);
}

void
hd_emit_warning(
    const struct hd_sink *sink, const char *host, const char *fmt, ...)
{
	const struct hd_event ev = {
		.kind = HD_EV_ERROR, .host = host, .weight = HD_WARN
	};
	va_list ap;

	va_start(ap, fmt);
	emit_text(sink, ev, fmt, ap);
	va_end(ap);
}

void
hd_emit_phase(const struct hd_sink *sink, const char *name, size_t hosts,
    const char *fmt, ...)
{
	const struct hd_event ev = {
		.kind = HD_EV_PHASE, .name = name, .size = hosts
	};
	va_list ap;

	va_start(ap, fmt);
	emit_text(sink, ev, fmt, ap);
	va_end(ap);
}

/* The texts of a report, for copying. */
static const size_t texts[] = {
	offsetof(struct hd_report, host),
	offsetof(struct hd_report, address),
	offsetof(struct hd_report, before),
	offsetof(struct hd_report, after),
	offsetof(struct hd_report, boots),
	offsetof(struct hd_report, result),
	offsetof(struct hd_report, mode),
	offsetof(struct hd_report, text),
	offsetof(struct hd_report, verdict),
};

static void
copy_texts(struct hd_arena *arena, struct hd_report *r)
{
	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		char *at = (char *)r + texts[i];
		const char *text;

		memcpy(&text, at, sizeof(text));
		text = text != NULL ? hd_arena_strdup(arena, text) : NULL;
		memcpy(at, &text, sizeof(text));
	}
}

struct hd_report *
hd_reports_copy(
    struct hd_arena *arena, const struct hd_report *reports, size_t n)
{
	struct hd_report *all = hd_arena_alloc(arena, (n + 1) * sizeof(*all));

	for (size_t i = 0; i < n; i++) {
		all[i] = reports[i];
		copy_texts(arena, &all[i]);
		if (all[i].result == NULL)
			all[i].result = "-";
	}
	return all;
}
