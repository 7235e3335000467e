#include "cmd/changes.h"
#include "cmd/findings.h"
#include "cmd/result_words.h"
#include "cmd/screen_plain_line.h"
#include "cmd/screen_plain_pass.h"
#include "cmd/screen_plain_step.h"
#include "cmd/screen_summary.h"
#include "cmd/units.h"
#include "cmd/wave_line.h"
#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { CHANGE = 560 };

static void
on_text(struct hd_plain *p, const struct hd_event *ev)
{
	if (p->o.quiet)
		return;
	hd_plain_begin(p, p->o.out, ev->host);
	hd_ci_line(p->o.out, ev->text != NULL ? ev->text : "");
}

/* Shown even with --quiet: it is the purpose of the run. */
static void
on_item(struct hd_plain *p, const struct hd_event *ev)
{
	if (ev->text != NULL)
		hd_ci_line(p->o.out, ev->text);
}

/* Without a host the line is the text alone: editors and CI systems parse
 * "deploy.ini:12: ..." at the beginning of a line. */
static void
on_error(struct hd_plain *p, const struct hd_event *ev)
{
	fflush(p->o.out);
	if (ev->host != NULL) {
		hd_plain_begin(p, p->o.err, ev->host);
		hd_plain_word(p, p->o.err, "error");
		fputs(": ", p->o.err);
	}
	hd_ci_line(p->o.err, ev->text != NULL ? ev->text : "failed");
	fflush(p->o.err);
}

static void
put_plan(struct hd_plain *p, const struct hd_event *ev, const char *word)
{
	char change[CHANGE];

	if (p->o.quiet)
		return;
	hd_plain_begin(p, p->o.out, ev->host);
	hd_plain_word(p, p->o.out, word);
	if (ev->before != NULL || ev->after != NULL) {
		hd_summary_change(
		    change, sizeof(change), ev->before, ev->after);
		fprintf(p->o.out, " %s", change);
	}
	hd_plain_text(p->o.out, ": ", ev->text, "");
	fputc('\n', p->o.out);
}

static void
on_plan(struct hd_plain *p, const struct hd_event *ev)
{
	put_plan(p, ev, ev->result != NULL ? ev->result : "plan");
}

/* A verdict that needs no attention is only in JSON. */
static void
on_proof(struct hd_plain *p, const struct hd_event *ev)
{
	if (ev->wanted || p->o.verbose)
		put_plan(p, ev, ev->verdict != NULL ? ev->verdict : "proof");
}

static void
on_finding(struct hd_plain *p, const struct hd_event *ev)
{
	hd_finding_list_take(p->findings, ev);
}

/* Findings come one after another; any other event ends them. */
static void
put_findings(struct hd_plain *p)
{
	if (p->o.quiet) {
		hd_finding_list_free(p->findings);
		p->findings = hd_finding_list_new();
		return;
	}
	hd_finding_list_print(p->findings, p->o.out,
	    &(struct hd_finding_show){
		.color = p->o.color, .notes = p->o.verbose });
}

/* Without the report's text: a step or an error has just shown it, and the
 * summary repeats it. */
static void
on_host(struct hd_plain *p, const struct hd_event *ev)
{
	const struct hd_report *r = ev->reports;
	char change[CHANGE];

	if (p->o.quiet || ev->nreports == 0)
		return;
	if (r->down && r->after == NULL)
		hd_summary_change(change, sizeof(change), r->before, "nothing");
	else
		hd_summary_versions(change, sizeof(change), r);
	hd_plain_begin(p, p->o.out, r->host);
	hd_plain_word(p, p->o.out, r->result != NULL ? r->result : "-");
	if (r->before == NULL && r->after == NULL)
		hd_plain_text(
		    p->o.out, ", ", r->down ? "nothing runs" : "", "");
	else
		fprintf(p->o.out, " %s", change);
	hd_plain_text(p->o.out, ", ", r->mode, "");
	fputc('\n', p->o.out);
}

/* Shown even with --quiet: it is the purpose of the run. */
static void
on_past(struct hd_plain *p, const struct hd_event *ev)
{
	const struct hd_past *past = ev->past;
	char change[CHANGE], took[HD_UNITS_MAX];

	hd_summary_change(change, sizeof(change), past->from, past->to);
	hd_plain_begin(p, p->o.out, ev->host);
	fprintf(p->o.out, "%.19s  %s %s  ",
	    past->time != NULL ? past->time : "-",
	    past->command != NULL ? past->command : "-", change);
	hd_plain_word(p, p->o.out, past->result != NULL ? past->result : "-");
	hd_plain_text(p->o.out, ", ", past->mode, "");
	if (past->ms > 0) {
		hd_units_ms(took, past->ms);
		hd_plain_text(p->o.out, ", ", took, "");
	}
	hd_plain_text(p->o.out, ", by ", past->who, "");
	hd_plain_text(p->o.out, ", ", past->job, "");
	fputc('\n', p->o.out);
}

