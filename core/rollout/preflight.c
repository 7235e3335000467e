#include "core/rollout/preflight.h"

#include "core/artifact/needs.h"

#include "core/rollout/operate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NEEDS_MAX = 16 * 1024 };

void
hd_preflight_begin(
    struct hd_preflight *p, const struct hd_site *s, struct hd_call *call)
{
	const struct hd_artifact *a = s->goal.artifact;

	hd_str_init(&p->needs, NEEDS_MAX);
	hd_str_init(&p->variables, NEEDS_MAX);
	if (s->begun || s->goal.kind == HD_GOAL_STATUS)
		return;
	snprintf(p->now, sizeof(p->now), "%" PRId64, (int64_t)time(NULL));
	hd_call_set(call, "now", p->now);
	if (a != NULL) {
		hd_needs_list(&p->needs, a);
		hd_needs_variables(&p->variables, a, "");
	}
	if (!p->needs.failed)
		hd_call_set(call, "needs", p->needs.ptr);
	if (!p->variables.failed)
		hd_call_set(call, "variables", p->variables.ptr);
	hd_call_set(call, "goal", a != NULL ? a->version : s->goal.version);
}

void
hd_preflight_done(struct hd_preflight *p)
{
	hd_str_done(&p->needs);
	hd_str_done(&p->variables);
}

/* The first health check that connects; NULL: none. */
static const struct hd_health *
connecting(const struct hd_host *host)
{
	for (size_t i = 0; i < host->health.n; i++)
		if (host->health.v[i].kind != HD_HEALTH_COMMAND)
			return &host->health.v[i];
	return NULL;
}

static bool
is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 ||
	       strcmp(address, "localhost") == 0 || strcmp(address, "::1") == 0;
}

/* Whether the server forbids a connection to this port. */
static bool
forbids(struct hd_site *s, const struct hd_health *h, unsigned port)
{
	bool forbidden = false;
	struct hd_err err = { 0 };

	if (s->t != NULL &&
	    hd_tp_tunnel(s->t,
		&(struct hd_tunnel){ .address = h->address,
		    .port = port,
		    .request = "",
		    .deadline_ms = s->host->health_deadline,
		    .forbidden = &forbidden },
		&err) < 0 &&
	    err.code != HD_EREMOTE)
		hd_site_drop(s);
	return forbidden;
}

/*
 * A connection to the port of a check can start a unit by its socket, before
 * there is a release to start, and systemd then gives the socket up. So tcpmux
 * is tried, where nothing listens, and the port itself only if a server that
 * permits single ports (PermitOpen) forbids that.
 */
enum { TCPMUX = 1 };

void
hd_preflight_tunnel(
    struct hd_site *s, struct hd_arena *arena, struct hd_pairs *facts)
{
	const struct hd_health *h = connecting(s->host);
	bool forbidden;

	if (h == NULL || s->begun || s->goal.kind == HD_GOAL_STATUS ||
	    s->host->connection != HD_CONN_SSH || !is_loopback(h->address))
		return;
	hd_site_use(s);
	forbidden = forbids(s, h, TCPMUX) && forbids(s, h, h->port);
	hd_site_leave(s);
	if (forbidden)
		*HD_PUSH(arena, facts) = (struct hd_pair){ "no_tunnel", "yes" };
}
