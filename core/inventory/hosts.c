#include "core/inventory/hosts.h"

#include "core/base/name.h"
#include "core/inventory/answer.h"
#include "core/inventory/groups.h"
#include "core/inventory/layer.h"
#include "core/inventory/problem.h"
#include "core/inventory/types.h"

#include <stdlib.h>
#include <string.h>

enum { HOSTS_MAX = 10000, CONNECT_TIMEOUT_MS = 10 * 1000 };

/* The environment whose hosts are being loaded. */
struct filling {
	struct hd_hosts_load *l;
	struct hd_env *env;
	const struct hd_section *section;
	struct hd_host usual;    /* with the values of section */
	bool host_in_usual;      /* usual contains {host} */
	bool unset;              /* usual lacks a required key */
	HD_LIST(unsigned) lines; /* of each host, in the order of env */
	struct hd_index places;  /* 1 + index of each name */
	bool path_missed;        /* reported already */
	bool any, bad; /* host lines or sources: there are some, invalid ones */
	bool unasked;  /* a source was not asked */
};

/* Hosts of one line, of deploy.ini or of a source. */
struct some {
	const struct hd_host_line *hosts;
	const struct hd_host_source *source; /* NULL: deploy.ini */
	const char *place;
	unsigned line; /* of deploy.ini */
};

static struct hd_layers
layers_of(const struct filling *f, const struct hd_section *host)
{
	return (struct hd_layers){ .v = { f->l->defaults, f->section, host },
		.n = 3 };
}

static void
check_required(
    struct filling *f, const struct hd_host *host, const struct hd_section *own)
{
	const struct hd_layers layers = layers_of(f, own);
	const struct hd_key *missing;

	for (size_t i = 0;
	     !f->path_missed && (missing = hd_layers_missing(&layers, host,
				     HD_SCOPE_HOST, &i)) != NULL;) {
		f->path_missed = true;
		hd_problem_add(f->l->problems, f->section->line,
		    "host \"%s\" has no %s; add it to [%s] or [defaults]",
		    host->name, missing->name, f->env->name);
	}
}

/* Sets the values that the hosts of the environment share. */
static void
begin_hosts(struct filling *f)
{
	const struct hd_layers layers = layers_of(f, NULL);
	size_t i = 0;

	f->usual = f->l->usual;
	hd_layer_apply(f->section, &f->usual, HD_SCOPE_HOST, f->l->arena);
	f->usual.env_name = f->env->name;
	f->usual.hooks = f->env->hooks;
	f->host_in_usual = hd_key_has_host(&f->usual);
	f->unset =
	    hd_layers_missing(&layers, &f->usual, HD_SCOPE_HOST, &i) != NULL;
}

/* The host line is about this host alone, so its user overrides that of
 * [defaults] and [env]. */
static void
add_host(struct filling *f, const struct some *some, size_t i)
{
	const struct hd_host_line *line = some->hosts;
	struct hd_arena *a = f->l->arena;
	struct hd_host *host = HD_PUSH(a, &f->env->hosts);
	const struct hd_section *own;
	size_t *place;

	*host = f->usual;
	host->place = some->place;
	host->source = some->source;
	host->name = hd_range_word(&line->name, a, i);
	host->address = hd_range_word(&line->address, a, i);
	host->port = line->port;
	if (line->user != NULL)
		host->user = line->user;
	own = hd_section_find(f->l->all, HD_IN_HOST, f->env->name, host->name);
	hd_layer_apply(own, host, HD_SCOPE_HOST, a);
	host->connect_timeout_set = host->connect_timeout > 0;
	if (!host->connect_timeout_set)
		host->connect_timeout = CONNECT_TIMEOUT_MS;
	if (f->host_in_usual || own != NULL)
		hd_key_put_host(host, a);
	if (f->unset)
		check_required(f, host, own);
	place = hd_index_at(&f->places, a, host->name);
	if (*place == 0)
		*place = f->env->hosts.n;
}

static void
add_hosts(struct filling *f, const struct some *some)
{
	size_t count = some->hosts->name.count;

	if (count > HOSTS_MAX - f->l->written.n - f->lines.n) {
		hd_problem_add(f->l->problems, some->line,
		    "more than %d hosts in the file; split it", HOSTS_MAX);
		f->bad = true;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		*HD_PUSH(f->l->arena, &f->lines) = some->line;
		add_host(f, some, i);
	}
}

static void
add_written(struct filling *f, const struct hd_setting *e)
{
	struct hd_host_line line;
	struct hd_err err;

	if (hd_host_parse(&line, f->l->arena, e->value, &err) < 0)
		abort(); /* hd_sections_check() accepted it */
	add_hosts(f, &(struct some){
			 .hosts = &line,
			 .place = hd_arena_fmt(f->l->arena, "line %u", e->line),
			 .line = e->line,
		     });
}

static const struct hd_answer *
answer_of(const struct filling *f, unsigned line)
{
	const struct hd_inventory *inv = f->l->inventory;

	for (size_t i = 0; i < inv->answers.n; i++)
		if (inv->answers.v[i].line == line)
			return &inv->answers.v[i];
	return NULL;
}

