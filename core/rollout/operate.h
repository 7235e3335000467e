#ifndef HD_OPERATE_H
#define HD_OPERATE_H

#include "core/rollout/site.h"

/* Connects unless it is connected. */
int hd_site_connect(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* Asks a script there something, over a new connection if there is none.
 * hd_site_failed() if it ends with a status; the caller ends reply. */
int hd_site_question(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/* Asks the host for its facts, again if the connection breaks; s->now holds
 * them, the older ones are gone. */
int hd_site_look(struct hd_site *s, struct hd_err *err) HD_CHECK;

/*
 * The one way to change a host: every step that changes anything comes
 * through here. Runs the operation to its end, also over several connections;
 * its output becomes events of step. HD_EREMOTE, with what the host said, if it
 * ended with a failure, HD_EBUSY if that is because of processes on old code;
 * HD_ECONNECT or HD_ETIMEOUT if the host stayed away for longer than the
 * operation may take: then it is not known.
 */
int hd_site_operate(struct hd_site *s, const char *step,
    const struct hd_call *call, struct hd_err *err) HD_CHECK;

#endif
