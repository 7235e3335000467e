/* Findings about the programs of a release: can this host run them? Unknown
 * facts tell nothing; a static program has no loader and needs nothing. */
#include "core/plan/finding_private.h"

#include <stdio.h>
#include <string.h>

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
	if (f->loaders.n == 0 || !looked_for(loader))
		return true;
	for (size_t i = 0; i < f->loaders.n; i++) {
		if (strcmp(f->loaders.v[i], loader) == 0)
			return true;
	}
	return false;
}

/* The runtime that the goal would put on this host; NULL: none, or the host
 * runs it elsewhere: a container has its own loader and libc. */
static const struct hd_elf *
runtime(const struct hd_look *l)
{
	const struct hd_artifact *a = l->goal->artifact;
	const char *system = l->facts->system;

	if (a == NULL || hd_command_given(l->host, "running") ||
	    a->runtime.loader[0] == '\0' || system == NULL ||
	    strcmp(system, "Linux") != 0)
		return NULL;
	return &a->runtime;
}

/* A host with the loader can run foreign programs, through an emulator. */
static bool
is_foreign(const struct hd_look *l, const struct hd_elf *r)
{
	return !has_loader(l->facts, r->loader) && l->facts->machine != NULL &&
	       !hd_elf_runs_on(r->machine, l->facts->machine);
}

const char *
hd_tell_machine(const struct hd_look *l)
{
	const struct hd_elf *r = runtime(l);

	if (r == NULL || !is_foreign(l, r))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the Erlang runtime of %s was built for %s, and this host is %s: "
	    "build the release on a machine like the host",
	    l->goal->artifact->version, hd_elf_machine(r->machine),
	    l->facts->machine);
}

const char *
hd_tell_loader(const struct hd_look *l)
{
	const struct hd_elf *r = runtime(l);
	const char *libc = l->facts->libc;

	if (r == NULL || has_loader(l->facts, r->loader) || is_foreign(l, r))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the Erlang runtime of %s needs %s%s, which this host (%s) does "
	    "not have: build the release on a system like the host",
	    l->goal->artifact->version, r->loader,
	    strstr(r->loader, "/ld-musl-") != NULL ? " (musl)" : "",
	    libc != NULL ? libc : "libc unknown");
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

const char *
hd_tell_glibc(const struct hd_look *l)
{
	const struct hd_elf *r = runtime(l);

	if (r == NULL || !has_loader(l->facts, r->loader) ||
	    !looked_for(r->loader) || !too_new(l->facts, r->glibc))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the Erlang runtime of %s needs glibc %u.%u, and this host has "
	    "%s: build the release on a system that is not newer than the "
	    "host's",
	    l->goal->artifact->version, r->glibc[0], r->glibc[1],
	    l->facts->libc);
}
