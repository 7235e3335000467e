#ifndef HD_TYPED_H
#define HD_TYPED_H

#include "cmd/command.h"
#include "core/base/str.h"

/* The command line as it was typed, for the history, for locks and for advice.
 * Both append to out. */

/* Without options, and without the COMMAND of `run`, which might contain a
 * secret. */
void hd_typed_command(const struct hd_cli *cli, struct hd_str *out);
/* The options that change what the command does. */
void hd_typed_options(const struct hd_options *o, struct hd_str *out);

#endif
