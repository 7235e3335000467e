/* repair: mends what drifted. The node keeps running, and no version changes.
 */
#include "core/base/text.h"
#include "core/plan/finding.h"
#include "core/plan/plan_private.h"

#include <stdio.h>
#include <string.h>

/* FILES_MAX: of versions restored by one plan; the next repair continues. */
enum { FILES_MAX = 16 };

/* The parts of a host that a plan mends. */
enum {
	FILES = 1 << 0, /* of versions: facts name which */
	LIST = 1 << 1,  /* releases/RELEASES and what the VM knows of it */
	BOOT = 1 << 2,  /* the boot pointers and loose files */
	LEFTOVERS = 1 << 3,
	OWNERS = 1 << 4,
};

/* A finding that a repair mends: one row each. */
static const struct {
	const char *name;
	unsigned mends;
} rows[] = {
	{ "boot-file", BOOT },
	{ "boot-pointers", BOOT | LIST },
	{ "reboot-version", BOOT | LIST },
	{ "loose-files", BOOT },
	{ "list-gone", LIST },
	{ "list-garbage", LIST },
	{ "list-short", LIST },
	{ "list-unread", LIST },
	{ "release-gone", FILES },
	{ "library-gone", FILES },
	{ "runtime-gone", FILES },
	{ "script-gone", FILES },
	{ "files-gone", FILES },
	{ "files-changed", FILES },
	{ "manifest-gone", FILES },
	{ "manifest-damaged", FILES },
	{ "leftover-upload", LEFTOVERS },
	{ "leftover-scratch", LEFTOVERS },
	{ "leftover-unpack", LEFTOVERS },
	{ "leftover-config", LEFTOVERS },
	{ "leftover-switch", LEFTOVERS },
	{ "owner", OWNERS },
};

bool
hd_repair_mends(const char *finding)
{
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (strcmp(rows[i].name, finding) == 0)
			return true;
	return false;
}

static unsigned
needed(struct hd_planning *p)
{
	struct hd_findings found = { 0 };
	unsigned mends = 0;

	hd_findings(&found, p->words, p->app, p->host, p->goal, p->facts);
	for (size_t i = 0; i < found.n; i++)
		for (size_t k = 0; k < HD_COUNT(rows); k++)
			if (hd_same(rows[k].name, found.v[i].name))
				mends |= rows[k].mends;
	return mends;
}

/* Counts the boot pointers, and hdeploy's own notes, that name version. */
static unsigned
votes(const struct hd_facts *f, const char *version)
{
	const struct hd_past *last = hd_past_last(f);
	const char *const pointers[] = {
		f->boot,
		f->script_boot,
		f->files_of,
		last == NULL                      ? NULL
		: hd_same(last->result, "undone") ? last->from
						  : last->to,
	};
	unsigned n = 0;

	for (size_t i = 0; i < HD_COUNT(pointers); i++)
		n += hd_same(pointers[i], version);
	for (size_t i = 0; i < f->on_list.n; i++)
		n += hd_same(f->on_list.v[i].version, version) &&
		     hd_same(f->on_list.v[i].status, "permanent");
	return n;
}

const char *
hd_repair_wanted(const struct hd_facts *f)
{
	const char *best = NULL;
	unsigned most = 0;
	bool tie = false;

	for (size_t i = 0; i < f->unpacked.n; i++) {
		unsigned n = votes(f, f->unpacked.v[i]);

		if (n > most) {
			best = f->unpacked.v[i];
			most = n;
			tie = false;
		} else if (n > 0 && n == most) {
			tie = true;
		}
	}
	return tie ? NULL : best;
}

/* The version that the node must boot after the repair. NULL after a refusal.
 */
