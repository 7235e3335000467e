/*
 * Loaded before the C library (LD_PRELOAD): the user who runs a program has the
 * home folder TEST_HOME. So ssh, dropbear and tinysshd, which ask passwd and
 * not HOME, use a folder of the test, and no user has to be made. tinysshd
 * refuses a home below a folder that others can write to, so /tmp, where only
 * the owner of a file can replace it, counts as private.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct passwd *getpwnam(const char *name);
struct passwd *getpwuid(uid_t uid);

static struct passwd *
at_home(struct passwd *pw)
{
	static uid_t user;
	static char *home;

	if (home == NULL) { /* later a server changes its user */
		const char *value = getenv("TEST_HOME");

		user = getuid();
		home = value != NULL ? strdup(value) : NULL;
	}
	if (pw != NULL && home != NULL && pw->pw_uid == user)
		pw->pw_dir = home;
	return pw;
}

struct passwd *
getpwnam(const char *name)
{
	static struct passwd *(*real)(const char *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "getpwnam");
	return at_home(real(name));
}

struct passwd *
getpwuid(uid_t uid)
{
	static struct passwd *(*real)(uid_t);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "getpwuid");
	return at_home(real(uid));
}

int
stat(const char *restrict path, struct stat *restrict st)
{
	static int (*real)(const char *, struct stat *);
	int rc;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "stat");
	rc = real(path, st);
	if (rc == 0 && (st->st_mode & S_ISVTX) != 0)
		st->st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
	return rc;
}
