#include "core/base/clock.h"

#include "core/base/attr.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLICE_MS = 50, MOMENT_MS = 100 };

int64_t
hd_clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
hd_clock_left(int64_t deadline_ms)
{
	int64_t left = deadline_ms - hd_clock_ms();

	return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

void
hd_clock_rest(unsigned ms, enum hd_cancel stage)
{
	int64_t end = hd_clock_ms() + ms;
	int left;

	while ((left = hd_clock_left(end)) > 0 && !hd_cancel_reached(stage)) {
		long nap = left < SLICE_MS ? left : SLICE_MS;

		nanosleep(&(struct timespec){ .tv_nsec = nap * 1000000 }, NULL);
	}
}

void
hd_clock_sleep(unsigned ms)
{
	hd_clock_rest(ms, HD_CANCEL_SOON);
}

void
hd_clock_wait(unsigned ms)
{
	hd_clock_rest(ms, HD_CANCEL_NOW);
}

/* Not the wall clock: if it is set back, a moment could take an hour. */
#if defined(_POSIX_CLOCK_SELECTION) && _POSIX_CLOCK_SELECTION > 0
enum { MOMENT_CLOCK = CLOCK_MONOTONIC };

void
hd_clock_condition(pthread_cond_t *changed)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, MOMENT_CLOCK);
	pthread_cond_init(changed, &attr);
	pthread_condattr_destroy(&attr);
}
#else /* macOS */
enum { MOMENT_CLOCK = CLOCK_REALTIME };

void
hd_clock_condition(pthread_cond_t *changed)
{
	pthread_cond_init(changed, NULL);
}
#endif

void
hd_clock_moment(pthread_cond_t *changed, pthread_mutex_t *lock)
{
	struct timespec until;

	clock_gettime(MOMENT_CLOCK, &until);
	until.tv_nsec += MOMENT_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	(void)pthread_cond_timedwait(changed, lock, &until);
}

int64_t
hd_clock_wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
hd_clock_text(char out[static 32], int64_t wall_ms)
{
	time_t s = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&s, &tm);
	n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, 32 - n, ".%03dZ", (int)(wall_ms % 1000));
}

void
hd_clock_stamp(char out[static 32])
{
	hd_clock_text(out, hd_clock_wall());
}

/* Days from 1970-01-01: POSIX has no inverse of gmtime(). Years begin in March,
 * so that the leap day is the last one. */
static int64_t
days_since_1970(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;

	return y * 365ll + y / 4 - y / 100 + y / 400 + of_year + day - 719469;
}

/* Text of the form "dddd-dd"; other characters stand for themselves. */
static bool
has_form(const char *text, const char *form)
{
	for (; *form != '\0'; form++, text++)
		if (*form == 'd' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	return *text == '\0';
}

bool
hd_clock_read(int64_t *wall_ms, const char *text)
{
	int year, month, day, h, m, s, ms;

	if (!has_form(text, "dddd-dd-ddTdd:dd:dd.dddZ") ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &year, &month, &day,
		&h, &m, &s, &ms) != 7 ||
	    year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    h > 23 || m > 59 || s > 60)
		return false;
	*wall_ms = (days_since_1970(year, month, day) * 86400 + h * 3600 +
		       m * 60 + s) *
		       1000 +
		   ms;
	return true;
}

void
hd_clock_limit(char out[static HD_LIMIT_TEXT], unsigned ms)
{
	if (ms < 1000)
		snprintf(out, HD_LIMIT_TEXT, "%u ms", ms);
	else
		snprintf(out, HD_LIMIT_TEXT, "%.9g s", ms / 1000.0);
}

bool
hd_duration_parse(unsigned long *out, const char *text)
{
	static const struct {
		const char *name;
		unsigned ms;
	} units[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60 * 1000 },
		{ "h", 60 * 60 * 1000 },
	};
	size_t n = strspn(text, "0123456789"), i = 0;

	while (i < HD_COUNT(units) && strcmp(text + n, units[i].name) != 0)
		i++;
	if (n == 0 || n > 9 || i == HD_COUNT(units))
		return false;
	*out = strtoul(text, NULL, 10) * units[i].ms;
	return true;
}
