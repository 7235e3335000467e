/* Whether the control script or systemd starts and stops the VM. */
#include "core/plan/plan_private.h"

static bool
by_user(const char *manager)
{
	return hd_same(manager, "user");
}

/* The control script would stop the VM, and Restart= would start it again. */
static void
refuse_unnamed(struct hd_planning *p)
{
	const struct hd_vm *vm = &p->facts->vm;

	hd_refuse(p, "%s owns %s: set service = %s%s in deploy.ini", vm->unit,
	    hd_facts_noun(p->facts), vm->unit,
	    by_user(vm->manager) ? " and service_manager = user" : "");
}

static bool
runs_outside(const struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (f->vm.state == HD_VM_DOWN)
		return false;
	if (f->vm.unit != NULL)
		return !hd_same(f->vm.unit, f->service_id) ||
		       by_user(f->vm.manager) !=
			   by_user(p->host->service_manager);
	return hd_same(f->service_state, "inactive") ||
	       hd_same(f->service_state, "failed");
}

bool
hd_require_service(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;
	const char *service = p->host->service;

	if (service == NULL && f->vm.unit == NULL)
		return true;
	if (service == NULL)
		refuse_unnamed(p);
	else if (f->service_refusal != NULL)
		hd_refuse(p, "%s", f->service_refusal);
	else if (!hd_same(f->service_loaded, "loaded"))
		hd_refuse(p,
		    "systemd on the host cannot use %s (%s): install the "
		    "unit and `systemctl daemon-reload`, or correct service "
		    "in deploy.ini",
		    service, f->service_loaded ? f->service_loaded : "unknown");
	else if (runs_outside(p))
		hd_refuse(p,
		    "%s runs outside %s (%s): stop it on the host the way it "
		    "was started, then `%s`",
		    hd_facts_noun(f), service,
		    f->vm.unit ? f->vm.unit : "started by hand",
		    hd_plan_advice(p, "start", NULL));
	else
		return true;
	return false;
}

/* Between two tries of Restart= no VM runs, and the next try can come in the
 * middle of a switch. */
bool
hd_service_holds(const struct hd_planning *p)
{
	const char *state = p->facts->service_state;

	if (p->facts->vm.state != HD_VM_DOWN)
		return true;
	return p->host->service != NULL && p->facts->service_refusal == NULL &&
	       hd_same(p->facts->service_loaded, "loaded") &&
	       !hd_same(state, "inactive") && !hd_same(state, "failed");
}
