#ifndef HD_LOAD_H
#define HD_LOAD_H

#include "core/inventory/inventory.h"

/* hd_inventory_load() for text in memory. Returns -1 if problems were added. */
int hd_inventory_parse(struct hd_inventory **out, const char *text, size_t n,
    struct hd_problems *problems) HD_CHECK;

#endif
