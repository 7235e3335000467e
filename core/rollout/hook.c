#include "core/rollout/hook.h"

#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/rollout/hook_json.h"
#include "core/rollout/operate.h"

#include <stdio.h>

enum { VARIABLES = 12, WAVE_TEXT = 24 };

/* wave: memory for a number that set borrows. */
static void
fill_variables(struct hd_pair set[static VARIABLES],
    char wave[static WAVE_TEXT], const struct hd_hook *hook,
    const struct hd_env *env, const struct hd_hook_context *context)
{
	const struct hd_pair all[VARIABLES] = {
		{ "HDEPLOY_HOOK", hd_hook_names[hook->name] },
		{ "HDEPLOY_ENV", env->name },
		{ "HDEPLOY_HOSTS", context->hosts },
		{ "HDEPLOY_HOST", context->host },
		{ "HDEPLOY_ADDRESS", context->address },
		{ "HDEPLOY_WAVE", context->wave > 0 ? wave : NULL },
		{ "HDEPLOY_VERSION", context->version },
		{ "HDEPLOY_PREVIOUS", context->previous },
		{ "HDEPLOY_RESULT", context->result },
		{ "HDEPLOY_TARBALL", context->tarball },
		{ "HDEPLOY_SHA256", context->sha256 },
		{ "HDEPLOY_SIZE", context->size },
	};

	snprintf(wave, WAVE_TEXT, "%zu", context->wave);
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
	char name[64], wave[WAVE_TEXT];

	for (size_t i = 0; i < s->host->env.n; i++)
		*HD_PUSH(&arena, &env) = s->host->env.v[i];
	there.tarball = NULL; /* a file of this machine */
	fill_variables(set, wave, hook, s->run->env, &there);
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
	const char *host, *step;
};

static void
on_output(void *ctx, const char *text, size_t len)
{
	const struct output *o = ctx;

	hd_emit(o->sink, (struct hd_event){ .kind = HD_EV_OUTPUT,
			     .host = o->host,
			     .step = o->step,
			     .text = text,
			     .len = len });
}

/* Whether the first interruption must not end the hook: it puts back what
 * another hook took away, or prepares a way back, which is not a wave. */
static bool
must_end(enum hd_hook_name name, const struct hd_hook_context *context)
{
	return hd_cancel_requested() ||
	       (hd_hook_rows[name].side == HD_HOOK_AROUND &&
		   (hd_hook_rows[name].after || context->wave == 0));
}

/* Runs the hook on this machine. An interruption ends it; if the run was
 * already interrupted, only a second one does. */
static int
run_locally(const struct hd_run *run, const struct hd_hook *hook,
    const struct hd_hook_context *context, struct hd_err *err)
{
	struct output output = { run->sink, context->host,
		hd_hook_rows[hook->name].title };
	HD_AUTO_STR json = HD_STR_INIT(HD_HOOK_JSON_MAX);
	struct hd_pair set[VARIABLES];
	char wave[WAVE_TEXT];
	struct hd_child child = {
		.command = hook->command,
		.set = set,
		.nset = VARIABLES,
		.timeout_ms = run->env->hook_timeout,
		.ends = must_end(hook->name, context) ? HD_CANCEL_NOW
						      : HD_CANCEL_SOON,
		.out = on_output,
		.ctx = &output,
	};

	fill_variables(set, wave, hook, run->env, context);
	hd_hook_json(&json, run, hook, context);
	child.input = json.ptr;
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
		.host = s != NULL ? s->host->name : context->host,
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
	return rc == 0 ? 0 : hd_err_prefix(err, "%s", ev.step);
}

void
hd_hook_shorten(struct hd_err *err, enum hd_hook_name name)
{
	(void)hd_err_set(err, err->code, "%s %s", hd_hook_rows[name].title,
	    err->code == HD_ECANCELED ? "was interrupted" : "failed");
}
