#include "core/base/index.h"
#include "core/base/name.h"
#include "core/inventory/hosts.h"
#include "core/inventory/inventory.h"
#include "core/inventory/range.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

struct limit {
	const char *key; /* for errors: "--limit" */
	const struct hd_env *env;
	bool *chosen; /* for each host of env */
	struct hd_arena arena;
	struct hd_index places; /* 1 + index of each name */
};

static void
limit_done(struct limit *l)
{
	hd_arena_done(&l->arena);
}

static int
no_match(struct limit *l, const char *word, struct hd_err *err)
{
	size_t n = l->env->hosts.n;
	const char **names = hd_arena_alloc(&l->arena, n * sizeof(*names));
	const char *near;

	for (size_t i = 0; i < n; i++)
		names[i] = l->env->hosts.v[i].name;
	near = hd_name_nearest(word, names, n);
	if (near == NULL)
		return hd_err_set(err, HD_EUSAGE,
		    "%s: \"%s\" matches no host of %s", l->key, word,
		    l->env->name);
	return hd_err_set(err, HD_EUSAGE,
	    "%s: \"%s\" matches no host of %s; did you mean \"%s\"?", l->key,
	    word, l->env->name, near);
}

/* A malformed glob can still be a name. */
static int
mark(struct limit *l, const char *word, bool chosen, struct hd_err *err)
{
	size_t place = hd_index_get(&l->places, word);
	bool glob = strpbrk(word, "*?[\\") != NULL, any = place > 0;

	if (any)
		l->chosen[place - 1] = chosen;
	for (size_t i = 0; glob && i < l->env->hosts.n; i++) {
		if (fnmatch(word, l->env->hosts.v[i].name, 0) != 0)
			continue;
		l->chosen[i] = chosen;
		any = true;
	}
	return any ? 0 : no_match(l, word, err);
}

/* Brackets that do not form a range belong to a glob. */
static int
take_word(struct limit *l, const char *word, struct hd_err *err)
{
	bool chosen = word[0] != '!';
	struct hd_range range;

	word += !chosen;
	if (*word == '\0')
		return hd_err_set(err, HD_EUSAGE,
		    "%s: empty word; separate names with single commas",
		    l->key);
	if (hd_range_parse(&range, &l->arena, word, err) < 0)
		return mark(l, word, chosen, err);
	for (size_t i = 0; i < range.count; i++)
		if (mark(l, hd_range_word(&range, &l->arena, i), chosen, err) <
		    0)
			return -1;
	return 0;
}

static int
take_words(struct limit *l, const char *limit, struct hd_err *err)
{
	const char *at = limit;

	for (;;) {
		size_t n = strcspn(at, ","), blank = strspn(at, " ");
		char *word;

		blank = blank < n ? blank : n;
		word = hd_arena_strndup(&l->arena, at + blank, n - blank);
		for (size_t w = strlen(word); w > 0 && word[w - 1] == ' ';)
			word[--w] = '\0';
		if (take_word(l, word, err) < 0)
			return -1;
		if (at[n] == '\0')
			return 0;
		at += n + 1;
	}
}

/* chosen: one for each host of env */
static int
choose(bool *chosen, const char *key, const struct hd_env *env,
    const char *text, struct hd_err *err)
{
	HD_CLEANUP(limit_done)
	struct limit l = { .key = key, .env = env, .chosen = chosen };
	bool all = text == NULL || text[strspn(text, " ")] == '!';

	for (size_t i = 0; i < env->hosts.n; i++)
		chosen[i] = all;
	for (size_t i = 0; i < env->hosts.n; i++)
		*hd_index_at(&l.places, &l.arena, env->hosts.v[i].name) = i + 1;
	return text != NULL ? take_words(&l, text, err) : 0;
}

int
hd_inventory_select(const struct hd_host ***out, size_t *n,
    const struct hd_env *env, const char *limit, struct hd_err *err)
{
	HD_AUTO_FREE bool *chosen = hd_alloc(env->hosts.n * sizeof(*chosen));
	const struct hd_host **hosts;

	if (choose(chosen, "--limit", env, limit, err) < 0)
		return -1;
	hosts = hd_alloc(env->hosts.n * sizeof(*hosts));
	*n = 0;
	for (size_t i = 0; i < env->hosts.n; i++)
		if (chosen[i])
			hosts[(*n)++] = &env->hosts.v[i];
	if (*n == 0) {
		free(hosts);
		return hd_err_set(
		    err, HD_EUSAGE, "--limit %s selects no host", limit);
	}
	*out = hosts;
	return 0;
}

int
hd_canaries_mark(struct hd_env *env, struct hd_err *err)
{
	HD_AUTO_FREE bool *chosen = hd_alloc(env->hosts.n * sizeof(*chosen));

	if (env->canary == NULL)
		return 0;
	if (choose(chosen, "canary", env, env->canary, err) < 0)
		return -1;
	for (size_t i = 0; i < env->hosts.n; i++)
		env->hosts.v[i].canary = chosen[i];
	return 0;
}
