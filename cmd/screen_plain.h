#ifndef HD_SCREEN_PLAIN_H
#define HD_SCREEN_PLAIN_H

#include "cmd/ci.h"
#include "core/event.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes clean events as lines for people and CI logs. */
struct hd_plain_opts {
	FILE *out; /* borrowed; flushed line by line */
	FILE *err; /* for errors; may be the same as out */
	bool quiet, verbose;
	bool color;
	bool wide;              /* struct hd_summary_opts */
	const struct hd_ci *ci; /* folds each phase for it; NULL: none */
	unsigned progress_ms;   /* between two progress lines of an upload */
};
#define HD_PLAIN_OPTS_INIT                                                     \
	{                                                                      \
		.progress_ms = 5000                                            \
	}

struct hd_plain;
struct hd_plain *hd_plain_new(const struct hd_plain_opts *o);
void hd_plain_free(struct hd_plain *p); /* NULL is fine */
/* For a question: writes everything that still waits for another event. */
void hd_plain_hold(struct hd_plain *p);
/* Borrowed from p. */
const struct hd_sink *hd_plain_sink(const struct hd_plain *p);

#endif
