#ifndef HD_ADVICE_H
#define HD_ADVICE_H

#include "core/inventory/inventory.h"

/*
 * The complete command that a message suggests, ready to paste into a shell in
 * the folder where hdeploy was started:
 *
 *	hdeploy resume prod --limit web1
 *
 * more: arguments after the environment, such as "0.2.0 --cold"; NULL: none.
 * The result is allocated in a.
 */

/* For this host alone. */
const char *hd_advice(struct hd_arena *a, const struct hd_host *host,
    const char *command, const char *more);

/* For all hosts of its environment. */
const char *hd_advice_all(struct hd_arena *a, const struct hd_host *host,
    const char *command, const char *more);

/* For the hosts of env selected by limit; NULL: for all hosts. */
const char *hd_advice_env(struct hd_arena *a, const struct hd_env *env,
    const char *command, const char *more, const char *limit);

#endif
