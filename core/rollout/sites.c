#include "core/rollout/sites.h"

#include "core/base/cancel.h"
#include "core/base/fs.h"
#include "core/rollout/aside.h"
#include "core/rollout/fleet.h"
#include "core/rollout/look.h"
#include "core/rollout/operate.h"
#include "core/rollout/park.h"

#include <stdlib.h>

struct hd_site *
hd_sites_new(const struct hd_run *run)
{
	struct hd_site *sites = hd_alloc((run->nhosts + 1) * sizeof(*sites));
	struct hd_crowd *crowd = hd_alloc(sizeof(*crowd));

	crowd->limit = run->nhosts > run->open ? run->open : 0;
	for (size_t i = 0; i < run->nhosts; i++) {
		hd_site_init(&sites[i], run, run->hosts[i]);
		sites[i].crowd = crowd;
		if (run->aside != NULL)
			hd_aside_init(&sites[i], &run->aside[i]);
		sites[i].parks = crowd->limit > 0;
	}
	return sites;
}

void
hd_sites_free(const struct hd_run *run, struct hd_site *sites)
{
	struct hd_crowd *crowd = run->nhosts > 0 ? sites[0].crowd : NULL;

	for (size_t i = 0; i < run->nhosts; i++)
		hd_site_done(&sites[i]);
	free(crowd);
	free(sites);
}

struct each {
	struct hd_site *sites;
	hd_site_fn *fn;
};

static void
do_one(void *ctx, size_t i)
{
	const struct each *e = ctx;

	e->fn(&e->sites[i]);
	hd_site_rest(&e->sites[i]);
}

void
hd_sites_each(const struct hd_run *run, struct hd_site *sites, hd_site_fn *fn)
{
	struct each e = { sites, fn };

	hd_fleet_run(run->nhosts, run->parallel, do_one, &e);
}

bool
hd_sites_reach_one(struct hd_site *s)
{
	struct hd_err err = { .code = HD_ECANCELED };

	if (s->status != HD_STATUS_OK)
		return false;
	if (s->reached || s->run->stored != NULL)
		return true;
	if (!hd_cancel_requested() && hd_site_connect(s, &err) == 0)
		return true;
	hd_site_lost(s, &err);
	return false;
}

void
hd_sites_look_at(struct hd_site *s)
{
	struct hd_err err = { .code = HD_ECANCELED };

	if (!hd_sites_reach_one(s))
		return;
	if (hd_cancel_requested() || hd_site_look(s, &err) < 0) {
		hd_site_lost(s, &err);
		return;
	}
	hd_site_settle(s);
}

void
hd_sites_look(const struct hd_run *run, struct hd_site *sites)
{
	hd_sites_each(run, sites, hd_sites_look_at);
}

enum hd_status
hd_sites_summarize(const struct hd_run *run, const struct hd_site *sites,
    enum hd_status status, bool plain)
{
	size_t n = run->nhosts;
	HD_AUTO_FREE struct hd_report *reports =
	    hd_alloc((n + 1) * sizeof(*reports));

	for (size_t i = 0; i < n; i++) {
		reports[i] = hd_site_report(&sites[i]);
		if (sites[i].result != HD_RES_ASIDE)
			status = hd_status_worse(status, sites[i].status);
	}
	if (status == HD_STATUS_OK && hd_aside_left(run) < n)
		status = HD_STATUS_UNREACHABLE;
	hd_emit(run->sink, (struct hd_event){ .kind = HD_EV_SUMMARY,
			       .status = status,
			       .plain = plain,
			       .check = run->goal.kind == HD_GOAL_CHECK,
			       .reports = reports,
			       .nreports = n });
	return status;
}

enum hd_status
hd_sites_save(const struct hd_run *run, const struct hd_site *sites)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_STORED_MAX);
	struct hd_err err = { 0 };
	size_t answered = 0;

	hd_stored_begin(&text, run->app, run->env, run->hosts, run->nhosts);
	for (size_t i = 0; i < run->nhosts; i++) {
		hd_str_addn(&text, sites[i].said.ptr, sites[i].said.len);
		text.failed = text.failed || sites[i].said.failed;
		answered += sites[i].said.len > 0;
	}
	if (text.failed)
		hd_err_set(&err, HD_ELOCAL,
		    "the replies of the hosts are too large for one file: "
		    "save fewer hosts at a time, with --limit");
	else if (hd_fs_replace(run->save, text.ptr, text.len, &err) == 0)
		hd_emitf(run->sink, HD_EV_NOTE, NULL,
		    "the replies of %zu of %zu hosts are in %s: read the "
		    "file before you pass it on",
		    answered, run->nhosts, run->save);
	if (err.code == HD_OK)
		return HD_STATUS_OK;
	hd_emitf(run->sink, HD_EV_ERROR, NULL, "%s", err.msg);
	return hd_status_of(err.code);
}

enum hd_status
hd_sites_conclude(const struct hd_run *run, const struct hd_site *sites,
    enum hd_status status)
{
	if (hd_cancel_requested())
		status = hd_status_worse(status, HD_STATUS_INTERRUPTED);
	return hd_sites_summarize(run, sites, status, false);
}
