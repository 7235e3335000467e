#include "cmd/result_words.h"

#include <stdio.h>
#include <string.h>

#define RED "\033[31m"
#define GREEN "\033[32m"
#define RESET "\033[0m"

/* NULL: it is not a name of hd_results, as "error". */
static const struct hd_result_row *
row_of(const char *result)
{
	for (size_t i = 0; i < HD_RESULTS; i++)
		if (strcmp(hd_results[i].name, result) == 0)
			return &hd_results[i];
	return NULL;
}

bool
hd_result_is_bad(const char *result)
{
	const struct hd_result_row *row = row_of(result);

	return row != NULL ? row->bad : strcmp(result, "error") == 0;
}

const char *
hd_color_of(const char *result, bool color)
{
	const struct hd_result_row *row = row_of(result);

	if (!color)
		return "";
	if (row != NULL && row->good)
		return GREEN;
	return hd_result_is_bad(result) ? RED : "";
}

const char *
hd_color_end(const char *result, bool color)
{
	return *hd_color_of(result, color) != '\0' ? RESET : "";
}

void
hd_summary_change(char *out, size_t size, const char *before, const char *after)
{
	const char *b = before != NULL ? before : "-";
	const char *a = after != NULL ? after : "-";

	if (strcmp(a, b) == 0)
		snprintf(out, size, "%s", a);
	else
		snprintf(out, size, "%s -> %s", b, a);
}

const char *
hd_version_or_unknown(const char *version, bool unknown)
{
	return version == NULL && unknown ? "?" : version;
}

void
hd_summary_versions(char *out, size_t size, const struct hd_report *r)
{
	hd_summary_change(out, size,
	    hd_version_or_unknown(r->before, r->unknown_before),
	    hd_version_or_unknown(r->after, r->unknown_after));
}

bool
hd_report_is(const struct hd_report *r, enum hd_result result)
{
	return r->result != NULL &&
	       strcmp(r->result, hd_results[result].name) == 0;
}

size_t
hd_reports_answered(const struct hd_event *ev)
{
	size_t n = 0;

	for (size_t i = 0; i < ev->nreports; i++)
		n += !hd_report_is(&ev->reports[i], HD_RES_UNREACHABLE);
	return n;
}
