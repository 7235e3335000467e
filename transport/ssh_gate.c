#include "transport/ssh_gate.h"

#include "core/base/alloc.h"
#include "core/base/cancel.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 8 };

/*
 * The only state that connections share: the number of handshakes in progress
 * with one server. Counted per server, so that a silent one does not delay the
 * others. A gate exists while a connection waits for it or is inside.
 */
struct ssh_gate {
	struct ssh_gate *next;
	char *address;
	unsigned port;
	unsigned users; /* waiting and inside */
	unsigned inside;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ssh_gate *gates; /* guarded by lock */

static struct ssh_gate *
find(const char *address, unsigned port)
{
	struct ssh_gate *g;

	for (g = gates; g != NULL; g = g->next)
		if (g->port == port && strcmp(g->address, address) == 0)
			return g;
	g = hd_alloc(sizeof(*g));
	g->address = hd_strdup(address);
	g->port = port;
	g->next = gates;
	gates = g;
	return g;
}

static void
release(struct ssh_gate *g)
{
	struct ssh_gate **at = &gates;

	if (--g->users > 0)
		return;
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	free(g->address);
	free(g);
}

static void
make_condition(void)
{
	hd_clock_condition(&left);
}

struct ssh_gate *
ssh_gate_enter(const char *address, unsigned port, const struct hd_until *until,
    struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];
	struct ssh_gate *g;
	bool in;

	pthread_once(&once, make_condition);
	pthread_mutex_lock(&lock);
	g = find(address, port);
	g->users++;
	while (g->inside >= WIDTH && hd_clock_left(until->end) > 0 &&
	       !hd_cancel_reached(until->stage))
		hd_clock_moment(&left, &lock);
	in = g->inside < WIDTH;
	if (in)
		g->inside++;
	else
		release(g);
	pthread_mutex_unlock(&lock);
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
ssh_gate_leave(struct ssh_gate *g)
{
	if (g == NULL)
		return;
	pthread_mutex_lock(&lock);
	g->inside--;
	release(g);
	pthread_cond_broadcast(&left);
	pthread_mutex_unlock(&lock);
}
