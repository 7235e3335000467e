/* Keys by their names. */
#include "core/base/name.h"
#include "core/inventory/types.h"

#include <stdio.h>
#include <string.h>

const struct hd_key *
hd_key_find(const char *name)
{
	static const char *const families[] = { HD_ENV_PREFIX,
		HD_COMMAND_PREFIX, HD_HOOK_PREFIX, HD_GROUP_PREFIX };
	const struct hd_key *key;
	char family[32];

	for (size_t i = 0; i < HD_COUNT(families); i++) {
		if (strncmp(name, families[i], strlen(families[i])) != 0)
			continue;
		snprintf(family, sizeof(family), "%sNAME", families[i]);
		name = family;
		break;
	}
	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++)
		if (strcmp(key->name, name) == 0)
			return key;
	return NULL;
}

static bool
fits(const char *name, unsigned place)
{
	const struct hd_key *key = hd_key_find(name);

	return key != NULL && (key->places & place) != 0;
}

/* By convention the names of environment variables are upper case. */
static bool
is_variable(const char *name)
{
	return hd_variable_valid(name) &&
	       strpbrk(name, "abcdefghijklmnopqrstuvwxyz") == NULL;
}

static bool
is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static const char *
with_prefix(struct hd_arena *a, const char *name)
{
	if (is_variable(name))
		return hd_arena_fmt(a, HD_ENV_PREFIX "%s", name);
	if (is_one_of(name, hd_command_names, HD_COMMANDS))
		return hd_arena_fmt(a, HD_COMMAND_PREFIX "%s", name);
	if (is_one_of(name, hd_hook_names, HD_HOOKS))
		return hd_arena_fmt(a, HD_HOOK_PREFIX "%s", name);
	return NULL;
}

const char *
hd_key_meant(struct hd_arena *a, const char *name, unsigned place)
{
	const char *small = hd_arena_lower(a, name);
	const char *whole = with_prefix(a, name);
	struct hd_strs names = { 0 };
	const struct hd_key *key;

	if (fits(small, place))
		return small;
	if (whole != NULL && fits(whole, place))
		return whole;
	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++)
		if (key->places & place)
			*HD_PUSH(a, &names) = key->name;
	return hd_name_nearest(name, names.v, names.n);
}
