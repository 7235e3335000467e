#include "transport/ssh_log.h"

#include "core/base/attr.h"
#include "transport/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines that explain no failure. */
static bool
is_noise(const char *line, size_t n)
{
	static const char *const begins[] = { "debug", "channel ",
		"Authenticated to ", "Transferred: ", "Bytes per second: " };

	(void)n;
	for (size_t i = 0; i < HD_COUNT(begins); i++)
		if (strncmp(line, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

void
ssh_log_quote(char *out, size_t max, const char *log)
{
	hd_quote_lines(out, max, log, strlen(log), is_noise);
}

/*
 * ssh writes, with other lines between,
 *
 *	channel 2: open failed: connect failed: Connection refused
 *	debug1: channel 2: free: direct-tcpip: ... for 10.0.0.1 port 22, ...
 */
bool
ssh_log_refusal(
    const char *log, const char *address, unsigned port, char *out, size_t max)
{
	static const char failed[] = ": open failed: ";
	char number[16], wanted[320], freed[512];
	bool found = false;

	snprintf(wanted, sizeof(wanted), " for %s port %u,", address, port);
	for (const char *p = log; (p = strstr(p, failed)) != NULL;) {
		const char *line = p, *reason = p + sizeof(failed) - 1, *end;

		while (line > log && line[-1] != '\n')
			line--;
		p = reason;
		if (strncmp(line, "channel ", 8) != 0 ||
		    snprintf(number, sizeof(number),
			"channel %lu:", strtoul(line + 8, NULL, 10)) < 0)
			continue;
		end = strstr(reason, number);
		if (end == NULL)
			break;
		snprintf(
		    freed, sizeof(freed), "%.*s", (int)strcspn(end, "\n"), end);
		if (strstr(freed, wanted) == NULL)
			continue;
		out[0] = '\0'; /* the last refusal counts */
		hd_quote(out, max, reason, strcspn(reason, "\r\n"));
		found = true;
	}
	return found;
}
