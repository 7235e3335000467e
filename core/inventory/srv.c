#define _DEFAULT_SOURCE /* types of resolv.h */
#include "core/inventory/srv.h"

#include "core/base/alloc.h"
#include "core/base/blocking.h"
#include "core/base/index.h"
#include "core/inventory/host_line.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum {
	PACKET_MAX = 64 * 1024,
	WAIT_MS = 30 * 1000,
	TRY_S = 3, /* for an answer of one server */
	TRIES = 2,
	RDATA_MIN = 7, /* three numbers and the shortest name */
};

struct record {
	unsigned priority, weight, port;
	const char *target;
};
struct records {
	struct record *v;
	size_t n, cap;
};

static int
by_order(const void *pa, const void *pb)
{
	const struct record *a = pa, *b = pb;
	int order = (a->priority > b->priority) - (a->priority < b->priority);

	if (order == 0)
		order = (a->weight < b->weight) - (a->weight > b->weight);
	if (order == 0)
		order = strcmp(a->target, b->target);
	if (order == 0)
		order = (a->port > b->port) - (a->port < b->port);
	return order;
}

/* Two records can name one port of one host with different priorities. */
static void
put_records(struct hd_str *out, struct records *all, struct hd_arena *a)
{
	struct hd_index lines = { 0 };

	qsort(all->v, all->n, sizeof(*all->v), by_order);
	for (size_t i = 0; i < all->n; i++) {
		const struct record *r = &all->v[i];
		const char *line =
		    hd_arena_fmt(a, "%s:%u\n", r->target, r->port);

		if ((*hd_index_at(&lines, a, line))++ == 0)
			hd_str_add(out, line);
	}
}

static int
malformed(const char *name, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL,
	    "the name server's answer about the SRV records of %s is malformed",
	    name);
}

static int
add_record(struct records *all, struct hd_arena *a, const char *name,
    const ns_msg *msg, const ns_rr *rr, struct hd_err *err)
{
	const unsigned char *data = ns_rr_rdata(*rr);
	char target[NS_MAXDNAME];
	struct record r;

	if (ns_rr_rdlen(*rr) < RDATA_MIN ||
	    dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), data + 6, target,
		sizeof(target)) < 0)
		return malformed(name, err);
	r = (struct record){
		.priority = (unsigned)data[0] << 8 | data[1],
		.weight = (unsigned)data[2] << 8 | data[3],
		.port = (unsigned)data[4] << 8 | data[5],
		/* names in DNS have no case */
		.target = hd_arena_lower(a, target),
	};
	if (target[0] == '\0' || strcmp(target, ".") == 0)
		return hd_err_set(err, HD_ELOCAL,
		    "the SRV record of %s has the target \".\": the service is "
		    "not offered",
		    name);
	if (!hd_address_valid(target) || r.port == 0)
		return hd_err_set(err, HD_ELOCAL,
		    "an SRV record of %s has the target %.255s and the port "
		    "%u, which are not a host name and a port",
		    name, target, r.port);
	*HD_PUSH(a, all) = r;
	return 0;
}

int
hd_srv_read(struct hd_str *out, const char *name, const unsigned char *packet,
    size_t n, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	struct records all = { 0 };
	ns_msg msg;
	ns_rr rr;

	if (n > PACKET_MAX || ns_initparse(packet, (int)n, &msg) < 0)
		return malformed(name, err);
	for (int i = 0; i < ns_msg_count(msg, ns_s_an); i++) {
		if (ns_parserr(&msg, ns_s_an, i, &rr) < 0)
			return malformed(name, err);
		if (ns_rr_type(rr) == ns_t_srv && ns_rr_class(rr) == ns_c_in &&
		    add_record(&all, &a, name, &msg, &rr, err) < 0)
			return -1;
	}
	if (all.n == 0)
		return hd_err_set(
		    err, HD_ELOCAL, "there are no SRV records of %s", name);
	put_records(out, &all, &a);
	return hd_str_check(out, err);
}

struct question {
	char *name;
	int n, problem; /* of the answer: its length, or -1 and h_errno */
	int nscount;    /* name servers of the thread that asks */
	struct sockaddr_in servers[MAXNS];
	unsigned char packet[PACKET_MAX];
};

static void
question_free(void *data)
{
	struct question *q = data;

	free(q->name);
	free(q);
}

/* In another thread, which has its own _res. */
static void
ask(void *data)
{
	struct question *q = data;

	q->n = -1;
	q->problem = NO_RECOVERY;
	if (res_init() != 0)
		return;
	_res.nscount = q->nscount;
	memcpy(_res.nsaddr_list, q->servers, sizeof(q->servers));
	_res.retrans = TRY_S;
	_res.retry = TRIES;
	q->n = res_query(q->name, ns_c_in, ns_t_srv, q->packet, PACKET_MAX);
	q->problem = h_errno;
}

static struct question *
question(const char *name)
{
	struct question *q = hd_alloc(sizeof(*q));

	if ((_res.options & RES_INIT) == 0)
		(void)res_init();
	q->nscount = _res.nscount;
	memcpy(q->servers, _res.nsaddr_list, sizeof(q->servers));
	q->name = hd_strdup(name);
	return q;
}

static int
not_found(const struct question *q, struct hd_err *err)
{
	if (q->problem == HOST_NOT_FOUND || q->problem == NO_DATA)
		return hd_err_set(
		    err, HD_ELOCAL, "there are no SRV records of %s", q->name);
	return hd_err_set(err, HD_ELOCAL,
	    "cannot find the SRV records of %s: %s", q->name,
	    q->problem == TRY_AGAIN ? "the name servers gave no answer"
				    : hstrerror(q->problem));
}

static int
take_answer(const struct question *q, struct hd_str *out, struct hd_err *err)
{
	if (q->n < 0)
		return not_found(q, err);
	if (q->n > PACKET_MAX)
		return hd_err_set(err, HD_ELOCAL,
		    "there are too many SRV records of %s", q->name);
	return hd_srv_read(out, q->name, q->packet, (size_t)q->n, err);
}

static int
no_answer(const char *name, const struct hd_until *until, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];

	if (hd_cancel_reached(until->stage))
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	hd_clock_limit(limit, until->ms);
	return hd_err_set(err, HD_ELOCAL,
	    "cannot find the SRV records of %s: no name server answered within "
	    "%s",
	    name, limit);
}

int
hd_srv_ask(struct hd_str *out, const char *name, enum hd_cancel stage,
    struct hd_err *err)
{
	const struct hd_until until = { hd_clock_ms() + WAIT_MS, WAIT_MS,
		stage };
	struct question *q = question(name);
	int rc;

	if (!hd_blocking_run(ask, question_free, q, &until))
		return no_answer(name, &until, err);
	rc = take_answer(q, out, err);
	question_free(q);
	return rc;
}
