/* The reports that are read by scripts: a few words. */
#include "cmd/report.h"

#include "core/base/name.h"

#include <string.h>

/* NAMES_MAX: most bytes of a list of hosts. GitLab takes files of at most 5 KB.
 */
enum { NAMES_MAX = 2048 };

enum hd_outcome
hd_report_outcome(const char *result)
{
	for (size_t i = 0; i < HD_RESULTS; i++) {
		if (strcmp(result, hd_results[i].name) != 0)
			continue;
		if (i == HD_RES_SKIPPED || i == HD_RES_ASIDE)
			return HD_OUTCOME_LEFT_OUT;
		return hd_results[i].bad || i == HD_RES_LOCKED
			   ? HD_OUTCOME_FAILED
			   : HD_OUTCOME_GOOD;
	}
	return HD_OUTCOME_GOOD;
}

static size_t
count(const struct hd_run_log *l, enum hd_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < l->summary.nreports; i++)
		n += strcmp(l->summary.reports[i].result,
			 hd_results[result].name) == 0;
	return n;
}

/* For status 0: the most that happened to a host. */
static const char *
good_word(const struct hd_run_log *l)
{
	if (count(l, HD_RES_PLANNED) > 0)
		return "planned";
	if (l->summary.nreports > 0 &&
	    count(l, HD_RES_UNCHANGED) == l->summary.nreports)
		return "unchanged";
	return "ok";
}

const char *
hd_report_word(const struct hd_run_log *l)
{
	if (!l->ended)
		return "unfinished";
	switch (l->summary.status) {
	case HD_STATUS_OK:
		return good_word(l);
	case HD_STATUS_USAGE:
		return "usage";
	case HD_STATUS_UNREACHABLE:
		return "unreachable";
	case HD_STATUS_REFUSED:
		return "refused";
	case HD_STATUS_LOCKED:
		return "locked";
	case HD_STATUS_BROKEN:
		return "broken";
	case HD_STATUS_INTERRUPTED:
		return "interrupted";
	default:
		return "failed";
	}
}

void
hd_report_output(struct hd_str *out, const struct hd_run_log *l)
{
	hd_str_addf(out, "result=%s\nstatus=%d\n", hd_report_word(l),
	    l->summary.status);
}

/* The version that all hosts run now; NULL: not the same or not known. */
static const char *
common_version(const struct hd_run_log *l)
{
	const char *version = NULL;

	for (size_t i = 0; i < l->summary.nreports; i++) {
		const char *after = l->summary.reports[i].after;

		if (after == NULL ||
		    (version != NULL && strcmp(version, after) != 0))
			return NULL;
		version = after;
	}
	return version;
}

/* "web1,web2"; ends with "..." if there are too many. */
static void
add_failed(struct hd_str *out, const struct hd_run_log *l)
{
	size_t begin = out->len;

	for (size_t i = 0; i < l->summary.nreports; i++) {
		const struct hd_report *r = &l->summary.reports[i];

		if (hd_report_outcome(r->result) != HD_OUTCOME_FAILED)
			continue;
		if (out->len - begin + strlen(r->host) > NAMES_MAX) {
			hd_str_add(out, ",...");
			return;
		}
		hd_str_addf(out, "%s%s", out->len > begin ? "," : "", r->host);
	}
}

static size_t
count_outcome(const struct hd_run_log *l, enum hd_outcome outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < l->summary.nreports; i++)
		n += hd_report_outcome(l->summary.reports[i].result) == outcome;
	return n;
}

void
hd_report_dotenv(struct hd_str *out, const struct hd_run_log *l)
{
	const char *version = common_version(l);

	hd_str_addf(out, "RESULT=%s\n", hd_report_word(l));
	if (l->ended)
		hd_str_addf(out, "STATUS=%d\n", l->summary.status);
	else
		hd_str_add(out, "STATUS=unfinished\n");
	hd_str_addf(out, "HOSTS=%zu\n", l->summary.nreports);
	hd_str_addf(out, "HOSTS_OK=%zu\n", count(l, HD_RES_OK));
	hd_str_addf(out, "HOSTS_UNCHANGED=%zu\n", count(l, HD_RES_UNCHANGED));
	hd_str_addf(
	    out, "HOSTS_SKIPPED=%zu\n", count_outcome(l, HD_OUTCOME_LEFT_OUT));
	hd_str_addf(
	    out, "HOSTS_FAILED=%zu\n", count_outcome(l, HD_OUTCOME_FAILED));
	hd_str_add(out, "FAILED=");
	add_failed(out, l);
	hd_str_add(out, "\n");
	if (version != NULL && hd_version_valid(version))
		hd_str_addf(out, "VERSION=%s\n", version);
}
