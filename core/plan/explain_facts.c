/* The facts of a host that a plan depends on, in sentences. */
#include "core/plan/explain_private.h"

#include "core/plan/verify.h"

#include <inttypes.h>

static void
explain_unknown(struct hd_explaining *x)
{
	HD_AUTO_STR why = HD_STR_INIT(1024);

	hd_verify_explain(x->p.facts, &why);
	hd_state_why(x, "runs",
	    "the running version is not known, and a plan does not guess: %s",
	    why.ptr);
}

/* How the node proves that it runs this version. */
static void
explain_running(struct hd_explaining *x, const char *version)
{
	const struct hd_facts *f = x->p.facts;
	const char *status = hd_facts_status(f, version);
	const char *was = hd_same(f->vm.script, version) ? NULL : f->vm.script;

	if (f->vm.word != NULL)
		hd_state_why(
		    x, "runs", "%s runs (%s)", version, hd_vm_source(&f->vm));
	else if (f->plain)
		hd_state_why(x, "runs",
		    "%s runs: the main process, %" PRId64 ", was started from "
		    "the folder of this version",
		    version, f->vm.pid);
	else if (status == NULL)
		hd_state_why(x, "runs",
		    "%s runs: the node was started as this version, and "
		    "nothing in it could have replaced it",
		    version);
	else
		hd_state_why(x, "runs",
		    "%s runs: the node, process %" PRId64 ", reports so "
		    "itself: this release is %s, and each application has the "
		    "version that belongs to it%s%s",
		    version, f->vm.pid, status,
		    was != NULL ? "; it was upgraded while it ran: it was "
				  "started as "
				: "",
		    was != NULL ? was : "");
}

static void
explain_runs(struct hd_explaining *x)
{
	const struct hd_facts *f = x->p.facts;
	const char *running = hd_facts_running(f);

	if (f->vm.state == HD_VM_DOWN)
		hd_state_why(x, "runs", "nothing runs from %s on the host",
		    x->p.host->path);
	else if (running == NULL)
		explain_unknown(x);
	else
		explain_running(x, running);
	if (f->vm.modified.n > 0)
		hd_state_why(x, "runs",
		    "%zu module%s of the node, such as %s, %s from the code of "
		    "this version on disk",
		    f->vm.modified.n, f->vm.modified.n == 1 ? "" : "s",
		    f->vm.modified.v[0],
		    f->vm.modified.n == 1 ? "differs" : "differ");
}

static void
explain_boot_files(struct hd_explaining *x, const char *boots)
{
	const struct hd_facts *f = x->p.facts;
	const char *running = hd_facts_running(f);
	const char *other = running != NULL && !hd_same(running, boots)
				? "; that is not the version that runs, so a "
				  "restart changes the version"
				: "";

	if (f->plain)
		hd_state_why(x, "boots",
		    "a start would start %s, which the link `current` names%s",
		    boots, other);
	else
		hd_state_why(x, "boots",
		    "a start would start %s: releases/start_erl.data names "
		    "it%s%s%s",
		    boots, f->script_boot != NULL ? ", and so does bin/" : "",
		    f->script_boot != NULL ? x->p.app->name : "", other);
}

static void
explain_boots(struct hd_explaining *x)
{
	const struct hd_facts *f = x->p.facts;
	const char *boots = hd_facts_boots(f);

	if (boots != NULL)
		explain_boot_files(x, boots);
	else if (f->switching != NULL)
		hd_state_why(x, "boots",
		    "a switch from %s to %s was cut off in the middle, so "
		    "neither counts as the version that would start",
		    f->switching_from, f->switching);
	else if (f->boot == NULL)
		hd_state_why(x, "boots",
		    "no file names a version, so a start would start nothing");
	else
		hd_state_why(x, "boots",
		    "two files disagree about the version that a start would "
		    "start: releases/start_erl.data names %s, bin/%s names %s",
		    f->boot, x->p.app->name, f->script_boot);
}

/* "0.2.0 (unpacked, its tarball is gone)" */
static void
add_version(
    struct hd_str *out, const struct hd_facts *f, const struct hd_record *r)
{
	const char *status = hd_facts_status(f, r->version);

	if (status == NULL)
		status = hd_facts_unpacked(f, r->version) ? "unpacked"
							  : "not unpacked";
	hd_str_addf(out, "%s%s (%s%s%s%s)", out->len > 0 ? ", " : "",
	    r->version, status, r->verified ? ", passed its checks here" : "",
	    r->lost != NULL ? ", its tarball " : "",
	    r->lost != NULL ? r->lost : "");
}

static void
explain_versions(struct hd_explaining *x)
{
	const struct hd_facts *f = x->p.facts;
	HD_AUTO_STR list = HD_STR_INIT(1536);

	for (size_t i = 0; i < f->records.n; i++)
		add_version(&list, f, &f->records.v[i]);
	hd_state_why(x, "versions", "%s%s",
	    f->records.n > 0 ? "hdeploy pushed to this host: "
			     : "hdeploy pushed no version to this host",
	    list.ptr);
}

