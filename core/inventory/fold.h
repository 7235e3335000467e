#ifndef HD_INVENTORY_FOLD_H
#define HD_INVENTORY_FOLD_H

#include "core/base/str.h"

/*
 * Names of hosts as people write them: web1, web2, web3 and db as
 * "web[1-3]SEPARATORdb". Three or more numbers in a row, in this order, become
 * a range that --limit reads again. before comes before each word: "!" or "".
 */
void hd_names_fold(struct hd_str *out, const char *const *names, size_t n,
    const char *before, const char *separator);

#endif
