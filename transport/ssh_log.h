#ifndef HD_SSH_LOG_H
#define HD_SSH_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* The log of an ssh that runs with LogLevel=DEBUG1. Untrusted, because servers
 * choose some of its texts. */

/* Appends the lines that are not for debugging to out, joined and escaped. */
void ssh_log_quote(char *out, size_t max, const char *log);
/* Sets out to the reason of the server's last refusal to connect to address and
 * port; false if there is none. */
bool ssh_log_refusal(
    const char *log, const char *address, unsigned port, char *out, size_t max);

#endif
