#include "core/rollout/lease.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

/* SIGN_MS: time between two keepalives. ASKED_MS: deadline of the longest
 * question, facts. LATE_MS: further delay of a keepalive on a loaded host. */
enum {
	LOCK_MS = 20 * 1000,
	SIGN_MS = 25 * 1000,
	ASKED_MS = 60 * 1000,
	LATE_MS = 60 * 1000,
	CONNECTS = 3,
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

bool
hd_lease_due(const struct hd_site *s)
{
	return hd_lease_held(s) && hd_clock_ms() - s->sign >= SIGN_MS;
}

/* No keepalive goes out while a question uses the connection or while a lost
 * connection is opened again. Operations and active uploads count as
 * keepalives. */
unsigned
hd_lease_keepalive(const struct hd_host *host)
{
	const unsigned all[] = { ASKED_MS, host->health_deadline,
		host->upload_timeout, host->connect_timeout * CONNECTS };
	unsigned longest = 0;

	for (size_t i = 0; i < HD_COUNT(all); i++)
		longest = all[i] > longest ? all[i] : longest;
	return (longest + LATE_MS) / 1000;
}

/* held: the lease number for core/remote/lock.sh. Sets s->sign first, so that a
 * failed keepalive is not due again at once. */
static int
ask(struct hd_site *s, const char *held, bool soon, struct hd_reply *reply,
    struct hd_err *err)
{
	struct hd_call call = hd_site_call(s, "lock", LOCK_MS);
	char seconds[16];

	snprintf(seconds, sizeof(seconds), "%u", hd_lease_keepalive(s->host));
	hd_lease_identify(s->run, &call);
	hd_call_set(&call, "held", held);
	hd_call_set(&call, "keepalive", seconds);
	call.soon = soon;
	s->sign = hd_clock_ms();
	return hd_site_ask(s, &call, reply, err);
}

int
hd_lease_sign(struct hd_site *s, struct hd_err *err)
{
	struct hd_reply reply = { 0 };
	int rc;

	s->sign = hd_clock_ms();
	if (s->t == NULL && s->run->connect(s->run->connect_ctx, s->host, false,
				&s->t, err) < 0)
		return -1;
	rc = ask(s, s->lease, true, &reply, err);
	hd_reply_done(&reply);
	return rc;
}

static int
take(struct hd_site *s, struct hd_reply *reply, struct hd_err *err)
{
	const char *held = s->begun && s->lease[0] != '\0' ? s->lease : "0";
	const char *number;

	if (ask(s, held, false, reply, err) < 0)
		return -1;
	number = hd_reply_get(reply, "lease");
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
	int rc;

	hd_site_use(s);
	rc = take(s, reply, err);
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
