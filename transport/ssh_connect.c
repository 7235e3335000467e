#include "transport/ssh_connect.h"

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "transport/ssh_client.h"
#include "transport/ssh_handshake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_NAP_MS = 250, LONGEST_NAP_MS = 2000 };

/* The attempts to reach one server. */
struct attempts {
	struct hd_ssh *s;
	const struct hd_ssh_opts *o;
	ssh_start_fn *start;
	const char *host_keys;
	unsigned made, late;
	unsigned nap;
	int64_t busy_ms; /* spent on a busy server, without waits at the gate */
};

/* A random time from ms / 2 to ms, so that clients dropped together do not
 * return together. */
static unsigned
jitter(unsigned ms)
{
	char hex[5];

	hd_random_hex(hex, 2);
	return ms / 2 + (unsigned)strtoul(hex, NULL, 16) % (ms / 2 + 1);
}

void
ssh_connect_done(struct hd_ssh *s, bool logged_in)
{
	if (s->gates != NULL)
		ssh_gate_leave(s->gates, &s->place,
		    logged_in ? SSH_LOGGED_IN : SSH_FAILED);
}

/* Never to be tried again: a bastion has been tried often enough. */
static int
open_proxy(struct hd_ssh *s, const struct hd_ssh_opts *o, struct hd_err *err)
{
	int rc = ssh_proxy_open(
	    &o->client->proxies, &s->proxy, &s->fd, o, s->stage, err);

	/* connecting to a bastion is for all its hosts, so it does not count */
	ssh_limit(s, o->net.connect_ms);
	return rc;
}

static int
open_tcp(struct hd_ssh *s, const struct hd_ssh_opts *o, enum hd_again *again,
    struct hd_err *err)
{
	const struct hd_tcp to = { o->address, o->port, o->net.family,
		o->net.bind };
	const struct hd_until until = { s->end, s->limit_ms, s->stage };

	return hd_tcp_connect(&s->fd, &to, &until, again, err);
}

static int
attempt(const struct attempts *a, enum hd_again *again, struct hd_err *err)
{
	struct hd_ssh *s = a->s;
	const struct hd_ssh_opts *o = a->o;
	const bool dropped = a->busy_ms > 0;
	int rc;

	*again = HD_AGAIN_NO;
	s->gates = &o->client->gates;
	if (ssh_gate_enter(s->gates, &s->place, o->address, o->port, dropped,
		s->stage, err) < 0)
		return -1;
	ssh_limit(s, o->net.connect_ms);
	rc = ssh_proxy_wanted(&o->net) ? open_proxy(s, o, err)
				       : open_tcp(s, o, again, err);
	if (rc < 0)
		return -1;
	if (a->start(s, a->host_keys, again, err) == 0)
		return 0;
	if (ssh_proxy_explain(s->proxy, err) && *again != HD_AGAIN_LATE)
		*again = err->code == HD_ECONNECT ? HD_AGAIN_YES : HD_AGAIN_NO;
	return hd_err_prefix(err, "%s port %u", o->address, o->port);
}

/* Gives up the place: others may try while this one rests. */
static void
end_attempt(struct hd_ssh *s, enum hd_again again)
{
	if (again == HD_AGAIN_BUSY)
		ssh_gate_leave(s->gates, &s->place, SSH_DROPPED);
	ssh_session_stop(s);
}

static bool
try_again(struct attempts *a, enum hd_again again)
{
	const struct hd_ssh_net *net = &a->o->net;
	bool more = a->made <= net->retries;

	switch (again) {
	case HD_AGAIN_NO:
		break;
	case HD_AGAIN_YES:
		return more;
	case HD_AGAIN_LATE:
		return more && !net->hurried && ++a->late == 1;
	case HD_AGAIN_BUSY:
		return more || a->busy_ms < net->connect_ms;
	}
	return false;
}

static void
rest(struct attempts *a)
{
	hd_clock_rest(jitter(a->nap), a->s->stage);
	a->nap = a->nap * 2 < LONGEST_NAP_MS ? a->nap * 2 : LONGEST_NAP_MS;
}

static int
give_up(const struct attempts *a, struct hd_err *err)
{
	size_t n = strlen(err->msg);

	if (a->made > 1 && err->code != HD_ECANCELED)
		snprintf(err->msg + n, sizeof(err->msg) - n, " (%u attempts)",
		    a->made);
	return -1;
}

int
ssh_connect_for(struct hd_ssh *s, const struct hd_ssh_opts *o,
    ssh_start_fn *start, const char *host_keys, struct hd_err *err)
{
	struct attempts a = { .s = s,
		.o = o,
		.start = start,
		.host_keys = host_keys,
		.nap = FIRST_NAP_MS };
	enum hd_again again;

	while (attempt(&a, &again, err) < 0) {
		a.made++;
		if (again == HD_AGAIN_BUSY)
			a.busy_ms += hd_clock_ms() - s->place.since + a.nap;
		end_attempt(s, again);
		if (!try_again(&a, again))
			return give_up(&a, err);
		rest(&a);
		if (hd_cancel_reached(s->stage))
			return hd_err_set(err, HD_ECANCELED, "interrupted");
	}
	return 0;
}

int
ssh_connect(struct hd_ssh *s, const struct hd_ssh_opts *o,
    const char *host_keys, struct hd_err *err)
{
	return ssh_connect_for(s, o, ssh_session_start, host_keys, err);
}
