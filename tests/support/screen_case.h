#ifndef HD_SCREEN_CASE_H
#define HD_SCREEN_CASE_H

#include "core/event.h"

#include <stddef.h>

/* Shared by the tests of screens: events to show and checks of the output. */

/* web1, upgraded hot from 0.1.0 to 0.2.0 */
#define UPGRADED                                                               \
	{                                                                      \
		.host = "web1", .before = "0.1.0", .after = "0.2.0",           \
		.boots = "0.2.0", .result = "ok", .mode = "hot"                \
	}

/* A line of output of the step "start"; host may be NULL. */
struct hd_event event_output(const char *host, const char *text);
struct hd_event event_summary(
    int status, const struct hd_report *reports, size_t n);

/* How many times text contains what. */
size_t times_in(const char *text, const char *what);

#endif
