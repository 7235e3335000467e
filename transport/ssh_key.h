#ifndef HD_SSH_KEY_H
#define HD_SSH_KEY_H

#include "core/base/err.h"
#include "transport/wire.h"

#include <stdbool.h>

enum ssh_key_state {
	SSH_KEY_PLAIN,     /* it can sign */
	SSH_KEY_ENCRYPTED, /* it can sign after ssh_keyring_unlock() */
	SSH_KEY_PUBLIC,    /* only an agent can sign with it */
	SSH_KEY_UNUSABLE,
	SSH_KEY_ABSENT, /* there is no such file */
};

/*
 * A key to log in with. The keyring (ssh_keyring.h) owns it and gives it to all
 * threads; only ssh_keyring_unlock() changes it.
 */
struct ssh_key {
	char *name; /* for messages: the file, or "$DEPLOY_KEY" */
	enum ssh_key_state state;
	/* PUBLIC, UNUSABLE, ABSENT: the reason, to follow "NAME: ", with what
	 * helps; NULL in other states */
	char *why;
	/* As authorized_keys has them, without base64. No bytes: unknown, which
	 * only an encrypted PEM file without a .pub beside it can be. */
	struct hd_bytes public;
	/* The certificate in NAME-cert.pub, for this key; no bytes: none. */
	struct hd_bytes cert;
	char *cert_name;
	/* The private key, not encrypted, as a PEM or OpenSSH file in
	 * hd_secret_alloc() memory; NULL: see state. If ENCRYPTED, only
	 * ssh_keyring_unlock() may look at it. */
	char *text;
	size_t len;

	char *sealed; /* if ENCRYPTED: the file */
	size_t nsealed;
};

/* Reads a key: what a file contains. Sets state to UNUSABLE if it is no key. */
struct ssh_key *ssh_key_new(const char *name);
void ssh_key_read(struct ssh_key *k, const char *text, size_t n);
/* A key that cannot be used for this reason. */
void ssh_key_refuse(struct ssh_key *k, enum ssh_key_state state,
    const char *fmt, ...) HD_PRINTF(3, 4);
void ssh_key_free(struct ssh_key *k); /* NULL: does nothing */

/* Whether blob is the public key of k, or the certificate of k. */
bool ssh_key_is(const struct ssh_key *k, struct hd_bytes blob);

#endif
