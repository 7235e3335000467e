/*
 * proxy [OPTIONS] PORTFILE PORT ADDRESS...: a far link on this machine. Listens
 * on a free port, the same for each ADDRESS, and connects on to PORT of that
 * address. Writes the number of the free port to PORTFILE. At the end of each
 * connection, prints its bytes and its turns: how often the client spoke after
 * it had heard something, which is the number of its round trips.
 *
 *	-r MS         round trip (0)
 *	-b MBIT       of the link, in each direction, for all connections
 *	-c LOW[-HIGH] cuts each connection after so many bytes of the client's
 *	-n COUNT      cuts only the first COUNT connections
 *	-q            prints nothing
 *
 * TCP's own handshake takes a round trip too: the connection to the host is
 * opened one and a half round trips after the client's. Runs until killed.
 */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK = 128 * 1024,
	/* on its way in one direction of a connection: 1 Gbit/s for 400 ms */
	FLIGHT_MAX = 48 * 1024 * 1024,
	QUEUE_NS = 4 * 1000 * 1000, /* the longest wait for the link */
	LISTENERS = 1024,
};

/* Bytes that arrive at due. */
struct chunk {
	struct chunk *next;
	int64_t due;
	size_t n, at;
	char bytes[CHUNK];
};

struct way {
	struct chunk *first, **last;
	size_t flight;
	bool ended, closed; /* by the sender; and told to the receiver */
	uint64_t bytes;
};

enum { OUT, IN };

struct link {
	struct link *next;
	struct sockaddr_in to;
	int fd[2]; /* the client's, the host's; -1: not connected yet */
	int64_t start, connects;
	struct way way[2]; /* from fd[OUT] to fd[IN], and back */
	uint64_t cut;      /* bytes; 0: never */
	unsigned turns;
	bool heard, dead;
};

static struct {
	int64_t trip_ns;
	double bytes_per_ns; /* 0: unlimited */
	uint64_t low, high;
	unsigned cuts;
	bool quiet;
	unsigned port;
} how = { .cuts = UINT32_MAX };

static int64_t free_at[2]; /* of the link's directions */
static struct chunk *spare;
static struct link *links;
static int64_t now;

static int64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void *
must(void *p)
{
	if (p == NULL) {
		perror("proxy");
		exit(1);
	}
	return p;
}

static struct chunk *
chunk_new(void)
{
	struct chunk *c = spare;

	if (c != NULL)
		spare = c->next;
	else
		c = must(malloc(sizeof(*c)));
	c->next = NULL;
	c->at = 0;
	return c;
}

static void
chunk_free(struct chunk *c)
{
	c->next = spare;
	spare = c;
}

static int
open_socket(void)
{
	int on = 1,
	    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return fd;
}

static struct sockaddr_in
address(const char *text, unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };

	if (inet_pton(AF_INET, text, &a.sin_addr) != 1 ||
	    ntohl(a.sin_addr.s_addr) >> 24 != 127) {
		fprintf(stderr, "proxy: %s is not a loopback address\n", text);
		exit(2);
	}
	return a;
}

/* The first address takes any port, the others that one. */
static int
listen_on(const char *text, unsigned *port)
{
	struct sockaddr_in a = address(text, *port);
	socklen_t n = sizeof(a);
	int fd = open_socket();

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) < 0 ||
	    listen(fd, 1024) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0) {
		perror(text);
		exit(1);
	}
	*port = ntohs(a.sin_port);
	return fd;
}

static void
tell(const char *path, unsigned port)
{
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s.new", path);
	f = fopen(name, "w");
	if (f == NULL || fprintf(f, "%u\n", port) < 0 || fclose(f) != 0 ||
	    rename(name, path) < 0) {
		perror(path);
		exit(1);
	}
}

static uint64_t
choose_cut(void)
{
	if (how.high == 0 || how.cuts == 0)
		return 0;
	if (how.cuts != UINT32_MAX)
		how.cuts--;
	return how.low + (uint64_t)((double)(how.high - how.low + 1) *
				    ((double)random() / 2147483648.0));
}

static void
take(int listener)
{
	struct link *l;
	socklen_t n = sizeof(l->to);
	int on = 1,
	    fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	l = must(calloc(1, sizeof(*l)));
	getsockname(fd, (struct sockaddr *)&l->to, &n);
	l->to.sin_port = htons((uint16_t)how.port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	l->fd[OUT] = fd;
	l->fd[IN] = -1;
	l->start = now;
	l->connects = now + how.trip_ns * 3 / 2;
	for (int i = 0; i < 2; i++)
		l->way[i].last = &l->way[i].first;
	l->cut = choose_cut();
	l->next = links;
	links = l;
}

static void
connect_host(struct link *l)
{
	int on = 1, fd = open_socket();

	l->fd[IN] = fd;
	if (fd < 0) {
		l->dead = true;
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&l->to, sizeof(l->to)) < 0 &&
	    errno != EINPROGRESS)
		l->dead = true;
}

