#include "core/base/cancel.h"

#include <stdatomic.h>

/* Lock-free, so that the handler may set it and threads may read it. */
static atomic_bool requested;

void
hd_cancel_request(void)
{
	atomic_store(&requested, true);
}

bool
hd_cancel_requested(void)
{
	return atomic_load(&requested);
}
