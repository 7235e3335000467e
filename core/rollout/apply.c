#include "core/rollout/apply.h"

#include "core/base/clock.h"
#include "core/inventory/advice.h"
#include "core/plan/state.h"
#include "core/plan/verify.h"
#include "core/rollout/look.h"
#include "core/rollout/outcomes.h"
#include "core/rollout/park.h"
#include "core/rollout/settle.h"
#include "core/rollout/step.h"

#include <stdio.h>
#include <string.h>

/* Runs the steps up to the first that fails; *at is then its index. Returns 0
 * with err set if only a lenient hook failed. */
static int
run_steps(const struct hd_attempt *a, size_t *at, struct hd_err *err)
{
	for (*at = 0; *at < a->plan->n; (*at)++) {
		const struct hd_step *step = &a->plan->steps[*at];
		struct hd_err own = { 0 };

		if (hd_step_run(a, step, &own) == 0)
			continue;
		if (!step->lenient || err->code == HD_OK)
			*err = own;
		if (!step->lenient)
			return -1;
	}
	return 0;
}

/* Writes the undone attempt into the history. If that fails, the undo still
 * counts. */
static void
record_undone(struct hd_attempt *a)
{
	const struct hd_step record = { .kind = HD_STEP_RECORD,
		.version = hd_plan_brings(&a->site->plan) };
	struct hd_err err = { 0 };

	a->plan = &a->site->plan;
	if (hd_step_run(a, &record, &err) < 0)
		hd_emitf(a->site->run->sink, HD_EV_NOTE, a->site->host->name,
		    "this attempt is missing in the history: %s", err.msg);
}

/* The command for the history. A change that was cut off keeps the command that
 * began it. */
static const char *
command(const struct hd_site *s)
{
	return s->plan.ends != NULL ? s->plan.ends->command
				    : hd_goals[s->goal.kind].name;
}

/* Plans the way back from s->now, the facts of a host at rest, and applies
 * it. */
static int
go_back(struct hd_site *s, const struct hd_goal *goal, struct hd_err *err)
{
	struct hd_attempt a = { .site = s,
		.before = &s->before->vm,
		.result = "undone",
		.command = command(s),
		.back = true,
		.finish = true };
	struct hd_facts *basis;
	struct hd_plan plan;
	size_t at;
	int rc;

	basis = s->now; /* the plan borrows from it */
	s->now = NULL;
	hd_plan_make(&plan, s->run->app, s->host, goal, basis);
	a.plan = &plan;
	a.basis = basis;
	if (plan.verdict == HD_PLAN_REFUSED)
		rc = hd_err_set(err, HD_EREMOTE, "%s", plan.reason);
	else
		rc = run_steps(&a, &at, err);
	if (rc == 0)
		record_undone(&a);
	if (s->now == NULL)
		s->now = basis;
	else
		hd_facts_free(basis);
	return rc;
}

static struct hd_goal
undo_goal(const struct hd_site *s)
{
	struct hd_goal goal = {
		.kind = HD_GOAL_UNDO,
		.version = s->plan.back,
		.failed = hd_plan_brings(&s->plan),
		.failed_down = strcmp(command(s), "rollback") == 0,
		.before = &s->before->vm,
		.hot = s->goal.hot,
		/* a cold change is undone cold */
		.cold =
		    s->goal.cold || (hd_plan_has(&s->plan, HD_STEP_SWITCH) &&
					!hd_plan_has(&s->plan, HD_STEP_RELOAD)),
	};

	hd_change_mode(&goal, s->host, s->plan.ends);
	return goal;
}

/* Reports where the failure left the host. */
static void
report_found(const struct hd_site *s, struct hd_str *found)
{
	hd_state_tell(s->now, s->plan.back, hd_plan_brings(&s->plan),
	    &s->before->vm, found);
	hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
	    "found: %s; going back to %s", found->ptr, s->plan.back);
}

