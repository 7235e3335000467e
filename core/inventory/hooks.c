/* hook.NAME = local|remote|once COMMAND */
#include "core/base/name.h"
#include "core/base/str.h"
#include "core/inventory/types.h"

#include <string.h>

const char *const hd_hook_names[] = {
	[HD_HOOK_BEFORE_PUSH] = "before_push",
	[HD_HOOK_AFTER_PUSH] = "after_push",
	[HD_HOOK_BEFORE_UPGRADE] = "before_upgrade",
	[HD_HOOK_BEFORE_WAVE] = "before_wave",
	[HD_HOOK_BEFORE_HOST] = "before_host",
	[HD_HOOK_AFTER_HOST] = "after_host",
	[HD_HOOK_AFTER_WAVE] = "after_wave",
	[HD_HOOK_BEFORE_START] = "before_start",
	[HD_HOOK_AFTER_STOP] = "after_stop",
	[HD_HOOK_AFTER_UPGRADE] = "after_upgrade",
	[HD_HOOK_AFTER_ROLLBACK] = "after_rollback",
	[HD_HOOK_ON_FAILURE] = "on_failure",
};
_Static_assert(HD_COUNT(hd_hook_names) == HD_HOOKS, "a hook has no name");

static const char *const places[] = {
	[HD_HOOK_LOCAL] = "local",
	[HD_HOOK_REMOTE] = "remote",
	[HD_HOOK_ONCE] = "once",
};

/* Hooks for load balancers, which the hosts themselves cannot do. */
static const bool only_local[HD_HOOKS] = {
	[HD_HOOK_BEFORE_WAVE] = true,
	[HD_HOOK_BEFORE_HOST] = true,
	[HD_HOOK_AFTER_HOST] = true,
	[HD_HOOK_AFTER_WAVE] = true,
};

/* key: "hook.NAME". HD_HOOKS if there is no such hook. */
static enum hd_hook_name
find_name(const char *key)
{
	size_t i = 0;

	key += strlen(HD_HOOK_PREFIX);
	while (i < HD_HOOKS && strcmp(hd_hook_names[i], key) != 0)
		i++;
	return (enum hd_hook_name)i;
}

static int
refuse_name(const char *name, struct hd_err *err)
{
	const char *near = hd_name_nearest(name, hd_hook_names, HD_HOOKS);
	HD_AUTO_STR all = HD_STR_INIT(512);

	if (near != NULL)
		return hd_err_set(err, HD_ECONFIG,
		    "there is no hook \"%s\"; did you mean hook.%s?", name,
		    near);
	for (size_t i = 0; i < HD_HOOKS; i++)
		hd_str_addf(&all, "%s%s",
		    i == 0              ? ""
		    : i + 1 == HD_HOOKS ? " or "
					: ", ",
		    hd_hook_names[i]);
	return hd_err_set(
	    err, HD_ECONFIG, "there is no hook \"%s\"; use %s", name, all.ptr);
}

static int
add_hook(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_hooks *hooks = field;
	struct hd_hook hook = { .name = find_name(v->name) };
	size_t n = strcspn(v->text, " \t"), i = 0;

	if (hook.name == HD_HOOKS)
		return refuse_name(v->name + strlen(HD_HOOK_PREFIX), err);
	while (i < HD_COUNT(places) &&
	       (strlen(places[i]) != n || memcmp(places[i], v->text, n) != 0))
		i++;
	hook.place = (enum hd_hook_place)i;
	hook.command = v->text + n + strspn(v->text + n, " \t");
	if (i == HD_COUNT(places) || hook.command[0] == '\0')
		return hd_type_refuse(v, v->text, err);
	if (only_local[hook.name] && hook.place != HD_HOOK_LOCAL)
		return hd_err_set(err, HD_ECONFIG,
		    "this hook runs only on this machine: write local instead "
		    "of %s",
		    places[i]);
	*HD_PUSH(v->arena, hooks) = hook;
	return 0;
}

static void
clear_hooks(void *field, const char *key, struct hd_arena *arena)
{
	struct hd_hooks *hooks = field, kept = { 0 };
	enum hd_hook_name name = find_name(key);

	for (size_t i = 0; i < hooks->n; i++) {
		if (hooks->v[i].name != name)
			*HD_PUSH(arena, &kept) = hooks->v[i];
	}
	*hooks = kept;
}

const struct hd_type hd_type_hook = {
	.set = add_hook,
	.list = true,
	.clear = clear_hooks,
	.rule = "a hook: local, remote or once, then a shell command",
};
