#ifndef HD_CONFIG_H
#define HD_CONFIG_H

#include "core/base/str.h"
#include "core/plan/facts.h"

/*
 * The application environment of a VM after a hot change. The change replaces
 * it: it loses settings that code made, settings that the files of the new
 * version lack, and settings that cannot be read there. Values never leave the
 * host: the VM itself compares them.
 */

/* False after adding to lost the settings that differ from the files now and
 * did not before. A key that the new files lack is not a loss. */
bool hd_config_kept(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *lost);

/* Calls fn for each setting of vm that a hot change will drop or replace,
 * because code made it. */
typedef void hd_config_fn(void *ctx, const struct hd_setting *one);
void hd_config_foretell(const struct hd_vm *vm, hd_config_fn *fn, void *ctx);

/* Adds a line with the settings made by code that the change dropped; nothing
 * if there are none. */
void hd_config_tell(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *out);

#endif
