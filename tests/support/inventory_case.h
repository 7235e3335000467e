#ifndef HD_INVENTORY_CASE_H
#define HD_INVENTORY_CASE_H

#include "core/inventory/inventory.h"
#include "core/inventory/load.h"

/* One inventory of a test, and its problems. */
struct loaded {
	struct hd_inventory *inv;
	struct hd_problems problems;
	struct hd_err err;
	const struct hd_env *prod; /* of a test that sets it */
};

/* cmocka test fixtures: *state is an empty struct loaded. */
int hd_loaded_begin(void **state);
int hd_loaded_end(void **state);

/* Reads text, which must have no problems. */
void hd_loaded_parse(struct loaded *t, const char *text);

#endif
