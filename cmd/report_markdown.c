#include "cmd/report.h"

#include "cmd/reasons.h"
#include "cmd/screen_summary.h"
#include "cmd/units.h"

#include <string.h>

/* END: room for the lines that say how much was left out. */
enum { PART_MAX = 64 * 1024, END = 512 };

/* Everything that Markdown or HTML could take for markup becomes an entity,
 * also ":" before "//", so that no address becomes a link. */
static void
add_text(struct hd_str *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		bool plain =
		    (unsigned char)*p >= 0x80 || (*p >= '0' && *p <= '9') ||
		    (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
		    (strchr(" .,-/()'+=;%?", *p) != NULL) ||
		    (*p == ':' && p[1] != '/');

		if (plain)
			hd_str_addn(out, p, 1);
		else
			hd_str_addf(out, "&#%u;", (unsigned char)*p);
	}
}

static void
add_cell(struct hd_str *out, const char *text)
{
	hd_str_add(out, " ");
	add_text(out, text != NULL && *text != '\0' ? text : "-");
	hd_str_add(out, " |");
}

/* "?": some version, but not known which; "-": none. */
static const char *
version(const char *text, bool unknown)
{
	return text == NULL && unknown ? "?" : text;
}

static void
add_row(struct hd_str *out, const struct hd_report *r)
{
	char took[HD_UNITS_MAX] = "";

	if (r->ms > 0)
		hd_units_ms(took, r->ms);
	hd_str_add(out, "|");
	add_cell(out, r->host);
	add_cell(out, version(r->before, r->unknown_before));
	add_cell(out, version(r->after, r->unknown_after));
	add_cell(out, r->result);
	add_cell(out, r->mode);
	add_cell(out, took);
	add_cell(out, r->text);
	hd_str_add(out, "\n");
}

/* Appends part if it leaves room for the end. */
static bool
fits(struct hd_str *out, const struct hd_str *part, size_t start, size_t max)
{
	if (part->failed || out->len - start + part->len + END > max)
		return false;
	hd_str_addn(out, part->ptr, part->len);
	return true;
}

static void
add_hosts(
    struct hd_str *out, const struct hd_run_log *l, size_t start, size_t max)
{
	const struct hd_event *ev = &l->summary;

	if (ev->nreports == 0)
		return;
	hd_str_add(out,
	    "\n| host | before | after | result | mode | time | why |\n"
	    "|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < ev->nreports; i++) {
		HD_AUTO_STR row = HD_STR_INIT(PART_MAX);

		add_row(&row, &ev->reports[i]);
		if (fits(out, &row, start, max))
			continue;
		hd_str_addf(out, "\nThe table is too large: %zu more host%s.\n",
		    ev->nreports - i, ev->nreports - i == 1 ? "" : "s");
		return;
	}
}

/* Hosts with the same plan share a row. */
static void
add_plan_rows(
    struct hd_str *out, const struct hd_run_log *l, size_t start, size_t max)
{
	const struct hd_event plans = { .reports = l->plans.v,
		.nreports = l->plans.n };
	struct hd_reasons reasons;

	hd_reasons_read(&reasons, &plans);
	for (size_t i = 0; i < reasons.n; i++) {
		HD_AUTO_STR row = HD_STR_INIT(PART_MAX);

		hd_str_add(&row, "|");
		add_cell(&row, reasons.v[i].hosts);
		add_cell(&row, reasons.v[i].result);
		add_cell(&row, reasons.v[i].text);
		hd_str_add(&row, "\n");
		if (fits(out, &row, start, max))
			continue;
		hd_str_add(out, "\nThe rest of the plan is too large.\n");
		break;
	}
	hd_reasons_done(&reasons);
}

static void
add_plan(
    struct hd_str *out, const struct hd_run_log *l, size_t start, size_t max)
{
	if (l->plans.n == 0 || out->len - start + 2 * END > max)
		return;
	hd_str_add(out, "\n<details><summary>Plan</summary>\n\n"
			"| hosts | result | plan |\n|---|---|---|\n");
	add_plan_rows(out, l, start, max);
	hd_str_add(out, "\n</details>\n");
}

static void
add_errors(
    struct hd_str *out, const struct hd_run_log *l, size_t start, size_t max)
{
	for (size_t i = 0; i < l->errors.n; i++) {
		HD_AUTO_STR item = HD_STR_INIT(PART_MAX);

		hd_str_add(&item, i == 0 ? "\n- " : "- ");
		add_text(&item, l->errors.v[i].text);
		hd_str_add(&item, "\n");
		if (!fits(out, &item, start, max / 2))
			return;
	}
}

void
hd_report_markdown(struct hd_str *out, const struct hd_run_log *l, size_t max)
{
	size_t start = out->len;
	int status = l->summary.status;

	if (max < 4 * END)
		return;
	hd_str_add(out, "### ");
	add_text(out, l->title != NULL ? l->title : "hdeploy");
	hd_str_addf(out, "\n\n**%s**", hd_report_word(l));
	if (status != 0) {
		hd_str_addf(out, ", status %d: ", status);
		add_text(out, hd_summary_verdict(&l->summary));
	}
	hd_str_add(out, "\n");
	add_errors(out, l, start, max);
	add_hosts(out, l, start, max);
	add_plan(out, l, start, max);
	hd_str_add(out, "\n");
}