/* found: the state before the undo, in words. */
static int
undo(struct hd_site *s, struct hd_str *found, struct hd_err *err)
{
	struct hd_goal goal = undo_goal(s);
	bool at_rest = hd_settle_wait(s, err) == 0;

	if (at_rest)
		report_found(s, found);
	if (at_rest && go_back(s, &goal, err) == 0)
		return 0;
	if ((at_rest ? goal.cold : !hd_settle_hangs(s)) ||
	    hd_cancel_insisted() ||
	    !(goal.cold || hd_undo_cold(s->host, err->code == HD_EBUSY)))
		return -1;
	if (!goal.cold)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "%s; going back by stop and start instead (undo = cold)",
		    err->msg);
	goal.cold = true;
	if (at_rest && hd_settle_wait(s, err) < 0)
		return -1;
	return go_back(s, &goal, err);
}

static bool
same_version(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* complete: the change was applied in full before something else failed. */
static void
bring_back(struct hd_site *s, bool complete, const struct hd_err *why)
{
	HD_AUTO_STR found = HD_STR_INIT(256);
	struct hd_err err = { 0 }, look = { 0 };
	char text[512];
	bool undone = undo(s, &found, &err) == 0;

	snprintf(text, sizeof(text), "%s%.300s",
	    found.len > 0 ? "; found: " : "", found.ptr);
	if (undone) {
		hd_end_undone(s, why, text);
		return;
	}
	if (hd_cancel_insisted()) {
		if (complete)
			hd_end_undo_pending(s);
		else
			hd_end_left(s, "going back to", s->plan.back);
		return;
	}
	if (err.code == HD_EBUSY && hd_site_look(s, &look) == 0) {
		hd_end_between(s, why, &err);
		return;
	}
	if (s->lost_at != 0) {
		hd_end_lost(s, why);
		return;
	}
	snprintf(text, sizeof(text), "%s%.300s; %s",
	    found.len > 0 ? "; found: " : "", found.ptr,
	    same_version(hd_site_running(s), s->plan.back)
		? "went back, but not completely"
		: "not undone");
	hd_end_broken(s, why, text, &err);
}

/* Whether the plan succeeded and was meant to start another VM. */
static bool
restart_was_planned(const struct hd_site *s)
{
	const struct hd_past *ends = s->plan.ends;

	return (s->result == HD_RES_OK ||
		   (s->before != NULL && s->before->plain)) &&
	       (hd_plan_has(&s->plan, HD_STEP_STOP) ||
		   hd_plan_has(&s->plan, HD_STEP_RESTART) ||
		   hd_plan_has(&s->plan, HD_STEP_RELOAD) ||
		   (ends != NULL && ends->mode != NULL &&
		       strcmp(ends->mode, "hot") != 0));
}

/* Reports an unplanned loss of the VM, however the change ended. */
static void
report_loss(struct hd_site *s)
{
	enum hd_actual_mode mode;
	size_t n = strlen(s->text);
	bool down = s->now != NULL && s->now->vm.state == HD_VM_DOWN;

	if (!hd_site_actual_mode(s, &mode) || mode != HD_ACTUAL_COLD ||
	    restart_was_planned(s))
		return;
	snprintf(s->text + n, sizeof(s->text) - n, "%s%s %s: its state is lost",
	    n > 0 ? "; " : "", hd_facts_noun(s->before),
	    down ? "went down" : "was restarted");
}

static void
begin(struct hd_site *s)
{
	hd_site_wake(s);
	s->begun = true;
	s->began = hd_clock_ms();
	hd_clock_stamp(s->since);
	if (s->plan.ends != NULL)
		snprintf(s->change, sizeof(s->change), "%s", s->plan.ends->id);
}

bool
hd_apply_can_undo(const struct hd_site *s)
{
	return hd_can_undo(s) && !s->plan.goes_back;
}

bool
hd_apply_undo(struct hd_site *s, const struct hd_err *why)
{
	if (!hd_apply_can_undo(s) || hd_cancel_insisted())
		return false;
	begin(s);
	bring_back(s, true, why);
	report_loss(s);
	return true;
}

/* Whether one of the first n steps changes the host. */
static bool
changes_something(const struct hd_plan *plan, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!hd_step_effects[plan->steps[i].kind].harmless)
			return true;
	}
	return false;
}