static void
explain_change(struct hd_explaining *x)
{
	const struct hd_facts *f = x->p.facts;
	const struct hd_past *c = hd_facts_change(f);

	if (c != NULL)
		hd_state_why(x, "change",
		    "a change is not finished: %s from %s to %s, begun by %s, "
		    "going %s%s%s",
		    c->command, c->from, c->to,
		    c->who != NULL ? c->who : "somebody", c->going,
		    f->journal_step_status != NULL ? "; its newest step is "
						   : "",
		    f->journal_step_status != NULL ? f->journal_step : "");
	if (f->lock != NULL)
		hd_state_why(
		    x, "change", "another run has the lock: %s", f->lock);
	if (f->unfinished != NULL)
		hd_state_why(x, "change",
		    "an operation still runs on the host: %s", f->unfinished);
}

static const struct {
	const char *name, *meaning;
} modes[] = {
	[HD_MODE_HOT] = { "hot", "the running node loads the new code and "
				 "keeps its processes and their state; if "
				 "that cannot work, the plan refuses" },
	[HD_MODE_COLD] = { "cold", "the old version is stopped and the new one "
				   "started, so the state of the node is "
				   "lost" },
	[HD_MODE_AUTO] = { "auto", "hot if a relup leads to the version, else "
				   "cold, by stop and start" },
	[HD_MODE_RELOAD] = { "reload", "the running program takes over the new "
				       "version by itself" },
};

static void
explain_mode(struct hd_explaining *x)
{
	const struct hd_planning *p = &x->p;
	enum hd_mode mode = hd_plan_mode(p);

	if (!hd_goals[p->goal->kind].changes_version)
		return;
	if (p->goal->cold || p->goal->hot)
		hd_state_why(x, "mode", "--%s was given: %s", modes[mode].name,
		    modes[mode].meaning);
	else if (mode == p->host->upgrade)
		hd_state_why(x, "mode", "upgrade = %s in deploy.ini: %s",
		    modes[mode].name, modes[mode].meaning);
	else
		hd_state_why(x, "mode",
		    "driver = app has no hot upgrade, so the change is cold: "
		    "the old version is stopped and the new one started");
}

static void
explain_entry(struct hd_explaining *x, const struct hd_relup_entry *e,
    const char *from, const char *to)
{
	HD_AUTO_STR apps = HD_STR_INIT(512);

	for (size_t i = 0; i < e->restarts.n; i++)
		hd_str_addf(&apps, "%s%s", i > 0 ? ", " : "", e->restarts.v[i]);
	hd_state_why(x, "relup",
	    "a relup, the list of instructions that changes a running node, "
	    "leads from %s to %s: that of %s has an entry for %s%s%s%s",
	    from, to, e->down ? from : to, e->from,
	    e->emulator ? "; it restarts the whole VM, which is not hot" : "",
	    apps.len > 0 ? "; it restarts these applications: " : "", apps.ptr);
}

static void
explain_no_entry(struct hd_explaining *x, const char *from, const char *to)
{
	const struct hd_record *r = hd_facts_record(x->p.facts, to);
	HD_AUTO_STR list = HD_STR_INIT(1024);

	for (size_t i = 0; r != NULL && i < r->relup.n; i++)
		if (!r->relup.v[i].down)
			hd_str_addf(&list, "%s%s", list.len > 0 ? ", " : "",
			    r->relup.v[i].from);
	hd_state_why(x, "relup",
	    "no relup, the list of instructions that changes a running node, "
	    "leads from %s to %s: %s%s%s",
	    from, to, r == NULL ? "the host does not have " : "the relup of ",
	    to,
	    r == NULL ? ""
	    : list.len > 0
		? hd_arena_fmt(x->p.words, " leads only from %s", list.ptr)
		: " has no entry that leads up");
}

/* Where the plan leads, or would lead. */
static const char *
target(const struct hd_explaining *x)
{
	const struct hd_plan *plan = x->p.out;

	if (x->p.goal->version != NULL)
		return x->p.goal->version;
	return plan->verdict == HD_PLAN_STEPS ? plan->after : NULL;
}

static void
explain_relup(struct hd_explaining *x)
{
	const char *from = hd_facts_running(x->p.facts), *to = target(x);
	const struct hd_relup_entry *e;

	if (x->p.driver->plain || from == NULL || to == NULL ||
	    hd_same(from, to) || !hd_goals[x->p.goal->kind].changes_version)
		return;
	e = hd_relup_find(x->p.facts, from, to);
	if (e != NULL)
		explain_entry(x, e, from, to);
	else
		explain_no_entry(x, from, to);
}

void
hd_explain_facts(struct hd_explaining *x)
{
	explain_runs(x);
	explain_boots(x);
	explain_versions(x);
	explain_change(x);
	explain_mode(x);
	explain_relup(x);
}
