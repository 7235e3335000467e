#include "cmd/screen_plain_step.h"

#include "cmd/screen_plain_line.h"
#include "cmd/units.h"
#include "core/base/alloc.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { TAIL = 20, RATED = 1024 * 1024 };

/* State of one host (NULL: this machine) between events. */
struct host_state {
	const char *host;
	char *tail[TAIL]; /* last lines of the step's output: a ring */
	size_t lines;     /* all that came, also overwritten ones */
	int64_t begun, shown;
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

void
hd_plain_forget(struct hd_plain *p)
{
	for (size_t i = 0; i < p->states.n; i++)
		clear(p->states.v[i]);
	hd_host_table_done(&p->states);
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
		hd_plain_begin(p, p->o.out, s->host);
		fprintf(p->o.out, "| %s\n", s->tail[i % TAIL]);
	}
}

void
hd_plain_on_output(struct hd_plain *p, const struct hd_event *ev)
{
	struct host_state *s = state_of(p, ev->host);
	char **slot = &s->tail[s->lines % TAIL];

	if (is_shown_now(p, ev)) {
		hd_plain_begin(p, p->o.out, ev->host);
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
	hd_plain_text(p->o.out, " at ", rate, "");
}

/* "install 0.2.0" */
static void
put_step(FILE *out, const struct hd_event *ev)
{
	fputs(ev->step, out);
	hd_plain_text(out, " ", ev->after, "");
}

static void
on_begin(struct hd_plain *p, const struct hd_event *ev)
{
	clear(state_of(p, ev->host));
	if (p->o.quiet)
		return;
	hd_plain_begin(p, p->o.out, ev->host);
	put_step(p->o.out, ev);
	hd_plain_text(p->o.out, ": ", ev->text, "");
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
	hd_plain_begin(p, p->o.out, ev->host);
	hd_units_ms(took, ev->ms);
	put_step(p->o.out, ev);
	fputs(": ", p->o.out);
	hd_plain_word(p, p->o.out, ev->result);
	fprintf(p->o.out, "%s %s", failed ? " after" : "", took);
	put_sent(p, ev);
	hd_plain_text(
	    p->o.out, failed ? ": " : " (", ev->text, failed ? "" : ")");
	fputc('\n', p->o.out);
	clear(s);
}

void
hd_plain_on_step(struct hd_plain *p, const struct hd_event *ev)
{
	if (ev->step == NULL || ev->result == NULL)
		return;
	if (strcmp(ev->result, HD_STEP_BEGIN) == 0)
		on_begin(p, ev);
	else
		on_end(p, ev, strcmp(ev->result, HD_STEP_FAILED) == 0);
}

void
hd_plain_on_progress(struct hd_plain *p, const struct hd_event *ev)
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
	hd_plain_begin(p, p->o.out, ev->host);
	fprintf(p->o.out, "%s: %s of %s",
	    ev->step != NULL ? ev->step : "upload", done, size);
	hd_plain_text(p->o.out, " at ", rate, "");
	fputc('\n', p->o.out);
}