static void
add_answered(struct filling *f, struct hd_host_source *s)
{
	const struct hd_answer *answer = answer_of(f, s->line);
	struct hd_answer_lines lines = { 0 };

	s->asked = answer != NULL;
	if (answer == NULL) {
		f->unasked = true;
		return;
	}
	hd_answer_read(&lines, f->l->arena, s, answer, f->l->problems);
	f->bad |= lines.bad;
	for (size_t i = 0; !f->bad && i < lines.n; i++)
		add_hosts(f, &(struct some){
				 .hosts = &lines.v[i].hosts,
				 .source = s,
				 .place = lines.v[i].place,
				 .line = s->line,
			     });
}

/* DNS is not authenticated: a forged record would name a host, and its key
 * would be accepted and recorded. A person who writes the policy into
 * [env:host] has chosen that host, as with a line of deploy.ini. */
static void
check_trust(const struct filling *f, const struct hd_host_source *s)
{
	const char *policy = f->usual.host_key_policy;

	if (s->kind == HD_SOURCE_SRV && f->usual.host_keys.n == 0 &&
	    policy != NULL && strcmp(policy, "accept-new") == 0)
		hd_problem_add(f->l->problems, s->line,
		    "hosts = srv cannot be combined with host_key_policy = "
		    "accept-new: hdeploy would accept the key of any host that "
		    "a forged DNS answer names. Set the policy only in "
		    "sections such as [%s:HOST], or record the keys with "
		    "hdeploy trust",
		    f->env->name);
}

static void
add_source(struct filling *f, const struct hd_setting *e)
{
	struct hd_host_source *s = HD_PUSH(f->l->arena, &f->env->sources);

	if (!hd_source_parse(s, e->value))
		abort(); /* hd_sections_check() accepted it */
	s->line = e->line;
	s->env_name = f->env->name;
	check_trust(f, s);
}

/* The hosts of the file in their order, then those of the sources. */
static void
add_all(struct filling *f)
{
	for (size_t i = 0; i < f->section->entries.n; i++) {
		const struct hd_setting *e = &f->section->entries.v[i];
		const struct hd_type *type =
		    e->key != NULL ? e->key->type : NULL;

		if (type != &hd_type_host && type != &hd_type_source)
			continue;
		f->any = true;
		f->bad |= e->bad;
		if (!e->bad && type == &hd_type_host)
			add_written(f, e);
		else if (!e->bad)
			add_source(f, e);
	}
	for (size_t i = 0; i < f->env->sources.n; i++)
		add_answered(f, &f->env->sources.v[i]);
}

/* NULL if no name is similar, or after too many problems. */
static const char *
nearest_host(const struct filling *f, const char *name)
{
	const struct hd_env *env = f->env;
	size_t n = f->l->problems->n < HD_PROBLEMS_MANY ? env->hosts.n : 0;
	HD_AUTO_FREE const char **names = hd_alloc(n * sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = env->hosts.v[i].name;
	return hd_name_nearest(name, names, n);
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

/* Reports sections [env:host] whose host does not exist. The hosts of a source
 * come and go, so with a source such a section is not a mistake. */
static void
check_sections(struct filling *f)
{
	const struct hd_sections *all = f->l->all;
	bool varies = f->env->sources.n > 0;

	for (const struct hd_section *s = hd_section_of(all, f->env->name);
	     s != NULL; s = hd_section_next(all, s)) {
		const char *what;

		if (hd_index_get(&f->places, s->host) > 0)
			continue;
		if (varies) {
			*HD_PUSH(f->l->arena, &f->env->unused) = s->name;
			continue;
		}
		what = hd_arena_fmt(f->l->arena,
		    "[%s]: environment \"%s\" has no host \"%s\"", s->name,
		    s->env, s->host);
		did_you_mean(
		    f->l->problems, s->line, what, nearest_host(f, s->host));
	}
}

static void
no_host(const struct filling *f)
{
	const char *const reserved[] = { "app", "defaults" };
	const char *what = hd_arena_fmt(f->l->arena,
	    "environment [%s] has no host; add a line host = ADDRESS, or "
	    "hosts = command COMMAND",
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
		const struct hd_setting *e = &f->section->entries.v[i];

		if (e->key == NULL || e->key->type != &hd_type_canary)
			continue;
		hd_problem_add(f->l->problems, e->line, "%s", err.msg);
		return;
	}
}

/* The checks that need all hosts. */
static void
check_whole(struct filling *f)
{
	check_sections(f);
	if (hd_groups_check(f->env, f->section, f->l->defaults, f->l->problems))
		mark_canaries(f);
}

void
hd_hosts_load(
    struct hd_hosts_load *l, struct hd_env *env, const struct hd_section *s)
{
	struct filling f = {
		.l = l,
		.env = env,
		.section = s,
	};

	begin_hosts(&f);
	add_all(&f);
	if (!f.any)
		no_host(&f);
	/* With a bad host line, hosts may only seem to be missing. */
	else if (!f.bad && !f.unasked)
		check_whole(&f);
	for (size_t i = 0; i < env->hosts.n; i++)
		*HD_PUSH(l->arena, &l->written) =
		    (struct hd_written){ &env->hosts.v[i], f.lines.v[i] };
}

void
hd_hosts_without_env(
    const struct hd_sections *all, struct hd_problems *problems)
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
		near = problems->n < HD_PROBLEMS_MANY
			   ? hd_name_nearest(s->env, names, n)
			   : NULL;
		hd_problem_add(problems, s->line,
		    "[%s]: there is no environment [%s]%s%s%s", s->name, s->env,
		    near != NULL ? "; did you mean [" : "",
		    near != NULL ? near : "", near != NULL ? "]?" : "");
	}
}
