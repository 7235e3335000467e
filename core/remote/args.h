#ifndef HD_ARGS_H
#define HD_ARGS_H

#include "core/base/err.h"
#include "core/base/shell.h"
#include "core/remote/call.h"
#include "core/remote/scripts.h"

/*
 * The arguments of a script. Its head states their names on one line, those
 * that may be left out in brackets:
 *
 *	# args: version change direction [seconds old policy]
 *
 * In the script they are the variables arg_version and so on, with arg_root
 * and arg_app, which all scripts have. Nothing else assigns such a name. One
 * that was left out is empty.
 */

/* HD_ELOCAL unless the call gives all that the script needs, and no more. */
int hd_args_check(const struct hd_script *s, const struct hd_call *call,
    struct hd_err *err) HD_CHECK;

/* The lines that set them, after hd_args_check(). */
void hd_args_add(
    struct hd_shell *sh, const struct hd_script *s, const struct hd_call *call);

#endif
