#ifndef HD_NAMES_H
#define HD_NAMES_H

/*
 * Names of a tarball's entries. All return NULL if the name is fine, or what
 * is wrong with it and what to do, to be put after the name.
 */

/* Relative, no "." or ".." or empty part, no backslash, nothing that a
 * terminal or a "sha256  path" line would not show as it is; no dot first:
 * .hdeploy is ours, and where the release root is a home directory, .ssh and
 * the like are its user's. */
const char *hd_entry_problem(const char *path);

/* As Erlang's unpacker wants the target of a symbolic link: it takes every
 * ".." as leaving the release, wherever the link lies. */
const char *hd_link_problem(const char *target);

enum { HD_SHOWN_MAX = 160 };
/* name for an error text: control characters as "?", the middle of a long
 * one as "...". Returns out. */
const char *hd_shown(char out[static HD_SHOWN_MAX], const char *name);

#endif
