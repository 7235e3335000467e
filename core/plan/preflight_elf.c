/* Findings about the programs of a release: can this host run them? Unknown
 * facts tell nothing; a static program has no loader and needs nothing. */
#include "core/plan/finding_private.h"

#include <stdio.h>
#include <string.h>

/* A program and the version that it belongs to. */
struct program {
	const char *path, *version;
	const struct hd_elf *needs;
};

/* The text of a finding about p; NULL: none. */
typedef const char *judge_fn(const struct hd_look *l, const struct program *p);

static const char *
each(const struct hd_look *l, const char *version, const struct hd_program *v,
    size_t n, judge_fn *judge)
{
	const char *text = NULL;

	for (size_t i = 0; text == NULL && i < n; i++)
		text = judge(
		    l, &(struct program){ v[i].path, version, &v[i].needs });
	return text;
}

/* The programs of the artifact, or those that the record of the version names.
 * Not if the host runs them elsewhere: a container has its own libraries. */
static const char *
each_program(const struct hd_look *l, judge_fn *judge)
{
	const struct hd_artifact *a = l->goal->artifact;
	const char *system = l->facts->system, *text;

	if (hd_command_given(l->host, "running") || system == NULL ||
	    strcmp(system, "Linux") != 0)
		return NULL;
	if (a == NULL)
		return each(l, l->goal->version, l->facts->programs.v,
		    l->facts->programs.n, judge);
	text = judge(l, &(struct program){ "erts-", a->version, &a->runtime });
	return text != NULL
		   ? text
		   : each(l, a->version, a->programs.v, a->programs.n, judge);
}

static bool
of_runtime(const struct program *p)
{
	return strncmp(p->path, "erts-", 5) == 0;
}

/* "the Erlang runtime of 0.2.0". */
static const char *
noun(const struct hd_look *l, const struct program *p)
{
	return hd_arena_fmt(l->arena, "%.200s of %s",
	    of_runtime(p) ? "the Erlang runtime" : p->path,
	    p->version != NULL ? p->version : "the version");
}

/* Whether facts.sh looked in the folder of loader. */
static bool
looked_for(const char *loader)
{
	static const char *const folders[] = { "/lib/", "/lib64/", "/lib32/" };

	for (size_t i = 0; i < HD_COUNT(folders); i++) {
		size_t n = strlen(folders[i]);

		if (strncmp(loader, folders[i], n) == 0 &&
		    strchr(loader + n, '/') == NULL)
			return true;
	}
	return false;
}

static bool
has_loader(const struct hd_facts *f, const char *loader)
{
	if (f->loaders.n == 0 || loader[0] == '\0' || !looked_for(loader))
		return true;
	for (size_t i = 0; i < f->loaders.n; i++) {
		if (strcmp(f->loaders.v[i], loader) == 0)
			return true;
	}
	return false;
}

/* Whether the loader is for that machine: "/lib/ld-linux-aarch64.so.1". A host
 * with a foreign loader runs foreign programs, through an emulator. */
static bool
loader_names(const char *loader, unsigned machine)
{
	const char *name = hd_elf_machine(machine);
	size_t n = name != NULL ? strlen(name) : 0;

	for (; n > 0 && *loader != '\0'; loader++) {
		size_t i = 0;

		while (i < n && (loader[i] == name[i] ||
				    (loader[i] == '-' && name[i] == '_')))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static bool
is_foreign(const struct hd_look *l, const struct hd_elf *e)
{
	const char *machine = l->facts->machine;
	bool is_static = e->loader[0] == '\0' && e->libraries.n == 0;

	if (machine == NULL || is_static || hd_elf_runs_on(e->machine, machine))
		return false;
	return e->loader[0] == '\0' || !has_loader(l->facts, e->loader) ||
	       !looked_for(e->loader) || !loader_names(e->loader, e->machine);
}

/* The length of "lib/NAME-VERSION/", or 0. */
static size_t
library_of(const char *path)
{
	const char *end =
	    strncmp(path, "lib/", 4) == 0 ? strchr(path + 4, '/') : NULL;

	return end != NULL ? (size_t)(end + 1 - path) : 0;
}

/* Whether a library brings programs for several machines, one of them this. */
static bool
has_native(const struct hd_look *l, const struct program *p)
{
	const struct hd_artifact *a = l->goal->artifact;
	const struct hd_program *v = a ? a->programs.v : l->facts->programs.v;
	size_t count = a ? a->programs.n : l->facts->programs.n;
	size_t n = library_of(p->path);

	for (size_t i = 0; n > 0 && i < count; i++)
		if (strncmp(v[i].path, p->path, n) == 0 &&
		    !is_foreign(l, &v[i].needs))
			return true;
	return false;
}

static const char *
judge_machine(const struct hd_look *l, const struct program *p)
{
	if (!is_foreign(l, p->needs) || has_native(l, p))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s was built for %s, and this host is %s: build the release on a "
	    "machine like the host",
	    noun(l, p), hd_elf_machine(p->needs->machine), l->facts->machine);
}

const char *
hd_tell_machine(const struct hd_look *l)
{
	return each_program(l, judge_machine);
}

static const char *
judge_loader(const struct hd_look *l, const struct program *p)
{
	const char *loader = p->needs->loader, *libc = l->facts->libc;

	if (has_loader(l->facts, loader) || is_foreign(l, p->needs))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s needs %s%s, which this host (%s) does not have: build the "
	    "release on a system like the host",
	    noun(l, p), loader,
	    strstr(loader, "/ld-musl-") != NULL ? " (musl)" : "",
	    libc != NULL ? libc : "libc unknown");
}

