#ifndef HD_GROUPS_H
#define HD_GROUPS_H

#include "core/inventory/section.h"

/* Reports groups of env that also name a host, and words of groups that match
 * no host; see hd_group_members(). s, defaults: the sections that have the
 * groups; defaults may be NULL. Returns false if there are too many groups to
 * use any. */
bool hd_groups_check(const struct hd_env *env, const struct hd_section *s,
    const struct hd_section *defaults, struct hd_problems *problems);

#endif
