#include "core/rollout/hooks.h"

#include "core/base/cancel.h"
#include "core/rollout/around.h"
#include "core/rollout/fleet.h"
#include "core/rollout/hook_group.h"
#include "core/rollout/hook_tarball.h"
#include "core/rollout/outcomes.h"
#include "core/rollout/park.h"

#include <string.h>

/* Linux: the longest variable of a program is MAX_ARG_STRLEN, 32 pages, with
 * its name and the NUL. */
enum { VARIABLE_MAX = 32 * 4096 };

/* Runs the local and once hooks of this name, up to the first that fails. */
static int
run_name(
    const struct hd_hook_group *g, enum hd_hook_name name, struct hd_err *err)
{
	const struct hd_hooks *hooks = &g->run->env->hooks;

	for (size_t i = 0; i < hooks->n; i++) {
		const struct hd_hook *hook = &hooks->v[i];
		struct hd_site *s =
		    hook->place == HD_HOOK_ONCE ? g->on[0] : NULL;

		if (hook->name == name && hook->place != HD_HOOK_REMOTE &&
		    hd_hook_run(g->run, hook, s, &g->context, err) < 0)
			return -1;
	}
	return 0;
}

static bool
succeeded(const struct hd_site *s)
{
	return s->result == HD_RES_OK;
}

static bool
of_waves(enum hd_hook_name name)
{
	return name == HD_HOOK_BEFORE_WAVE || name == HD_HOOK_AFTER_WAVE;
}

/* Where the hook runs, for people; NULL: not in this run. */
static const char *
place_of(struct hd_hook_group *g, const struct hd_hook *hook, bool in_waves)
{
	if (hd_hook_rows[hook->name].side == HD_HOOK_AROUND)
		return !in_waves ? NULL
		       : of_waves(hook->name)
			   ? "on this machine, for each wave"
			   : "on this machine, for each host";
	if (hook->place == HD_HOOK_REMOTE ||
	    !hd_hook_group_select(g, hook->name, NULL))
		return NULL;
	return hook->place == HD_HOOK_LOCAL ? "on this machine"
					    : g->on[0]->host->name;
}

void
hd_hooks_tell(const struct hd_run *run, bool in_waves,
    struct hd_site *const *sites, size_t n)
{
	const struct hd_hooks *hooks = &run->env->hooks;
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g;

	hd_hook_group_init(&g, run, sites, n);
	for (size_t i = 0; i < hooks->n; i++) {
		const struct hd_hook *hook = &hooks->v[i];
		const char *place = place_of(&g, hook, in_waves && n > 0);

		if (place != NULL)
			hd_emitf(run->sink, HD_EV_NOTE, NULL, "%s, %s: %s",
			    hd_hook_rows[hook->name].title, place,
			    hook->command);
	}
}

static void
begin_none(const struct hd_hook_group *g, const struct hd_err *why)
{
	for (size_t i = 0; i < g->n; i++) {
		hd_site_skip(g->sites[i], why->code, why->msg);
		hd_site_emit(g->sites[i]);
	}
}

/* Runs the hooks of this name; before_push gets the tarball. */
static int
run_before(struct hd_hook_group *g, enum hd_hook_name name, struct hd_err *err)
{
	HD_CLEANUP(hd_hook_tarball_done) struct hd_hook_tarball tarball = { 0 };
	const struct hd_hook_context plain = g->context;
	int rc = 0;

	if (name == HD_HOOK_BEFORE_PUSH)
		rc = hd_hook_tarball_init(&tarball, g->run, &g->context, err);
	if (rc < 0 && err->code != HD_ECANCELED)
		hd_emitf(g->run->sink, HD_EV_ERROR, NULL, "%s", err->msg);
	if (rc == 0)
		rc = run_name(g, name, err);
	g->context = plain;
	return rc;
}

/* Before any host changes: afterwards, a hook that cannot start is found too
 * late. */
static int
check_room(const struct hd_hook_group *g, enum hd_hook_name name,
    const char *remedy, struct hd_err *err)
{
	const struct {
		const char *name;
		const struct hd_str *text;
	} lists[] = {
		{ "HDEPLOY_HOSTS", &g->hosts },
		{ "HDEPLOY_VERSION", &g->versions },
		{ "HDEPLOY_PREVIOUS", &g->previous },
	};

	for (size_t i = 0; i < HD_COUNT(lists); i++)
		if (strlen(lists[i].name) + lists[i].text->len + 2 >
		    VARIABLE_MAX)
			return hd_err_set(err, HD_ELOCAL,
			    "%s: %s of %zu hosts is longer than %d bytes, the "
			    "limit of an environment variable: %s",
			    hd_hook_rows[name].title, lists[i].name, g->n,
			    VARIABLE_MAX, remedy);
	return 0;
}

static int
check_waves(const struct hd_run *run, enum hd_hook_name name,
    const struct hd_wave_cut *cut, struct hd_err *err)
{
	size_t at = 0;

	for (size_t i = 0; i < cut->waves; i++) {
		HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g;

		hd_hook_group_init(&g, run, cut->sites + at, cut->sizes[i]);
		if (check_room(&g, name,
			"set a smaller batch, or take fewer hosts with "
			"--limit",
			err) < 0)
			return -1;
		at += cut->sizes[i];
	}
	return 0;
}

/* Whether a hook of this name runs, and gets the names of all hosts. */
static bool
gets_all(struct hd_hook_group *g, enum hd_hook_name name, bool in_waves)
{
	enum hd_hook_side side = hd_hook_rows[name].side;

	if (side == HD_HOOK_AROUND)
		return in_waves && !of_waves(name);
	return side == HD_HOOK_NOWHERE || hd_hook_group_select(g, name, NULL);
}

