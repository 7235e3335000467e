#include "core/status.h"

#include <stddef.h>

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
