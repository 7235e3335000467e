#define _GNU_SOURCE /* nftw */
#include "core/base/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_FOLDERS = 32 };

int
hd_scratch_make(char path[static HD_SCRATCH_PATH], struct hd_err *err)
{
	snprintf(path, HD_SCRATCH_PATH, "/tmp/hdeploy-XXXXXX");
	if (mkdtemp(path) != NULL) /* mode 0700 */
		return 0;
	path[0] = '\0';
	return hd_err_set(err, HD_ELOCAL,
	    "cannot make a temporary folder in /tmp: %s", strerror(errno));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	(void)remove(path);
	return 0;
}

void
hd_scratch_remove(const char *path)
{
	if (path[0] != '\0')
		(void)nftw(
		    path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
