/* `status --watch` */
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/rollout/examine.h"
#include "core/rollout/findings.h"
#include "core/rollout/fleet.h"
#include "core/rollout/look.h"
#include "core/rollout/park.h"
#include "core/rollout/reconnect.h"
#include "core/rollout/rollout.h"
#include "core/rollout/sites.h"

#include <stdlib.h>
#include <string.h>

/* REST_MS: between two passes, at least. LOGIN_MS: between two failed logins: a
 * host can lock out an address or an account after a few in ten minutes. */
enum { REST_MS = 200, LOGIN_MS = 5 * 60 * 1000 };
#define LOGIN "5 minutes"

/* What the watch knows of a host. */
struct seen {
	struct hd_arena arena; /* of the report */
	struct hd_report report;
	bool reported;
	char *running, *boots; /* the last known versions; NULL: none */
	bool runs_known, boots_known;
	struct hd_err err; /* of the last question */
	bool lost;         /* the last question got no answer */
	enum hd_code why;  /* of the report, if the host was lost */
	int64_t not_before;
};

/* Hosts to ask at once. */
struct party {
	struct watch *watch;
	size_t *hosts, n;
};

struct watch {
	const struct hd_run *run;
	struct hd_site *sites;
	struct seen *seen;
	unsigned passes;
	enum hd_status status; /* of the last pass */
	/* Lost hosts are asked by a thread of their own, so that the others do
	 * not wait for them. Until it ends, only this thread uses their sites.
	 */
	struct party here, away;
	pthread_t thread;
	bool sent;
	atomic_bool back;
};

static void
ask(void *ctx, size_t i)
{
	const struct party *p = ctx;
	size_t host = p->hosts[i];
	struct hd_site *s = &p->watch->sites[host];
	struct seen *seen = &p->watch->seen[host];

	seen->err = (struct hd_err){ .code = HD_ECANCELED };
	if (hd_cancel_requested())
		return;
	seen->err = (struct hd_err){ 0 };
	(void)!hd_site_look_once(s, &seen->err);
	hd_site_rest(s);
}

static void
ask_all(struct party *p)
{
	hd_fleet_run(p->n, p->watch->run->parallel, ask, p);
}

static void *
ask_lost(void *arg)
{
	struct watch *w = arg;

	ask_all(&w->away);
	atomic_store(&w->back, true);
	return NULL;
}

static void
emit_change(const struct hd_site *s, const char *what, const char *before,
    const char *after)
{
	hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_CHANGE,
				  .host = s->host->name,
				  .name = what,
				  .before = before,
				  .after = after });
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* While a version is not known, the last known one is kept. True if it
 * changed. */
static bool
note_version(const struct hd_site *s, const char *what, char **last,
    bool *known, const char *now)
{
	bool changed = *known && !same(*last, now);

	if (changed)
		emit_change(s, what, *last, now);
	free(*last);
	*last = now != NULL ? hd_strdup(now) : NULL;
	*known = true;
	return changed;
}

/* The text of an error can contain a number of attempts or a time: only another
 * kind of error is another reason. */
static bool
has_new_reason(const struct seen *seen, const struct hd_report *now)
{
	const struct hd_err before = { .code = seen->why };

	if (!seen->lost)
		return !same(seen->report.text, now->text);
	if (hd_connection_lost(&before))
		return !hd_connection_lost(&seen->err);
	return seen->why != seen->err.code;
}

static bool
note_result(const struct hd_site *s, const struct seen *seen,
    const struct hd_report *now)
{
	const struct hd_report *before = &seen->report;

	if (!same(before->result, now->result)) {
		emit_change(s, "result", before->result, now->result);
		return true;
	}
	if (!has_new_reason(seen, now))
		return false;
	emit_change(s, "reason", before->text, now->text);
	return true;
}

/* Takes over the report of a host, and reports what changed. */
static void
take_report(struct hd_site *s, struct seen *seen)
{
	const struct hd_report now = hd_site_report(s);
	struct hd_arena old = seen->arena;
	bool changed = !seen->reported;

	if (seen->reported)
		changed = note_result(s, seen, &now);
	if (!now.unknown_after)
		changed |= note_version(
		    s, "running", &seen->running, &seen->runs_known, now.after);
	if (!now.unknown_boots)
		changed |= note_version(
		    s, "boots", &seen->boots, &seen->boots_known, now.boots);
	seen->arena = (struct hd_arena){ 0 };
	seen->report = *hd_reports_copy(&seen->arena, &now, 1);
	seen->reported = true;
	seen->why = seen->err.code;
	hd_arena_done(&old);
	if (changed && s->before != NULL)
		hd_drift_emit(s);
}

/* Nothing is known now of a host that did not answer. */
static void
lose(struct hd_site *s, struct seen *seen)
{
	HD_AUTO_STR why = HD_STR_INIT(sizeof(s->text));

	hd_facts_free(s->before);
	hd_facts_free(s->now);
	s->before = s->now = NULL;
	seen->lost = true;
	hd_str_add(&why, seen->err.msg);
	if (seen->err.code == HD_EAUTH) {
		seen->not_before = hd_clock_ms() + LOGIN_MS;
		hd_str_add(&why, "; the next try is in " LOGIN);
	}
	hd_site_end(s, HD_RES_UNREACHABLE, seen->err.code, why.ptr);
}

