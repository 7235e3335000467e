#ifndef HD_SETTLE_H
#define HD_SETTLE_H

#include "core/rollout/site.h"

/*
 * Waits until the host is at rest, and reads its facts into s->now. An undo
 * needs that: a deadline ends a script but not release_handler, and a lost
 * connection ends neither. Returns -1 if the host is not at rest within its
 * upgrade_timeout, which counts from the loss of the connection, if it was
 * lost. Blocks.
 */
int hd_settle_wait(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* After hd_settle_wait() failed: whether only release_handler is busy. Only a
 * stop of the node ends that. */
bool hd_settle_hangs(const struct hd_site *s);

/* Whether a and b are the same VM, not restarted in between. */
bool hd_settle_same(const struct hd_vm *a, const struct hd_vm *b);

#endif
