#define _DEFAULT_SOURCE /* explicit_bzero */
#include "cmd/secrets.h"

#include "cmd/ask.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_MAX = 64 * 1024, PIPE_MS = 10000, FD_FIRST = 3, FD_LAST = 1023 };

/* Also zeroes the original, which /proc/PID/environ and `ps e` show. */
static char *
take_variable(const char *name)
{
	char *value = getenv(name), *copy;

	if (value == NULL)
		return NULL;
	copy = hd_secret_copy(value, strlen(value));
	explicit_bzero(value, strlen(value));
	(void)unsetenv(name);
	return copy;
}

/* N of "fd:N"; -1: not of this form. */
static int
descriptor(const char *name)
{
	char *end;
	long n;

	if (strncmp(name, "fd:", 3) != 0)
		return -1;
	n = strtol(name + 3, &end, 10);
	return *end == '\0' && n >= FD_FIRST && n <= FD_LAST ? (int)n : -1;
}

/* hdeploy opens all its own descriptors with close-on-exec, so one without it
 * was open when hdeploy started. */
static bool
is_inherited(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

/* Reads to the end of the file; false: too long, or no end in time. */
static bool
read_all(int fd, char *text)
{
	int64_t end = hd_clock_ms() + PIPE_MS;
	size_t len = 0;

	while (len < SECRET_MAX && hd_clock_left(end) > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, hd_clock_left(end)) < 1)
			continue;
		n = read(fd, text + len, SECRET_MAX - len);
		if (n == 0)
			return true;
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			return false;
	}
	return false;
}

static char *
take_descriptor(int number)
{
	HD_AUTO_FD fd = is_inherited(number) ? number : -1;
	char *text;

	if (fd < 0)
		return NULL;
	text = hd_secret_alloc(SECRET_MAX + 1);
	if (read_all(fd, text))
		return text;
	hd_secret_free(text);
	return NULL;
}

static const struct hd_secret *
find(const struct hd_secrets *s, const char *name)
{
	for (const struct hd_secret *one = s->first; one != NULL;
	     one = one->next)
		if (strcmp(one->name, name) == 0)
			return one;
	return NULL;
}

void
hd_secrets_take(struct hd_secrets *s, const char *name)
{
	int fd = descriptor(name);
	struct hd_secret *one;

	if (find(s, name) != NULL)
		return;
	one = hd_alloc(sizeof(*one));
	one->name = hd_strdup(name);
	one->text = fd >= 0 ? take_descriptor(fd) : take_variable(name);
	one->next = s->first;
	s->first = one;
}

void
hd_secrets_take_all(struct hd_secrets *s, const struct hd_inventory *inventory)
{
	for (size_t i = 0; i < inventory->secrets.n; i++)
		hd_secrets_take(s, inventory->secrets.v[i]);
}

int
hd_secrets_sudo(
    const struct hd_secrets *s, const struct hd_host *host, struct hd_err *err)
{
	const struct hd_sudo_password *p = &host->sudo_password;
	const struct hd_secret *one;

	if (host->run_as == NULL)
		return 0;
	if (p->from == HD_SUDO_ASK && !hd_ask_secret_possible())
		return hd_err_set(err, HD_EUSAGE,
		    "%s: sudo_password = ask needs a terminal, and never asks "
		    "in a CI job: use sudo_password = command COMMAND or env "
		    "NAME",
		    host->name);
	if (p->from != HD_SUDO_ENV)
		return 0;
	one = find(s, p->text);
	if (one != NULL && one->text != NULL && one->text[0] != '\0')
		return 0;
	return hd_err_set(err, HD_ELOCAL,
	    "%s: the environment variable %s, which sudo_password names, is not "
	    "set",
	    host->name, p->text);
}

void
hd_secrets_done(struct hd_secrets *s)
{
	while (s->first != NULL) {
		struct hd_secret *one = s->first;

		s->first = one->next;
		hd_secret_free(one->text);
		free(one->name);
		free(one);
	}
}
