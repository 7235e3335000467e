#include "transport/flow.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/base/shell.h"
#include "transport/quote.h"
#include "transport/sudo_call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* COMPLETE_MS: stderr may arrive after the end marker on stdout, although it
 * was written earlier. */
enum { CHUNK = 32 * 1024, REPLY_MAX = 400, COMPLETE_MS = 500 };
/* Below, a script fits into a few packets. */
enum { PACKED_MIN = 4096 };

void
hd_flow_restart(struct hd_flow *f)
{
	f->end = hd_clock_ms() + f->limit_ms;
}

static void
moved(struct hd_flow *f)
{
	if (f->stall)
		hd_flow_restart(f);
}

int
hd_flow_check_path(const char *path, struct hd_err *err)
{
	if (path[0] == '\0' || strchr(path, '\n') != NULL)
		return hd_err_set(err, HD_EREFUSED,
		    "a path on a host must not be empty or contain a newline");
	return 0;
}

static uint64_t
before_file(const struct hd_flow *f)
{
	return f->nfirst + f->nhead;
}

/* The offset in the file of the next byte to send. */
static uint64_t
offset_of(const struct hd_flow *f)
{
	return f->u->from + (f->fed - before_file(f));
}

static int
refill(struct hd_flow *f, struct hd_err *err)
{
	uint64_t left = f->u->size - offset_of(f);

	if (f->chunk == NULL)
		f->chunk = hd_alloc(CHUNK);
	f->at = 0;
	f->nchunk = left < CHUNK ? (size_t)left : CHUNK;
	return hd_pieces_read(
	    &f->pieces, offset_of(f), f->chunk, f->nchunk, err);
}

int
hd_flow_next(struct hd_flow *f, const char **p, size_t *n, struct hd_err *err)
{
	*n = 0;
	if (f->sudo != NULL) {
		hd_sudo_next(f->sudo, p, n);
		return 0;
	}
	if (f->fed < f->nfirst) {
		*p = f->first + f->fed;
		*n = f->nfirst - (size_t)f->fed;
		return 0;
	}
	if (f->fed < before_file(f)) {
		if (f->sent != NULL)
			*f->sent = true;
		*p = f->head + (f->fed - f->nfirst);
		*n = (size_t)(before_file(f) - f->fed);
		return 0;
	}
	if (f->u == NULL || offset_of(f) == f->u->size)
		return 0;
	if (f->at == f->nchunk && refill(f, err) < 0)
		return -1;
	*p = f->chunk + f->at;
	*n = f->nchunk - f->at;
	return 0;
}

void
hd_flow_fed(struct hd_flow *f, size_t n)
{
	if (f->sudo != NULL) {
		hd_sudo_fed(f->sudo, n);
		return;
	}
	if (f->fed >= before_file(f))
		f->at += n;
	f->fed += n;
	moved(f);
	if (f->u != NULL && f->u->progress != NULL && f->fed >= before_file(f))
		f->u->progress(f->u->ctx, offset_of(f), f->u->size);
}

int64_t
hd_flow_wait(const struct hd_flow *f)
{
	return f->enough != 0 && f->enough < f->end ? f->enough : f->end;
}

bool
hd_flow_complete(const struct hd_flow *f)
{
	return f->enough != 0 && hd_clock_left(f->enough) == 0;
}

static void
complete(struct hd_flow *f)
{
	if (f->enough == 0)
		f->enough = hd_clock_ms() + COMPLETE_MS;
}

/* Keeps the last line, of which hd_quote() can show REPLY_MAX bytes. */
static void
keep_line(char *line, bool *ended, const char *text, size_t len)
{
	while (len > 0) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline != NULL ? (size_t)(newline - text) : len;

		if (n > 0 && *ended) {
			line[0] = '\0';
			*ended = false;
		}
		hd_quote(line, REPLY_MAX, text, n);
		if (newline == NULL)
			return;
		*ended = true;
		text += n + 1;
		len -= n + 1;
	}
}

