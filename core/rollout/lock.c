#include "core/rollout/lock.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/inventory/advice.h"
#include "core/rollout/lease.h"
#include "core/rollout/operate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RELEASE_MS = 5 * 1000, RETRY_MS = 1000 };
/* OPERATION: size of one word about an operation. ORPHAN_MS: the longest time
 * an operation takes beyond its deadline, and its lock beyond that. */
enum { OPERATION = 80, ORPHAN_MS = 60 * 1000 };

static int
by_address(const void *pa, const void *pb)
{
	const struct hd_host *a = (*(struct hd_site *const *)pa)->host;
	const struct hd_host *b = (*(struct hd_site *const *)pb)->host;
	int order = strcmp(a->address, b->address);

	if (order == 0)
		order = (hd_host_port(a) > hd_host_port(b)) -
			(hd_host_port(a) < hd_host_port(b));
	return order != 0 ? order : strcmp(a->path, b->path);
}

/* The state of waiting for the lock of one host. */
struct waiting {
	int64_t deadline; /* for the lock of a run that is alive */
	int64_t limit;    /* for a run that is absent; 0: none seen */
	bool reported, absence_reported; /* what was reported */
	char operation[OPERATION];       /* running operation; "": none */
};

/* The words of "ID NAME STATUS". */
struct operation {
	char id[OPERATION], name[OPERATION], status[OPERATION];
};

static bool
read_operation(const struct hd_reply *r, struct operation *o)
{
	const char *text = hd_reply_get(r, "operation");

	return text != NULL &&
	       sscanf(text, "%79s %79s %79s", o->id, o->name, o->status) == 3;
}

/* A run that lost its connection, or is silent, has some seconds to come back,
 * and its operation runs to its end. Until then no other run gets the lock. */
static void
report_absent(struct hd_site *s, const struct hd_reply *r, struct waiting *w)
{
	HD_AUTO_STR holder = HD_STR_INIT(768);
	struct operation o;
	bool runs = read_operation(r, &o) && strcmp(o.status, "running") == 0;

	hd_lease_holder(r, &holder);
	if (runs && strcmp(o.id, w->operation) != 0) {
		snprintf(w->operation, sizeof(w->operation), "%s", o.id);
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "%s; waiting for its %s to end", holder.ptr,
		    hd_operation_title(o.name));
	} else if (!runs && !w->absence_reported) {
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "%s; waiting briefly for it to come back", holder.ptr);
	}
	w->absence_reported = true;
}

/* Reports the result of the operation that was waited for. */
static void
report_end(
    const struct hd_site *s, const struct hd_reply *r, const struct waiting *w)
{
	const char *why = hd_reply_get(r, "operation_failed");
	struct operation o;
	const char *name;

	if (w->operation[0] == '\0' || !read_operation(r, &o) ||
	    strcmp(o.id, w->operation) != 0)
		return;
	name = hd_operation_title(o.name);
	if (strcmp(o.status, "0") == 0)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "its %s succeeded", name);
	else if (strcmp(o.status, "lost") == 0)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "its %s was killed: the result is unknown", name);
	else
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "its %s failed: %s", name, why != NULL ? why : o.status);
}

/* The longest time that the operation of a lost run can still take: its
 * deadline does not depend on the run. */
static int64_t
longest(const struct hd_site *s)
{
	const struct hd_host *h = s->host;
	unsigned all[] = { h->upgrade_timeout, h->start_timeout,
		h->stop_timeout, s->run->env->hook_timeout };
	unsigned limit = 0;

	for (size_t i = 0; i < HD_COUNT(all); i++)
		limit = all[i] > limit ? all[i] : limit;
	return limit + ORPHAN_MS;
}

/* False if waiting longer is useless. */
static bool
wait_on(struct hd_site *s, const struct hd_reply *r, struct waiting *w,
    const struct hd_err *err)
{
	bool absent = hd_lease_absent(r);

	if (absent && w->limit == 0)
		w->limit = hd_clock_ms() + longest(s);
	if (hd_clock_left(absent ? w->limit : w->deadline) == 0)
		return false;
	if (absent)
		report_absent(s, r, w);
	else if (!w->reported)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name, "waiting: %s",
		    err->msg);
	w->reported = true;
	return true;
}

