#define _GNU_SOURCE /* TCP_USER_TIMEOUT */
#include "transport/tcp.h"

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/fs.h"
#include "core/base/str.h"
#include "transport/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* STAGGER_MS: the delay that RFC 8305, 5 recommends. SHOWN: addresses that an
 * error lists. */
enum { SLICE_MS = 100, STAGGER_MS = 250, SHOWN = 4 };

/* One address of the name. */
struct racer {
	const struct addrinfo *a;
	int problem; /* an errno value; 0: none yet */
};

struct race {
	const struct hd_tcp *to;
	const struct hd_until *until;
	struct racer *racers;
	struct pollfd *fds; /* one for each racer; fd is -1 unless it runs */
	size_t n, started;
	const struct addrinfo *from; /* addresses to bind to, or NULL */
	int64_t next;                /* when the next one starts */
	int winner;                  /* its socket, or -1 */
};

/*
 * Lets TCP detect a peer that vanished: after 30 s with unacknowledged bytes,
 * and after about as long on an idle connection. Best effort, because deadlines
 * hold without it.
 */
static void
tune(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
#ifdef TCP_KEEPIDLE
		{ IPPROTO_TCP, TCP_KEEPIDLE, 15 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 5 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 },
#endif
#ifdef TCP_USER_TIMEOUT
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, 30000 },
#endif
	};

	for (size_t i = 0; i < HD_COUNT(options); i++)
		(void)setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof(options[i].value));
}

/* Returns 0 or an errno value. */
static int
bind_to(int fd, const struct addrinfo *from, int family)
{
	if (from == NULL)
		return 0;
	while (from != NULL && from->ai_family != family)
		from = from->ai_next;
	if (from == NULL)
		return EAFNOSUPPORT;
	return bind(fd, from->ai_addr, from->ai_addrlen) == 0 ? 0 : errno;
}

static void
win(struct race *r, size_t i)
{
	r->winner = r->fds[i].fd;
	r->fds[i].fd = -1;
}

static void
lose(struct race *r, size_t i, int problem)
{
	hd_closep(&r->fds[i].fd);
	r->fds[i].fd = -1;
	r->racers[i].problem = problem;
	r->next = 0; /* RFC 8305: the next one need not wait */
}

/* Starts the next address; it may win at once. */
static void
start(struct race *r)
{
	size_t i = r->started++;
	const struct addrinfo *a = r->racers[i].a;
	int fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int problem = fd < 0 ? errno : bind_to(fd, r->from, a->ai_family);

	r->next = hd_clock_ms() + STAGGER_MS;
	r->fds[i] = (struct pollfd){ .fd = fd, .events = POLLOUT };
	if (problem != 0) {
		lose(r, i, problem);
		return;
	}
	tune(fd);
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		win(r, i);
	else if (errno != EINPROGRESS)
		lose(r, i, errno);
}

/* Takes the result of every connection that has one. */
static void
collect(struct race *r)
{
	for (size_t i = 0; i < r->started && r->winner < 0; i++) {
		socklen_t len = sizeof(int);
		int problem = 0;

		if (r->fds[i].fd < 0 || r->fds[i].revents == 0)
			continue;
		getsockopt(r->fds[i].fd, SOL_SOCKET, SO_ERROR, &problem, &len);
		if (problem == 0)
			win(r, i);
		else
			lose(r, i, problem);
	}
}

static bool
all_lost(const struct race *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->racers[i].problem == 0)
			return false;
	return true;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* Waits for a result, for the start of the next one, or for a moment. */
static void
wait_for_any(struct race *r, int left)
{
	int limit = least(left, SLICE_MS);

	if (r->started < r->n)
		limit = least(limit, hd_clock_left(r->next));
	if (poll(r->fds, r->started, limit) > 0)
		collect(r);
}

/* Returns 0, ECANCELED, ETIMEDOUT, or -1 if every address failed. */
static int
run(struct race *r)
{
	const struct hd_until *until = r->until;
	int left;

	while ((left = hd_clock_left(until->end)) > 0) {
		if (hd_cancel_reached(until->stage))
			return ECANCELED;
		if (r->started < r->n && hd_clock_left(r->next) == 0)
			start(r);
		else
			wait_for_any(r, left);
		if (r->winner >= 0)
			return 0;
		if (all_lost(r))
			return -1;
	}
	return ETIMEDOUT;
}

/* Alternates between the two families, and keeps the order of the list within
 * each: if one family is broken, the other is tried second. */
static void
line_up(struct race *r, const struct addrinfo *list)
{
	const struct addrinfo *next[2] = { list, list };
	int first = list->ai_family;

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
		r->n++;
	r->racers = hd_alloc(r->n * sizeof(*r->racers));
	r->fds = hd_alloc(r->n * sizeof(*r->fds));
	for (size_t i = 0, other = 0; i < r->n; other = !other) {
		const struct addrinfo **a = &next[other];

		while (*a != NULL && ((*a)->ai_family != first) != (bool)other)
			*a = (*a)->ai_next;
		if (*a == NULL)
			continue;
		r->racers[i++].a = *a;
		*a = (*a)->ai_next;
	}
}

