#define _XOPEN_SOURCE 700 /* nftw */
#include "tests/support/folder.h"

#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
folder_setup(void **state)
{
	char name[64];

	files_folder(name);
	*state = strdup(name);
	return *state != NULL ? 0 : -1;
}

int
folder_teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
folder_remove(const char *path)
{
	assert_true(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ||
		    errno == ENOENT);
}

const char *
folder_path(const char *folder, const char *path)
{
	static char paths[8][4096];
	static unsigned next;
	char *out = paths[next++ % 8];

	snprintf(out, sizeof(paths[0]), "%s/%s", folder, path);
	return out;
}

static void
make_parents(char *path)
{
	for (char *p = strchr(path + 1, '/'); p != NULL;
	     p = strchr(p + 1, '/')) {
		*p = '\0';
		assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
		*p = '/';
	}
}

void
folder_write(const char *folder, const char *path, const char *text, size_t n)
{
	char full[4096];
	int fd;

	snprintf(full, sizeof(full), "%s/%s", folder, path);
	make_parents(full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

void
folder_release(
    const char *folder, const char *app, const char *version, const char *relup)
{
	char path[512], text[1024];
	const struct {
		const char *path, *text;
	} files[] = {
		{ "releases/%2$s/%1$s.rel",
		    "{release,{\"%1$s\",\"%2$s\"},{erts,\"13.1\"},"
		    "[{%1$s,\"%2$s\"},{sasl,\"4.2\"}]}.\n" },
		{ "releases/start_erl.data", "13.1 %2$s" },
		{ "releases/%2$s/start.boot", "boot of %1$s %2$s" },
		{ "releases/%2$s/sys.config", "[]." },
		{ "lib/%1$s-%2$s/ebin/%1$s.app", "{application,%1$s,[]}." },
		{ "lib/sasl-4.2/ebin/sasl.app", "{application,sasl,[]}." },
		{ "bin/%1$s", "#!/bin/sh\necho %1$s %2$s\n" },
		{ "bin/%1$s-%2$s", "#!/bin/sh\necho %1$s %2$s\n" },
		{ "erts-13.1/bin/erl", "#!/bin/sh\n" },
		{ "erts-13.1/bin/erl_call", "#!/bin/sh\n" },
	};
	const size_t n = sizeof(files) / sizeof(files[0]);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), files[i].path, app, version);
		snprintf(text, sizeof(text), files[i].text, app, version);
		folder_write(folder, path, text, strlen(text));
		if (files[i].text[0] == '#')
			chmod(folder_path(folder, path), 0755);
	}
#pragma GCC diagnostic pop
	if (relup != NULL) {
		snprintf(path, sizeof(path), "releases/%s/relup", version);
		folder_write(folder, path, relup, strlen(relup));
	}
}
