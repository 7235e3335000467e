#ifndef HD_HOSTS_H
#define HD_HOSTS_H

#include "core/inventory/section.h"

/* The hosts of one environment after the other. */
struct hd_hosts_load {
	const struct hd_sections *all;
	struct hd_arena *arena;
	struct hd_problems *problems;
	size_t total; /* of all environments so far */
};

/* Fills env->hosts from section s, which is env's, and checks them against
 * each other and against the [env:host] sections. */
void hd_hosts_load(
    struct hd_hosts_load *l, struct hd_env *env, const struct hd_section *s);
/* Reports [env:host] sections of environments that do not exist. */
void hd_hosts_strangers(
    const struct hd_sections *all, struct hd_problems *problems);

/* Reports names given twice and one release root under two names. lines[i]
 * is where hosts.v[i] was written. */
void hd_hosts_check(const struct hd_env *env, const unsigned *lines,
    struct hd_problems *problems);

/* Marks the hosts that env->canary names. HD_EUSAGE if a word names none. */
int hd_canaries_mark(struct hd_env *env, struct hd_err *err) HD_CHECK;

#endif
