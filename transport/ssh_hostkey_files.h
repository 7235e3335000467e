#ifndef HD_SSH_HOSTKEY_FILES_H
#define HD_SSH_HOSTKEY_FILES_H

#include "transport/ssh_hostkey_text.h"

/* Looks a host up in the files of o->trust. */

/* Initializes *k and adds all lines for the host; with pins only the @revoked
 * ones. The caller calls hd_known_hosts_done(), also after a failure. */
int ssh_hostkey_look(struct hd_known_hosts *k, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;
/* HD_EHOSTKEY if a file revokes the key, HD_ELOCAL if one cannot be read. */
int ssh_hostkey_not_revoked(const struct hd_known_hosts *k,
    const struct hd_ssh_opts *o, const struct ssh_shown *key,
    struct hd_err *err) HD_CHECK;
/* Adds the key of a new host to the first file of the user and emits a note;
 * see hd_known_hosts_record(). */
int ssh_hostkey_record(const struct hd_known_hosts *k,
    const struct hd_ssh_opts *o, const struct ssh_shown *key,
    struct hd_err *err) HD_CHECK;

#endif
