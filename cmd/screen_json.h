#ifndef HD_SCREEN_JSON_H
#define HD_SCREEN_JSON_H

#include "core/base/alloc.h"
#include "core/base/json.h"
#include "core/event.h"

#include <stdio.h>

/* Increase this when an event or a field is removed or changes its meaning. */
enum { HD_SCREEN_JSON_FORMAT = 1 };

/* Writes clean events as JSON lines (docs/events.md), the first one, "version",
 * immediately. Borrows out and flushes each line; check ferror(out). */
struct hd_sink hd_screen_json(FILE *out);

/* Reads the event of such a line: its time, its texts, ms, and with a summary
 * its status and reports; texts are borrowed from o, reports are in a. False if
 * the event is unknown or has no time. */
bool hd_screen_json_read(
    struct hd_event *ev, struct hd_arena *a, const struct hd_json *o);

/* The name of such an event; NULL: the event has a name of its own. */
const char *hd_screen_json_name(enum hd_event_kind kind);

#endif
