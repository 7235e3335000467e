/* The page of --timeline. */
#include "cmd/html.h"
#include "cmd/page.h"
#include "cmd/report.h"
#include "cmd/timeline.h"
#include "cmd/units.h"
#include "core/base/clock.h"

#include <string.h>

/* "3 hosts: 2 ok, 1 undone" */
static void
add_totals(struct hd_str *out, const struct hd_event *ev)
{
	bool first = true;

	hd_str_addf(
	    out, "%zu host%s", ev->nreports, ev->nreports == 1 ? "" : "s");
	for (size_t i = 0; i < HD_RESULTS; i++) {
		size_t n = 0;

		for (size_t k = 0; k < ev->nreports; k++)
			n += strcmp(ev->reports[k].result,
				 hd_results[i].name) == 0;
		if (n > 0)
			hd_str_addf(out, "%s%zu %s", first ? ": " : ", ", n,
			    hd_results[i].name);
		first = first && n == 0;
	}
}

/* "2026-01-31 08:15:00 UTC", how long it took, and the hosts. */
static void
add_facts(struct hd_str *out, const struct hd_run_log *l)
{
	char text[32], took[HD_UNITS_MAX];

	hd_str_add(out, "<p class=dim>");
	if (l->first != 0) {
		hd_clock_text(text, l->first);
		hd_units_ms(took, l->last - l->first);
		hd_str_addf(out, "%.10s %.8s UTC, %s%s", text, text + 11,
		    l->ended ? "" : "at least ", took);
	}
	if (l->summary.nreports > 0) {
		hd_str_add(out, "; ");
		add_totals(out, &l->summary);
	}
	hd_str_add(out, "</p>\n");
}

static void
add_header(struct hd_str *out, const struct hd_run_log *l, const char *title)
{
	hd_str_add(out, "<h1>");
	hd_html_text(out, title, HD_PAGE_NAME);
	hd_str_add(out, "</h1>\n");
	hd_page_verdict(out, l);
	add_facts(out, l);
}

/* Whether the state of such a host is not known, so that a missing version does
 * not mean that none ran. */
static bool
is_unknown(const char *result)
{
	static const enum hd_result unknown[] = { HD_RES_UNREACHABLE,
		HD_RES_LOCKED, HD_RES_ASIDE };

	for (size_t i = 0; i < HD_COUNT(unknown); i++)
		if (strcmp(result, hd_results[unknown[i]].name) == 0)
			return true;
	return false;
}

static void
add_version(struct hd_str *out, const char *version, const char *result)
{
	hd_page_cell(
	    out, version == NULL && is_unknown(result) ? "?" : version);
}

static void
add_row(struct hd_str *out, const struct hd_report *r)
{
	char text[HD_UNITS_MAX] = "";

	hd_str_add(out, "<tr><th scope=row>");
	hd_html_text(out, r->host, HD_PAGE_NAME);
	add_version(out, r->before, r->result);
	add_version(out, r->after, r->result);
	hd_page_result(out, r->result);
	hd_page_cell(out, r->mode);
	if (r->ms > 0)
		hd_units_ms(text, r->ms);
	hd_page_cell(out, text);
	hd_str_add(out, "\n");
}

static void
add_table(struct hd_str *out, const struct hd_run_log *l)
{
	if (l->summary.nreports == 0)
		return;
	hd_str_add(out, "<h2>Hosts</h2>\n<table class=hosts><thead><tr>"
			"<th scope=col>host<th scope=col>before"
			"<th scope=col>after<th scope=col>result"
			"<th scope=col>mode<th scope=col>time<tbody>\n");
	for (size_t i = 0; i < l->summary.nreports; i++)
		add_row(out, &l->summary.reports[i]);
	hd_str_add(out, "</table>\n");
}

/* Findings and verdicts, as reports: the name in place of the result. */
static void
add_findings(struct hd_str *out, const struct hd_run_log *l)
{
	static const struct hd_page_section section = { "Findings", "finding",
		"text" };
	HD_AUTO_ARENA a = { 0 };
	struct {
		struct hd_report *v;
		size_t n, cap;
	} all = { 0 };

	for (size_t i = 1; i < l->hosts.n; i++) {
		const struct hd_log_host *h = l->hosts.v[i];

		for (size_t k = 0; k < h->n; k++) {
			const struct hd_log_case *c = &h->v[k];

			if (c->kind == HD_LOG_FINDING ||
			    c->kind == HD_LOG_PROOF)
				*HD_PUSH(&a, &all) = (struct hd_report){
					.host = h->host,
					.result = c->name,
					.text = c->text != NULL ? c->text : "",
				};
		}
	}
	hd_page_section(out, &section, all.v, all.n);
}

void
hd_report_timeline(struct hd_str *out, struct hd_run_log *l)
{
	static const struct hd_page_section why = { "Why", "result", "reason" };
	static const struct hd_page_section plan = { "Plan", "result", "plan" };
	const char *title = l->title != NULL ? l->title : "hdeploy";

	hd_page_begin(out, title, hd_report_word(l));
	add_header(out, l, title);
	hd_page_errors(out, l);
	hd_page_section(out, &why, l->summary.reports, l->summary.nreports);
	if (l->first != 0) {
		hd_str_add(out, "<h2>Timeline</h2>\n");
		hd_timeline_lanes(out, l);
	}
	add_table(out, l);
	hd_page_section(out, &plan, l->plans.v, l->plans.n);
	add_findings(out, l);
	hd_page_end(out);
}
