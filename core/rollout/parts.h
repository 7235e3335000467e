#ifndef HD_ROLLOUT_PARTS_H
#define HD_ROLLOUT_PARTS_H

#include "core/plan/ship.h"
#include "core/remote/call.h"

/* Asks which parts of a pushed version a host already has
 * (core/remote/parts.sh), in the same call as the facts. */

struct hd_site;
struct hd_reply;

struct hd_parts_call {
	struct hd_call call;
	struct hd_str list;
};

/* Whether the step after the facts may be a push from this site. */
bool hd_parts_wanted(const struct hd_site *s);

/* Composes the call. ship: whose parts are asked for; NULL: only about the
 * version itself. HD_ELOCAL. End with hd_parts_end(), also after an error. */
int hd_parts_begin(struct hd_parts_call *c, const struct hd_site *s,
    const struct hd_ship *ship, struct hd_err *err) HD_CHECK;
void hd_parts_end(struct hd_parts_call *c);

/* Copies the answer to s->parts. NULL: the script did not run. */
void hd_parts_keep(struct hd_site *s, const struct hd_reply *reply);
void hd_parts_forget(struct hd_site *s);

#endif
