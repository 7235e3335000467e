#include "transport/ssh_ask_cert.h"

#include "core/base/alloc.h"
#include "transport/ssh_client.h"
#include "transport/ssh_connect.h"
#include "transport/ssh_handshake.h"
#include "transport/ssh_keyscan.h"

/* The certificate types that ssh asks for by default, in its order. */
#define ALGORITHMS                                                             \
	"ssh-ed25519-cert-v01@openssh.com,"                                    \
	"ecdsa-sha2-nistp256-cert-v01@openssh.com,"                            \
	"ecdsa-sha2-nistp384-cert-v01@openssh.com,"                            \
	"ecdsa-sha2-nistp521-cert-v01@openssh.com,"                            \
	"rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"

/* One connection that asks. */
struct asking {
	struct hd_ssh *s;
	const struct hd_ssh_opts *o;
};

static int
ask(void *ctx, struct hd_str *out, struct hd_err *err)
{
	const struct asking *x = ctx;
	int rc = ssh_connect_for(x->s, x->o, ssh_keyscan, ALGORITHMS, err);

	if (rc == 0)
		ssh_keyscan_take(x->s, out);
	ssh_session_stop(x->s);
	return rc;
}

/* Hosts behind two bastions can have the same address. */
static const char *
server_of(const struct hd_ssh_opts *o, struct hd_arena *a)
{
	const char *jump = o->net.proxy_jump, *command = o->net.proxy_command;

	return hd_arena_fmt(a, "%s %u %s %s", o->address, o->port,
	    jump != NULL ? jump : "", command != NULL ? command : "");
}

int
ssh_ask_cert(struct hd_ssh *s, const struct hd_ssh_opts *o,
    struct hd_bytes *blob, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	struct asking x = { s, o };

	return ssh_certs_get(
	    &o->client->certs, server_of(o, &a), ask, &x, blob, err);
}
