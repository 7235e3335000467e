#include "cmd/units.h"

#include "core/base/attr.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

void
hd_units_bytes(char out[static HD_UNITS_MAX], uint64_t bytes)
{
	static const char *const names[] = { "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes / 1024;
	size_t i = 0;

	if (bytes < 1024) {
		snprintf(out, HD_UNITS_MAX, "%" PRIu64 " B", bytes);
		return;
	}
	for (; n >= 1024 && i + 1 < HD_COUNT(names); i++)
		n /= 1024;
	snprintf(out, HD_UNITS_MAX, "%.1f %s", n, names[i]);
}

void
hd_units_seconds(char out[static HD_UNITS_MAX], int64_t ms)
{
	int64_t s = ms / 1000;

	if (s < 60)
		snprintf(out, HD_UNITS_MAX, "%" PRId64 "s", s);
	else
		snprintf(out, HD_UNITS_MAX, "%" PRId64 "m%02" PRId64 "s",
		    s / 60, s % 60);
}

void
hd_units_ms(char out[static HD_UNITS_MAX], int64_t ms)
{
	if (ms / 1000 < 60)
		snprintf(out, HD_UNITS_MAX, "%.1fs", (double)ms / 1000);
	else
		hd_units_seconds(out, ms);
}

void
hd_units_left(char out[static HD_UNITS_MAX], int64_t ms)
{
	int64_t minutes = (ms + 30 * 1000) / (60 * 1000);
	int min = minutes < INT_MAX ? (int)minutes : INT_MAX;

	if (ms < 60 * 1000)
		snprintf(out, HD_UNITS_MAX, "less than a minute left");
	else if (min < 60)
		snprintf(out, HD_UNITS_MAX, "about %d min left", min);
	else
		snprintf(out, HD_UNITS_MAX, "about %d h %d min left", min / 60,
		    min % 60);
}

void
hd_units_rate(char out[static HD_UNITS_MAX], uint64_t bytes, int64_t ms)
{
	char amount[HD_UNITS_MAX];

	out[0] = '\0';
	if (ms < 50)
		return;
	hd_units_bytes(amount, (uint64_t)((double)bytes * 1000 / (double)ms));
	snprintf(out, HD_UNITS_MAX, "%.24s/s", amount);
}
