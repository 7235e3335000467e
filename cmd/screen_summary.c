#include "cmd/screen_summary.h"

#include "cmd/fold.h"
#include "cmd/statuses.h"

#include <string.h>

#define RED "\033[31m"
#define GREEN "\033[32m"
#define RESET "\033[0m"

static const struct {
	const char *word, *start;
} colors[] = {
	{ "ok", GREEN },
	{ "refused", RED },
	{ "unreachable", RED },
	{ "undone", RED },
	{ "failed", RED },
	{ "left", RED },
	{ "broken", RED },
	{ "error", RED },
};

const char *
hd_color_of(const char *result, bool color)
{
	for (size_t i = 0; color && i < HD_COUNT(colors); i++) {
		if (strcmp(colors[i].word, result) == 0)
			return colors[i].start;
	}
	return "";
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
		or_unknown(r->boots, r->unknown_boots), r->result, r->hot };

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

/* With its text told apart from the table, further down. */
static bool
apart(const struct hd_report *r, const struct hd_summary_opts *o)
{
	return o->columns > 0 && r->text != NULL && r->result != NULL &&
	       strcmp(hd_color_of(r->result, true), RED) == 0;
}

static void
print_table(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o)
{
	static const struct row head = { { "host", "running", "boots", "result",
	    "hot" } };
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
		const struct hd_report *r = &ev->reports[i];

		fill(&row, r);
		print_row(
		    out, &row, width, apart(r, o) ? NULL : r->text, o->color);
	}
}

/* Again what failed, with what to do: after a long table it is what a person
 * looks for. */
static void
print_failures(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o)
{
	enum { INDENT = 2 };
	bool any = false;

	for (size_t i = 0; i < ev->nreports; i++) {
		const struct hd_report *r = &ev->reports[i];

		if (!apart(r, o))
			continue;
		fprintf(out, "\n%s %s%s%s\n%*s", r->host,
		    hd_color_of(r->result, o->color), r->result,
		    hd_color_end(r->result, o->color), INDENT, "");
		hd_fold(out, r->text, INDENT, INDENT, o->columns - 1);
		any = true;
	}
	if (any)
		fputc('\n', out);
}

static bool
any(const struct hd_event *ev, enum hd_result result)
{
	for (size_t i = 0; i < ev->nreports; i++) {
		const char *word = ev->reports[i].result;

		if (word != NULL && strcmp(word, hd_result_names[result]) == 0)
			return true;
	}
	return false;
}

/* Which of the things that it stands for a status means here. */
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

	if (table)
		print_table(out, ev, o);
	print_failures(out, ev, o);
	/* Help, and a build or a look that went well, need no verdict. */
	if (table || ev->status != 0)
		fprintf(out, "%sstatus %d%s: %s\n", hd_color_of(word, o->color),
		    ev->status, hd_color_end(word, o->color), verdict(ev));
}
