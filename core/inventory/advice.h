#ifndef HD_ADVICE_H
#define HD_ADVICE_H

#include "core/inventory/inventory.h"

/*
 * The command that a message advises, whole, so that it can be pasted into a
 * shell of the folder that hdeploy was started in:
 *
 *	hdeploy resume prod --limit web1
 *
 * more: what follows the environment, as in "0.2.0 --cold"; NULL: nothing. All
 * in a.
 */

/* For this host alone. */
const char *hd_advice(struct hd_arena *a, const struct hd_host *host,
    const char *command, const char *more);

/* For all hosts of its environment. */
const char *hd_advice_all(struct hd_arena *a, const struct hd_host *host,
    const char *command, const char *more);

/* For the hosts of env that limit names; NULL: for all of them. */
const char *hd_advice_env(struct hd_arena *a, const struct hd_env *env,
    const char *command, const char *more, const char *limit);

#endif