/* After a failed start, stop, restart or push: finds out whether the host is
 * unchanged. */
static void
give_up(struct hd_site *s, const struct hd_err *why)
{
	struct hd_err err = { 0 };
	char text[sizeof(s->text)];
	bool known = hd_site_look(s, &err) == 0;
	bool unchanged = known && hd_settle_same(&s->now->vm, &s->before->vm) &&
			 same_version(hd_site_running(s), s->plan.before);

	if (!known && s->lost_at != 0) {
		hd_end_lost(s, why);
		return;
	}
	snprintf(text, sizeof(text), "%.800s%s%s%s", why->msg,
	    unchanged ? ""
	    : known   ? "; see "
		      : "; it is not known what the host runs now",
	    known && !unchanged ? hd_facts_noun(s->now) : "",
	    known && !unchanged ? "'s log on the host" : "");
	hd_site_end(
	    s, unchanged ? HD_RES_FAILED : HD_RES_BROKEN, HD_EREMOTE, text);
}

/* Whether a step changes the versions that run and boot, which the report
 * names. */
static bool
changes_report(const struct hd_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		enum hd_step_kind kind = plan->steps[i].kind;

		if (!hd_step_effects[kind].harmless && kind != HD_STEP_RECORD)
			return true;
	}
	return false;
}

/* A plan without VERIFY leaves no fresh facts for the report. If the host
 * cannot be queried, the change still counts. */
static void
look_again(struct hd_site *s)
{
	struct hd_err err = { 0 };

	if (s->now == NULL && changes_report(&s->plan) &&
	    hd_site_look(s, &err) < 0)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "not queried again afterwards: %s", err.msg);
}

/* hook: why a hook failed whose failure undoes nothing; HD_OK: none failed. */
static void
finish(struct hd_site *s, const struct hd_err *hook)
{
	char text[sizeof(s->text)];

	look_again(s);
	if (s->sick_now[0] != '\0') {
		hd_end_sick(s, hook, "");
		return;
	}
	if (hook->code != HD_OK) {
		snprintf(text, sizeof(text), "%.800s; the %s itself succeeded",
		    hook->msg, hd_goals[s->goal.kind].name);
		hd_site_end(s, HD_RES_OK, HD_EREMOTE, text);
		return;
	}
	hd_site_end(s, HD_RES_OK, HD_OK,
	    hd_vm_source(s->now != NULL ? &s->now->vm : &s->before->vm));
}

static void
apply(struct hd_site *s)
{
	struct hd_attempt a = {
		.site = s,
		.plan = &s->plan,
		.before =
		    s->before->vm.state == HD_VM_UP ? &s->before->vm : NULL,
		.basis = s->before,
		.result = s->plan.goes_back ? "undone" : "ok",
		.back = s->plan.goes_back,
		.command = command(s),
	};
	struct hd_err err = { 0 };
	const struct hd_step *failed;
	size_t at;
	bool harmless;

	begin(s);
	if (run_steps(&a, &at, &err) == 0) {
		finish(s, &err);
		return;
	}
	failed = &s->plan.steps[at];
	harmless = !changes_something(&s->plan, at + 1);
	if (harmless)
		hd_end_unchanged(s, &err);
	else if (hd_cancel_insisted())
		hd_end_left(s, hd_steps[failed->kind].name, failed->version);
	else if (hd_can_undo(s) && failed->kind == HD_STEP_RECORD)
		hd_end_unrecorded(s, &err);
	else if (hd_can_undo(s))
		bring_back(s, false, &err);
	else
		give_up(s, &err);
}

void
hd_apply(struct hd_site *s)
{
	apply(s);
	report_loss(s);
}
