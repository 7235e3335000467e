#ifndef HD_SSH_OPEN_H
#define HD_SSH_OPEN_H

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
void *ssh_open_channel(
    struct hd_ssh *s, const struct ssh_way *way, void *ctx, struct hd_err *err);

/* Opens a channel for one command; NULL with err set on failure. */
LIBSSH2_CHANNEL *ssh_open_session(struct hd_ssh *s, struct hd_err *err);

#endif
