#ifndef HD_CMD_SOURCE_H
#define HD_CMD_SOURCE_H

#include "core/base/alloc.h"
#include "core/base/err.h"

/* A release on this machine. version NULL: read it from the release. */
struct hd_source {
	const char *path, *version;
};

/*
 * Finds the release that a word of the command line names: a folder, a tarball,
 * or a version. other is the other release of the command, or NULL: a build
 * folder may contain both versions. A version is looked for there, else as
 * NAME-VERSION.tar.gz in the current folder, where `hdeploy fetch` puts it.
 * HD_EUSAGE if there is none, or more than one. *out points into a and to word
 * and other.
 */
int hd_source_find(struct hd_source *out, struct hd_arena *a, const char *word,
    const char *other, struct hd_err *err) HD_CHECK;

#endif
