#ifndef HD_INVENTORY_HEALTH_H
#define HD_INVENTORY_HEALTH_H

#include "core/inventory/inventory.h"

/*
 * One value of `health`:
 *
 *	vm                                      (always checked, never listed)
 *	command TEXT [expect OUTPUT]
 *	tcp ADDRESS:PORT
 *	http ADDRESS:PORT[/PATH] [expect CODE] [contains TEXT]
 *
 * *listed is false for vm. HD_ECONFIG, naming the right form, if text is none
 * of these.
 */
int hd_health_parse(struct hd_health *out, bool *listed, struct hd_arena *a,
    const char *text, struct hd_err *err) HD_CHECK;

#endif
