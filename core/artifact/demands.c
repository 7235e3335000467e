#include "core/artifact/demands.h"

#include "core/base/index.h"

#include <stdlib.h>
#include <string.h>

struct listing {
	struct hd_demands *out;
	struct hd_arena *arena;
	struct hd_index seen; /* names and values, libraries of the release */
};

static void
add(struct listing *l, const char *name, const char *value, const char *path)
{
	*HD_PUSH(l->arena, l->out) = (struct hd_demand){ name, value, path };
}

/* Adds it unless an earlier program needs the same. */
static void
add_once(
    struct listing *l, const char *name, const char *value, const char *path)
{
	const char *key = hd_arena_fmt(l->arena, "%s %s", name, value);

	if ((*hd_index_at(&l->seen, l->arena, key))++ == 0)
		add(l, name, value, path);
}

static const char *
machine_name(struct hd_arena *arena, unsigned machine)
{
	const char *name = hd_elf_machine(machine);

	return name != NULL ? name
			    : hd_arena_fmt(arena, "ELF machine %u", machine);
}

static void
add_machines(struct listing *l, const struct hd_artifact *a)
{
	for (size_t i = 0; i < a->programs.n; i++) {
		const struct hd_program *p = &a->programs.v[i];

		add_once(l, "machine", machine_name(l->arena, p->needs.machine),
		    p->path);
	}
	for (size_t i = 0; i < a->programs.n; i++) {
		const struct hd_program *p = &a->programs.v[i];

		if (p->needs.loader[0] != '\0')
			add_once(l, "loader", p->needs.loader, p->path);
	}
}

/* < 0: a is older than b. */
static int
compare_versions(const unsigned *a, const unsigned *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static void
add_newest(struct listing *l, const struct hd_artifact *a)
{
	static const unsigned none[3];
	const struct hd_program *c = NULL, *cxx = NULL;

	for (size_t i = 0; i < a->programs.n; i++) {
		const struct hd_program *p = &a->programs.v[i];

		if (compare_versions(p->needs.glibc,
			c != NULL ? c->needs.glibc : none, 2) > 0)
			c = p;
		if (compare_versions(p->needs.glibcxx,
			cxx != NULL ? cxx->needs.glibcxx : none, 3) > 0)
			cxx = p;
	}
	if (c != NULL)
		add(l, "GLIBC",
		    hd_arena_fmt(l->arena, "%u.%u", c->needs.glibc[0],
			c->needs.glibc[1]),
		    c->path);
	if (cxx != NULL)
		add(l, "GLIBCXX",
		    hd_arena_fmt(l->arena, "%u.%u.%u", cxx->needs.glibcxx[0],
			cxx->needs.glibcxx[1], cxx->needs.glibcxx[2]),
		    cxx->path);
}

static int
by_name(const void *a, const void *b)
{
	const struct hd_demand *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
add_libraries(struct listing *l, const struct hd_artifact *a)
{
	size_t first = l->out->n;

	/* what the release brings along counts as seen */
	for (size_t i = 0; i < a->programs.n; i++) {
		const char *slash = strrchr(a->programs.v[i].path, '/');

		if (slash != NULL)
			*hd_index_at(&l->seen, l->arena,
			    hd_arena_fmt(l->arena, "%s ", slash + 1)) = 1;
	}
	for (size_t i = 0; i < a->programs.n; i++) {
		const struct hd_program *p = &a->programs.v[i];

		for (size_t k = 0; k < p->needs.libraries.n; k++)
			add_once(l, p->needs.libraries.v[k], "", p->path);
	}
	if (l->out->n > first)
		qsort(l->out->v + first, l->out->n - first, sizeof(*l->out->v),
		    by_name);
}

void
hd_demands_list(
    struct hd_demands *out, struct hd_arena *arena, const struct hd_artifact *a)
{
	struct listing l = { out, arena, { 0 } };

	add_machines(&l, a);
	add_newest(&l, a);
	add_libraries(&l, a);
}
