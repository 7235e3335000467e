#ifndef HD_HELP_KEYS_H
#define HD_HELP_KEYS_H

#include "core/inventory/keys.h"

#include <stdio.h>

/* Help on the keys of deploy.ini, built from their table and
 * deploy.ini.example. */
void hd_help_keys(FILE *out);
void hd_help_key(FILE *out, const struct hd_key *key);
/* The key of this name, or of the family that has it: "hook.after_upgrade",
 * "hook". NULL: there is none. */
const struct hd_key *hd_help_find_key(const char *name);

#endif
