#ifndef HD_KNOWN_HOSTS_FILES_H
#define HD_KNOWN_HOSTS_FILES_H

#include "transport/known_hosts/known_hosts_file.h"
#include "transport/known_hosts/revoked_keys.h"

#include <pthread.h>

/*
 * The files of a run that decide which host keys to accept. Each is read once,
 * when a host first needs it; threads share it. Functions lock for themselves.
 */
struct hd_known_files {
	pthread_mutex_t lock;
	struct hd_arena arena;
	HD_LIST(struct hd_known_file *) files;
	HD_LIST(struct hd_revoked_keys *) revoked;
};

void hd_known_files_init(struct hd_known_files *all);
void hd_known_files_done(struct hd_known_files *all);
/* *out is borrowed until done. HD_ELOCAL if the file cannot be read. */
int hd_known_files_get(struct hd_known_files *all, const char *path,
    const struct hd_known_file **out, struct hd_err *err) HD_CHECK;
/* The same for a RevokedHostKeys file, which must exist. */
int hd_known_files_revoked(struct hd_known_files *all, const char *path,
    const struct hd_revoked_keys **out, struct hd_err *err) HD_CHECK;

#endif
