/* Writes files of saved facts, without secrets. */
#include "core/plan/stored.h"

#include "core/base/index.h"
#include "core/base/name.h"
#include "core/inventory/keys.h"
#include "core/plan/facts.h"
#include "core/plan/stored_private.h"

#include <stdlib.h>
#include <string.h>

/* The keys of a host that a plan depends on, besides path and service. */
static const struct {
	const char *key;
	enum { CHOICE, NUMBER, DURATION } form;
} keys[] = {
	{ "upgrade", CHOICE },
	{ "commit", CHOICE },
	{ "confirm", CHOICE },
	{ "old_processes", CHOICE },
	{ "undo", CHOICE },
	{ "keep", NUMBER },
	{ "soak", DURATION },
	{ "drain", DURATION },
};

/* All members of these forms have the size of unsigned. */
static void
write_key(struct hd_str *out, const struct hd_host *host, size_t i)
{
	const struct hd_key *key = hd_key_find(keys[i].key);
	unsigned value;

	memcpy(&value, (const char *)host + key->offset, sizeof(value));
	if (keys[i].form == CHOICE)
		hd_str_addf(
		    out, "%s = %s\n", keys[i].key, key->type->choices[value]);
	else
		hd_str_addf(out, "%s = %u%s\n", keys[i].key, value,
		    keys[i].form == DURATION ? "ms" : "");
}

static void
write_host(
    struct hd_str *out, const struct hd_env *env, const struct hd_host *host)
{
	hd_str_addf(
	    out, "\n[%s:%s]\npath = %s\n", env->name, host->name, host->path);
	for (size_t i = 0; i < HD_COUNT(keys); i++)
		write_key(out, host, i);
	if (host->service != NULL)
		hd_str_addf(out, "service = %s\nservice_manager = %s\n",
		    host->service, host->service_manager);
	if (host->pid_file != NULL)
		hd_str_addf(out, "pid_file = %s\n", host->pid_file);
	for (size_t i = 0; i < host->commands.n; i++)
		hd_str_addf(
		    out, "command.%s = true\n", host->commands.v[i].name);
	for (size_t i = 0; i < host->ignore.n; i++)
		hd_str_addf(out, "ignore = %s\n", host->ignore.v[i]);
}

/* Only hooks on hosts are steps of a plan; one for each name is enough. */
static void
write_hooks(struct hd_str *out, const struct hd_hooks *hooks)
{
	unsigned written = 0;

	for (size_t i = 0; i < hooks->n; i++) {
		const struct hd_hook *h = &hooks->v[i];

		if (h->place != HD_HOOK_REMOTE || (written & 1u << h->name))
			continue;
		written |= 1u << h->name;
		hd_str_addf(
		    out, "hook.%s = remote true\n", hd_hook_names[h->name]);
	}
}

/* What a plan does with hosts that did not answer. Only what differs from the
 * default: an older hdeploy can read the other files. */
static void
write_missing(struct hd_str *out, const struct hd_env *env)
{
	if (env->unreachable == HD_UNREACHABLE_SKIP)
		hd_str_add(out, "unreachable = skip\n");
	if (env->max_failures.set)
		hd_str_addf(out, "max_failures = %u\n", env->max_failures.n);
}

/* Replaces addresses, which are private, by different ports. */
static void
write_name(struct hd_str *out, const char *name, size_t port)
{
	if (hd_label_valid(name))
		hd_str_addf(out, "host = %s localhost:%zu\n", name, port);
	else
		hd_str_addf(out, "host = [%s]\n", name); /* IPv6, no name */
}

static void
write_waves(struct hd_str *out, const struct hd_env *env,
    const struct hd_host *const *hosts, size_t n)
{
	for (size_t i = 0; i < env->batch.n; i++)
		hd_str_addf(out, "%s%u%s", i == 0 ? "batch = " : ", ",
		    env->batch.v[i].n, env->batch.v[i].percent ? "%" : "");
	hd_str_add(out, env->batch.n > 0 ? "\n" : "");
	for (size_t i = 0; i < n; i++)
		if (hosts[i]->canary)
			hd_str_addf(out, "canary = %s\n", hosts[i]->name);
}

/* For --limit. A line holds one host, because lines must be short. */
static void
write_groups(struct hd_str *out, const struct hd_env *env,
    const struct hd_host *const *hosts, size_t n)
{
	HD_AUTO_FREE bool *members = hd_alloc(env->hosts.n + 1);
	struct hd_err err;

	for (size_t i = 0; i < env->groups.n; i++) {
		const struct hd_group *g = &env->groups.v[i];

		/* hd_groups_check() accepted it: failure is a bug. */
		if (hd_group_members(members, env, g, &err) < 0)
			abort();
		for (size_t k = 0; k < n; k++)
			if (members[hosts[k] - env->hosts.v])
				hd_str_addf(out, HD_GROUP_PREFIX "%s = %s\n",
				    g->name, hosts[k]->name);
	}
}

