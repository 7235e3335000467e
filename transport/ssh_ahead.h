#ifndef HD_SSH_AHEAD_H
#define HD_SSH_AHEAD_H

#include "transport/ssh_session.h"

/*
 * A command costs three round trips: to open a channel, to start the command,
 * and for its answer. While one command runs, these functions start the next,
 * which waits for its input (commands.h), so that it costs one round trip. Only
 * with OpenSSH, and only where a round trip is long enough to pay for a shell
 * that perhaps nobody uses.
 */

/* For a new connection. */
void ssh_ahead_begin(struct hd_ssh *s);
/* Makes the next step without waiting. */
void ssh_ahead_step(struct hd_ssh *s, const char *command, struct hd_err *err);
/* Returns the channel on which command runs and waits; NULL if there is none.
 * NULL with s->broken and err set if the connection is lost. */
LIBSSH2_CHANNEL *ssh_ahead_take(
    struct hd_ssh *s, const char *command, struct hd_err *err);
/* Before another channel is opened: libssh2 opens one at a time. Waits for an
 * answer that is due; -1 if the connection is lost. */
int ssh_ahead_settle(struct hd_ssh *s, struct hd_err *err) HD_CHECK;
/* For a server that refuses further channels: closes the one that waits, and
 * never starts a command ahead again. Returns whether one was waiting. */
bool ssh_ahead_stop(struct hd_ssh *s);

#endif
