/* Whether hdeploy could work with a version once it is on the host: a refusal
 * costs least now. */
#include "core/plan/plan_private.h"

#include <stdio.h>
#include <string.h>

/* What the VM must have. With command.running the VM is never asked: it may be
 * in a container. A release that changes only by stop and start, as mix
 * releases do, needs no release_handler. */
static unsigned
needs(const struct hd_planning *p)
{
	unsigned vm = HD_LACK_SASL | HD_LACK_ERL_CALL;

	if (p->driver->cold_without_sasl ||
	    (p->driver->commands_only && !hd_command_given(p->host, "upgrade")))
		vm = HD_LACK_ERL_CALL;
	return p->driver->needs |
	       (hd_command_given(p->host, "running") ? 0 : vm);
}

static void
refuse_sasl(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s does not start sasl, so it would have no release_handler to "
	    "report or upgrade the running version: add sasl to the release "
	    "and build it again (%s)",
	    a->version, p->driver->sasl);
}

static void
refuse_erl_call(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s has no executable erts-%s/bin/erl_call, and hdeploy queries "
	    "the VM with it: build the release with an Erlang/OTP that has "
	    "it (erl_interface)",
	    a->version, a->erts);
}

static void
refuse_script(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s has no executable bin/%s, and driver = %s starts and stops the "
	    "node with it: is this the right driver?",
	    a->version, p->app->name, p->app->driver);
}

static void
refuse_own_script(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s has no executable bin/%s-%s, and driver = %s makes the "
	    "configuration with it: set {extended_start_script, true} in "
	    "rebar.config",
	    a->version, p->app->name, a->version, p->app->driver);
}

static void
refuse_castle(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s was not made with Castle: it has no "
	    "releases/%s/preboot.boot. Add Castle's steps to the release in "
	    "mix.exs, or set driver = mix in deploy.ini",
	    a->version, a->version);
}

static const struct {
	enum hd_lack lack;
	void (*refuse)(struct hd_planning *p, const struct hd_artifact *a);
} lacks[] = {
	{ HD_LACK_SASL, refuse_sasl },
	{ HD_LACK_ERL_CALL, refuse_erl_call },
	{ HD_LACK_SCRIPT, refuse_script },
	{ HD_LACK_OWN_SCRIPT, refuse_own_script },
	{ HD_LACK_CASTLE, refuse_castle },
};

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

/* Unknown facts refuse nothing; a static program has no loader and needs
 * nothing. */
static bool
require_runtime(struct hd_planning *p, const struct hd_artifact *a)
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

bool
hd_require_usable(struct hd_planning *p, const struct hd_artifact *a)
{
	for (size_t i = 0; i < HD_COUNT(lacks); i++) {
		if ((a->lacks & needs(p) & lacks[i].lack) == 0)
			continue;
		lacks[i].refuse(p, a);
		return false;
	}
	/* a container has its own loader and libc */
	return hd_command_given(p->host, "running") || require_runtime(p, a);
}
