#ifndef HD_DRIVER_H
#define HD_DRIVER_H

#include <stdbool.h>

/*
 * What the control scripts of releases can do, as far as plans depend on it:
 * one row each. How they are spoken to is core/remote/<name>.sh.
 */
struct hd_driver {
	const char *name; /* as in deploy.ini */
	/* Installs without making permanent, so that a node that crashes
	 * before it is verified boots the old version by itself. */
	bool two_phase;
	/* Nothing is known of its control script: it does what the commands of
	 * deploy.ini say, which may find ways that no relup tells of. */
	bool commands_only;
};

/* The name is one that deploy.ini allows. */
const struct hd_driver *hd_driver_find(const char *name);

#endif
