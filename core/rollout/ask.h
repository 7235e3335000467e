#ifndef HD_ASK_H
#define HD_ASK_H

#include "core/rollout/site.h"

/* hd_remote_ask() on a host that is connected; an error that sudo there
 * explained says what to do. */
int hd_site_ask(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err) HD_CHECK;

#endif
