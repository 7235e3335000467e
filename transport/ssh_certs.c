#include "transport/ssh_certs.h"

#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

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
ssh_certs_init(struct ssh_certs *all)
{
	*all = (struct ssh_certs){ 0 };
	pthread_mutex_init(&all->lock, NULL);
}

void
ssh_certs_done(struct ssh_certs *all)
{
	while (all->first != NULL) {
		struct ssh_cert_entry *e = all->first;

		all->first = e->next;
		pthread_mutex_destroy(&e->lock);
		hd_str_done(&e->blob);
		free(e->server);
		free(e);
	}
	pthread_mutex_destroy(&all->lock);
}

/* The entry of a server, and how often asking it has failed. */
static struct ssh_cert_entry *
find(struct ssh_certs *all, const char *server, unsigned *failures)
{
	struct ssh_cert_entry *e;

	pthread_mutex_lock(&all->lock);
	for (e = all->first; e != NULL && strcmp(e->server, server) != 0;)
		e = e->next;
	if (e == NULL) {
		e = hd_alloc(sizeof(*e));
		e->server = hd_strdup(server);
		pthread_mutex_init(&e->lock, NULL);
		hd_str_init(&e->blob, 64 * 1024);
		e->next = all->first;
		all->first = e;
	}
	*failures = e->failures;
	pthread_mutex_unlock(&all->lock);
	return e;
}

int
ssh_certs_get(struct ssh_certs *all, const char *server, ssh_cert_fn *ask,
    void *ctx, struct hd_bytes *blob, struct hd_err *err)
{
	unsigned before;
	struct ssh_cert_entry *e = find(all, server, &before);
	bool known;

	pthread_mutex_lock(&e->lock);
	if (!e->known && e->failures == before) {
		e->known = ask(ctx, &e->blob, &e->err) == 0;
		pthread_mutex_lock(&all->lock);
		e->failures += !e->known;
		pthread_mutex_unlock(&all->lock);
	}
	known = e->known;
	if (!known)
		*err = e->err;
	*blob = (struct hd_bytes){ (const unsigned char *)e->blob.ptr,
		e->blob.len };
	pthread_mutex_unlock(&e->lock);
	return known ? 0 : -1;
}
