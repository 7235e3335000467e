/* the `unlock` command */
#include "core/rollout/aside.h"
#include "core/rollout/lease.h"
#include "core/rollout/operate.h"
#include "core/rollout/rollout.h"
#include "core/rollout/sites.h"

#include <stdio.h>
#include <string.h>

enum { ASK_MS = 20 * 1000 };

/* Sets s->lease to the number of the current lock. */
static int
find_holder(struct hd_site *s, struct hd_err *err)
{
	struct hd_call call = hd_site_call(s, "holder", ASK_MS);
	HD_AUTO_STR holder = HD_STR_INIT(768);
	struct hd_reply reply = { 0 };
	const char *number;
	int rc;

	call.soon = true;
	rc = hd_site_question(s, &call, &reply, err);
	number = rc == 0 ? hd_reply_get(&reply, "locked") : NULL;
	if (number != NULL && strlen(number) < sizeof(s->lease)) {
		snprintf(s->lease, sizeof(s->lease), "%s", number);
		s->parked = s->parks; /* only its own run can park it */
		s->absent = hd_lease_absent(&reply);
		hd_lease_holder(&reply, &holder);
	}
	if (rc == 0 && number != NULL)
		hd_site_end(s, HD_RES_LOCKED, HD_ELOCKED, holder.ptr);
	else if (rc == 0)
		hd_site_end(s, HD_RES_UNCHANGED, HD_OK, "not locked");
	hd_reply_done(&reply);
	return rc;
}

static void
look(struct hd_site *s)
{
	struct hd_err err = { 0 };

	if (find_holder(s, &err) < 0)
		hd_site_lost(s, &err);
	else if (s->lease[0] != '\0')
		hd_emitf(
		    s->run->sink, HD_EV_NOTE, s->host->name, "%s", s->text);
}

static void
take_away(struct hd_site *s)
{
	struct hd_call call = hd_site_call(s, "takeover", ASK_MS);
	struct hd_reply reply = { 0 };
	struct hd_err err = { 0 };
	char number[sizeof(s->lease)];

	if (s->lease[0] == '\0')
		return;
	memcpy(number, s->lease, sizeof(number));
	s->lease[0] = '\0'; /* another run's number; never give it back */
	hd_call_set(&call, "lease", number);
	hd_call_set(&call, "absent", s->absent ? "yes" : NULL);
	hd_lease_identify(s->run, &call);
	if (hd_site_connect(s, &err) < 0 ||
	    hd_site_ask(s, &call, &reply, &err) < 0)
		hd_site_lost(s, &err);
	else if (hd_site_failed(&call, &reply, &err) < 0)
		hd_site_end(s, HD_RES_FAILED, err.code, err.msg);
	else
		hd_site_end(s, HD_RES_OK, HD_OK, "unlocked");
	hd_reply_done(&reply);
}

static void
take_away_if_absent(struct hd_site *s)
{
	if (s->absent)
		take_away(s);
}

/* Asks once for all hosts: they were reported together. */
static bool
confirmed(const struct hd_run *run, const struct hd_site *sites)
{
	size_t held = 0;

	for (size_t i = 0; i < run->nhosts; i++)
		held += sites[i].lease[0] != '\0';
	return held > 0 &&
	       run->ask(run->ask_ctx,
		   "These runs are alive. Their operations may continue for a "
		   "while and leave a host in the middle of a change. Take "
		   "their locks away?");
}

/* Only the lock of a run that is alive needs a person, so that a CI job can
 * free a host from a run that vanished. */
static void
take_all_away(const struct hd_run *run, struct hd_site *sites)
{
	hd_sites_each(run, sites, take_away_if_absent);
	if (confirmed(run, sites))
		hd_sites_each(run, sites, take_away);
}

enum hd_status
hd_unlock(const struct hd_run *run)
{
	struct hd_site *sites = hd_sites_new(run);
	enum hd_status status;

	hd_sites_each(run, sites, look);
	if (!run->dry_run)
		take_all_away(run, sites);
	status = hd_sites_summarize(run, sites, HD_STATUS_OK, false);
	hd_sites_free(run, sites);
	return status;
}
