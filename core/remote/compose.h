#ifndef HD_COMPOSE_H
#define HD_COMPOSE_H

#include "core/base/shell.h"
#include "core/remote/remote.h"

/*
 * The text that is sent to a host's shell for one call. It is one brace
 * group, so that a shell that gets only the beginning of it runs nothing.
 * HD_ELOCAL if the call does not make sense. nonce: what the markers hold.
 */
int hd_compose_ask(const struct hd_call *call, const char *nonce,
    struct hd_shell *out, struct hd_err *err) HD_CHECK;
int hd_compose_operation(const struct hd_call *call, const char *id,
    const char *nonce, struct hd_shell *out, struct hd_err *err) HD_CHECK;

#endif
