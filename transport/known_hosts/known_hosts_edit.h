#ifndef HD_KNOWN_HOSTS_EDIT_H
#define HD_KNOWN_HOSTS_EDIT_H

#include "transport/known_hosts/known_hosts.h"

/* Changes known_hosts files. Each change locks the file against other runs of
 * hdeploy. */

/*
 * Removes the keys of this host from the file: replaces it by a new file with
 * the same owner and mode. Keeps the keys of other hosts and all @revoked and
 * @cert-authority lines. A missing file is not an error. HD_ELOCAL, with the
 * file unchanged, if it cannot be rewritten or names the host by a pattern.
 * host and port are those of hd_known_hosts_init().
 */
int hd_known_hosts_forget(const char *path, const char *host, unsigned port,
    struct hd_err *err) HD_CHECK;

/* Adds one line, without its newline, and waits until the disk has it. Creates
 * the file and its folder. HD_ELOCAL. */
int hd_known_hosts_append(
    const char *path, const char *line, struct hd_err *err) HD_CHECK;

/*
 * Adds the key of a host that the file does not know: reads the file again
 * under the lock, since another thread or program may have added one.
 * Returns 0 if it was added, 1 if the file has this key already. HD_EHOSTKEY
 * if the file now has another key of the host.
 */
int hd_known_hosts_record(const char *path, const struct hd_known_hosts *k,
    const unsigned char *blob, size_t len, struct hd_err *err) HD_CHECK;

/* "NAME TYPE BASE64" for the host of k, allocated in a. */
char *hd_known_hosts_line(const struct hd_known_hosts *k,
    const unsigned char *blob, size_t len, struct hd_arena *a);

#endif
