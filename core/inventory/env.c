#include "core/base/name.h"
#include "core/base/str.h"
#include "core/inventory/inventory.h"

#include <string.h>

enum { LISTED_MAX = 512 };

static int
unknown(const struct hd_inventory *inv, const char *name, struct hd_err *err)
{
	HD_AUTO_FREE const char **names =
	    hd_alloc(inv->envs.n * sizeof(*names));
	HD_AUTO_STR list = HD_STR_INIT(LISTED_MAX);
	const char *near;

	for (size_t i = 0; i < inv->envs.n; i++) {
		names[i] = inv->envs.v[i].name;
		hd_str_addf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	near = hd_name_nearest(name, names, inv->envs.n);
	if (near != NULL)
		return hd_err_set(err, HD_EUSAGE,
		    "there is no environment \"%s\"; did you mean \"%s\"?",
		    name, near);
	return hd_err_set(err, HD_EUSAGE,
	    "there is no environment \"%s\"; the file has: %s", name, list.ptr);
}

int
hd_inventory_env(const struct hd_env **out, const struct hd_inventory *inv,
    const char *name, struct hd_err *err)
{
	for (size_t i = 0; i < inv->envs.n; i++) {
		if (strcmp(inv->envs.v[i].name, name) == 0) {
			*out = &inv->envs.v[i];
			return 0;
		}
	}
	return unknown(inv, name, err);
}
