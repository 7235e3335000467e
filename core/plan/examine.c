#include "core/plan/examine.h"

#include "core/plan/plan.h"
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
		    "finishes it, `hdeploy rollback` takes it back",
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

bool
hd_examine(const struct hd_facts *f, struct hd_str *why)
{
	if (f->refusal != NULL) {
		hd_str_add(why, f->refusal);
		return false;
	}
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
