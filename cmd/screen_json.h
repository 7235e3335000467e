#ifndef HD_SCREEN_JSON_H
#define HD_SCREEN_JSON_H

#include "core/event.h"

#include <stdio.h>

/* Clean events as JSON lines, as docs/events.md describes them. Writes the
 * first one, "version", at once. out is borrowed; each line is flushed; errors
 * of writing stick to out. */
struct hd_sink hd_screen_json(FILE *out);

#endif
