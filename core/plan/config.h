#ifndef HD_CONFIG_H
#define HD_CONFIG_H

#include "core/base/str.h"
#include "core/plan/facts.h"

/*
 * What became of the application environment of a VM in a hot change, which
 * replaces it: whatever code had set goes, and what the new version's files do
 * not say, or what in them cannot be read. Values never leave the host: it is
 * the VM that compares.
 */

/* False after adding to lost which settings are not as the files say, and were
 * so before. What the new files do not have any more is no loss. */
bool hd_config_kept(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *lost);

/* Adds a line that names what code had set and the change dropped; "": none. */
void hd_config_tell(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *out);

#endif
