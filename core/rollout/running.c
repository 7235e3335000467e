/* Which versions run; a build makes a relup from them. */
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/plan/verify.h"
#include "core/rollout/aside.h"
#include "core/rollout/fetch.h"
#include "core/rollout/hints.h"
#include "core/rollout/rollout.h"
#include "core/rollout/running.h"
#include "core/rollout/sites.h"

#include <stdlib.h>
#include <string.h>

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* Explains why the list lacks the version of this host. */
static void
report_unknown(const struct hd_site *s)
{
	HD_AUTO_STR why = HD_STR_INIT(512);

	if (s->before->vm.state == HD_VM_DOWN)
		return;
	hd_verify_explain(s->before, &why);
	hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
	    "the running version is not known: %s", why.ptr);
}

/* False if a host could not be queried, or set aside; its error was emitted. */
static bool
all_asked(const struct hd_run *run, const struct hd_site *sites)
{
	for (size_t i = 0; i < run->nhosts; i++)
		if (sites[i].before == NULL && sites[i].result != HD_RES_ASIDE)
			return false;
	return true;
}

void
hd_running_list(const struct hd_run *run, const struct hd_site *sites,
    struct hd_arena *arena, struct hd_running_versions *running)
{
	struct hd_strs all = { 0 };

	for (size_t i = 0; i < run->nhosts; i++) {
		const struct hd_site *s = &sites[i];
		const char *version =
		    s->before ? hd_facts_running(s->before) : NULL;

		if (version != NULL)
			*HD_PUSH(arena, &all) = hd_arena_strdup(arena, version);
		else if (s->before != NULL)
			report_unknown(s);
	}
	if (all.n > 0)
		qsort(all.v, all.n, sizeof(*all.v), by_text);
	for (size_t i = 0; i < all.n; i++) {
		if (i == 0 || strcmp(all.v[i], all.v[i - 1]) != 0)
			HD_PUSH(arena, running)->version = all.v[i];
	}
}

/* If a version is unknown, hosts have reported that already. */
static void
report(const struct hd_run *run, const struct hd_site *sites,
    const struct hd_running_versions *running)
{
	HD_AUTO_STR text = HD_STR_INIT(4096);
	size_t down = 0;

	for (size_t i = 0; i < running->n; i++)
		hd_str_addf(&text, " %s", running->v[i].version);
	for (size_t i = 0; i < run->nhosts; i++)
		down += sites[i].before != NULL &&
			sites[i].before->vm.state == HD_VM_DOWN;
	if (running->n > 0)
		hd_emitf(run->sink, HD_EV_NOTE, NULL, "%s runs%s",
		    run->env->name, text.ptr);
	else if (down == hd_aside_left(run))
		hd_emitf(run->sink, HD_EV_NOTE, NULL, "nothing runs on %s yet",
		    run->env->name);
}

/* Why this host, which runs the version, has no tarball of it. */
static const char *
describe_lack(
    const struct hd_site *s, const char *version, struct hd_arena *arena)
{
	const struct hd_record *r = hd_facts_record(s->before, version);

	if (r == NULL)
		return hd_arena_fmt(arena,
		    "%s was not pushed to %s by hdeploy, so its tarball was "
		    "not kept",
		    version, s->host->name);
	return hd_arena_fmt(arena, "the tarball of %s on %s %s", version,
	    s->host->name, r->lost != NULL ? r->lost : "has no digest");
}

static void
emit_step(const struct hd_run *run, const char *result, const char *text,
    int64_t begun)
{
	hd_emit(run->sink, (struct hd_event){ .kind = HD_EV_STEP,
			       .step = "fetch",
			       .result = result,
			       .text = text,
			       .ms = hd_clock_ms() - begun });
}

/* Emits a step of this machine: no host is changed. */
static bool
fetch_from(struct hd_site *s, struct hd_running_version *running,
    struct hd_arena *arena)
{
	const struct hd_run *run = s->run;
	int64_t begun = hd_clock_ms();
	struct hd_err err = { 0 };

