#ifndef HD_REMOTE_H
#define HD_REMOTE_H

#include "core/base/alloc.h"
#include "core/base/err.h"
#include "core/remote/call.h"
#include "transport/transport.h"

/*
 * The shell that runs on hosts. Scripts are the .sh files beside this header
 * that define main(), embedded at build time; what they share comes before them
 * (compose.c). They answer in "key value" lines between a start and an end
 * marker that hold a nonce; the end marker holds the exit status. A script
 * whose status is not 0 says why as "failed": one line, for people; with
 * "busy MODULE" if that is because processes run replaced code of MODULE, with
 * "refused hot" if nothing was done and another try to go hot would fail as
 * well, "refused yes" if any other try would. A note is for people, however the
 * operation ends.
 *
 * The head of a script says what it does, what its arguments mean and what it
 * answers beside "failed"; for facts that is core/plan/facts.h. Those that
 * change the host, and the check before that, are operations:
 *
 *	prepare   version
 *	receive   version size sha256 identity manifest [notes]
 *	place     version
 *	snapshot  version change
 *	unpack    version
 *	stage     version
 *	switch    version
 *	check     version unsupervised
 *	install   version change direction [seconds old policy]
 *	commit    version
 *	purge
 *	discard   version
 *	prune     version
 *	start     [version]
 *	stop      [version]
 *	record    line [verified]
 *	run       command
 *
 * and these are asked:
 *
 *	facts
 *	health    command
 *	history   count
 *	console   id
 *	lock      token holder command held [job keepalive]
 *	unlock    lease
 *	holder
 *	takeover  lease token holder command [job]
 */

/* What a script said. */
struct hd_reply {
	struct hd_arena arena;
	int status;            /* of main(), from the end marker */
	struct hd_pairs facts; /* in order; keys may repeat */
	const char *errors;    /* end of stderr, bounded, raw; never NULL */
};
void hd_reply_done(struct hd_reply *r);
/* Value of the first such key, or NULL. */
const char *hd_reply_get(const struct hd_reply *r, const char *key);

/* How the text begins of an error about a script that was not even begun. */
#define HD_NOT_RUN "the shell on the host did not run the script"

/*
 * Runs a script that changes nothing (facts, health) or only whose turn it is
 * (lock, unlock, takeover). Returns 0 if it ran to
 * its end marker, whatever its status. HD_EREMOTE if the marker never came
 * (no POSIX shell, sudo refused, full answer too large); else the
 * transport's errors.
 */
int hd_remote_ask(struct hd_transport *t, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/*
 * The one way to change a host. Starts the script there in its own session
 * (setsid) with its files under <root>/.hdeploy/ops/<id>/, and follows it to
 * its end. It goes on when the connection breaks: called again with the same
 * id, this follows it from the first byte of its output, and starts it only if
 * it was not. call->deadline_ms is
 * enforced on the host too: the whole session is ended then, and the reply's
 * status is HD_OP_DEADLINE. Output is handed to out as it comes, raw.
 * id: [a-z0-9-]+, new for every operation.
 *
 * Errors as hd_remote_ask(). After HD_ECONNECT or HD_ETIMEOUT the operation
 * may still be running, or begin: follow it, or name it as unsure in the next.
 */
enum { HD_OP_DEADLINE = 124 };
int hd_remote_operate(struct hd_transport *t, const struct hd_call *call,
    const char *id, hd_output_fn *out, void *ctx, struct hd_reply *reply,
    struct hd_err *err) HD_CHECK;

#endif
