#include "tests/support/screen_case.h"

#include <string.h>

struct hd_event
event_output(const char *host, const char *text)
{
	return (struct hd_event){ .kind = HD_EV_OUTPUT,
		.host = host,
		.step = "start",
		.text = text,
		.len = strlen(text) };
}

struct hd_event
event_summary(int status, const struct hd_report *reports, size_t n)
{
	return (struct hd_event){ .kind = HD_EV_SUMMARY,
		.status = status,
		.reports = reports,
		.nreports = n };
}

size_t
times_in(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}
