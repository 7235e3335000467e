/* confirm_env = NAME, ...: environments whose changes a person confirms. */
#include "core/base/text.h"
#include "core/inventory/load.h"
#include "core/inventory/problem.h"
#include "core/inventory/section.h"
#include "core/inventory/types.h"

#include <string.h>

static int
check_word(const struct hd_value *v, const char *word, struct hd_err *err)
{
	return *word != '\0' ? 0 : hd_type_refuse(v, v->text, err);
}

static int
add_envs(void *field, const struct hd_value *v, struct hd_err *err)
{
	return hd_type_add_words(field, v, check_word, err);
}

const struct hd_type hd_type_envs = {
	.set = add_envs,
	.list = true,
	.rule = "a list of environments, separated by commas",
};

bool
hd_env_is_confirmed(const struct hd_env *env)
{
	return hd_text_listed(&env->confirm_env, env->name);
}

/* A name with a typing error would leave an environment without its question.
 */
static void
check_name(const struct hd_inventory *inv, const struct hd_section *s,
    unsigned line, const char *name, struct hd_problems *problems)
{
	const struct hd_env *env;
	struct hd_err err = { 0 };

	if (s->place == HD_IN_ENV && strcmp(s->env, name) != 0)
		hd_problem_add(problems, line,
		    "confirm_env: in [%s] it can only name %s; [defaults] can "
		    "name any environment",
		    s->env, s->env);
	else if (hd_inventory_env(&env, inv, name, &err) < 0)
		hd_problem_add(problems, line, "confirm_env: %s", err.msg);
}

void
hd_confirm_check(struct hd_inventory *inv, const struct hd_sections *all,
    struct hd_problems *problems)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->v[i].entries.n; k++) {
			const struct hd_setting *e = &all->v[i].entries.v[k];
			struct hd_strs names = { 0 };
			struct hd_err err = { 0 };
			const struct hd_value v = { .key = e->key,
				.name = e->name,
				.text = e->value,
				.arena = &inv->arena };

			if (e->bad || e->key == NULL ||
			    e->key->type != &hd_type_envs ||
			    add_envs(&names, &v, &err) < 0)
				continue;
			for (size_t n = 0; n < names.n; n++)
				check_name(inv, &all->v[i], e->line, names.v[n],
				    problems);
		}
}
