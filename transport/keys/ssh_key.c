#include "transport/keys/ssh_key.h"

#include "core/base/alloc.h"
#include "core/base/secret.h"
#include "transport/keys/ssh_cert.h"
#include "transport/keys/ssh_key_format.h"
#include "transport/keys/ssh_public.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A hostile file must not keep hdeploy busy for ever: this takes a minute or
 * two. By default ssh-keygen writes 16 or 24. */
enum { COST_MAX = 5000 };
enum { WHY_MAX = 600 };

#define OPENSSH "-----BEGIN OPENSSH PRIVATE KEY-----"

struct ssh_key *
ssh_key_new(const char *name)
{
	struct ssh_key *k = hd_alloc(sizeof(*k));

	k->name = hd_strdup(name);
	k->state = SSH_KEY_UNUSABLE;
	return k;
}

static void
wipe(struct ssh_key *k)
{
	hd_secret_free(k->text);
	hd_secret_free(k->sealed);
	k->text = k->sealed = NULL;
	ssh_key_forget(&k->opened);
}

void
ssh_key_free(struct ssh_key *k)
{
	if (k == NULL)
		return;
	wipe(k);
	ssh_key_forget(&k->public);
	ssh_key_forget(&k->cert);
	free(k->name);
	free(k->why);
	free(k->cert_name);
	free(k);
}

struct hd_bytes
ssh_key_copy(struct hd_bytes b)
{
	unsigned char *p = hd_alloc(b.n);

	memcpy(p, b.p, b.n);
	return (struct hd_bytes){ p, b.n };
}

void
ssh_key_forget(struct hd_bytes *b)
{
	free((void *)(uintptr_t)b->p);
	*b = (struct hd_bytes){ NULL, 0 };
}

void
ssh_key_refuse(
    struct ssh_key *k, enum ssh_key_state state, const char *fmt, ...)
{
	char why[WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	free(k->why);
	k->why = hd_strdup(why);
	k->state = state;
	wipe(k);
}

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

void
ssh_key_take(struct ssh_key *to, struct ssh_key *from)
{
	to->text = from->text;
	to->len = from->len;
	to->opened = from->opened;
	from->text = NULL;
	from->opened = (struct hd_bytes){ NULL, 0 };
}

bool
ssh_key_is(const struct ssh_key *k, struct hd_bytes blob)
{
	return (k->public.n > 0 && hd_bytes_equal(k->public, blob)) ||
	       (k->cert.n > 0 && hd_bytes_equal(k->cert, blob));
}
