#include "core/rollout/look.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/plan/driver.h"
#include "core/plan/modules.h"
#include "core/rollout/lease.h"
#include "core/rollout/operate.h"
#include "core/rollout/parts.h"
#include "core/rollout/preflight.h"
#include "core/rollout/reconnect.h"
#include "core/rollout/store.h"
#include "transport/transport.h"

enum { FACTS_MS = 60 * 1000, DEEP_MS = 10 * 60 * 1000, LIBS_MAX = 100 * 1024 };

/* A call of facts.sh, and the texts that it borrows. */
struct looking {
	struct hd_call call;
	struct hd_preflight preflight;
	struct hd_str libs;
	struct hd_parts_call parts;
	struct hd_upload upload;
	int64_t began; /* hd_clock_ms(); the host's state is at least as new */
};

/* Takes the facts from the saved replies, which were checked when they were
 * loaded. */
static int
look_up(struct hd_site *s, struct hd_err *err)
{
	const struct hd_pairs *said = hd_stored_said(s->run->stored, s->host);

	if (said == NULL)
		return hd_err_set(err, HD_ECONNECT,
		    "did not answer when the file was written");
	return hd_facts_read(&s->now, said, err);
}

static void
keep(struct hd_site *s, const struct hd_pairs *said)
{
	if (s->run->save == NULL)
		return;
	hd_str_done(&s->said);
	hd_stored_add(&s->said, s->host->name, said);
}

/* Before a hot change to another version also asks for the facts that prove it:
 * "-" stands for the version that a rollback goes to. */
static void
ask_proof(const struct hd_site *s, struct hd_call *call, struct hd_str *libs)
{
	const struct hd_goal *goal = &s->goal;
	bool back = goal->kind == HD_GOAL_ROLLBACK;
	bool cold =
	    goal->cold || (!goal->hot && s->host->upgrade == HD_MODE_COLD);

	if (s->begun || cold || hd_driver_find(s->run->app->driver)->plain)
		return;
	if (goal->artifact != NULL) {
		hd_modules_ask(goal->artifact, libs);
		if (libs->failed)
			return;
		hd_call_set(call, "target", goal->artifact->version);
		hd_call_set(call, "libs", libs->ptr);
	} else if (goal->kind == HD_GOAL_UPGRADE ||
		   goal->kind == HD_GOAL_CHECK || back) {
		hd_call_set(call, "target",
		    back && goal->version == NULL ? "-" : goal->version);
	}
}

/* Whether the host reads all its files, which can take minutes. */
static bool
is_deep(const struct hd_site *s)
{
	return s->goal.kind == HD_GOAL_REPAIR || s->run->deep;
}

/* Without them the ship step asks itself. */
static void
ask_parts(struct looking *l, const struct hd_site *s)
{
	struct hd_ship ship;
	struct hd_err ignored = { 0 };

	if (!hd_parts_wanted(s))
		return;
	if (hd_ship_init(&ship, s->goal.artifact, &ignored) == 0 &&
	    hd_parts_begin(&l->parts, s, &ship, &ignored) == 0)
		l->call.then = &l->parts.call;
	hd_ship_done(&ship);
}

/* The tarball, unless the host fetches it. */
static void
expect_upload(struct looking *l, const struct hd_site *s)
{
	if (!hd_parts_wanted(s) || hd_store_has(s->host))
		return;
	l->upload = (struct hd_upload){ .size = s->goal.artifact->size,
		.channels = s->host->channels };
	l->call.next = &l->upload;
}

/* A dry run shows all that is known. */
static bool
is_brief(const struct hd_site *s)
{
	return hd_goals[s->goal.kind].brief && !s->begun && !s->run->dry_run &&
	       !is_deep(s);
}

static void
begin(struct looking *l, struct hd_site *s, bool brief)
{
	*l = (struct looking){ .began = hd_clock_ms() };
	l->call = hd_site_call(s, "facts", is_deep(s) ? DEEP_MS : FACTS_MS);
	hd_str_init(&l->libs, LIBS_MAX);
	hd_preflight_begin(&l->preflight, s, &l->call);
	ask_proof(s, &l->call, &l->libs);
	l->call.soon = !s->begun; /* a change in progress needs the facts */
	if (is_deep(s))
		hd_call_set(&l->call, "deep", "yes");
	if (brief)
		hd_call_set(&l->call, "brief", "yes");
	ask_parts(l, s);
	expect_upload(l, s);
}

static void
done(struct looking *l)
{
	hd_preflight_done(&l->preflight);
	hd_str_done(&l->libs);
	hd_parts_end(&l->parts);
}