/* Tries to get the lock until deadline. */
static int
take_lock(struct hd_site *s, int64_t deadline, struct hd_err *err)
{
	struct waiting w = { .deadline = deadline };

	for (;;) {
		struct hd_reply reply = { 0 };
		int rc = hd_lease_ask(s, &reply, err);
		bool again = rc < 0 && err->code == HD_ELOCKED &&
			     wait_on(s, &reply, &w, err);

		if (rc == 0)
			report_end(s, &reply, &w);
		hd_reply_done(&reply);
		if (!again)
			return rc;
		hd_clock_sleep(RETRY_MS);
		if (hd_cancel_requested())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
	}
}

/* Adds what a person can do who does not wait, or no longer. */
static void
advise(const struct hd_site *s, struct hd_err *err)
{
	const struct hd_err holder = *err;
	HD_AUTO_ARENA words = { 0 };

	hd_err_set(err, HD_ELOCKED,
	    "%s; --wait 5m waits for it to end, `%s` takes its lock away",
	    holder.msg, hd_advice(&words, s->host, "unlock", NULL));
}

/* A host that answered is not unreachable, whatever the error. */
static void
end_unlocked(struct hd_site *s, struct hd_err *err)
{
	static const struct {
		enum hd_code code;
		enum hd_result result;
	} rows[] = {
		{ HD_ELOCKED, HD_RES_LOCKED },
		{ HD_EREMOTE, HD_RES_REFUSED },
		{ HD_ECANCELED, HD_RES_SKIPPED },
	};
	enum hd_result result = HD_RES_UNREACHABLE;

	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (rows[i].code == err->code)
			result = rows[i].result;
	if (result == HD_RES_LOCKED)
		advise(s, err);
	hd_site_end(s, result, err->code, err->msg);
	hd_emitf(s->run->sink, HD_EV_ERROR, s->host->name, "%s", err->msg);
}

bool
hd_lock_all(const struct hd_run *run, struct hd_site *sites, size_t n)
{
	HD_AUTO_FREE struct hd_site **order =
	    hd_alloc((n + 1) * sizeof(*order));
	int64_t deadline = hd_clock_ms() + run->wait_ms;

	for (size_t i = 0; i < n; i++)
		order[i] = &sites[i];
	qsort(order, n, sizeof(*order), by_address);
	for (size_t i = 0; i < n; i++) {
		struct hd_err err = { 0 };

		if (hd_lease_held(order[i]) || order[i]->t == NULL ||
		    order[i]->plan.verdict == HD_PLAN_NOTHING ||
		    take_lock(order[i], deadline, &err) == 0)
			continue;
		end_unlocked(order[i], &err);
		return false;
	}
	return true;
}

static bool
unlock(struct hd_site *s, int64_t until)
{
	unsigned left = (unsigned)hd_clock_left(until);
	struct hd_call call =
	    hd_site_call(s, "unlock", left < RELEASE_MS ? left : RELEASE_MS);
	struct hd_reply reply = { 0 };
	struct hd_err err = { 0 };

	if (s->t == NULL || left == 0)
		return false;
	hd_call_set(&call, "lease", s->lease);
	call.last = true;
	if (hd_site_ask(s, &call, &reply, &err) < 0) {
		hd_site_drop(s);
		return false;
	}
	hd_reply_done(&reply);
	return true;
}

/* The connection may be dead without a sign of it, so tries a new one. */
void
hd_lock_release(struct hd_site *s, int64_t until)
{
	struct hd_err err = { 0 };

	if (hd_lease_held(s) && !unlock(s, until) && s->lost_at == 0 &&
	    !hd_cancel_insisted() && hd_site_connect(s, &err) == 0)
		(void)unlock(s, until);
	s->lease[0] = '\0';
}
