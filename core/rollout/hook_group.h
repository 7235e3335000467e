#ifndef HD_HOOK_GROUP_H
#define HD_HOOK_GROUP_H

#include "core/base/str.h"
#include "core/rollout/hook.h"

/* Some hosts of a run, and what hooks are told of them all. */
struct hd_hook_group {
	const struct hd_run *run;
	struct hd_site *const *sites;
	size_t n;
	struct hd_site **on; /* those that a hook may run on; once: the first */
	size_t non;
	struct hd_hook_context told; /* the result is the caller's to set */
	struct hd_str hosts, versions, previous;
};

/* sites: borrowed. */
void hd_hook_group_init(struct hd_hook_group *g, const struct hd_run *run,
    struct hd_site *const *sites, size_t n);
void hd_hook_group_done(struct hd_hook_group *g);

/* Sets on to the sites that fit (NULL: all do) and whose plan passes hooks of
 * this name; false if there is none. */
bool hd_hook_group_select(struct hd_hook_group *g, enum hd_hook_name name,
    bool (*fit)(const struct hd_site *s));

/* How all of them ended, in one word: the worst there is. */
const char *hd_hook_group_result(const struct hd_hook_group *g);

/* Names with a space between. */
void hd_hook_group_names(
    struct hd_str *out, struct hd_site *const *sites, size_t n);

#endif
