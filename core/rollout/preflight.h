#ifndef HD_PREFLIGHT_H
#define HD_PREFLIGHT_H

#include "core/rollout/site.h"

/* What facts.sh must know to look for problems of the change ahead. */
struct hd_preflight {
	char now[24];
	struct hd_str needs, variables;
};

/* Before a change, sets the arguments of call, a call of facts.sh. They borrow
 * p, which the caller frees after the call. */
void hd_preflight_begin(
    struct hd_preflight *p, const struct hd_site *s, struct hd_call *call);
void hd_preflight_done(struct hd_preflight *p);

/* Before a change on a host with a health check that connects through SSH: adds
 * the fact no_tunnel to facts if the server forbids that. A connection that
 * breaks meanwhile is dropped. */
void hd_preflight_tunnel(
    struct hd_site *s, struct hd_arena *arena, struct hd_pairs *facts);

#endif
