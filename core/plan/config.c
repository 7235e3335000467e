#include "core/plan/config.h"

#include "core/base/index.h"

#include <string.h>

enum { KEYS_SHOWN = 5 };

/* The states of the settings of a VM, by key. */
struct states {
	struct hd_arena arena;
	struct hd_index index;
	const struct hd_vm *vm;
};

static void
states_done(struct states *s)
{
	hd_arena_done(&s->arena);
}
#define AUTO_STATES HD_CLEANUP(states_done) struct states

static void
states_of(struct states *s, const struct hd_vm *vm)
{
	s->vm = vm;
	for (size_t i = 0; i < vm->settings.n; i++)
		*hd_index_at(&s->index, &s->arena, vm->settings.v[i].key) =
		    i + 1;
}

/* HD_SETTING_STATES: no such key. */
static enum hd_setting_state
state_of(const struct states *s, const char *key)
{
	size_t place = hd_index_get(&s->index, key);

	return place > 0 ? s->vm->settings.v[place - 1].state
			 : HD_SETTING_STATES;
}

/* The first keys of a list, and the number of all. */
struct keys {
	struct hd_str text;
	size_t n;
};

static void
keys_done(struct keys *k)
{
	hd_str_done(&k->text);
}
#define AUTO_KEYS HD_CLEANUP(keys_done) struct keys
#define KEYS_INIT                                                              \
	{                                                                      \
		HD_STR_INIT(4096), 0                                           \
	}

static void
keys_add(struct keys *k, const char *key)
{
	if (k->n++ < KEYS_SHOWN)
		hd_str_addf(&k->text, "%s%.100s", k->n > 1 ? ", " : "", key);
}

static void
keys_describe(const struct keys *k, const char *what, struct hd_str *out)
{
	if (k->n == 0)
		return;
	hd_str_addf(out, "%s%s", what, k->text.ptr);
	if (k->n > KEYS_SHOWN)
		hd_str_addf(out, " and %zu more", k->n - KEYS_SHOWN);
}

/* The message for each state that is a loss, unless the key was in that state
 * before: code can do that on purpose. NULL: not a loss. */
static const char *const losses[HD_SETTING_STATES] = {
	[HD_SET_MISSING] =
	    "configuration lost: in the files of the running version, but "
	    "not set in the node: ",
	[HD_SET_FALLEN] =
	    "configuration lost: set to a default or to the previous value, "
	    "not to the value in the files of the running version: ",
};

static bool
kept_from(enum hd_setting_state loss, const struct states *before,
    const struct hd_vm *now, struct hd_str *lost)
{
	AUTO_KEYS keys = KEYS_INIT;

	for (size_t i = 0; i < now->settings.n; i++) {
		const struct hd_setting *s = &now->settings.v[i];

		if (s->state == loss && state_of(before, s->key) != loss)
			keys_add(&keys, s->key);
	}
	keys_describe(&keys, losses[loss], lost);
	return keys.n == 0;
}

bool
hd_config_kept(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *lost)
{
	AUTO_STATES was = { 0 };

	if (now->unread != NULL) {
		hd_str_addf(lost, "configuration lost: %s", now->unread);
		return false;
	}
	states_of(&was, before);
	for (size_t i = 0; i < HD_SETTING_STATES; i++)
		if (losses[i] != NULL &&
		    !kept_from((enum hd_setting_state)i, &was, now, lost))
			return false;
	return true;
}

/* The kernel application has keys of its own (connect_all, logger). */
static bool
kernel_key(const char *key)
{
	return strncmp(key, "kernel/", strlen("kernel/")) == 0;
}

static bool
runs(const struct hd_vm *vm, const char *key)
{
	size_t n = strcspn(key, "/");

	for (size_t i = 0; i < vm->apps.n; i++)
		if (strncmp(vm->apps.v[i].app, key, n) == 0 &&
		    vm->apps.v[i].app[n] == '\0')
			return true;
	return false;
}

/* A key that is not in a known file was perhaps set by code. */
static bool
dropped(const struct hd_setting *was, const struct states *now)
{
	enum hd_setting_state is = state_of(now, was->key);

	if (kernel_key(was->key))
		return false;
	if (was->state == HD_SET_OTHER)
		return is == HD_SET_PLANNED;
	return (was->state == HD_SET_OWN || was->state == HD_SET_UNKNOWN) &&
	       is == HD_SETTING_STATES && runs(now->vm, was->key);
}

/* Code of Elixir and OTP sets these, and nothing misses them later. */
static bool
internal(const char *key)
{
	static const char *const keys[] = { "elixir/ansi_enabled",
		"elixir/config_provider_booted",
		"elixir/config_provider_reboot_mode",
		"runtime_tools/ttb_autostart_module" };

	for (size_t i = 0; i < HD_COUNT(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

void
hd_config_foretell(const struct hd_vm *vm, hd_config_fn *fn, void *ctx)
{
	for (size_t i = 0; i < vm->settings.n; i++) {
		const struct hd_setting *one = &vm->settings.v[i];

		if ((one->state == HD_SET_OTHER || one->state == HD_SET_OWN) &&
		    !kernel_key(one->key) && !internal(one->key))
			fn(ctx, one);
	}
}

void
hd_config_tell(
    const struct hd_vm *before, const struct hd_vm *now, struct hd_str *out)
{
	AUTO_KEYS keys = KEYS_INIT;
	AUTO_STATES is = { 0 };

	states_of(&is, now);
	for (size_t i = 0; i < before->settings.n; i++)
		if (dropped(&before->settings.v[i], &is))
			keys_add(&keys, before->settings.v[i].key);
	keys_describe(&keys,
	    "the change dropped settings that code had made at run time: ",
	    out);
}