bool
hd_hooks_fit(const struct hd_run *run, const struct hd_wave_cut *cut)
{
	const struct hd_hooks *hooks = &run->env->hooks;
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g;
	struct hd_err err = { 0 };
	int rc = 0;

	hd_hook_group_init(&g, run, cut->sites, cut->n);
	for (size_t i = 0; i < hooks->n && rc == 0; i++) {
		enum hd_hook_name name = hooks->v[i].name;

		if (cut->in_waves && of_waves(name))
			rc = check_waves(run, name, cut, &err);
		else if (gets_all(&g, name, cut->in_waves))
			rc = check_room(
			    &g, name, "take fewer hosts with --limit", &err);
	}
	if (rc < 0)
		begin_none(&g, &err);
	return rc == 0;
}

bool
hd_hooks_before(
    const struct hd_run *run, struct hd_site *const *sites, size_t n)
{
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g;

	hd_hook_group_init(&g, run, sites, n);
	for (unsigned i = 0; i < HD_HOOKS; i++) {
		enum hd_hook_name name = (enum hd_hook_name)i;
		struct hd_err err = { 0 };

		if (hd_hook_rows[name].after || hd_cancel_requested() ||
		    !hd_hook_group_select(&g, name, NULL) ||
		    run_before(&g, name, &err) == 0)
			continue;
		hd_hook_shorten(&err, name);
		begin_none(&g, &err);
		return false;
	}
	return true;
}

/* The context of a job on each host of a group. */
struct task {
	const struct hd_hook_group *group;
	const struct hd_hook *hook;
	const struct hd_err *why;
};

/* Newest first, as on_failure = rollback does. */
static void
undo_one(void *ctx, size_t i)
{
	const struct task *t = ctx;
	struct hd_site *s = t->group->on[t->group->non - 1 - i];
	const struct hd_wave back = { .run = t->group->run,
		.hosts = t->group->context.hosts };

	if (hd_plan_kind(&s->plan, s->goal.kind) == HD_GOAL_UPGRADE &&
	    hd_around_undo(&back, s, t->why)) {
		hd_site_emit(s);
		hd_site_rest(s);
		return;
	}
	hd_end_hook(s, t->why);
}

void
hd_hooks_after(const struct hd_run *run, struct hd_site *const *sites, size_t n)
{
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g;

	hd_hook_group_init(&g, run, sites, n);
	for (unsigned i = 0; i < HD_HOOKS; i++) {
		enum hd_hook_name name = (enum hd_hook_name)i;
		struct hd_err err = { 0 };
		struct task t = { .group = &g, .why = &err };

		g.context.result = hd_hook_group_result(&g);
		if (!hd_hook_rows[name].after || hd_cancel_insisted() ||
		    !hd_hook_group_select(&g, name, succeeded) ||
		    run_name(&g, name, &err) == 0)
			continue;
		hd_hook_shorten(&err, name);
		hd_fleet_run(g.non, run->parallel, undo_one, &t);
	}
}

/* A host that was never begun has no hooks in its plan, or did not fail. */
static bool
has_failed(const struct hd_site *s)
{
	static const bool failure[] = {
		[HD_STATUS_FAILED] = true,
		[HD_STATUS_BROKEN] = true,
		[HD_STATUS_LOCAL] = true,
	};

	return s->plan.hooks != 0 && s->status < HD_COUNT(failure) &&
	       failure[s->status];
}

static void
on_failed_host(void *ctx, size_t i)
{
	const struct task *t = ctx;
	struct hd_site *s = t->group->on[i];
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group own;
	struct hd_err err = { 0 };

	hd_hook_group_init(&own, t->group->run, &s, 1);
	own.context.hosts = t->group->context.hosts;
	own.context.result = hd_hook_group_result(&own);
	hd_hook_run(own.run, t->hook, s, &own.context, &err);
	hd_site_rest(s);
}

/* Runs all of them even if one fails: the run has failed anyway. */
static void
run_failure(const struct hd_hook_group *g)
{
	const struct hd_hooks *hooks = &g->run->env->hooks;

	for (size_t i = 0; i < hooks->n; i++) {
		struct task t = { .group = g, .hook = &hooks->v[i] };
		struct hd_err err = { 0 };

		if (t.hook->name != HD_HOOK_ON_FAILURE)
			continue;
		if (t.hook->place == HD_HOOK_LOCAL)
			hd_hook_run(g->run, t.hook, NULL, &g->context, &err);
		else if (t.hook->place == HD_HOOK_ONCE)
			hd_hook_run(
			    g->run, t.hook, g->on[0], &g->context, &err);
		else
			hd_fleet_run(
			    g->non, g->run->parallel, on_failed_host, &t);
	}
}

void
hd_hooks_failure(const struct hd_run *run, struct hd_site *sites)
{
	HD_AUTO_FREE struct hd_site **list =
	    hd_alloc((run->nhosts + 1) * sizeof(struct hd_site *));
	HD_AUTO_FREE struct hd_site **all =
	    hd_alloc((run->nhosts + 1) * sizeof(struct hd_site *));
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g;
	size_t n = 0;

	for (size_t i = 0; i < run->nhosts; i++) {
		all[i] = &sites[i];
		if (sites[i].plan.hooks != 0)
			list[n++] = &sites[i];
	}
	hd_hook_group_init(&g, run, list, n);
	g.context.sites = all;
	g.context.nsites = run->nhosts;
	for (size_t i = 0; i < n; i++) {
		if (has_failed(list[i]))
			g.on[g.non++] = list[i];
	}
	g.context.result = hd_hook_group_result(&g);
	if (g.non > 0 && !run->dry_run && !hd_cancel_insisted())
		run_failure(&g);
}
