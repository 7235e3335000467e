#define _GNU_SOURCE /* explicit_bzero */
#include "transport/ssh_key.h"

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/secret.h"
#include "core/base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PUBLIC_MAX = 16 * 1024, WHY_MAX = 512 };

struct ssh_key *
ssh_key_new(const char *name)
{
	struct ssh_key *k = hd_alloc(sizeof(*k));

	k->name = hd_strdup(name);
	k->state = SSH_KEY_UNUSABLE;
	return k;
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
}

static struct hd_bytes
copy(struct hd_bytes b)
{
	unsigned char *p = hd_alloc(b.n);

	memcpy(p, b.p, b.n);
	return (struct hd_bytes){ p, b.n };
}

/*
 * openssh-key-v1: magic, name of the cipher ("none" if not encrypted), name and
 * options of the key derivation, number of keys, then the public key, never
 * encrypted. Ignores malformed keys, which libssh2 reports.
 */
static void
read_openssh(struct ssh_key *k, struct hd_wire w)
{
	static const char magic[] = "openssh-key-v1";
	struct hd_bytes public;

	for (size_t i = 0; i < sizeof(magic); i++)
		if (hd_wire_byte(&w) != (unsigned char)magic[i])
			return;
	if (!hd_bytes_are(hd_wire_string(&w), "none"))
		k->state = SSH_KEY_ENCRYPTED;
	(void)hd_wire_string(&w);
	(void)hd_wire_string(&w);
	(void)hd_wire_u32(&w);
	public = hd_wire_string(&w);
	if (!w.bad && public.n > 0)
		k->public = copy(public);
}

/* Decodes only the start of the file, which has the public key. */
static void
decode_openssh(struct ssh_key *k, const char *text)
{
	static const char begin[] = "KEY-----";
	unsigned char raw[PUBLIC_MAX + 256];
	char base64[sizeof(raw) / 3 * 4];
	size_t n = 0;
	long len;

	for (const char *p = strstr(text, begin) + strlen(begin);
	     *p != '\0' && *p != '-' && n < sizeof(base64); p++)
		if (strchr(" \t\r\n", *p) == NULL)
			base64[n++] = *p;
	len = hd_base64_decode(base64, n, raw, sizeof(raw));
	if (len > 0)
		read_openssh(
		    k, hd_wire_of((struct hd_bytes){ raw, (size_t)len }));
	explicit_bzero(raw, sizeof(raw));
	explicit_bzero(base64, sizeof(base64));
}

void
ssh_key_read(struct ssh_key *k, const char *text, size_t n)
{
	char *copied = hd_secret_copy(text, n);

	k->state = SSH_KEY_PLAIN;
	if (strstr(copied, "PRIVATE KEY-----") == NULL)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "not a private key");
	else if (strstr(copied, "BEGIN OPENSSH PRIVATE KEY-----") != NULL)
		decode_openssh(k, copied);
	else if (strstr(copied, "ENCRYPTED") != NULL)
		k->state = SSH_KEY_ENCRYPTED;
	if (k->state == SSH_KEY_PLAIN) {
		k->text = copied;
		k->len = n;
	} else if (k->state == SSH_KEY_ENCRYPTED) {
		k->sealed = copied;
		k->nsealed = n;
	} else {
		hd_secret_free(copied);
	}
}

void
ssh_key_free(struct ssh_key *k)
{
	if (k == NULL)
		return;
	hd_secret_free(k->text);
	hd_secret_free(k->sealed);
	free(k->name);
	free(k->why);
	free((void *)(uintptr_t)k->public.p);
	free((void *)(uintptr_t)k->cert.p);
	free(k->cert_name);
	free(k);
}

bool
ssh_key_is(const struct ssh_key *k, struct hd_bytes blob)
{
	return (k->public.n > 0 && hd_bytes_equal(k->public, blob)) ||
	       (k->cert.n > 0 && hd_bytes_equal(k->cert, blob));
}
