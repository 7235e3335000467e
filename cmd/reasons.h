#ifndef HD_REASONS_H
#define HD_REASONS_H

#include "core/base/alloc.h"
#include "core/event.h"

/*
 * The reports of a summary by what they say: hosts with the same result and the
 * same reason stand together. Reasons are the same if they only differ in the
 * host that they name, which is then {host}, as in deploy.ini; a command with
 * --limit names all of them.
 */
struct hd_reason {
	const char *result;
	const char *text;  /* of one host: as it is */
	const char *hosts; /* "web[1-4], db" */
	size_t n;
};
struct hd_reasons {
	struct hd_arena arena;
	struct hd_reason *v;
	size_t n, cap;
	size_t *of; /* of each report its reason; SIZE_MAX: it has none */
};

void hd_reasons_read(struct hd_reasons *r, const struct hd_event *summary);
void hd_reasons_done(struct hd_reasons *r);

/* "40 hosts: 38 ok, 2 failed", in a; NULL where that can be seen at a glance.
 */
const char *hd_reasons_totals(
    struct hd_arena *a, const struct hd_event *summary);
/* "2 versions run: 0.2.0 on 38 hosts; 0.1.0 on web3, web7"; NULL unless it is
 * more than one. */
const char *hd_reasons_versions(
    struct hd_arena *a, const struct hd_event *summary);

#endif
