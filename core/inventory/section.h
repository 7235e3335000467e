#ifndef HD_SECTION_H
#define HD_SECTION_H

#include "core/inventory/keys.h"
#include "core/inventory/reader.h"

/*
 * Says for every section what it is (place, env, host) and checks each entry
 * by itself: key known, allowed there, given once, value good. Sections and
 * entries with a problem are marked, so that later stages leave them out.
 */
void hd_sections_check(struct hd_sections *all, struct hd_arena *arena,
    struct hd_problems *problems);

/* env and host: NULL where the place has none. NULL if there is none. */
const struct hd_section *hd_section_find(const struct hd_sections *all,
    enum hd_place place, const char *env, const char *host);
/* The sections [env:host] of env, one after the other; NULL at the end. */
const struct hd_section *hd_section_of(
    const struct hd_sections *all, const char *env);
const struct hd_section *hd_section_next(
    const struct hd_sections *all, const struct hd_section *s);
/* True if the section sets key, well or badly. s may be NULL. */
bool hd_section_mentions(const struct hd_section *s, const struct hd_key *key);

#endif
