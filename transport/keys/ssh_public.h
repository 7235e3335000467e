#ifndef HD_SSH_PUBLIC_H
#define HD_SSH_PUBLIC_H

#include "transport/keys/wire.h"

#include <stdbool.h>

/* The first public key or certificate of a .pub file: a line "TYPE BASE64
 * COMMENT". text ends with a NUL; the caller frees out->p. false: there is
 * none. */
bool ssh_public_read(struct hd_bytes *out, const char *text);

#endif
