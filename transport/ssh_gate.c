#include "transport/ssh_gate.h"

#include "core/base/alloc.h"
#include "core/base/cancel.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 8 };

/* Exists while a connection waits for it or is inside. */
struct ssh_gate {
	struct ssh_gate *next;
	char *address;
	unsigned port;
	unsigned users; /* waiting and inside */
	unsigned inside;
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

struct ssh_gate *
ssh_gate_enter(struct ssh_gates *gates, const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];
	struct ssh_gate *g;
	bool in;

	pthread_mutex_lock(&gates->lock);
	g = find(gates, address, port);
	g->users++;
	while (g->inside >= WIDTH && hd_clock_left(until->end) > 0 &&
	       !hd_cancel_reached(until->stage))
		hd_clock_moment(&gates->left, &gates->lock);
	in = g->inside < WIDTH;
	if (in)
		g->inside++;
	else
		release(gates, g);
	pthread_mutex_unlock(&gates->lock);
	if (in)
		return g;
	hd_clock_limit(limit, until->ms);
	if (hd_cancel_reached(until->stage))
		(void)hd_err_set(err, HD_ECANCELED, "interrupted");
	else
		(void)hd_err_set(err, HD_ECONNECT,
		    "%s port %u: did not connect within %s, because 8 other "
		    "connections to this server hang before login",
		    address, port, limit);
	return NULL;
}

void
ssh_gate_leave(struct ssh_gates *gates, struct ssh_gate *g)
{
	if (g == NULL)
		return;
	pthread_mutex_lock(&gates->lock);
	g->inside--;
	release(gates, g);
	pthread_cond_broadcast(&gates->left);
	pthread_mutex_unlock(&gates->lock);
}
