#include "core/plan/driver.h"

#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

static const struct hd_driver drivers[] = {
	{ .name = "relx",
	    .two_phase = true,
	    .needs = HD_LACK_SCRIPT | HD_LACK_OWN_SCRIPT,
	    .sasl = "{release, {NAME, VERSION}, [..., sasl]} in rebar.config" },
	{ .name = "distillery",
	    .can_two_phase = true,
	    .needs = HD_LACK_SCRIPT,
	    .sasl = "`set applications: [sasl: :permanent]` in "
		    "rel/config.exs" },
	{ .name = "script",
	    .commands_only = true,
	    .sasl = "rebar.config: {release, {NAME, VERSION}, [..., sasl]}; "
		    "mix.exs: applications: [sasl: :permanent]" },
};

const struct hd_driver *
hd_driver_find(const char *name)
{
	for (size_t i = 0; i < HD_COUNT(drivers); i++)
		if (strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	abort(); /* the inventory lets no other name through */
}

bool
hd_driver_two_phase(const char *name, const struct hd_host *host)
{
	const struct hd_driver *d = hd_driver_find(name);

	return d->two_phase ||
	       (d->can_two_phase && host->commit == HD_COMMIT_AFTER_SOAK);
}
