#ifndef HD_TRANSPORT_H
#define HD_TRANSPORT_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All that core sees of a host: run a script, send a file, fetch a file, talk
 * to a port, close. One transport belongs to one thread at a time; different
 * transports may be used by different threads at once.
 *
 * Every call blocks, none longer than its deadline. Common errors:
 * HD_ECONNECT the connection is gone, or the server is silent for longer than
 * a living one; HD_ETIMEOUT the deadline passed; HD_ECANCELED
 * hd_cancel_insisted(), for upload and read hd_cancel_requested(). After any
 * of the three the transport only takes hd_tp_close().
 */
struct hd_transport;

enum hd_stream { HD_STDOUT = 1, HD_STDERR = 2 };

/* Gets each piece of output; text is borrowed for the call. */
typedef void hd_output_fn(
    void *ctx, enum hd_stream stream, const char *text, size_t len);

/* Gets the bytes sent or received so far. */
typedef void hd_progress_fn(void *ctx, uint64_t done, uint64_t size);

/* A script for `exec /bin/sh -s`, or the same through sudo if the transport
 * was opened with run_as. It is sent on stdin, followed by end of file. */
struct hd_exec {
	const char *script;
	size_t len;
	unsigned deadline_ms;
	hd_output_fn *out; /* may be NULL */
	void *ctx;
	bool last; /* runs also when hd_cancel_insisted() */
	bool soon; /* stops at hd_cancel_requested() already */
};

struct hd_upload {
	int fd; /* read from its start; stays the caller's */
	uint64_t size;
	const char *path;  /* created or truncated, mode 0600 less umask */
	unsigned stall_ms; /* HD_ETIMEOUT after so long without progress */
	hd_progress_fn *progress; /* may be NULL */
	void *ctx;
};

struct hd_read {
	const char *path;
	int fd; /* written to at its present position; stays the caller's */
	uint64_t max; /* HD_EREMOTE if the file is larger */
	unsigned stall_ms;
	hd_progress_fn *progress; /* may be NULL */
	void *ctx;
};

/* A TCP exchange as seen from the host: send a request, take the answer. */
struct hd_tunnel {
	const char *address; /* as the host resolves it */
	unsigned port;
	const char *request;
	size_t len;
	size_t max; /* stop, without error, after so many bytes of answer */
	unsigned deadline_ms; /* for all of it */
	hd_output_fn *out;
	void *ctx;
};

/* Every backend fills this, every member. */
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
};

/*
 * Returns 0 if the script ran and its output was read to the end; *status is
 * then its exit status, or -1 if none was received (killed by a signal, or
 * the server sent none). A status of 0 alone proves nothing (libssh2 reports
 * 0 where none came): core looks for its own end marker.
 */
int hd_tp_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err) HD_CHECK;
/* HD_EREMOTE with a reason if the host refused the file. What lies at path
 * after a failure is not said. */
int hd_tp_upload(struct hd_transport *t, const struct hd_upload *u,
    struct hd_err *err) HD_CHECK;
int hd_tp_read(struct hd_transport *t, const struct hd_read *r,
    struct hd_err *err) HD_CHECK;
/* HD_EREMOTE if nothing listens there or the server forbids forwarding; the
 * text says which. */
int hd_tp_tunnel(struct hd_transport *t, const struct hd_tunnel *x,
    struct hd_err *err) HD_CHECK;
/* Immediate, also when the peer is dead. NULL is fine. */
void hd_tp_close(struct hd_transport *t);

#endif
