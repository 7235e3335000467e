/* Processes that a hot change would end, leave behind, or fail at. */
#include "core/plan/proof_private.h"

#include "core/base/index.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN = 3, TEXT = 600 };

bool
hd_proof_probed(const struct hd_facts *f, const char *version)
{
	return f->vm.probed && hd_same(f->proved, version);
}

/* Why release_handler cannot get the children of a process (vm_trees.erl). */
static const char *
fault(const char *how)
{
	static const struct {
		const char *how, *text;
	} faults[] = {
		{ "silent", "does not answer when asked for its children" },
		{ "ends", "would end if asked for its children" },
		{ "error",
		    "does not answer with a list when asked for its children" },
		{ "dynamic",
		    "has `modules => dynamic` in its child specification, but "
		    "is not a gen_event" },
	};

	for (size_t i = 0; i < HD_COUNT(faults); i++)
		if (hd_same(faults[i].how, how))
			return faults[i].text;
	return "is not an OTP process, so it cannot be asked for its children";
}

/* The command line that makes the same change by stop and start. */
static const char *
cold(struct hd_planning *p, const char *to)
{
	const struct hd_goal *goal = p->goal;
	bool back = goal->kind == HD_GOAL_ROLLBACK;
	const char *version = back ? goal->version : to;

	return hd_plan_advice(p, back ? "rollback" : "upgrade",
	    version != NULL ? hd_arena_fmt(p->words, "%s --cold", version)
			    : "--cold");
}

static bool
require_trees(struct hd_planning *p, const char *to)
{
	const struct hd_vm *vm = &p->facts->vm;
	HD_AUTO_STR text = HD_STR_INIT(TEXT);

	for (size_t i = 0; i < vm->tree.n && i < SHOWN; i++) {
		const struct hd_tree *t = &vm->tree.v[i];

		hd_str_addf(&text, "%sin application %.48s <%.24s> %.48s %s",
		    i > 0 ? ", and " : "", t->app, t->id, t->who,
		    fault(t->how));
	}
	if (vm->tree.n == 0)
		return true;
	hd_refuse(p,
	    "release_handler would hang or restart the node, because %s: `%s` "
	    "makes the change by stop and start",
	    text.ptr, cold(p, to));
	return false;
}

static void
add_left(struct hd_str *out, const struct hd_vm *vm)
{
	int64_t more = vm->more;

	hd_str_add(out,
	    "unsupervised processes would keep their old state on new "
	    "code (");
	for (size_t i = 0; i < vm->left.n; i++) {
		const struct hd_left *l = &vm->left.v[i];

		if (i >= SHOWN) {
			more++;
			continue;
		}
		hd_str_addf(
		    out, "%s<%.24s> %.48s", i > 0 ? ", " : "", l->id, l->who);
		if (!hd_same(l->module, l->who))
			hd_str_addf(out, " of %.48s", l->module);
	}
	if (more > 0)
		hd_str_addf(out, " and %" PRId64 " more", more);
	hd_str_add(out, ")");
}

static bool
require_supervised(struct hd_planning *p, const char *to)
{
	const struct hd_vm *vm = &p->facts->vm;
	HD_AUTO_STR text = HD_STR_INIT(TEXT);

	if (vm->left.n == 0 || p->host->unsupervised == HD_UNSUPERVISED_WARN)
		return true;
	add_left(&text, vm);
	hd_refuse(p,
	    "%s: stop them, put them under a supervisor that names their "
	    "module, or set unsupervised = warn; `%s` makes the change by "
	    "stop and start",
	    text.ptr, cold(p, to));
	return false;
}

/* How the way purges old code of the modules that it replaces. */
struct purges {
	struct hd_arena *arena;
	struct hd_index before, after; /* 1: soft, 2: brutal */
};
enum { SOFT = 1, BRUTAL = 2 };

static void
read_purges(
    struct purges *out, struct hd_arena *arena, const struct hd_way *way)
{
	const struct hd_instructions *all = &way->entry.instructions;

	*out = (struct purges){ .arena = arena };
	for (size_t i = 0; i < all->n; i++) {
		const struct hd_instruction *one = &all->v[i];

		if (one->kind != HD_LOAD && one->kind != HD_REMOVE)
			continue;
		*hd_index_at(&out->before, arena, one->name) =
		    one->brutal_before ? BRUTAL : SOFT;
		*hd_index_at(&out->after, arena, one->name) =
		    one->brutal_after ? BRUTAL : SOFT;
	}
}

