#ifndef HD_SECTION_H
#define HD_SECTION_H

#include "core/inventory/keys.h"
#include "core/inventory/reader.h"

/*
 * Sets place, env and host of every section and checks each entry on its own:
 * the key is known, allowed in that section and given once, and its value is
 * valid. Sections and entries with a problem are marked, so that later stages
 * skip them.
 */
void hd_sections_check(struct hd_sections *all, struct hd_arena *arena,
    struct hd_problems *problems);

/* env, host: NULL where the place has none. Returns NULL if there is no such
 * section. */
const struct hd_section *hd_section_find(const struct hd_sections *all,
    enum hd_place place, const char *env, const char *host);
/* The first, then the next section [env:host] of env; NULL at the end. */
const struct hd_section *hd_section_of(
    const struct hd_sections *all, const char *env);
const struct hd_section *hd_section_next(
    const struct hd_sections *all, const struct hd_section *s);
/* Whether the section contains key, valid or not. s may be NULL. */
bool hd_section_mentions(const struct hd_section *s, const struct hd_key *key);

#endif
