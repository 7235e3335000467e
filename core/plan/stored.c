/* Reads files of saved facts. */
#include "core/plan/stored.h"

#include "core/base/index.h"
#include "core/inventory/load.h"
#include "core/plan/facts.h"
#include "core/plan/stored_private.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 4096 };

/* The state of reading a file. */
struct reading {
	struct hd_stored *s;
	const char *name; /* of the file */
	unsigned line;
	struct hd_index hosts; /* 1 + the place of each name */
	struct hd_pairs *said; /* of the host that the lines are about */
	struct hd_err *err;
};

static int
fail(const struct reading *r, const char *why)
{
	return hd_err_set(
	    r->err, HD_ECONFIG, "%s:%u: %s", r->name, r->line, why);
}

static int
check_first(const struct reading *r, const char *text, size_t n)
{
	size_t at = strlen(HD_STORED_FIRST);

	if (strlen(text) != n)
		return hd_err_set(r->err, HD_ECONFIG,
		    "%s: contains a NUL byte, so `hdeploy status ENV --save "
		    "FILE` did not write it",
		    r->name);
	if (strncmp(text, HD_STORED_FIRST, at) != 0)
		return fail(r,
		    "not a file that `hdeploy status ENV --save FILE` wrote");
	if (strtol(text + at, NULL, 10) != HD_STORED_FORMAT)
		return fail(r,
		    "the format is not that of this hdeploy: use the hdeploy "
		    "that wrote the file");
	return 0;
}

/* Removes everything that could be run, although nothing of the file is ever
 * run. */
static void
disarm(struct hd_inventory *inv)
{
	inv->app.build = NULL;
	for (size_t i = 0; i < inv->envs.n; i++) {
		struct hd_env *env = &inv->envs.v[i];

		env->hooks.n = 0;
		for (size_t j = 0; j < env->hosts.n; j++) {
			struct hd_host *host = &env->hosts.v[j];

			host->health.n = 0;
			host->env.n = 0;
			for (size_t k = 0; k < host->commands.n; k++)
				host->commands.v[k].value = "true";
			for (size_t k = 0; k < host->hooks.n; k++)
				host->hooks.v[k].command = "true";
		}
	}
}

static int
read_settings(
    struct reading *r, const char *text, size_t n, struct hd_problems *problems)
{
	struct hd_env *env;

	if (hd_inventory_parse(&r->s->inventory, text, n, problems) < 0)
		return hd_err_set(r->err, HD_ECONFIG, "%s: %zu problem%s",
		    r->name, problems->n, problems->n == 1 ? "" : "s");
	disarm(r->s->inventory);
	if (r->s->inventory->envs.n != 1)
		return fail(r, "must have one environment");
	env = &r->s->inventory->envs.v[0];
	if (env->sources.n > 0)
		return fail(r, "a saved file must name its hosts itself");
	r->s->said = hd_arena_alloc(
	    &r->s->arena, (env->hosts.n + 1) * sizeof(*r->s->said));
	for (size_t i = 0; i < env->hosts.n; i++)
		*hd_index_at(&r->hosts, &r->s->arena, env->hosts.v[i].name) =
		    i + 1;
	return 0;
}

static int
read_host(struct reading *r, const char *name)
{
	size_t place = hd_index_get(&r->hosts, name);

	if (place == 0)
		return fail(r, "there is no such host above");
	r->said = &r->s->said[place - 1];
	if (r->said->n > 0)
		return fail(r, "this host has a part already");
	return 0;
}

static int
read_line(struct reading *r, char *line)
{
	char *value = strchr(line, ' ');

	if (line[0] == '\0')
		return 0;
	if (strlen(line) > LINE_LIMIT)
		return fail(r, "longer than any fact");
	if (strncmp(line, HD_STORED_HOST, strlen(HD_STORED_HOST)) == 0)
		return read_host(r, line + strlen(HD_STORED_HOST));
	if (value == NULL)
		return fail(r, "not KEY VALUE");
	*value++ = '\0';
	*HD_PUSH(&r->s->arena, r->said) = (struct hd_pair){ line, value };
	return 0;
}

static int
read_all(struct reading *r, char *text, size_t n, struct hd_problems *problems)
{
	char *at = strstr(text, "\n" HD_STORED_HOST);
	size_t head = at != NULL ? (size_t)(at - text) + 1 : n;

	if (check_first(r, text, n) < 0 ||
	    read_settings(r, text, head, problems) < 0)
		return -1;
	for (size_t i = 0; i < head; i++)
		r->line += text[i] == '\n';
	for (char *line = text + head, *end; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end != '\0')
			*end++ = '\0';
		if (read_line(r, line) < 0)
			return -1;
		r->line++;
	}
	return 0;
}

/* Checks the facts of all hosts before any are reported. */
static int
check_facts(const struct reading *r)
{
	const struct hd_env *env = &r->s->inventory->envs.v[0];

	for (size_t i = 0; i < env->hosts.n; i++) {
		struct hd_facts *f;

		if (r->s->said[i].n == 0)
			continue;
		if (hd_facts_read(&f, &r->s->said[i], r->err) < 0) {
			r->err->code = HD_ECONFIG;
			return hd_err_prefix(r->err, "%s: facts %s", r->name,
			    env->hosts.v[i].name);
		}
		hd_facts_free(f);
	}
	return 0;
}

int
hd_stored_read(struct hd_stored **out, const char *name, const char *text,
    size_t n, struct hd_problems *problems, struct hd_err *err)
{
	struct reading r = {
		.s = hd_alloc(sizeof(*r.s)), .name = name, .line = 1, .err = err
	};

	if (read_all(&r, hd_arena_strndup(&r.s->arena, text, n), n, problems) <
		0 ||
	    check_facts(&r) < 0) {
		hd_stored_free(r.s);
		return -1;
	}
	*out = r.s;
	return 0;
}

void
hd_stored_free(struct hd_stored *s)
{
	if (s == NULL)
		return;
	hd_inventory_free(s->inventory);
	hd_arena_done(&s->arena);
	free(s);
}

const struct hd_pairs *
hd_stored_said(const struct hd_stored *s, const struct hd_host *host)
{
	size_t i = (size_t)(host - s->inventory->envs.v[0].hosts.v);

	return s->said[i].n > 0 ? &s->said[i] : NULL;
}
