#include "cmd/run_log.h"

#include "core/base/clock.h"

#include <string.h>

static struct hd_log_host *
host_of(struct hd_run_log *l, const char *host)
{
	return hd_host_table_at(&l->hosts, host, sizeof(struct hd_log_host));
}

void
hd_run_log_init(struct hd_run_log *l)
{
	*l = (struct hd_run_log){ .began_ms = hd_clock_ms() };
	hd_clock_stamp(l->began);
	(void)host_of(l, NULL);
}

void
hd_run_log_done(struct hd_run_log *l)
{
	hd_host_table_done(&l->hosts);
	hd_arena_done(&l->arena);
}

const struct hd_log_host *
hd_run_log_host(struct hd_run_log *l, const char *host)
{
	return host_of(l, host);
}

static const char *
copy(struct hd_run_log *l, const char *text)
{
	return text != NULL ? hd_arena_strdup(&l->arena, text) : NULL;
}

static struct hd_log_case *
add(struct hd_run_log *l, const struct hd_event *ev, enum hd_log_kind kind,
    const char *name)
{
	struct hd_log_case *c = HD_PUSH(&l->arena, host_of(l, ev->host));

	*c = (struct hd_log_case){ .kind = kind,
		.name = name,
		.text = copy(l, ev->text),
		.at = ev->at - ev->ms,
		.ms = ev->ms };
	return c;
}

static void
on_start(struct hd_run_log *l, const struct hd_event *ev)
{
	l->title = copy(l, ev->name != NULL ? ev->name : ev->text);
}

static void
on_plan(struct hd_run_log *l, const struct hd_event *ev)
{
	if (ev->host == NULL)
		return;
	*HD_PUSH(&l->arena, &l->plans) = (struct hd_report){
		.host = copy(l, ev->host),
		.before = copy(l, ev->before),
		.after = copy(l, ev->after),
		.result = copy(l, ev->result != NULL ? ev->result : "planned"),
		.text = copy(l, ev->text != NULL ? ev->text : "nothing"),
	};
}

/* The last step of the host, if it has not ended. */
static struct hd_log_case *
open_step(struct hd_run_log *l, const char *host)
{
	struct hd_log_host *h = host_of(l, host);

	for (size_t i = h->n; i > 0; i--)
		if (h->v[i - 1].kind == HD_LOG_STEP)
			return h->v[i - 1].open ? &h->v[i - 1] : NULL;
	return NULL;
}

static bool
has_failed_step(struct hd_run_log *l, const char *host)
{
	const struct hd_log_host *h = host_of(l, host);

	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].kind == HD_LOG_STEP && h->v[i].failed)
			return true;
	return false;
}

static void
on_step(struct hd_run_log *l, const struct hd_event *ev)
{
	struct hd_log_case *c;

	if (ev->step == NULL || ev->result == NULL)
		return;
	if (strcmp(ev->result, HD_STEP_BEGIN) == 0) {
		c = add(l, ev, HD_LOG_STEP,
		    hd_arena_fmt(&l->arena, "%s%s%s", ev->step,
			ev->after != NULL ? " " : "",
			ev->after != NULL ? ev->after : ""));
		c->open = true;
		c->back = l->going_back || has_failed_step(l, ev->host);
		return;
	}
	c = open_step(l, ev->host);
	if (c == NULL)
		c = add(l, ev, HD_LOG_STEP, copy(l, ev->step));
	c->open = false;
	c->ms = ev->ms;
	c->failed = strcmp(ev->result, HD_STEP_FAILED) == 0;
	c->text = copy(l, ev->text);
}

static void
on_health(struct hd_run_log *l, const struct hd_event *ev)
{
	struct hd_log_case *c;

	if (ev->name == NULL || ev->result == NULL)
		return;
	c = add(l, ev, HD_LOG_HEALTH,
	    hd_arena_fmt(&l->arena, "health check %s", ev->name));
	c->failed = strcmp(ev->result, HD_STEP_FAILED) == 0;
}

static void
on_finding(struct hd_run_log *l, const struct hd_event *ev)
{
	struct hd_log_case *c = add(l, ev, HD_LOG_FINDING,
	    hd_arena_fmt(&l->arena, "finding %s",
		ev->name != NULL ? ev->name : "without a name"));

	c->failed = ev->weight != NULL && strcmp(ev->weight, "stop") == 0;
}

/* A verdict that refuses a change shows in the result of its host. */
static void
on_proof(struct hd_run_log *l, const struct hd_event *ev)
{
	if (ev->verdict != NULL)
		(void)add(l, ev, HD_LOG_PROOF,
		    hd_arena_fmt(&l->arena, "verdict: %s", ev->verdict));
}

static void
on_error(struct hd_run_log *l, const struct hd_event *ev)
{
	if (ev->host == NULL && ev->text != NULL)
		*HD_PUSH(&l->arena, &l->errors) = (struct hd_log_error){
			.text = copy(l, ev->text),
			.warning = ev->weight != NULL,
		};
}

static void
on_phase(struct hd_run_log *l, const struct hd_event *ev)
{
	if (ev->name == NULL)
		return;
	l->going_back = strcmp(ev->name, "undo") == 0;
	*HD_PUSH(&l->arena, &l->phases) = (struct hd_log_phase){
		.name = copy(l, ev->name),
		.text = copy(l, ev->text),
		.at = ev->at,
	};
}

static void
on_summary(struct hd_run_log *l, const struct hd_event *ev)
{
	l->ended = true;
	l->ended_ms = hd_clock_ms();
	l->summary = (struct hd_event){ .kind = HD_EV_SUMMARY,
		.status = ev->status,
		.plain = ev->plain,
		.check = ev->check,
		.reports =
		    hd_reports_copy(&l->arena, ev->reports, ev->nreports),
		.nreports = ev->nreports };
}

void
hd_run_log_take(struct hd_run_log *l, const struct hd_event *ev)
{
	static void (*const take[HD_EV_KINDS])(
	    struct hd_run_log *, const struct hd_event *) = {
		[HD_EV_START] = on_start,
		[HD_EV_PLAN] = on_plan,
		[HD_EV_STEP] = on_step,
		[HD_EV_ERROR] = on_error,
		[HD_EV_FINDING] = on_finding,
		[HD_EV_PROOF] = on_proof,
		[HD_EV_HEALTH] = on_health,
		[HD_EV_PHASE] = on_phase,
		[HD_EV_SUMMARY] = on_summary,
	};

	if (take[ev->kind] == NULL)
		return;
	if (l->first == 0)
		l->first = ev->at;
	l->last = ev->at > l->last ? ev->at : l->last;
	take[ev->kind](l, ev);
}
