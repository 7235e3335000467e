#include "core/rollout/hook_group.h"

#include "core/base/index.h"

#include <string.h>

enum { TEXT_MAX = 1024 * 1024 };

void
hd_hook_group_names(struct hd_str *out, struct hd_site *const *sites, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hd_str_addf(
		    out, "%s%s", i > 0 ? " " : "", sites[i]->host->name);
}

static const char *
target(const struct hd_site *s)
{
	return hd_plan_about(&s->plan, &s->goal);
}

static const char *
origin(const struct hd_site *s)
{
	return hd_plan_leaves(&s->plan);
}

/* Adds each version once; there is usually only one. */
static void
add_versions(struct hd_str *out, const struct hd_hook_group *g,
    const char *(*of)(const struct hd_site *s))
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index listed = { 0 };

	for (size_t i = 0; i < g->n; i++) {
		const char *version = of(g->sites[i]);

		if (version != NULL &&
		    (*hd_index_at(&listed, &arena, version))++ == 0)
			hd_str_addf(
			    out, "%s%s", out->len > 0 ? " " : "", version);
	}
}

void
hd_hook_group_init(struct hd_hook_group *g, const struct hd_run *run,
    struct hd_site *const *sites, size_t n)
{
	*g = (struct hd_hook_group){ .run = run, .sites = sites, .n = n };
	g->on = hd_alloc((n + 1) * sizeof(struct hd_site *));
	hd_str_init(&g->hosts, TEXT_MAX);
	hd_str_init(&g->versions, TEXT_MAX);
	hd_str_init(&g->previous, TEXT_MAX);
	hd_hook_group_names(&g->hosts, sites, n);
	add_versions(&g->versions, g, target);
	add_versions(&g->previous, g, origin);
	g->context = (struct hd_hook_context){ .hosts = g->hosts.ptr,
		.version = g->versions.ptr,
		.previous = g->previous.ptr,
		.sites = sites,
		.nsites = n };
}

void
hd_hook_group_done(struct hd_hook_group *g)
{
	hd_freep(&g->on);
	hd_str_done(&g->hosts);
	hd_str_done(&g->versions);
	hd_str_done(&g->previous);
}

/* Whether an earlier run began a change that this plan would have ended, and
 * the plan was not begun: it is not known whether the host works. */
static bool
is_between(const struct hd_site *s)
{
	return s->plan.ends != NULL &&
	       (s->result == HD_RES_FAILED || s->result == HD_RES_SKIPPED);
}

/* The result of a site in one word, for hooks. */
static const char *
word_of(const struct hd_site *s)
{
	if (is_between(s))
		return "broken";
	if (hd_results[s->result].hook != NULL)
		return hd_results[s->result].hook;
	if (s->status == HD_STATUS_INTERRUPTED)
		return "interrupted";
	return s->status == HD_STATUS_OK ? "ok" : "failed";
}

const char *
hd_hook_group_result(const struct hd_hook_group *g)
{
	static const char *const order[] = { "broken", "failed", "undone",
		"interrupted" };

	for (size_t w = 0; w < HD_COUNT(order); w++) {
		for (size_t i = 0; i < g->n; i++) {
			if (strcmp(word_of(g->sites[i]), order[w]) == 0)
				return order[w];
		}
	}
	return "ok";
}

static bool
passes(const struct hd_site *s, enum hd_hook_name name)
{
	return (s->plan.hooks & 1U << name) != 0;
}

bool
hd_hook_group_select(struct hd_hook_group *g, enum hd_hook_name name,
    bool (*fit)(const struct hd_site *s))
{
	g->non = 0;
	for (size_t i = 0; i < g->n; i++) {
		if (passes(g->sites[i], name) &&
		    (fit == NULL || fit(g->sites[i])))
			g->on[g->non++] = g->sites[i];
	}
	return g->non > 0;
}
