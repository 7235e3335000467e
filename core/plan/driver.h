#ifndef HD_DRIVER_H
#define HD_DRIVER_H

#include "core/artifact/artifact.h"
#include "core/inventory/inventory.h"

#include <stdbool.h>

/*
 * What the control scripts of releases can do, as far as plans depend on it:
 * one row each. How they are spoken to is core/remote/<name>.sh.
 */
struct hd_driver {
	/* Installs without making permanent, so that a node that crashes
	 * before it is verified boots the old version by itself. */
	bool two_phase;
	bool can_two_phase; /* only with commit = after_soak */
	/* Nothing is known of its control script: it does what the commands of
	 * deploy.ini say, which may do what no relup tells of. */
	bool commands_only;
	unsigned needs;   /* of enum hd_lack, beside what every VM needs */
	const char *sasl; /* how a release gets it */
};

/* The name is one that deploy.ini allows. */
const struct hd_driver *hd_driver_find(const char *name);

/* Whether a hot upgrade of this host is made permanent in a step of its own,
 * after it was verified. */
bool hd_driver_two_phase(const char *name, const struct hd_host *host);

#endif
