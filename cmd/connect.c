#include "cmd/connect.h"

#include "cmd/connect_options.h"
#include "core/inventory/advice.h"
#include "transport/known_hosts/known_hosts_edit.h"
#include "transport/local.h"
#include "transport/ssh.h"

#include <stdio.h>
#include <string.h>

/* Where notes about a host go. */
struct notes {
	const struct hd_sink *sink;
	const char *host;
};

static void
show_note(void *ctx, const char *text)
{
	const struct notes *n = ctx;

	hd_emitf(n->sink, HD_EV_NOTE, n->host, "%s", text);
}

/* Adds the reason if ssh_config was expected to help: it was not read, or
 * hdeploy ignores its StrictHostKeyChecking. */
static void
explain(const struct hd_ssh_config *x, struct hd_err *err)
{
	size_t n = strlen(err->msg);
	const char *why = NULL;

	if (x->unread != NULL && err->code == HD_ECONNECT &&
	    strstr(err->msg, "cannot find the address of ") != NULL)
		why = x->unread;
	else if (x->lax && err->code == HD_EHOSTKEY &&
		 strstr(err->msg, " is unknown: ") != NULL)
		why = "hdeploy ignores StrictHostKeyChecking of ssh_config; "
		      "host_key_policy = accept-new in deploy.ini counts";
	if (why != NULL)
		snprintf(err->msg + n, sizeof(err->msg) - n, " (%s)", why);
}

static int
open_ssh(const struct hd_connector *c, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	struct notes notes = { c->sink, host->name };
	struct hd_arena a = { 0 };
	struct hd_ssh_opts o;
	const struct hd_ssh_config *x;

	if (hd_connect_options(&o, &x, c, host, finish, &a, err) < 0) {
		hd_arena_done(&a);
		return -1;
	}
	o.note = show_note;
	o.note_ctx = &notes;
	o.trust.command = hd_advice(&a, host, "trust", NULL);
	o.memory = a;
	if (hd_ssh_open(out, &o, err) < 0) {
		explain(x, err);
		return -1;
	}
	if (c->answered != NULL)
		c->answered[host - c->env->hosts.v] = true;
	return 0;
}

int
hd_show_key(struct hd_host_key *out, const struct hd_connector *c,
    const struct hd_host *host, bool replace, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_ssh_opts o;
	const struct hd_ssh_config *x;

	if (hd_connect_options(&o, &x, c, host, false, &a, err) < 0)
		return -1;
	o.trust.replace = replace;
	o.trust.command = hd_advice(&a, host, "trust", NULL);
	if (hd_ssh_host_key(out, &o, err) == 0)
		return 0;
	explain(x, err);
	return -1;
}

static int
forget_in(const struct hd_ssh_files *f, const struct hd_ssh_opts *o,
    struct hd_err *err)
{
	for (size_t i = 0; i < f->n; i++)
		if (hd_known_hosts_forget(f->v[i],
			o->trust.name != NULL ? o->trust.name : o->address,
			o->trust.name != NULL ? 0 : o->port, err) < 0)
			return -1;
	return 0;
}

int
hd_forget_keys(const struct hd_connector *c, const struct hd_host *host,
    struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_ssh_opts o;
	const struct hd_ssh_config *x;

	if (hd_connect_options(&o, &x, c, host, false, &a, err) < 0 ||
	    forget_in(&o.trust.user, &o, err) < 0)
		return -1;
	return forget_in(&o.trust.global, &o, err);
}

int
hd_add_key(const char *file, const char *line, struct hd_err *err)
{
	return hd_known_hosts_append(file, line, err);
}

int
hd_known_hosts_file(const char **out, const struct hd_connector *c,
    const struct hd_host *host, struct hd_arena *a, struct hd_err *err)
{
	struct hd_ssh_opts o;
	const struct hd_ssh_config *x;

	if (hd_connect_options(&o, &x, c, host, false, a, err) < 0)
		return -1;
	*out = o.trust.user.n > 0 ? o.trust.user.v[0] : NULL;
	return 0;
}

static int
open_local(const struct hd_connector *c, const struct hd_host *host,
    bool finish, struct hd_transport **out, struct hd_err *err)
{
	const struct hd_local_opts o = {
		.run_as = host->run_as,
		.sudo = hd_connect_sudo(host),
		.client = c->ssh,
		.user = c->user,
		.stage = finish ? HD_CANCEL_NOW : HD_CANCEL_SOON,
	};

	return hd_local_open(out, &o, err);
}

int
hd_connect(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	static int (*const open_by[])(const struct hd_connector *,
	    const struct hd_host *, bool, struct hd_transport **,
	    struct hd_err *) = {
		[HD_CONN_SSH] = open_ssh,
		[HD_CONN_LOCAL] = open_local,
	};

	return open_by[host->connection](ctx, host, finish, out, err);
}

const char *
hd_connect_library(void)
{
	return hd_ssh_library();
}
