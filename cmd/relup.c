#include "cmd/relup.h"

#include "cmd/appup.h"
#include "cmd/step.h"
#include "core/erlang/relup_make.h"
#include "core/inventory/advice.h"
#include "core/plan/driver.h"

#include <string.h>

bool
hd_relup_wanted(const struct hd_cli *cli)
{
	const struct hd_app *app = &cli->inventory->app;

	if (app->relup != HD_RELUP_AUTO || cli->env == NULL ||
	    cli->stored != NULL || cli->options.cold ||
	    hd_driver_find(app->driver)->plain)
		return false;
	for (size_t i = 0; i < cli->nhosts; i++)
		if (cli->options.hot || cli->hosts[i]->upgrade != HD_MODE_COLD)
			return true;
	return false;
}

/* Whether a host would refuse a version that no relup leads to. */
static bool
is_required(const struct hd_cli *cli)
{
	for (size_t i = 0; i < cli->nhosts; i++)
		if (cli->options.hot || cli->hosts[i]->upgrade == HD_MODE_HOT)
			return true;
	return false;
}

struct adding {
	struct hd_cli *cli;
	struct hd_artifact **to;
	const char *path;                   /* of *to */
	HD_LIST(struct hd_artifact *) from; /* opened */
	struct hd_arena *arena;
	struct hd_relup_made made;
	struct hd_err *err;
};

/* The relup of the running version leads down to the new one. */
static bool
leads_down(const struct hd_artifact *from, const char *version)
{
	for (size_t i = 0; i < from->relup.n; i++) {
		const struct hd_relup_entry *e = &from->relup.v[i];

		if (e->down && !e->emulator && strcmp(e->from, version) == 0)
			return true;
	}
	return false;
}

static void
add_problem(struct adding *x, const char *text)
{
	*HD_PUSH(x->arena, &x->made.problems) = text;
}

/* Why no relup can be made from this version. */
static void
add_lack(struct adding *x, const struct hd_running_version *running)
{
	if (running->differ != NULL)
		add_problem(x,
		    hd_arena_fmt(x->arena,
			"%s run different builds of %s, and no relup fits "
			"both: upgrade them one after the other (--limit), or "
			"by stop and start (--cold)",
			running->differ, running->version));
	else
		add_problem(x,
		    hd_arena_fmt(x->arena,
			"%s; a relup from %s is made from that tarball: push "
			"the same build of %s again, or set relup = check and "
			"make the relup yourself, or upgrade by stop and start "
			"(--cold)",
			running->why, running->version, running->version));
}

static int
open_one(struct adding *x, const struct hd_running_version *running)
{
	const struct hd_app *app = &x->cli->inventory->app;
	struct hd_artifact *a;

	if (strcmp(running->version, (*x->to)->version) == 0)
		return 0;
	if (running->tarball == NULL) {
		add_lack(x, running);
		return 0;
	}
	if (hd_artifact_open_as_is(&a, running->tarball, app->name,
		running->version, app->max_unpacked, x->err) < 0)
		return -1;
	/* The host that sent it could claim any identity. */
	if (running->identity != NULL &&
	    strcmp(running->identity, a->identity) != 0) {
		hd_artifact_free(a);
		return hd_err_set(x->err, HD_ELOCAL,
		    "the fetched tarball of %s is not the release that the "
		    "hosts recorded when it was pushed: push the "
		    "same build of %s again",
		    running->version, running->version);
	}
	if (leads_down(a, (*x->to)->version))
		hd_artifact_free(a);
	else
		*HD_PUSH(x->arena, &x->from) = a;
	return 0;
}

static int
open_all(struct adding *x, const struct hd_running_versions *running)
{
	for (size_t i = 0; i < running->n; i++)
		if (open_one(x, &running->v[i]) < 0)
			return -1;
	return 0;
}

static void
take(struct adding *x, const struct hd_relup_made *made)
{
	struct hd_strs problems = x->made.problems;

	x->made = *made;
	x->made.problems = problems;
	for (size_t i = 0; i < made->problems.n; i++)
		add_problem(x, made->problems.v[i]);
}

