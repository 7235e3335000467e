#include "core/rollout/attempt.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"

int
hd_attempt_sleep(const struct hd_attempt *a, unsigned ms, struct hd_err *err)
{
	enum hd_cancel stage = a->finish ? HD_CANCEL_NOW : HD_CANCEL_SOON;

	hd_clock_rest(ms, stage);
	if (hd_cancel_reached(stage))
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	return 0;
}
