#ifndef HD_SSH_CHANNEL_H
#define HD_SSH_CHANNEL_H

#include "transport/ssh_session.h"

/* One way to open a channel: for a command, for SFTP, or for a tunnel. */
struct ssh_way {
	/* One attempt. Returns libssh2's object; or NULL with libssh2's last
	 * error, and with err set if the connection is broken. */
	void *(*once)(struct hd_ssh *s, void *ctx, struct hd_err *err);
	/* libssh2's text for a refusal that can pass */
	const char *busy;
	bool renew; /* another connection can help */
};

/*
 * Opens a channel. With MaxSessions 1 a server refuses a channel until it has
 * freed the previous one, a moment after both sides have closed it. So this
 * waits and tries again. If that does not help, or if the server is known to
 * allow one channel per connection, it connects and logs in again first. That
 * is safe: nothing of the new command was sent, and no earlier one is repeated.
 * Returns as way->once() does.
 */
void *ssh_channel_get(
    struct hd_ssh *s, const struct ssh_way *way, void *ctx, struct hd_err *err);

/* Whether the server's greeting names this software ("OpenSSH"). */
bool ssh_server_is(const struct hd_ssh *s, const char *software);

/* Opens a channel for one command; NULL with err set on failure. */
LIBSSH2_CHANNEL *ssh_channel_open(struct hd_ssh *s, struct hd_err *err);
/*
 * Ends the input of a channel and waits up to 2 s for the server to close it;
 * does not free it. dropbear 2022.83 does not confirm a command that arrives
 * before it has closed the SFTP channel.
 */
void ssh_channel_settle(struct hd_ssh *s, LIBSSH2_CHANNEL *c);
/* Closes and frees; never fails, but may break the connection. */
void ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c);
/* Reads from one stream without waiting. Returns the number of bytes, 0 if none
 * has arrived, or -1 with err set. */
ssize_t ssh_channel_read(struct hd_ssh *s, LIBSSH2_CHANNEL *c, int stream,
    char *room, size_t size, struct hd_err *err) HD_CHECK;

#endif