/* The commands that draft missing appups. */
static const char *const *
advise(struct adding *x)
{
	struct hd_strs list = { 0 };

	for (size_t i = 0; i < x->from.n; i++)
		*HD_PUSH(x->arena, &list) = hd_arena_fmt(x->arena,
		    "`%s` and `hdeploy appup %s %s` draft it",
		    hd_advice_env(x->arena, x->cli->env, "fetch",
			x->from.v[i]->version, NULL),
		    x->from.v[i]->version, x->path);
	return list.v;
}

static int
make(struct adding *x)
{
	struct hd_relup_made made;
	struct hd_relup_make how = {
		.to = *x->to,
		.from = (const struct hd_artifact *const *)x->from.v,
		.nfrom = x->from.n,
		.drafts = x->cli->inventory->app.appup == HD_APPUP_AUTO,
	};

	if (x->from.n == 0)
		return 0;
	how.advice = advise(x);
	if (hd_appup_folder(&how.appups, x->arena, x->err) < 0 ||
	    hd_relup_make(&how, x->arena, &made, x->err) < 0)
		return -1;
	take(x, &made);
	return 0;
}

static void
emit_all(const struct adding *x, enum hd_event_kind kind,
    const struct hd_strs *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		hd_emitf(x->cli->sink, kind, NULL, "%s", texts->v[i]);
}

/* Reports notes and problems. Problems are errors if a host needs the entry. */
static int
judge(struct adding *x)
{
	bool required = is_required(x->cli);
	size_t n = x->made.problems.n;

	emit_all(x, HD_EV_NOTE, &x->made.notes);
	emit_all(x, required ? HD_EV_ERROR : HD_EV_NOTE, &x->made.problems);
	if (n == 0 || !required)
		return 0;
	return hd_err_set(x->err, HD_EREFUSED,
	    "no relup was made, for the reason%s above", n > 1 ? "s" : "");
}

/* Replaces or removes the relup of the build: if it stayed when no entry is
 * made, the versions that it leads from would depend on those that run. */
static int
set(struct adding *x)
{
	const char *term = x->made.up.n > 0 ? x->made.term : NULL;

	if (term == NULL && (*x->to)->relup.n == 0)
		return 0;
	if ((*x->to)->relup.n > 0)
		hd_emitf(x->cli->sink, HD_EV_NOTE, NULL,
		    "the relup of the build is %s (relup = auto)",
		    term != NULL ? "replaced" : "left out");
	return hd_artifact_set_relup(
	    x->to, term, x->cli->inventory->app.max_unpacked, x->err);
}

static void
add_versions(struct hd_str *out, const char *what, const struct hd_strs *list)
{
	for (size_t i = 0; i < list->n; i++)
		hd_str_addf(out, "%s%s", i > 0 ? ", " : what, list->v[i]);
}

static void
describe(const struct adding *x, struct hd_str *out)
{
	add_versions(out, "up from ", &x->made.up);
	add_versions(
	    out, x->made.up.n > 0 ? "; down to " : "down to ", &x->made.down);
	if (out->len == 0)
		hd_str_add(
		    out, x->from.n > 0 ? "none leads hot" : "none needed");
}

static void
close_all(struct adding *x)
{
	for (size_t i = 0; i < x->from.n; i++)
		hd_artifact_free(x->from.v[i]);
}

enum hd_status
hd_relup_add(struct hd_artifact **a, struct hd_cli *cli, const char *path,
    const struct hd_running_versions *running)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR text = HD_STR_INIT(4096);
	struct hd_err err = { 0 };
	struct adding x = {
		.cli = cli, .to = a, .path = path, .arena = &arena, .err = &err
	};
	struct hd_local_step s = hd_local_begin(cli, "relup", (*a)->version);
	bool done = open_all(&x, running) == 0 && make(&x) == 0 &&
		    judge(&x) == 0 && set(&x) == 0;

	describe(&x, &text);
	close_all(&x);
	if (!done)
		return hd_local_failed(&s, &err);
	hd_local_end(&s, text.ptr);
	return HD_STATUS_OK;
}