void
hd_stored_begin(struct hd_str *out, const struct hd_app *app,
    const struct hd_env *env, const struct hd_host *const *hosts, size_t n)
{
	hd_str_addf(out,
	    HD_STORED_FIRST "%d\n"
			    "# What a plan needs to know, for a bug report. No "
			    "secrets: \"true\" stands for every\n"
			    "# command. It does name hosts, users, paths and "
			    "processes: look through it first.\n"
			    "\n[app]\nname = %s\ndriver = %s\nrelease = .\n"
			    "relup = %s\n"
			    "\n[%s]\n",
	    HD_STORED_FORMAT, app->name, app->driver,
	    app->relup == HD_RELUP_AUTO ? "auto" : "check", env->name);
	for (size_t i = 0; i < n; i++)
		write_name(out, hosts[i]->name, i + 1);
	write_waves(out, env, hosts, n);
	write_missing(out, env);
	write_groups(out, env, hosts, n);
	write_hooks(out, &env->hooks);
	for (size_t i = 0; i < n; i++)
		write_host(out, env, hosts[i]);
}

static bool
is_read(const char *key)
{
	for (size_t i = 0; hd_facts_key(i) != NULL; i++) {
		if (strcmp(hd_facts_key(i), key) == 0)
			return true;
	}
	return false;
}

/* Writes one line, without control characters. */
static void
write_text(struct hd_str *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		bool control = (unsigned char)*p < ' ' || *p == '\x7f';

		hd_str_addn(out, control ? "?" : p, 1);
	}
	hd_str_add(out, "\n");
}

/* Writes "VERSION DIGEST" with a number for the digest: plans only compare
 * them. */
static void
write_cookie(struct hd_str *out, const char *text, struct hd_arena *a,
    struct hd_index *cookies, size_t *n)
{
	size_t version = strcspn(text, " ");
	size_t *number = hd_index_at(cookies, a, text + version);

	if (*number == 0)
		*number = ++*n;
	hd_str_addf(out, "cookie %.*s %zu\n", (int)version, text, *number);
}

/* Writes "VERSION NAME DIGEST TEXT" of a packed configuration with a number for
 * the digest, and without the value. */
static void
write_packed(struct hd_str *out, const char *text, struct hd_arena *a,
    struct hd_index *values, size_t *n)
{
	size_t version = strcspn(text, " ");
	size_t name = version + strspn(text + version, " ");
	size_t end = name + strcspn(text + name, " ");
	size_t digest = end + strspn(text + end, " ");
	size_t *number = hd_index_at(values, a,
	    hd_arena_strndup(a, text + digest, strcspn(text + digest, " ")));

	if (*number == 0)
		*number = ++*n;
	hd_str_addf(out, "%.*s %zu (not saved)\n", (int)end, text, *number);
}

/* Writes a line of the journal or the history without the answer of a health
 * check, which names the check and its output. A line that cannot be read might
 * contain anything: it becomes "?", which readers ignore. */
static void
write_past(struct hd_str *out, const char *text, struct hd_arena *a)
{
	struct hd_past past;

	if (!hd_past_read(&past, a, text)) {
		hd_str_add(out, "?\n");
		return;
	}
	if (past.sick != NULL && past.sick[0] != '\0')
		past.sick = "not healthy";
	hd_past_write(&past, out);
	hd_str_add(out, "\n");
}

static bool
is_packed(const char *key)
{
	return strcmp(key, "settings") == 0 || strcmp(key, "arguments") == 0;
}

static bool
is_past(const char *key)
{
	return strcmp(key, "journal") == 0 || strcmp(key, "history") == 0;
}

void
hd_stored_add(struct hd_str *out, const char *host, const struct hd_pairs *said)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index cookies = { 0 };
	struct hd_index values = { 0 };
	size_t ncookies = 0, nvalues = 0;

	hd_str_addf(out, "\n" HD_STORED_HOST "%s\n", host);
	for (size_t i = 0; i < said->n; i++) {
		const char *key = said->v[i].name, *text = said->v[i].value;

		if (!is_read(key))
			continue;
		if (strcmp(key, "cookie") == 0) {
			write_cookie(out, text, &arena, &cookies, &ncookies);
			continue;
		}
		hd_str_addf(out, "%s ", key);
		if (is_packed(key)) {
			write_packed(out, text, &arena, &values, &nvalues);
			continue;
		}
		if (is_past(key)) {
			write_past(out, text, &arena);
			continue;
		}
		if (strcmp(key, "vm_changed") == 0)
			text = hd_arena_fmt(
			    &arena, "%.*s - -", (int)strcspn(text, " "), text);
		write_text(out, text);
	}
}
