#ifndef HD_EVENT_JSON_H
#define HD_EVENT_JSON_H

#include "core/base/json.h"
#include "core/event.h"

/* The members of docs/events.md that more than one place writes. Each function
 * adds them to o. */

/* The outcome of one host. check: with the number of its findings. */
void hd_event_json_report(
    struct hd_json *o, const struct hd_report *r, bool check);
/* The reverse; texts are borrowed from o. */
void hd_event_json_read_report(struct hd_report *r, const struct hd_json *o);
/* The bytes of a shipment; nothing if nothing was shipped. */
void hd_event_json_sent(struct hd_json *o, uint64_t sent, uint64_t size);

#endif
