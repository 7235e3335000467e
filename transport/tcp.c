#define _GNU_SOURCE /* TCP_USER_TIMEOUT */
#include "transport/tcp.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "transport/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum { SLICE_MS = 100 };

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

/* Waits for the connection. Returns 0 or an errno value: also ECANCELED at the
 * stage of until, ETIMEDOUT at its deadline. */
static int
await(int fd, const struct hd_until *until)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int problem = 0;
	int left;

	while ((left = hd_clock_left(until->end)) > 0) {
		if (hd_cancel_reached(until->stage))
			return ECANCELED;
		if (poll(&p, 1, left < SLICE_MS ? left : SLICE_MS) > 0) {
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem,
			    &(socklen_t){ sizeof(problem) });
			return problem;
		}
	}
	return ETIMEDOUT;
}

static int
try_one(int *fd, const struct addrinfo *a, const struct hd_until *until)
{
	HD_AUTO_FD s =
	    socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int problem = 0;

	if (s < 0)
		return errno;
	tune(s);
	if (connect(s, a->ai_addr, a->ai_addrlen) < 0)
		problem = errno == EINPROGRESS ? await(s, until) : errno;
	if (problem == 0)
		*fd = hd_steal_fd(&s);
	return problem;
}

/* Divides the time among the addresses, so that one that drops packets leaves
 * some for the others. */
static int
try_all(int *fd, const struct addrinfo *list, const struct hd_until *until)
{
	int problem = EADDRNOTAVAIL;
	int n = 0;

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
		n++;
	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next, n--) {
		struct hd_until share = *until;

		share.end = hd_clock_ms() + hd_clock_left(until->end) / n;
		problem = try_one(fd, a, &share);
		if (problem == 0 || problem == ECANCELED)
			break;
	}
	return problem;
}

int
hd_tcp_connect(int *fd, const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err)
{
	struct addrinfo *list = NULL;
	char limit[HD_LIMIT_TEXT];
	int problem;

	if (hd_resolve(&list, address, port, until, err) < 0)
		return -1;
	problem = try_all(fd, list, until);
	freeaddrinfo(list);
	if (problem == 0)
		return 0;
	if (problem == ECANCELED)
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	hd_clock_limit(limit, until->ms);
	if (problem == ETIMEDOUT)
		return hd_err_set(err, HD_ETIMEOUT,
		    "cannot connect to %s port %u: no answer within %s",
		    address, port, limit);
	return hd_err_set(err, HD_ECONNECT, "cannot connect to %s port %u: %s",
	    address, port, strerror(problem));
}
