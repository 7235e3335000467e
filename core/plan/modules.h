#ifndef HD_MODULES_H
#define HD_MODULES_H

#include "core/artifact/artifact.h"
#include "core/base/str.h"

/*
 * The file .hdeploy/releases/<v>/modules of a host: the code of a version, and
 * what its relup does to each module, so that the next change can be proved
 * without the tarball. Lines, of which only these words are read:
 *
 *	module hotcode-0.2.0 demo_server DIGEST
 *	way up 0.1.0
 *	does demo_server lba
 *
 * "does" belongs to the way above it. Its letters are those of
 * hd_effect_read().
 */
void hd_modules_write(const struct hd_artifact *a, struct hd_str *out);

/*
 * The argument "libs" of facts.sh, for a version that is not on the host: its
 * libraries, "lib NAME DIGEST", and the same "way" and "does".
 */
void hd_modules_ask(const struct hd_artifact *a, struct hd_str *out);

/* A module's name as one word of plain ASCII: other bytes become %XX. Borrowed
 * or in arena. */
const char *hd_module_word(struct hd_arena *arena, const char *name);

/*
 * Appends the instructions for one module that letters stand for: l load and r
 * remove (the last of them counts), with b brutal_purge before and a after; p
 * purge, s suspend, c code_change, t stop; x: an apply that can load any
 * module. Strings are borrowed; other letters are ignored.
 */
void hd_effect_read(struct hd_instructions *out, struct hd_arena *arena,
    const char *module, const char *letters);

#endif
