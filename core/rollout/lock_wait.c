#include "core/rollout/lock_wait.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/rollout/lease.h"
#include "core/rollout/operate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* OPERATION: size of one word about an operation. ORPHAN_MS: the longest time
 * an operation takes beyond its deadline, and its lock beyond that. */
enum { RETRY_MS = 1000, OPERATION = 80, ORPHAN_MS = 60 * 1000 };

/* The state of waiting for the lock of one host. */
struct waiting {
	int64_t deadline; /* for the lock of a run that is alive */
	int64_t settled;  /* the same if that run might give it back soon */
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

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* A run that has just locked a host may soon give the lock back, as
 * hd_lock_all() does, but not once it has begun an operation there. */
static int64_t
end_of(const struct waiting *w, const struct hd_reply *r)
{
	struct operation o;

	if (hd_lease_absent(r))
		return w->limit;
	return read_operation(r, &o) && strcmp(o.status, "running") == 0
		   ? w->deadline
		   : later(w->deadline, w->settled);
}

/* False if waiting longer is useless. */
static bool
wait_on(struct hd_site *s, const struct hd_reply *r, struct waiting *w,
    const struct hd_err *err)
{
	bool absent = hd_lease_absent(r);

	if (absent && w->limit == 0)
		w->limit = hd_clock_ms() + longest(s);
	if (hd_clock_left(end_of(w, r)) == 0)
		return false;
	if (absent)
		report_absent(s, r, w);
	else if (!w->reported && hd_clock_left(w->deadline) > 0)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name, "waiting: %s",
		    err->msg);
	w->reported = w->reported || !absent;
	return true;
}

static int
try_once(struct hd_site *s, struct hd_reply *reply, struct hd_err *err)
{
	int rc;

	hd_site_use(s);
	rc = hd_site_connect(s, err);
	if (rc == 0)
		rc = hd_lease_ask(s, reply, err);
	hd_site_leave(s);
	return rc;
}

/* Waits a random time from ms / 2 to ms, so that two runs that met do not meet
 * again. */
static void
rest(unsigned ms)
{
	char hex[5];

	hd_random_hex(hex, 2);
	hd_clock_sleep(
	    ms / 2 + (unsigned)strtoul(hex, NULL, 16) % (ms / 2 + 1));
}

int
hd_lock_wait(
    struct hd_site *s, int64_t deadline, int64_t settled, struct hd_err *err)
{
	struct waiting w = { .deadline = deadline, .settled = settled };

	for (unsigned nap = RETRY_MS / 4;; nap = RETRY_MS) {
		struct hd_reply reply = { 0 };
		bool again;
		int rc;

		rest(nap);
		if (hd_cancel_requested())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
		rc = try_once(s, &reply, err);
		again = rc < 0 && err->code == HD_ELOCKED &&
			wait_on(s, &reply, &w, err);
		if (rc == 0)
			report_end(s, &reply, &w);
		hd_reply_done(&reply);
		if (!again)
			return rc;
	}
}
