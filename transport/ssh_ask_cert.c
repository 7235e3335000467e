#include "transport/ssh_ask_cert.h"

#include "core/base/alloc.h"
#include "transport/ssh_client.h"
#include "transport/ssh_connect.h"
#include "transport/ssh_handshake.h"
#include "transport/ssh_keyscan.h"

#include <stdlib.h>
#include <string.h>

/* The certificate types that ssh asks for by default, in its order. */
#define ALGORITHMS                                                             \
	"ssh-ed25519-cert-v01@openssh.com,"                                    \
	"ecdsa-sha2-nistp256-cert-v01@openssh.com,"                            \
	"ecdsa-sha2-nistp384-cert-v01@openssh.com,"                            \
	"ecdsa-sha2-nistp521-cert-v01@openssh.com,"                            \
	"rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"

/* One server. A thread that asks it holds lock; other threads wait. */
struct ssh_cert_entry {
	struct ssh_cert_entry *next;
	char *server;
	pthread_mutex_t lock;
	bool known;
	struct hd_str blob;
	unsigned failures;
	struct hd_err err; /* of the last one */
};

void
ssh_certs_init(struct ssh_certs *c)
{
	*c = (struct ssh_certs){ 0 };
	pthread_mutex_init(&c->lock, NULL);
}

void
ssh_certs_done(struct ssh_certs *c)
{
	while (c->first != NULL) {
		struct ssh_cert_entry *e = c->first;

		c->first = e->next;
		pthread_mutex_destroy(&e->lock);
		hd_str_done(&e->blob);
		free(e->server);
		free(e);
	}
	pthread_mutex_destroy(&c->lock);
}

/* The entry of a server, and how often asking it has failed. */
static struct ssh_cert_entry *
find(struct ssh_certs *c, const char *server, unsigned *failures)
{
	struct ssh_cert_entry *e;

	pthread_mutex_lock(&c->lock);
	for (e = c->first; e != NULL && strcmp(e->server, server) != 0;)
		e = e->next;
	if (e == NULL) {
		e = hd_alloc(sizeof(*e));
		e->server = hd_strdup(server);
		pthread_mutex_init(&e->lock, NULL);
		hd_str_init(&e->blob, 64 * 1024);
		e->next = c->first;
		c->first = e;
	}
	*failures = e->failures;
	pthread_mutex_unlock(&c->lock);
	return e;
}

static int
ask(struct hd_ssh *s, const struct hd_ssh_opts *o, struct ssh_cert_entry *e,
    struct hd_err *err)
{
	int rc = ssh_connect_for(s, o, ssh_keyscan, ALGORITHMS, err);

	if (rc == 0)
		ssh_keyscan_take(s, &e->blob);
	ssh_session_stop(s);
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
	struct ssh_certs *all = &o->client->certs;
	HD_AUTO_ARENA a = { 0 };
	unsigned before;
	struct ssh_cert_entry *e = find(all, server_of(o, &a), &before);

	pthread_mutex_lock(&e->lock);
	if (!e->known && e->failures == before) {
		e->known = ask(s, o, e, &e->err) == 0;
		pthread_mutex_lock(&all->lock);
		e->failures += !e->known;
		pthread_mutex_unlock(&all->lock);
	}
	if (!e->known)
		*err = e->err;
	*blob = (struct hd_bytes){ (const unsigned char *)e->blob.ptr,
		e->blob.len };
	pthread_mutex_unlock(&e->lock);
	return e->known ? 0 : -1;
}
