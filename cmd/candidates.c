#include "cmd/commands.h"
#include "cmd/complete.h"
#include "cmd/seen.h"
#include "core/base/index.h"
#include "core/inventory/keys.h"

#include <string.h>
#include <sys/stat.h>

static void
put(const struct hd_typed *t, const char *candidate, const char *text)
{
	fprintf(t->out, "%s%s\t%s\n", t->prefix, candidate, text);
}

void
hd_candidates_commands(struct hd_typed *t)
{
	for (size_t i = 0; hd_commands[i] != NULL; i++)
		if ((hd_commands[i]->flags & HD_HIDDEN) == 0)
			put(t, hd_commands[i]->name, hd_commands[i]->help);
}

/* Without a command, the options of all commands; those that were given are
 * left out. */
void
hd_candidates_options(struct hd_typed *t)
{
	HD_AUTO_ARENA a = { 0 };
	const struct hd_option *row;

	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++) {
		bool has = row->only == NULL || t->command == NULL ||
			   hd_option_of(row, t->command->name);

		if (has && (t->given & (uint64_t)1 << i) == 0)
			put(t, hd_arena_fmt(&a, "--%s", row->name), row->help);
	}
}

/* The commands that plan from saved facts: those of `explain`. */
static void
put_planning(struct hd_typed *t)
{
	const struct hd_option *row = NULL;

	for (size_t i = 0; hd_options_row(i) != NULL; i++)
		if (strcmp(hd_options_row(i)->name, "facts") == 0)
			row = hd_options_row(i);
	for (size_t i = 0; row != NULL && hd_commands[i] != NULL; i++)
		if ((hd_commands[i]->flags & HD_CHANGES_HOSTS) != 0 &&
		    hd_option_of(row, hd_commands[i]->name))
			put(t, hd_commands[i]->name, hd_commands[i]->help);
}

/* A FIFO or a terminal would block the shell. */
static const struct hd_inventory *
inventory(struct hd_typed *t)
{
	struct hd_problems problems = { 0 };
	struct hd_err ignored;
	struct stat st;

	if (t->inventory == NULL && stat(t->file, &st) == 0 &&
	    S_ISREG(st.st_mode))
		(void)!hd_inventory_load(
		    &t->inventory, t->file, &problems, &ignored);
	hd_problems_done(&problems);
	return t->inventory;
}

/* Completion asks no source for its hosts. */
static void
put_envs(struct hd_typed *t)
{
	const struct hd_inventory *inv = inventory(t);
	HD_AUTO_ARENA a = { 0 };

	for (size_t i = 0; inv != NULL && i < inv->envs.n; i++) {
		const struct hd_env *env = &inv->envs.v[i];

		put(t, env->name,
		    env->sources.n > 0
			? "hosts that a command or DNS names"
			: hd_arena_fmt(&a, "%zu host%s", env->hosts.n,
			      env->hosts.n == 1 ? "" : "s"));
	}
}

/* Each name once: environments can share hosts and groups. */
static void
put_once(struct hd_typed *t, struct hd_index *seen, const char *name,
    const char *text)
{
	if ((*hd_index_at(seen, t->arena, name))++ == 0)
		put(t, name, text);
}

/* The hosts and groups of the environment, or of all if none was typed. */
static void
put_members(struct hd_typed *t, bool groups)
{
	const struct hd_inventory *inv = inventory(t);
	const char *env = t->args.n > 0 ? t->args.v[0] : NULL;
	struct hd_index seen = { 0 };

	for (size_t i = 0; inv != NULL && i < inv->envs.n; i++) {
		const struct hd_env *e = &inv->envs.v[i];

		if (env != NULL && strcmp(e->name, env) != 0)
			continue;
		for (size_t k = 0; groups && k < e->groups.n; k++)
			put_once(t, &seen, e->groups.v[k].name, "group");
		for (size_t k = 0; k < e->hosts.n; k++)
			put_once(t, &seen, e->hosts.v[k].name, e->name);
	}
}

static void
put_hosts(struct hd_typed *t)
{
	put_members(t, false);
}

/* "web1,!db": the last part. */
static void
put_limit(struct hd_typed *t)
{
	const char *part = strrchr(t->word, ',');

	part = part != NULL ? part + 1 : t->word;
	part += *part == '!';
	t->prefix = hd_arena_fmt(
	    t->arena, "%s%.*s", t->prefix, (int)(part - t->word), t->word);
	put_members(t, true);
}

static void
put_versions(struct hd_typed *t)
{
	struct hd_strs versions = { 0 };

	if (t->args.n == 0)
		return;
	hd_seen_read(&versions, t->file, t->args.v[0], t->arena);
	for (size_t i = 0; i < versions.n; i++)
		put(t, versions.v[i], "");
}

static void
put_files(struct hd_typed *t)
{
	fputs(":files\n", t->out);
}

static void
put_folders(struct hd_typed *t)
{
	fputs(":folders\n", t->out);
}

static void
put_times(struct hd_typed *t)
{
	put(t, "30s", "half a minute");
	put(t, "5m", "five minutes");
	put(t, "1h", "an hour");
}

static void
put_intervals(struct hd_typed *t)
{
	put(t, "2s", "for a change that runs");
	put(t, "5s", "");
	put(t, "30s", "for hours");
}

static void
put_keys(struct hd_typed *t)
{
	const struct hd_key *key;

	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++)
		put(t, key->name, key->help);
}

static void
put_topics(struct hd_typed *t)
{
	hd_candidates_commands(t);
	put(t, HD_INVENTORY_FILE, "all keys");
	put_keys(t);
}

/* `help deploy.ini KEY` */
static void
put_second_topic(struct hd_typed *t)
{
	if (t->args.n > 0 && strcmp(t->args.v[0], HD_INVENTORY_FILE) == 0)
		put_keys(t);
}

/* A new kind of argument or of value needs a row. */
static const struct hd_candidates rows[] = {
	{ "ENV", put_envs },
	{ "HOST", put_hosts },
	{ "HOSTS", put_limit },
	{ "VERSION", put_versions },
	{ "FILE", put_files },
	{ "DIR", put_folders },
	{ "OLD", put_files },
	{ "NEW", put_files },
	{ "RELEASE", put_files },
	{ "TIME", put_times },
	{ "INTERVAL", put_intervals },
	{ "TOPIC", put_topics },
	{ "KEY", put_second_topic },
	{ "COMMAND", put_planning },
	{ "COMMAND...", NULL }, /* of a shell */
	{ "WORD...", NULL },
	{ "N", NULL },
	{ "SHA256:...", NULL },
};

const struct hd_candidates *
hd_candidates_of(const char *name)
{
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}
