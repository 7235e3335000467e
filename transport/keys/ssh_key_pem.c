#include "transport/keys/ssh_key_format.h"

#include "core/base/secret.h"
#include "transport/keys/crypto_pem.h"

#include <string.h>

static enum ssh_key_opened
take(struct ssh_key *k, const char *text, const char *passphrase)
{
	struct crypto_pem pem;

	if (!crypto_pem_read(&pem, text, strlen(text), passphrase))
		return SSH_KEY_DENIED;
	if (pem.public.n == 0)
		return SSH_KEY_BROKEN;
	k->text = pem.text;
	k->len = pem.len;
	k->opened = pem.public;
	return SSH_KEY_OPENED;
}

void
ssh_key_read_pem(struct ssh_key *k, const char *text)
{
	/* "BEGIN ENCRYPTED PRIVATE KEY" or "Proc-Type: 4,ENCRYPTED" */
	if (strstr(text, "ENCRYPTED") != NULL) {
		k->state = SSH_KEY_ENCRYPTED;
		k->cost = crypto_pem_cost(text, strlen(text));
		return;
	}
	switch (take(k, text, NULL)) {
	case SSH_KEY_OPENED:
		k->state = SSH_KEY_PLAIN;
		k->public = ssh_key_copy(k->opened);
		break;
	case SSH_KEY_BROKEN:
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, SSH_KEY_NO_TYPE);
		break;
	default:
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "damaged");
		break;
	}
}

enum ssh_key_opened
ssh_key_open_pem(struct ssh_key *k, const char *passphrase)
{
	return take(k, k->sealed, passphrase);
}
