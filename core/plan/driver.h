#ifndef HD_DRIVER_H
#define HD_DRIVER_H

#include "core/artifact/artifact.h"
#include "core/inventory/inventory.h"

#include <stdbool.h>

/*
 * What a plan must know about a driver: one row for each. The driver's scripts,
 * core/remote/<name>*.sh, call the control script of the release.
 */
struct hd_driver {
	/* Installs without making permanent, so a node that crashes before it
	 * is verified boots the old version. */
	bool two_phase;
	bool can_two_phase; /* only with commit = after_soak */
	/* Its control script is unknown: the driver runs the commands of
	 * deploy.ini, which can do what no relup shows. */
	bool commands_only;
	/* Its releases lack releases/RELEASES; hdeploy makes that file. */
	bool makes_list;
	/* Releases without sasl can be used: they upgrade by stop and start. */
	bool cold_without_sasl;
	/* Its releases are not of OTP: no VM to query, no boot files. Each
	 * version is a folder; the link `current` names the one that starts. */
	bool plain;
	unsigned needs;   /* of enum hd_lack, beyond what every VM needs */
	const char *sasl; /* how to add sasl to a release */
};

/* Returns the driver of this name, which deploy.ini allows. */
const struct hd_driver *hd_driver_find(const char *name);

/* Whether a hot upgrade of this host is made permanent in a step of its own,
 * after it is verified. */
bool hd_driver_two_phase(const char *name, const struct hd_host *host);

#endif
