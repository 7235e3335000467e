#include "core/plan/examine.h"

#include "core/plan/plan.h"
#include "core/plan/state.h"
#include "core/plan/verify.h"

#include <string.h>

/* The one command that leads out of it, where there is one. */
static void
advise(const struct hd_facts *f, struct hd_str *why)
{
	const char *running = hd_facts_running(f), *boots = hd_facts_boots(f);

	if (f->vm.state == HD_VM_DOWN && f->switching != NULL)
		hd_str_addf(why,
		    ", and a switch from %s to %s was cut off: `hdeploy start` "
		    "finishes it, `hdeploy rollback --limit` takes it back",
		    f->switching_from, f->switching);
	else if (f->switching != NULL)
		hd_str_add(
		    why, ": `hdeploy stop`, then `hdeploy start` ends it");
	else if (f->vm.state == HD_VM_DOWN && boots != NULL)
		hd_str_add(why, ": `hdeploy start` it");
	else if (running != NULL &&
		 (boots == NULL || strcmp(running, boots) != 0))
		hd_str_addf(why, ": `hdeploy upgrade` to %s makes it permanent",
		    running);
}

static bool
runs_and_boots(const struct hd_facts *f, struct hd_str *why)
{
	const char *running = hd_facts_running(f);
	struct hd_expect x = { .version = running, .permanent = true };
	enum hd_grade grade;

	if (f->boot == NULL && f->unpacked.n > 0 && f->vm.state == HD_VM_DOWN)
		hd_str_add(why, HD_NO_BOOT_FILE);
	else if (f->boot == NULL && f->vm.state == HD_VM_DOWN)
		hd_str_add(why, "no release here: `hdeploy push` one");
	else if (running == NULL)
		hd_verify_explain(f, why);
	else
		return hd_verify(&x, f, &grade, why);
	return false;
}

/* How far it came, by its newest operation. */
static void
tell_step(const struct hd_facts *f, struct hd_str *why)
{
	const char *status = f->journal_status, *name, *article = "";

	if (status == NULL)
		return;
	name = hd_operation_title(f->journal_step);
	if (strcmp(name, "run") == 0) { /* what hooks were called once */
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

/* True while the run that does it is there. */
static bool
tell_change(
    const struct hd_facts *f, const struct hd_past *c, struct hd_str *why)
{
	bool back = strcmp(c->going, "back") == 0;

	hd_str_addf(why, "%s%s %s -> %s by %s (%s)",
	    f->lock != NULL ? "under way: " : "", c->command, c->from, c->to,
	    c->who ? c->who : "unknown", c->time ? c->time : "unknown");
	if (back)
		hd_str_add(why,
		    f->lock != NULL ? ", going back" : ", on its way back,");
	if (f->lock != NULL)
		return true;
	hd_str_add(why, " was cut off");
	tell_step(f, why);
	hd_str_add(why, "; now ");
	hd_state_tell(f, c->from, c->to, NULL, why);
	if (f->watching != NULL && strcmp(f->watching, c->id) == 0)
		hd_str_addf(why, ", to go back to %s by itself", c->from);
	hd_str_addf(why, ": %s`hdeploy resume` ends it%s",
	    f->vm.state == HD_VM_UNREACHABLE ? "look at it there, then " : "",
	    back || strcmp(c->command, "upgrade") != 0
		? ""
		: ", `hdeploy rollback --limit` takes it back");
	return false;
}

bool
hd_examine(const struct hd_facts *f, struct hd_str *why)
{
	if (f->refusal != NULL) {
		hd_str_add(why, f->refusal);
		return false;
	}
	if (hd_facts_change(f) != NULL)
		return tell_change(f, hd_facts_change(f), why);
	if (!runs_and_boots(f, why)) {
		advise(f, why);
		return false;
	}
	if (f->unfinished == NULL) {
		hd_str_add(why, f->vm.word != NULL ? HD_BY_WORD : "");
		return true;
	}
	hd_str_addf(why, "an operation still runs: %s", f->unfinished);
	return false;
}
