/* Whether hdeploy could work with a version once it is on the host: a refusal
 * costs least now. */
#include "core/plan/plan_private.h"

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

/* A configuration that release_handler takes as empty without a word, or
 * arguments with which the next boot fails. */
static bool
require_readable(struct hd_planning *p, const struct hd_artifact *a)
{
	static const char *const ends[] = {
		[HD_DEFECT_CONFIG] = "the node would run without its settings",
		[HD_DEFECT_VM_ARGS] = "the next boot would fail",
		[HD_DEFECT_RELEASES] = NULL, /* hdeploy writes its own */
	};

	for (size_t i = 0; i < a->defects.n; i++) {
		const struct hd_defect *d = &a->defects.v[i];

		if (ends[d->kind] == NULL)
			continue;
		hd_refuse(p,
		    "%s of %s: %s: %s; correct it and build the release again",
		    d->path, a->version, d->text, ends[d->kind]);
		return false;
	}
	return true;
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
	return p->driver->commands_only || require_readable(p, a);
}
