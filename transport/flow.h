#ifndef HD_FLOW_H
#define HD_FLOW_H

#include "core/base/cancel.h"
#include "transport/commands.h"
#include "transport/pieces.h"
#include "transport/transport.h"

#include <stdbool.h>

/*
 * One command with its input and output: the part of exec, upload and read
 * that all backends share. A backend implements hd_run_fn; the functions below
 * turn it into the three operations.
 */
struct hd_sudo_call;

struct hd_flow {
	const char *command;       /* for the login shell */
	struct hd_sudo_call *sudo; /* that must start first; NULL: none */
	/* stdin: first, head, the rest of the upload, then end of file */
	const char *first;
	size_t nfirst;
	const char *head;
	size_t nhead;
	const struct hd_upload *u;    /* NULL: none */
	const struct hd_upload *next; /* of struct hd_exec */
	/* Receives each piece of output. Ends the command by returning -1 with
	 * err set. */
	int (*out)(struct hd_flow *f, enum hd_stream stream, const char *text,
	    size_t len, struct hd_err *err);
	void *ctx;
	bool *sent; /* set before the first byte of head is sent; NULL: not */
	unsigned limit_ms;
	bool stall;           /* limit_ms counts from the last progress */
	enum hd_cancel stage; /* cancellation at this stage stops it */

	/* Maintained by the functions below. */
	int64_t end;    /* current deadline, on the clock of hd_clock_ms() */
	int64_t enough; /* the answer is complete: do not wait for the end of
			 * output beyond this time; 0: it is not */
	/* limit_ms and end of the command itself, while sudo starts */
	unsigned whole_ms;
	int64_t whole_end;
	uint64_t fed;
	struct hd_pieces pieces;
	char *chunk;
	size_t nchunk, at;
};

/* Runs f->command to its end. *status: see hd_tp_exec(). */
typedef int hd_run_fn(
    struct hd_transport *t, struct hd_flow *f, int *status, struct hd_err *err);

/* Sends a script of some length compressed, unless c->plain is set. A host that
 * cannot unpack it gets it once more as it is, and c->plain is set. */
int hd_flow_exec(struct hd_transport *t, hd_run_fn *run, struct hd_commands *c,
    const struct hd_exec *x, int *status, struct hd_err *err) HD_CHECK;
int hd_flow_upload(struct hd_transport *t, hd_run_fn *run,
    const struct hd_commands *c, const struct hd_upload *u,
    struct hd_err *err) HD_CHECK;
int hd_flow_read(struct hd_transport *t, hd_run_fn *run,
    const struct hd_commands *c, const struct hd_read *r,
    struct hd_err *err) HD_CHECK;

/* For hd_flow_exec(), hd_flow_upload() and hd_flow_read(): runs the command,
 * after sudo where it needs a password. Errors: also those of hd_sudo_begin()
 * and hd_sudo_end(). */
int hd_flow_run(struct hd_transport *t, hd_run_fn *run, struct hd_flow *f,
    const struct hd_commands *c, int *status, struct hd_err *err) HD_CHECK;
/* Restarts the time limit. */
void hd_flow_restart(struct hd_flow *f);

/* For backends: whether nothing is to be sent now, because the next bytes
 * depend on output. */
bool hd_flow_waits(const struct hd_flow *f);
/* For backends, unless hd_flow_waits(): the next bytes for stdin; *n is 0 at
 * the end. Returns the same bytes until hd_flow_fed() reports them as sent.
 * HD_ELOCAL if the file was truncated. */
int hd_flow_next(
    struct hd_flow *f, const char **p, size_t *n, struct hd_err *err) HD_CHECK;
void hd_flow_fed(struct hd_flow *f, size_t n);
/* For backends: passes output to f->out. */
int hd_flow_out(struct hd_flow *f, enum hd_stream stream, const char *text,
    size_t len, struct hd_err *err) HD_CHECK;

/* For backends: the time until which to wait for output; and whether the answer
 * is complete, so that the rest of the output does not matter. */
int64_t hd_flow_wait(const struct hd_flow *f);
bool hd_flow_complete(const struct hd_flow *f);

/* HD_EREFUSED if path cannot be sent to the host as one line. */
int hd_flow_check_path(const char *path, struct hd_err *err) HD_CHECK;

#endif
