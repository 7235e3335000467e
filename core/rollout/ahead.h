#ifndef HD_AHEAD_H
#define HD_AHEAD_H

#include "core/rollout/run.h"

/*
 * Connections that are opened while the release is still being read: for 50 MB
 * that takes as long as a login over 20 ms. Only the first hosts of the run get
 * one, as many as it works on at once.
 */
struct hd_ahead;

/* Begins to connect to the first hosts in the background. Everything is
 * borrowed until hd_ahead_end(). idle_ms: an older connection is not used,
 * because nobody answered its server meanwhile. */
struct hd_ahead *hd_ahead_begin(const struct hd_host *const *hosts, size_t n,
    unsigned parallel, unsigned idle_ms, hd_connect_fn *connect, void *ctx);

/* A hd_connect_fn for that run; ctx is a struct hd_ahead. The first call for a
 * host returns its connection or error, for which it waits; it connects itself
 * if that was not begun. No further connections are begun ahead. */
int hd_ahead_connect(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err) HD_CHECK;

/* Closes the connections that nobody took. Blocks until those that are being
 * opened are open or have failed. NULL: does nothing. */
void hd_ahead_end(struct hd_ahead *a);

#endif
