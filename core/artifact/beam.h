#ifndef HD_BEAM_H
#define HD_BEAM_H

#include "core/base/digest.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Digest of a compiled Erlang module without what changes when the same
 * source is compiled in another folder: compile-info, debug and documentation
 * chunks are left out, source files count by their last name only, and
 * compressed parts are taken uncompressed (other zlib builds compress to
 * other bytes). module is the file's name without ".beam".
 *
 * Returns false, with out untouched, if p is not a whole module; the caller
 * then takes the bytes as they are.
 */
bool hd_beam_digest(const void *p, size_t n, const char *module,
    char out[static HD_SHA256_HEX]);

#endif
