#ifndef HD_EVENT_H
#define HD_EVENT_H

#include "core/base/attr.h"
#include "core/past.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Core prints nothing: it emits these, and a screen in cmd/ shows them.
 * docs/events.md describes the same things as JSON.
 */
enum hd_event_kind {
	HD_EV_START,    /* text: what the run is about to do, in words; size:
			   hosts that it will ask how they are */
	HD_EV_PLAN,     /* host, before, after, result: a name of hd_results;
			   text: the steps or why not */
	HD_EV_STEP,     /* host, step, after: the version that it is about,
			   result, ms; text: detail or error */
	HD_EV_OUTPUT,   /* host (NULL: this machine), step; text: raw, untrusted
			 */
	HD_EV_PROGRESS, /* host, step, done, size: bytes */
	HD_EV_NOTE,     /* host (may be NULL); text: good to know */
	HD_EV_ERROR,    /* host (may be NULL); text: what failed, what to do */
	HD_EV_HOST,     /* report: the end of one host */
	HD_EV_SUMMARY,  /* status; reports, nreports: all hosts, in order */
	HD_EV_PAST,     /* host, past: a line of its history */
	HD_EV_KINDS,
};

/* What became of one host. Pointers are borrowed; NULL where not known. */
struct hd_report {
	const char *host;
	const char *address;
	const char *before; /* version that ran before, NULL: none ran */
	const char *after;  /* version that runs now */
	bool down;          /* nothing runs now, and that is known */
	const char *boots;  /* version that a reboot would start */
	/* NULL above, since nobody was asked or it did not say */
	bool unknown_before, unknown_after, unknown_boots;
	const char *result; /* a name of hd_results, core/status.h */
	/* one of hd_actual_mode_names; NULL: see hd_site_actual_mode() */
	const char *mode;
	const char *text; /* one line: why, and what to do next */
};

/* The values of HD_EV_STEP's result. */
#define HD_STEP_BEGIN "begin"
#define HD_STEP_OK "ok"
#define HD_STEP_FAILED "failed"

/* All pointers are borrowed for the duration of the call. */
struct hd_event {
	enum hd_event_kind kind;
	const char *host;
	const char *step;
	const char *result;
	const char *text;
	size_t len;  /* of text, HD_EV_OUTPUT only: it has no NUL */
	bool wanted; /* HD_EV_OUTPUT: it is what the run is for */
	const char *before, *after;
	int64_t ms;
	uint64_t done, size;
	int status;
	bool plain; /* HD_EV_SUMMARY: what runs was not the question */
	const struct hd_report *reports;
	size_t nreports;
	const struct hd_past *past;
};

/* emit is called by one thread at a time. */
struct hd_sink {
	void (*emit)(void *ctx, const struct hd_event *ev);
	void *ctx;
};

/* Takes a lock, so that any thread may call it. NULL sink: nothing. */
void hd_emit(const struct hd_sink *sink, struct hd_event ev);
/* One line of text, formatted; kind is HD_EV_NOTE or HD_EV_ERROR. */
void hd_emitf(const struct hd_sink *sink, enum hd_event_kind kind,
    const char *host, const char *fmt, ...) HD_PRINTF(4, 5);

#endif
