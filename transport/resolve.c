#define _GNU_SOURCE /* EAI_ constants */
#include "transport/resolve.h"

#include "core/base/alloc.h"
#include "core/base/blocking.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct question {
	char *address;
	char service[16];
	enum hd_family family;
	int rc, problem;
	struct addrinfo *list; /* the answer, if rc is 0 */
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
question_free(void *data)
{
	struct question *q = data;

	if (q->list != NULL)
		freeaddrinfo(q->list);
	free(q->address);
	free(q);
}

/* Can take half a minute if no name server answers. */
static void
ask(void *data)
{
	struct question *q = data;

	q->rc = look_up(q->address, q->service, q->family, 0, &q->list);
	q->problem = errno;
	if (q->rc == EAI_MEMORY)
		hd_alloc_failed();
	if (q->rc != 0)
		q->list = NULL;
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
take_answer(struct question *q, struct addrinfo **out, enum hd_again *again,
    struct hd_err *err)
{
	if (q->rc != 0)
		return not_found(q, again, err);
	*out = q->list;
	q->list = NULL;
	return 0;
}

static int
no_answer(const char *address, const struct hd_until *until,
    enum hd_again *again, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];

	if (hd_cancel_reached(until->stage))
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	*again = HD_AGAIN_LATE;
	hd_clock_limit(limit, until->ms);
	return hd_err_set(err, HD_ETIMEOUT,
	    "cannot find the address of %s: no name server answered within %s",
	    address, limit);
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
	q = hd_alloc(sizeof(*q));
	q->address = hd_strdup(to->address);
	q->family = to->family;
	memcpy(q->service, service, sizeof(service));
	if (!hd_blocking_run(ask, question_free, q, until))
		return no_answer(to->address, until, again, err);
	rc = take_answer(q, out, again, err);
	question_free(q);
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
