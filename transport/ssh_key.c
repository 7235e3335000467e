#define _GNU_SOURCE /* explicit_bzero */
#include "transport/ssh_private.h"

#include "core/base/digest.h"
#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 64 * 1024 };

/* Not hd_fs_read(): growing its buffer would leave copies of the key. */
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

/* openssh-key-v1: magic, then the cipher's name, "none" if not encrypted. */
static bool
openssh_is_encrypted(const char *text)
{
	static const char none[] = "openssh-key-v1\0\0\0\0\4none";
	static const char begin[] = "KEY-----";
	unsigned char raw[48];
	char base64[64];
	size_t n = 0;

	for (const char *p = strstr(text, begin) + strlen(begin);
	     *p != '\0' && *p != '-' && n < sizeof(base64); p++)
		if (strchr(" \t\r\n", *p) == NULL)
			base64[n++] = *p;
	if (hd_base64_decode(base64, n, raw, sizeof(raw)) != sizeof(raw))
		return false; /* broken: libssh2 will say so */
	return memcmp(raw, none, sizeof(none) - 1) != 0;
}

static int
judge(struct ssh_key *k, struct hd_err *err)
{
	if (strstr(k->text, "PRIVATE KEY-----") == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "key file %s: not a private key (name the file without "
		    ".pub)",
		    k->path);
	if (strstr(k->text, "BEGIN OPENSSH PRIVATE KEY-----") != NULL
		? openssh_is_encrypted(k->text)
		: strstr(k->text, "ENCRYPTED") != NULL)
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
