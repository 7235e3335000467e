#ifndef HD_REST_H
#define HD_REST_H

#include "core/rollout/site.h"

/*
 * A deadline ends a script, not release_handler, and a lost connection ends
 * nothing at all: so nothing is undone before the VM is at rest. s->now are
 * then its facts. -1 if it is not by the host's upgrade timeout, which counts
 * from when the host went away if it has. Blocks until then.
 */
int hd_rest_wait(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* After that: its release_handler will not come to rest, and all else has. Only
 * a stop ends that. */
bool hd_rest_hangs(const struct hd_site *s);

/* Whether they are one VM, which was not restarted in between. */
bool hd_rest_same(const struct hd_vm *a, const struct hd_vm *b);

#endif
