#include "core/plan/driver.h"

#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

static const struct hd_driver drivers[] = {
	{ .name = "relx", .two_phase = true },
	{ .name = "distillery", .two_phase = false },
	{ .name = "script", .commands_only = true },
};

const struct hd_driver *
hd_driver_find(const char *name)
{
	for (size_t i = 0; i < HD_COUNT(drivers); i++)
		if (strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	abort(); /* the inventory lets no other name through */
}
