/* Findings about the next start: the files and commands that decide which
 * version it starts, and the list of releases that the VM then reads. */
#include "core/plan/drift.h"

#include "core/base/str.h"
#include "core/plan/code.h"

#include <string.h>

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The version that releases/RELEASES on disk has as permanent; NULL: none. */
static const char *
listed_permanent(const struct hd_facts *f)
{
	for (size_t i = 0; i < f->on_list.n; i++)
		if (same(f->on_list.v[i].status, "permanent"))
			return f->on_list.v[i].version;
	return NULL;
}

const char *
hd_tell_boot_file(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;

	if (!hd_drift_settled(l) || f->boot != NULL || f->unpacked.n == 0 ||
	    hd_command_given(l->host, "boots"))
		return NULL;
	if (!f->plain && hd_facts_running(f) == NULL &&
	    hd_repair_wanted(f) == NULL)
		return HD_NO_BOOT_FILE HD_WRITE_BOOT_FILE;
	return hd_arena_fmt(l->arena,
	    "%s, so nothing would boot: `%s` recreates it",
	    f->plain ? "the link current is missing or leads nowhere"
		     : "releases/start_erl.data is missing or damaged",
	    hd_drift_repair(l));
}

/* The boot pointer that f->script_boot was read from. */
static const char *
second_pointer(const struct hd_look *l)
{
	if (same(l->app->driver, "distillery"))
		return "var/start_erl.data";
	if (same(l->app->driver, "castle"))
		return "releases/new_start_erl.data";
	return hd_arena_fmt(l->arena, "bin/%s", l->app->name);
}

/* What makes the pointers agree. A repair does not guess if nothing runs. */
static const char *
pointers_remedy(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;

	if (hd_facts_running(f) == NULL && hd_repair_wanted(f) == NULL)
		return "let all of them name the version that should boot";
	return hd_arena_fmt(
	    l->arena, "`%s` makes them agree", hd_drift_repair(l));
}

const char *
hd_tell_boot_pointers(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	const char *listed = listed_permanent(f);
	HD_AUTO_STR text = HD_STR_INIT(1024);

	if (!hd_drift_settled(l) || f->boot == NULL || f->plain)
		return NULL;
	if (f->script_boot != NULL && !same(f->script_boot, f->boot))
		hd_str_addf(
		    &text, ", %s %s", second_pointer(l), f->script_boot);
	if (listed != NULL && !same(listed, f->boot))
		hd_str_addf(&text, ", releases/RELEASES %s", listed);
	if (text.len == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the boot pointers disagree: releases/start_erl.data names %s%s: "
	    "%s",
	    f->boot, text.ptr, pointers_remedy(l));
}

const char *
hd_tell_reboot(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	const char *running = hd_facts_running(f), *boots = hd_facts_boots(f);

	if (!hd_drift_settled(l) || running == NULL || boots == NULL ||
	    strcmp(running, boots) == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "a reboot would start %s, not %s: `%s` makes %s permanent", boots,
	    running, hd_drift_repair(l), running);
}

const char *
hd_tell_pinned(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	const char *boots = hd_facts_boots(f);

	for (size_t i = 0; boots != NULL && i < f->pinned.n; i++)
		if (strcmp(f->pinned.v[i].name, boots) != 0)
			return hd_arena_fmt(l->arena,
			    "the next start would start %s although the boot "
			    "pointers name %s: %s overrides them; remove the "
			    "version there",
			    f->pinned.v[i].name, boots, f->pinned.v[i].value);
	return NULL;
}

static const char *
tell_elsewhere(const struct hd_look *l, bool heart)
{
	const struct hd_pairs *list = &l->facts->elsewhere;

	for (size_t i = 0; i < list->n; i++)
		if ((strcmp(list->v[i].name, "heart") == 0) == heart)
			return hd_arena_fmt(l->arena,
			    "%s starts %s, which is not in %s, so the node "
			    "that runs here would not come back: correct %s",
			    list->v[i].name, list->v[i].value, l->host->path,
			    heart ? "HEART_COMMAND" : "its ExecStart=");
	return NULL;
}

const char *
hd_tell_unit(const struct hd_look *l)
{
	return tell_elsewhere(l, false);
}

const char *
hd_tell_heart(const struct hd_look *l)
{
	return tell_elsewhere(l, true);
}

