#ifndef HD_ROLLOUT_SHIP_H
#define HD_ROLLOUT_SHIP_H

#include "core/plan/ship.h"
#include "core/rollout/attempt.h"

/* A shipment on its way to one host. */
struct hd_shipment {
	struct hd_site *site;
	const struct hd_attempt *attempt;
	const struct hd_step *record; /* the next step, if it is RECORD */
	struct hd_ship ship;
	bool no_store;      /* the host has no store, or the store failed */
	int texts;          /* a file with ship.texts; -1: none */
	uint64_t from;      /* bytes of the upload that the host has already */
	bool unpacks;       /* the host can unpack an upload within a script */
	struct hd_str data; /* a small upload, for receive.sh; "": none */
};

int hd_shipment_init(
    struct hd_shipment *x, struct hd_site *s, struct hd_err *err) HD_CHECK;
void hd_shipment_done(struct hd_shipment *x);

/* Sets x->from, by comparing the blocks that the host has of an earlier upload.
 * HD_ELOCAL. */
int hd_shipment_resume(struct hd_shipment *x, const struct hd_ship_have *have,
    struct hd_err *err) HD_CHECK;

/* Sets x->data instead of an upload, if the host can unpack it and it is small.
 * Returns 1 if so; then counts it in site->sent. HD_ELOCAL. */
int hd_shipment_pack(struct hd_shipment *x, struct hd_err *err) HD_CHECK;

/* Uploads the rest, over a new connection if there is none, and counts it in
 * site->sent. Blocks. */
int hd_shipment_upload(struct hd_shipment *x, struct hd_err *err) HD_CHECK;

/* Appends the lines of a version's record that facts.sh prints. */
void hd_ship_notes(const struct hd_artifact *a, struct hd_str *out);

#endif
