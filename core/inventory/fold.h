#ifndef HD_INVENTORY_FOLD_H
#define HD_INVENTORY_FOLD_H

#include "core/base/str.h"

/*
 * Appends host names the way people write them: web1, web2, web3 and db become
 * "web[1-3]SEPARATORdb". Three or more consecutive numbers, in this order, form
 * a range, which --limit understands. before is put before each word: "!" or
 * "".
 */
void hd_names_fold(struct hd_str *out, const char *const *names, size_t n,
    const char *before, const char *separator);

#endif
