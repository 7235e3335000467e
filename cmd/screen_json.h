#ifndef HD_SCREEN_JSON_H
#define HD_SCREEN_JSON_H

#include "core/event.h"

#include <stdio.h>

/* Writes clean events as JSON lines (docs/events.md), the first one, "version",
 * immediately. Borrows out and flushes each line; check ferror(out). */
struct hd_sink hd_screen_json(FILE *out);

#endif
