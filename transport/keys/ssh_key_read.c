#include "transport/keys/ssh_key_read.h"

#include "core/base/alloc.h"
#include "core/base/secret.h"
#include "transport/keys/ssh_cert.h"
#include "transport/keys/ssh_key_format.h"
#include "transport/keys/ssh_public.h"

#include <string.h>

/* A hostile file must not keep hdeploy busy for ever: this takes a minute or
 * two. By default ssh-keygen writes 16 or 24. */
enum { COST_MAX = 5000 };

#define OPENSSH "-----BEGIN OPENSSH PRIVATE KEY-----"

/* A .pub file selects a key of the agent, as with ssh -i. */
static bool
read_public(struct ssh_key *k, const char *text)
{
	struct ssh_cert cert;
	struct hd_bytes blob;

	if (!ssh_public_read(&blob, text))
		return false;
	if (ssh_cert_read(&cert, blob)) {
		HD_AUTO_ARENA arena = { 0 };

		k->public = ssh_key_copy(ssh_cert_key(&cert, &arena));
		k->cert = blob;
		k->cert_name = hd_strdup(k->name);
	} else {
		k->public = blob;
	}
	ssh_key_refuse(k, SSH_KEY_PUBLIC,
	    "a public key: add the private key to an ssh-agent (ssh-add), or "
	    "name its file instead");
	return true;
}

void
ssh_key_read(struct ssh_key *k, const char *text, size_t n)
{
	HD_AUTO_SECRET char *copy = hd_secret_copy(text, n);

	if (strstr(copy, OPENSSH) != NULL)
		ssh_key_read_openssh(k, copy);
	else if (strstr(copy, "PRIVATE KEY-----") != NULL)
		ssh_key_read_pem(k, copy);
	else if (strncmp(copy, "PuTTY-User-Key-File", 19) == 0)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "a key of PuTTY: convert it (puttygen %s -O "
		    "private-openssh -o NEW)",
		    k->name);
	else if (!read_public(k, copy))
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "not a private key");
	if (k->state == SSH_KEY_ENCRYPTED && k->cost > COST_MAX)
		ssh_key_refuse(k,
		    k->public.n > 0 ? SSH_KEY_PUBLIC : SSH_KEY_UNUSABLE,
		    "decrypting it would take too long: add it to an ssh-agent "
		    "(ssh-add %s)",
		    k->name);
	if (k->state == SSH_KEY_ENCRYPTED)
		k->sealed = hd_secret_copy(copy, strlen(copy));
}

enum ssh_key_opened
ssh_key_open(struct ssh_key *k, const char *passphrase, enum hd_cancel stage)
{
	const struct hd_bytes bytes = { (const unsigned char *)passphrase,
		strlen(passphrase) };

	if (strstr(k->sealed, OPENSSH) != NULL)
		return ssh_key_open_openssh(k, bytes, stage);
	return ssh_key_open_pem(k, passphrase);
}
