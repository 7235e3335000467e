#ifndef HD_PAGE_H
#define HD_PAGE_H

#include "cmd/run_log.h"

/*
 * Parts of HTML pages for people: of a run (cmd/report_timeline.c) and of
 * `history` (cmd/report_history.c). Each function appends; all text is escaped
 * and cut. A page is one file without a script: text from hosts is escaped, and
 * the policy in the head would stop a script that came through.
 */

/* Bytes of a name, such as that of a host or a step, on a page. */
enum { HD_PAGE_NAME = 256 };

#define HD_SIGN_CROSS "\xe2\x9c\x97"
#define HD_SIGN_CHECK "\xe2\x9c\x93"
#define HD_SIGN_BACK "\xe2\x86\xa9"
#define HD_SIGN_CIRCLE "\xe2\x97\x8b"
#define HD_SIGN_DOTS "\xe2\x80\xa6"

/* The head, with the title "TITLE: WORD", and the begin of the body. */
void hd_page_begin(struct hd_str *out, const char *title, const char *word);
void hd_page_end(struct hd_str *out);

/* "✗ failed  status 1: failed" */
void hd_page_verdict(struct hd_str *out, const struct hd_run_log *l);
/* The errors that name no host. */
void hd_page_errors(struct hd_str *out, const struct hd_run_log *l);

/* A cell of a table; "-" for NULL and "". */
void hd_page_cell(struct hd_str *out, const char *text);
/* The result of a host with a sign before it: "<td class=bad>✗ failed". */
void hd_page_result(struct hd_str *out, const char *result);

/* A table of hosts that share a result and a text; nothing if no report has a
 * text. */
struct hd_page_section {
	const char *title, *result, *text; /* heads of columns */
};
void hd_page_section(struct hd_str *out, const struct hd_page_section *s,
    const struct hd_report *reports, size_t n);

#endif
