#ifndef HD_SCREENS_H
#define HD_SCREENS_H

#include "core/event.h"
#include "core/status.h"

#include <stdio.h>

/*
 * Passes the events of core to all screens as "clean" events, which are safe to
 * show: all text has passed hd_sanitize(); output comes as whole lines, one
 * NUL-terminated line per event; progress comes at most once a second per host,
 * and at its end.
 */
struct hd_screens;

struct hd_screens *hd_screens_new(void);
void hd_screens_free(struct hd_screens *s); /* NULL is fine */
/* Borrows sink, until it is removed. At most 5. */
void hd_screens_add(struct hd_screens *s, const struct hd_sink *sink);
void hd_screens_remove(struct hd_screens *s, const struct hd_sink *sink);
/* For core; borrowed from s. */
const struct hd_sink *hd_screens_sink(const struct hd_screens *s);
/* For a run that only an interruption ends: ends it if out, which is borrowed,
 * cannot be written any more (hd_cancel_request()). */
void hd_screens_end_with(struct hd_screens *s, FILE *out);
/* Emits a summary without hosts if the run had no summary. */
void hd_screens_end(struct hd_screens *s, enum hd_status status);

#endif
