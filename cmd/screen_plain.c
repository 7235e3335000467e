#include "cmd/screen_plain.h"

#include "cmd/findings.h"
#include "cmd/host_table.h"
#include "cmd/screen_summary.h"
#include "cmd/units.h"
#include "core/base/alloc.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { TAIL = 20, HOST_WIDTH_MAX = 32, CHANGE = 560, RATED = 1024 * 1024 };

/* State of one host (NULL: this machine) between events. */
struct host_state {
	const char *host;
	char *tail[TAIL]; /* last lines of the step's output: a ring */
	size_t lines;     /* all that came, also overwritten ones */
	int64_t begun, shown;
};

struct hd_plain {
	struct hd_plain_opts o;
	struct hd_sink sink;
	struct hd_host_table states;
	struct hd_finding_list *findings; /* until another event comes */
	int width;                        /* of the host column */
	size_t folds;                     /* that were opened */
	bool folded;                      /* the last one is open */
};

static struct host_state *
state_of(struct hd_plain *p, const char *host)
{
	return hd_host_table_at(&p->states, host, sizeof(struct host_state));
}

static void
clear(struct host_state *s)
{
	for (size_t i = 0; i < TAIL; i++) {
		free(s->tail[i]);
		s->tail[i] = NULL;
	}
	s->lines = 0;
	s->begun = s->shown = hd_clock_ms();
}

/* Begins a line: the time (verbose) and the host. */
static void
begin(struct hd_plain *p, FILE *out, const char *host)
{
	char now[32];
	int n = host != NULL ? (int)strlen(host) : 0;

	if (p->o.verbose) {
		hd_clock_stamp(now);
		fprintf(out, "%.12s  ", now + strlen("2026-01-31T"));
	}
	if (host == NULL)
		return;
	if (n > p->width)
		p->width = n < HOST_WIDTH_MAX ? n : HOST_WIDTH_MAX;
	fprintf(out, "%-*s  ", p->width, host);
}

/* Writes a result in its colour. */
static void
put_word(struct hd_plain *p, FILE *out, const char *word)
{
	fprintf(out, "%s%s%s", hd_color_of(word, p->o.color), word,
	    hd_color_end(word, p->o.color));
}

static void
put_text(FILE *out, const char *before, const char *text, const char *after)
{
	if (text != NULL && *text != '\0')
		fprintf(out, "%s%s%s", before, text, after);
}

