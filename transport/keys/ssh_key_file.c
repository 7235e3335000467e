#define _GNU_SOURCE /* O_CLOEXEC, O_NOCTTY */
#include "transport/keys/ssh_key_file.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "core/base/secret.h"
#include "transport/keys/ssh_cert.h"
#include "transport/keys/ssh_key_read.h"
#include "transport/keys/ssh_public.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 64 * 1024 };

/* All of a small regular file, in secret memory; NULL with errno set. */
static char *
read_all(int fd, size_t *len)
{
	char *text = hd_secret_alloc(KEY_FILE_MAX + 1);
	ssize_t n;

	*len = 0;
	do
		n = read(fd, text + *len, KEY_FILE_MAX - *len);
	while ((n > 0 && (*len += (size_t)n) < KEY_FILE_MAX) ||
	       (n < 0 && errno == EINTR));
	if (n == 0)
		return text;
	errno = n > 0 ? EFBIG : errno;
	hd_secret_free(text);
	return NULL;
}

/* Not for named pipes, terminals and devices: reading them could block, and
 * what was read would be gone. */
static int
open_file(const char *path, struct stat *st)
{
	HD_AUTO_FD fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, st) < 0)
		return -1;
	if (!S_ISREG(st->st_mode)) {
		errno = S_ISDIR(st->st_mode) ? EISDIR : ESPIPE;
		return -1;
	}
	return hd_steal_fd(&fd);
}

static const char *
reason(int code)
{
	if (code == ESPIPE)
		return "not a regular file: for a key from a pipe, set "
		       "identity_env";
	if (code == EFBIG)
		return "not a private key (larger than 64 KiB)";
	return strerror(code);
}

/* As ssh does, ignores a private key of the user's own that others can read; an
 * agent may still have it. */
static void
check_mode(struct ssh_key *k, const struct stat *st)
{
	if ((k->state == SSH_KEY_PLAIN || k->state == SSH_KEY_ENCRYPTED) &&
	    st->st_uid == getuid() && (st->st_mode & 077) != 0)
		ssh_key_refuse(k,
		    k->public.n > 0 ? SSH_KEY_PUBLIC : SSH_KEY_UNUSABLE,
		    "others can read it (mode %04o): chmod 600 %s",
		    (unsigned)st->st_mode & 0777, k->name);
}

static void
read_private(struct ssh_key *k)
{
	struct stat st;
	HD_AUTO_FD fd = open_file(k->name, &st);
	HD_AUTO_SECRET char *text = NULL;
	size_t n;

	if (fd >= 0)
		text = read_all(fd, &n);
	if (text != NULL) {
		ssh_key_read(k, text, n);
		check_mode(k, &st);
		return;
	}
	ssh_key_refuse(k, errno == ENOENT ? SSH_KEY_ABSENT : SSH_KEY_UNUSABLE,
	    "%s", reason(errno));
}

/* The key or certificate in the file NAME + suffix; false: none. */
static bool
read_beside(const struct ssh_key *k, const char *suffix, char **path,
    struct hd_bytes *out)
{
	HD_AUTO_ARENA a = { 0 };
	const char *name = hd_arena_fmt(&a, "%s%s", k->name, suffix);
	struct stat st;
	HD_AUTO_FD fd = open_file(name, &st);
	HD_AUTO_SECRET char *text = NULL;
	size_t n;

	if (fd >= 0)
		text = read_all(fd, &n);
	if (text == NULL || !ssh_public_read(out, text))
		return false;
	*path = hd_strdup(name);
	return true;
}

/* An encrypted PEM file hides its public key; the other keys that cannot sign
 * may be in an agent. */
static void
find_public(struct ssh_key *k)
{
	HD_AUTO_FREE char *path = NULL;

	if (k->public.n > 0 || !read_beside(k, ".pub", &path, &k->public))
		return;
	if (k->state == SSH_KEY_UNUSABLE || k->state == SSH_KEY_ABSENT)
		k->state = SSH_KEY_PUBLIC;
}

static void
find_certificate(struct ssh_key *k)
{
	HD_AUTO_FREE char *path = NULL;
	struct hd_bytes blob;
	struct ssh_cert cert;

	if (k->cert.n > 0 || k->public.n == 0 ||
	    !read_beside(k, "-cert.pub", &path, &blob))
		return;
	if (!ssh_cert_read(&cert, blob) ||
	    !ssh_cert_is_about(&cert, k->public)) {
		ssh_key_forget(&blob);
		return;
	}
	k->cert = blob;
	k->cert_name = path;
	path = NULL;
}

struct ssh_key *
ssh_key_load(const char *path)
{
	struct ssh_key *k = ssh_key_new(path);

	read_private(k);
	find_public(k);
	find_certificate(k);
	return k;
}
