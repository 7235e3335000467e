#include "core/rollout/lease.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

/* SIGN_MS: the longest time between two keepalives. LATE_MS: SIGN_MS plus the
 * delay of a keepalive on a loaded host. */
enum {
	LOCK_MS = 20 * 1000,
	SIGN_MS = 25 * 1000,
	LATE_MS = 35 * 1000,
	PARKED_S = 300, /* core/remote/lease.sh */
};

static const char *
reply_text(const struct hd_reply *r, const char *key)
{
	const char *text = hd_reply_get(r, key);

	return text != NULL && text[0] != '\0' ? text : "unknown";
}

void
hd_lease_identify(const struct hd_run *run, struct hd_call *call)
{
	hd_call_set(call, "token", run->token);
	hd_call_set(call, "holder", run->who);
	hd_call_set(call, "command", run->command);
	hd_call_set(call, "job", run->job);
}

bool
hd_lease_absent(const struct hd_reply *r)
{
	return hd_reply_get(r, "orphan") != NULL ||
	       hd_reply_get(r, "silent") != NULL;
}

void
hd_lease_holder(const struct hd_reply *r, struct hd_str *out)
{
	const char *job = hd_reply_get(r, "job");
	const char *silent = hd_reply_get(r, "silent");

	hd_str_addf(out, "locked by %s: %s, since %s%s%s",
	    reply_text(r, "holder"), reply_text(r, "command"),
	    reply_text(r, "since"), job != NULL && job[0] != '\0' ? ", " : "",
	    job != NULL ? job : "");
	if (silent != NULL)
		hd_str_addf(out, ", no keepalive for %s s", silent);
	else if (hd_lease_absent(r))
		hd_str_add(out, ", that run is gone");
}

static int
locked(const struct hd_reply *r, struct hd_err *err)
{
	HD_AUTO_STR holder = HD_STR_INIT(768);

	hd_lease_holder(r, &holder);
	return hd_err_set(err, HD_ELOCKED, "%s", holder.ptr);
}

bool
hd_lease_held(const struct hd_site *s)
{
	return s->lease[0] != '\0' && strcmp(s->lease, "0") != 0;
}

/* A tunnel runs no script that could count as a keepalive. */
static unsigned
longest_tunnel(const struct hd_host *host)
{
	for (size_t i = 0; i < host->health.n; i++)
		if (host->health.v[i].kind != HD_HEALTH_COMMAND)
			return host->health_deadline;
	return 0;
}

unsigned
hd_lease_keepalive(const struct hd_host *host)
{
	unsigned tunnel = longest_tunnel(host);
	unsigned least = tunnel > 0 ? tunnel + LATE_MS : 0;

	return (host->client_alive > least ? host->client_alive : least) / 1000;
}

/* hd_lease_keepalive() / parts in ms, at most max. */
static unsigned
fraction(const struct hd_host *host, unsigned parts, unsigned max)
{
	unsigned part = hd_lease_keepalive(host) * 1000 / parts;

	return part < max ? part : max;
}

/* With a parked lock keepalives are rare, because each can cost a login. */
static unsigned
interval(const struct hd_site *s)
{
	return s->parks ? PARKED_S * 1000 / 3 : fraction(s->host, 3, SIGN_MS);
}

bool
hd_lease_due(const struct hd_site *s)
{
	return hd_lease_held(s) && (s->parks != s->parked ||
				       hd_clock_ms() - s->sign >= interval(s));
}

/* held: the lease number for core/remote/lock.sh. Sets s->sign first, so that a
 * failed keepalive is not due again at once. */
static void
begin(struct hd_lease_call *c, struct hd_site *s, const char *held,
    unsigned deadline)
{
	c->call = hd_site_call(s, "lock", deadline);
	snprintf(c->keepalive, sizeof(c->keepalive), "%u",
	    s->parks ? PARKED_S : hd_lease_keepalive(s->host));
	hd_lease_identify(s->run, &c->call);
	hd_call_set(&c->call, "held", held);
	hd_call_set(&c->call, "keepalive", c->keepalive);
	hd_call_set(&c->call, "parked", s->parks ? "yes" : NULL);
	s->sign = hd_clock_ms();
}

void
hd_lease_begin(struct hd_lease_call *c, struct hd_site *s, unsigned deadline_ms)
{
	begin(c, s, s->begun && s->lease[0] != '\0' ? s->lease : "0",
	    deadline_ms);
}

int
hd_lease_sign(struct hd_site *s, struct hd_err *err)
{
	struct hd_reply reply = { 0 };
	struct hd_lease_call c;
	int rc;

	s->sign = hd_clock_ms();
	if (s->t == NULL && hd_site_open(s, false, err) < 0)
		return -1;
	begin(&c, s, s->lease, fraction(s->host, 5, LOCK_MS));
	c.call.soon = true;
	rc = hd_site_ask(s, &c.call, &reply, err);
	if (rc == 0)
		s->parked = s->parks;
	hd_reply_done(&reply);
	return rc;
}

int
hd_lease_granted(
    struct hd_site *s, const struct hd_reply *reply, struct hd_err *err)
{
	const char *number = hd_reply_get(reply, "lease");

	s->parked = s->parks;
	if (number != NULL && strlen(number) < sizeof(s->lease)) {
		snprintf(s->lease, sizeof(s->lease), "%s", number);
		return 0;
	}
	if (hd_reply_get(reply, "locked") != NULL)
		return locked(reply, err);
	return hd_err_set(err, HD_EREMOTE,
	    "the host cannot be locked: %s; nothing was changed on it",
	    reply_text(reply, "failed"));
}

int
hd_lease_ask(struct hd_site *s, struct hd_reply *reply, struct hd_err *err)
{
	struct hd_lease_call c;
	int rc;

	hd_site_use(s);
	hd_lease_begin(&c, s, LOCK_MS);
	rc = hd_site_ask(s, &c.call, reply, err);
	if (rc == 0)
		rc = hd_lease_granted(s, reply, err);
	hd_site_leave(s);
	return rc;
}

int
hd_lease_take(struct hd_site *s, struct hd_err *err)
{
	struct hd_reply reply = { 0 };
	int rc = hd_lease_ask(s, &reply, err);

	hd_reply_done(&reply);
	return rc;
}

static bool
unlock(struct hd_site *s, int64_t until)
{
	unsigned left = (unsigned)hd_clock_left(until);
	struct hd_call call = hd_site_call(s, "unlock",
	    left < HD_LEASE_RELEASE_MS ? left : HD_LEASE_RELEASE_MS);
	struct hd_reply reply = { 0 };
	struct hd_err err = { 0 };

	if (s->t == NULL || left == 0)
		return false;
	hd_call_set(&call, "lease", s->lease);
	call.last = true;
	if (hd_site_ask(s, &call, &reply, &err) < 0) {
		hd_site_drop(s);
		return false;
	}
	hd_reply_done(&reply);
	return true;
}

/* The connection may be dead without a sign of it, so tries a new one. */
void
hd_lease_release(struct hd_site *s, int64_t until)
{
	struct hd_err err = { 0 };

	hd_site_use(s);
	if (hd_lease_held(s) && !unlock(s, until) && s->lost_at == 0 &&
	    !hd_cancel_insisted() && hd_site_open(s, s->begun, &err) == 0)
		(void)unlock(s, until);
	s->lease[0] = '\0';
	hd_site_leave(s);
}
