#include "core/rollout/hints.h"

#include "core/inventory/advice.h"
#include "core/inventory/fold.h"

#include <string.h>

enum { LIMIT_MAX = 1024 * 1024 };

/* The words that were typed after the environment, and the options. */
static const char *
rest(const struct hd_run *run, struct hd_arena *a)
{
	const char *words = run->command;

	for (int i = 0; i < 2; i++)
		words += strcspn(words, " ") + (strchr(words, ' ') != NULL);
	words = hd_arena_fmt(a, "%s%s%s", words,
	    words[0] != '\0' && run->options[0] != '\0' ? " " : "",
	    run->options);
	return words[0] != '\0' ? words : NULL;
}

/* Does not repeat a command for hosts: it may contain a secret. */
static const char *
advice(const struct hd_run *run, const char *words, const char *limit,
    struct hd_arena *a)
{
	if (run->goal.kind == HD_GOAL_COMMAND)
		return hd_arena_fmt(a, "--limit '%s'", limit);
	return hd_advice_env(a, run->env,
	    hd_arena_strndup(a, run->command, strcspn(run->command, " ")),
	    words, limit);
}

/* words can be NULL. If hosts can be set aside now, also later. */
static const char *
skipping(const struct hd_run *run, const char *words, struct hd_arena *a)
{
	if (run->aside == NULL || run->env->unreachable == HD_UNREACHABLE_SKIP)
		return words;
	return hd_arena_fmt(a, "%s%s--skip-unreachable",
	    words != NULL ? words : "", words != NULL ? " " : "");
}

void
hd_hint_unreached(const struct hd_run *run, const struct hd_site *sites)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR limit = HD_STR_INIT(LIMIT_MAX);
	struct hd_strs names = { 0 };

	if (run->command == NULL)
		return; /* no command line */
	for (size_t i = 0; i < run->nhosts; i++) {
		if (sites[i].result == HD_RES_UNREACHABLE)
			*HD_PUSH(&a, &names) = sites[i].host->name;
		else if (sites[i].result == HD_RES_ASIDE)
			continue;
		else if (sites[i].status != HD_STATUS_OK)
			return;
	}
	if (names.n == 0 || names.n == run->nhosts)
		return;
	if (run->limit != NULL)
		hd_str_addf(&limit, "%s,", run->limit);
	hd_names_fold(&limit, names.v, names.n, "!", ",");
	hd_emitf(run->sink, HD_EV_ERROR, NULL,
	    "%zu of %zu hosts cannot be reached, so no host is changed; `%s` "
	    "continues without %s",
	    names.n, run->nhosts,
	    advice(run, skipping(run, rest(run, &a), &a), limit.ptr, &a),
	    names.n == 1 ? "it" : "them");
}

/* The upgrade that a rollback without VERSION and --from took back: a host that
 * missed it as well must not go back one version more. */
static const char *
taken_back(const struct hd_run *run, const struct hd_site *sites)
{
	for (size_t i = 0; i < run->nhosts; i++) {
		const struct hd_past *newest = sites[i].goal.newest;

		if (newest != NULL && newest->command != NULL &&
		    strcmp(newest->command, "upgrade") == 0)
			return newest->to;
	}
	return NULL;
}

/* The words for a later run on the hosts that missed this one. The version of a
 * push may have been left out, and the next build may have another one. */
static const char *
rest_later(
    const struct hd_run *run, const struct hd_site *sites, struct hd_arena *a)
{
	const char *words = rest(run, a), *back = taken_back(run, sites);
	bool named = strchr(run->command, ' ') != strrchr(run->command, ' ');

	if (back != NULL)
		return hd_arena_fmt(a, "%s%s--from %s",
		    words != NULL ? words : "", words != NULL ? " " : "", back);
	if (run->goal.artifact != NULL && !named)
		return hd_arena_fmt(a, "%s%s%s", run->goal.artifact->version,
		    words != NULL ? " " : "", words != NULL ? words : "");
	return words;
}

/* Whether the run ended before it began a change. */
static bool
stopped(const struct hd_run *run, const struct hd_site *sites)
{
	static const bool before[HD_RESULTS] = {
		[HD_RES_PLANNED] = true,
		[HD_RES_REFUSED] = true,
		[HD_RES_LOCKED] = true,
		[HD_RES_UNREACHABLE] = true,
	};

	for (size_t i = 0; i < run->nhosts; i++)
		if (before[sites[i].result])
			return true;
	return false;
}

void
hd_hint_aside(const struct hd_run *run, const struct hd_site *sites)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR limit = HD_STR_INIT(LIMIT_MAX);
	struct hd_strs names = { 0 };

	for (size_t i = 0; i < run->nhosts; i++)
		if (sites[i].result == HD_RES_ASIDE)
			*HD_PUSH(&a, &names) = sites[i].host->name;
	if (names.n == 0 || run->command == NULL || run->dry_run ||
	    stopped(run, sites))
		return;
	hd_names_fold(&limit, names.v, names.n, "", ",");
	hd_emit_warning(run->sink, NULL,
	    "%zu of %zu hosts %s set aside and not changed; to change "
	    "the rest later, run `%s`",
	    names.n, run->nhosts, names.n == 1 ? "was" : "were",
	    advice(run, rest_later(run, sites, &a), limit.ptr, &a));
}

static bool
upgraded(const struct hd_site *s)
{
	return s->result == HD_RES_OK && s->begun &&
	       s->goal.kind == HD_GOAL_UPGRADE && s->plan.back != NULL;
}

void
hd_hint_rollback(const struct hd_run *run, const struct hd_site *sites)
{
	HD_AUTO_ARENA a = { 0 };
	const char *to = NULL;
	size_t done = 0;
	bool failed = false;

	for (size_t i = 0; i < run->nhosts; i++) {
		const struct hd_site *s = &sites[i];

		failed = failed || (s->result != HD_RES_OK &&
				       s->result != HD_RES_UNCHANGED &&
				       s->result != HD_RES_ASIDE);
		if (!upgraded(s))
			continue;
		to = hd_plan_brings(&s->plan);
		done++;
	}
	if (!failed || to == NULL || run->command == NULL)
		return;
	hd_emit_warning(run->sink, NULL,
	    "%s reached %zu of %zu hosts: `%s` rolls back only those hosts", to,
	    done, run->nhosts,
	    hd_advice_env(&a, run->env, "rollback",
		skipping(run, hd_arena_fmt(&a, "--from %s", to), &a),
		run->limit));
}
