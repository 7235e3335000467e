#ifndef HD_DEMANDS_H
#define HD_DEMANDS_H

#include "core/artifact/artifact.h"

/* What the programs of a release, together, need of a host. */
struct hd_demand {
	const char *name;  /* "machine", "loader", "GLIBC", "GLIBCXX", or the
			      name of a shared library */
	const char *value; /* "x86-64", "2.34"; of a library: "" */
	const char *path;  /* the program that needs it, or the first one */
};
struct hd_demands {
	struct hd_demand *v;
	size_t n, cap;
};

/* Adds each machine and loader, the newest version symbols, and all libraries
 * that the release does not contain, by name. Points into arena and a. */
void hd_demands_list(struct hd_demands *out, struct hd_arena *arena,
    const struct hd_artifact *a);

#endif
