/* The part of a flow before its command begins: sudo wants its password. */
#include "core/base/clock.h"
#include "transport/flow.h"
#include "transport/sudo_call.h"

/* The host might ask another machine to check the password. */
enum { SUDO_MS = 30 * 1000 };

/* The whole limit again, from the time at which sudo was started; an upload or
 * a read counts from its last progress. */
static void
end_wait(struct hd_flow *f)
{
	f->sudo = NULL;
	f->limit_ms = f->whole_ms;
	f->end = f->whole_end;
	if (f->stall)
		hd_flow_restart(f);
}

static int
sudo_out(struct hd_flow *f, enum hd_stream stream, const char *text, size_t len,
    struct hd_err *err)
{
	ssize_t rest;

	if (stream != HD_STDERR)
		return 0; /* of a startup file */
	rest = hd_sudo_heard(f->sudo, text, len, err);
	if (rest < 0)
		return -1;
	if (f->sudo->stage == HD_SUDO_READY)
		end_wait(f);
	if (rest == 0)
		return 0;
	return f->out(f, stream, text + len - (size_t)rest, (size_t)rest, err);
}

int
hd_flow_out(struct hd_flow *f, enum hd_stream stream, const char *text,
    size_t len, struct hd_err *err)
{
	if (f->sudo != NULL)
		return sudo_out(f, stream, text, len, err);
	if (f->stall)
		hd_flow_restart(f);
	return f->out(f, stream, text, len, err);
}

bool
hd_flow_waits(const struct hd_flow *f)
{
	const char *ignored;
	size_t n = 1;

	if (f->sudo != NULL)
		hd_sudo_next(f->sudo, &ignored, &n);
	return n == 0;
}

static int
explain(const struct hd_sudo_call *call, unsigned ms, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT], text[HD_SUDO_QUOTED];

	if (err->code != HD_ETIMEOUT)
		return -1;
	hd_clock_limit(limit, ms);
	return hd_err_set(err, HD_ETIMEOUT, "sudo %s within %s%s",
	    call->stage == HD_SUDO_STARTING
		? "neither asked for a password nor ran the shell"
		: "did not check the password",
	    limit, hd_sudo_said(call, text));
}

int
hd_flow_run(struct hd_transport *t, hd_run_fn *run, struct hd_flow *f,
    const struct hd_commands *c, int *status, struct hd_err *err)
{
	struct hd_sudo_call call;
	unsigned wait_ms;
	int rc;

	if (c->sudo == NULL)
		return run(t, f, status, err);
	if (hd_sudo_begin(&call, c->sudo, c->word, f->stage, err) < 0)
		return -1;
	f->sudo = &call;
	f->whole_ms = f->limit_ms;
	wait_ms = f->limit_ms < SUDO_MS ? f->limit_ms : SUDO_MS;
	f->limit_ms = wait_ms;
	hd_flow_restart(f);
	f->whole_end = f->end + (f->whole_ms - wait_ms);
	rc = run(t, f, status, err);
	if (f->sudo == NULL)
		return rc;
	end_wait(f);
	if (hd_sudo_end(&call, rc == 0, rc == 0 ? err : &(struct hd_err){ 0 }) <
	    0)
		return -1;
	if (rc < 0)
		return explain(&call, wait_ms, err);
	return f->out(f, HD_STDERR, call.said, call.nsaid, err);
}
