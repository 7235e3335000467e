/* Whether an Erlang runtime can be started on a host, by what its programs ask
 * for and the host says that it has. A program without a loader asks for
 * nothing; where something is not known, nothing is refused. */
#include "core/plan/plan_private.h"

#include <stdio.h>
#include <string.h>

/* Other folders were not looked into. */
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
		if (hd_same(f->loaders.v[i], loader))
			return true;
	}
	return false;
}

static void
refuse_loader(struct hd_planning *p, const struct hd_artifact *a)
{
	const struct hd_facts *f = p->facts;
	bool musl = strstr(a->runtime.loader, "/ld-musl-") != NULL;

	if (f->machine != NULL &&
	    !hd_elf_runs_on(a->runtime.machine, f->machine))
		hd_refuse(p,
		    "the Erlang runtime of %s was built for %s, and this host "
		    "is %s: build the release on a machine like the host",
		    a->version, hd_elf_machine(a->runtime.machine), f->machine);
	else
		hd_refuse(p,
		    "the Erlang runtime of %s needs %s%s, which this host (%s) "
		    "does not have: build the release on a system like the "
		    "host",
		    a->version, a->runtime.loader, musl ? " (musl)" : "",
		    f->libc != NULL ? f->libc : "libc unknown");
}

/* The host's is older: "glibc 2.36". */
static bool
too_new(const struct hd_facts *f, const unsigned needed[static 2])
{
	unsigned major, minor;

	if (f->libc == NULL ||
	    sscanf(f->libc, "glibc %2u.%3u", &major, &minor) != 2)
		return false;
	return needed[0] > major || (needed[0] == major && needed[1] > minor);
}

bool
hd_runtime_runs(struct hd_planning *p, const struct hd_artifact *a)
{
	const struct hd_elf *r = &a->runtime;

	if (r->loader[0] == '\0' || !hd_same(p->facts->system, "Linux"))
		return true;
	if (!has_loader(p->facts, r->loader))
		refuse_loader(p, a);
	else if (looked_for(r->loader) && too_new(p->facts, r->glibc))
		hd_refuse(p,
		    "the Erlang runtime of %s needs glibc %u.%u, and this host "
		    "has %s: build the release on a system that is not newer "
		    "than the host's",
		    a->version, r->glibc[0], r->glibc[1], p->facts->libc);
	else
		return true;
	return false;
}
