#ifndef HD_BEAM_H
#define HD_BEAM_H

#include "core/base/digest.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Digests of a compiled Erlang module.
 *
 * identity stays the same when the source is compiled in another folder. It
 * leaves out compile-info, debug and documentation chunks, includes only the
 * last name of a source path, and covers compressed parts uncompressed (zlib
 * builds compress differently). module is the file's name without ".beam".
 *
 * code: of two modules, equal exactly if beam_lib:md5/1 is, which is
 * module_info(md5) once loaded. Unlike identity it leaves out lines and
 * attributes: an appup need not name a module whose comments moved.
 *
 * Returns false, with both untouched, if p is not a whole module; the caller
 * then digests the bytes as they are.
 */
bool hd_beam_digest(const void *p, size_t n, const char *module,
    char identity[static HD_SHA256_HEX], char code[static HD_SHA256_HEX]);

#endif
