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
	bool group;   /* it is a group, which cannot contain groups */
	bool lenient; /* words need not match */
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
	size_t hosts = l->env->hosts.n,
	       groups = l->group ? 0 : l->env->groups.n;
	const char **names =
	    hd_arena_alloc(&l->arena, (hosts + groups) * sizeof(*names));
	const char *near, *what = groups > 0 ? "no host or group" : "no host";

	for (size_t i = 0; i < hosts; i++)
		names[i] = l->env->hosts.v[i].name;
	for (size_t i = 0; i < groups; i++)
		names[hosts + i] = l->env->groups.v[i].name;
	near = hd_name_nearest(word, names, hosts + groups);
	if (near == NULL)
		return hd_err_set(err, HD_EUSAGE, "%s: \"%s\" matches %s of %s",
		    l->key, word, what, l->env->name);
	return hd_err_set(err, HD_EUSAGE,
	    "%s: \"%s\" matches %s of %s; did you mean \"%s\"?", l->key, word,
	    what, l->env->name, near);
}

static const struct hd_group *
find_group(const struct hd_env *env, const char *name)
{
	for (size_t i = 0; i < env->groups.n; i++)
		if (strcmp(env->groups.v[i].name, name) == 0)
			return &env->groups.v[i];
	return NULL;
}

static int
mark_group(struct limit *l, const struct hd_group *group, bool chosen,
    struct hd_err *err)
{
	size_t n = l->env->hosts.n;
	bool *members = hd_arena_alloc(&l->arena, n + 1), any = false;

	if (l->group)
		return hd_err_set(err, HD_EUSAGE,
		    "%s: \"%s\" is a group, and a group can contain only "
		    "hosts",
		    l->key, group->name);
	if (hd_group_members(members, l->env, group, err) < 0)
		return hd_err_prefix(err, "%s", l->key);
	for (size_t i = 0; i < n; i++) {
		l->chosen[i] = members[i] ? chosen : l->chosen[i];
		any = any || members[i];
	}
	if (!any)
		return hd_err_set(err, HD_EUSAGE,
		    "%s: no host of %s is in the group \"%s\"", l->key,
		    l->env->name, group->name);
	return 0;
}

/* A malformed glob can still be a name. */
static int
mark(struct limit *l, const char *word, bool chosen, struct hd_err *err)
{
	size_t place = hd_index_get(&l->places, word);
	const struct hd_group *group = find_group(l->env, word);
	bool glob = strpbrk(word, "*?[\\") != NULL, any = place > 0;

	if (group != NULL)
		return mark_group(l, group, chosen, err);
	if (any)
		l->chosen[place - 1] = chosen;
	for (size_t i = 0; glob && i < l->env->hosts.n; i++) {
		if (fnmatch(word, l->env->hosts.v[i].name, 0) != 0)
			continue;
		l->chosen[i] = chosen;
		any = true;
	}
	return any || l->lenient ? 0 : no_match(l, word, err);
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

/* Sets l->chosen by a list of words. */
static int
choose(struct limit *l, const char *text, struct hd_err *err)
{
	const struct hd_env *env = l->env;
	bool all = text == NULL || text[strspn(text, " ")] == '!';

	for (size_t i = 0; i < env->hosts.n; i++)
		l->chosen[i] = all;
	for (size_t i = 0; i < env->hosts.n; i++)
		*hd_index_at(&l->places, &l->arena, env->hosts.v[i].name) =
		    i + 1;
	return text != NULL ? take_words(l, text, err) : 0;
}

int
hd_group_members(bool *members, const struct hd_env *env,
    const struct hd_group *group, struct hd_err *err)
{
	HD_CLEANUP(limit_done)
	struct limit l = {
		.env = env,
		.group = true,
		.lenient = group->usual || env->sources.n > 0,
		.chosen = members,
	};

	l.key = hd_arena_fmt(&l.arena, "group.%s", group->name);
	return choose(&l, group->hosts, err);
}

int
hd_inventory_select(const struct hd_host ***out, size_t *n,
    const struct hd_env *env, const char *limit, struct hd_err *err)
{
	HD_AUTO_FREE bool *chosen = hd_alloc(env->hosts.n * sizeof(*chosen));
	HD_CLEANUP(limit_done)
	struct limit l = { .key = "--limit", .env = env, .chosen = chosen };
	const struct hd_host **hosts;

	if (choose(&l, limit, err) < 0)
		return -1;
	hosts = hd_alloc(env->hosts.n * sizeof(*hosts));
	*n = 0;
	for (size_t i = 0; i < env->hosts.n; i++)
		if (chosen[i])
			hosts[(*n)++] = &env->hosts.v[i];
	if (*n == 0) {
		free(hosts);
		return hd_err_set(err, HD_EUSAGE, "%s%s selects no host",
		    limit != NULL ? "--limit " : env->name,
		    limit != NULL ? limit : "");
	}
	*out = hosts;
	return 0;
}

int
hd_canaries_mark(struct hd_env *env, struct hd_err *err)
{
	HD_AUTO_FREE bool *chosen = hd_alloc(env->hosts.n * sizeof(*chosen));
	HD_CLEANUP(limit_done)
	struct limit l = { .key = "canary", .env = env, .chosen = chosen };

	if (env->canary.n == 0)
		return 0;
	if (choose(&l, env->canary.v[0].hosts, err) < 0)
		return -1;
	for (size_t i = 0; i < env->hosts.n; i++)
		env->hosts.v[i].canary = chosen[i];
	return 0;
}
