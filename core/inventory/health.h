#ifndef HD_INVENTORY_HEALTH_H
#define HD_INVENTORY_HEALTH_H

#include "core/inventory/inventory.h"

/*
 * One value of `health`:
 *
 *	vm                                            (always done: not listed)
 *	command TEXT [expect OUTPUT]
 *	tcp ADDRESS:PORT
 *	http ADDRESS:PORT[/PATH] [expect CODE] [contains TEXT]
 *
 * *listed is false for vm. HD_ECONFIG, with what should be there instead.
 */
int hd_health_parse(struct hd_health *out, bool *listed, struct hd_arena *a,
    const char *text, struct hd_err *err) HD_CHECK;

#endif
