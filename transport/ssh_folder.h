#ifndef HD_SSH_FOLDER_H
#define HD_SSH_FOLDER_H

#include "core/base/err.h"

#include <stddef.h>

/*
 * Makes a private folder for sockets and scripts, with a name that is short
 * and needs no quotes: in $XDG_RUNTIME_DIR, $TMPDIR or /tmp, the first one
 * where no other user could put another folder in its place. HD_ELOCAL if there
 * is none; out is "" then. At most 75 bytes.
 */
int ssh_folder_make(char *out, size_t max, struct hd_err *err) HD_CHECK;

#endif
