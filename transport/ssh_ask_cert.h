#ifndef HD_SSH_ASK_CERT_H
#define HD_SSH_ASK_CERT_H

#include "transport/keys/wire.h"
#include "transport/ssh.h"
#include "transport/ssh_session.h"

#include <pthread.h>

/*
 * Host certificates of the servers of a run.
 *
 * libssh2 1.11.1 cannot talk to a server that shows one: it has no way to
 * verify an ECDSA or RSA certificate's key (sig_verify is NULL in hostkey.c),
 * and refuses an ed25519 one by its type. So a connection of its own asks for
 * the certificate, as ssh-keyscan -c does: greetings, lists of algorithms and
 * the first message of a key exchange, whose answer has the certificate.
 *
 * That needs no secrecy and proves nothing: a certificate is a statement of an
 * authority that everybody may repeat. The connection proper, where libssh2
 * checks the server's signature, proves who has the key that it is about.
 */
struct ssh_certs {
	pthread_mutex_t lock;
	struct ssh_cert_entry *first; /* guarded by lock */
};
void ssh_certs_init(struct ssh_certs *c);
void ssh_certs_done(struct ssh_certs *c);

/*
 * Sets *blob to the certificate that the server shows, or to no bytes if it has
 * none. Asks a server once per run: sshd punishes an address that often
 * connects without logging in (PerSourcePenalties). The bytes are borrowed from
 * o->client. Connects as ssh_connect() does, on s, and disconnects.
 */
int ssh_ask_cert(struct hd_ssh *s, const struct hd_ssh_opts *o,
    struct hd_bytes *blob, struct hd_err *err) HD_CHECK;

#endif
