#ifndef HD_SSH_CERTS_H
#define HD_SSH_CERTS_H

#include "core/base/err.h"
#include "core/base/str.h"
#include "transport/keys/wire.h"

#include <pthread.h>

/* The host certificates of the servers of a run; threads share them. */
struct ssh_certs {
	pthread_mutex_t lock;
	struct ssh_cert_entry *first; /* guarded by lock */
};
void ssh_certs_init(struct ssh_certs *all);
void ssh_certs_done(struct ssh_certs *all);

/* Asks one server: appends its certificate to out, or nothing if it has none.
 * -1 with err set. */
typedef int ssh_cert_fn(void *ctx, struct hd_str *out, struct hd_err *err);

/*
 * The certificate of a server, which ask() gets once per run; *blob is borrowed
 * until done. While one thread asks, others that need the same one wait, and
 * get its error if it fails; one that comes later asks again.
 */
int ssh_certs_get(struct ssh_certs *all, const char *server, ssh_cert_fn *ask,
    void *ctx, struct hd_bytes *blob, struct hd_err *err) HD_CHECK;

#endif
