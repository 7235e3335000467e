#ifndef HD_SSH_KEY_H
#define HD_SSH_KEY_H

#include "core/base/err.h"
#include "transport/keys/wire.h"

#include <stdbool.h>

enum ssh_key_state {
	SSH_KEY_PLAIN,     /* it can sign */
	SSH_KEY_ENCRYPTED, /* it can sign after ssh_keyring_unlock() */
	SSH_KEY_PUBLIC,    /* only an agent can sign with it */
	SSH_KEY_UNUSABLE,
	SSH_KEY_ABSENT, /* there is no such file */
};

/* How decrypting a key ended. */
enum ssh_key_opened {
	SSH_KEY_OPENED,
	SSH_KEY_DENIED,  /* the passphrase is wrong */
	SSH_KEY_BROKEN,  /* the file is damaged */
	SSH_KEY_STOPPED, /* the interruption reached this stage */
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
	/* The public key, as in authorized_keys, decoded. No bytes: unknown,
	 * because the file is an encrypted PEM file without a .pub file. */
	struct hd_bytes public;
	/* The certificate in NAME-cert.pub, for this key; no bytes: none. */
	struct hd_bytes cert;
	char *cert_name;
	/* The private key, not encrypted, as a PEM or OpenSSH file in
	 * hd_secret_alloc() memory, and its public key. NULL: see state. If
	 * ENCRYPTED, look at them only after ssh_keyring_unlock(). */
	char *text;
	size_t len;
	struct hd_bytes opened;

	/* if ENCRYPTED: the content of the file, and the time to decrypt it, as
	 * ssh-keygen -a counts it: about 10 ms */
	char *sealed;
	uint32_t cost;
};

struct ssh_key *ssh_key_new(const char *name);
void ssh_key_free(struct ssh_key *k); /* NULL: does nothing */

/* Sets state to one that cannot sign, and why; wipes the private key. */
void ssh_key_refuse(struct ssh_key *k, enum ssh_key_state state,
    const char *fmt, ...) HD_PRINTF(3, 4);

/* Moves text and opened from one key to another. */
void ssh_key_take(struct ssh_key *to, struct ssh_key *from);

/* A copy of b in k->public and the like. */
struct hd_bytes ssh_key_copy(struct hd_bytes b);
void ssh_key_forget(struct hd_bytes *b); /* frees such a copy */

/* Whether blob is the public key of k, or the certificate of k. */
bool ssh_key_is(const struct ssh_key *k, struct hd_bytes blob);

#endif
