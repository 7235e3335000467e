#ifndef HD_CHANGES_H
#define HD_CHANGES_H

#include "core/event.h"

#include <stdio.h>

/*
 * What changed between two passes of `status --watch`, for people: one line for
 * all hosts that changed in the same way.
 *
 *	2026-01-31T08:15:00Z  web[1-3]  ok -> unreachable: no answer
 */
struct hd_changes;

struct hd_changes *hd_changes_new(bool color);
void hd_changes_free(struct hd_changes *c); /* NULL is fine */
/* Takes a clean HD_EV_CHANGE. */
void hd_changes_take(struct hd_changes *c, const struct hd_event *ev);
/* Writes and forgets what was taken; pass: HD_EV_PASS, the end of the pass.
 * Folds lines to columns; 0: not at all. Returns the number of lines. */
size_t hd_changes_print(struct hd_changes *c, FILE *out,
    const struct hd_event *pass, size_t columns);

/* "2026-01-31T08:15:00Z" */
enum { HD_CHANGES_TIME = 32 };
void hd_changes_time(char out[static HD_CHANGES_TIME], int64_t at);

#endif