/* Both sides see a reset, as after a router forgot the connection. */
static void
cut(struct link *l)
{
	const struct linger hard = { 1, 0 };

	for (int i = 0; i < 2; i++)
		if (l->fd[i] >= 0)
			setsockopt(l->fd[i], SOL_SOCKET, SO_LINGER, &hard,
			    sizeof(hard));
	l->dead = true;
}

/* How much may be read now, so that bytes do not wait long for the link. */
static size_t
room(const struct link *l, int i)
{
	const struct way *w = &l->way[i];
	double n = (double)QUEUE_NS / 4 * how.bytes_per_ns + 1;

	if (w->ended || l->fd[IN] < 0 || w->flight >= FLIGHT_MAX ||
	    free_at[i] - now > QUEUE_NS / 2)
		return 0;
	return how.bytes_per_ns > 0 && n < CHUNK ? (size_t)n : CHUNK;
}

/* When the last of n bytes arrives. */
static int64_t
send_at(int i, size_t n)
{
	if (how.bytes_per_ns > 0) {
		if (free_at[i] < now)
			free_at[i] = now;
		free_at[i] += (int64_t)((double)n / how.bytes_per_ns);
		return free_at[i] + how.trip_ns / 2;
	}
	return now + how.trip_ns / 2;
}

static void
count(struct link *l, int i, size_t n)
{
	l->way[i].bytes += n;
	if (i == IN)
		l->heard = true;
	else if (l->heard || l->turns == 0) {
		l->heard = false;
		l->turns++;
	}
}

static void
add_chunk(struct link *l, int i, struct chunk *c, size_t n)
{
	struct way *w = &l->way[i];

	count(l, i, n);
	c->n = n;
	c->due = send_at(i, n);
	/* the client's handshake comes first */
	if (c->due < l->connects)
		c->due = l->connects;
	*w->last = c;
	w->last = &c->next;
	w->flight += n;
}

static void
receive(struct link *l, int i)
{
	size_t max = room(l, i);
	struct way *w = &l->way[i];
	struct chunk *c;
	ssize_t n;

	if (max == 0)
		return;
	if (i == OUT && l->cut > 0 && max > l->cut - w->bytes)
		max = (size_t)(l->cut - w->bytes);
	c = chunk_new();
	n = max > 0 ? recv(l->fd[i], c->bytes, max, 0) : 0;
	if (n > 0) {
		add_chunk(l, i, c, (size_t)n);
		if (i == OUT && l->cut == w->bytes)
			w->ended = true;
		return;
	}
	chunk_free(c);
	if (n == 0)
		w->ended = true;
	else if (errno != EAGAIN && errno != EINTR)
		cut(l);
}

