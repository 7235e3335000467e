#ifndef HD_SCREEN_JSON_H
#define HD_SCREEN_JSON_H

#include "core/event.h"

#include <stdio.h>

/* Writes clean events as JSON lines (docs/events.md), the first one, "version",
 * immediately. Borrows out and flushes each line; check ferror(out). */
struct hd_sink hd_screen_json(FILE *out);

/* The name of such an event; NULL: the event has a name of its own. */
const char *hd_screen_json_name(enum hd_event_kind kind);

#endif
