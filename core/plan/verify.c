#include "core/plan/verify.h"

#include "core/base/index.h"
#include "core/plan/code.h"
#include "core/plan/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const hd_actual_mode_names[HD_ACTUALS] = {
	[HD_ACTUAL_HOT] = "hot",
	[HD_ACTUAL_PARTIAL] = "hot, partial",
	[HD_ACTUAL_COLD] = "cold",
	[HD_ACTUAL_UNKNOWN] = "unknown",
};

/* One comparison; false after adding its result to reason. */
typedef bool check_fn(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason);

static bool
equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The reason that an app gives contains the remedy. */
static void
explain_plain(const struct hd_facts *now, struct hd_str *reason)
{
	const struct hd_vm *vm = &now->vm;

	if (vm->state == HD_VM_DOWN)
		hd_str_add(reason, "the app is down");
	else
		hd_str_addf(reason, "the running version is not known: %.460s",
		    vm->why != NULL ? vm->why : "the host gives no reason");
}

void
hd_verify_explain(const struct hd_facts *now, struct hd_str *reason)
{
	const struct hd_vm *vm = &now->vm;
	const struct hd_library *library;
	const struct hd_running *app;

	if (now->plain) {
		explain_plain(now, reason);
		return;
	}
	if (vm->state == HD_VM_DOWN) {
		hd_str_add(reason, "the node is down");
		return;
	}
	if (vm->state == HD_VM_UNREACHABLE) {
		hd_str_addf(reason, "the node runs but does not answer%s%s",
		    vm->why ? ": " : "", vm->why ? vm->why : "");
		return;
	}
	if (vm->blocked != NULL) {
		hd_str_addf(reason,
		    "the node answers, but its release_handler is "
		    "blocked%s%s, and nothing else can report the running "
		    "version",
		    vm->blocked[0] != '-' ? " in " : "",
		    vm->blocked[0] != '-' ? vm->blocked : "");
		return;
	}
	if (!hd_vm_handler(vm)) {
		hd_str_add(reason,
		    "the node answers but has no release_handler to report "
		    "its version: sasl is not started in it");
		return;
	}
	library = hd_vm_contradiction(vm, &app);
	if (library != NULL)
		hd_str_addf(reason,
		    "%s %s runs, but the current release contains version %s",
		    app->app, app->version, library->version);
	else
		hd_str_add(
		    reason, "the node does not report which release it runs");
}

static bool
runs(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	const char *version = hd_facts_running(now);

	(void)mode;
	if (equal(version, x->version))
		return true;
	if (version != NULL && now->plain)
		hd_str_addf(reason, "%s runs", version);
	else if (version != NULL)
		hd_str_addf(reason, "the node runs %s", version);
	else
		hd_verify_explain(now, reason);
	return false;
}

static bool
boots(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	bool differ;

	(void)mode;
	if (!x->permanent)
		return true;
	if (equal(hd_facts_boots(now), x->version)) {
		if (hd_facts_placed(now, x->version))
			return true;
		hd_str_addf(reason,
		    "files without a version in their path (bin/, etc/) "
		    "belong to %s, not to %s",
		    now->files, x->version);
		return false;
	}
	if (now->switching != NULL) {
		hd_str_addf(reason, "a switch from %s to %s was cut off",
		    now->switching_from, now->switching);
		return false;
	}
	differ = now->script_boot && !equal(now->boot, now->script_boot);
	hd_str_addf(reason, "a reboot would start %s%s%s, not %s",
	    now->boot ? now->boot : "nothing", differ ? " or " : "",
	    differ ? now->script_boot : "", x->version);
	return false;
}

/* After a boot the list of release_handler only repeats a file;
 * init:script_id() is reliable. */
static bool
booted(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	(void)mode;
	if (!x->booted || equal(now->vm.script, x->version))
		return true;
	hd_str_addf(reason, "the node was booted as %s, not as %s",
	    now->vm.script ? now->vm.script : "an unknown version", x->version);
	return false;
}

/* The process must not run from files that were deleted or replaced. */
static bool
fresh(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	(void)x;
	(void)mode;
	if (now->vm.stale != NULL)
		hd_str_add(reason, now->vm.stale);
	return now->vm.stale == NULL;
}

/* An appup that misses a module changes the version but not that code. */
static bool
loaded(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	(void)mode;
	return hd_code_is_loaded(x->before, &now->vm, x->back, reason);
}

static bool
same_vm(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	const struct hd_vm *a = x->before, *b = &now->vm;

	if (a == NULL || (a->pid == b->pid && a->creation == b->creation))
		return true;
	*mode = HD_ACTUAL_COLD;
	if (!x->hot)
		return true;
	hd_str_addf(reason,
	    "%s restarted%s (pid %" PRId64 " -> %" PRId64
	    "): all state is lost",
	    hd_facts_noun(now), a->pid == b->pid ? " in process" : "", a->pid,
	    b->pid);
	return false;
}

/* Names, each with 1 + its index in a list. */
struct names {
	struct hd_arena arena;
	struct hd_index index;
};

