#include "cmd/page.h"

#include "cmd/html.h"
#include "cmd/reasons.h"
#include "cmd/report.h"
#include "cmd/screen_summary.h"
#include "cmd/texts.h"

#include <string.h>

/* TEXT: bytes of one text; PART: of the texts of a section, so that hosts with
 * long texts do not make a large page. */
enum { TEXT = 1500, PART = 48 * 1024 };

void
hd_page_begin(struct hd_str *out, const char *title, const char *word)
{
	hd_str_add(out,
	    "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
	    "<meta http-equiv=Content-Security-Policy content=\"default-src "
	    "'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action "
	    "'none'\">\n"
	    "<meta name=viewport content=\"width=device-width, "
	    "initial-scale=1\">\n<title>");
	hd_html_text(out, title, HD_PAGE_NAME);
	hd_str_addf(out, ": %s</title>\n<style>\n", word);
	hd_str_add(out, hd_text_file("page.css"));
	hd_str_add(out, "</style></head>\n<body><main>\n");
}

void
hd_page_end(struct hd_str *out)
{
	hd_str_add(out, "</main></body></html>\n");
}

void
hd_page_verdict(struct hd_str *out, const struct hd_run_log *l)
{
	bool good = l->ended && l->summary.status == 0;

	hd_str_addf(out, "<p><span class=\"tag %s\">%s %s</span>",
	    good ? "good" : "bad", good ? HD_SIGN_CHECK : HD_SIGN_CROSS,
	    hd_report_word(l));
	if (!l->ended)
		hd_str_add(out, "the run has not ended, or it was killed");
	else if (l->summary.status == 0)
		hd_str_add(out, hd_summary_verdict(&l->summary));
	else
		hd_str_addf(out, "status %d: %s", l->summary.status,
		    hd_summary_verdict(&l->summary));
	hd_str_add(out, "</p>\n");
}

void
hd_page_result(struct hd_str *out, const char *result)
{
	enum hd_outcome outcome = hd_report_outcome(result);
	bool undone = strcmp(result, hd_results[HD_RES_UNDONE].name) == 0;
	bool done = strcmp(result, hd_results[HD_RES_OK].name) == 0 ||
		    strcmp(result, hd_results[HD_RES_UNCHANGED].name) == 0;

	if (outcome == HD_OUTCOME_FAILED)
		hd_str_addf(out, "<td class=bad>%s ",
		    undone ? HD_SIGN_BACK : HD_SIGN_CROSS);
	else if (done)
		hd_str_add(out, "<td class=good>" HD_SIGN_CHECK " ");
	else
		hd_str_add(out, "<td>" HD_SIGN_CIRCLE " ");
	hd_html_text(out, result, HD_PAGE_NAME);
}

void
hd_page_cell(struct hd_str *out, const char *text)
{
	hd_str_add(out, "<td>");
	hd_html_text(out, text != NULL && *text != '\0' ? text : "-", TEXT);
}

static void
add_reason(struct hd_str *out, const struct hd_reason *r)
{
	hd_str_add(out, "<tr><th scope=row>");
	hd_html_text(out, r->hosts, TEXT);
	hd_page_cell(out, r->result);
	hd_page_cell(out, r->text);
	hd_str_add(out, "\n");
}

void
hd_page_section(struct hd_str *out, const struct hd_page_section *s,
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

void
hd_page_errors(struct hd_str *out, const struct hd_run_log *l)
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
