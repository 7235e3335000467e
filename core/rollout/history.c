/* the `history` command */
#include "core/rollout/aside.h"
#include "core/rollout/fleet.h"
#include "core/rollout/operate.h"
#include "core/rollout/rollout.h"
#include "core/rollout/sites.h"

#include <stdio.h>
#include <string.h>

enum { ASK_MS = 30 * 1000 };

struct query {
	struct hd_site *sites;
	struct hd_reply *replies;
	unsigned count;
};

static void
ask(void *ctx, size_t i)
{
	struct query *t = ctx;
	struct hd_site *s = &t->sites[i];
	struct hd_call call = hd_site_call(s, "history", ASK_MS);
	struct hd_err err = { 0 };
	char count[16];

	snprintf(count, sizeof(count), "%u", t->count);
	hd_call_set(&call, "count", count);
	call.soon = true;
	if (hd_site_question(s, &call, &t->replies[i], &err) < 0)
		hd_site_lost(s, &err);
	hd_site_drop(s);
}

static size_t
report(const struct hd_site *s, const struct hd_reply *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->facts.n; i++) {
		HD_AUTO_ARENA a = { 0 };
		struct hd_past past;

		if (strcmp(r->facts.v[i].name, "past") != 0 ||
		    !hd_past_read(&past, &a, r->facts.v[i].value))
			continue;
		hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_PAST,
					  .host = s->host->name,
					  .past = &past });
		n++;
	}
	return n;
}

/* Reports host by host, so that the lines of each host stay together. */
enum hd_status
hd_history(const struct hd_run *run, unsigned count)
{
	size_t n = run->nhosts;
	struct hd_site *sites = hd_sites_new(run);
	HD_AUTO_FREE struct hd_reply *replies =
	    hd_alloc((n + 1) * sizeof(*replies));
	struct query t = { sites, replies, count };
	enum hd_status status;

	hd_fleet_run(n, run->parallel, ask, &t);
	for (size_t i = 0; i < n; i++) {
		if (sites[i].status == HD_STATUS_OK &&
		    report(&sites[i], &replies[i]) == 0)
			hd_emitf(run->sink, HD_EV_NOTE, sites[i].host->name,
			    "hdeploy has not changed this host");
	}
	status = hd_sites_summarize(run, sites, HD_STATUS_OK, true);
	for (size_t i = 0; i < n; i++)
		hd_reply_done(&replies[i]);
	hd_sites_free(run, sites);
	return status;
}
