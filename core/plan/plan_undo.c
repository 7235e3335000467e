/* the way back after a failure */
#include "core/plan/plan_private.h"
#include "core/plan/verify.h"

/* Removes a version that was unpacked for nothing: the next try would use its
 * files as they are, because OTP keeps existing files. A version that ran
 * before stays for a rollback. */
static void
discard_failed(struct hd_planning *p)
{
	const struct hd_vm *before = p->goal->before;
	const char *failed = p->goal->failed;
	const char *was = before ? hd_vm_status(before, failed) : NULL;
	const char *status = hd_facts_status(p->facts, failed);
	const struct hd_record *r = hd_facts_record(p->facts, failed);

	if (before == NULL && r != NULL && r->verified)
		return; /* it ran, as far as is known */
	if ((was == NULL || hd_same(was, "unpacked")) &&
	    (status == NULL || hd_same(status, "unpacked")))
		hd_step_add(p, HD_STEP_DISCARD, failed);
}

/* Whether the VM restarted in process since the change began, compared with the
 * VM of the goal, or else of the journal. */
static bool
restarted_in_process(const struct hd_planning *p)
{
	const struct hd_past *c = hd_facts_change(p->facts);
	const struct hd_vm *b = &p->facts->vm;
	struct hd_vm a = { .state = HD_VM_DOWN };

	if (p->goal->before != NULL)
		a = *p->goal->before;
	else if (c != NULL)
		a = hd_vm_began(c, NULL);
	return a.pid != 0 && a.pid == b->pid && a.creation != b->creation;
}

/* After a relup that failed half way: the running code is not a release. */
static void
restart_steps(struct hd_planning *p, const char *to)
{
	hd_step_add(p, HD_STEP_STOP, to);
	hd_step_add(p, HD_STEP_START, to);
	hd_step_verify(p, to, false, true);
	discard_failed(p);
}

/* Whether a reboot starts version, with its own loose files. */
static bool
boots_whole(const struct hd_planning *p, const char *version)
{
	return hd_same(hd_facts_boots(p->facts), version) &&
	       hd_facts_placed(p->facts, version);
}

/* The VM runs the right version. A VM that restarted in process must be
 * restarted: it read the packaged configuration instead of that of the
 * service. */
static void
undo_in_place(struct hd_planning *p, const char *to)
{
	if (!p->driver->commands_only && !boots_whole(p, to))
		hd_step_commit_add(p, to);
	if (restarted_in_process(p)) {
		hd_step_add(p, HD_STEP_STOP, to);
		hd_step_add(p, HD_STEP_START, to);
	}
	hd_step_verify(p, to, false, true);
	discard_failed(p);
}

/* Loading a module ends the processes on its old code (brutal purge) or is
 * refused because of them (soft purge). Here that code is the code of `to`,
 * which processes still run since the change that is now undone. */
static void
undo_hot(struct hd_planning *p, const char *from, const char *to)
{
	hd_step_check_add(p, to);
	hd_step_add(p, HD_STEP_DRAIN, from);
	hd_step_add(p, HD_STEP_INSTALL, to);
	p->out->relup = hd_relup_find(p->facts, from, to);
	hd_step_verify(p, to, false, false);
	if (!p->driver->commands_only && !boots_whole(p, to))
		hd_step_commit_add(p, to);
	hd_step_verify(p, to, false, true);
}

/* The node went down when the new version was permanent: starts that version
 * and goes back from it. */
static void
undo_down(struct hd_planning *p, const char *boots, const char *to)
{
	const struct hd_relup_entry *down =
	    boots ? hd_relup_find(p->facts, boots, to) : NULL;

	if (down == NULL || down->emulator ||
	    !hd_same(boots, p->goal->failed)) {
		hd_refuse(p, "the node is down and %s would boot, not %s",
		    boots ? boots : "something unknown", to);
		return;
	}
	hd_step_add(p, HD_STEP_START, boots);
	undo_hot(p, boots, to);
}

/* Whether the node went down while the new version was made permanent: one boot
 * pointer names the new version and one the old. */
static bool
half_permanent(const struct hd_planning *p, const char *boots, const char *to)
{
	const struct hd_facts *f = p->facts;
	const char *failed = p->goal->failed;

	return f->vm.state == HD_VM_DOWN && boots == NULL &&
	       (hd_same(f->boot, to) || hd_same(f->boot, failed)) &&
	       (hd_same(f->script_boot, to) || hd_same(f->script_boot, failed));
}

/* Adds STOP, SWITCH and START, as far as they are needed. */
static void
boot_back(struct hd_planning *p, const char *boots, const char *to)
{
	if (hd_service_holds(p))
		hd_step_add(p, HD_STEP_STOP, p->out->before);
	if (!hd_same(boots, to))
		hd_step_add(p, HD_STEP_SWITCH, to);
	hd_step_boot(p, to);
}

static void
undo_hot_or_down(struct hd_planning *p, const char *boots, const char *to)
{
	if (p->facts->vm.state == HD_VM_DOWN && hd_same(boots, to)) {
		hd_step_add(p, HD_STEP_START, to);
		hd_step_verify(p, to, false, true);
		discard_failed(p);
	} else if (half_permanent(p, boots, to)) {
		boot_back(p, boots, to);
		discard_failed(p);
	} else if (p->facts->vm.state == HD_VM_DOWN) {
		undo_down(p, boots, to);
	} else if (hd_vm_up(&p->facts->vm) && p->out->before == NULL &&
		   hd_same(boots, to)) {
		restart_steps(p, to);
	} else if (hd_require_running(p) == NULL) {
		return;
	} else if (hd_same(p->out->before, to)) {
		undo_in_place(p, to);
	} else if (hd_require_relup(p, p->out->before, to)) {
		undo_hot(p, p->out->before, to);
	}
}

/* By stop and start, from any state. If nothing ran before, it is not known
 * whether the failed version ever ran. */
static void
undo_cold(struct hd_planning *p, const char *boots, const char *to)
{
	const struct hd_vm *was = p->goal->before;
	bool up = p->facts->vm.state == HD_VM_UP;

	if (p->facts->vm.state == HD_VM_UNREACHABLE) {
		hd_require_running(p); /* refuses */
		return;
	}
	if (up && hd_same(p->out->before, to) && hd_same(boots, to)) {
		undo_in_place(p, to);
		return;
	}
	boot_back(p, boots, to);
	if (was != NULL && was->releases.n > 0)
		discard_failed(p);
}

bool
hd_undo_cold(const struct hd_host *host, bool busy)
{
	return host->undo == HD_MODE_COLD &&
	       (!busy || host->old_processes == HD_OLD_KILL);
}

void
hd_plan_undo(struct hd_planning *p)
{
	const char *to = p->goal->version;
	const char *boots = hd_facts_boots(p->facts);
	enum hd_mode mode = hd_plan_mode(p);

	if (mode != HD_MODE_COLD)
		undo_hot_or_down(p, boots, to);
	if ((mode == HD_MODE_AUTO || p->host->undo == HD_MODE_COLD) &&
	    p->out->verdict == HD_PLAN_REFUSED)
		hd_plan_reset(p);
	if (mode == HD_MODE_COLD ||
	    (p->out->verdict == HD_PLAN_STEPS && p->out->n == 0))
		undo_cold(p, boots, to);
	if (p->out->verdict == HD_PLAN_STEPS)
		p->out->after = to;
}