static void
deliver(struct link *l, int i)
{
	struct way *w = &l->way[i];

	while (w->first != NULL && w->first->due <= now && l->fd[IN] >= 0) {
		struct chunk *c = w->first;
		ssize_t n = send(
		    l->fd[!i], c->bytes + c->at, c->n - c->at, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			cut(l);
		if (n <= 0)
			return;
		c->at += (size_t)n;
		w->flight -= (size_t)n;
		if (c->at < c->n)
			return;
		w->first = c->next;
		if (w->first == NULL)
			w->last = &w->first;
		chunk_free(c);
	}
	if (!w->ended || w->closed || w->first != NULL || l->fd[IN] < 0)
		return;
	w->closed = true;
	if (i == OUT && l->cut > 0 && l->cut == w->bytes)
		cut(l);
	else
		shutdown(l->fd[!i], SHUT_WR);
}

static void
drop(struct link *l)
{
	if (!how.quiet)
		fprintf(stderr,
		    "%s: %llu bytes out, %llu in, %u turns, %.3f s%s\n",
		    inet_ntoa(l->to.sin_addr),
		    (unsigned long long)l->way[OUT].bytes,
		    (unsigned long long)l->way[IN].bytes, l->turns,
		    (double)(now - l->start) / 1e9, l->dead ? ", cut" : "");
	for (int i = 0; i < 2; i++) {
		if (l->fd[i] >= 0)
			close(l->fd[i]);
		for (struct chunk *c; (c = l->way[i].first) != NULL;) {
			l->way[i].first = c->next;
			chunk_free(c);
		}
	}
	free(l);
}

static void
sweep(void)
{
	for (struct link **p = &links; *p != NULL;) {
		struct link *l = *p;

		if (l->dead || (l->way[OUT].closed && l->way[IN].closed)) {
			*p = l->next;
			drop(l);
		} else
			p = &l->next;
	}
}

/* Another connection is the next to use the link. */
static void
rotate(void)
{
	struct link **last = &links, *first = links;

	while (*last != NULL)
		last = &(*last)->next;
	if (first == NULL || first->next == NULL)
		return;
	links = first->next;
	first->next = NULL;
	*last = first;
}

static void
sooner(int64_t *wake, int64_t when)
{
	if (when < *wake)
		*wake = when;
}

/* What to poll fd[i] for, and when to look at this direction again. */
static short
interest(const struct link *l, int i, int64_t *wake)
{
	const struct way *from = &l->way[i], *to = &l->way[!i];
	short events = 0;

	if (room(l, i) > 0)
		events |= POLLIN;
	else if (!from->ended && free_at[i] > now)
		sooner(wake, free_at[i] - QUEUE_NS / 2);
	if (to->first != NULL && l->fd[IN] >= 0) {
		if (to->first->due <= now)
			events |= POLLOUT;
		else
			sooner(wake, to->first->due);
	}
	return events;
}

static void
sleep_until(struct pollfd *p, nfds_t n, int64_t wake)
{
	int64_t left = wake > now ? wake - now : 0;
	struct timespec t = { left / 1000000000, left % 1000000000 };

	ppoll(p, n, wake == INT64_MAX ? NULL : &t, NULL);
	now = clock_ns();
}

static void
turn(const int *listeners, nfds_t n)
{
	static struct pollfd *p;
	static nfds_t cap;
	int64_t wake = INT64_MAX;
	nfds_t k = n;

	for (const struct link *l = links; l != NULL; l = l->next)
		k += 2;
	if (k > cap)
		p = must(realloc(p, (cap = k * 2) * sizeof(*p)));
	for (nfds_t i = 0; i < n; i++)
		p[i] = (struct pollfd){ listeners[i], POLLIN, 0 };
	k = n;
	for (const struct link *l = links; l != NULL; l = l->next) {
		if (l->fd[IN] < 0)
			sooner(&wake, l->connects);
		for (int i = 0; i < 2; i++, k++) {
			p[k].events = interest(l, i, &wake);
			p[k].fd = p[k].events != 0 ? l->fd[i] : -1;
		}
	}
	sleep_until(p, k, wake);
	k = n;
	for (struct link *l = links; l != NULL; l = l->next) {
		if (l->fd[IN] < 0 && l->connects <= now)
			connect_host(l);
		for (int i = 0; i < 2; i++, k++) {
			if (!l->dead && p[k].fd >= 0 &&
			    (p[k].revents & ~POLLOUT) != 0)
				receive(l, i);
			if (!l->dead)
				deliver(l, i);
		}
	}
	for (nfds_t i = 0; i < n; i++)
		if (p[i].revents != 0)
			take(listeners[i]);
	sweep();
	rotate();
}

static void
set_cut(char *text)
{
	char *rest;

	how.low = how.high = strtoull(text, &rest, 10);
	if (*rest == '-')
		how.high = strtoull(rest + 1, NULL, 10);
	srandom((unsigned)getpid());
}

static void
usage(void)
{
	fprintf(stderr, "usage: proxy [-r MS] [-b MBIT] [-c LOW[-HIGH]] "
			"[-n COUNT] [-q] PORTFILE PORT ADDRESS...\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	static int listeners[LISTENERS];
	unsigned port = 0;
	nfds_t n = 0;
	int c;

	while ((c = getopt(argc, argv, "r:b:c:n:q")) != -1)
		switch (c) {
		case 'r':
			how.trip_ns = (int64_t)(strtod(optarg, NULL) * 1e6);
			break;
		case 'b':
			how.bytes_per_ns = strtod(optarg, NULL) / 8e3;
			break;
		case 'c':
			set_cut(optarg);
			break;
		case 'n':
			how.cuts = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'q':
			how.quiet = true;
			break;
		default:
			usage();
		}
	if (argc - optind < 3 || argc - optind - 2 > LISTENERS)
		usage();
	how.port = (unsigned)strtoul(argv[optind + 1], NULL, 10);
	for (int i = optind + 2; i < argc; i++)
		listeners[n++] = listen_on(argv[i], &port);
	tell(argv[optind], port);
	now = clock_ns();
	for (;;)
		turn(listeners, n);
}
