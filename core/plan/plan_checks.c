/* What must be known about a host before a change is planned. */
#include "core/plan/plan_private.h"

#include "core/plan/verify.h"

#include <string.h>

enum hd_mode
hd_plan_mode(const struct hd_planning *p)
{
	bool reload = p->facts->plain && p->host->upgrade == HD_MODE_RELOAD;

	if (p->goal->cold || (p->facts->plain && !reload))
		return HD_MODE_COLD;
	if (reload)
		return HD_MODE_RELOAD;
	return p->goal->hot ? HD_MODE_HOT : p->host->upgrade;
}

bool
hd_require_release(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (f->vm.state != HD_VM_DOWN || f->boot != NULL || f->unpacked.n > 0 ||
	    hd_command_given(p->host, "boots"))
		return true;
	hd_refuse(p, "no release here: push one first, `%s`",
	    hd_plan_advice(p, "push", NULL));
	return false;
}

bool
hd_require_whole_switch(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (f->switching == NULL || f->vm.state != HD_VM_UP)
		return true;
	hd_refuse(p,
	    "a switch from %s to %s was cut off, and the node was started "
	    "afterwards: `%s`, then `%s` finishes the switch",
	    f->switching_from, f->switching, hd_plan_advice(p, "stop", NULL),
	    hd_plan_advice(p, "start", NULL));
	return false;
}

void
hd_refuse_unknown(struct hd_planning *p)
{
	HD_AUTO_STR why = HD_STR_INIT(1024);

	hd_verify_explain(p->facts, &why);
	if (p->facts->vm.blocked != NULL && hd_facts_boots(p->facts) != NULL)
		hd_refuse(p,
		    "%s: `%s` starts the version that boots, and --cold "
		    "changes the version by stop and start",
		    why.ptr, hd_plan_advice(p, "restart", NULL));
	else if (hd_vm_handler(&p->facts->vm))
		hd_refuse(p,
		    "%s: hdeploy does not act on a guess; `%s`, then `%s` "
		    "starts the version that boots",
		    why.ptr, hd_plan_advice(p, "stop", NULL),
		    hd_plan_advice(p, "start", NULL));
	else
		hd_refuse(p,
		    "%s: build the release with sasl and push it; `%s` stops "
		    "the running node",
		    why.ptr, hd_plan_advice(p, "stop", NULL));
}

const char *
hd_require_running(struct hd_planning *p)
{
	HD_AUTO_STR why = HD_STR_INIT(1024);

	if (p->out->before != NULL)
		return p->out->before;
	if (!hd_require_release(p))
		return NULL;
	hd_verify_explain(p->facts, &why);
	if (p->driver->plain) {
		hd_refuse(p, "%s", why.ptr);
		return NULL;
	}
	if (p->facts->vm.state == HD_VM_DOWN) {
		if (hd_require_bootable(p) == NULL)
			return NULL;
		hd_refuse(p,
		    "%s: start it first, `%s`, or upgrade by stop and "
		    "start (--cold)",
		    why.ptr, hd_plan_advice(p, "start", NULL));
	} else if (p->facts->vm.state == HD_VM_UP)
		hd_refuse_unknown(p);
	else
		hd_refuse(p,
		    "%s: hdeploy does not act on a guess; look at the node on the host",
		    why.ptr);
	return NULL;
}

static void
refuse_boot_file(struct hd_planning *p)
{
	const char *repair = hd_plan_repairs(p);

	if (repair != NULL)
		hd_refuse(p, HD_NO_BOOT_FILE "`%s` writes it", repair);
	else
		hd_refuse(p, HD_NO_BOOT_FILE HD_WRITE_BOOT_FILE);
}

static void
refuse_pointers(struct hd_planning *p)
{
	const char *repair = hd_plan_repairs(p);

	hd_refuse(p,
	    "the boot pointers disagree (releases/start_erl.data: %s, bin/%s: "
	    "%s): %s%s%s",
	    p->facts->boot, p->app->name, p->facts->script_boot,
	    repair != NULL ? "`" : "",
	    repair != NULL ? repair
			   : "it is not known which version would start",
	    repair != NULL ? "` makes them agree" : "");
}

const char *
hd_require_bootable(struct hd_planning *p)
{
	const char *boots = hd_facts_boots(p->facts);

	if (!hd_require_release(p))
		return NULL;
	if (p->facts->boot == NULL && hd_command_given(p->host, "boots"))
		hd_refuse(p,
		    "command.boots printed no version: it is not known which "
		    "version would start");
	else if (p->facts->boot == NULL && p->driver->plain)
		hd_refuse(p,
		    "%s/current is missing, so nothing would start: `ln -s "
		    "releases/VERSION current` in %s on the host makes it",
		    p->host->path, p->host->path);
	else if (p->facts->boot == NULL)
		refuse_boot_file(p);
	else if (p->facts->switching != NULL)
		hd_refuse(p,
		    "a switch from %s to %s was cut off: `%s` finishes it",
		    p->facts->switching_from, p->facts->switching,
		    hd_plan_advice(p, "start", NULL));
	else if (boots == NULL)
		refuse_pointers(p);
	return boots;
}