/* Makes the answer s->now. first: the reply whose arena is that of all. */
static int
read_facts(struct hd_site *s, const struct looking *l, struct hd_reply *first,
    struct hd_reply *reply, struct hd_err *err)
{
	struct hd_pairs *said = &reply->facts;
	struct hd_facts *facts = NULL;

	hd_preflight_tunnel(s, &first->arena, said);
	if (hd_facts_read(&facts, said, err) < 0)
		return -1;
	keep(s, said);
	hd_facts_free(s->now);
	s->now = facts;
	s->now_at = l->began;
	hd_parts_keep(s, reply->then);
	s->disturbed_since_look =
	    s->disturbed_since_look && facts->unfinished != NULL;
	return 0;
}

static int
look(struct hd_site *s, bool brief, struct hd_err *err)
{
	struct looking l;
	struct hd_reply reply = { 0 };
	int rc;

	begin(&l, s, brief);
	rc = hd_site_question(s, &l.call, &reply, err);
	if (rc == 0)
		rc = read_facts(s, &l, &reply, &reply, err);
	hd_reply_done(&reply);
	done(&l);
	return rc;
}

/* Whether the plan from brief facts is a refusal: then all facts are needed,
 * for its reason and for the command that helps. */
static bool
refuses(const struct hd_site *s)
{
	struct hd_plan plan;

	if (!s->now->brief)
		return false;
	hd_plan_make(&plan, s->run->app, s->host, &s->goal, s->now);
	return plan.verdict == HD_PLAN_REFUSED;
}

static int
look_enough(struct hd_site *s, struct hd_err *err)
{
	if (look(s, is_brief(s), err) < 0)
		return -1;
	return refuses(s) ? look(s, false, err) : 0;
}

int
hd_site_look(struct hd_site *s, struct hd_err *err)
{
	struct hd_reconnect again = { 0 };

	if (s->run->stored != NULL)
		return look_up(s, err);
	while (look_enough(s, err) < 0) {
		if (!hd_reconnect(&again, s, err))
			return -1;
	}
	return 0;
}

int
hd_site_operate_look(struct hd_site *s, const char *step,
    const struct hd_call *call, struct hd_err *err)
{
	struct hd_call both = *call;
	struct hd_err ignored = { 0 };
	struct hd_reply reply;
	struct looking l;
	int rc;

	begin(&l, s, false);
	both.asks = &l.call;
	rc = hd_site_operate_reply(s, step, &both, &reply, err);
	s->fresh = rc == 0 && reply.asked != NULL &&
		   read_facts(s, &l, &reply, reply.asked, &ignored) == 0;
	hd_reply_done(&reply);
	done(&l);
	return rc;
}

int
hd_site_look_once(struct hd_site *s, struct hd_err *err)
{
	bool kept = s->t != NULL;

	if (look(s, false, err) == 0)
		return 0;
	if (hd_connection_lost(err))
		hd_site_drop(s);
	if (!kept || s->t != NULL || hd_cancel_requested())
		return -1;
	*err = (struct hd_err){ 0 };
	if (look(s, false, err) == 0)
		return 0;
	if (hd_connection_lost(err))
		hd_site_drop(s);
	return -1;
}

/* Asks for the lock, and for the facts if the host grants it. */
static int
ask_both(struct hd_site *s, const struct hd_call *facts, struct hd_reply *reply,
    struct hd_err *err)
{
	struct hd_lease_call lock;
	int rc;

	hd_site_use(s);
	s->lease[0] = '\0';
	rc = hd_site_connect(s, err);
	if (rc == 0) {
		hd_lease_begin(&lock, s, facts->deadline_ms);
		lock.call.then = facts;
		lock.call.next = facts->next;
		rc = hd_site_ask(s, &lock.call, reply, err);
	}
	if (rc == 0)
		rc = hd_lease_granted(s, reply, err);
	hd_site_leave(s);
	return rc == 0 ? hd_site_failed(facts, reply, err) : rc;
}

static int
lock_look(struct hd_site *s, struct hd_err *err)
{
	struct looking l;
	struct hd_reply reply = { 0 };
	int rc;

	begin(&l, s, is_brief(s));
	rc = ask_both(s, &l.call, &reply, err);
	if (rc == 0)
		rc = read_facts(s, &l, &reply, reply.then, err);
	hd_reply_done(&reply);
	done(&l);
	return rc == 0 && refuses(s) ? look(s, false, err) : rc;
}

int
hd_site_lock_look(struct hd_site *s, struct hd_err *err)
{
	struct hd_reconnect again = { 0 };

	if (is_deep(s))
		return hd_lease_take(s, err) < 0 ? -1 : hd_site_look(s, err);
	while (lock_look(s, err) < 0) {
		if (!hd_reconnect(&again, s, err))
			return -1;
	}
	return 0;
}
