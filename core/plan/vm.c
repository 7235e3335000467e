#include "core/plan/vm.h"

#include "core/base/index.h"
#include "core/base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool
hd_vm_handler(const struct hd_vm *vm)
{
	for (size_t i = 0; i < vm->apps.n; i++)
		if (strcmp(vm->apps.v[i].app, "sasl") == 0)
			return true;
	return vm->releases.n > 0;
}

const char *
hd_vm_source(const struct hd_vm *vm)
{
	if (vm->word == NULL)
		return "";
	return vm->unnamed
		   ? "from the boot file of its process, the VM itself was not "
		     "queried: it has no node name (RELEASE_DISTRIBUTION=none)"
		   : "reported by command.running, the VM itself was not "
		     "queried";
}

bool
hd_vm_up(const struct hd_vm *vm)
{
	return vm->state == HD_VM_UP && vm->blocked == NULL;
}

const char *
hd_vm_status(const struct hd_vm *vm, const char *version)
{
	for (size_t i = 0; i < vm->releases.n; i++) {
		if (strcmp(vm->releases.v[i].version, version) == 0)
			return vm->releases.v[i].status;
	}
	return NULL;
}

const struct hd_library *
hd_vm_contradiction(const struct hd_vm *vm, const struct hd_running **app)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index places = { 0 };

	for (size_t i = 0; i < vm->libraries.n; i++)
		*hd_index_at(&places, &arena, vm->libraries.v[i].app) = i + 1;
	for (size_t i = 0; i < vm->apps.n; i++) {
		const struct hd_running *a = &vm->apps.v[i];
		size_t place = hd_index_get(&places, a->app);
		const struct hd_library *l =
		    place > 0 ? &vm->libraries.v[place - 1] : NULL;

		if (l == NULL || strcmp(l->version, a->version) == 0)
			continue;
		*app = a;
		return l;
	}
	return NULL;
}

/* command.running does not identify the VM. */
#define NOT_ASKED "?"

void
hd_vm_note(const struct hd_vm *vm, struct hd_str *out)
{
	if (vm->state == HD_VM_DOWN)
		hd_str_add(out, "-");
	else if (vm->state == HD_VM_UNREACHABLE || vm->word != NULL)
		hd_str_add(out, NOT_ASKED);
	else
		hd_str_addf(out, "%" PRId64 " %" PRId64, vm->pid, vm->creation);
}

struct hd_vm
hd_vm_began(const struct hd_past *change, const struct hd_vm *first)
{
	struct hd_vm vm = { .state = HD_VM_UP, .word = NOT_ASKED };

	if (change->vm == NULL)
		return vm;
	if (strcmp(change->vm, "-") == 0)
		return (struct hd_vm){ .state = HD_VM_DOWN };
	if (sscanf(change->vm, "%" SCNd64 " %" SCNd64, &vm.pid, &vm.creation) !=
	    2)
		return vm;
	vm.word = NULL;
	if (first != NULL && first->state == HD_VM_UP && first->pid == vm.pid &&
	    first->creation == vm.creation)
		return *first;
	return vm;
}
