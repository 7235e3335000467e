#define _XOPEN_SOURCE 700 /* realpath, S_ISVTX */
#include "transport/ssh_folder.h"

#include "core/base/alloc.h"
#include "core/base/shell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ssh adds 17 bytes to the name of a socket, and some systems allow 104. */
enum { TOP_MAX = 60 };

/* Whether other users can neither rename nor remove what this folder contains.
 * The owner of a folder can, even if it is sticky. */
static bool
is_protected(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    (st.st_uid != 0 && st.st_uid != geteuid()))
		return false;
	return (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 ||
	       (st.st_mode & S_ISVTX) != 0;
}

/* The same for this folder and all folders above it; path has no links. */
static bool
are_protected(const char *path)
{
	HD_AUTO_FREE char *part = hd_strdup(path);
	char *slash;

	while ((slash = strrchr(part, '/')) != part) {
		if (!is_protected(part))
			return false;
		*slash = '\0';
	}
	return (part[1] == '\0' || is_protected(part)) && is_protected("/");
}

static bool
usable(const char *path)
{
	return strlen(path) <= TOP_MAX && hd_shell_plain(path) &&
	       strchr(path, '%') == NULL && are_protected(path);
}

int
ssh_folder_make(char *out, size_t max, struct hd_err *err)
{
	const char *tops[] = { getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"),
		"/tmp" };
	int problem = 0;

	for (size_t i = 0; i < HD_COUNT(tops); i++) {
		HD_AUTO_FREE char *top =
		    tops[i] != NULL ? realpath(tops[i], NULL) : NULL;

		if (top == NULL || !usable(top))
			continue;
		snprintf(out, max, "%s/hdeploy.XXXXXX", top);
		if (mkdtemp(out) != NULL)
			return 0;
		problem = errno;
	}
	out[0] = '\0';
	return hd_err_set(err, HD_ELOCAL,
	    "cannot make a folder for the connection to the bastion: %s; set "
	    "TMPDIR to a folder of yours with a short name",
	    problem != 0 ? strerror(problem)
			 : "other users could replace it in /tmp");
}
