#include "core/plan/facts.h"

#include "core/base/name.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

void
hd_facts_free(struct hd_facts *f)
{
	struct hd_arena arena;

	if (f == NULL)
		return;
	arena = f->arena;
	hd_arena_done(&arena);
	free(f);
}

const char *
hd_facts_noun(const struct hd_facts *f)
{
	return f != NULL && f->plain ? "the app" : "the node";
}

const char *
hd_facts_status(const struct hd_facts *f, const char *version)
{
	return hd_vm_status(&f->vm, version);
}

bool
hd_facts_unpacked(const struct hd_facts *f, const char *version)
{
	return version != NULL && hd_text_listed(&f->unpacked, version);
}

bool
hd_facts_placed(const struct hd_facts *f, const char *version)
{
	return f->files == NULL ||
	       (version != NULL && strcmp(f->files, version) == 0 &&
		   f->files_from == NULL);
}

const char *
hd_facts_about(const struct hd_pairs *list, const char *version)
{
	for (size_t i = 0; version != NULL && i < list->n; i++) {
		if (strcmp(list->v[i].name, version) == 0)
			return list->v[i].value;
	}
	return NULL;
}

const struct hd_record *
hd_facts_record(const struct hd_facts *f, const char *version)
{
	for (size_t i = 0; i < f->records.n; i++) {
		if (strcmp(f->records.v[i].version, version) == 0)
			return &f->records.v[i];
	}
	return NULL;
}

const struct hd_past *
hd_facts_change(const struct hd_facts *f)
{
	const struct hd_past *c = f->journal;

	for (size_t i = 0; c != NULL && i < f->history.n; i++) {
		const struct hd_past *h = &f->history.v[i];

		if (h->id == NULL || h->result == NULL ||
		    strcmp(h->id, c->id) != 0)
			continue;
		if (strcmp(h->result, "undone") == 0 ||
		    strcmp(c->going, "forward") == 0)
			return NULL;
	}
	return c;
}

static const char *
with_status(const struct hd_vm *vm, const char *status)
{
	for (size_t i = 0; i < vm->releases.n; i++) {
		if (strcmp(vm->releases.v[i].status, status) == 0)
			return vm->releases.v[i].version;
	}
	return NULL;
}

const char *
hd_facts_running(const struct hd_facts *f)
{
	const struct hd_vm *vm = &f->vm;
	const struct hd_running *app;
	const char *version;

	if (vm->state == HD_VM_UP && vm->word != NULL)
		return vm->word;
	if (vm->state == HD_VM_UP && f->plain)
		return vm->script != NULL && hd_version_valid(vm->script)
			   ? vm->script
			   : NULL;
	if (vm->state != HD_VM_UP || vm->apps.n == 0 ||
	    hd_vm_contradiction(vm, &app) != NULL)
		return NULL;
	version = hd_vm_handler(vm) ? with_status(vm, "current") : vm->script;
	if (version == NULL)
		version = with_status(vm, "permanent");
	return version != NULL && hd_version_valid(version) ? version : NULL;
}

const char *
hd_facts_boots(const struct hd_facts *f)
{
	if (f->boot == NULL || f->switching != NULL ||
	    (f->script_boot != NULL && strcmp(f->boot, f->script_boot) != 0))
		return NULL;
	return f->boot;
}
