#ifndef HD_NEEDS_H
#define HD_NEEDS_H

#include "core/artifact/artifact.h"
#include "core/base/str.h"

/*
 * The needs of the programs of a release, as text for a host. Shared libraries
 * that the release contains are left out, wherever they are in it: how it finds
 * them is its own business.
 */

/*
 * Appends a line for each program, for the record on the host:
 *
 *	program PATH MACHINE LOADER GLIBC GLIBCXX LIBRARIES
 *
 * MACHINE: e_machine; GLIBC: "2.34"; GLIBCXX: "3.4.29"; LIBRARIES: "libz.so.1,
 * libm.so.6", without the space, and absolute folders of its runpath. "-":
 * none. facts.sh checks these lines before it prints them as facts.
 */
void hd_needs_write(struct hd_str *out, const struct hd_artifact *a);

/*
 * Appends a line for each variable ${NAME} without a default in its sys.config
 * or vm.args, with the file in which a start script replaces it:
 *
 *	NAME releases/0.1.0/sys.config.src
 *
 * prefix goes before each line: "variable " for the record.
 */
void hd_needs_variables(
    struct hd_str *out, const struct hd_artifact *a, const char *prefix);

/* Appends the libraries and folders of all programs, each once, with spaces
 * between them: an argument of facts.sh. */
void hd_needs_list(struct hd_str *out, const struct hd_artifact *a);

#endif
