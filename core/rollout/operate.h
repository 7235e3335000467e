#ifndef HD_OPERATE_H
#define HD_OPERATE_H

#include "core/rollout/site.h"

/* Connects if there is no connection; renews the lock and sends a keepalive
 * that is due. Blocks. */
int hd_site_connect(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* Runs a script that only reads, over a new connection if needed. An error of
 * the script is turned into err by hd_site_failed(). The caller ends reply.
 * Blocks. */
int hd_site_question(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/*
 * The only way to change a host: every step that changes a host calls this.
 * Runs the operation to its end, over several connections if needed; its output
 * becomes events of step. Blocks.
 *
 * HD_EREMOTE, with the message of the host, if it failed; HD_EBUSY if it failed
 * because of processes on old code; HD_ECONNECT or HD_ETIMEOUT if the host was
 * out of reach for longer than the operation can take: then its result is
 * unknown.
 */
int hd_site_operate(struct hd_site *s, const char *step,
    const struct hd_call *call, struct hd_err *err) HD_CHECK;
/* The same, and keeps the reply, also after a failure. The caller ends it. */
int hd_site_operate_reply(struct hd_site *s, const char *step,
    const struct hd_call *call, struct hd_reply *reply,
    struct hd_err *err) HD_CHECK;

#endif