static const char *
require_wanted(struct hd_planning *p, unsigned mends)
{
	const struct hd_facts *f = p->facts;
	const char *version;

	if (f->vm.state != HD_VM_DOWN)
		return hd_require_running(p);
	version = (mends & BOOT) == 0 ? hd_facts_boots(f) : NULL;
	if (version == NULL)
		version = hd_repair_wanted(f);
	if (version == NULL)
		hd_refuse(p,
		    "%s is down, and it is not certain which version should "
		    "start (releases/start_erl.data: %s, bin/%s: %s, last "
		    "placed by hdeploy: %s): write \"ERTS VERSION\" into "
		    "releases/start_erl.data on the host",
		    hd_facts_noun(f), f->boot ? f->boot : "none", p->app->name,
		    f->script_boot ? f->script_boot : "none",
		    f->files_of ? f->files_of : "none");
	return version;
}

/* A change or a switch that was cut off is for resume, which knows where it was
 * going. */
static bool
require_settled(struct hd_planning *p)
{
	const struct hd_past *c = hd_facts_change(p->facts);

	if (p->facts->lock != NULL)
		hd_refuse(p,
		    "another run works on this host (%s): wait until it ends",
		    p->facts->lock);
	else if (p->facts->vm.state == HD_VM_UNREACHABLE)
		return hd_require_running(p) != NULL; /* refuses */
	else if (c != NULL)
		hd_refuse(p,
		    "%s %s -> %s was cut off: first `%s`, which ends it",
		    c->command, c->from, c->to,
		    hd_plan_advice(p, "resume", NULL));
	else if (p->facts->switching != NULL &&
		 p->facts->vm.state == HD_VM_DOWN)
		hd_refuse(p,
		    "a switch from %s to %s was cut off: first `%s`, which "
		    "finishes it",
		    p->facts->switching_from, p->facts->switching,
		    hd_plan_advice(p, "start", NULL));
	else
		return hd_require_whole_switch(p);
	return false;
}

static bool
is_damaged(const struct hd_facts *f, const char *version, const char *what)
{
	for (size_t i = 0; i < f->damaged.n; i++)
		if (strcmp(f->damaged.v[i].name, version) == 0 &&
		    strcmp(f->damaged.v[i].value, what) == 0)
			return true;
	return false;
}

/* Whether files of version, or its manifest, are missing or damaged. */
static bool
is_whole(const struct hd_facts *f, const char *version)
{
	return hd_facts_about(&f->gone, version) == NULL &&
	       hd_facts_about(&f->changed, version) == NULL &&
	       !hd_text_listed(&f->unlisted, version) &&
	       !is_damaged(f, version, "manifest");
}

/* The problem of its kept tarball, in words; NULL: none is known. */
static const char *
tarball_fault(const struct hd_facts *f, const struct hd_record *r)
{
	if (is_damaged(f, r->version, "tarball"))
		return "is damaged";
	return hd_same(r->lost, HD_LOST_MANIFEST) ? NULL : r->lost;
}

/* Why files of version cannot be restored here, with the command that brings
 * its tarball back; NULL: they can be. */
static const char *
unrestorable(struct hd_planning *p, const char *version)
{
	const struct hd_record *r = hd_facts_record(p->facts, version);
	const char *fault;

	if (r == NULL)
		return hd_arena_fmt(p->words,
		    "files of %s are missing or damaged, and hdeploy has no "
		    "record of it, so nothing can restore them",
		    version);
	fault = tarball_fault(p->facts, r);
	if (fault == NULL)
		return NULL;
	return hd_arena_fmt(p->words,
	    "files of %s are missing or damaged, and its kept tarball %s: `%s` "
	    "uploads it and restores them",
	    version, fault, hd_plan_advice(p, "push", version));
}

/* Adds RESTORE for each version whose files are not whole. Returns the reasons
 * why others cannot be restored; NULL: there are none. */
static const char *
restore_steps(struct hd_planning *p)
{
	const struct hd_strs *all = &p->facts->newest;
	const char *left = NULL;
	size_t n = 0;

	for (size_t i = 0; i < all->n && n < FILES_MAX; i++) {
		const char *why;

		if (is_whole(p->facts, all->v[i]))
			continue;
		why = unrestorable(p, all->v[i]);
		if (why == NULL) {
			hd_step_add(p, HD_STEP_RESTORE, all->v[i]);
			n++;
		} else {
			left = left == NULL ? why
					    : hd_arena_fmt(p->words, "%s; %s",
						  left, why);
		}
	}
	return left;
}

