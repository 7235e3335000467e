#ifndef HD_SETTLE_H
#define HD_SETTLE_H

#include "core/rollout/site.h"

/*
 * A deadline ends a script, not release_handler, and a lost connection ends
 * nothing at all: so nothing is undone before the VM is at rest. s->now
 * then has its facts. -1 if it is not at rest within the host's upgrade
 * timeout, which counts from when the host went away, if it did. Blocks until
 * then.
 */
int hd_settle_wait(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* After hd_settle_wait() failed: everything but release_handler is at rest.
 * Only a stop of the node ends that. */
bool hd_settle_hangs(const struct hd_site *s);

/* Whether a and b are one VM, not restarted in between. */
bool hd_settle_same(const struct hd_vm *a, const struct hd_vm *b);

#endif
