#ifndef HD_SSH_CHANNEL_H
#define HD_SSH_CHANNEL_H

#include "transport/ssh_session.h"

/* Whether the server's greeting names this software ("OpenSSH"). */
bool ssh_server_is(const struct hd_ssh *s, const char *software);
/* Whether a command never sees the end of its input, as with Erlang's server.
 */
bool ssh_input_is_endless(const struct hd_ssh *s);

/* Whether the server gives this connection no other channel: then the channel
 * that it has is freed with the connection. */
bool ssh_used_up(const struct hd_ssh *s);

/* Closes and frees; never fails, but may break the connection. */
void ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c);
/* Takes over c, on which libssh2_channel_close() was called, and frees it once
 * the server has closed it too. Does not wait. */
void ssh_channel_leave(struct hd_ssh *s, LIBSSH2_CHANNEL *c);
/* Reads from one stream without waiting. Returns the number of bytes, 0 if none
 * has arrived, or -1 with err set. */
ssize_t ssh_channel_read(struct hd_ssh *s, LIBSSH2_CHANNEL *c, int stream,
    char *room, size_t size, struct hd_err *err) HD_CHECK;

#endif
