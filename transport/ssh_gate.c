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

int
ssh_gate_enter(struct ssh_gates *gates, struct ssh_place *p,
    const char *address, unsigned port, enum hd_cancel stage,
    struct hd_err *err)
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
	if (cancelled)
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	*p = (struct ssh_place){ g, hd_clock_ms() };
	return 0;
}

/* Several are dropped together: only one that entered since counts again. */
static void
narrow(struct ssh_gate *g, const struct ssh_place *p)
{
	if (p->since <= g->narrowed)
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

void
ssh_gate_leave(
    struct ssh_gates *gates, struct ssh_place *p, enum ssh_outcome how)
{
	struct ssh_gate *g = p->gate;

	if (g == NULL)
		return;
	pthread_mutex_lock(&gates->lock);
	if (how == SSH_DROPPED)
		narrow(g, p);
	else if (how == SSH_LOGGED_IN)
		widen(g);
	g->inside--;
	release(gates, g);
	pthread_cond_broadcast(&gates->left);
	pthread_mutex_unlock(&gates->lock);
	p->gate = NULL;
}
