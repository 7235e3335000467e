#include "core/status.h"

#include <stddef.h>

/* The same status for every cause. */
#define ALWAYS(status)                                                         \
	{                                                                      \
		status, status, status, status                                 \
	}

const struct hd_result_row hd_results[] = {
	[HD_RES_OK] = { .name = "ok",
	    .good = true,
	    .status = { HD_STATUS_OK, HD_STATUS_FAILED, HD_STATUS_FAILED,
		HD_STATUS_INTERRUPTED } },
	[HD_RES_UNCHANGED] = { .name = "unchanged",
	    .status = ALWAYS(HD_STATUS_OK) },
	[HD_RES_PLANNED] = { .name = "planned",
	    .status = ALWAYS(HD_STATUS_OK) },
	[HD_RES_REFUSED] = { .name = "refused",
	    .bad = true,
	    .status = ALWAYS(HD_STATUS_REFUSED) },
	[HD_RES_LOCKED] = { .name = "locked",
	    .status = ALWAYS(HD_STATUS_LOCKED) },
	[HD_RES_UNREACHABLE] = { .name = "unreachable",
	    .bad = true,
	    .status = ALWAYS(HD_STATUS_UNREACHABLE) },
	[HD_RES_ASIDE] = { .name = "set aside",
	    .bad = true,
	    .status = ALWAYS(HD_STATUS_UNREACHABLE) },
	[HD_RES_SKIPPED] = { .name = "skipped",
	    .status = { HD_STATUS_OK, HD_STATUS_FAILED, HD_STATUS_LOCAL,
		HD_STATUS_INTERRUPTED } },
	[HD_RES_UNDONE] = { .name = "undone",
	    .bad = true,
	    .hook = "undone",
	    .status = { HD_STATUS_FAILED, HD_STATUS_FAILED, HD_STATUS_FAILED,
		HD_STATUS_INTERRUPTED } },
	[HD_RES_FAILED] = { .name = "failed",
	    .bad = true,
	    .hook = "failed",
	    .status = { HD_STATUS_FAILED, HD_STATUS_FAILED, HD_STATUS_LOCAL,
		HD_STATUS_FAILED } },
	[HD_RES_LEFT] = { .name = "left",
	    .bad = true,
	    .hook = "broken",
	    .status = ALWAYS(HD_STATUS_INTERRUPTED) },
	[HD_RES_BROKEN] = { .name = "broken",
	    .bad = true,
	    .hook = "broken",
	    .status = ALWAYS(HD_STATUS_BROKEN) },
};
_Static_assert(HD_COUNT(hd_results) == HD_RESULTS, "a result has no row");

static enum hd_cause
cause_of(enum hd_code code)
{
	switch (code) {
	case HD_OK:
		return HD_CAUSE_NONE;
	case HD_ELOCAL:
		return HD_CAUSE_HERE;
	case HD_ECANCELED:
		return HD_CAUSE_INTERRUPTION;
	default:
		return HD_CAUSE_FAILURE;
	}
}

/* For an unreachable host, the error alone determines the status. */
enum hd_status
hd_status_after(enum hd_result result, enum hd_code cause)
{
	if (result == HD_RES_UNREACHABLE && cause != HD_OK)
		return hd_status_of(cause);
	return hd_results[result].status[cause_of(cause)];
}

enum hd_status
hd_status_worse(enum hd_status a, enum hd_status b)
{
	static const enum hd_status order[] = {
		HD_STATUS_BROKEN,
		HD_STATUS_FAILED,
		HD_STATUS_INTERRUPTED,
		HD_STATUS_UNREACHABLE,
		HD_STATUS_LOCKED,
		HD_STATUS_REFUSED,
		HD_STATUS_LOCAL,
		HD_STATUS_USAGE,
	};

	for (size_t i = 0; i < HD_COUNT(order); i++) {
		if (a == order[i] || b == order[i])
			return order[i];
	}
	return HD_STATUS_OK;
}

enum hd_status
hd_status_of(enum hd_code code)
{
	static const enum hd_status map[] = {
		[HD_OK] = HD_STATUS_OK,
		[HD_EUSAGE] = HD_STATUS_USAGE,
		[HD_ECONFIG] = HD_STATUS_USAGE,
		[HD_ELOCAL] = HD_STATUS_LOCAL,
		[HD_ECONNECT] = HD_STATUS_UNREACHABLE,
		[HD_EAUTH] = HD_STATUS_UNREACHABLE,
		[HD_EHOSTKEY] = HD_STATUS_UNREACHABLE,
		[HD_ETIMEOUT] = HD_STATUS_UNREACHABLE,
		[HD_EREMOTE] = HD_STATUS_UNREACHABLE,
		[HD_EREFUSED] = HD_STATUS_REFUSED,
		[HD_ELOCKED] = HD_STATUS_LOCKED,
		[HD_EBUSY] = HD_STATUS_FAILED,
		[HD_ECANCELED] = HD_STATUS_INTERRUPTED,
	};

	return map[code];
}
