/* The page of --timeline: HTML without a script. Text from hosts is escaped,
 * and the policy in the head would stop a script that came through. */
#include "cmd/html.h"
#include "cmd/reasons.h"
#include "cmd/report.h"
#include "cmd/screen_summary.h"
#include "cmd/texts.h"
#include "cmd/timeline.h"
#include "cmd/units.h"
#include "core/base/clock.h"

#include <string.h>

/* TEXT: bytes of one text; PART: of the texts of a section, so that hosts with
 * long texts do not make a large page. */
enum { TEXT = 1500, PART = 48 * 1024 };

static void
add_head(struct hd_str *out, const char *title, const char *word)
{
	hd_str_add(out,
	    "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
	    "<meta http-equiv=Content-Security-Policy content=\"default-src "
	    "'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action "
	    "'none'\">\n"
	    "<meta name=viewport content=\"width=device-width, "
	    "initial-scale=1\">\n<title>");
	hd_html_text(out, title, HD_TIMELINE_NAME);
	hd_str_addf(out, ": %s</title>\n<style>\n", word);
	hd_str_add(out, hd_text_file("timeline.css"));
	hd_str_add(out, "</style></head>\n<body><main>\n");
}

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
	bool good = l->ended && l->summary.status == 0;

	hd_str_add(out, "<h1>");
	hd_html_text(out, title, HD_TIMELINE_NAME);
	hd_str_addf(out, "</h1>\n<p><span class=\"tag %s\">%s %s</span>",
	    good ? "good" : "bad", good ? "\xe2\x9c\x93" : "\xe2\x9c\x97",
	    hd_report_word(l));
	if (!l->ended)
		hd_str_add(out, "the run has not ended, or it was killed");
	else if (l->summary.status == 0)
		hd_str_add(out, hd_summary_verdict(&l->summary));
	else
		hd_str_addf(out, "status %d: %s", l->summary.status,
		    hd_summary_verdict(&l->summary));
	hd_str_add(out, "</p>\n");
	add_facts(out, l);
}

static void
add_cell(struct hd_str *out, const char *text)
{
	hd_str_add(out, "<td>");
	hd_html_text(out, text != NULL && *text != '\0' ? text : "-", TEXT);
}

/* A table of hosts that share a result and a text. */
struct section {
	const char *title, *result, *text; /* heads of columns */
};

static void
add_reason(struct hd_str *out, const struct hd_reason *r)
{
	hd_str_add(out, "<tr><th scope=row>");
	hd_html_text(out, r->hosts, TEXT);
	add_cell(out, r->result);
	add_cell(out, r->text);
	hd_str_add(out, "\n");
}

static void
add_section(struct hd_str *out, const struct section *s,
    const struct hd_report *reports, size_t n)
{
	const struct hd_event ev = { .reports = reports, .nreports = n };
	struct hd_reasons reasons;
	size_t begin = out->len, i;

	hd_reasons_read(&reasons, &ev);
	if (reasons.n > 0)
		hd_str_addf(out,
		    "<h2>%s</h2>\n<table class=why><thead><tr><th scope=col>"
		    "hosts<th scope=col>%s<th scope=col>%s<tbody>\n",
		    s->title, s->result, s->text);
	for (i = 0; i < reasons.n && out->len - begin < PART; i++)
		add_reason(out, &reasons.v[i]);
	if (reasons.n > 0)
		hd_str_add(out, "</table>\n");
	if (i < reasons.n)
		hd_str_addf(
		    out, "<p>%zu more are left out.</p>\n", reasons.n - i);
	hd_reasons_done(&reasons);
}

/* The errors that name no host. */
static void
add_errors(struct hd_str *out, const struct hd_run_log *l)
{
	size_t begin = out->len, i;

	for (i = 0; i < l->errors.n && out->len - begin < PART; i++) {
		hd_str_add(out, "<p>");
		hd_html_text(out, l->errors.v[i].text, TEXT);
		hd_str_add(out, "</p>\n");
	}
	if (i < l->errors.n)
		hd_str_addf(out, "<p>%zu more errors are left out.</p>\n",
		    l->errors.n - i);
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
	add_cell(out, version == NULL && is_unknown(result) ? "?" : version);
}

static void
add_row(struct hd_str *out, const struct hd_report *r)
{
	char text[HD_UNITS_MAX] = "";

	hd_str_add(out, "<tr><th scope=row>");
	hd_html_text(out, r->host, HD_TIMELINE_NAME);
	add_version(out, r->before, r->result);
	add_version(out, r->after, r->result);
	hd_timeline_result(out, r->result);
	add_cell(out, r->mode);
	if (r->ms > 0)
		hd_units_ms(text, r->ms);
	add_cell(out, text);
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
	static const struct section section = { "Findings", "finding", "text" };
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
	add_section(out, &section, all.v, all.n);
}

void
hd_report_timeline(struct hd_str *out, struct hd_run_log *l)
{
	static const struct section why = { "Why", "result", "reason" };
	static const struct section plan = { "Plan", "result", "plan" };
	const char *title = l->title != NULL ? l->title : "hdeploy";

	add_head(out, title, hd_report_word(l));
	add_header(out, l, title);
	add_errors(out, l);
	add_section(out, &why, l->summary.reports, l->summary.nreports);
	if (l->first != 0) {
		hd_str_add(out, "<h2>Timeline</h2>\n");
		hd_timeline_lanes(out, l);
	}
	add_table(out, l);
	add_section(out, &plan, l->plans.v, l->plans.n);
	add_findings(out, l);
	hd_str_add(out, "</main></body></html>\n");
}
