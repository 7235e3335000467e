/* Findings about the node: its name, its environment, its limits. */
#include "core/plan/finding_private.h"

#include "core/inventory/advice.h"

#include <stdlib.h>
#include <string.h>

/* Whether the goal controls the VM, or may do so later. A push does not. */
static bool
needs_vm(const struct hd_look *l)
{
	return l->goal->kind != HD_GOAL_PUSH;
}

const char *
hd_tell_tls(const struct hd_look *l)
{
	if (l->facts->vm.tls == NULL || !needs_vm(l) ||
	    hd_command_given(l->host, "running"))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the node speaks TLS to other nodes (-proto_dist %s), and "
	    "erl_call, by which hdeploy queries it, cannot: set "
	    "command.running and the other commands in deploy.ini (driver = "
	    "script)",
	    l->facts->vm.tls);
}

const char *
hd_tell_nameless(const struct hd_look *l)
{
	if (!l->facts->vm.unnamed || !needs_vm(l))
		return NULL;
	return "the node has no name (RELEASE_DISTRIBUTION=none), so hdeploy "
	       "cannot query it: it can change only by stop and start, and its "
	       "running code cannot be checked: give it a name";
}

const char *
hd_tell_epmd(const struct hd_look *l)
{
	if (l->facts->vm.lost == NULL)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the node %s: other nodes cannot find it until `%s`",
	    l->facts->vm.lost, hd_advice(l->arena, l->host, "restart", NULL));
}

const char *
hd_tell_unresolved(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	const char *host = f->vm.stray != NULL ? f->vm.stray : f->stray;

	if (host == NULL)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s, the host part of the node's name, cannot be resolved on the "
	    "host: add it to /etc/hosts on the host",
	    host);
}

/* A unit starts the node with an environment of its own, so only hot changes
 * take the configuration from deploy.ini's. A repair makes none. */
static bool
takes_environment(const struct hd_look *l)
{
	if (l->goal->kind == HD_GOAL_REPAIR)
		return false;
	return l->host->service == NULL ||
	       (!hd_look_cold(l) && l->facts->vm.state != HD_VM_DOWN);
}

/* The variables that the VM has (or does not have) and deploy.ini lacks. */
struct missing {
	const char *names; /* "A, B"; NULL: none */
	const char *file;  /* that needs the last one */
	bool several;
};

static struct missing
find_missing(const struct hd_look *l, bool vm)
{
	struct missing m = { 0 };

	for (size_t i = 0; i < l->facts->unset.n; i++) {
		const struct hd_unset *u = &l->facts->unset.v[i];

		if (u->vm != vm)
			continue;
		m.several = m.names != NULL;
		m.names = m.several ? hd_arena_fmt(l->arena, "%.300s, %s",
					  m.names, u->name)
				    : u->name;
		m.file = u->file;
	}
	return m;
}

const char *
hd_tell_env_lost(const struct hd_look *l)
{
	const struct missing m = find_missing(l, true);

	if (m.names == NULL || !needs_vm(l) || !takes_environment(l))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s %s set in the running VM but not in deploy.ini, so the "
	    "configuration (%s) would lose %s: set %s there (env.NAME, "
	    "env_file)",
	    m.names, m.several ? "are" : "is", m.file,
	    m.several ? "them" : "it", m.several ? "them" : "it");
}

const char *
hd_tell_env_unset(const struct hd_look *l)
{
	const struct missing m = find_missing(l, false);

	if (m.names == NULL || !takes_environment(l))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the configuration (%s) uses %s, which the service's environment "
	    "does not set, so nothing replaces %s: set %s in deploy.ini "
	    "(env.NAME, env_file)",
	    m.file, m.names, m.several ? "them" : "it",
	    m.several ? "them" : "it");
}

/* Whether limit a is below b. */
static bool
below(const char *a, const char *b)
{
	bool any_a = strcmp(a, "unlimited") == 0 || strcmp(a, "infinity") == 0;
	bool any_b = strcmp(b, "unlimited") == 0 || strcmp(b, "infinity") == 0;

	if (any_a || any_b)
		return !any_a;
	return strtoull(a, NULL, 10) < strtoull(b, NULL, 10);
}

const char *
hd_tell_limits_old(const struct hd_look *l)
{
	for (size_t i = 0; i < l->facts->limits.n; i++) {
		const struct hd_limit *x = &l->facts->limits.v[i];

		if (!x->unit || l->host->service == NULL ||
		    !below(x->now, x->next))
			continue;
		return hd_arena_fmt(l->arena,
		    "the node runs with Limit%s=%s, but %s sets %s: `%s` "
		    "applies that",
		    x->name, x->now, l->host->service, x->next,
		    hd_advice(l->arena, l->host, "restart", NULL));
	}
	return NULL;
}

const char *
hd_tell_limits_low(const struct hd_look *l)
{
	for (size_t i = 0; i < l->facts->limits.n; i++) {
		const struct hd_limit *x = &l->facts->limits.v[i];

		if (x->unit || l->host->service != NULL ||
		    l->facts->vm.unit != NULL || !below(x->next, x->now))
			continue;
		return hd_arena_fmt(l->arena,
		    "the node runs with Limit%s=%s; started by hdeploy it "
		    "would have %s, the limit of the login: raise that in "
		    "/etc/security/limits.conf, or start the node with a unit "
		    "(service)",
		    x->name, x->now, x->next);
	}
	return NULL;
}
