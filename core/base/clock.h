#ifndef HD_CLOCK_H
#define HD_CLOCK_H

#include "core/base/cancel.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

int64_t hd_clock_ms(void); /* monotonic; only differences mean something */

/* Milliseconds until a deadline, as hd_clock_ms() counts; 0 if passed. */
int hd_clock_left(int64_t deadline_ms);

/* Sleeps; returns early when stage is reached. */
void hd_clock_rest(unsigned ms, enum hd_cancel stage);
/* Rests, at most until HD_CANCEL_SOON. */
void hd_clock_sleep(unsigned ms);
/* Rests, at most until HD_CANCEL_NOW: for work that must finish despite an
 * interruption. */
void hd_clock_wait(unsigned ms);
/* Makes a condition for hd_clock_moment(), which waits for it 100 ms at most,
 * so that the caller notices an interruption. */
void hd_clock_condition(pthread_cond_t *changed);
void hd_clock_moment(pthread_cond_t *changed, pthread_mutex_t *lock);

/* Wall clock now, UTC, RFC 3339 with milliseconds: 2026-01-31T08:15:00.123Z */
void hd_clock_stamp(char out[static 32]);
/* The wall clock in ms since 1970, such a time as text, and back: false if text
 * has another form. */
int64_t hd_clock_wall(void);
void hd_clock_text(char out[static 32], int64_t wall_ms);
bool hd_clock_read(int64_t *wall_ms, const char *text);

/* A time limit: it ends at the time end or when stage is reached. ms is its
 * whole length, for messages. */
struct hd_until {
	int64_t end; /* as hd_clock_ms() counts */
	unsigned ms;
	enum hd_cancel stage;
};

/* Shows a limit: "500 ms", "2.5 s" or "90 s". */
enum { HD_LIMIT_TEXT = 24 };
void hd_clock_limit(char out[static HD_LIMIT_TEXT], unsigned ms);

/* "500ms", "30s", "2m" or "1h" in ms; false if text has another form. */
bool hd_duration_parse(unsigned long *ms, const char *text);

#endif
