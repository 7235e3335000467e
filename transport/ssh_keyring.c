#define _GNU_SOURCE /* O_CLOEXEC and friends */
#include "transport/ssh_keyring.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "core/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 64 * 1024 };

struct ssh_keyring_entry {
	struct ssh_keyring_entry *next;
	struct ssh_key *key;
};

void
ssh_keyring_init(struct ssh_keyring *r)
{
	*r = (struct ssh_keyring){ .first = NULL };
	pthread_mutex_init(&r->lock, NULL);
	hd_clock_condition(&r->changed);
}

void
ssh_keyring_done(struct ssh_keyring *r)
{
	while (r->first != NULL) {
		struct ssh_keyring_entry *e = r->first;

		r->first = e->next;
		ssh_key_free(e->key);
		free(e);
	}
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
}

/* As ssh does, refuses a private key of the user's that others can read. */
static bool
is_safe(struct ssh_key *k, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "not a regular file");
	else if (st.st_uid == getuid() && (st.st_mode & 077) != 0)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "others can read it (mode %04o): chmod 600 %s",
		    (unsigned)st.st_mode & 0777, k->name);
	else
		return true;
	return false;
}

/* Not hd_fs_read(): its growing buffer would leave copies of the key. */
static void
read_file(struct ssh_key *k, int fd)
{
	HD_AUTO_SECRET char *text = hd_secret_alloc(KEY_FILE_MAX);
	size_t len = 0;
	ssize_t n;

	do
		n = read(fd, text + len, KEY_FILE_MAX - len);
	while ((n > 0 && (len += (size_t)n) < KEY_FILE_MAX) ||
	       (n < 0 && errno == EINTR));
	if (n < 0)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "%s", strerror(errno));
	else
		ssh_key_read(k, text, len);
}

static struct ssh_key *
load(const char *path)
{
	struct ssh_key *k = ssh_key_new(path);
	HD_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		ssh_key_refuse(k,
		    errno == ENOENT ? SSH_KEY_ABSENT : SSH_KEY_UNUSABLE, "%s",
		    strerror(errno));
	else if (is_safe(k, fd))
		read_file(k, fd);
	return k;
}

/* Reads files under the lock, so that the first thread reads for all. */
static struct ssh_key *
find(struct ssh_keyring *r, const char *path)
{
	struct ssh_keyring_entry *e;

	pthread_mutex_lock(&r->lock);
	for (e = r->first; e != NULL; e = e->next)
		if (strcmp(e->key->name, path) == 0)
			break;
	if (e == NULL) {
		e = hd_alloc(sizeof(*e));
		e->key = load(path);
		e->next = r->first;
		r->first = e;
	}
	pthread_mutex_unlock(&r->lock);
	return e->key;
}

static bool
is_usable(const struct ssh_key *k)
{
	return k->state != SSH_KEY_UNUSABLE && k->state != SSH_KEY_ABSENT;
}

int
ssh_keyring_list(struct ssh_keyring *r, const struct hd_ssh_login *login,
    struct ssh_key ***out, struct hd_err *err)
{
	HD_AUTO_FREE struct ssh_key **list =
	    hd_alloc((login->nidentities + 1) * sizeof(struct ssh_key *));
	size_t n = 0;

	for (size_t i = 0; i < login->nidentities; i++) {
		struct ssh_key *k = find(r, login->identities[i]);

		if (login->named && !is_usable(k))
			return hd_err_set(
			    err, HD_ELOCAL, "key file %s: %s", k->name, k->why);
		if (k->state != SSH_KEY_ABSENT)
			list[n++] = k;
	}
	*out = list;
	list = NULL;
	return 0;
}

int
ssh_keyring_unlock(struct ssh_keyring *r, struct ssh_key *key,
    const struct hd_ssh_login *login, enum hd_cancel stage, struct hd_err *err)
{
	(void)r;
	(void)login;
	(void)stage;
	if (key->text != NULL)
		return 0;
	return hd_err_set(err, HD_ELOCAL,
	    "%s has a passphrase: add it to an ssh-agent (ssh-add)", key->name);
}
