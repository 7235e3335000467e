#define _GNU_SOURCE /* explicit_bzero */
#include "transport/ssh_key.h"

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 64 * 1024 };

/* Not hd_fs_read(): its growing buffer would leave copies of the key. */
static int
load(struct ssh_key *k, struct hd_err *err)
{
	HD_AUTO_FD fd = open(k->path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	k->text = hd_alloc(KEY_FILE_MAX + 1);
	if (fd >= 0) {
		do
			n = read(fd, k->text + k->len, KEY_FILE_MAX - k->len);
		while ((n > 0 && (k->len += (size_t)n) < KEY_FILE_MAX) ||
		       (n < 0 && errno == EINTR));
	}
	if (n < 0)
		return hd_err_set(err, HD_ELOCAL, "key file %s: %s", k->path,
		    strerror(errno));
	return 0;
}

/* Takes a length and that many bytes; NULL if fewer are left. */
static const unsigned char *
take(const unsigned char **p, size_t *left, size_t *n)
{
	const unsigned char *at = *p + 4;

	if (*left < 4)
		return NULL;
	*n = (size_t)(*p)[0] << 24 | (size_t)(*p)[1] << 16 |
	     (size_t)(*p)[2] << 8 | (*p)[3];
	if (*n > *left - 4)
		return NULL;
	*p = at + *n;
	*left -= 4 + *n;
	return at;
}

/*
 * openssh-key-v1: magic, name of the cipher ("none" if not encrypted), name and
 * options of the key derivation, number of keys, then the public key, never
 * encrypted. Ignores malformed keys, which libssh2 reports.
 */
static void
read_openssh(struct ssh_key *k, const unsigned char *raw, size_t left)
{
	static const char magic[] = "openssh-key-v1";
	const unsigned char *p = raw + sizeof(magic), *cipher, *public;
	size_t n;

	if (left < sizeof(magic) || memcmp(raw, magic, sizeof(magic)) != 0)
		return;
	left -= sizeof(magic);
	cipher = take(&p, &left, &n);
	if (cipher == NULL || (n == 4 && memcmp(cipher, "none", 4) == 0))
		return;
	k->state = SSH_KEY_ENCRYPTED;
	if (take(&p, &left, &n) == NULL || take(&p, &left, &n) == NULL ||
	    left < 4)
		return;
	p += 4;
	left -= 4;
	public = take(&p, &left, &n);
	if (public == NULL || n > sizeof(k->public))
		return;
	memcpy(k->public, public, n);
	k->npublic = n;
}

/* Decodes only the start of the file, which has the public key. */
static void
decode_openssh(struct ssh_key *k)
{
	static const char begin[] = "KEY-----";
	unsigned char raw[SSH_KEY_PUBLIC_MAX + 256];
	char base64[sizeof(raw) / 3 * 4];
	size_t n = 0;
	long len;

	for (const char *p = strstr(k->text, begin) + strlen(begin);
	     *p != '\0' && *p != '-' && n < sizeof(base64); p++)
		if (strchr(" \t\r\n", *p) == NULL)
			base64[n++] = *p;
	len = hd_base64_decode(base64, n, raw, sizeof(raw));
	if (len > 0)
		read_openssh(k, raw, (size_t)len);
	explicit_bzero(raw, sizeof(raw));
	explicit_bzero(base64, sizeof(base64));
}

static int
judge(struct ssh_key *k, struct hd_err *err)
{
	if (strstr(k->text, "PRIVATE KEY-----") == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "key file %s: not a private key (name the file without "
		    ".pub)",
		    k->path);
	if (strstr(k->text, "BEGIN OPENSSH PRIVATE KEY-----") != NULL)
		decode_openssh(k);
	else if (strstr(k->text, "ENCRYPTED") != NULL)
		k->state = SSH_KEY_ENCRYPTED;
	return 0;
}

int
ssh_key_read(struct ssh_key *k, const char *path, struct hd_err *err)
{
	*k = (struct ssh_key){ .path = path };
	return load(k, err) < 0 ? -1 : judge(k, err);
}

void
ssh_key_done(struct ssh_key *k)
{
	if (k->text != NULL)
		explicit_bzero(k->text, KEY_FILE_MAX + 1);
	free(k->text);
	k->text = NULL;
}
