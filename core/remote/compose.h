#ifndef HD_COMPOSE_H
#define HD_COMPOSE_H

#include "core/base/err.h"
#include "core/base/shell.h"
#include "core/remote/call.h"

/*
 * The text that is sent to a host's shell for one call. It is one brace
 * group, so that a shell that gets only the beginning of it runs nothing.
 * HD_ELOCAL if the call does not make sense. nonce: what the markers hold.
 *
 * A text holds login.sh, lib.sh, the script, and the files that they need, no
 * others: each file names those in a line "# needs: FILE...", and theirs come
 * with them. "driver" means driver.sh, with what most drivers do, and after it
 * the driver's own file, relx.sh; "driver_change" driver_change.sh and
 * relx_change.sh, and so on; one of the two may be missing. A file of Erlang
 * becomes a function of its name that prints the expression.
 */
int hd_compose_ask(const struct hd_call *call, const char *nonce,
    struct hd_shell *out, struct hd_err *err) HD_CHECK;
int hd_compose_operation(const struct hd_call *call, const char *id,
    const char *nonce, struct hd_shell *out, struct hd_err *err) HD_CHECK;
/* Of an operation, the script that is kept on the host as ops/<id>/script. The
 * environment is inherited: no secret is in that file. */
int hd_compose_inner(const struct hd_call *call, struct hd_shell *out,
    struct hd_err *err) HD_CHECK;

#endif
