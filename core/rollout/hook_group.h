#ifndef HD_HOOK_GROUP_H
#define HD_HOOK_GROUP_H

#include "core/base/str.h"
#include "core/rollout/hook.h"

/* Hosts of a run whose hooks run together, and their common context. */
struct hd_hook_group {
	const struct hd_run *run;
	struct hd_site *const *sites;
	size_t n;
	struct hd_site **on; /* hosts of the next hook; `once` takes on[0] */
	size_t non;
	struct hd_hook_context context; /* the caller sets the result */
	struct hd_str hosts, versions, previous;
};

/* Borrows sites. */
void hd_hook_group_init(struct hd_hook_group *g, const struct hd_run *run,
    struct hd_site *const *sites, size_t n);
void hd_hook_group_done(struct hd_hook_group *g);

/* Sets on to the sites that fit (NULL: all) and whose plan includes hooks of
 * this name. False if there is none. */
bool hd_hook_group_select(struct hd_hook_group *g, enum hd_hook_name name,
    bool (*fit)(const struct hd_site *s));

/* The worst result of the group, in one word. */
const char *hd_hook_group_result(const struct hd_hook_group *g);

/* Adds the names of the hosts, separated by spaces. */
void hd_hook_group_names(
    struct hd_str *out, struct hd_site *const *sites, size_t n);

#endif
