#include "cmd/inspect.h"

#include <string.h>

const struct hd_area_words hd_area_words[HD_AREAS] = {
	[HD_AREA_APPLICATION] = { "application", "applications" },
	[HD_AREA_MODULE] = { "module", "modules" },
	[HD_AREA_SETTING] = { "setting", "sys.config and .app files" },
	[HD_AREA_VM_ARGS] = { "vm.args", "vm.args" },
	[HD_AREA_RELUP] = { "relup", "relup, other versions" },
	[HD_AREA_FILE] = { "file", "files outside lib/" },
	[HD_AREA_NEED] = { "need", "needs of a host" },
};

bool
hd_inspect_builds(const struct hd_inspection *x)
{
	return x->old != NULL && strcmp(x->old->version, x->new->version) == 0;
}
