#ifndef HD_HISTORY_PAGE_H
#define HD_HISTORY_PAGE_H

#include "cmd/past_groups.h"
#include "cmd/run_log.h"

/* The page of `history --html`: one HTML file. */
struct hd_history_page {
	const char *env; /* borrowed */
	unsigned count;  /* of changes that each host was asked for */
	struct hd_run_log log;
	struct hd_past_groups groups;
};

void hd_history_page_init(
    struct hd_history_page *p, const char *env, unsigned count);
void hd_history_page_done(struct hd_history_page *p);
/* Takes a clean event of the run. */
void hd_history_page_take(struct hd_history_page *p, const struct hd_event *ev);
/* Appends the page, with at most about 1 MB of changes: the newest. Call it
 * once, after the last event. */
void hd_history_page_write(struct hd_str *out, struct hd_history_page *p);

#endif
