#include "core/plan/examine.h"

#include "core/inventory/advice.h"
#include "core/plan/finding.h"
#include "core/plan/plan.h"
#include "core/plan/state.h"
#include "core/plan/verify.h"

#include <string.h>

/* The examination of one host. */
struct examination {
	const struct hd_app *app;
	const struct hd_host *host;
	const struct hd_facts *f;
	struct hd_str *why;
	struct hd_arena words;
	struct hd_findings drift;
};

static const char *
command(struct examination *l, const char *name, const char *version)
{
	return hd_advice(&l->words, l->host, name, version);
}

/* Adds the command that solves the problem, if there is one. Another run that
 * has the lock would refuse it. */
static void
advise(struct examination *l)
{
	const struct hd_facts *f = l->f;
	struct hd_str *why = l->why;
	const char *running = hd_facts_running(f), *boots = hd_facts_boots(f);

	if (f->lock != NULL)
		return;
	if (f->vm.state == HD_VM_DOWN && f->switching != NULL)
		hd_str_addf(why,
		    ", and a switch from %s to %s was cut off: `%s` finishes "
		    "it, `%s` takes it back",
		    f->switching_from, f->switching, command(l, "start", NULL),
		    command(l, "rollback", NULL));
	else if (f->vm.state == HD_VM_UNREACHABLE)
		hd_str_add(
		    why, f->plain ? "" : ": look at the node on the host");
	else if (f->vm.blocked != NULL && boots != NULL)
		hd_str_addf(why, ": `%s` starts %s, the version that boots",
		    command(l, "restart", NULL), boots);
	else if (f->vm.blocked != NULL)
		hd_str_addf(
		    why, ": `%s` stops the node", command(l, "stop", NULL));
	else if (f->switching != NULL)
		hd_str_addf(why, ": `%s`, then `%s` finishes the switch",
		    command(l, "stop", NULL), command(l, "start", NULL));
	else if (f->vm.state == HD_VM_DOWN && boots != NULL)
		hd_str_addf(why, ": `%s` starts it", command(l, "start", NULL));
	else if (running != NULL && boots != NULL &&
		 strcmp(running, boots) == 0 && !hd_facts_placed(f, running))
		hd_str_addf(why, ": `%s` puts them in place",
		    command(l, "upgrade", running));
	else if (running != NULL && f->plain && boots != NULL &&
		 strcmp(running, boots) != 0)
		hd_str_addf(why, ": `%s` starts %s, `%s` keeps %s",
		    command(l, "restart", NULL), boots,
		    command(l, "upgrade", running), running);
	else if (running != NULL &&
		 (boots == NULL || strcmp(running, boots) != 0))
		hd_str_addf(why, ": `%s` makes it permanent",
		    command(l, "upgrade", running));
	else if (f->vm.stale != NULL)
		hd_str_addf(why, ": `%s` starts %s from its files",
		    command(l, "restart", NULL), running);
}

static void
report_boot_file(struct examination *l)
{
	hd_str_add(l->why, HD_NO_BOOT_FILE);
	if (hd_repair_wanted(l->f) != NULL)
		hd_str_addf(
		    l->why, "`%s` writes it", command(l, "repair", NULL));
	else
		hd_str_add(l->why, HD_WRITE_BOOT_FILE);
}

/* Whether a release runs here as it should, without looking at what boots. */
static bool
works(struct examination *l)
{
	const struct hd_facts *f = l->f;
	struct hd_str *why = l->why;
	const char *running = hd_facts_running(f);
	struct hd_expect x = { .version = running };
	enum hd_actual_mode mode;

	if (f->boot == NULL && f->unpacked.n > 0 && f->vm.state == HD_VM_DOWN)
		report_boot_file(l);
	else if (f->boot == NULL && f->vm.state == HD_VM_DOWN)
		hd_str_addf(why, "no release here: push one first, `%s`",
		    command(l, "push", NULL));
	else if (running == NULL)
		hd_verify_explain(f, why);
	else
		return hd_verify(&x, f, &mode, why);
	return false;
}

/* How far the change came, by its newest operation. */
static void
describe_step(const struct hd_facts *f, struct hd_str *why)
{
	const char *status = f->journal_step_status, *name, *article = "";

	if (status == NULL)
		return;
	name = hd_operation_title(f->journal_step);
	if (strcmp(name, "run") ==
	    0) { /* the name of hooks in older versions */
		name = "hook";
		article = "a ";
	}
	if (strcmp(status, "running") == 0)
		hd_str_addf(why, ", its %s still runs", name);
	else if (strcmp(status, "lost") == 0)
		hd_str_addf(why, ", its %s was killed", name);
	else
		hd_str_addf(why, " after %s%s%s", article, name,
		    strcmp(status, "0") == 0 ? "" : ", which failed");
}

static void
report_silence(const struct hd_facts *f, struct hd_str *why)
{
	if (f->lock_silent != NULL)
		hd_str_addf(why, ", no keepalive for %s s", f->lock_silent);
}

