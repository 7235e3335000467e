#ifndef HD_FLOW_H
#define HD_FLOW_H

#include "core/base/cancel.h"
#include "transport/transport.h"

#include <stdbool.h>

/*
 * One command being fed and drained, whatever it runs over: the part of exec,
 * upload and read that the backends share. A backend offers one function
 * (hd_run_fn) and gets the three operations from it.
 */
struct hd_flow {
	const char *command; /* for the login shell */
	/* stdin: head, then size bytes of the file, then end of file */
	const char *head;
	size_t nhead;
	int fd; /* -1: no file */
	uint64_t size;
	/* Takes each piece of output; -1 with err set ends the command. */
	int (*out)(struct hd_flow *f, enum hd_stream stream, const char *text,
	    size_t len, struct hd_err *err);
	void *ctx;
	hd_progress_fn *progress; /* of the file on stdin; may be NULL */
	void *progress_ctx;
	unsigned limit_ms;
	bool stall;           /* the limit counts from the last progress */
	enum hd_cancel stage; /* at which it stops */

	/* Kept by the functions below. */
	int64_t end; /* present deadline, in hd_clock_ms() terms */
	uint64_t fed;
	char *chunk;
	size_t nchunk, at;
};

/* Runs f->command to its end; status as in hd_tp_exec(). */
typedef int hd_run_fn(
    struct hd_transport *t, struct hd_flow *f, int *status, struct hd_err *err);

int hd_flow_exec(struct hd_transport *t, hd_run_fn *run, const char *command,
    const struct hd_exec *x, int *status, struct hd_err *err) HD_CHECK;
int hd_flow_upload(struct hd_transport *t, hd_run_fn *run, const char *command,
    const struct hd_upload *u, struct hd_err *err) HD_CHECK;
int hd_flow_read(struct hd_transport *t, hd_run_fn *run, const char *command,
    const struct hd_read *r, struct hd_err *err) HD_CHECK;

/* For backends: the next bytes for stdin, the same ones until some are
 * reported as fed; *n is 0 when all are. HD_ELOCAL if the file is short. */
int hd_flow_next(
    struct hd_flow *f, const char **p, size_t *n, struct hd_err *err) HD_CHECK;
void hd_flow_fed(struct hd_flow *f, size_t n);
/* Output arrived: calls f->out. */
int hd_flow_out(struct hd_flow *f, enum hd_stream stream, const char *text,
    size_t len, struct hd_err *err) HD_CHECK;

/* Paths go to the host as one line. */
int hd_flow_check_path(const char *path, struct hd_err *err) HD_CHECK;

/* Appends to a message of at most max bytes; text from a host is never
 * copied as it is: no control sequences, one line. */
void hd_flow_quote(char *msg, size_t max, const char *text, size_t len);

#endif
