#ifndef HD_HOSTS_H
#define HD_HOSTS_H

#include "core/inventory/section.h"

/* A host, and where it was written. */
struct hd_written {
	const struct hd_host *host;
	unsigned line;
};

/* The hosts of one environment after the other. */
struct hd_hosts_load {
	const struct hd_sections *all;
	struct hd_arena *arena;
	struct hd_problems *problems;
	const struct hd_section *defaults;
	struct hd_host usual;               /* as [defaults] makes it */
	HD_LIST(struct hd_written) written; /* of all environments so far */
};

/* Fills env->hosts from section s, which is env's, and checks them against
 * the [env:host] sections. */
void hd_hosts_load(
    struct hd_hosts_load *l, struct hd_env *env, const struct hd_section *s);
/* Reports [env:host] sections of environments that do not exist. */
void hd_hosts_strangers(
    const struct hd_sections *all, struct hd_problems *problems);

/*
 * Reports names given twice in one environment, and one release root under two
 * names, wherever these are. Two environments that share a root would share
 * its history: a rollback of one takes back what was done to the other. An
 * address is known again in capitals, with a dot at its end and in another
 * spelling of IPv6; two names that only a name server knows for one machine are
 * not, but the root itself tells when both are in one run.
 */
void hd_hosts_check(const struct hd_hosts_load *l);

/* Marks the hosts that env->canary names. HD_EUSAGE if a word names none. */
int hd_canaries_mark(struct hd_env *env, struct hd_err *err) HD_CHECK;

#endif
