#ifndef HD_SSH_LANE_H
#define HD_SSH_LANE_H

#include "transport/sftp_wire.h"
#include "transport/ssh_session.h"

/* LANE_STRIPE: bytes of the file that a lane takes at a time. LANE_QUEUE: most
 * requests without an answer: 8 MiB, while OpenSSH takes 2 MiB of a channel. */
enum {
	LANE_WRITES = 8,
	LANE_STRIPE = LANE_WRITES * SFTP_DATA_MAX,
	LANE_QUEUE = 256,
	LANE_MOST = LANE_QUEUE - 2, /* the others: size and close */
};

enum lane_state {
	LANE_STARTING, /* has no handle yet */
	LANE_OPEN,     /* has a handle */
	LANE_CLOSING,  /* sends no more data */
	LANE_CLOSED,   /* the server has stored and closed the file */
	LANE_REFUSED,  /* by the server, at any time */
};

/* One channel with an SFTP server, which opens the file. A lane waits for the
 * handle; it sends all other requests without waiting for answers. */
struct ssh_lane {
	struct hd_ssh *s;
	LIBSSH2_CHANNEL *c;
	enum lane_state state;
	bool asked_for, accepted; /* the subsystem */
	bool greeted;             /* by its SFTP server */
	struct sftp_handle handle;
	struct sftp_reader reader;
	unsigned char *out; /* requests to send: from at to n */
	size_t n, at, room;
	/* requests by the lower bits of their ids, from oldest to next */
	struct {
		uint64_t offset;
		uint32_t length; /* 0: not a WRITE */
		bool waiting;
		bool optional; /* can be refused */
	} asked[LANE_QUEUE];
	uint32_t oldest, next;
};

/* Takes over c, a new channel, and asks for SFTP. */
struct ssh_lane *ssh_lane_new(struct hd_ssh *s, LIBSSH2_CHANNEL *c);
/* Asks for the file, once. make: also for its folder and the one above, which
 * can exist. */
void ssh_lane_open(
    struct ssh_lane *l, const char *path, bool make, bool truncate);
/* Begins to close the channel. */
void ssh_lane_end(struct ssh_lane *l);
/* Frees l, and returns its channel. */
LIBSSH2_CHANNEL *ssh_lane_free(struct ssh_lane *l);

/* Whether more requests can be added, if at most that many may wait for their
 * answers. */
bool ssh_lane_ready(const struct ssh_lane *l, size_t most);
/* Each adds requests to an open lane that is ready. */
void ssh_lane_truncate(struct ssh_lane *l, uint64_t size);
void ssh_lane_close(struct ssh_lane *l);
/* Returns room for n bytes of data, at most SFTP_DATA_MAX, which the caller
 * fills. At most LANE_WRITES times between two calls of ssh_lane_run(). */
char *ssh_lane_write(struct ssh_lane *l, uint64_t offset, size_t n);

/* The lowest offset that was written without a confirmation; UINT64_MAX: all
 * are confirmed. */
uint64_t ssh_lane_oldest(const struct ssh_lane *l);

/*
 * Sends and receives without waiting. Adds the confirmed bytes to *done, and
 * sets *moved if anything was sent or received. HD_ECONNECT, also if the SFTP
 * server ended or does not speak SFTP after it has given a handle.
 */
int ssh_lane_run(struct ssh_lane *l, uint64_t *done, bool *moved,
    struct hd_err *err) HD_CHECK;

#endif
