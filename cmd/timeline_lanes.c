#include "cmd/timeline.h"

#include "cmd/html.h"
#include "cmd/page.h"
#include "cmd/report.h"
#include "cmd/units.h"

#include <string.h>

/* TICKS: at most; FAR: bars that begin later, in tenths of a percent, have
 * their text to the left. */
enum { TICKS = 10, TEXT = 400, BARS = 200, FAR = 550, WHOLE = 1000 };

/* The time that the page shows. */
struct scale {
	int64_t from, ms;
};

static struct scale
scale_of(const struct hd_run_log *l)
{
	int64_t ms = l->last - l->first;

	return (struct scale){ .from = l->first, .ms = ms > 0 ? ms : 1 };
}

/* A time as tenths of a percent of the scale. */
static int
place(const struct scale *s, int64_t at)
{
	int64_t ms = at - s->from;

	if (ms <= 0)
		return 0;
	return ms >= s->ms ? WHOLE : (int)(ms * WHOLE / s->ms);
}

static void
add_percent(struct hd_str *out, int tenths)
{
	hd_str_addf(out, "%d", tenths / 10);
	if (tenths % 10 != 0)
		hd_str_addf(out, ".%d", tenths % 10);
	hd_str_add(out, "%");
}

/* The start of a bar, up to its text; classes: "", "f". */
static void
add_bar(struct hd_str *out, const struct scale *s, const char *classes,
    int64_t at, int64_t until)
{
	int left = place(s, at), right = place(s, until);

	hd_str_add(out, "<li");
	if (left > FAR)
		hd_str_addf(out,
		    *classes != '\0' ? " class=\"%s r\"" : " class=r", classes);
	else if (*classes != '\0')
		hd_str_addf(out, " class=%s", classes);
	hd_str_add(out, " style=left:");
	add_percent(out, left);
	hd_str_add(out, ";width:");
	add_percent(out, right > left ? right - left : 0);
	hd_str_add(out, ">");
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* back: the host's change failed, so that its later steps are the way back. */
static const char *
class_of(const struct hd_log_case *c, bool back)
{
	if (c->failed)
		return "f";
	if (c->open)
		return "o";
	if (c->back && back)
		return "b";
	if (begins(c->name, "hook "))
		return "h";
	return begins(c->name, "soak") || begins(c->name, "drain") ? "w" : "";
}

static const char *
sign_of(char class)
{
	switch (class) {
	case 'f':
		return HD_SIGN_CROSS " ";
	case 'o':
		return HD_SIGN_DOTS " ";
	case 'b':
		return HD_SIGN_BACK " ";
	default:
		return "";
	}
}

static void
add_case(struct hd_str *out, const struct scale *s, const struct hd_log_case *c,
    bool back)
{
	const char *class = class_of(c, back);
	int64_t until = c->open ? s->from + s->ms : c->at + c->ms;
	char took[HD_UNITS_MAX];

	add_bar(out, s, class, c->at, until);
	hd_str_add(out, sign_of(*class));
	hd_html_text(out, c->name, HD_PAGE_NAME);
	if (c->open) {
		hd_str_add(out, ": the run ended during this step");
		return;
	}
	hd_units_ms(took, c->ms);
	hd_str_addf(out, " %s", took);
	if (c->failed && c->text != NULL && *c->text != '\0') {
		hd_str_add(out, ": ");
		hd_html_text(out, c->text, TEXT);
	}
}

/* Steps, and health checks that failed: those that succeed are parts of steps.
 */
static bool
is_shown(const struct hd_log_case *c)
{
	return c->kind == HD_LOG_STEP ||
	       (c->kind == HD_LOG_HEALTH && c->failed);
}

static void
add_cases(struct hd_str *out, const struct scale *s,
    const struct hd_log_host *h, bool back)
{
	size_t shown = 0, all = 0;

	for (size_t i = 0; i < h->n; i++)
		all += is_shown(&h->v[i]);
	if (all == 0) {
		hd_str_add(out, "<td>");
		return;
	}
	hd_str_add(out, "<td><ol tabindex=0>");
	for (size_t i = 0; i < h->n && shown < BARS; i++)
		if (is_shown(&h->v[i])) {
			add_case(out, s, &h->v[i], back);
			shown++;
		}
	if (shown < all)
		hd_str_addf(out, "<li class=r>%zu more", all - shown);
	hd_str_add(out, "</ol>");
}

static void
add_name(struct hd_str *out, const char *name)
{
	hd_str_add(out, "<tr><th scope=row>");
	hd_html_text(out, name, HD_PAGE_NAME);
}

static void
add_host(struct hd_str *out, struct hd_run_log *l, const struct scale *s,
    const struct hd_report *r)
{
	add_name(out, r->host);
	add_cases(out, s, hd_run_log_host(l, r->host),
	    hd_report_outcome(r->result) == HD_OUTCOME_FAILED);
	hd_page_result(out, r->result);
	hd_str_add(out, "\n");
}

/* Without a summary, the hosts with steps. */
static void
add_hosts(struct hd_str *out, struct hd_run_log *l, const struct scale *s)
{
	size_t n = l->hosts.n;

	for (size_t i = 0; i < l->summary.nreports; i++)
		add_host(out, l, s, &l->summary.reports[i]);
	if (l->ended)
		return;
	for (size_t i = 1; i < n; i++) {
		const struct hd_log_host *h = l->hosts.v[i];

		add_name(out, h->host);
		add_cases(out, s, h, true);
		hd_str_add(out, "<td>" HD_SIGN_DOTS " unfinished\n");
	}
}

/* A phase ends where the next one begins. */
static void
add_phases(
    struct hd_str *out, const struct hd_run_log *l, const struct scale *s)
{
	if (l->phases.n == 0)
		return;
	add_name(out, "phases");
	hd_str_add(out, "<td><ol tabindex=0>");
	for (size_t i = 0; i < l->phases.n; i++) {
		const struct hd_log_phase *p = &l->phases.v[i];
		int64_t until =
		    i + 1 < l->phases.n ? l->phases.v[i + 1].at : l->last;
		bool undo = strcmp(p->name, "undo") == 0;
		char took[HD_UNITS_MAX];

		if (p->text == NULL)
			continue;
		hd_units_ms(took, until > p->at ? until - p->at : 0);
		add_bar(out, s, undo ? "b" : "p", p->at, until);
		hd_str_add(out, undo ? HD_SIGN_BACK " " : "");
		hd_html_text(out, p->text, HD_PAGE_NAME);
		hd_str_addf(out, " %s", took);
	}
	hd_str_add(out, "</ol><td>\n");
}

static void
add_this_machine(
    struct hd_str *out, struct hd_run_log *l, const struct scale *s)
{
	const struct hd_log_host *h = hd_run_log_host(l, NULL);
	bool any = false;

	for (size_t i = 0; i < h->n; i++)
		any = any || is_shown(&h->v[i]);
	if (!any)
		return;
	add_name(out, "this machine");
	add_cases(out, s, h, false);
	hd_str_add(out, "<td>\n");
}

/* The distance of two ticks: seconds that are easy to read. */
static int64_t
tick_of(const struct scale *s)
{
	static const int seconds[] = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600,
		900, 1800, 3600, 7200, 21600 };
	size_t i = 0;

	if (s->ms < 2000)
		return 200;
	while (i + 1 < HD_COUNT(seconds) && s->ms / (seconds[i] * 1000) > TICKS)
		i++;
	return s->ms / (seconds[i] * 1000) > TICKS ? s->ms : seconds[i] * 1000;
}

