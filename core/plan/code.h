#ifndef HD_CODE_H
#define HD_CODE_H

#include "core/base/str.h"
#include "core/plan/facts.h"

/*
 * Whether what is loaded in a VM is the code of the version that it says it
 * runs: release_handler changes the version and the paths whatever the relup
 * loads.
 */

/*
 * False after adding to reason which modules are not. before: the VM that a
 * change began with, NULL: not known; a module of the version that was not
 * loaded then needs not be now. back: after the way back to what ran then: what
 * else differed then may differ now.
 */
bool hd_code_is_loaded(const struct hd_vm *before, const struct hd_vm *now,
    bool back, struct hd_str *reason);

#endif
