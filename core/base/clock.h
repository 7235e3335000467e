#ifndef HD_CLOCK_H
#define HD_CLOCK_H

#include "core/base/cancel.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

int64_t hd_clock_ms(void); /* monotonic; only differences mean something */

/* How much of a deadline (in hd_clock_ms() terms) is left: 0 if passed. */
int hd_clock_left(int64_t deadline_ms);

/* Sleeps, or returns early when that stage is reached. */
void hd_clock_rest(unsigned ms, enum hd_cancel stage);
void hd_clock_sleep(unsigned ms); /* HD_CANCEL_SOON */
/* HD_CANCEL_NOW: for what must be finished although interrupted. */
void hd_clock_wait(unsigned ms);
/* Waits for a condition that hd_clock_condition() made, but a moment only: the
 * user may want to stop. */
void hd_clock_condition(pthread_cond_t *changed);
void hd_clock_moment(pthread_cond_t *changed, pthread_mutex_t *lock);

/* Wall clock now, UTC, RFC 3339 with milliseconds: 2026-01-31T08:15:00.123Z */
void hd_clock_stamp(char out[static 32]);

/* How long something may take: until then, which was so long after its
 * beginning, or until that stage. */
struct hd_until {
	int64_t end; /* hd_clock_ms() terms */
	unsigned ms;
	enum hd_cancel stage;
};

/* "500 ms", "2.5 s" or "90 s": a limit, for people. */
enum { HD_LIMIT_TEXT = 24 };
void hd_clock_limit(char out[static HD_LIMIT_TEXT], unsigned ms);

/* "500ms", "30s", "2m" or "1h" in ms; false if text is none of these. */
bool hd_duration_parse(unsigned long *ms, const char *text);

#endif
