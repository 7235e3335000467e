#include "transport/ssh.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "transport/flow.h"
#include "transport/ssh_auth.h"
#include "transport/ssh_channel.h"
#include "transport/ssh_client.h"
#include "transport/ssh_connect.h"
#include "transport/ssh_exec.h"
#include "transport/ssh_handshake.h"
#include "transport/ssh_hostkey.h"
#include "transport/ssh_sftp.h"
#include "transport/ssh_tunnel.h"

#include <stdlib.h>

enum { SSH_PORT = 22 };

static int
gone(struct hd_err *err)
{
	return hd_err_set(err, HD_ECONNECT, "the connection is already lost");
}

static int
op_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	struct hd_ssh *s = ssh_of(t);
	int rc;

	if (s->broken)
		return gone(err);
	atomic_fetch_add(&s->opts->client->busy, 1);
	rc = hd_flow_exec(t, ssh_run, &s->commands, x, status, err);
	atomic_fetch_sub(&s->opts->client->busy, 1);
	return rc;
}

static int
upload(struct hd_transport *t, const struct hd_upload *u, struct hd_err *err)
{
	struct hd_ssh *s = ssh_of(t);
	int rc;

	if (hd_flow_check_path(u->path, err) < 0)
		return -1;
	if (!ssh_sftp_pays(s, u))
		return hd_flow_upload(t, ssh_run, &s->commands, u, err);
	rc = ssh_sftp_upload(s, u, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	/* the next upload uses the same way; if both fail, report this one */
	rc = hd_flow_upload(t, ssh_run, &s->commands, u, err);
	if (rc == 0)
		s->by_command = true;
	return rc;
}

static int
op_upload(struct hd_transport *t, const struct hd_upload *u, struct hd_err *err)
{
	struct hd_ssh *s = ssh_of(t);
	int rc;

	if (s->broken)
		return gone(err);
	atomic_fetch_add(&s->opts->client->busy, 1);
	rc = upload(t, u, err);
	atomic_fetch_sub(&s->opts->client->busy, 1);
	return rc;
}

static int
op_read(struct hd_transport *t, const struct hd_read *r, struct hd_err *err)
{
	if (ssh_of(t)->broken)
		return gone(err);
	return hd_flow_read(t, ssh_run, &ssh_of(t)->commands, r, err);
}

static int
op_tunnel(struct hd_transport *t, const struct hd_tunnel *x, struct hd_err *err)
{
	if (ssh_of(t)->broken)
		return gone(err);
	return ssh_tunnel(t, x, err);
}

static void
op_close(struct hd_transport *t)
{
	struct hd_ssh *s = ssh_of(t);

	ssh_session_stop(s);
	hd_arena_done(&s->opts->memory);
	free(s->opts);
	free(s);
}

static const struct hd_transport_ops ssh_ops = {
	.exec = op_exec,
	.upload = op_upload,
	.read = op_read,
	.tunnel = op_tunnel,
	.close = op_close,
};

/* Connects again until the server shows an accepted key or has no other type to
 * show. Reports the first mismatch. */
static int
reach(struct hd_ssh *s, const struct hd_ssh_opts *o, struct ssh_hostkey *h,
    struct hd_err *err)
{
	struct hd_err again;

	if (ssh_hostkey_ask_cert(h, s, err) < 0 ||
	    ssh_connect(s, o, ssh_hostkey_algorithms(h), err) < 0)
		return -1;
	if (ssh_hostkey_check(h, s, err) == 0)
		return 0;
	while (ssh_hostkey_other_type(h, s)) {
		ssh_session_stop(s);
		if (ssh_connect(s, o, ssh_hostkey_algorithms(h), &again) < 0)
			return -1;
		if (ssh_hostkey_check(h, s, &again) == 0)
			return 0;
	}
	return -1;
}

static int
try_login(struct hd_ssh *s, const struct hd_ssh_opts *o, struct ssh_hostkey *h,
    struct ssh_key *const *keys, struct hd_err *err)
{
	s->waited = false;
	if (reach(s, o, h, err) < 0)
		return -1;
	return ssh_auth(s, o, keys, err);
}

/* sshd waits 120 s for a login (LoginGraceTime), but a person may take longer.
 * A second attempt has the answer at once. */
static int
log_in(struct hd_ssh *s, const struct hd_ssh_opts *o, struct ssh_hostkey *h,
    struct ssh_key *const *keys, struct hd_err *err)
{
	int rc = try_login(s, o, h, keys, err);

	if (rc < 0 && s->waited && s->hung_up && !hd_cancel_reached(s->stage)) {
		ssh_session_stop(s);
		rc = try_login(s, o, h, keys, err);
	}
	ssh_connect_done(s, rc == 0);
	return rc;
}

static int
open_session(struct hd_ssh *s, const struct hd_ssh_opts *o, struct hd_err *err)
{
	HD_AUTO_FREE struct ssh_key **keys = NULL;
	struct ssh_hostkey *h = NULL;
	/* before anything is sent: a damaged key fails at once */
	int rc = ssh_keyring_list(&o->client->keys, &o->login, &keys, err);

	if (rc == 0)
		rc = ssh_hostkey_new(&h, o, err);
	if (rc == 0)
		rc = log_in(s, o, h, keys, err);
	ssh_hostkey_free(h);
	return rc;
}

/* Without an answer in time, the host is unreachable. */
static int
unreachable(struct hd_err *err)
{
	if (err->code == HD_ETIMEOUT)
		err->code = HD_ECONNECT;
	return -1;
}

/* Connects, checks the host key and logs in, as hd_ssh_open() did. */
static int
renew(struct hd_ssh *s, struct hd_err *err)
{
	struct hd_ssh_opts o = *s->opts;
	const int64_t end = s->end;
	const unsigned limit = s->limit_ms, left = (unsigned)hd_clock_left(end);
	const bool watched = s->heard != 0;
	int rc;

	ssh_session_stop(s);
	s->heard = 0;
	o.net.retries = 0;
	o.note = NULL; /* the first connection emitted it */
	if (o.net.connect_ms > left)
		o.net.connect_ms = left;
	rc = open_session(s, &o, err);
	s->end = end;
	s->limit_ms = limit;
	if (rc == 0 && watched)
		ssh_watch(s);
	if (rc == 0)
		return 0;
	ssh_break(s);
	(void)unreachable(err);
	return hd_err_prefix(err,
	    "connecting again, because the SSH server gives one channel per "
	    "connection");
}

/* The password of sudo comes before the connection: a server would not wait. */
static int
prepare(struct hd_ssh *s, struct hd_err *err)
{
	struct hd_ssh_opts *o = s->opts;
	const char *host =
	    o->port == SSH_PORT
		? o->address
		: hd_arena_fmt(&o->memory, "%s:%u", o->address, o->port);
	struct hd_sudo *sudo = NULL;

	if (o->run_as != NULL &&
	    ssh_client_sudo(&sudo, &s->sudo, o->client, &o->sudo, o->user, host,
		s->stage, err) < 0)
		return -1;
	return hd_commands_init(&s->commands, o->run_as, sudo, err);
}

int
hd_ssh_open(
    struct hd_transport **out, const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct hd_ssh *s = hd_alloc(sizeof(*s));

	s->base.ops = &ssh_ops;
	s->opts = hd_alloc(sizeof(*s->opts));
	*s->opts = *o;
	s->base.user = o->user;
	s->renew = renew;
	s->fd = -1;
	s->silence_ms =
	    o->net.silence_ms > 0 ? o->net.silence_ms : o->net.connect_ms;
	s->stage = o->finish ? HD_CANCEL_NOW : HD_CANCEL_SOON;
	s->by_command = o->run_as != NULL;
	if (prepare(s, err) == 0 && open_session(s, o, err) == 0) {
		s->commands.plain = ssh_input_is_endless(s);
		*out = &s->base;
		return 0;
	}
	op_close(&s->base);
	return unreachable(err);
}