const char *
hd_tell_loader(const struct hd_look *l)
{
	return each_program(l, judge_loader);
}

/* Whether the glibc of the host, "glibc 2.36", is older than needed. */
static bool
too_new(const struct hd_facts *f, const unsigned needed[static 2])
{
	unsigned major, minor;

	if (f->libc == NULL ||
	    sscanf(f->libc, "glibc %2u.%3u", &major, &minor) != 2)
		return false;
	return needed[0] > major || (needed[0] == major && needed[1] > minor);
}

/* A program with a loader of its own has a libc of its own, too. */
static bool
uses_host(const struct hd_look *l, const struct hd_elf *e)
{
	return has_loader(l->facts, e->loader) && !is_foreign(l, e) &&
	       (e->loader[0] == '\0' || looked_for(e->loader));
}

static const char *
judge_glibc(const struct hd_look *l, const struct program *p)
{
	const unsigned *needed = p->needs->glibc;

	if (!uses_host(l, p->needs) || !too_new(l->facts, needed))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s needs glibc %u.%u, and this host has %s: build the release on "
	    "a system that is not newer than the host's",
	    noun(l, p), needed[0], needed[1], l->facts->libc);
}

const char *
hd_tell_glibc(const struct hd_look *l)
{
	return each_program(l, judge_glibc);
}

static const char *
judge_glibcxx(const struct hd_look *l, const struct program *p)
{
	const unsigned *needed = p->needs->glibcxx;
	unsigned has[3];

	if (l->facts->glibcxx == NULL || !uses_host(l, p->needs) ||
	    sscanf(l->facts->glibcxx, "%4u.%4u.%4u", &has[0], &has[1],
		&has[2]) != 3)
		return NULL;
	for (size_t i = 0; i < 3; i++) {
		if (needed[i] == has[i])
			continue;
		return needed[i] < has[i]
			   ? NULL
			   : hd_arena_fmt(l->arena,
				 "%s needs libstdc++ with GLIBCXX_%u.%u.%u, "
				 "and that of this host ends with %s: build "
				 "the release on a system that is not newer "
				 "than the host's",
				 noun(l, p), needed[0], needed[1], needed[2],
				 l->facts->glibcxx);
	}
	return NULL;
}

const char *
hd_tell_glibcxx(const struct hd_look *l)
{
	return each_program(l, judge_glibcxx);
}

/* Programs of OTP that a release brings because of a dependency, and that are
 * loaded only if it draws windows, speaks ODBC or is traced. */
static bool
is_optional(const char *path)
{
	static const char *const apps[] = { "wx", "odbc", "runtime_tools",
		"megaco", "snmp" };

	for (size_t i = 0; i < HD_COUNT(apps); i++) {
		size_t n = strlen(apps[i]);

		if (library_of(path) > 0 &&
		    strncmp(path + 4, apps[i], n) == 0 && path[4 + n] == '-')
			return true;
	}
	return false;
}

/* A name that a program built for musl needs. There musl's loader has it, and
 * no file must. A library can bring such a program besides one for glibc. */
static bool
is_of_musl(const char *name)
{
	static const char *const names[] = { "libc.so", "libpthread.so",
		"librt.so", "libm.so", "libdl.so", "libutil.so", "libxnet.so" };

	for (size_t i = 0; i < HD_COUNT(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A library of p that the host lacks; NULL: none. */
static const char *
lacking(const struct hd_look *l, const struct hd_elf *e)
{
	const struct hd_strs *lacks = &l->facts->lacks;

	for (size_t i = 0; i < lacks->n; i++)
		for (size_t k = 0; k < e->libraries.n; k++)
			if (strcmp(lacks->v[i], e->libraries.v[k]) == 0 &&
			    !is_of_musl(lacks->v[i]))
				return lacks->v[i];
	return NULL;
}

static const char *
judge_library(const struct hd_look *l, const struct program *p)
{
	const char *name = lacking(l, p->needs);

	if (name == NULL || is_optional(p->path) || !uses_host(l, p->needs))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s needs the shared library %s, which this host does not have: "
	    "install the package that has it",
	    noun(l, p), name);
}

const char *
hd_tell_library(const struct hd_look *l)
{
	return each_program(l, judge_library);
}

static const char *
judge_optional(const struct hd_look *l, const struct program *p)
{
	const char *name = lacking(l, p->needs);

	if (name == NULL || !is_optional(p->path))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s needs the shared library %s, which this host does not have: "
	    "install the package that has it if the release uses this "
	    "application",
	    noun(l, p), name);
}

const char *
hd_tell_library_optional(const struct hd_look *l)
{
	return each_program(l, judge_optional);
}
