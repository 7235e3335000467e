#ifndef HD_TRANSPORT_H
#define HD_TRANSPORT_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Core's only access to a host: run a script, send a file, fetch a file, talk
 * to a port, close. One thread at a time may use a transport; different threads
 * may use different transports.
 *
 * Every call blocks, but not beyond its deadline. Common errors:
 *
 *	HD_ECONNECT   the connection is lost, or the server was silent too long
 *	HD_ETIMEOUT   the deadline passed
 *	HD_ECANCELED  hd_cancel_insisted(); upload, read: hd_cancel_requested()
 *
 * After any of the three, only hd_tp_close() may be called.
 */
struct hd_transport;

enum hd_stream { HD_STDOUT = 1, HD_STDERR = 2 };

/* Receives each piece of output; text is borrowed for the call. */
typedef void hd_output_fn(
    void *ctx, enum hd_stream stream, const char *text, size_t len);

/* Receives the number of bytes transferred so far. */
typedef void hd_progress_fn(void *ctx, uint64_t done, uint64_t size);

/* A script for /bin/sh -s, or the same through sudo if the transport was opened
 * with run_as. It is sent on stdin, followed by end of file. If it is long, it
 * runs as a whole or not at all, and noise of a line can precede its output. */
struct hd_exec {
	const char *script;
	size_t len;
	unsigned deadline_ms;
	hd_output_fn *out; /* may be NULL */
	void *ctx;
	bool last; /* runs even after hd_cancel_insisted() */
	bool soon; /* stops as early as hd_cancel_requested() */
	/* NULL, or set by out() once the answer is complete: the script is then
	 * given a moment to end, even if a child keeps its output open */
	const bool *complete;
	/* NULL, or set before the first byte of the script is sent: while it is
	 * false, the host has run nothing */
	bool *sent;
	/* NULL, or an upload that probably follows: while the script runs, a
	 * connection to a far host gets ready for it. Only size, from and
	 * channels count. */
	const struct hd_upload *next;
};

/* A part of a local file; the caller closes fd. */
struct hd_piece {
	int fd; /* a file that pread() can read */
	uint64_t offset, length;
};

struct hd_upload {
	const struct hd_piece *pieces; /* one after another: the new file */
	size_t n;
	uint64_t size; /* of the new file: the sum of the lengths */
	/* The number of bytes at the start of path that are right already: path
	 * is cut off after them, and the rest is sent. 0: path is created or
	 * emptied; its folder and the one above are made if they are missing,
	 * mode 0700. */
	uint64_t from;
	const char *path; /* mode 0600 less umask, if created */
	/* SFTP channels at once, over the one connection; 0: as many as size
	 * and round trip need, or a command for a small file */
	unsigned channels;
	unsigned stall_ms; /* HD_ETIMEOUT after this time without progress */
	hd_progress_fn *progress; /* begins at from; may be NULL */
	void *ctx;
};

struct hd_read {
	const char *path;
	int fd;       /* written at its current offset; the caller closes it */
	uint64_t max; /* HD_EREMOTE if the file is larger */
	unsigned stall_ms;
	hd_progress_fn *progress; /* may be NULL */
	void *ctx;
};

/* A TCP exchange from the host: send a request, receive the answer. */
struct hd_tunnel {
	const char *address; /* as the host resolves it */
	unsigned port;
	const char *request;
	size_t len;
	size_t max; /* bytes of answer; the rest is dropped without error */
	unsigned deadline_ms; /* for the whole exchange */
	hd_output_fn *out;
	void *ctx;
	bool *forbidden; /* set if the server forbids it; can be NULL */
};

/* Every backend sets every member. */
struct hd_transport_ops {
	int (*exec)(struct hd_transport *t, const struct hd_exec *x,
	    int *status, struct hd_err *err);
	int (*upload)(struct hd_transport *t, const struct hd_upload *u,
	    struct hd_err *err);
	int (*read)(struct hd_transport *t, const struct hd_read *r,
	    struct hd_err *err);
	int (*tunnel)(struct hd_transport *t, const struct hd_tunnel *x,
	    struct hd_err *err);
	void (*close)(struct hd_transport *t);
};

/* First member of each backend's own struct. */
struct hd_transport {
	const struct hd_transport_ops *ops;
	/* who logged in; NULL: nobody had to. Valid until it is closed. */
	const char *user;
};

/*
 * Returns 0 if the script ran and its output was read to the end, or until
 * *x->complete; *status is then its exit status, or -1 if it was killed by a
 * signal or the server sent no status. A status of 0 proves nothing, because
 * libssh2 also reports 0 if none came: core looks for its own end marker.
 */
int hd_tp_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err) HD_CHECK;
/*
 * HD_EREMOTE with a reason if the host refused the file. After a failure path
 * begins with a part of the new file. Data that was on its way can follow, in
 * any order and with gaps: only digests show how long the part is.
 */
int hd_tp_upload(struct hd_transport *t, const struct hd_upload *u,
    struct hd_err *err) HD_CHECK;
int hd_tp_read(struct hd_transport *t, const struct hd_read *r,
    struct hd_err *err) HD_CHECK;
/* HD_EREMOTE if nothing accepts the connection or the server forbids
 * forwarding; the message distinguishes the two. */
int hd_tp_tunnel(struct hd_transport *t, const struct hd_tunnel *x,
    struct hd_err *err) HD_CHECK;
/* Does not block, even if the peer is dead. NULL: does nothing. */
void hd_tp_close(struct hd_transport *t);

#endif