static void
on_text(struct hd_plain *p, const struct hd_event *ev)
{
	if (p->o.quiet)
		return;
	begin(p, p->o.out, ev->host);
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
		begin(p, p->o.err, ev->host);
		put_word(p, p->o.err, "error");
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
	begin(p, p->o.out, ev->host);
	put_word(p, p->o.out, word);
	if (ev->before != NULL || ev->after != NULL) {
		hd_summary_change(
		    change, sizeof(change), ev->before, ev->after);
		fprintf(p->o.out, " %s", change);
	}
	put_text(p->o.out, ": ", ev->text, "");
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

/* Output of this machine (a build) is shown at once. Output of hosts is shown
 * with --verbose, or if it is the purpose of the run. */
static bool
is_shown_now(const struct hd_plain *p, const struct hd_event *ev)
{
	return p->o.verbose || ev->wanted || (ev->host == NULL && !p->o.quiet);
}

static void
put_tail(struct hd_plain *p, const struct host_state *s)
{
	size_t first = s->lines > TAIL ? s->lines - TAIL : 0;

	for (size_t i = first; i < s->lines; i++) {
		begin(p, p->o.out, s->host);
		fprintf(p->o.out, "| %s\n", s->tail[i % TAIL]);
	}
}

static void
on_output(struct hd_plain *p, const struct hd_event *ev)
{
	struct host_state *s = state_of(p, ev->host);
	char **slot = &s->tail[s->lines % TAIL];

	if (is_shown_now(p, ev)) {
		begin(p, p->o.out, ev->host);
		fprintf(p->o.out, "| %s\n", ev->text);
		return;
	}
	free(*slot);
	*slot = hd_strdup(ev->text);
	s->lines++;
}

/* ", 24.5 KiB of 3.5 MiB sent"; the rate only where it matters. */
static void
put_sent(struct hd_plain *p, const struct hd_event *ev)
{
	char sent[HD_UNITS_MAX], size[HD_UNITS_MAX], rate[HD_UNITS_MAX] = "";

	if (ev->size == 0)
		return;
	hd_units_bytes(sent, ev->sent);
	hd_units_bytes(size, ev->size);
	if (ev->sent >= RATED)
		hd_units_rate(rate, ev->sent, ev->ms);
	fprintf(p->o.out, ", %s of %s sent", sent, size);
	put_text(p->o.out, " at ", rate, "");
}

/* "install 0.2.0" */
static void
put_step(FILE *out, const struct hd_event *ev)
{
	fputs(ev->step, out);
	put_text(out, " ", ev->after, "");
}

static void
on_begin(struct hd_plain *p, const struct hd_event *ev)
{
	clear(state_of(p, ev->host));
	if (p->o.quiet)
		return;
	begin(p, p->o.out, ev->host);
	put_step(p->o.out, ev);
	put_text(p->o.out, ": ", ev->text, "");
	fputs(" ...\n", p->o.out);
}

static void
on_end(struct hd_plain *p, const struct hd_event *ev, bool failed)
{
	struct host_state *s = state_of(p, ev->host);
	char took[HD_UNITS_MAX];

	if (!failed && p->o.quiet) {
		clear(s);
		return;
	}
	if (failed)
		put_tail(p, s);
	begin(p, p->o.out, ev->host);
	hd_units_ms(took, ev->ms);
	put_step(p->o.out, ev);
	fputs(": ", p->o.out);
	put_word(p, p->o.out, ev->result);
	fprintf(p->o.out, "%s %s", failed ? " after" : "", took);
	put_sent(p, ev);
	put_text(p->o.out, failed ? ": " : " (", ev->text, failed ? "" : ")");
	fputc('\n', p->o.out);
	clear(s);
}

static void
on_step(struct hd_plain *p, const struct hd_event *ev)
{
	if (ev->step == NULL || ev->result == NULL)
		return;
	if (strcmp(ev->result, HD_STEP_BEGIN) == 0)
		on_begin(p, ev);
	else
		on_end(p, ev, strcmp(ev->result, HD_STEP_FAILED) == 0);
}

static void
on_progress(struct hd_plain *p, const struct hd_event *ev)
{
	struct host_state *s = state_of(p, ev->host);
	int64_t now = hd_clock_ms();
	char done[HD_UNITS_MAX], size[HD_UNITS_MAX], rate[HD_UNITS_MAX];

	if (p->o.quiet || ev->done >= ev->size ||
	    now - s->shown < p->o.progress_ms)
		return;
	s->shown = now;
	hd_units_bytes(done, ev->done);
	hd_units_bytes(size, ev->size);
	hd_units_rate(rate, ev->done, now - s->begun);
	begin(p, p->o.out, ev->host);
	fprintf(p->o.out, "%s: %s of %s",
	    ev->step != NULL ? ev->step : "upload", done, size);
	put_text(p->o.out, " at ", rate, "");
	fputc('\n', p->o.out);
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
	begin(p, p->o.out, r->host);
	put_word(p, p->o.out, r->result != NULL ? r->result : "-");
	if (r->before == NULL && r->after == NULL)
		put_text(p->o.out, ", ", r->down ? "nothing runs" : "", "");
	else
		fprintf(p->o.out, " %s", change);
	put_text(p->o.out, ", ", r->mode, "");
	fputc('\n', p->o.out);
}

/* Shown even with --quiet: it is the purpose of the run. */
static void
on_past(struct hd_plain *p, const struct hd_event *ev)
{
	const struct hd_past *past = ev->past;
	char change[CHANGE], took[HD_UNITS_MAX];

	hd_summary_change(change, sizeof(change), past->from, past->to);
	begin(p, p->o.out, ev->host);
	fprintf(p->o.out, "%.19s  %s %s  ",
	    past->time != NULL ? past->time : "-",
	    past->command != NULL ? past->command : "-", change);
	put_word(p, p->o.out, past->result != NULL ? past->result : "-");
	put_text(p->o.out, ", ", past->mode, "");
	if (past->ms > 0) {
		hd_units_ms(took, past->ms);
		put_text(p->o.out, ", ", took, "");
	}
	put_text(p->o.out, ", by ", past->who, "");
	put_text(p->o.out, ", ", past->job, "");
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
		[HD_EV_STEP] = on_step,
		[HD_EV_OUTPUT] = on_output,
		[HD_EV_PROGRESS] = on_progress,
		[HD_EV_NOTE] = on_text,
		[HD_EV_ERROR] = on_error,
		[HD_EV_PAST] = on_past,
		[HD_EV_ITEM] = on_item,
		[HD_EV_FINDING] = on_finding,
		[HD_EV_SETTING] = on_finding,
		[HD_EV_PROOF] = on_proof,
		[HD_EV_HOST] = on_host,
		[HD_EV_PHASE] = on_phase,
		[HD_EV_HEALTH] = on_health,
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
	p->sink = (struct hd_sink){ .emit = emit, .ctx = p };
	return p;
}

void
hd_plain_free(struct hd_plain *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->states.n; i++)
		clear(p->states.v[i]);
	hd_host_table_done(&p->states);
	hd_finding_list_free(p->findings);
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
