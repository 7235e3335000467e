#include "core/rollout/round.h"

#include "core/base/index.h"

#include <string.h>

enum { TEXT_MAX = 1024 * 1024 };

void
hd_round_names(struct hd_str *out, struct hd_site *const *sites, size_t n)
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

/* Each of them once: mostly that is one. */
static void
add_versions(struct hd_str *out, const struct hd_round *r,
    const char *(*of)(const struct hd_site *s))
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index listed = { 0 };

	for (size_t i = 0; i < r->n; i++) {
		const char *version = of(r->sites[i]);

		if (version != NULL &&
		    (*hd_index_at(&listed, &arena, version))++ == 0)
			hd_str_addf(
			    out, "%s%s", out->len > 0 ? " " : "", version);
	}
}

void
hd_round_init(struct hd_round *r, const struct hd_run *run,
    struct hd_site *const *sites, size_t n)
{
	*r = (struct hd_round){ .run = run, .sites = sites, .n = n };
	r->on = hd_alloc((n + 1) * sizeof(struct hd_site *));
	hd_str_init(&r->hosts, TEXT_MAX);
	hd_str_init(&r->versions, TEXT_MAX);
	hd_str_init(&r->previous, TEXT_MAX);
	hd_round_names(&r->hosts, sites, n);
	add_versions(&r->versions, r, target);
	add_versions(&r->previous, r, origin);
	r->told = (struct hd_occasion){ .hosts = r->hosts.ptr,
		.version = r->versions.ptr,
		.previous = r->previous.ptr };
}

void
hd_round_done(struct hd_round *r)
{
	hd_freep(&r->on);
	hd_str_done(&r->hosts);
	hd_str_done(&r->versions);
	hd_str_done(&r->previous);
}

/* How a site ended, in one word. */
static const char *
word_of(const struct hd_site *s)
{
	static const bool says_it[HD_RESULTS] = {
		[HD_RES_UNDONE] = true,
		[HD_RES_FAILED] = true,
		[HD_RES_BROKEN] = true,
	};

	if (says_it[s->result])
		return hd_result_names[s->result];
	if (s->status == HD_STATUS_INTERRUPTED)
		return "interrupted";
	return s->status == HD_STATUS_OK ? "ok" : "failed";
}

const char *
hd_round_word(const struct hd_round *r)
{
	static const char *const order[] = { "broken", "failed", "undone",
		"interrupted" };

	for (size_t w = 0; w < HD_COUNT(order); w++) {
		for (size_t i = 0; i < r->n; i++) {
			if (strcmp(word_of(r->sites[i]), order[w]) == 0)
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
hd_round_due(struct hd_round *r, enum hd_hook_name name,
    bool (*fit)(const struct hd_site *s))
{
	r->non = 0;
	for (size_t i = 0; i < r->n; i++) {
		if (passes(r->sites[i], name) &&
		    (fit == NULL || fit(r->sites[i])))
			r->on[r->non++] = r->sites[i];
	}
	return r->non > 0;
}