static void
settle_all(struct watch *w, const struct party *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct hd_site *s = &w->sites[p->hosts[i]];
		struct seen *seen = &w->seen[p->hosts[i]];

		seen->lost = false;
		if (seen->err.code == HD_OK)
			hd_site_settle(s);
		else
			lose(s, seen);
	}
}

static void
judge_all(struct watch *w, const struct party *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct hd_site *s = &w->sites[p->hosts[i]];

		if (s->before != NULL)
			hd_site_examine(s);
		take_report(s, &w->seen[p->hosts[i]]);
	}
}

/* Joins the thread if it has ended, or, with wait, when it ends. False: it
 * still runs. */
static bool
call_back(struct watch *w, bool wait)
{
	if (!w->sent)
		return true;
	if (!wait && !atomic_load(&w->back))
		return false;
	pthread_join(w->thread, NULL);
	w->sent = false;
	return true;
}

/* Whether it is time to try a lost host again. */
static bool
is_due(const struct seen *seen)
{
	return hd_clock_left(seen->not_before) == 0;
}

/* Starts the thread for the lost hosts that are due, unless it still runs. */
static void
send_away(struct watch *w)
{
	struct party *p = &w->away;

	if (w->sent)
		return;
	p->n = 0;
	for (size_t i = 0; i < w->run->nhosts; i++)
		if (w->seen[i].lost && is_due(&w->seen[i]))
			p->hosts[p->n++] = i;
	if (p->n == 0)
		return;
	atomic_store(&w->back, false);
	w->sent = pthread_create(&w->thread, NULL, ask_lost, w) == 0;
}

static void
ask_present(struct watch *w)
{
	struct party *p = &w->here;

	p->n = 0;
	for (size_t i = 0; i < w->run->nhosts; i++)
		if (!w->seen[i].lost)
			p->hosts[p->n++] = i;
	ask_all(p);
}

/* Adds the reports of all hosts, if there were any. */
static void
emit_all(const struct watch *w, struct hd_event ev)
{
	size_t n = w->passes > 0 ? w->run->nhosts : 0;
	HD_AUTO_FREE struct hd_report *reports =
	    hd_alloc((n + 1) * sizeof(*reports));

	for (size_t i = 0; i < n; i++)
		reports[i] = w->seen[i].report;
	ev.status = (int)w->status;
	ev.reports = reports;
	ev.nreports = n;
	hd_emit(w->run->sink, ev);
}

static void
emit_pass(struct watch *w, int64_t began, int64_t left)
{
	w->status = HD_STATUS_OK;
	for (size_t i = 0; i < w->run->nhosts; i++)
		w->status = hd_status_worse(w->status, w->sites[i].status);
	w->passes++;
	emit_all(w, (struct hd_event){ .kind = HD_EV_PASS,
			.done = w->passes,
			.ms = hd_clock_ms() - began,
			.left = left });
}

static int64_t
left_until(int64_t next)
{
	int left = hd_clock_left(next);

	return left > REST_MS ? left : REST_MS;
}

/* False: interrupted. Such a pass is not reported, because not every host was
 * asked. */
static bool
go_pass(struct watch *w, int64_t next)
{
	struct party none = { .watch = w }, *home = &w->away;
	int64_t began = hd_clock_ms();

	ask_present(w);
	if (!call_back(w, false))
		home = &none;
	if (hd_cancel_requested())
		return false;
	settle_all(w, &w->here);
	settle_all(w, home);
	hd_sites_refuse_duplicates(w->run, w->sites);
	judge_all(w, &w->here);
	judge_all(w, home);
	home->n = 0;
	emit_pass(w, began, left_until(next));
	send_away(w);
	return true;
}

static void
begin(struct watch *w, const struct hd_run *run)
{
	size_t size = (run->nhosts + 1) * sizeof(size_t);

	*w = (struct watch){ .run = run,
		.sites = hd_sites_new(run),
		.seen = hd_alloc((run->nhosts + 1) * sizeof(*w->seen)),
		.status = HD_STATUS_INTERRUPTED,
		.here = { .watch = w, .hosts = hd_alloc(size) },
		.away = { .watch = w, .hosts = hd_alloc(size) } };
}

static void
end(struct watch *w)
{
	for (size_t i = 0; i < w->run->nhosts; i++) {
		hd_arena_done(&w->seen[i].arena);
		free(w->seen[i].running);
		free(w->seen[i].boots);
	}
	hd_sites_free(w->run, w->sites);
	free(w->seen);
	free(w->here.hosts);
	free(w->away.hosts);
}

enum hd_status
hd_watch(const struct hd_run *run, unsigned every_ms)
{
	struct watch w;
	int64_t next;

	begin(&w, run);
	for (;;) {
		next = hd_clock_ms() + every_ms;
		if (!go_pass(&w, next))
			break;
		hd_clock_sleep((unsigned)left_until(next));
	}
	(void)call_back(&w, true);
	emit_all(&w, (struct hd_event){ .kind = HD_EV_SUMMARY });
	end(&w);
	return w.status;
}
