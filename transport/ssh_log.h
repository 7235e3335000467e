#ifndef HD_SSH_LOG_H
#define HD_SSH_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* The log of an ssh that runs with LogLevel=DEBUG1. Its texts are untrusted: a
 * server chooses some. */

/* Appends the lines that are not for debugging to out, joined and escaped. */
void ssh_log_quote(char *out, size_t max, const char *log);
/* Sets out to the last reason why the server did not connect to address and
 * port; false if there is none. */
bool ssh_log_refusal(
    const char *log, const char *address, unsigned port, char *out, size_t max);

#endif
