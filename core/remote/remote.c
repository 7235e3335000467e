#include "core/remote/remote.h"

#include "core/base/digest.h"
#include "core/remote/compose.h"
#include "core/remote/reader.h"

enum {
	NONCE_BYTES = 16,
	/* The host itself ends a script at its deadline. The connection's
	 * deadline is later, for a host that does not. */
	ASK_GRACE_MS = 8000,
	OPERATION_GRACE_MS = 20000,
};

/* The number of scripts after the first. */
static size_t
following(const struct hd_call *call)
{
	size_t n = 0;

	while ((call = call->then) != NULL)
		n++;
	return n;
}

/* The number of answers to the question after an operation. */
static size_t
asked(const struct hd_call *call)
{
	return call->asks != NULL ? 1 + following(call->asks) : 0;
}

/* Takes the answer to the question off the answers of the operation. */
static void
part(const struct hd_call *call, struct hd_reply *reply)
{
	struct hd_reply *last = reply;

	for (size_t n = following(call); n > 0 && last->then != NULL; n--)
		last = last->then;
	if (last->then != NULL && hd_reply_last(last)->status == 0)
		reply->asked = last->then;
	if (last->then != NULL)
		last->status = 0;
	last->then = NULL;
}

static int
run(struct hd_transport *t, const struct hd_call *call,
    const struct hd_shell *text, unsigned grace_ms, struct hd_reader *reader,
    struct hd_err *err)
{
	const struct hd_exec x = {
		.script = text->text.ptr,
		.len = text->text.len,
		.deadline_ms =
		    call->deadline_ms + (call->last ? 0 : grace_ms) +
		    (call->asks != NULL ? call->asks->deadline_ms : 0),
		.last = call->last,
		.soon = call->soon,
		.sent = call->sent,
		.next = call->next,
		.out = hd_reader_take,
		.ctx = reader,
		.complete = &reader->complete,
	};
	int status = -1;

	if (hd_tp_exec(t, &x, &status, err) < 0)
		return -1;
	return hd_reader_end(reader, status, err);
}

static int
give_up(struct hd_reply *reply, const char *script, struct hd_err *err)
{
	hd_reply_done(reply);
	return hd_err_prefix(err, "%s", script);
}

int
hd_remote_ask(struct hd_transport *t, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err)
{
	HD_AUTO_SHELL text = HD_SHELL_INIT;
	char nonce[2 * NONCE_BYTES + 1];
	struct hd_reader reader = {
		.nonce = nonce, .reply = reply, .more = following(call)
	};

	*reply = (struct hd_reply){ .errors = "" };
	hd_random_hex(nonce, NONCE_BYTES);
	if (hd_compose_ask(call, nonce, &text, err) < 0 ||
	    run(t, call, &text, ASK_GRACE_MS, &reader, err) < 0)
		return give_up(reply, call->script, err);
	return 0;
}

int
hd_remote_operate(struct hd_transport *t, const struct hd_call *call,
    const char *id, hd_output_fn *out, void *ctx, struct hd_reply *reply,
    struct hd_err *err)
{
	HD_AUTO_SHELL text = HD_SHELL_INIT;
	char nonce[2 * NONCE_BYTES + 1];
	struct hd_reader reader = { .nonce = nonce,
		.reply = reply,
		.more = following(call) + asked(call),
		.question = asked(call),
		.call = call,
		.out = out,
		.ctx = ctx };

	*reply = (struct hd_reply){ .errors = "" };
	hd_random_hex(nonce, NONCE_BYTES);
	if (hd_compose_operation(call, id, nonce, &text, err) < 0 ||
	    run(t, call, &text, OPERATION_GRACE_MS, &reader, err) < 0)
		return give_up(reply, call->script, err);
	if (call->asks != NULL)
		part(call, reply);
	return 0;
}
