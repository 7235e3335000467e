#ifndef HD_SSH_CHANNEL_H
#define HD_SSH_CHANNEL_H

#include "transport/ssh_session.h"

/* Opens a channel for one command; NULL with err set on failure. */
LIBSSH2_CHANNEL *ssh_channel_open(struct hd_ssh *s, struct hd_err *err);
/* Closes and frees; never fails, but may break the connection. */
void ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c);
/* Reads from one stream without waiting. Returns the number of bytes, 0 if none
 * has arrived, or -1 with err set. */
ssize_t ssh_channel_read(struct hd_ssh *s, LIBSSH2_CHANNEL *c, int stream,
    char *room, size_t size, struct hd_err *err) HD_CHECK;

#endif