	emit_step(run, HD_STEP_BEGIN,
	    hd_arena_fmt(arena, "%s from %s", running->version, s->host->name),
	    begun);
	if (hd_fetch(s, running->version, run->into, arena, &running->tarball,
		&err) == 0) {
		emit_step(run, HD_STEP_OK, NULL, begun);
		return true;
	}
	emit_step(run, HD_STEP_FAILED, err.msg, begun);
	running->why = hd_arena_fmt(arena, "%s: %s", s->host->name, err.msg);
	return false;
}

/* What the host recorded of this version, if it runs there. */
static const char *
running_identity(const struct hd_site *s, const char *version)
{
	const char *runs = hd_facts_running(s->before);
	const struct hd_record *r = hd_facts_record(s->before, version);

	return runs != NULL && r != NULL && strcmp(runs, version) == 0
		   ? r->identity
		   : NULL;
}

/* Sets identity, or differ. A relup that is made from one build could leave old
 * code on a host that runs another one. */
static void
identify(const struct hd_run *run, const struct hd_site *sites,
    struct hd_running_version *running, struct hd_arena *arena)
{
	const char *first = NULL;

	for (size_t i = 0; i < run->nhosts && running->differ == NULL; i++) {
		const char *identity =
		    sites[i].before != NULL
			? running_identity(&sites[i], running->version)
			: NULL;

		if (identity == NULL)
			continue;
		if (first == NULL) {
			first = sites[i].host->name;
			running->identity = hd_arena_strdup(arena, identity);
		} else if (strcmp(running->identity, identity) != 0) {
			running->differ = hd_arena_fmt(
			    arena, "%s and %s", first, sites[i].host->name);
		}
	}
}

static bool
can_fetch(const struct hd_site *s, const struct hd_running_version *running)
{
	const struct hd_record *r =
	    hd_facts_record(s->before, running->version);

	return hd_plan_kept(s->before, running->version) &&
	       (running->identity == NULL ||
		   (r->identity != NULL &&
		       strcmp(r->identity, running->identity) == 0));
}

static void
fetch_one(const struct hd_run *run, struct hd_site *sites,
    struct hd_running_version *running, struct hd_arena *arena)
{
	const char *version = running->version;

	identify(run, sites, running, arena);
	if (running->differ != NULL)
		return;
	for (size_t i = 0; i < run->nhosts && !hd_cancel_requested(); i++) {
		struct hd_site *s = &sites[i];
		const char *runs;

		if (s->before == NULL)
			continue;
		runs = hd_facts_running(s->before);
		if (can_fetch(s, running)) {
			if (fetch_from(s, running, arena))
				return;
		} else if (running->why == NULL && runs != NULL &&
			   strcmp(runs, version) == 0) {
			running->why = describe_lack(s, version, arena);
		}
	}
}

void
hd_running_fetch(const struct hd_run *run, struct hd_site *sites,
    struct hd_arena *arena, struct hd_running_versions *running)
{
	const char *except = run->goal.version;

	for (size_t i = 0; i < running->n; i++)
		if (except == NULL ||
		    strcmp(running->v[i].version, except) != 0)
			fetch_one(run, sites, &running->v[i], arena);
}

enum hd_status
hd_rollout_running(const struct hd_run *run, struct hd_arena *arena,
    struct hd_running_versions *running)
{
	struct hd_site *sites = hd_sites_new(run);
	enum hd_status status = HD_STATUS_OK;

	hd_sites_look(run, sites);
	(void)hd_aside_judge(run, sites);
	hd_running_list(run, sites, arena, running);
	hd_aside_tell(run);
	if (!all_asked(run, sites)) {
		for (size_t i = 0; i < run->nhosts; i++)
			if (sites[i].before != NULL)
				hd_site_skip(
				    &sites[i], HD_OK, "another host failed");
		hd_hint_unreached(run, sites);
		status = hd_sites_conclude(run, sites, HD_STATUS_OK);
	} else {
		report(run, sites, running);
		if (run->into != NULL)
			hd_running_fetch(run, sites, arena, running);
	}
	hd_sites_free(run, sites);
	return status;
}
