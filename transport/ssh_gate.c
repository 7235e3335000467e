#include "transport/ssh_gate.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

/* PROOF: logins without a drop that prove room for one more. */
enum { WIDTH_MAX = 8, PROOF = 8 };

/* Exists while a connection waits for it or is inside. */
struct ssh_gate {
	struct ssh_gate *next;
	char *address;
	unsigned port;
	unsigned users; /* waiting and inside */
	unsigned inside;
	unsigned width;   /* how many may be inside */
	unsigned logins;  /* since width last changed */
	int64_t narrowed; /* hd_clock_ms() */
};

void
ssh_gates_init(struct ssh_gates *gates)
{
	*gates = (struct ssh_gates){ .first = NULL };
	pthread_mutex_init(&gates->lock, NULL);
	hd_clock_condition(&gates->left);
}

void
ssh_gates_done(struct ssh_gates *gates)
{
	pthread_cond_destroy(&gates->left);
	pthread_mutex_destroy(&gates->lock);
}

static struct ssh_gate *
find(struct ssh_gates *gates, const char *address, unsigned port)
{
	struct ssh_gate *g;

	for (g = gates->first; g != NULL; g = g->next)
		if (g->port == port && strcmp(g->address, address) == 0)
			return g;
	g = hd_alloc(sizeof(*g));
	g->address = hd_strdup(address);
	g->port = port;
	g->width = WIDTH_MAX;
	g->next = gates->first;
	gates->first = g;
	return g;
}

static void
release(struct ssh_gates *gates, struct ssh_gate *g)
{
	struct ssh_gate **at = &gates->first;

	if (--g->users > 0)
		return;
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	free(g->address);
	free(g);
}

/* Returns NULL if the stage is reached first. */
static struct ssh_gate *
enter(struct ssh_gates *gates, const char *address, unsigned port,
    enum hd_cancel stage)
{
	struct ssh_gate *g;
	bool cancelled = false;

	pthread_mutex_lock(&gates->lock);
	g = find(gates, address, port);
	g->users++;
	while (g->inside >= g->width && !cancelled) {
		hd_clock_moment(&gates->left, &gates->lock);
		cancelled = hd_cancel_reached(stage);
	}
	if (cancelled)
		release(gates, g);
	else
		g->inside++;
	pthread_mutex_unlock(&gates->lock);
	return cancelled ? NULL : g;
}

int
ssh_gate_enter(struct ssh_gates *gates, struct ssh_place *p,
    const char *address, unsigned port, bool dropped, enum hd_cancel stage,
    struct hd_err *err)
{
	*p = (struct ssh_place){ .gate = enter(gates, address, port, stage) };
	if (p->gate != NULL && dropped)
		p->lane = enter(gates, "", 0, stage);
	p->since = hd_clock_ms();
	if (p->gate != NULL && (p->lane != NULL || !dropped))
		return 0;
	ssh_gate_leave(gates, p, SSH_FAILED);
	return hd_err_set(err, HD_ECANCELED, "interrupted");
}

/* A server drops several connections together. Only one that entered after the
 * last narrowing narrows again. */
static void
narrow(struct ssh_gate *g, int64_t since)
{
	if (since <= g->narrowed)
		return;
	g->width = (g->width + 1) / 2;
	g->logins = 0;
	g->narrowed = hd_clock_ms();
}

static void
widen(struct ssh_gate *g)
{
	if (++g->logins < PROOF || g->width == WIDTH_MAX)
		return;
	g->width++;
	g->logins = 0;
}

static void
leave(struct ssh_gates *gates, struct ssh_gate **at, int64_t since,
    enum ssh_outcome how)
{
	struct ssh_gate *g = *at;

	if (g == NULL)
		return;
	if (how == SSH_DROPPED)
		narrow(g, since);
	else if (how == SSH_LOGGED_IN)
		widen(g);
	g->inside--;
	release(gates, g);
	*at = NULL;
}

void
ssh_gate_leave(
    struct ssh_gates *gates, struct ssh_place *p, enum ssh_outcome how)
{
	pthread_mutex_lock(&gates->lock);
	leave(gates, &p->gate, p->since, how);
	leave(gates, &p->lane, p->since, how);
	pthread_cond_broadcast(&gates->left);
	pthread_mutex_unlock(&gates->lock);
}