/* A script that runs. */
struct script {
	const struct hd_exec *x;
	char printed[REPLY_MAX]; /* last line of stdout, if it is compressed */
	bool ended;
};

static int
exec_out(struct hd_flow *f, enum hd_stream stream, const char *text, size_t len,
    struct hd_err *err)
{
	const struct hd_exec *x = ((struct script *)f->ctx)->x;

	(void)err;
	if (x->out != NULL)
		x->out(x->ctx, stream, text, len);
	if (x->complete != NULL && *x->complete)
		complete(f);
	return 0;
}

static int
packed_out(struct hd_flow *f, enum hd_stream stream, const char *text,
    size_t len, struct hd_err *err)
{
	struct script *s = f->ctx;

	if (stream == HD_STDOUT)
		keep_line(s->printed, &s->ended, text, len);
	return exec_out(f, stream, text, len, err);
}

/* The first line of a script. */
static void
begin_script(struct hd_flow *f, const struct hd_commands *c,
    struct hd_str *line, const char *how)
{
	hd_str_addf(line, "%s%s\n", c->word, how);
	f->command = c->text;
	f->first = line->ptr;
	f->nfirst = line->len;
	f->fed = 0;
}

/* Returns 1 if it is certain that the host ran nothing of the script, because
 * it cannot unpack it. */
static int
run_packed(struct hd_transport *t, hd_run_fn *run, struct hd_flow *f,
    const struct hd_commands *c, int *status, struct hd_err *err)
{
	HD_AUTO_STR line = HD_STR_INIT(64);
	HD_AUTO_FREE char *packed = NULL;
	struct script *s = f->ctx;
	char refusal[sizeof(c->word) + sizeof(" plain")];

	packed = hd_gzip(s->x->script, s->x->len, &f->nhead);
	f->head = packed;
	f->out = packed_out;
	begin_script(f, c, &line, " gzip");
	if (hd_flow_run(t, run, f, c, status, err) < 0)
		return -1;
	snprintf(refusal, sizeof(refusal), "%s plain", c->word);
	return s->ended && strcmp(s->printed, refusal) == 0;
}

int
hd_flow_exec(struct hd_transport *t, hd_run_fn *run, struct hd_commands *c,
    const struct hd_exec *x, int *status, struct hd_err *err)
{
	HD_AUTO_STR line = HD_STR_INIT(64);
	struct script s = { .x = x };
	struct hd_flow f = {
		.ctx = &s,
		.sent = x->sent,
		.next = x->next,
		.limit_ms = x->deadline_ms,
		.stage = x->last   ? HD_CANCEL_NEVER
			 : x->soon ? HD_CANCEL_SOON
				   : HD_CANCEL_NOW,
	};

	hd_flow_restart(&f);
	if (!c->plain && x->len >= PACKED_MIN) {
		int rc = run_packed(t, run, &f, c, status, err);

		if (rc <= 0)
			return rc;
		c->plain = true;
	}
	f.head = x->script;
	f.nhead = x->len;
	f.out = exec_out;
	begin_script(&f, c, &line, "");
	return hd_flow_run(t, run, &f, c, status, err);
}

/* Output of the command behind an upload or a read. */
struct reply {
	char errors[REPLY_MAX];  /* last line of stderr that is not empty */
	char printed[REPLY_MAX]; /* last line of stdout, for an upload */
	bool ended[2];    /* that line, so the next byte begins another */
	const char *word; /* is printed once an upload is stored */
	const struct hd_read *r; /* takes stdout; NULL: an upload */
	uint64_t got;            /* bytes of stdout */
};

static bool
is_stored(const struct reply *reply)
{
	return reply->ended[0] && strcmp(reply->printed, reply->word) == 0;
}

static int
upload_out(struct hd_flow *f, enum hd_stream stream, const char *text,
    size_t len, struct hd_err *err)
{
	struct reply *reply = f->ctx;

	(void)err;
	if (stream == HD_STDERR)
		keep_line(reply->errors, &reply->ended[1], text, len);
	else
		keep_line(reply->printed, &reply->ended[0], text, len);
	if (is_stored(reply))
		complete(f);
	return 0;
}

