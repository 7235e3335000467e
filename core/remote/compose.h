#ifndef HD_COMPOSE_H
#define HD_COMPOSE_H

#include "core/base/err.h"
#include "core/base/shell.h"
#include "core/remote/call.h"

/*
 * Composes the text that one call sends to the host's shell. It is one brace
 * group: a shell that receives only its beginning runs nothing. The begin and
 * the end line of the answer contain the nonce. HD_ELOCAL if the call is
 * invalid.
 *
 * The text contains login.sh, lib.sh, the script, and the files that these
 * need, directly or through others: each file names them in a line
 * "# needs: FILE...". "driver" stands for driver.sh, which has the defaults,
 * followed by the driver's own file, such as relx.sh; "driver_change" for
 * driver_change.sh and relx_change.sh, and so on. One of the two may be
 * missing. An Erlang file becomes a shell function of its name that prints the
 * expression.
 *
 * hd_main() runs the scripts of the call (call->then) one after another in one
 * shell. A later script and its arguments are part of that function, so that
 * they exist only when the script begins; the files that it needs come first,
 * with those of all others. Outside of hd_main(), as in the watcher of
 * install.sh, only the first script and its arguments exist.
 */
int hd_compose_ask(const struct hd_call *call, const char *nonce,
    struct hd_shell *out, struct hd_err *err) HD_CHECK;
int hd_compose_operation(const struct hd_call *call, const char *id,
    const char *nonce, struct hd_shell *out, struct hd_err *err) HD_CHECK;
/* The part of an operation that the host stores as ops/<id>/script. It inherits
 * the environment, so that the file contains no secret. */
int hd_compose_inner(const struct hd_call *call, struct hd_shell *out,
    struct hd_err *err) HD_CHECK;

#endif
