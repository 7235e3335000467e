#ifndef HD_BLOCKING_H
#define HD_BLOCKING_H

#include "core/base/clock.h"

/*
 * Runs call(data), which blocks and cannot be stopped, such as getaddrinfo(),
 * in a thread of its own, and waits for it until the limit. True: it returned,
 * and the caller owns data. False: the limit was reached, and the thread owns
 * data and everything in it; it calls drop(data) when call returns, which may
 * be never. If no thread can be made, call blocks this one, past the limit too.
 */
bool hd_blocking_run(void (*call)(void *data), void (*drop)(void *data),
    void *data, const struct hd_until *until);

#endif
