#ifndef HD_REMOTE_H
#define HD_REMOTE_H

#include "core/base/err.h"
#include "core/remote/call.h"
#include "core/remote/reply.h"
#include "transport/transport.h"

/*
 * Runs scripts on hosts. A script is an .sh file of this folder that defines
 * main(). The build embeds these files; compose.c puts the shared ones before
 * the script. A script answers in "key value" lines between a begin and an end
 * line, which contain a nonce; the end line also contains the exit status. If
 * that is not 0, the answer has "failed REASON", one line for people; also
 * "busy MODULE" if the cause is processes that still run old code of MODULE,
 * and if nothing was done, "refused hot" where another hot attempt would fail
 * too, "refused yes" where any attempt would; "repair yes" if `hdeploy repair`
 * mends the cause. "note TEXT" is for people, however the operation ends.
 *
 * The head of a script describes it, its arguments, and its answers besides
 * "failed"; core/plan/facts.h describes the facts. Scripts that change the
 * host, and the check before an install, are operations:
 *
 *	prepare   version [block]
 *	download  version size sha256 stall [secret]
 *	receive   version size identity sums recipe [notes data]
 *	place     version
 *	snapshot  version change [repair]
 *	unpack    version
 *	stage     version
 *	switch    version
 *	check     version unsupervised
 *	install   version change direction [seconds old policy]
 *	commit    version
 *	purge
 *	discard   version
 *	prune     version
 *	repair_files version change
 *	repair_list  version
 *	repair_boot  version
 *	repair_tidy  version
 *	repair_own   version
 *	start     [version]
 *	stop      [version]
 *	restart   version
 *	reload    version
 *	record    line [verified]
 *	run       command
 *
 * The others are queries ("ask", "question"); the last four are about the lock:
 *
 *	facts     [deep now needs variables goal target libs brief]
 *	parts     version identity [parts]
 *	health    command
 *	history   count
 *	logs      lines [files after wait]
 *	console   id
 *	lock      token holder command held [job keepalive parked]
 *	unlock    lease
 *	holder
 *	takeover  lease token holder command [job absent]
 */

/*
 * One call can run several scripts (call->then), one after another in the same
 * shell, up to the first that fails. The files that they need are sent and read
 * once, and a root that one of them has entered is not checked again
 * (trust.sh). Each sees its own arguments and a umask of 022. The deadline of
 * the first is for all.
 */

/*
 * A question can follow an operation (call->asks): the shell that followed the
 * operation to a successful end runs it next. The deadlines add up. A question
 * that fails does not make the operation fail.
 */

/* Begins the message of an error if the script did not even begin. */
#define HD_NOT_RUN "the shell on the host did not run the script"

/*
 * Runs a script that changes nothing (facts, health) or only the lock (lock,
 * unlock, takeover), and blocks until it ends. Returns 0 if the end line came,
 * whatever the script's status. HD_EREMOTE if it did not come (no POSIX shell,
 * sudo refused) or the answer is malformed or too large; HD_ELOCAL if the call
 * is invalid; else the transport's errors. The caller frees *reply.
 */
int hd_remote_ask(struct hd_transport *t, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/*
 * The only way to change a host. Starts the script on the host in a session of
 * its own (setsid), with its files in <root>/.hdeploy/ops/<id>/, and follows it
 * until it ends. The script survives a broken connection: a second call with
 * the same id follows it from the first byte of its output, and starts it only
 * if it never began. The host enforces call->deadline_ms: it ends the whole
 * session, and the reply's status is HD_OP_DEADLINE. Output goes to out as it
 * comes, raw. id: [a-z0-9-]+, at most 64 bytes, new for every operation.
 *
 * Errors as hd_remote_ask(). After HD_ECONNECT or HD_ETIMEOUT the operation may
 * be running, or even begin later: follow it, or name it as call->unsure in the
 * next operation.
 */
enum { HD_OP_DEADLINE = 124 };
int hd_remote_operate(struct hd_transport *t, const struct hd_call *call,
    const char *id, hd_output_fn *out, void *ctx, struct hd_reply *reply,
    struct hd_err *err) HD_CHECK;

#endif