static void
names_done(struct names *n)
{
	hd_arena_done(&n->arena);
}
#define AUTO_NAMES HD_CLEANUP(names_done) struct names

static void
add_name(struct names *n, const char *text, size_t place)
{
	if (text != NULL)
		*hd_index_at(&n->index, &n->arena, text) = place + 1;
}

static size_t
place_of(const struct names *n, const char *text)
{
	return text != NULL ? hd_index_get(&n->index, text) : 0;
}

/* The applications that the relup restarts. */
static void
name_restarts(struct names *n, const struct hd_expect *x)
{
	for (size_t i = 0; x->relup != NULL && i < x->relup->restarts.n; i++)
		add_name(n, x->relup->restarts.v[i], i);
}

/* The description of something that was replaced. */
struct loss {
	const struct names *restarts;
	const char *app, *what, *name;
};

/* Tolerates the loss if the relup ordered the restart. */
static bool
replaced(const struct hd_expect *x, const struct loss *l,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	if (!x->hot || place_of(l->restarts, l->app) > 0) {
		if (*mode == HD_ACTUAL_HOT)
			*mode = HD_ACTUAL_PARTIAL;
		return true;
	}
	hd_str_addf(
	    reason, "%s %s was restarted: its state is lost", l->what, l->name);
	return false;
}

static bool
same_masters(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	const struct hd_vm *a = x->before, *b = &now->vm;
	AUTO_NAMES present = { 0 };
	AUTO_NAMES restarts = { 0 };

	name_restarts(&restarts, x);
	for (size_t i = 0; i < b->apps.n; i++)
		add_name(&present, b->apps.v[i].app, i);
	for (size_t i = 0; a != NULL && i < a->apps.n; i++) {
		const struct hd_running *one = &a->apps.v[i];
		size_t place = place_of(&present, one->app);
		const struct loss loss = { &restarts, one->app, "application",
			one->app };

		if (place > 0 && one->master != NULL &&
		    !equal(one->master, b->apps.v[place - 1].master) &&
		    !replaced(x, &loss, mode, reason))
			return false;
	}
	return true;
}

/* A node that does not know the libraries of its release gets a new
 * release_handler (mix_change.sh); it has no state to lose. */
static bool
relisted(const struct hd_vm *before, const struct hd_process *p)
{
	return before->libraries.n == 0 && equal(p->name, "release_handler");
}

/* The new version may drop a name. If a name now means another process, that is
 * a crash or a restart ordered by the relup. */
static bool
same_processes(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	const struct hd_vm *a = x->before, *b = &now->vm;
	AUTO_NAMES present = { 0 };
	AUTO_NAMES restarts = { 0 };

	name_restarts(&restarts, x);
	for (size_t i = 0; i < b->processes.n; i++)
		add_name(&present, b->processes.v[i].name, i);
	for (size_t i = 0; a != NULL && i < a->processes.n; i++) {
		const struct hd_process *p = &a->processes.v[i];
		size_t place = place_of(&present, p->name);
		const struct loss loss = { &restarts, p->app, "process",
			p->name };

		if (place > 0 && !equal(p->id, b->processes.v[place - 1].id) &&
		    !relisted(a, p) && !replaced(x, &loss, mode, reason))
			return false;
	}
	return true;
}

static bool
configured(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	(void)mode;
	return x->before == NULL || !x->hot ||
	       hd_config_kept(x->before, &now->vm, reason);
}

/* The most serious first: only the first failure is reported. */
static check_fn *const checks[] = {
	runs,
	booted,
	fresh,
	same_vm,
	loaded,
	boots,
	same_masters,
	same_processes,
	configured,
};

bool
hd_verify(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason)
{
	if (now->vm.word != NULL ||
	    (x->before != NULL && x->before->word != NULL)) {
		*mode = HD_ACTUAL_UNKNOWN;
		return runs(x, now, mode, reason) &&
		       boots(x, now, mode, reason);
	}
	*mode = HD_ACTUAL_HOT;
	for (size_t i = 0; i < HD_COUNT(checks); i++) {
		if (!checks[i](x, now, mode, reason))
			return false;
	}
	return true;
}

bool
hd_actual_mode_find(enum hd_actual_mode *mode, const struct hd_vm *before,
    const struct hd_facts *now)
{
	const struct hd_expect x = { .before = before };
	HD_AUTO_STR why = HD_STR_INIT(512);

	if (before->state != HD_VM_UP)
		return false;
	*mode = HD_ACTUAL_UNKNOWN;
	if (before->word != NULL || now->vm.word != NULL ||
	    now->vm.state == HD_VM_UNREACHABLE)
		return true;
	*mode = HD_ACTUAL_HOT;
	if (now->plain) {
		(void)same_vm(&x, now, mode, &why);
		if (*mode ==
		    HD_ACTUAL_HOT) /* its other processes are unknown */
			*mode = HD_ACTUAL_PARTIAL;
		return true;
	}
	/* nothing is required, so these only lower the mode */
	return same_vm(&x, now, mode, &why) &&
	       same_masters(&x, now, mode, &why) &&
	       same_processes(&x, now, mode, &why);
}
