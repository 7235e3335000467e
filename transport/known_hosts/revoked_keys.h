#ifndef HD_REVOKED_KEYS_H
#define HD_REVOKED_KEYS_H

#include "core/base/err.h"

#include <stddef.h>

/*
 * A file of RevokedHostKeys (ssh_config(5)): public keys, one a line, that are
 * refused for every host, also as the key of a certificate authority.
 */
struct hd_revoked_keys;

/* HD_ELOCAL if the file is missing or unreadable, as ssh then refuses every
 * host too, or if it is a binary KRL, which hdeploy cannot read. */
int hd_revoked_keys_read(struct hd_revoked_keys **out, const char *path,
    struct hd_err *err) HD_CHECK;
void hd_revoked_keys_free(struct hd_revoked_keys *r); /* NULL: does nothing */
const char *hd_revoked_keys_path(const struct hd_revoked_keys *r);
/* The line that lists the key; 0: none does. */
unsigned hd_revoked_keys_line(
    const struct hd_revoked_keys *r, const unsigned char *blob, size_t len);

#endif
