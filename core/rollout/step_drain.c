/* Runs before steps that end processes on old code: gives the processes time to
 * end by themselves, then does what deploy.ini says. */
#include "core/rollout/step.h"

#include "core/base/clock.h"
#include "core/plan/drain.h"
#include "core/rollout/look.h"
#include "core/rollout/operate.h"

enum { POLL_MS = 1000 };

/* Processes on old code, by the newest answer of the VM. */
struct lingering {
	int64_t pid, creation; /* of the VM; 0: not asked so far */
	int64_t processes;
	struct hd_str text; /* which processes, in words */
};

static void
lingering_done(struct lingering *l)
{
	hd_str_done(&l->text);
}

/* A VM that does not answer this time still has those processes. */
static int
take(struct lingering *l, const struct hd_facts *f, const struct hd_step *step,
    struct hd_err *err)
{
	const struct hd_vm *vm = &f->vm;

	if (vm->state == HD_VM_UNREACHABLE)
		return 0;
	if (l->pid != 0 && (vm->pid != l->pid || vm->creation != l->creation))
		return hd_err_set(err, HD_EREMOTE,
		    "the node restarted or went down while hdeploy waited "
		    "for processes on old code to end");
	l->pid = vm->pid;
	l->creation = vm->creation;
	l->processes = hd_old_processes(vm);
	hd_str_done(&l->text);
	hd_str_init(&l->text, sizeof(err->msg));
	hd_old_code_tell(vm, step->version, &l->text);
	return hd_str_check(&l->text, err);
}

static int
end_them(
    const struct hd_attempt *a, const struct lingering *l, struct hd_err *err)
{
	struct hd_call call =
	    hd_site_call(a->site, "purge", a->site->host->upgrade_timeout);

	hd_emitf(a->site->run->sink, HD_EV_NOTE, a->site->host->name,
	    "%s: ending them (old_processes = kill)", l->text.ptr);
	return hd_site_operate(
	    a->site, hd_steps[HD_STEP_DRAIN].name, &call, err);
}

static const char *
pronoun(const struct lingering *l)
{
	return l->processes == 1 ? "it" : "them";
}

static int
refuse(const struct lingering *l, struct hd_err *err)
{
	return hd_err_set(err, HD_EBUSY,
	    "%s: the next step would end %s; a longer `drain` gives more "
	    "time, old_processes = kill allows it",
	    l->text.ptr, pronoun(l));
}

/* Waits until no process is left or the time is over. An undo does not wait
 * again for processes that had their time before the change. */
static int
wait_for_them(const struct hd_attempt *a, const struct hd_step *step,
    struct lingering *l, enum hd_drain *verdict, struct hd_err *err)
{
	struct hd_site *s = a->site;
	bool reported = false;

	/* Once there are none, none come back: only such a process could start
	 * another. */
	if (take(l, s->now != NULL ? s->now : a->basis, step, err) < 0)
		return -1;
	if (s->draining == 0)
		s->draining = hd_clock_ms();
	while ((*verdict = hd_drain_judge(s->host, l->processes,
		    hd_clock_ms() - s->draining)) == HD_DRAIN_WAIT) {
		if (!reported)
			hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
			    "%s: waiting for %s to end", l->text.ptr,
			    pronoun(l));
		reported = true;
		if (hd_attempt_sleep(a, POLL_MS, err) < 0 ||
		    hd_site_look(s, err) < 0 || take(l, s->now, step, err) < 0)
			return -1;
	}
	return 0;
}

int
hd_step_drain(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	HD_CLEANUP(lingering_done) struct lingering l = { 0 };
	enum hd_drain verdict;

	if (wait_for_them(a, step, &l, &verdict, err) < 0)
		return -1;
	if (verdict == HD_DRAIN_REFUSE)
		return refuse(&l, err);
	a->site->draining = 0;
	return verdict == HD_DRAIN_KILL ? end_them(a, &l, err) : 0;
}
