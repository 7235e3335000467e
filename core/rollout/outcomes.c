#include "core/rollout/outcomes.h"

#include "core/inventory/advice.h"

#include <stdio.h>
#include <string.h>

bool
hd_can_undo(const struct hd_site *s)
{
	return s->plan.back != NULL && hd_goals[s->goal.kind].changes_version;
}

void
hd_end_unchanged(struct hd_site *s, const struct hd_err *why)
{
	const char *runs = hd_site_running(s), *boots = hd_site_boots(s);
	bool between = hd_can_undo(s) && runs != NULL && boots != NULL &&
		       strcmp(runs, boots) != 0;
	char text[sizeof(s->text)];

	if (why->code == HD_ECANCELED) {
		hd_site_end(s, HD_RES_SKIPPED, why->code,
		    "interrupted; nothing was changed");
		return;
	}
	if (why->code == HD_ELOCAL && !between) {
		snprintf(text, sizeof(text),
		    "%.900s (on this machine); nothing was changed", why->msg);
		hd_site_end(s, HD_RES_FAILED, why->code, text);
		return;
	}
	if (why->code == HD_EREFUSED && !between) {
		snprintf(text, sizeof(text), "%.900s; nothing was changed",
		    why->msg);
		hd_site_end(s, HD_RES_FAILED, why->code, text);
		return;
	}
	snprintf(text, sizeof(text),
	    "%.700s; nothing was changed: %s%s%s%stry again%s", why->msg,
	    between ? runs : "", between ? " runs and " : "",
	    between ? boots : "", between ? " boots; " : "",
	    why->code == HD_EBUSY ? " when those processes have ended" : "");
	hd_site_end(
	    s, between ? HD_RES_BROKEN : HD_RES_FAILED, why->code, text);
}

/* The host reverts by itself, unless another operation begins on it first. */
static bool
reverts_by_itself(const struct hd_site *s)
{
	const char *id = s->now != NULL ? s->now->watching : NULL;

	return id != NULL && strcmp(id, s->change) == 0;
}

void
hd_end_between(
    struct hd_site *s, const struct hd_err *why, const struct hd_err *err)
{
	HD_AUTO_ARENA words = { 0 };
	const char *runs = hd_site_running(s), *boots = hd_site_boots(s);
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "%.400s; not undone: %.300s; %s runs and %s boots: once those "
	    "processes have ended, `%s` ends the change and `%s` goes back%s",
	    why->msg,
	    why->code == HD_EBUSY ? "that would end those processes too"
				  : err->msg,
	    runs ? runs : "an unknown version",
	    boots ? boots : "an unknown version",
	    hd_advice(&words, s->host, "resume", NULL),
	    hd_advice(&words, s->host, "rollback", NULL),
	    reverts_by_itself(s)
		? "; without either, the host goes back by itself"
		: "");
	hd_site_end(s, HD_RES_BROKEN, why->code, text);
}

void
hd_end_left(struct hd_site *s, const char *what, const char *version)
{
	HD_AUTO_ARENA words = { 0 };
	bool resume = hd_can_undo(s);
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text), "%s%s%s was in progress: `%s` %s", what,
	    version != NULL ? " " : "", version != NULL ? version : "",
	    hd_advice(&words, s->host, resume ? "resume" : "status", NULL),
	    resume ? "ends the change" : "shows its result");
	hd_site_end(s, HD_RES_LEFT, HD_ECANCELED, text);
}

void
hd_end_undo_pending(struct hd_site *s)
{
	HD_AUTO_ARENA words = { 0 };
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "going back to %s was about to begin: if `%s` shows that it "
	    "began, `%s` ends it; otherwise `%s` goes back",
	    s->plan.back, hd_advice(&words, s->host, "status", NULL),
	    hd_advice(&words, s->host, "resume", NULL),
	    hd_advice(&words, s->host, "rollback", NULL));
	hd_site_end(s, HD_RES_LEFT, HD_ECANCELED, text);
}

void
hd_end_undo_missed(struct hd_site *s, const struct hd_err *why, bool out)
{
	HD_AUTO_ARENA words = { 0 };
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "%.600s; the %s itself succeeded and was not undone, because the "
	    "run was interrupted: `%s` goes back to %s%s",
	    why->msg, hd_goals[s->goal.kind].name,
	    hd_advice(&words, s->host, "rollback", NULL), s->plan.back,
	    out ? "; hook before_host ran, hook after_host did not" : "");
	hd_site_end(s, HD_RES_OK, why->code, text);
}

