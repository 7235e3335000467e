#define _GNU_SOURCE /* EAI_ constants */
#include "transport/resolve.h"

#include "core/base/alloc.h"
#include "core/base/cancel.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * getaddrinfo() can take half a minute if no name server answers, and cannot
 * be stopped. So another thread calls it and is abandoned at the deadline. The
 * last of the two holders frees the question.
 */
struct question {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned holders; /* guarded by lock, as is the answer */
	bool answered;
	int rc, problem;
	struct addrinfo *list;
	enum hd_family family;
	char *address;
	char service[16];
};

static int
look_up(const char *address, const char *service, enum hd_family family,
    int flags, struct addrinfo **list)
{
	static const int families[] = {
		[HD_FAMILY_ANY] = AF_UNSPEC,
		[HD_FAMILY_INET] = AF_INET,
		[HD_FAMILY_INET6] = AF_INET6,
	};
	struct addrinfo hints = { .ai_family = families[family],
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | flags };

	return getaddrinfo(address, service, &hints, list);
}

static void
release(struct question *q)
{
	bool last;

	pthread_mutex_lock(&q->lock);
	last = --q->holders == 0;
	pthread_mutex_unlock(&q->lock);
	if (!last)
		return;
	if (q->list != NULL)
		freeaddrinfo(q->list);
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->lock);
	free(q->address);
	free(q);
}

static void *
answer(void *arg)
{
	struct question *q = arg;
	struct addrinfo *list = NULL;
	int rc = look_up(q->address, q->service, q->family, 0, &list);
	int problem = errno;

	if (rc == EAI_MEMORY)
		hd_alloc_failed();
	pthread_mutex_lock(&q->lock);
	q->rc = rc;
	q->problem = problem;
	q->list = rc == 0 ? list : NULL;
	q->answered = true;
	pthread_cond_signal(&q->changed);
	pthread_mutex_unlock(&q->lock);
	release(q);
	return NULL;
}

static struct question *
ask(const struct hd_tcp *to, const char *service)
{
	struct question *q = hd_alloc(sizeof(*q));
	pthread_t thread;

	pthread_mutex_init(&q->lock, NULL);
	hd_clock_condition(&q->changed);
	q->address = hd_strdup(to->address);
	q->family = to->family;
	snprintf(q->service, sizeof(q->service), "%s", service);
	q->holders = 2;
	if (pthread_create(&thread, NULL, answer, q) == 0)
		pthread_detach(thread);
	else
		(void)answer(q); /* may block past the deadline */
	return q;
}

static int
not_found(const struct question *q, enum hd_again *again, struct hd_err *err)
{
	if (q->rc == EAI_AGAIN)
		*again = HD_AGAIN_YES;
	return hd_err_set(err, HD_ECONNECT, "cannot find the address of %s: %s",
	    q->address,
	    q->rc == EAI_SYSTEM ? strerror(q->problem) : gai_strerror(q->rc));
}

static int
take_answer(struct question *q, struct addrinfo **out,
    const struct hd_until *until, enum hd_again *again, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];

	if (q->answered && q->rc != 0)
		return not_found(q, again, err);
	if (q->answered) {
		*out = q->list;
		q->list = NULL;
		return 0;
	}
	if (hd_cancel_reached(until->stage))
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	*again = HD_AGAIN_LATE;
	hd_clock_limit(limit, until->ms);
	return hd_err_set(err, HD_ETIMEOUT,
	    "cannot find the address of %s: no name server answered within %s",
	    q->address, limit);
}

int
hd_resolve(struct addrinfo **out, const struct hd_tcp *to,
    const struct hd_until *until, enum hd_again *again, struct hd_err *err)
{
	struct question *q;
	char service[16];
	int rc;

	snprintf(service, sizeof(service), "%u", to->port);
	if (look_up(to->address, service, to->family, AI_NUMERICHOST, out) == 0)
		return 0;
	q = ask(to, service);
	pthread_mutex_lock(&q->lock);
	while (!q->answered && hd_clock_left(until->end) > 0 &&
	       !hd_cancel_reached(until->stage))
		hd_clock_moment(&q->changed, &q->lock);
	rc = take_answer(q, out, until, again, err);
	pthread_mutex_unlock(&q->lock);
	release(q);
	return rc;
}

int
hd_resolve_numeric(
    struct addrinfo **out, const char *address, struct hd_err *err)
{
	if (look_up(address, "0", HD_FAMILY_ANY, AI_NUMERICHOST, out) == 0)
		return 0;
	return hd_err_set(err, HD_ELOCAL,
	    "cannot connect from %s: it is not a numeric address", address);
}