/* Describes a change that has not ended. True while its run is connected. */
static bool
describe_change(struct examination *l, const struct hd_past *c)
{
	const struct hd_facts *f = l->f;
	struct hd_str *why = l->why;
	const struct hd_vm began = hd_vm_began(c, NULL);
	bool back = strcmp(c->going, "back") == 0;
	/* otherwise that change may have started the VM */
	bool kept = !back && c->mode != NULL && strcmp(c->mode, "hot") == 0;

	hd_str_addf(why, "%s%s %s -> %s by %s (%s)",
	    f->lock != NULL ? "under way: " : "", c->command, c->from, c->to,
	    c->who ? c->who : "unknown", c->time ? c->time : "unknown");
	if (back)
		hd_str_add(
		    why, f->lock != NULL ? ", going back" : ", going back,");
	if (f->lock != NULL) {
		report_silence(f, why);
		return true;
	}
	hd_str_add(why, " was cut off");
	describe_step(f, why);
	hd_str_add(why, "; now ");
	hd_state_tell(f, c->from, c->to, kept ? &began : NULL, why);
	if (f->watching != NULL && strcmp(f->watching, c->id) == 0)
		hd_str_addf(
		    why, "; the host will go back to %s by itself", c->from);
	hd_str_addf(why, ": %s`%s` ends it",
	    f->vm.state == HD_VM_UNREACHABLE && !f->plain
		? "look at the node on the host, then "
		: "",
	    command(l, "resume", NULL));
	if (!back && strcmp(c->command, "upgrade") == 0)
		hd_str_addf(
		    why, ", `%s` takes it back", command(l, "rollback", NULL));
	return false;
}

/* Whether the running version also boots. The drift already gave most reasons
 * why it does not; `ignore` of deploy.ini never makes this true. */
static bool
boots_too(struct examination *l)
{
	struct hd_expect x = { .version = hd_facts_running(l->f),
		.permanent = true };
	enum hd_actual_mode mode;

	return hd_verify(&x, l->f, &mode, l->why);
}

/* Whether files of the running version are gone or changed: its modules would
 * seem to belong to another version. */
static bool
runs_without_files(const struct hd_facts *f)
{
	const char *running = hd_facts_running(f);

	return f->closed.n == 0 &&
	       (hd_facts_about(&f->gone, running) != NULL ||
		   hd_facts_about(&f->changed, running) != NULL);
}

static void
find_drift(struct examination *l)
{
	hd_drift(&l->drift, &l->words, l->app, l->host, l->f);
}

/* Reports the worst finding, and how many there are. True if it is more than a
 * note. */
static bool
report_drift(struct examination *l)
{
	const char *before = l->why->len > 0 ? "; " : "";
	size_t more = l->drift.n;

	if (l->drift.n == 0)
		return false;
	hd_str_addf(l->why, "%s%s", before, l->drift.v[0].text);
	if (--more == 1)
		hd_str_add(l->why, "; check lists one more finding");
	else if (more > 1)
		hd_str_addf(l->why, "; check lists %zu more findings", more);
	return l->drift.v[0].weight > HD_WEIGHT_NOTE;
}

static bool
examine(struct examination *l)
{
	const struct hd_facts *f = l->f;
	struct hd_str *why = l->why;

	if (f->refusal != NULL) {
		hd_str_add(why, f->refusal);
		return false;
	}
	if (hd_facts_change(f) != NULL)
		return describe_change(l, hd_facts_change(f));
	find_drift(l);
	if (!runs_without_files(f) && !works(l)) {
		advise(l);
		if (f->boot != NULL)
			(void)report_drift(l);
		return false;
	}
	if (f->closed.n > 0) {
		hd_str_add(why, f->closed.v[0].value);
		return false;
	}
	if (f->unfinished != NULL && f->lock == NULL) {
		hd_str_addf(why, "an operation still runs: %s", f->unfinished);
		return false;
	}
	hd_str_add(why, hd_vm_source(&f->vm));
	if (report_drift(l))
		return false;
	if (boots_too(l))
		return true;
	advise(l);
	return false;
}

/* Another run works on the host, and no change describes that: it prepares one,
 * or its command makes none, as a restart. */
static void
report_lock(const struct hd_facts *f, struct hd_str *why)
{
	if (f->lock == NULL || f->refusal != NULL || hd_facts_change(f) != NULL)
		return;
	hd_str_addf(why, "%sunder way: %s by %s", why->len > 0 ? "; " : "",
	    f->lock_command ? f->lock_command : "a run", f->lock);
	if (f->lock_since != NULL)
		hd_str_addf(why, " (%s)", f->lock_since);
	report_silence(f, why);
}

/* The node runs well, but other nodes might not reach it. */
static void
report_lost(const struct hd_vm *vm, struct hd_str *why)
{
	const char *before = why->len > 0 ? "; " : "";

	if (vm->lost != NULL)
		hd_str_addf(why, "%sthe node %s", before, vm->lost);
	else if (vm->stray != NULL)
		hd_str_addf(why,
		    "%s%s, the host part of the node's name, cannot be "
		    "resolved on the host",
		    before, vm->stray);
}

/* Reports processes of other users: they do not affect hdeploy, but a person
 * should know. */
static void
report_others(const struct hd_vm *vm, struct hd_str *why)
{
	const char *before = why->len > 0 ? "; " : "";

	for (size_t i = 0; i < vm->others.n; i++) {
		hd_str_addf(why, "%sprocess %s of user %s", before,
		    vm->others.v[i].pid, vm->others.v[i].user);
		before = ", ";
	}
	if (vm->others.n == 1)
		hd_str_add(why, " claims to run from this root");
	else if (vm->others.n > 1)
		hd_str_add(why, " claim to run from this root");
}

bool
hd_examine(const struct hd_app *app, const struct hd_host *host,
    const struct hd_facts *f, struct hd_str *why)
{
	struct examination l = { .app = app, .host = host, .f = f, .why = why };
	bool fine = examine(&l);

	report_lock(f, why);
	report_lost(&f->vm, why);
	report_others(&f->vm, why);
	hd_arena_done(&l.words);
	return fine;
}