/* Makes version boot. While it runs, the driver makes it permanent; the VM
 * might know that it is, while a file does not. */
static void
boot_steps(struct hd_planning *p, const char *version)
{
	const struct hd_vm *vm = &p->facts->vm;
	bool by_driver = !p->driver->commands_only && vm->word == NULL &&
			 (p->driver->plain || hd_vm_handler(vm));

	if (p->driver->plain || vm->state == HD_VM_DOWN) {
		if (!p->driver->plain && p->facts->boot == NULL)
			hd_step_add(p, HD_STEP_BOOT_FILE, version);
		hd_step_add(p, HD_STEP_SWITCH, version);
	} else if (!by_driver) {
		hd_step_add(p, HD_STEP_BOOT_FILE, version);
	} else if (hd_same(hd_vm_status(vm, version), "current")) {
		hd_step_commit_add(p, version);
	} else {
		hd_step_add(p, HD_STEP_COMMIT, version);
	}
}

/* Whether releases/RELEASES is there, or should be. */
static bool
has_list(const struct hd_facts *f)
{
	return f->list_state != NULL || f->on_list.n > 0;
}

static void
steps(struct hd_planning *p, const char *version, unsigned mends)
{
	struct hd_step *end;
	const char *left = NULL;

	hd_step_add(p, HD_STEP_SNAPSHOT, version);
	if (mends & FILES)
		left = restore_steps(p);
	if ((mends & LIST) && has_list(p->facts))
		hd_step_add(p, HD_STEP_LIST, version);
	if (mends & BOOT)
		boot_steps(p, version);
	if (mends & LEFTOVERS)
		hd_step_add(p, HD_STEP_TIDY, version);
	if (mends & OWNERS)
		hd_step_add(p, HD_STEP_OWN, version);
	if (p->out->n == 1) {
		hd_refuse(
		    p, "%s", left ? left : "nothing here can be repaired");
		return;
	}
	end = hd_step_add(p, HD_STEP_REPAIRED, version);
	end->lenient = left != NULL;
	hd_step_add(p, HD_STEP_RECORD, version);
	if (left != NULL)
		snprintf(p->out->reason, sizeof(p->out->reason),
		    "not repaired: %s", left);
}

void
hd_plan_repair(struct hd_planning *p)
{
	const char *version;
	unsigned mends;

	if (!require_settled(p))
		return;
	mends = needed(p);
	if (mends == 0) {
		hd_nothing(p, "nothing to repair");
		return;
	}
	version = require_wanted(p, mends);
	if (version != NULL)
		steps(p, version, mends);
}

/* The command line that restores files of version. */
static const char *
restores(struct hd_planning *p, const char *version)
{
	const char *repair = hd_plan_repairs(p);

	return repair != NULL ? repair : hd_plan_advice(p, "push", version);
}

/* A stop would end a node that runs well, and the start would fail. */
bool
hd_require_files(struct hd_planning *p, const char *version)
{
	const char *gone = hd_facts_about(&p->facts->gone, version);

	if (gone == NULL)
		return true;
	hd_refuse(p,
	    "files of %s are gone (%s), so it might not start: first `%s`",
	    version, gone, restores(p, version));
	return false;
}

/* Scripts and configuration are also edited on purpose: their finding warns. An
 * app that differs is unpacked again. */
bool
hd_require_unchanged(struct hd_planning *p, const char *version)
{
	const char *changed = hd_facts_about(&p->facts->changed, version);

	if (changed == NULL || p->driver->plain ||
	    (strstr(changed, "lib/") == NULL &&
		strstr(changed, "erts-") == NULL))
		return true;
	hd_refuse(p,
	    "files of %s on this host differ from the pushed ones (%s): first "
	    "`%s`, which restores them",
	    version, changed, restores(p, version));
	return false;
}
