#ifndef HD_ROUND_H
#define HD_ROUND_H

#include "core/base/str.h"
#include "core/rollout/hook.h"

/* Some hosts of a run, and what hooks are told of them all. */
struct hd_round {
	const struct hd_run *run;
	struct hd_site *const *sites;
	size_t n;
	struct hd_site **on; /* those that a hook may run on; once: the first */
	size_t non;
	struct hd_occasion told; /* the result is the caller's to set */
	struct hd_str hosts, versions, previous;
};

/* sites: borrowed. */
void hd_round_init(struct hd_round *r, const struct hd_run *run,
    struct hd_site *const *sites, size_t n);
void hd_round_done(struct hd_round *r);

/* Sets on to the sites that fit (NULL: all do) and whose plan passes hooks of
 * this name; false if there is none. */
bool hd_round_due(struct hd_round *r, enum hd_hook_name name,
    bool (*fit)(const struct hd_site *s));

/* How all of them ended, in one word: the worst there is. */
const char *hd_round_word(const struct hd_round *r);

/* Names with a space between. */
void hd_round_names(struct hd_str *out, struct hd_site *const *sites, size_t n);

#endif
