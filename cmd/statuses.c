#include "cmd/statuses.h"

static const struct hd_status_words table[] = {
	{ HD_STATUS_OK, "done and verified, or nothing to do; with --dry-run: "
			"the plan works" },
	{ HD_STATUS_FAILED, "failed, or something is wrong: see each host" },
	{ HD_STATUS_USAGE, "bad command line or deploy.ini; nothing changed" },
	{ HD_STATUS_UNREACHABLE, "a host was not reached or verified: nothing "
				 "changed, or it was set aside" },
	{ HD_STATUS_REFUSED, "refused: the plan cannot work; nothing changed" },
	{ HD_STATUS_LOCKED, "locked by another run; nothing changed" },
	{ HD_STATUS_BROKEN,
	    "failed, and not everything was undone: a person is needed" },
	{ HD_STATUS_LOCAL, "failed on this machine (build, packing, disk, "
			   "output)" },
	{ HD_STATUS_INTERRUPTED, "interrupted" },
};

const struct hd_status_words *
hd_status_row(size_t i)
{
	return i < HD_COUNT(table) ? &table[i] : NULL;
}

const char *
hd_status_text(enum hd_status status)
{
	for (size_t i = 0; i < HD_COUNT(table); i++) {
		if (table[i].status == status)
			return table[i].text;
	}
	return "unknown";
}
