/* The sentences about the problems of releases. */
#include "cmd/inspect.h"

#include "core/base/index.h"

#include <string.h>

enum { NAMES_SHOWN = 8, NAMES_MAX = 1024 };

/* a NULL: it is a problem of the change. */
static void
add(struct hd_inspection *x, const struct hd_artifact *a, const char *path,
    const char *text)
{
	*HD_PUSH(&x->arena, &x->problems) =
	    (struct hd_flaw){ a != NULL ? a->version : NULL, path, text };
}

static const char *const defects[] = {
	[HD_DEFECT_CONFIG] =
	    "the next boot fails, and a hot upgrade takes the whole file as "
	    "[]: every application falls back to the defaults of its .app "
	    "file",
	[HD_DEFECT_VM_ARGS] = "the next boot fails",
	[HD_DEFECT_RELEASES] =
	    "release_handler ignores it, or sasl does not start",
};

static void
add_defects(struct hd_inspection *x, const struct hd_artifact *a)
{
	for (size_t i = 0; i < a->defects.n; i++) {
		const struct hd_defect *d = &a->defects.v[i];

		add(x, a, d->path,
		    hd_arena_fmt(
			&x->arena, "%s: %s", d->text, defects[d->kind]));
	}
}

/* Only the lacks that matter with every driver. */
static void
add_lacks(struct hd_inspection *x, const struct hd_artifact *a)
{
	if ((a->lacks & HD_LACK_SASL) != 0)
		add(x, a, NULL,
		    "does not start sasl: without its release_handler the node "
		    "cannot be upgraded hot; add sasl to the release");
	if ((a->lacks & HD_LACK_ERL_CALL) != 0)
		add(x, a,
		    hd_arena_fmt(&x->arena, "erts-%s/bin/erl_call", a->erts),
		    "is missing or not executable: hdeploy queries the VM with "
		    "it");
	if ((a->lacks & HD_LACK_SCRIPT) != 0)
		add(x, a, hd_arena_fmt(&x->arena, "bin/%s", a->name),
		    "is missing or not executable: all drivers but script "
		    "start and stop the node with it");
}

static const char *
direction(struct hd_arena *arena, const struct hd_relup_entry *e)
{
	return hd_arena_fmt(
	    arena, "%s %s", e->down ? "down to" : "up from", e->from);
}

static void
add_unknown(struct hd_inspection *x, const struct hd_artifact *a)
{
	for (size_t i = 0; i < a->relup.n; i++) {
		const struct hd_relup_entry *e = &a->relup.v[i];

		for (size_t k = 0; k < e->instructions.n; k++) {
			const struct hd_instruction *one =
			    &e->instructions.v[k];

			if (one->kind == HD_INSTRUCTION_UNKNOWN)
				add(x, a,
				    hd_arena_fmt(&x->arena, "releases/%s/relup",
					a->version),
				    hd_arena_fmt(&x->arena,
					"%s: release_handler does not know the "
					"instruction %.200s, so the install "
					"fails",
					direction(&x->arena, e), one->name));
		}
	}
}

/* The modules that a change misses. */
struct missed {
	struct hd_str names;
	size_t n, new;
};

/* back: from the new release to the old one. */
static void
find_missed(struct missed *out, const struct hd_comparison *changes, bool back)
{
	for (size_t i = 0; i < changes->differences.n; i++) {
		const struct hd_difference *d = &changes->differences.v[i];
		bool new = (back ? d->after : d->before) == NULL;

		if (!(back ? d->missed_down : d->missed_up))
			continue;
		out->new += new;
		if (out->n++ < NAMES_SHOWN)
			hd_str_addf(&out->names, "%s%.100s%s",
			    out->n > 1 ? ", " : "", d->name,
			    new ? " (new)" : "");
	}
	if (out->n > NAMES_SHOWN)
		hd_str_addf(&out->names, " and %zu more", out->n - NAMES_SHOWN);
}

static void
add_missed(struct hd_inspection *x, bool back)
{
	struct missed list = { .names = HD_STR_INIT(NAMES_MAX) };
	const char *from = (back ? x->new : x->old)->version;
	const char *to = (back ? x->old : x->new)->version;

	find_missed(&list, &x->changes, back);
	if (list.n > 0)
		add(x, NULL, NULL,
		    hd_arena_fmt(&x->arena,
			"hot in name only from %s to %s: the node would not "
			"run the code of %s in %s, because no instruction "
			"loads or removes %s%s",
			from, to, to, list.names.ptr,
			list.n == 1 ? "it" : "them",
			list.new == 0 ? ""
				      : "; a node in interactive mode loads "
					"new ones at their first call"));
	hd_str_done(&list.names);
}

