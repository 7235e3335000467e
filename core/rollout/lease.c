#include "core/rollout/lease.h"
#include "core/rollout/ask.h"

#include <stdio.h>
#include <string.h>

enum { LOCK_MS = 20 * 1000 };

static const char *
said(const struct hd_reply *r, const char *key)
{
	const char *text = hd_reply_get(r, key);

	return text != NULL && text[0] != '\0' ? text : "unknown";
}

void
hd_lease_identify(const struct hd_run *run, const char **args)
{
	args[0] = run->token;
	args[1] = run->who;
	args[2] = run->command;
	args[3] = run->job != NULL ? run->job : "";
}

void
hd_lease_holder(const struct hd_reply *r, struct hd_str *out)
{
	const char *job = hd_reply_get(r, "job");

	hd_str_addf(out, "locked by %s: %s, since %s%s%s", said(r, "holder"),
	    said(r, "command"), said(r, "since"),
	    job != NULL && job[0] != '\0' ? ", " : "", job != NULL ? job : "");
}

static int
locked(const struct hd_reply *r, struct hd_err *err)
{
	HD_AUTO_STR holder = HD_STR_INIT(768);

	hd_lease_holder(r, &holder);
	return hd_err_set(err, HD_ELOCKED, "%s", holder.ptr);
}

int
hd_lease_ask(struct hd_site *s, struct hd_reply *reply, struct hd_err *err)
{
	struct hd_call call = hd_site_call(s, "lock", LOCK_MS);
	const char *number;

	hd_lease_identify(s->run, call.args);
	call.args[4] = s->begun && s->lease[0] != '\0' ? s->lease : "0";
	if (hd_site_ask(s, &call, reply, err) < 0)
		return -1;
	number = hd_reply_get(reply, "lease");
	if (number != NULL && strlen(number) < sizeof(s->lease)) {
		snprintf(s->lease, sizeof(s->lease), "%s", number);
		return 0;
	}
	if (hd_reply_get(reply, "locked") != NULL)
		return locked(reply, err);
	return hd_err_set(err, HD_EREMOTE,
	    "the host cannot be locked: %s; nothing was changed there",
	    said(reply, "failed"));
}

int
hd_lease_take(struct hd_site *s, struct hd_err *err)
{
	struct hd_reply reply = { 0 };
	int rc = hd_lease_ask(s, &reply, err);

	hd_reply_done(&reply);
	return rc;
}
