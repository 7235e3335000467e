#ifndef HD_ARGS_H
#define HD_ARGS_H

#include "core/base/err.h"
#include "core/base/shell.h"
#include "core/remote/call.h"
#include "core/remote/scripts.h"

/*
 * The arguments of a script. One line of its head names them, the optional
 * ones in brackets:
 *
 *	# args: version change direction [seconds old policy]
 *
 * The script reads them as $arg_version and so on. Every script also has
 * $arg_root and $arg_app. Nothing else assigns a variable arg_*. An argument
 * that the call omits is the empty string.
 */

/* HD_ELOCAL if the call omits a required argument, or sets one that the script
 * does not name. */
int hd_args_check(const struct hd_script *s, const struct hd_call *call,
    struct hd_err *err) HD_CHECK;

/* Appends the assignments to sh. Call hd_args_check() first. */
void hd_args_add(
    struct hd_shell *sh, const struct hd_script *s, const struct hd_call *call);

#endif