/* "2 processes that run worker (<0.9.0> worker:run/1)"; n of them match. */
static void
add_processes(struct hd_str *out, const struct hd_old_code *v, size_t n,
    const struct hd_index *purge, size_t how, const char *what)
{
	int64_t processes = 0;
	size_t shown = 0;

	for (size_t i = 0; i < n; i++)
		if (hd_index_get(purge, v[i].module) == how)
			processes += v[i].processes;
	if (processes == 0)
		return;
	hd_str_addf(out, "%" PRId64 " process%s ", processes,
	    processes == 1 ? "" : "es");
	hd_str_addf(
	    out, "%s%s ", processes == 1 ? "that runs" : "that run", what);
	for (size_t i = 0; i < n && shown < SHOWN; i++)
		if (hd_index_get(purge, v[i].module) == how)
			hd_str_addf(out, "%s%.48s (<%.24s> %.48s)",
			    shown++ > 0 ? ", " : "", v[i].module, v[i].id,
			    v[i].who);
}

/* release_handler answers {old_processes, Module}. A way back waits for them
 * first (drain), and `retry` tries again. */
static bool
require_no_old_code(
    struct hd_planning *p, const struct purges *purges, const char *to)
{
	const struct hd_vm *vm = &p->facts->vm;
	HD_AUTO_STR text = HD_STR_INIT(TEXT);

	if (p->goal->kind == HD_GOAL_ROLLBACK || p->host->retry.times > 0)
		return true;
	add_processes(&text, vm->old_code.v, vm->old_code.n, &purges->before,
	    SOFT, " old code of");
	if (text.len == 0)
		return true;
	hd_refuse(p,
	    "the relup purges softly, so release_handler refuses it while it "
	    "finds %s: wait until none is left, set `retry` to give them time, "
	    "or `%s` makes the change by stop and start",
	    text.ptr, cold(p, to));
	return false;
}

bool
hd_require_processes(
    struct hd_planning *p, const struct hd_way *way, const char *to)
{
	struct purges purges;

	read_purges(&purges, p->words, way);
	if (!require_no_old_code(p, &purges, to))
		return false;
	return !hd_proof_probed(p->facts, to) ||
	       (require_trees(p, to) && require_supervised(p, to));
}

static void
begin(struct hd_str *out)
{
	hd_str_add(out, out->len > 0 ? "; " : "");
}

static void
add_restarts(struct hd_str *out, const struct hd_strs *apps)
{
	if (apps->n == 0)
		return;
	begin(out);
	hd_str_add(out, "restarts ");
	for (size_t i = 0; i < apps->n && i < SHOWN; i++)
		hd_str_addf(out, "%s%.48s", i > 0 ? ", " : "", apps->v[i]);
	if (apps->n > SHOWN)
		hd_str_addf(out, " and %zu more", apps->n - SHOWN);
}

/* Appends before and a list of processes, if there are any. */
static void
add_some(struct hd_str *out, const char *before, const struct hd_old_code *v,
    size_t n, const struct hd_index *purge, size_t how, const char *what)
{
	HD_AUTO_STR text = HD_STR_INIT(TEXT);

	add_processes(&text, v, n, purge, how, what);
	if (text.len == 0)
		return;
	begin(out);
	hd_str_addf(out, "%s%s", before, text.ptr);
}

void
hd_proof_add_care(struct hd_str *out, struct hd_planning *p,
    const struct hd_way *way, const char *to)
{
	const struct hd_vm *vm = &p->facts->vm;
	struct purges purges;

	read_purges(&purges, p->words, way);
	add_restarts(out, &way->entry.restarts);
	add_some(out, "brutal purge of ", vm->old_code.v, vm->old_code.n,
	    &purges.before, BRUTAL, " old code of");
	add_some(out, "waits for the end of ", vm->old_code.v, vm->old_code.n,
	    &purges.before, SOFT, " old code of");
	if (!hd_proof_probed(p->facts, to))
		return;
	add_some(out, "brutal purge of ", vm->inside.v, vm->inside.n,
	    &purges.after, BRUTAL, "");
	add_some(out, "old code stays for ", vm->inside.v, vm->inside.n,
	    &purges.after, SOFT, "");
	if (vm->left.n > 0) {
		begin(out);
		add_left(out, vm);
	}
	if (vm->unseen > 0) {
		begin(out);
		hd_str_addf(out,
		    "there was no time to check %" PRId64 " processes",
		    vm->unseen);
	}
}