void
hd_end_lost(struct hd_site *s, const struct hd_err *why)
{
	HD_AUTO_ARENA words = { 0 };
	bool resume = hd_can_undo(s);
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "%.700s; the host could not be reached again, and the step might "
	    "still run on it: run `%s`%s%s%s",
	    why->msg, hd_advice(&words, s->host, "status", NULL),
	    resume ? ", then `" : "",
	    resume ? hd_advice(&words, s->host, "resume", NULL) : "",
	    resume ? "`" : "");
	hd_site_end(s, HD_RES_BROKEN, why->code, text);
}

/* Why a health check failed before the change; "": all passed; NULL: not
 * known. */
static const char *
health_before(const struct hd_site *s)
{
	if (s->plan.ends != NULL)
		return s->plan.ends->sick; /* as the run that began it found */
	return s->health_known ? s->sick_before : NULL;
}

void
hd_end_sick(struct hd_site *s, const struct hd_err *why, const char *found)
{
	const char *before = health_before(s);
	bool no_worse = before != NULL && before[0] != '\0';
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "%.600s%.300s%sundone: runs and boots %s, which is %s: %s%s%s%s",
	    why->msg, found, why->msg[0] != '\0' ? "; " : "", s->plan.back,
	    no_worse         ? "not healthy, as before"
	    : before != NULL ? "no longer healthy"
			     : "not healthy",
	    s->sick_now, no_worse ? "" : "; a person is needed: see ",
	    no_worse ? "" : hd_facts_noun(s->before),
	    no_worse ? "" : "'s log on the host");
	if (!no_worse)
		hd_site_end(s, HD_RES_BROKEN, why->code, text);
	else
		hd_site_end(s, HD_RES_UNDONE, why->code, text);
}

void
hd_end_undone(struct hd_site *s, const struct hd_err *why, const char *found)
{
	char text[sizeof(s->text)];

	if (s->sick_now[0] != '\0') {
		hd_end_sick(s, why, found);
		return;
	}
	snprintf(text, sizeof(text), "%.600s%.300s; undone: runs and boots %s",
	    why->msg, found, s->plan.back);
	hd_site_end(s, HD_RES_UNDONE, why->code, text);
}

/* Does not advise what the run itself has just tried. */
void
hd_end_broken(struct hd_site *s, const struct hd_err *why, const char *found,
    const struct hd_err *err)
{
	HD_AUTO_ARENA words = { 0 };
	bool again = s->goal.kind == HD_GOAL_RESUME;
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "%.300s%.300s: %.600s; a person is needed: "
	    "see `%s`",
	    why->msg, found, err->msg,
	    hd_advice(&words, s->host, "status", NULL));
	if (!again || !s->goal.cold) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, ", then `%s`%s",
		    hd_advice(
			&words, s->host, "resume", again ? "--cold" : NULL),
		    again ? " tries it by stop and start" : "");
	}
	hd_site_end(s, HD_RES_BROKEN, why->code, text);
}

void
hd_end_unrecorded(struct hd_site *s, const struct hd_err *why)
{
	HD_AUTO_ARENA words = { 0 };
	char text[sizeof(s->text)];

	if (s->lost_at != 0) {
		hd_end_lost(s, why);
		return;
	}
	snprintf(text, sizeof(text),
	    "%.700s; the %s itself succeeded: `%s` records it", why->msg,
	    hd_goals[s->goal.kind].name,
	    hd_advice(&words, s->host, "resume", NULL));
	hd_site_end(s, HD_RES_OK, HD_EREMOTE, text);
}

void
hd_end_hook(struct hd_site *s, const struct hd_err *why)
{
	size_t n = strlen(s->text);
	char text[256];

	if (s->result == HD_RES_OK && s->status == HD_STATUS_OK) {
		snprintf(text, sizeof(text), "%.200s; the %s itself succeeded",
		    why->msg, hd_goals[s->goal.kind].name);
		hd_site_end(s, HD_RES_OK, why->code, text);
		return;
	}
	snprintf(s->text + n, sizeof(s->text) - n, "%s%.200s",
	    n > 0 ? "; " : "", why->msg);
	s->status = hd_status_worse(s->status, HD_STATUS_FAILED);
}
