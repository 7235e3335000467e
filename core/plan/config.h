#ifndef HD_CONFIG_H
#define HD_CONFIG_H

#include "core/base/str.h"
#include "core/plan/facts.h"

/*
 * The application environment of a VM after a hot change, which replaces it:
 * settings made by code go, and so do those that are not in the new version's
 * files or cannot be read there. Values never leave the host: the VM itself
 * compares them.
 */

/* False after adding to lost the settings that differ from the files now and
 * did not before. A key that the new files no longer have is not a loss. */
bool hd_config_kept(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *lost);

/* Adds a line that names the settings made by code that the change dropped;
 * nothing if there are none. */
void hd_config_tell(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *out);

#endif
