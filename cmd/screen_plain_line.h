#ifndef HD_SCREEN_PLAIN_LINE_H
#define HD_SCREEN_PLAIN_LINE_H

#include "cmd/host_table.h"
#include "cmd/screen_plain.h"

struct hd_plain {
	struct hd_plain_opts o;
	struct hd_sink sink;
	struct hd_host_table states;
	struct hd_finding_list *findings; /* until another event comes */
	struct hd_changes *changes;       /* since the last pass */
	unsigned still;                   /* passes without a change */
	int64_t said; /* last line about passes, wall clock */
	int width;    /* of the host column */
	size_t folds; /* that were opened */
	bool folded;  /* the last one is open */
};

/* Parts of a line of the screen. */

/* Begins a line: the time (verbose) and the host. */
void hd_plain_begin(struct hd_plain *p, FILE *out, const char *host);
/* Writes a result in its colour. */
void hd_plain_word(struct hd_plain *p, FILE *out, const char *word);
/* Writes all three, or nothing if text is NULL or empty. */
void hd_plain_text(
    FILE *out, const char *before, const char *text, const char *after);

#endif
