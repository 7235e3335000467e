#include "cmd/screen_summary.h"

#include "cmd/fold.h"
#include "cmd/result_words.h"
#include "cmd/statuses.h"
#include "cmd/summary_table.h"

#include <stdint.h>
#include <string.h>

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
		if (!hd_reason_apart(&reasons->v[i], o))
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

void
hd_summary_hosts(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_reasons reasons;
	const char *versions = hd_reasons_versions(&a, ev);
	const char *totals = hd_reasons_totals(&a, ev);
	const char *sent = hd_reasons_sent(&a, ev);

	hd_reasons_read(&reasons, ev);
	if (!ev->plain)
		hd_summary_table(out, ev, &reasons, o);
	print_reasons(out, &reasons, o);
	hd_reasons_done(&reasons);
	if (ev->plain)
		return;
	print_line(out, versions, o);
	print_line(out, totals, o);
	print_line(out, sent, o);
}

static bool
any(const struct hd_event *ev, enum hd_result result)
{
	for (size_t i = 0; i < ev->nreports; i++)
		if (hd_report_is(&ev->reports[i], result))
			return true;
	return false;
}

/* The text for a run without fault, in which hosts may have been set aside. */
static const char *
verdict_good(const struct hd_event *ev, bool aside)
{
	if (any(ev, HD_RES_PLANNED))
		return aside ? "the plan works without the hosts that are set "
			       "aside; nothing was changed"
			     : "the plan works; nothing was changed";
	if (any(ev, HD_RES_OK))
		return aside ? "done and verified, except for the hosts that "
			       "were set aside"
			     : "done and verified";
	return aside ? "nothing to do, except for the hosts that were set aside"
		     : "nothing to do";
}

/* The text for the status: for 0 and 3, the one of its meanings that
 * applies. */
const char *
hd_summary_verdict(const struct hd_event *ev)
{
	bool aside = ev->status == HD_STATUS_UNREACHABLE &&
		     any(ev, HD_RES_ASIDE) && !any(ev, HD_RES_UNREACHABLE);

	if (ev->text != NULL)
		return ev->text;
	if (ev->status == HD_STATUS_UNREACHABLE && !aside)
		return "a host could not be reached, authenticated or "
		       "verified; nothing changed";
	if (ev->status != HD_STATUS_OK && !aside)
		return hd_status_text((enum hd_status)ev->status);
	if (ev->check)
		return "nothing would stop a change; nothing was changed";
	return verdict_good(ev, aside);
}

void
hd_summary_print(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o)
{
	const char *word = ev->status == 0 ? "ok" : "failed";
	bool table = ev->nreports > 0 && !ev->plain;

	if (ev->nreports > 0)
		hd_summary_hosts(out, ev, o);
	/* No verdict for help and for successful builds and queries. */
	if (table || ev->status != 0)
		fprintf(out, "%sstatus %d%s: %s\n", hd_color_of(word, o->color),
		    ev->status, hd_color_end(word, o->color),
		    hd_summary_verdict(ev));
}