static int
judge(const struct reply *reply, int status, const char *verb, const char *path,
    struct hd_err *err)
{
	const char *said =
	    reply->errors[0] != '\0' ? reply->errors : reply->printed;

	if (said[0] != '\0')
		return hd_err_set(err, HD_EREMOTE, "the host cannot %s %s: %s",
		    verb, path, said);
	return hd_err_set(err, HD_EREMOTE,
	    "the host cannot %s %s: the command exited with status %d and "
	    "printed no error",
	    verb, path, status);
}

int
hd_flow_upload(struct hd_transport *t, hd_run_fn *run,
    const struct hd_commands *c, const struct hd_upload *u, struct hd_err *err)
{
	HD_AUTO_STR line = HD_STR_INIT(16 * 1024);
	struct reply reply = { .word = c->word };
	struct hd_flow f = {
		.command = c->text,
		.u = u,
		.pieces = { .u = u },
		.out = upload_out,
		.ctx = &reply,
		.limit_ms = u->stall_ms,
		.stall = true,
		.stage = HD_CANCEL_SOON,
	};
	int status = -1;
	int rc;

	hd_str_addf(&line, "%s %" PRIu64 " %s\n", c->word, u->from, u->path);
	if (hd_flow_check_path(u->path, err) < 0 ||
	    hd_str_check(&line, err) < 0)
		return -1;
	f.first = line.ptr;
	f.nfirst = line.len;
	hd_flow_restart(&f);
	rc = hd_flow_run(t, run, &f, c, &status, err);
	free(f.chunk);
	if (rc < 0)
		return hd_err_prefix(err, "uploading %s", u->path);
	if (is_stored(&reply))
		return 0;
	return judge(&reply, status, "write", u->path, err);
}

static int
read_out(struct hd_flow *f, enum hd_stream stream, const char *text, size_t len,
    struct hd_err *err)
{
	struct reply *reply = f->ctx;
	const struct hd_read *r = reply->r;

	if (stream == HD_STDERR) {
		keep_line(reply->errors, &reply->ended[1], text, len);
		return 0;
	}
	if (len > r->max - reply->got)
		return hd_err_set(err, HD_EREMOTE,
		    "the file is larger than the %" PRIu64 " bytes expected",
		    r->max);
	if (hd_fs_write_all(r->fd, text, len) < 0)
		return hd_err_set(err, HD_ELOCAL,
		    "storing the file on this machine: %s", strerror(errno));
	reply->got += len;
	if (r->progress != NULL)
		r->progress(r->ctx, reply->got, r->max);
	return 0;
}

int
hd_flow_read(struct hd_transport *t, hd_run_fn *run,
    const struct hd_commands *c, const struct hd_read *r, struct hd_err *err)
{
	HD_AUTO_SHELL script = HD_SHELL_INIT;
	HD_AUTO_STR line = HD_STR_INIT(64);
	struct reply reply = { .r = r };
	struct hd_flow f = {
		.out = read_out,
		.ctx = &reply,
		.limit_ms = r->stall_ms,
		.stall = true,
		.stage = HD_CANCEL_SOON,
	};
	int status = -1;

	/* A truncated script does nothing: its last line calls main. */
	hd_shell_lit(&script, "main() { exec cat <\"$1\"; }\n{ main ");
	hd_shell_arg(&script, r->path);
	hd_shell_lit(&script, " </dev/null; exit; }\n");
	if (hd_flow_check_path(r->path, err) < 0 ||
	    hd_str_check(&script.text, err) < 0)
		return -1;
	f.head = script.text.ptr;
	f.nhead = script.text.len;
	begin_script(&f, c, &line, "");
	hd_flow_restart(&f);
	if (hd_flow_run(t, run, &f, c, &status, err) < 0)
		return hd_err_prefix(err, "reading %s", r->path);
	return status == 0 ? 0 : judge(&reply, status, "read", r->path, err);
}
