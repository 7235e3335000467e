#ifndef HD_LOAD_H
#define HD_LOAD_H

#include "core/inventory/inventory.h"

struct hd_sections;

/* hd_inventory_load() for text in memory. Returns -1 if problems were added. */
int hd_inventory_parse(struct hd_inventory **out, const char *text, size_t n,
    struct hd_problems *problems) HD_CHECK;

/* Adds a problem for each confirm_env that names no environment, or in [ENV]
 * another one. */
void hd_confirm_check(struct hd_inventory *inv, const struct hd_sections *all,
    struct hd_problems *problems);

#endif
