#include "core/artifact/tally.h"

#include "core/base/str.h"

/* As in deploy.ini: "20G". */
static void
add_size(struct hd_str *out, uint64_t bytes)
{
	static const char units[] = "KMGT";
	size_t unit = 0;

	while (unit < sizeof(units) - 1 && bytes > 0 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	if (unit == 0)
		hd_str_addf(out, "%llu bytes", (unsigned long long)bytes);
	else
		hd_str_addf(
		    out, "%llu%c", (unsigned long long)bytes, units[unit - 1]);
}

int
hd_tally_exceeded(const struct hd_tally *t, struct hd_err *err)
{
	HD_AUTO_STR size = HD_STR_INIT(64);

	add_size(&size, t->max);
	return hd_err_set(err, HD_ELOCAL,
	    "is larger than %s when unpacked; if that is intended, raise "
	    "max_unpacked in [app] of deploy.ini",
	    size.ptr);
}

int
hd_tally_add(struct hd_tally *t, uint64_t bytes, struct hd_err *err)
{
	if (++t->entries > HD_ENTRIES_MAX)
		return hd_err_set(err, HD_ELOCAL,
		    "has more than %d files and folders; a release has a few "
		    "thousand: check its contents",
		    HD_ENTRIES_MAX);
	if (bytes > t->max - t->bytes)
		return hd_tally_exceeded(t, err);
	t->bytes += bytes;
	return 0;
}
