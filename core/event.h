#ifndef HD_EVENT_H
#define HD_EVENT_H

#include "core/base/attr.h"
#include "core/past.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Core prints nothing: it emits events, and a screen in cmd/ shows them.
 * docs/events.md describes them as JSON.
 */
enum hd_event_kind {
	HD_EV_START,    /* text: the task of the run; name: its command; size:
			   number of hosts to ask for facts */
	HD_EV_PLAN,     /* host, before, after, result: a name of hd_results;
			   text: the steps or the refusal */
	HD_EV_STEP,     /* host, step, after: the version of the step,
			   result, ms; text: detail or error; at the end of an
			   upload sent, size: bytes */
	HD_EV_OUTPUT,   /* host (NULL: this machine), step; text: raw, untrusted
			 */
	HD_EV_PROGRESS, /* host, step, done, size: bytes */
	HD_EV_NOTE,     /* host (may be NULL); text: a note */
	HD_EV_ERROR,    /* host (may be NULL); text: failure and remedy;
			   weight: HD_WARN if nothing failed in this run, or
			   another event reports the failure */
	HD_EV_HOST,     /* report: the end of one host */
	HD_EV_SUMMARY,  /* status; reports, nreports: all hosts, in order; text:
			   the meaning of the status, if not the usual one */
	HD_EV_PAST,     /* host, past: a line of its history */
	HD_EV_ITEM,     /* step: the name of the event, with details; NULL:
			   only for people. text: a line for people; NULL: only
			   for programs */
	HD_EV_FINDING,  /* host, name, weight; text: problem and remedy */
	HD_EV_PROOF,    /* host, before, after, verdict; text: why */
	HD_EV_SETTING,  /* host, name, before, after, result: a name of
			   hd_preview_kinds; text: the effect of a change */
	HD_EV_PHASE, /* a phase of a run that changes hosts begins. name: build,
			plan, wave, undo or end; text: the phase in words,
			NULL for end; size: number of its hosts */
	HD_EV_WAVE,  /* a wave ended. done: its number, from 1; size: number of
			waves; ms; left: of the waves ahead, estimated; text:
			what  left does not include; NULL: nothing */
	HD_EV_HEALTH, /* host, name: the check as in deploy.ini, result, ms;
			 text: why it failed */
	HD_EV_PASS,   /* all hosts were asked once more: done: number of the
			  pass, from 1; reports, nreports, status; ms: how long
			  that took; left: until the next pass */
	HD_EV_CHANGE, /* before the pass that noticed it. host, name: "result",
			 "running", "boots" or "reason"; before, after */
	HD_EV_KINDS,
};

/* The outcome of one host. Pointers are borrowed; NULL: not known. */
struct hd_report {
	const char *host;
	const char *address;
	const char *before; /* version that ran before; NULL: none ran */
	const char *after;  /* version that runs now */
	bool down;          /* it is known that nothing runs now */
	const char *boots;  /* version that the next boot starts */
	/* the pointer above is NULL because the host was not asked or did not
	 * answer */
	bool unknown_before, unknown_after, unknown_boots;
	const char *result; /* a name of hd_results, core/status.h */
	/* one of hd_actual_mode_names; NULL: see hd_site_actual_mode() */
	const char *mode;
	const char *text;    /* one line: the reason and the remedy */
	int64_t ms;          /* time that its steps took; 0: it had none */
	uint64_t sent, size; /* bytes that were uploaded, and those of the whole
				shipment; size 0: nothing was shipped */
	/* HD_EV_SUMMARY and HD_EV_HOST of a check: */
	const char *verdict; /* of the change; NULL: none was asked for */
	unsigned stops, warnings, notes; /* number of findings */
};

/* A copy of n reports with their texts, in arena; one without a result gets
 * "-". */
struct hd_report *hd_reports_copy(
    struct hd_arena *arena, const struct hd_report *reports, size_t n);

/* The values of the result of HD_EV_STEP and HD_EV_HEALTH. */
#define HD_STEP_BEGIN "begin"
#define HD_STEP_OK "ok"
#define HD_STEP_FAILED "failed"

/* The weight of an HD_EV_ERROR; findings have the same word. */
#define HD_WARN "warn"

/* A field of HD_EV_ITEM: a text, or a number if text is NULL. */
struct hd_detail {
	const char *key, *text;
	int64_t number;
};

/* All pointers are borrowed for the duration of the call. */
struct hd_event {
	enum hd_event_kind kind;
	const char *host;
	const char *step;
	const char *result;
	const char *text;
	size_t len;  /* of text, HD_EV_OUTPUT only: it has no NUL */
	bool wanted; /* HD_EV_OUTPUT: the user asked for this output */
	const char *before, *after;
	const char *name, *weight;
	const char *verdict;
	int64_t ms;
	int64_t left; /* ms; -1: not known */
	int64_t at;   /* wall clock, ms since 1970; cmd/screens.h sets it */
	uint64_t done, sent, size;
	int status;
	bool plain; /* HD_EV_SUMMARY: reports have no versions */
	bool check; /* HD_EV_HOST, HD_EV_SUMMARY: reports of a check */
	const struct hd_report *reports;
	size_t nreports;
	const struct hd_past *past;
	const struct hd_detail *details;
	size_t ndetails;
};

/* emit is called by one thread at a time. */
struct hd_sink {
	void (*emit)(void *ctx, const struct hd_event *ev);
	void *ctx;
};

/* Takes a lock, so any thread may call it. NULL sink: does nothing. */
void hd_emit(const struct hd_sink *sink, struct hd_event ev);
/* One line of text, formatted; kind is HD_EV_NOTE or HD_EV_ERROR. */
void hd_emitf(const struct hd_sink *sink, enum hd_event_kind kind,
    const char *host, const char *fmt, ...) HD_PRINTF(4, 5);

/* The same for HD_EV_ERROR with the weight HD_WARN. */
void hd_emit_warning(const struct hd_sink *sink, const char *host,
    const char *fmt, ...) HD_PRINTF(3, 4);

/* A phase begins; fmt: its text. */
void hd_emit_phase(const struct hd_sink *sink, const char *name, size_t hosts,
    const char *fmt, ...) HD_PRINTF(4, 5);

#endif