static void
finish(struct race *r)
{
	for (size_t i = 0; i < r->started; i++)
		hd_closep(&r->fds[i].fd);
	free(r->racers);
	free(r->fds);
}

static const char *
reason(const struct racer *r)
{
	return r->problem == 0              ? "no answer"
	       : r->problem == EAFNOSUPPORT ? "of another family than the "
					      "address to connect from"
					    : strerror(r->problem);
}

/* "connection refused", or each address with its reason. */
static void
list_reasons(const struct race *r, struct hd_str *out)
{
	char name[NI_MAXHOST];

	for (size_t i = 0; i < r->n && i < SHOWN && r->n > 1; i++) {
		const struct addrinfo *a = r->racers[i].a;

		if (getnameinfo(a->ai_addr, a->ai_addrlen, name, sizeof(name),
			NULL, 0, NI_NUMERICHOST) != 0)
			name[0] = '\0';
		hd_str_addf(out, "%s%s: %s", i > 0 ? "; " : "", name,
		    reason(&r->racers[i]));
	}
	if (r->n > SHOWN)
		hd_str_addf(out, "; and %zu more", r->n - SHOWN);
	if (r->n == 1)
		hd_str_add(out, reason(&r->racers[0]));
}

/* Problems that may end by themselves, for example when the server restarts. */
static bool
may_pass(int problem)
{
	static const int all[] = { ECONNREFUSED, ECONNRESET, ECONNABORTED,
		EPIPE, ETIMEDOUT, EHOSTUNREACH, EHOSTDOWN };

	for (size_t i = 0; i < HD_COUNT(all); i++)
		if (all[i] == problem)
			return true;
	return false;
}

/* "web1 port 22", and the address to connect from if one is set */
static void
name_both(const struct hd_tcp *to, struct hd_str *out)
{
	hd_str_addf(out, "%s port %u", to->address, to->port);
	if (to->bind != NULL)
		hd_str_addf(out, " from %s", to->bind);
}

static int
all_failed(const struct race *r, enum hd_again *again, struct hd_err *err)
{
	HD_AUTO_STR why = HD_STR_INIT(600);
	HD_AUTO_STR ends = HD_STR_INIT(400);

	for (size_t i = 0; i < r->n; i++)
		if (may_pass(r->racers[i].problem))
			*again = HD_AGAIN_YES;
	list_reasons(r, &why);
	name_both(r->to, &ends);
	return hd_err_set(
	    err, HD_ECONNECT, "cannot connect to %s: %s", ends.ptr, why.ptr);
}

static int
too_late(const struct race *r, enum hd_again *again, struct hd_err *err)
{
	HD_AUTO_STR why = HD_STR_INIT(600);
	HD_AUTO_STR ends = HD_STR_INIT(400);
	char limit[HD_LIMIT_TEXT];

	*again = HD_AGAIN_LATE;
	hd_clock_limit(limit, r->until->ms);
	name_both(r->to, &ends);
	if (r->n > 1)
		list_reasons(r, &why);
	return hd_err_set(err, HD_ETIMEOUT,
	    "cannot connect to %s: no answer within %s%s%s%s", ends.ptr, limit,
	    r->n > 1 ? " (" : "", why.ptr, r->n > 1 ? ")" : "");
}

static int
race(struct race *r, const struct addrinfo *list, enum hd_again *again,
    struct hd_err *err)
{
	int rc;

	line_up(r, list);
	rc = run(r);
	if (rc == ECANCELED)
		(void)hd_err_set(err, HD_ECANCELED, "interrupted");
	else if (rc == ETIMEDOUT)
		(void)too_late(r, again, err);
	else if (rc != 0)
		(void)all_failed(r, again, err);
	finish(r);
	return rc == 0 ? 0 : -1;
}

int
hd_tcp_connect(int *fd, const struct hd_tcp *to, const struct hd_until *until,
    enum hd_again *again, struct hd_err *err)
{
	struct race r = { .to = to, .until = until, .winner = -1 };
	struct addrinfo *list = NULL, *from = NULL;
	int rc;

	*again = HD_AGAIN_NO;
	if (to->bind != NULL && hd_resolve_numeric(&from, to->bind, err) < 0)
		return -1;
	r.from = from;
	rc = hd_resolve(&list, to, until, again, err);
	if (rc == 0)
		rc = race(&r, list, again, err);
	if (rc == 0)
		*fd = r.winner;
	if (list != NULL)
		freeaddrinfo(list);
	if (from != NULL)
		freeaddrinfo(from);
	return rc;
}