static void
unfold(struct hd_plain *p)
{
	if (p->folded)
		p->o.ci->close(p->o.out, p->folds);
	p->folded = false;
}

/* Only marks that phase in the log of a job: its events show the rest. */
static void
on_phase(struct hd_plain *p, const struct hd_event *ev)
{
	unfold(p);
	if (p->o.ci == NULL || p->o.quiet || ev->text == NULL)
		return;
	p->o.ci->open(p->o.out, ++p->folds, ev->text);
	p->folded = true;
}

/* After the lines that fold: a person who waits looks for it. The only wave of
 * a run says nothing that its steps did not say. */
static void
on_wave(struct hd_plain *p, const struct hd_event *ev)
{
	HD_AUTO_STR line = HD_STR_INIT(256);

	if (p->o.quiet || ev->size < 2)
		return;
	unfold(p);
	hd_wave_line_end(&line, ev);
	hd_plain_begin(p, p->o.out, NULL);
	hd_ci_line(p->o.out, line.ptr);
}

/* A failed check fails its step, which shows the reason. */
static void
on_health(struct hd_plain *p, const struct hd_event *ev)
{
	(void)p;
	(void)ev;
}

static void
on_summary(struct hd_plain *p, const struct hd_event *ev)
{
	unfold(p);
	/* Without hosts it belongs to an error, which is in err. */
	fflush(p->o.out);
	hd_summary_print(ev->nreports > 0 ? p->o.out : p->o.err, ev,
	    &(struct hd_summary_opts){
		.color = p->o.color, .wide = p->o.wide });
}

static void
emit(void *ctx, const struct hd_event *ev)
{
	static void (*const show[HD_EV_KINDS])(
	    struct hd_plain *, const struct hd_event *) = {
		[HD_EV_START] = on_text,
		[HD_EV_PLAN] = on_plan,
		[HD_EV_STEP] = hd_plain_on_step,
		[HD_EV_OUTPUT] = hd_plain_on_output,
		[HD_EV_PROGRESS] = hd_plain_on_progress,
		[HD_EV_NOTE] = on_text,
		[HD_EV_ERROR] = on_error,
		[HD_EV_PAST] = on_past,
		[HD_EV_ITEM] = on_item,
		[HD_EV_FINDING] = on_finding,
		[HD_EV_SETTING] = on_finding,
		[HD_EV_PROOF] = on_proof,
		[HD_EV_HOST] = on_host,
		[HD_EV_PHASE] = on_phase,
		[HD_EV_WAVE] = on_wave,
		[HD_EV_HEALTH] = on_health,
		[HD_EV_PASS] = hd_plain_on_pass,
		[HD_EV_CHANGE] = hd_plain_on_change,
		[HD_EV_SUMMARY] = on_summary,
	};
	struct hd_plain *p = ctx;

	if (ev->kind != HD_EV_FINDING && ev->kind != HD_EV_SETTING)
		put_findings(p);
	show[ev->kind](p, ev);
	fflush(p->o.out);
}

struct hd_plain *
hd_plain_new(const struct hd_plain_opts *o)
{
	struct hd_plain *p = hd_alloc(sizeof(*p));

	p->o = *o;
	p->findings = hd_finding_list_new();
	p->changes = hd_changes_new(o->color);
	p->sink = (struct hd_sink){ .emit = emit, .ctx = p };
	return p;
}

void
hd_plain_free(struct hd_plain *p)
{
	if (p == NULL)
		return;
	hd_plain_forget(p);
	hd_finding_list_free(p->findings);
	hd_changes_free(p->changes);
	free(p);
}

static void
on_hold(void *ctx, const struct hd_event *ev)
{
	struct hd_plain *p = ctx;

	(void)ev;
	put_findings(p);
	fflush(p->o.out);
}

/* hd_emit() holds the lock of the screens while it calls on_hold(). */
void
hd_plain_hold(struct hd_plain *p)
{
	const struct hd_sink sink = { .emit = on_hold, .ctx = p };

	hd_emit(&sink, (struct hd_event){ .kind = HD_EV_NOTE });
}

const struct hd_sink *
hd_plain_sink(const struct hd_plain *p)
{
	return &p->sink;
}
