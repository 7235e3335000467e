/* Whether hdeploy could work with a version once it is on the host: this is
 * when it costs least to say that it could not. */
#include "core/plan/plan_private.h"

/* Where another command tells what runs, the VM may be one that is not asked:
 * in a container, or none at all. What only goes by stop and start, as mix
 * releases do, needs no release_handler. */
static unsigned
needs(const struct hd_planning *p)
{
	unsigned vm = HD_LACK_SASL | HD_LACK_ERL_CALL;

	if (p->driver->commands_only && !hd_command_given(p->host, "upgrade"))
		vm = HD_LACK_ERL_CALL;
	return p->driver->needs |
	       (hd_command_given(p->host, "running") ? 0 : vm);
}

static void
refuse_sasl(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s does not start sasl, so it would have no release_handler to say "
	    "which version runs or to upgrade it: add sasl to the release and build it again (%s)",
	    a->version, p->driver->sasl);
}

static void
refuse_erl_call(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s has no executable erts-%s/bin/erl_call, and hdeploy asks the VM "
	    "through it: build the release with an Erlang/OTP that has it "
	    "(erl_interface)",
	    a->version, a->erts);
}

static void
refuse_script(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s has no executable bin/%s, and driver = %s starts and stops the "
	    "node with it: is this the right driver?",
	    a->version, p->app->name, p->driver->name);
}

static void
refuse_own_script(struct hd_planning *p, const struct hd_artifact *a)
{
	hd_refuse(p,
	    "%s has no executable bin/%s-%s, and driver = %s makes the "
	    "configuration with it: set {extended_start_script, true} in "
	    "rebar.config",
	    a->version, p->app->name, a->version, p->driver->name);
}

static const struct {
	enum hd_lack lack;
	void (*refuse)(struct hd_planning *p, const struct hd_artifact *a);
} lacks[] = {
	{ HD_LACK_SASL, refuse_sasl },
	{ HD_LACK_ERL_CALL, refuse_erl_call },
	{ HD_LACK_SCRIPT, refuse_script },
	{ HD_LACK_OWN_SCRIPT, refuse_own_script },
};

bool
hd_artifact_usable(struct hd_planning *p, const struct hd_artifact *a)
{
	for (size_t i = 0; i < HD_COUNT(lacks); i++) {
		if ((a->lacks & needs(p) & lacks[i].lack) == 0)
			continue;
		lacks[i].refuse(p, a);
		return false;
	}
	/* In a container the host's own do not count. */
	return hd_command_given(p->host, "running") || hd_runtime_runs(p, a);
}