const char *
hd_require_from(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (hd_plan_mode(p) == HD_MODE_HOT ||
	    (f->vm.state != HD_VM_DOWN && f->vm.blocked == NULL))
		return hd_require_running(p);
	if (f->switching != NULL)
		return f->switching_from;
	return hd_require_bootable(p);
}

const char *
hd_plan_versions(
    struct hd_planning *p, bool verified, const char *but, const char *before)
{
	enum { NAMED = 12 };
	const struct hd_facts *f = p->facts;
	const char *list = "";
	size_t n = 0;

	for (size_t i = 0; i < f->records.n; i++) {
		const struct hd_record *r = &f->records.v[i];

		if ((verified && !r->verified) || hd_same(r->version, but))
			continue;
		if (n++ < NAMED)
			list = hd_arena_fmt(p->words, "%s%s%s", list,
			    n == 1 ? before : ", ", r->version);
	}
	return n <= NAMED
		   ? list
		   : hd_arena_fmt(p->words, "%s and %zu more", list, n - NAMED);
}

/* Compares the digits of two versions: people also write v0.2.0 or
 * hotcode-0.2.0. */
static bool
same_digits(const char *a, const char *b)
{
	static const char digits[] = "0123456789";
	size_t n = 0;

	for (;; n++) {
		a += strcspn(a, digits);
		b += strcspn(b, digits);
		if (*a == '\0' || *b == '\0')
			return n > 0 && *a == *b;
		if (*a++ != *b++)
			return false;
	}
}

/* The version of this host that a mistyped name probably means; NULL if none is
 * close: 0.3.0 does not mean 0.2.0. */
static const char *
similar_version(const struct hd_planning *p, const char *version)
{
	const struct hd_strs *all = &p->facts->newest;

	for (size_t i = 0; i < p->facts->records.n; i++) {
		const char *here = p->facts->records.v[i].version;

		if (same_digits(here, version))
			return here;
	}
	for (size_t i = 0; i < all->n; i++) {
		if (hd_facts_record(p->facts, all->v[i]) != NULL &&
		    strstr(all->v[i], version) != NULL)
			return all->v[i];
	}
	return NULL;
}

void
hd_refuse_unpushed(struct hd_planning *p, const char *version)
{
	const char *near = similar_version(p, version);
	const char *pushed =
	    hd_plan_versions(p, false, NULL, "; the host has: ");

	if (near != NULL)
		hd_refuse(p,
		    "%s was not pushed to this host%s; did you mean %s?",
		    version, pushed, near);
	else
		hd_refuse(p,
		    "%s was not pushed to this host%s; push it first, `%s`",
		    version, pushed, hd_plan_advice(p, "push", version));
}

bool
hd_require_bits(struct hd_planning *p, const char *version)
{
	const struct hd_record *r = hd_facts_record(p->facts, version);

	if (r == NULL)
		hd_refuse_unpushed(p, version);
	else if (r->lost != NULL &&
		 (hd_facts_status(p->facts, version) == NULL ||
		     hd_facts_about(&p->facts->gone, version)))
		hd_refuse(p,
		    "the tarball of %s on this host %s: push it again, `%s`",
		    version, r->lost, hd_plan_advice(p, "push", version));
	else
		return hd_require_libraries(p, version, &r->libs);
	return false;
}

bool
hd_plan_mend(struct hd_planning *p, enum hd_step_kind step, const char *version)
{
	const char *gone = hd_facts_about(&p->facts->gone, version);
	const struct hd_record *r = hd_facts_record(p->facts, version);
	const char *repair;

	if (gone == NULL)
		return true;
	/* without the list nothing knows that version is unpacked */
	repair = p->facts->list_state != NULL ? hd_plan_repairs(p) : NULL;
	if (repair != NULL) {
		hd_refuse(p,
		    "files of %s are gone (%s), and releases/RELEASES is %s: "
		    "first `%s`",
		    version, gone, p->facts->list_state, repair);
		return false;
	}
	if (r != NULL && r->lost == NULL) {
		hd_step_add(p, step, version);
		return true;
	}
	hd_refuse(p,
	    "files of %s are gone (%s), and its tarball %s: push it again, "
	    "`%s`",
	    version, gone, r != NULL ? r->lost : "was never here",
	    hd_plan_advice(p, "push", version));
	return false;
}

bool
hd_plan_unrecorded(const struct hd_facts *f, const char *version)
{
	if (f->snapshot == NULL || hd_same(f->snapshot_boot, version))
		return false;
	for (size_t i = 0; i < f->history.n; i++) {
		if (hd_same(f->history.v[i].id, f->snapshot))
			return false;
	}
	return true;
}

const char *
hd_plan_came_from(const struct hd_facts *f, const char *from, const char *to)
{
	return hd_same(from, to) && hd_plan_unrecorded(f, to) ? f->snapshot_boot
							      : from;
}
