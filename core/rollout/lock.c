#include "core/rollout/lock.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCK_MS = 20 * 1000, RELEASE_MS = 5 * 1000, RETRY_MS = 1000 };

static const char *
said(const struct hd_reply *r, const char *key)
{
	const char *text = hd_reply_get(r, key);

	return text != NULL && text[0] != '\0' ? text : "unknown";
}

void
hd_lock_identify(const struct hd_run *run, const char **args)
{
	args[0] = run->token;
	args[1] = run->who;
	args[2] = run->command;
	args[3] = run->job != NULL ? run->job : "";
}

void
hd_lock_holder(const struct hd_reply *r, struct hd_str *out)
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

	hd_lock_holder(r, &holder);
	return hd_err_set(err, HD_ELOCKED, "%s", holder.ptr);
}

int
hd_lock_take(struct hd_site *s, struct hd_err *err)
{
	struct hd_call call = hd_site_call(s, "lock", LOCK_MS);
	struct hd_reply reply = { 0 };
	const char *number;
	int rc;

	hd_lock_identify(s->run, call.args);
	call.args[4] = s->begun && s->lease[0] != '\0' ? s->lease : "0";
	rc = hd_remote_ask(s->t, &call, &reply, err);
	number = rc == 0 ? hd_reply_get(&reply, "lease") : NULL;
	if (number != NULL && strlen(number) < sizeof(s->lease))
		snprintf(s->lease, sizeof(s->lease), "%s", number);
	else if (rc == 0 && hd_reply_get(&reply, "locked") != NULL)
		rc = locked(&reply, err);
	else if (rc == 0)
		rc = hd_err_set(
		    err, HD_EREMOTE, "lock: %s", said(&reply, "failed"));
	hd_reply_done(&reply);
	return rc;
}

static int
by_address(const void *pa, const void *pb)
{
	const struct hd_host *a = (*(struct hd_site *const *)pa)->host;
	const struct hd_host *b = (*(struct hd_site *const *)pb)->host;
	int order = strcmp(a->address, b->address);

	if (order == 0)
		order = (a->port > b->port) - (a->port < b->port);
	return order != 0 ? order : strcmp(a->path, b->path);
}

/* Tries until it is ours, or until the deadline. */
static int
take(struct hd_site *s, int64_t deadline, struct hd_err *err)
{
	bool told = false;

	while (hd_lock_take(s, err) < 0) {
		if (err->code != HD_ELOCKED || hd_clock_left(deadline) == 0)
			return -1;
		if (!told)
			hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
			    "waiting: %s", err->msg);
		told = true;
		hd_clock_sleep(RETRY_MS);
		if (hd_cancel_requested())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
	}
	return 0;
}

/* For whoever does not wait, or not any longer. */
static void
advise(const struct hd_site *s, struct hd_err *err)
{
	const struct hd_err holder = *err;

	hd_err_set(err, HD_ELOCKED,
	    "%s; --wait 5m waits for its end, `hdeploy unlock %s` takes over",
	    holder.msg, s->run->env->name);
}

static void
not_taken(struct hd_site *s, struct hd_err *err)
{
	enum hd_result result = err->code == HD_ELOCKED ? HD_RES_LOCKED
				: err->code == HD_ECANCELED
				    ? HD_RES_SKIPPED
				    : HD_RES_UNREACHABLE;

	if (result == HD_RES_LOCKED)
		advise(s, err);
	hd_site_end(s, result, hd_status_of(err->code), err->msg);
	hd_emitf(s->run->sink, HD_EV_ERROR, s->host->name, "%s", err->msg);
}

/* "0" is what a root that is not there has. */
static bool
holds(const struct hd_site *s)
{
	return s->lease[0] != '\0' && strcmp(s->lease, "0") != 0;
}

bool
hd_lock_all(const struct hd_run *run, struct hd_site *sites, size_t n)
{
	HD_AUTO_FREE struct hd_site **order =
	    hd_alloc((n + 1) * sizeof(*order));
	int64_t deadline = hd_clock_ms() + run->wait_ms;

	for (size_t i = 0; i < n; i++)
		order[i] = &sites[i];
	qsort(order, n, sizeof(*order), by_address);
	for (size_t i = 0; i < n; i++) {
		struct hd_err err = { 0 };

		if (order[i]->t == NULL || holds(order[i]) ||
		    take(order[i], deadline, &err) == 0)
			continue;
		not_taken(order[i], &err);
		return false;
	}
	return true;
}

void
hd_lock_release(struct hd_site *s)
{
	struct hd_call call = hd_site_call(s, "unlock", RELEASE_MS);
	struct hd_reply reply = { 0 };
	struct hd_err err = { 0 };

	if (!holds(s) || s->t == NULL)
		return;
	call.args[0] = s->lease;
	if (hd_remote_ask(s->t, &call, &reply, &err) < 0)
		hd_site_drop(s);
	hd_reply_done(&reply);
	s->lease[0] = '\0';
}