const char *
hd_tell_unit_disabled(const struct hd_look *l)
{
	if (!l->facts->unit_disabled)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s is disabled, so a reboot of the host does not start it: "
	    "`systemctl%s enable %s` on the host enables it",
	    l->host->service,
	    same(l->host->service_manager, "user") ? " --user" : "",
	    l->host->service);
}

static const char *
tell_list(const struct hd_look *l, const char *state, const char *text)
{
	if (!hd_drift_settled(l) || !same(l->facts->list_state, state))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "releases/RELEASES %s, so after the next start the node would know "
	    "no other version: `%s` recreates it",
	    text, hd_drift_repair(l));
}

const char *
hd_tell_list_gone(const struct hd_look *l)
{
	return tell_list(l, "gone", "is missing");
}

const char *
hd_tell_list_garbage(const struct hd_look *l)
{
	return tell_list(l, "garbage", "is not a list of releases");
}

/* Whether the list should have this version: one that a cold upgrade has only
 * staged is not in it. */
static bool
belongs_on_list(const struct hd_facts *f, const struct hd_record *r)
{
	return hd_facts_unpacked(f, r->version) &&
	       (r->verified || same(r->version, f->boot) ||
		   hd_facts_status(f, r->version) != NULL);
}

static bool
is_on_list(const struct hd_facts *f, const char *version)
{
	for (size_t i = 0; i < f->on_list.n; i++)
		if (strcmp(f->on_list.v[i].version, version) == 0)
			return true;
	return false;
}

const char *
hd_tell_list_short(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	struct hd_strs lacks = { 0 };

	if (!hd_drift_settled(l) ||
	    (f->on_list.n == 0 && !same(f->list_state, "empty")))
		return NULL;
	for (size_t i = 0; i < f->records.n; i++)
		if (belongs_on_list(f, &f->records.v[i]) &&
		    !is_on_list(f, f->records.v[i].version))
			*HD_PUSH(l->arena, &lacks) = f->records.v[i].version;
	if (lacks.n == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "releases/RELEASES lacks %s, so after the next start the node "
	    "would not know %s: `%s` adds %s",
	    hd_drift_join(l->arena, &lacks), lacks.n > 1 ? "them" : "it",
	    hd_drift_repair(l), lacks.n > 1 ? "them" : "it");
}

/* The VM reads the list when it starts. */
const char *
hd_tell_list_unread(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	struct hd_strs lacks = { 0 };

	if (!hd_drift_settled(l) || !hd_vm_up(&f->vm) || f->vm.word != NULL ||
	    f->vm.releases.n == 0)
		return NULL;
	for (size_t i = 0; i < f->on_list.n; i++)
		if (hd_facts_unpacked(f, f->on_list.v[i].version) &&
		    (f->vm.libraries.n == 0 ||
			hd_facts_status(f, f->on_list.v[i].version) == NULL))
			*HD_PUSH(l->arena, &lacks) = f->on_list.v[i].version;
	if (lacks.n == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the node started without releases/RELEASES, or without %s in it, "
	    "so it cannot go back: `%s` has the node read it",
	    hd_drift_join(l->arena, &lacks), hd_drift_repair(l));
}

const char *
hd_tell_loose_files(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	const char *boots = hd_facts_boots(f);

	if (!hd_drift_settled(l) || boots == NULL || hd_facts_placed(f, boots))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "files without a version in their path (bin/, etc/) belong to %s, "
	    "not to %s: `%s` puts those of %s in place",
	    f->files, boots, hd_drift_repair(l), boots);
}

const char *
hd_tell_loaded_code(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	const char *boots = hd_facts_boots(f);
	HD_AUTO_STR why = HD_STR_INIT(512);

	/* files that changed or are gone make modules seem to be old */
	if (!hd_drift_settled(l) || f->vm.state != HD_VM_UP || f->plain ||
	    hd_facts_about(&f->changed, hd_facts_running(f)) != NULL ||
	    hd_facts_about(&f->gone, hd_facts_running(f)) != NULL ||
	    hd_code_is_loaded(NULL, &f->vm, false, &why))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s: `%s` starts %s again; the state of the node is lost", why.ptr,
	    hd_advice(l->arena, l->host, "restart", NULL),
	    boots != NULL ? boots : "the version");
}
