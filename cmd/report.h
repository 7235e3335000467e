#ifndef HD_REPORT_H
#define HD_REPORT_H

#include "cmd/ci.h"
#include "cmd/options.h"
#include "cmd/run_log.h"

/*
 * The reports that other programs read after a run: --junit, --report-dotenv,
 * --timeline, and on GitHub the files that GITHUB_STEP_SUMMARY and
 * GITHUB_OUTPUT name. A report that cannot be written changes neither the
 * result nor the exit status.
 */
struct hd_reporter;

/* ci: see hd_ci_find(). */
struct hd_reporter *hd_reporter_new(
    const struct hd_options *o, const struct hd_ci *ci);
void hd_reporter_free(struct hd_reporter *r); /* NULL is fine */
/* Collects clean events; borrowed from r. NULL: no report is wanted. */
const struct hd_sink *hd_reporter_sink(const struct hd_reporter *r);

/* Writes the requested files as those of a run that has not ended, so that they
 * are right even after kill -9. HD_ELOCAL if one cannot be written. */
int hd_reporter_begin(struct hd_reporter *r, struct hd_err *err) HD_CHECK;
/* After the summary: writes all reports; warnings go to out. */
void hd_reporter_end(struct hd_reporter *r, FILE *out);

/*
 * Each appends a report. The log may have no summary: the run has not ended.
 */

/* JUnit's XML: one suite per host, with a case for its result, and for each
 * step, health check, finding and verdict. */
void hd_report_junit(struct hd_str *out, struct hd_run_log *l);
/* HTML: one page with the steps of each host over time. */
void hd_report_timeline(struct hd_str *out, struct hd_run_log *l);
/* KEY=VALUE lines within the limits of GitLab: at most 20 keys and 5 KB, values
 * without blanks or quotes. */
void hd_report_dotenv(struct hd_str *out, const struct hd_run_log *l);
/* result=WORD and status=N, for GITHUB_OUTPUT. */
void hd_report_output(struct hd_str *out, const struct hd_run_log *l);
/* Markdown: the result, a table of all hosts, and the plan; as much of it as
 * fits into max bytes. */
void hd_report_markdown(
    struct hd_str *out, const struct hd_run_log *l, size_t max);

/* What a name of hd_results means to these systems. */
enum hd_outcome { HD_OUTCOME_GOOD, HD_OUTCOME_LEFT_OUT, HD_OUTCOME_FAILED };
enum hd_outcome hd_report_outcome(const char *result);
/* The result of a run in one word: ok, unchanged, planned, failed, usage,
 * unreachable, refused, locked, broken, interrupted or unfinished. Static. */
const char *hd_report_word(const struct hd_run_log *l);

#endif
