#include "core/rollout/around.h"

#include "core/base/cancel.h"
#include "core/rollout/apply.h"
#include "core/rollout/hook_group.h"
#include "core/rollout/outcomes.h"

bool
hd_around_has(const struct hd_run *run, enum hd_hook_name name)
{
	const struct hd_hooks *hooks = &run->env->hooks;

	for (size_t i = 0; i < hooks->n; i++)
		if (hooks->v[i].name == name)
			return true;
	return false;
}

/* Runs the hooks of this name: before_..., up to the first that fails;
 * after_..., all of them. err is the first failure. */
static int
run_name(
    const struct hd_hook_group *g, enum hd_hook_name name, struct hd_err *err)
{
	const struct hd_hooks *hooks = &g->run->env->hooks;
	bool all = hd_hook_rows[name].after;
	int rc = 0;

	for (size_t i = 0; i < hooks->n && (rc == 0 || all); i++) {
		struct hd_err own = { 0 };

		if (hooks->v[i].name != name ||
		    hd_hook_run(
			g->run, &hooks->v[i], NULL, &g->context, &own) == 0)
			continue;
		if (rc == 0)
			*err = own;
		rc = -1;
	}
	return rc;
}

/* s: the host that the hooks run around; NULL: the wave. */
static int
run_around(const struct hd_wave *w, struct hd_site *s, enum hd_hook_name name,
    struct hd_err *err)
{
	HD_CLEANUP(hd_hook_group_done) struct hd_hook_group g = { 0 };

	if (!hd_around_has(w->run, name) || hd_cancel_insisted())
		return 0;
	if (s != NULL)
		hd_hook_group_init(&g, w->run, &s, 1);
	else
		hd_hook_group_init(&g, w->run, w->sites, w->n);
	if (s != NULL && w->hosts != NULL)
		g.context.hosts = w->hosts;
	if (s != NULL) {
		g.context.host = s->host->name;
		g.context.address = s->host->address;
	}
	g.context.wave = w->number;
	if (hd_hook_rows[name].after)
		g.context.result = hd_hook_group_result(&g);
	if (run_name(&g, name, err) == 0)
		return 0;
	if (hd_hook_rows[name].after)
		hd_hook_shorten(err, name);
	return -1;
}

int
hd_around_wave_before(const struct hd_wave *w, struct hd_err *err)
{
	return run_around(w, NULL, HD_HOOK_BEFORE_WAVE, err);
}

int
hd_around_wave_after(const struct hd_wave *w, struct hd_err *err)
{
	if (run_around(w, NULL, HD_HOOK_AFTER_WAVE, err) == 0)
		return 0;
	for (size_t i = 0; i < w->n; i++)
		if (w->sites[i]->result == HD_RES_OK)
			hd_end_hook(w->sites[i], err);
	return -1;
}

int
hd_around_apply(const struct hd_wave *w, struct hd_site *s, struct hd_err *err)
{
	if (run_around(w, s, HD_HOOK_BEFORE_HOST, err) == 0)
		hd_apply(s);
	else
		hd_end_unchanged(s, err);
	*err = (struct hd_err){ 0 };
	if (run_around(w, s, HD_HOOK_AFTER_HOST, err) == 0)
		return 0;
	hd_end_hook(s, err);
	return -1;
}

bool
hd_around_undo(
    const struct hd_wave *w, struct hd_site *s, const struct hd_err *why)
{
	struct hd_err err = { 0 };
	bool out = false;

	if (!hd_apply_can_undo(s))
		return false;
	if (!hd_cancel_insisted()) {
		out = hd_around_has(w->run, HD_HOOK_BEFORE_HOST);
		(void)run_around(w, s, HD_HOOK_BEFORE_HOST, &err);
	}
	if (!hd_apply_undo(s, why)) {
		hd_end_undo_missed(s, why, out);
		return true;
	}
	if (run_around(w, s, HD_HOOK_AFTER_HOST, &err) < 0)
		hd_end_hook(s, &err);
	return true;
}
