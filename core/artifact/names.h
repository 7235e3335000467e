#ifndef HD_NAMES_H
#define HD_NAMES_H

#include <stdbool.h>

/*
 * Names of a tarball's entries. The checks return NULL if the name is fine,
 * else the problem and the remedy, as text to follow the name.
 */

struct archive_entry;
/* The path of an entry; NULL or "": it has no usable one. Names in a pax header
 * are UTF-8, others are arbitrary bytes. */
const char *hd_entry_name(struct archive_entry *e);

/* A path must be relative, without ".", ".." or empty parts, without
 * backslashes and control characters, which terminals and "sha256  path" lines
 * do not show as they are. It must not begin with a dot: .hdeploy is hdeploy's,
 * and if the root is a home directory, .ssh and the like belong to its user. */
const char *hd_entry_problem(const char *path);

/* The target of a symbolic link must suit Erlang's unpacker, which takes every
 * ".." as leaving the release. */
const char *hd_link_problem(const char *target);

/* Whether target, relative to the folder of path, stays inside the release.
 * Assumes that no folder on the way is a link. */
bool hd_link_inside(const char *path, const char *target);

/* The same checks for driver = app, whose versions have folders of their own:
 * hidden names and ".." inside the version are fine, and so are links to
 * absolute paths, such as the interpreter of a Python environment. */
const char *hd_plain_entry_problem(const char *path);
const char *hd_plain_link_problem(const char *path, const char *target);

enum { HD_SHOWN_MAX = 160 };
/* Copies name for a message: control characters as "?", the middle of a long
 * name as "...". Returns out. */
const char *hd_shown(char out[static HD_SHOWN_MAX], const char *name);

#endif
