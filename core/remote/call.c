#include "core/remote/call.h"

#include <stdlib.h>
#include <string.h>

void
hd_call_set(struct hd_call *call, const char *name, const char *value)
{
	size_t i = 0;

	while (
	    call->args[i].name != NULL && strcmp(call->args[i].name, name) != 0)
		if (++i == HD_COUNT(call->args))
			abort(); /* no script has that many */
	call->args[i] = (struct hd_pair){ name, value };
}
