#include "core/rollout/hook.h"

#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/rollout/operate.h"

#include <stdio.h>

enum { VARIABLES = 9 };

static void
fill_variables(struct hd_pair set[static VARIABLES], const struct hd_hook *hook,
    const struct hd_env *env, const struct hd_hook_context *context)
{
	const struct hd_pair all[VARIABLES] = {
		{ "HDEPLOY_HOOK", hd_hook_names[hook->name] },
		{ "HDEPLOY_ENV", env->name },
		{ "HDEPLOY_HOSTS", context->hosts },
		{ "HDEPLOY_VERSION", context->version },
		{ "HDEPLOY_PREVIOUS", context->previous },
		{ "HDEPLOY_RESULT", context->result },
		{ "HDEPLOY_TARBALL", context->tarball },
		{ "HDEPLOY_SHA256", context->sha256 },
		{ "HDEPLOY_SIZE", context->size },
	};

	/* Empty rather than unset: sh -u fails at unset variables. */
	for (size_t i = 0; i < VARIABLES; i++)
		set[i] = (struct hd_pair){ all[i].name,
			all[i].value != NULL ? all[i].value : "" };
}

int
hd_hook_on_host(struct hd_site *s, const struct hd_hook *hook,
    const struct hd_hook_context *context, struct hd_err *err)
{
	struct hd_call call = hd_site_call(s, "run", s->run->env->hook_timeout);
	struct hd_hook_context there = *context;
	struct hd_pair set[VARIABLES];
	HD_AUTO_ARENA arena = { 0 };
	struct hd_pairs env = { 0 };
	struct hd_err why;
	char name[64];

	for (size_t i = 0; i < s->host->env.n; i++)
		*HD_PUSH(&arena, &env) = s->host->env.v[i];
	there.tarball = NULL; /* a file of this machine */
	fill_variables(set, hook, s->run->env, &there);
	for (size_t i = 0; i < VARIABLES; i++)
		*HD_PUSH(&arena, &env) = set[i];
	snprintf(name, sizeof(name), HD_HOOK_OPERATION "%s",
	    hd_hook_names[hook->name]);
	call.name = name;
	call.env = &env;
	hd_call_set(&call, "command", hook->command);
	if (hd_site_operate(s, hd_hook_rows[hook->name].title, &call, err) == 0)
		return 0;
	why = *err;
	if (why.code != HD_EREMOTE)
		return -1;
	return hd_err_set(err, why.code, "%.600s (%s)", why.msg, hook->command);
}

struct output {
	const struct hd_sink *sink;
	const char *step;
};

static void
on_output(void *ctx, const char *text, size_t len)
{
	const struct output *o = ctx;

	hd_emit(o->sink, (struct hd_event){ .kind = HD_EV_OUTPUT,
			     .step = o->step,
			     .text = text,
			     .len = len });
}

/* Runs the hook on this machine. An interruption ends it; if the run was
 * already interrupted, only a second one does. */
static int
run_locally(const struct hd_run *run, const struct hd_hook *hook,
    const struct hd_hook_context *context, struct hd_err *err)
{
	struct output output = { run->sink, hd_hook_rows[hook->name].title };
	struct hd_pair set[VARIABLES];
	const struct hd_child child = {
		.what = hd_hook_rows[hook->name].title,
		.command = hook->command,
		.set = set,
		.nset = VARIABLES,
		.timeout_ms = run->env->hook_timeout,
		.ends = hd_cancel_requested() ? HD_CANCEL_NOW : HD_CANCEL_SOON,
		.out = on_output,
		.ctx = &output,
	};

	fill_variables(set, hook, run->env, context);
	return hd_child_run(&child, err);
}

int
hd_hook_run(const struct hd_run *run, const struct hd_hook *hook,
    struct hd_site *s, const struct hd_hook_context *context,
    struct hd_err *err)
{
	int64_t began = hd_clock_ms();
	struct hd_event ev = {
		.kind = HD_EV_STEP,
		.host = s != NULL ? s->host->name : NULL,
		.step = hd_hook_rows[hook->name].title,
		.result = HD_STEP_BEGIN,
		.text = hook->command,
	};
	int rc;

	hd_emit(run->sink, ev);
	rc = s != NULL ? hd_hook_on_host(s, hook, context, err)
		       : run_locally(run, hook, context, err);
	ev.ms = hd_clock_ms() - began;
	ev.result = rc == 0 ? HD_STEP_OK : HD_STEP_FAILED;
	ev.text = rc == 0 ? NULL : err->msg;
	hd_emit(run->sink, ev);
	return rc;
}
