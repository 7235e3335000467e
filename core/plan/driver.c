#include "core/plan/driver.h"

#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

static const struct hd_driver drivers[] = {
	[HD_DRIVER_RELX] = { .two_phase = true,
	    .needs = HD_LACK_SCRIPT | HD_LACK_OWN_SCRIPT,
	    .sasl = "{release, {NAME, VERSION}, [..., sasl]} in rebar.config" },
	[HD_DRIVER_DISTILLERY] = { .can_two_phase = true,
	    .needs = HD_LACK_SCRIPT,
	    .sasl = "`set applications: [sasl: :permanent]` in "
		    "rel/config.exs" },
	[HD_DRIVER_MIX] = { .two_phase = true,
	    .makes_list = true,
	    .cold_without_sasl = true,
	    .needs = HD_LACK_SCRIPT,
	    .sasl = "mix.exs: `applications: [sasl: :permanent]` in the "
		    "release" },
	[HD_DRIVER_CASTLE] = { .two_phase = true,
	    .makes_list = true,
	    .needs = HD_LACK_SCRIPT | HD_LACK_CASTLE,
	    .sasl = "mix.exs: `applications: [castle: :permanent]` in the "
		    "release" },
	[HD_DRIVER_SCRIPT] = { .commands_only = true,
	    .sasl = "rebar.config: {release, {NAME, VERSION}, [..., sasl]}; "
		    "mix.exs: applications: [sasl: :permanent]" },
	[HD_DRIVER_APP] = { .commands_only = true, .plain = true, .sasl = "" },
};
_Static_assert(HD_COUNT(drivers) == HD_DRIVERS, "a driver has no row");

const struct hd_driver *
hd_driver_find(const char *name)
{
	size_t i = 0;

	while (i < HD_DRIVERS && strcmp(hd_driver_names[i], name) != 0)
		i++;
	if (i == HD_DRIVERS)
		abort(); /* the inventory allows no other name */
	return &drivers[i];
}

bool
hd_driver_two_phase(const char *name, const struct hd_host *host)
{
	const struct hd_driver *d = hd_driver_find(name);

	return d->two_phase ||
	       (d->can_two_phase && host->commit == HD_COMMIT_AFTER_SOAK);
}
