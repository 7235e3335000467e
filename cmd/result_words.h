#ifndef HD_RESULT_WORDS_H
#define HD_RESULT_WORDS_H

#include "core/event.h"

#include <stdbool.h>
#include <stddef.h>

/* Results and versions, as all screens show them. */

/* The control sequences around a result that people should notice; "" without
 * colour or for any other word. Static. */
const char *hd_color_of(const char *result, bool color);
const char *hd_color_end(const char *result, bool color);

/* "0.1.0 -> 0.2.0", "0.1.0" if both are the same, "-" for none. */
void hd_summary_change(
    char *out, size_t size, const char *before, const char *after);
/* The same for a report; "?" for an unknown version. */
void hd_summary_versions(char *out, size_t size, const struct hd_report *r);

/* "?" instead of NULL if the version is unknown. */
const char *hd_version_or_unknown(const char *version, bool unknown);
bool hd_result_is_bad(const char *result);
/* How many of its reports are about hosts that answered. */
size_t hd_reports_answered(const struct hd_event *ev);
bool hd_report_is(const struct hd_report *r, enum hd_result result);

#endif
