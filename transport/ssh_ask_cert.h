#ifndef HD_SSH_ASK_CERT_H
#define HD_SSH_ASK_CERT_H

#include "transport/keys/wire.h"
#include "transport/ssh_opts.h"
#include "transport/ssh_session.h"

/*
 * Asks a server for its host certificate.
 *
 * libssh2 1.11.1 cannot talk to a server that shows one: it has no way to
 * verify an ECDSA or RSA certificate's key (sig_verify is NULL in hostkey.c),
 * and refuses an ed25519 one by its type. So hdeploy asks for the certificate
 * over a separate connection, as ssh-keyscan -c does: greetings, lists of
 * algorithms and the first message of a key exchange, whose answer has the
 * certificate.
 *
 * This needs no secrecy and proves nothing: anybody may repeat a certificate.
 * On the main connection, libssh2 checks the server's signature, which proves
 * that the server has the certified key.
 *
 * Sets *blob to the server's certificate, or to no bytes if it has none. Asks
 * each server once per run: sshd penalizes an address that often connects
 * without logging in (PerSourcePenalties). The bytes are borrowed from
 * o->client. Connects as ssh_connect() does, on s, and disconnects.
 */
int ssh_ask_cert(struct hd_ssh *s, const struct hd_ssh_opts *o,
    struct hd_bytes *blob, struct hd_err *err) HD_CHECK;

#endif
