#ifndef HD_HOSTS_H
#define HD_HOSTS_H

#include "core/inventory/section.h"

/* A host and its line in deploy.ini, `host` or `hosts`. */
struct hd_written {
	const struct hd_host *host;
	unsigned line;
};

/* Loads the hosts of all environments, one after the other. */
struct hd_hosts_load {
	const struct hd_sections *all;
	const struct hd_inventory *inventory; /* for the answers of sources */
	struct hd_arena *arena;
	struct hd_problems *problems;
	const struct hd_section *defaults;
	struct hd_host usual;               /* with the values of [defaults] */
	HD_LIST(struct hd_written) written; /* of all environments so far */
};

/* Fills env->sources and env->hosts from s, the section of env, and applies and
 * checks the [env:host] sections and the groups. A check that needs all hosts
 * is left out if a source was not asked. */
void hd_hosts_load(
    struct hd_hosts_load *l, struct hd_env *env, const struct hd_section *s);
/* Reports [env:host] sections whose environment does not exist. */
void hd_hosts_without_env(
    const struct hd_sections *all, struct hd_problems *problems);

/*
 * Reports a name that is used twice in one environment, and a release root that
 * has two names in the whole file. Two environments that share a root would
 * share its history: a rollback in one would take back changes of the other.
 * Addresses are compared without case, without a final dot, and IPv6 by value.
 * Two DNS names of one machine are not noticed here; the lock of the root
 * reveals them if both are in one run.
 */
void hd_hosts_check(const struct hd_hosts_load *l);

/* Marks the hosts selected by env->canary. HD_EUSAGE if a word matches none. */
int hd_canaries_mark(struct hd_env *env, struct hd_err *err) HD_CHECK;

#endif
