/* group.NAME = HOSTS, and canary = HOSTS */
#include "core/inventory/groups.h"

#include "core/base/index.h"
#include "core/base/name.h"
#include "core/base/str.h"
#include "core/inventory/problem.h"
#include "core/inventory/types.h"

#include <string.h>

/* GROUPS: of an environment; each is compared with each word of a list. */
enum { GROUPS_MAX = 256, TEXT_MAX = 16 * 1024 * 1024 };

/* struct hd_env has lists of this shape. */
struct groups {
	struct hd_group *v;
	size_t n, cap;
};

static int
add_group(void *field, const struct hd_value *v, struct hd_err *err)
{
	const char *name = v->name + strlen(HD_GROUP_PREFIX);
	struct groups *groups = field;

	if (!hd_label_valid(name))
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\" cannot be a group: use letters, digits and . _ -, "
		    "a letter or digit first",
		    name);
	*HD_PUSH(v->arena, groups) = (struct hd_group){ name, v->text, false };
	return 0;
}

static int
add_canary(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct groups *groups = field;

	(void)err;
	*HD_PUSH(v->arena, groups) =
	    (struct hd_group){ v->name, v->text, false };
	return 0;
}

/* Nothing: unite() replaces the groups of [defaults], name by name. */
static void
clear(void *field, const char *key, struct hd_arena *arena)
{
	(void)field;
	(void)key;
	(void)arena;
}

/* Joins the lines of a group. There can be as many lines as hosts. */
static const char *
join(const struct hd_strs *lines, struct hd_arena *arena)
{
	HD_AUTO_STR text = HD_STR_INIT(TEXT_MAX);

	if (lines->n == 1)
		return lines->v[0];
	for (size_t i = 0; i < lines->n; i++)
		hd_str_addf(&text, "%s%s", i > 0 ? "," : "", lines->v[i]);
	return hd_arena_strdup(arena, text.ptr);
}

static void
unite(void *field, struct hd_arena *arena)
{
	struct groups *groups = field, united = { 0 };
	HD_AUTO_ARENA scratch = { 0 };
	HD_LIST(struct hd_strs) lines = { 0 }; /* of each group */
	struct hd_index places = { 0 };

	for (size_t i = 0; i < groups->n; i++) {
		const struct hd_group *g = &groups->v[i];
		size_t *place = hd_index_at(&places, &scratch, g->name);

		if (*place == 0) {
			*HD_PUSH(arena, &united) = *g;
			HD_PUSH(&scratch, &lines);
			*place = united.n;
		} else if (united.v[*place - 1].usual && !g->usual) {
			united.v[*place - 1] = *g;
			lines.v[*place - 1].n = 0;
		}
		*HD_PUSH(&scratch, &lines.v[*place - 1]) = g->hosts;
	}
	for (size_t i = 0; i < united.n; i++)
		united.v[i].hosts = join(&lines.v[i], arena);
	*groups = united;
}

const struct hd_type hd_type_group = {
	.set = add_group,
	.clear = clear,
	.unite = unite,
	.list = true,
};
const struct hd_type hd_type_canary = {
	.set = add_canary,
	.clear = clear,
	.unite = unite,
	.list = true,
};

/* The line of the group in s; 0: s does not have it. */
static unsigned
line_in(const struct hd_section *s, const char *name)
{
	for (size_t i = 0; s != NULL && i < s->entries.n; i++) {
		const struct hd_setting *e = &s->entries.v[i];

		if (e->key != NULL && e->key->type == &hd_type_group &&
		    strcmp(e->name + strlen(HD_GROUP_PREFIX), name) == 0)
			return e->line;
	}
	return 0;
}

bool
hd_groups_check(const struct hd_env *env, const struct hd_section *s,
    const struct hd_section *defaults, struct hd_problems *problems)
{
	HD_AUTO_FREE bool *members = hd_alloc(env->hosts.n + 1);
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index hosts = { 0 };

	if (env->groups.n > GROUPS_MAX) {
		hd_problem_add(problems, s->line, "more than %d groups in [%s]",
		    GROUPS_MAX, env->name);
		return false;
	}
	for (size_t i = 0; env->groups.n > 0 && i < env->hosts.n; i++)
		*hd_index_at(&hosts, &scratch, env->hosts.v[i].name) = i + 1;
	for (size_t i = 0; i < env->groups.n; i++) {
		const struct hd_group *g = &env->groups.v[i];
		size_t place = hd_index_get(&hosts, g->name);
		unsigned line = line_in(g->usual ? defaults : s, g->name);
		struct hd_err err;

		if (place > 0)
			hd_problem_add(problems, line,
			    HD_GROUP_PREFIX
			    "%s: [%s] also has a host of this "
			    "name (%s), so --limit %s could mean either; "
			    "rename one",
			    g->name, env->name, env->hosts.v[place - 1].place,
			    g->name);
		else if (hd_group_members(members, env, g, &err) < 0)
			hd_problem_add(problems, line, "%s", err.msg);
	}
	return true;
}
