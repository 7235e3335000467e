#ifndef HD_REASONS_H
#define HD_REASONS_H

#include "core/base/alloc.h"
#include "core/event.h"

/*
 * Groups the reports of a summary by result and reason. Reasons that differ
 * only in the host that they name are equal: the common text has {host}, as in
 * deploy.ini, and a --limit in it names all hosts of the group.
 */
struct hd_reason {
	const char *result;
	const char *text;  /* unchanged if there is only one host */
	const char *hosts; /* "web[1-4], db" */
	size_t n;
};
struct hd_reasons {
	struct hd_arena arena;
	struct hd_reason *v;
	size_t n, cap;
	size_t *of; /* of each report, its place in v; SIZE_MAX: none */
};

void hd_reasons_read(struct hd_reasons *r, const struct hd_event *summary);
void hd_reasons_done(struct hd_reasons *r);

/* "40 hosts: 38 ok, 2 failed", in a; NULL for a few hosts. */
const char *hd_reasons_totals(
    struct hd_arena *a, const struct hd_event *summary);
/* "2 versions run: 0.2.0 on 38 hosts; 0.1.0 on web3, web7"; NULL if all
 * hosts run the same version. */
const char *hd_reasons_versions(
    struct hd_arena *a, const struct hd_event *summary);
/* "784.0 KiB of 112.0 MiB sent to 32 hosts, at most 24.5 KiB to each"; NULL if
 * nothing was shipped. */
const char *hd_reasons_sent(struct hd_arena *a, const struct hd_event *summary);

#endif
