#ifndef HD_CODE_H
#define HD_CODE_H

#include "core/base/str.h"
#include "core/plan/facts.h"

/*
 * Whether the modules loaded in a VM are those of the version that the VM
 * reports: release_handler changes the version and the code path even if the
 * relup does not load every module.
 */

/*
 * False after adding to reason the modules that differ. before: the VM when the
 * change began; NULL: unknown. A module that was not loaded then need not be
 * loaded now. back: the change went back to the version of before, so modules
 * that differed then can differ now.
 */
bool hd_code_is_loaded(const struct hd_vm *before, const struct hd_vm *now,
    bool back, struct hd_str *reason);

#endif
