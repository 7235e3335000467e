#ifndef HD_PAST_GROUPS_H
#define HD_PAST_GROUPS_H

#include "core/base/index.h"
#include "core/past.h"

/*
 * The changes of a fleet, from lines of history. The changes of one run that
 * differ only in host, id, time and duration are a group. A line without a run
 * is a group of its own, as is each of several equal lines of one host. { 0 }
 * is empty.
 */
struct hd_past_group {
	struct hd_past past; /* that of the first host */
	struct hd_strs hosts;
	int64_t first, last; /* when they ended, ms since 1970; 0: not known */
	int64_t least, most; /* durations, ms; 0: not known */
	size_t place;        /* in the order in which groups came */
};
struct hd_past_groups {
	struct hd_arena arena;
	struct hd_past_group *v;
	size_t n, cap;
	size_t changes;
	struct hd_index places, hosts;
};

/* Copies what it keeps. The lines of a host must follow each other. */
void hd_past_groups_add(
    struct hd_past_groups *g, const char *host, const struct hd_past *past);
/* The newest first; groups without a time come last. Nothing can be added
 * afterwards. */
void hd_past_groups_sort(struct hd_past_groups *g);
/* Whether a change of this host was added. */
bool hd_past_groups_have(const struct hd_past_groups *g, const char *host);
void hd_past_groups_done(struct hd_past_groups *g);

#endif
