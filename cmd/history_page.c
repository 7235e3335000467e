#include "cmd/history_page.h"

#include "cmd/html.h"
#include "cmd/page.h"
#include "cmd/units.h"
#include "core/base/clock.h"
#include "core/inventory/fold.h"

#include <string.h>

/* PART: bytes of the rows; HOSTS: of the names of hosts before they are cut;
 * TEXT: of one text. */
enum { PART = 1000 * 1000, HOSTS = 1024 * 1024, TEXT = 1500 };

#define ARROW "\xe2\x86\x92"
#define DASH "\xe2\x80\x93"

void
hd_history_page_init(struct hd_history_page *p, const char *env, unsigned count)
{
	*p = (struct hd_history_page){ .env = env, .count = count };
	hd_run_log_init(&p->log);
}

void
hd_history_page_done(struct hd_history_page *p)
{
	hd_run_log_done(&p->log);
	hd_past_groups_done(&p->groups);
}

void
hd_history_page_take(struct hd_history_page *p, const struct hd_event *ev)
{
	hd_run_log_take(&p->log, ev);
	if (ev->kind == HD_EV_PAST && ev->host != NULL && ev->past != NULL)
		hd_past_groups_add(&p->groups, ev->host, ev->past);
}

static void
add_count(struct hd_str *out, size_t n, const char *what)
{
	hd_str_addf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static void
add_names(struct hd_str *out, const struct hd_strs *hosts)
{
	HD_AUTO_STR names = HD_STR_INIT(HOSTS);

	hd_names_fold(&names, hosts->v, hosts->n, "", ", ");
	hd_html_text(out, names.ptr, TEXT);
}

/* A host that was not reached has a reason of its own. */
static void
add_unchanged(struct hd_str *out, const struct hd_history_page *p)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_strs hosts = { 0 };
	const struct hd_event *summary = &p->log.summary;

	for (size_t i = 0; i < summary->nreports; i++) {
		const struct hd_report *r = &summary->reports[i];

		if (r->text == NULL &&
		    !hd_past_groups_have(&p->groups, r->host))
			*HD_PUSH(&a, &hosts) = r->host;
	}
	if (hosts.n == 0)
		return;
	hd_str_add(out, "<p>Not changed by hdeploy: ");
	add_names(out, &hosts);
	hd_str_add(out, "</p>\n");
}

static void
add_header(struct hd_str *out, const struct hd_history_page *p)
{
	char text[32];

	hd_str_add(out, "<h1>");
	hd_html_text(out, p->env, HD_PAGE_NAME);
	hd_str_add(out, ": history</h1>\n<p class=dim>");
	if (p->log.last != 0) {
		hd_clock_text(text, p->log.last);
		hd_str_addf(out, "%.10s %.8s UTC; ", text, text + 11);
	}
	add_count(out, p->log.summary.nreports, "host");
	hd_str_add(out, ", ");
	add_count(out, p->groups.changes, "change");
	hd_str_add(out, "</p>\n");
}

/* "08:15:00", "08:15:00–08:17:20"; a date before a time of another day. */
static void
add_time(struct hd_str *out, const struct hd_past_group *g)
{
	char first[32], last[32];

	hd_str_add(out, "<td>");
	if (g->last == 0) {
		hd_html_text(
		    out, g->past.time != NULL ? g->past.time : "-", 19);
		return;
	}
	hd_clock_text(first, g->first);
	hd_clock_text(last, g->last);
	if (strncmp(first, last, 10) != 0)
		hd_str_addf(out, "%.10s ", first);
	if (strncmp(first, last, 19) != 0)
		hd_str_addf(out, "%.8s" DASH, first + 11);
	hd_str_addf(out, "%.8s", last + 11);
}

static void
add_hosts(struct hd_str *out, const struct hd_past_group *g)
{
	hd_str_add(out, "<th scope=row>");
	add_names(out, &g->hosts);
	if (g->hosts.n > 2)
		hd_str_addf(out, " (%zu)", g->hosts.n);
}

static const char *
word(const char *text)
{
	return text != NULL && *text != '\0' ? text : "-";
}

