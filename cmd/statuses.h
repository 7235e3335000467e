#ifndef HD_STATUSES_H
#define HD_STATUSES_H

#include "core/status.h"

#include <stddef.h>

/* The exit statuses in words, for the last line of a run and the help. */
struct hd_status_words {
	enum hd_status status;
	const char *text;
};
/* Row i of the table, or NULL past its end. */
const struct hd_status_words *hd_status_row(size_t i);
const char *hd_status_text(enum hd_status status); /* never NULL */

#endif
