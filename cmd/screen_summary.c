#include "cmd/screen_summary.h"

#include "cmd/fold.h"
#include "cmd/reasons.h"
#include "cmd/statuses.h"

#include <stdint.h>
#include <string.h>

#define RED "\033[31m"
#define GREEN "\033[32m"
#define RESET "\033[0m"

/* A name of hd_results, or "error". */
const char *
hd_color_of(const char *result, bool color)
{
	if (!color)
		return "";
	for (size_t i = 0; i < HD_RESULTS; i++) {
		const struct hd_result_row *r = &hd_results[i];

		if (strcmp(r->name, result) == 0)
			return r->good ? GREEN : r->bad ? RED : "";
	}
	return strcmp(result, "error") == 0 ? RED : "";
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

static const char *
or_unknown(const char *version, bool unknown)
{
	return version == NULL && unknown ? "?" : version;
}

void
hd_summary_versions(char *out, size_t size, const struct hd_report *r)
{
	hd_summary_change(out, size, or_unknown(r->before, r->unknown_before),
	    or_unknown(r->after, r->unknown_after));
}

enum { COLUMNS = 5, RESULT_COLUMN = 3, CELL = 560 };

struct row {
	char cell[COLUMNS][CELL];
};

static void
fill(struct row *row, const struct hd_report *r)
{
	const char *texts[COLUMNS] = { r->host, NULL,
		or_unknown(r->boots, r->unknown_boots), r->result, r->mode };

	for (size_t i = 0; i < COLUMNS; i++)
		snprintf(row->cell[i], CELL, "%s",
		    texts[i] != NULL ? texts[i] : "-");
	hd_summary_versions(row->cell[1], CELL, r);
}

static void
print_row(FILE *out, const struct row *row, const int *width, const char *text,
    bool color)
{
	for (int i = 0; i < COLUMNS; i++) {
		const char *cell = row->cell[i];
		const char *word = i == RESULT_COLUMN ? cell : "";
		bool last = i == COLUMNS - 1 && text == NULL;

		fprintf(out, "%s%s%s%s%*s", i > 0 ? "  " : "",
		    hd_color_of(word, color), cell, hd_color_end(word, color),
		    last ? 0 : width[i] - (int)strlen(cell), "");
	}
	if (text != NULL)
		fprintf(out, "  %s", text);
	fputc('\n', out);
}

static void
widen(int *width, const struct row *row)
{
	for (int i = 0; i < COLUMNS; i++) {
		int n = (int)strlen(row->cell[i]);

		width[i] = n > width[i] ? n : width[i];
	}
}

/* Whether the reason is printed below the table instead of in it: if several
 * hosts share it, and, on a terminal, every failure. */
static bool
apart(const struct hd_reason *r, const struct hd_summary_opts *o)
{
	return r->n > 1 || (o->columns > 0 &&
			       strcmp(hd_color_of(r->result, true), RED) == 0);
}

/* The text in the table; NULL: none. */
static const char *
text_of(const struct hd_reasons *reasons, const struct hd_event *ev, size_t i,
    const struct hd_summary_opts *o)
{
	if (reasons->of[i] == SIZE_MAX || apart(&reasons->v[reasons->of[i]], o))
		return NULL;
	return ev->reports[i].text;
}

static void
print_table(FILE *out, const struct hd_event *ev,
    const struct hd_reasons *reasons, const struct hd_summary_opts *o)
{
	static const struct row head = { { "host", "running", "boots", "result",
	    "mode" } };
	int width[COLUMNS] = { 0 };
	struct row row;

	widen(width, &head);
	for (size_t i = 0; i < ev->nreports; i++) {
		fill(&row, &ev->reports[i]);
		widen(width, &row);
	}
	fputc('\n', out);
	print_row(out, &head, width, NULL, false);
	for (size_t i = 0; i < ev->nreports; i++) {
		fill(&row, &ev->reports[i]);
		print_row(
		    out, &row, width, text_of(reasons, ev, i, o), o->color);
	}
}

static void
print_reason(
    FILE *out, const struct hd_reason *r, const struct hd_summary_opts *o)
{
	enum { INDENT = 2 };
	const char *start = hd_color_of(r->result, o->color);
	const char *end = hd_color_end(r->result, o->color);

	if (o->columns == 0) {
		fprintf(out, "%s %s%s%s: %s\n", r->hosts, start, r->result, end,
		    r->text);
		return;
	}
	fprintf(out, "\n%s %s%s%s\n%*s", r->hosts, start, r->result, end,
	    INDENT, "");
	hd_fold(out, r->text, INDENT, INDENT, o->columns - 1);
}

/* Failures and what to do come last: after a long table people look there. */
static void
print_reasons(FILE *out, const struct hd_reasons *reasons,
    const struct hd_summary_opts *o)
{
	bool any = false;

	for (size_t i = 0; i < reasons->n; i++) {
		if (!apart(&reasons->v[i], o))
			continue;
		if (!any && o->columns == 0)
			fputc('\n', out);
		print_reason(out, &reasons->v[i], o);
		any = true;
	}
	if (any)
		fputc('\n', out);
}

static void
print_line(FILE *out, const char *text, const struct hd_summary_opts *o)
{
	enum { INDENT = 2 };

	if (text != NULL)
		hd_fold(out, text, 0, INDENT,
		    o->columns > 0 ? o->columns - 1 : SIZE_MAX);
}

static void
print_hosts(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_reasons reasons;
	const char *versions = hd_reasons_versions(&a, ev);
	const char *totals = hd_reasons_totals(&a, ev);

	hd_reasons_read(&reasons, ev);
	if (!ev->plain)
		print_table(out, ev, &reasons, o);
	print_reasons(out, &reasons, o);
	hd_reasons_done(&reasons);
	if (ev->plain)
		return;
	print_line(out, versions, o);
	print_line(out, totals, o);
}

static bool
any(const struct hd_event *ev, enum hd_result result)
{
	for (size_t i = 0; i < ev->nreports; i++) {
		const char *word = ev->reports[i].result;

		if (word != NULL && strcmp(word, hd_results[result].name) == 0)
			return true;
	}
	return false;
}

/* The text for the status: for 0, the one of its meanings that applies. */
static const char *
verdict(const struct hd_event *ev)
{
	if (ev->status != HD_STATUS_OK)
		return hd_status_text((enum hd_status)ev->status);
	if (any(ev, HD_RES_PLANNED))
		return "the plan works; nothing was changed";
	return any(ev, HD_RES_OK) ? "done and verified" : "nothing to do";
}

void
hd_summary_print(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o)
{
	const char *word = ev->status == 0 ? "ok" : "failed";

	bool table = ev->nreports > 0 && !ev->plain;

	if (ev->nreports > 0)
		print_hosts(out, ev, o);
	/* No verdict for help and for successful builds and queries. */
	if (table || ev->status != 0)
		fprintf(out, "%sstatus %d%s: %s\n", hd_color_of(word, o->color),
		    ev->status, hd_color_end(word, o->color), verdict(ev));
}