static void
add_versions(struct hd_str *out, const struct hd_past *past)
{
	const char *from = word(past->from), *to = word(past->to);

	hd_str_add(out, "<td>");
	if (strcmp(from, to) != 0) {
		hd_html_text(out, from, HD_PAGE_NAME);
		hd_str_add(out, " " ARROW " ");
	}
	hd_html_text(out, to, HD_PAGE_NAME);
}

static void
add_who(struct hd_str *out, const struct hd_past *past)
{
	hd_page_cell(out, past->who);
	if (past->job == NULL)
		return;
	hd_str_add(out, "<br>");
	hd_html_text(out, past->job, TEXT);
}

static void
add_duration(struct hd_str *out, const struct hd_past_group *g)
{
	char least[HD_UNITS_MAX], most[HD_UNITS_MAX];

	hd_units_ms(least, g->least);
	hd_units_ms(most, g->most);
	hd_str_add(out, "<td>");
	if (g->most == 0)
		hd_str_add(out, "-");
	else if (strcmp(least, most) == 0)
		hd_str_add(out, most);
	else
		hd_str_addf(out, "%s" DASH "%s", least, most);
}

static void
add_group(struct hd_str *out, const struct hd_past_group *g)
{
	const struct hd_past *past = &g->past;

	hd_str_add(out, "<tr>");
	add_time(out, g);
	add_hosts(out, g);
	hd_page_cell(out, past->command);
	add_versions(out, past);
	hd_page_result(out, word(past->result));
	hd_page_cell(out, past->mode);
	add_who(out, past);
	add_duration(out, g);
	hd_str_add(out, "\n");
}

/* Days since 1970; -1: not known. */
static int64_t
day_of(const struct hd_past_group *g)
{
	enum { DAY_MS = 24 * 60 * 60 * 1000 };

	return g->last == 0 ? -1 : g->last / DAY_MS;
}

/* The changes of a day are a section of the table. */
static void
add_day(struct hd_str *out, const struct hd_past_group *g)
{
	char text[32] = "no time";

	if (g->last != 0)
		hd_clock_text(text, g->last);
	hd_str_addf(out,
	    "<tbody><tr class=day><th scope=rowgroup colspan=8>%.10s\n", text);
}

static void
add_table(struct hd_str *out, const struct hd_history_page *p)
{
	const struct hd_past_groups *all = &p->groups;
	size_t begin = out->len, left = 0, i;

	if (all->n == 0)
		return;
	hd_str_addf(out, "<table class=past><caption>At most the newest ");
	add_count(out, p->count, "change");
	hd_str_add(out,
	    " of each host, the newest first. Times are UTC: when a change "
	    "ended. Equal changes of one run are one row.</caption>\n"
	    "<thead><tr><th scope=col>time<th scope=col>hosts"
	    "<th scope=col>command<th scope=col>version<th scope=col>result"
	    "<th scope=col>mode<th scope=col>by<th scope=col>took\n");
	for (i = 0; i < all->n && out->len - begin < PART; i++) {
		if (i == 0 || day_of(&all->v[i]) != day_of(&all->v[i - 1]))
			add_day(out, &all->v[i]);
		add_group(out, &all->v[i]);
	}
	hd_str_add(out, "</table>\n");
	for (; i < all->n; i++)
		left += all->v[i].hosts.n;
	if (left > 0) {
		hd_str_add(out, "<p>");
		add_count(out, left, "older change");
		hd_str_addf(
		    out, " %s left out.</p>\n", left == 1 ? "is" : "are");
	}
}

void
hd_history_page_write(struct hd_str *out, struct hd_history_page *p)
{
	static const struct hd_page_section why = { "Missing", "result",
		"reason" };
	const struct hd_event *summary = &p->log.summary;

	hd_past_groups_sort(&p->groups);
	hd_page_begin(out, p->env, "history");
	add_header(out, p);
	if (!p->log.ended || summary->status != 0)
		hd_page_verdict(out, &p->log);
	hd_page_errors(out, &p->log);
	hd_page_section(out, &why, summary->reports, summary->nreports);
	add_unchanged(out, p);
	add_table(out, p);
	hd_page_end(out);
}
