#include "core/base/cancel.h"

#include <stdatomic.h>

/* An enum hd_cancel. Lock-free, so that a signal handler may set it while
 * threads read it. */
static atomic_int asked;

void
hd_cancel_request(void)
{
	int never = HD_CANCEL_NEVER;

	atomic_compare_exchange_strong(&asked, &never, HD_CANCEL_SOON);
}

void
hd_cancel_insist(void)
{
	atomic_store(&asked, HD_CANCEL_NOW);
}

bool
hd_cancel_reached(enum hd_cancel stage)
{
	return stage != HD_CANCEL_NEVER && atomic_load(&asked) >= (int)stage;
}

bool
hd_cancel_requested(void)
{
	return hd_cancel_reached(HD_CANCEL_SOON);
}

bool
hd_cancel_insisted(void)
{
	return hd_cancel_reached(HD_CANCEL_NOW);
}