static void
add_clashes(struct hd_inspection *x)
{
	for (size_t i = 0; i < x->changes.clashes.n; i++)
		add(x, x->new, x->changes.clashes.v[i],
		    hd_arena_fmt(&x->arena,
			"has other files than in %s under the same version: a "
			"host that has %s keeps its old files; give the "
			"library a new version, or build with the same "
			"Erlang/OTP",
			x->old->version, x->old->version));
}

static void
add_builds(struct hd_inspection *x)
{
	if (strcmp(x->old->identity, x->new->identity) != 0)
		add(x, NULL, NULL,
		    hd_arena_fmt(&x->arena,
			"two different builds of %s: a host that has one of "
			"them refuses the other; give the new one another "
			"version, or replace the old one with "
			"`hdeploy push ENV --replace`",
			x->new->version));
}

static void
add_runtime(struct hd_inspection *x, const struct hd_relup_entry *e)
{
	if (e != NULL && !e->emulator)
		add(x, NULL, NULL,
		    hd_arena_fmt(&x->arena,
			"the relup entry \"%s\" does not restart the emulator, "
			"but ERTS changes: a running node cannot replace its "
			"ERTS",
			direction(&x->arena, e)));
}

/* The modules of a release, as "hotcode-0.2.0 counter". */
struct modules {
	struct hd_arena arena;
	struct hd_index index;
	const char *version;
};

static void
modules_done(struct modules *m)
{
	hd_arena_done(&m->arena);
}
#define AUTO_MODULES HD_CLEANUP(modules_done) struct modules

static size_t *
module_at(struct modules *m, const char *lib, const char *name)
{
	return hd_index_at(
	    &m->index, &m->arena, hd_arena_fmt(&m->arena, "%s %s", lib, name));
}

/* a NULL: no modules. */
static void
modules_read(struct modules *m, const struct hd_artifact *a)
{
	for (size_t i = 0; a != NULL && i < a->modules.n; i++)
		*module_at(m, a->modules.v[i].lib, a->modules.v[i].name) = 1;
	m->version = a != NULL ? a->version : NULL;
}

/* Adds the first module that an entry reads and the release that it leads to
 * lacks. */
static void
add_unreadable(
    struct hd_inspection *x, const struct hd_relup_entry *e, struct modules *m)
{
	for (size_t i = 0; i < e->instructions.n; i++) {
		const struct hd_instruction *one = &e->instructions.v[i];

		if (one->kind != HD_LOAD_OBJECT_CODE ||
		    *module_at(m, one->lib, one->name) != 0)
			continue;
		add(x, x->new,
		    hd_arena_fmt(
			&x->arena, "releases/%s/relup", x->new->version),
		    hd_arena_fmt(&x->arena,
			"%s: reads %.100s of %.100s, which %s does not have: "
			"release_handler cannot install it",
			direction(&x->arena, e), one->name, one->lib,
			m->version));
		return;
	}
}

/* A down entry reads the modules of the older version. */
static void
check_readable(struct hd_inspection *x)
{
	AUTO_MODULES new = { 0 };
	AUTO_MODULES old = { 0 };

	modules_read(&new, x->new);
	modules_read(&old, x->old);
	for (size_t i = 0; i < x->new->relup.n; i++) {
		const struct hd_relup_entry *e = &x->new->relup.v[i];

		if (!e->down)
			add_unreadable(x, e, &new);
		else if (old.version != NULL &&
			 strcmp(e->from, old.version) == 0)
			add_unreadable(x, e, &old);
	}
}

void
hd_inspect_problems(struct hd_inspection *x)
{
	const struct hd_artifact *both[] = { x->old, x->new };

	for (size_t i = 0; i < HD_COUNT(both); i++) {
		if (both[i] == NULL)
			continue;
		add_defects(x, both[i]);
		add_lacks(x, both[i]);
		add_unknown(x, both[i]);
	}
	check_readable(x);
	if (x->old == NULL)
		return;
	if (hd_inspect_builds(x)) {
		add_builds(x);
		return;
	}
	add_missed(x, false);
	add_missed(x, true);
	add_clashes(x);
	if (strcmp(x->old->erts, x->new->erts) != 0) {
		add_runtime(x, x->changes.up);
		add_runtime(x, x->changes.down);
	}
}