/* "0.2s", "15s", "1m30s" */
static void
add_tick(struct hd_str *out, int64_t ms)
{
	char text[HD_UNITS_MAX];

	hd_units_ms(text, ms);
	if (ms % 1000 == 0 && ms < 60000)
		hd_str_addf(out, "%ds", (int)(ms / 1000));
	else
		hd_str_add(out, text);
}

static void
add_axis(struct hd_str *out, const struct scale *s)
{
	int64_t tick = tick_of(s);

	if (tick < s->ms)
		hd_str_addf(out, "<table class=t style=--g:%d.%04d%%>",
		    (int)(tick * 100 / s->ms),
		    (int)(tick * 1000000 / s->ms % 10000));
	else
		hd_str_add(out, "<table class=t>");
	hd_str_add(out,
	    "<caption>Time since the start of the run. Click a lane, or go to "
	    "it with the Tab key: it unfolds into a list.</caption>\n"
	    "<thead><tr><th scope=col>host<th scope=col><div class=x "
	    "aria-hidden=true>");
	for (int64_t at = 0; at * 20 <= s->ms * 19; at += tick) {
		hd_str_add(out, "<span style=left:");
		add_percent(out, place(s, s->from + at));
		hd_str_add(out, ">");
		add_tick(out, at);
		hd_str_add(out, "</span>");
	}
	hd_str_add(out, "</div><th scope=col>result<tbody>\n");
}

static void
add_key(struct hd_str *out)
{
	hd_str_add(out, "<ol class=key aria-label=\"meaning of the bars\">"
			"<li>step<li class=w>soak, drain<li class=h>hook"
			"<li class=f>" HD_SIGN_CROSS
			" failed<li class=b>" HD_SIGN_BACK " way back"
			"<li class=o>" HD_SIGN_DOTS " not ended</ol>\n");
}

void
hd_timeline_lanes(struct hd_str *out, struct hd_run_log *l)
{
	const struct scale s = scale_of(l);

	add_key(out);
	add_axis(out, &s);
	add_phases(out, l, &s);
	add_this_machine(out, l, &s);
	add_hosts(out, l, &s);
	hd_str_add(out, "</table>\n");
}
