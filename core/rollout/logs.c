/* the `logs` command */
#include "core/base/cancel.h"
#include "core/rollout/aside.h"
#include "core/rollout/fleet.h"
#include "core/rollout/operate.h"
#include "core/rollout/reconnect.h"
#include "core/rollout/rollout.h"
#include "core/rollout/sites.h"

#include <stdio.h>
#include <string.h>

#define WAIT_S "20" /* how long the host waits for new lines */

enum { ASK_MS = 60 * 1000, TEXT_MAX = 8 * 1024 * 1024 };

struct query {
	struct hd_site *sites;
	struct hd_reply *replies;
	unsigned lines;
};

/* after: where the previous answer ended; NULL: there was none. */
static int
ask(struct hd_site *s, unsigned lines, const char *after,
    struct hd_reply *reply, struct hd_err *err)
{
	struct hd_call call = hd_site_call(s, "logs", ASK_MS);
	char count[16];

	snprintf(count, sizeof(count), "%u", lines);
	hd_call_set(&call, "lines", count);
	hd_call_set(&call, "files", s->host->logs);
	hd_call_set(&call, "after", after);
	hd_call_set(&call, "wait", after != NULL ? WAIT_S : NULL);
	call.soon = true;
	return hd_site_question(s, &call, reply, err);
}

static void
report(const struct hd_site *s, const struct hd_reply *r)
{
	HD_AUTO_STR text = HD_STR_INIT(TEXT_MAX);
	const char *from = hd_reply_get(r, "from");

	if (from != NULL)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name, "%s:", from);
	for (size_t i = 0; i < r->facts.n; i++)
		if (strcmp(r->facts.v[i].name, "line") == 0)
			hd_str_addf(&text, "%s\n", r->facts.v[i].value);
	if (text.len > 0)
		hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_OUTPUT,
					  .host = s->host->name,
					  .step = "logs",
					  .wanted = true,
					  .text = text.ptr,
					  .len = text.len });
}

static void
ask_once(void *ctx, size_t i)
{
	struct query *q = ctx;
	struct hd_site *s = &q->sites[i];
	struct hd_err err = { 0 };

	if (ask(s, q->lines, NULL, &q->replies[i], &err) < 0)
		hd_site_lost(s, &err);
	hd_site_drop(s);
}

/* Reports the new lines, and sets after, in arena, to where they end. */
static int
ask_again(struct hd_site *s, unsigned lines, const char **after,
    struct hd_arena *arena, struct hd_err *err)
{
	struct hd_reply reply = { 0 };
	int rc = ask(s, lines, *after, &reply, err);

	if (rc == 0) {
		const char *at = hd_reply_get(&reply, "at");

		report(s, &reply);
		hd_arena_done(arena);
		*after = at != NULL ? hd_arena_strdup(arena, at) : NULL;
	}
	hd_reply_done(&reply);
	return rc;
}

/* Until Ctrl-C, which is its usual end. */
static void
follow(void *ctx, size_t i)
{
	struct query *q = ctx;
	struct hd_site *s = &q->sites[i];
	HD_AUTO_ARENA arena = { 0 };
	struct hd_reconnect again = { 0 };
	struct hd_err err = { 0 };
	const char *after = NULL;

	while (!hd_cancel_requested()) {
		if (ask_again(s, q->lines, &after, &arena, &err) == 0)
			again = (struct hd_reconnect){ 0 };
		else if (!hd_reconnect(&again, s, &err))
			break;
	}
	if (err.code != HD_OK && err.code != HD_ECANCELED)
		hd_site_lost(s, &err);
	hd_site_drop(s);
}

/* Host by host, so that the lines of each host stay together. */
static void
report_all(const struct query *q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (q->sites[i].status == HD_STATUS_OK)
			report(&q->sites[i], &q->replies[i]);
}

enum hd_status
hd_logs(const struct hd_run *run, unsigned lines, bool follows)
{
	size_t n = run->nhosts;
	struct hd_site *sites = hd_sites_new(run);
	HD_AUTO_FREE struct hd_reply *replies =
	    hd_alloc((n + 1) * sizeof(*replies));
	struct query q = { sites, replies, lines };
	enum hd_status status;

	hd_fleet_run(n, follows ? (unsigned)n : run->parallel,
	    follows ? follow : ask_once, &q);
	if (!follows)
		report_all(&q, n);
	status = hd_sites_summarize(run, sites, HD_STATUS_OK, true);
	for (size_t i = 0; i < n; i++)
		hd_reply_done(&replies[i]);
	hd_sites_free(run, sites);
	return status;
}
