#ifndef HD_SSH_KEY_H
#define HD_SSH_KEY_H

#include "core/base/err.h"

#include <stddef.h>

/* A private key file. */
enum ssh_key_state { SSH_KEY_PLAIN, SSH_KEY_ENCRYPTED };
enum { SSH_KEY_PUBLIC_MAX = 4096 };
struct ssh_key {
	const char *path; /* borrowed */
	char *text;
	size_t len;
	enum ssh_key_state state;
	/* if encrypted: the public key, if the file contains it */
	unsigned char public[SSH_KEY_PUBLIC_MAX];
	size_t npublic; /* 0: unknown */
};
/* HD_ELOCAL if the file cannot be read or is not a private key. The caller
 * calls ssh_key_done(), also after a failure. */
int ssh_key_read(
    struct ssh_key *k, const char *path, struct hd_err *err) HD_CHECK;
void ssh_key_done(struct ssh_key *k);

#endif
