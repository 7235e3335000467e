#include "core/inventory/hosts.h"

#include "core/base/name.h"
#include "core/inventory/host_line.h"
#include "core/inventory/layer.h"
#include "core/inventory/problem.h"
#include "core/inventory/types.h"

#include <stdlib.h>
#include <string.h>

enum { HOSTS_MAX = 10000 };

/* One environment being filled. */
struct filling {
	struct hd_hosts_load *l;
	struct hd_env *env;
	const struct hd_section *section, *defaults;
	HD_LIST(unsigned) lines; /* of each host, in its order */
	bool path_missed;        /* one report is enough */
};

static void
check_required(struct filling *f, const struct hd_host *host,
    const struct hd_layers *layers)
{
	const struct hd_key *missing;

	for (size_t i = 0;
	     !f->path_missed && (missing = hd_layers_missing(layers, host,
				     HD_SCOPE_HOST, &i)) != NULL;) {
		f->path_missed = true;
		hd_problem_add(f->l->problems, f->section->line,
		    "host \"%s\" has no %s; add it to [%s] or [defaults]",
		    host->name, missing->info.name, f->env->name);
	}
}

/* The host line speaks of this host, so it beats [defaults] and [env]. */
static void
add_host(struct filling *f, const struct hd_host_line *line, size_t i)
{
	struct hd_arena *a = f->l->arena;
	struct hd_host *host = HD_PUSH(a, &f->env->hosts);
	struct hd_layers layers = {
		.v = { f->defaults, f->section },
		.n = 2,
	};

	host->name = hd_range_word(&line->name, a, i);
	host->env_name = f->env->name;
	host->address = hd_range_word(&line->address, a, i);
	host->port = line->port;
	hd_layers_apply(&layers, host, HD_SCOPE_HOST, host->name, a);
	if (line->user != NULL)
		host->user = line->user;
	layers.v[layers.n++] =
	    hd_section_find(f->l->all, HD_IN_HOST, f->env->name, host->name);
	hd_layer_apply(layers.v[2], host, HD_SCOPE_HOST, host->name, a);
	host->hooks = f->env->hooks;
	check_required(f, host, &layers);
}

static bool
add_hosts(struct filling *f, const struct hd_entry *e)
{
	struct hd_host_line line;
	struct hd_err err;

	if (hd_host_parse(&line, f->l->arena, e->value, &err) < 0)
		abort(); /* it was checked */
	if (line.name.count > HOSTS_MAX - f->l->written.n - f->lines.n) {
		hd_problem_add(f->l->problems, e->line,
		    "more than %d hosts in all; split the file", HOSTS_MAX);
		return false;
	}
	for (size_t i = 0; i < line.name.count; i++) {
		*HD_PUSH(f->l->arena, &f->lines) = e->line;
		add_host(f, &line, i);
	}
	return true;
}

static const char *
nearest_host(const struct hd_env *env, const char *name)
{
	size_t n = env->hosts.n;
	HD_AUTO_FREE const char **names = hd_alloc(n * sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = env->hosts.v[i].name;
	return hd_name_nearest(name, names, n);
}

static bool
has_host(const struct hd_env *env, const char *name)
{
	for (size_t i = 0; i < env->hosts.n; i++)
		if (strcmp(env->hosts.v[i].name, name) == 0)
			return true;
	return false;
}

static void
did_you_mean(struct hd_problems *problems, unsigned line, const char *what,
    const char *near)
{
	if (near != NULL)
		hd_problem_add(
		    problems, line, "%s; did you mean \"%s\"?", what, near);
	else
		hd_problem_add(problems, line, "%s", what);
}

/* Sections [env:host] whose host is not there. */
static void
check_sections(struct filling *f)
{
	for (size_t i = 0; i < f->l->all->n; i++) {
		const struct hd_section *s = &f->l->all->v[i];
		const char *what;

		if (s->place != HD_IN_HOST ||
		    strcmp(s->env, f->env->name) != 0 ||
		    has_host(f->env, s->host))
			continue;
		what = hd_arena_fmt(f->l->arena,
		    "[%s]: environment \"%s\" has no host \"%s\"", s->name,
		    s->env, s->host);
		did_you_mean(f->l->problems, s->line, what,
		    nearest_host(f->env, s->host));
	}
}

static void
no_host(const struct filling *f)
{
	const char *const reserved[] = { "app", "defaults" };
	const char *what = hd_arena_fmt(f->l->arena,
	    "environment [%s] has no host; add a line host = ADDRESS",
	    f->env->name);

	did_you_mean(f->l->problems, f->section->line, what,
	    hd_name_nearest(f->env->name, reserved, HD_COUNT(reserved)));
}

static void
mark_canaries(const struct filling *f)
{
	struct hd_err err = { 0 };

	if (hd_canaries_mark(f->env, &err) == 0)
		return;
	for (size_t i = 0; i < f->section->entries.n; i++) {
		const struct hd_entry *e = &f->section->entries.v[i];

		if (e->key != NULL && e->key->type == &hd_type_canary)
			hd_problem_add(f->l->problems, e->line, "%s", err.msg);
	}
}

void
hd_hosts_load(
    struct hd_hosts_load *l, struct hd_env *env, const struct hd_section *s)
{
	struct filling f = {
		.l = l,
		.env = env,
		.section = s,
		.defaults = hd_section_find(l->all, HD_IN_DEFAULTS, NULL, NULL),
	};
	bool any = false, all = true;

	for (size_t i = 0; i < s->entries.n; i++) {
		const struct hd_entry *e = &s->entries.v[i];

		if (e->key == NULL || e->key->type != &hd_type_host)
			continue;
		any = true;
		all &= !e->bad && add_hosts(&f, e);
	}
	if (!any)
		no_host(&f);
	/* A host may be missing only because its line is bad. */
	else if (all) {
		check_sections(&f);
		mark_canaries(&f);
	}
	for (size_t i = 0; i < env->hosts.n; i++)
		*HD_PUSH(l->arena, &l->written) =
		    (struct hd_written){ &env->hosts.v[i], f.lines.v[i] };
}

void
hd_hosts_strangers(const struct hd_sections *all, struct hd_problems *problems)
{
	HD_AUTO_FREE const char **names = hd_alloc(all->n * sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].place == HD_IN_ENV)
			names[n++] = all->v[i].env;
	for (size_t i = 0; i < all->n; i++) {
		const struct hd_section *s = &all->v[i];
		const char *near;

		if (s->place != HD_IN_HOST ||
		    hd_section_find(all, HD_IN_ENV, s->env, NULL) != NULL)
			continue;
		near = hd_name_nearest(s->env, names, n);
		hd_problem_add(problems, s->line,
		    "[%s]: there is no environment [%s]%s%s%s", s->name, s->env,
		    near != NULL ? "; did you mean [" : "",
		    near != NULL ? near : "", near != NULL ? "]?" : "");
	}
}
