#define _DEFAULT_SOURCE /* types of resolv.h */
#include "tests/support/cmocka_all.h"

#include "tests/support/dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { HEAD = 12, PACKET = 65535, UDP_ROOM = 512 };

static void
put16(unsigned char *p, size_t value)
{
	p[0] = (unsigned char)(value >> 8);
	p[1] = (unsigned char)value;
}

/* Where the question ends. */
static size_t
question_end(const unsigned char *q, size_t n)
{
	size_t at = HEAD;

	while (at < n && q[at] != 0)
		at += q[at] + (size_t)1;
	return at + 5;
}

/* Writes the answer to q; returns its length, 0: none. */
static size_t
answer(const struct dns *d, unsigned char *out, const unsigned char *q,
    size_t n, size_t room)
{
	size_t head = question_end(q, n);

	if (n < HEAD || head > n)
		return 0;
	memcpy(out, q, head);
	put16(out + 2, 0x8180 | d->rcode);
	put16(out + 6, d->count);
	put16(out + 8, 0);
	put16(out + 10, 0);
	if (head + d->n > room) { /* truncated */
		put16(out + 2, 0x8380);
		put16(out + 6, 0);
		return head;
	}
	memcpy(out + head, d->records, d->n);
	return head + d->n;
}

static void
serve_udp(struct dns *d)
{
	static unsigned char out[PACKET];
	unsigned char q[UDP_ROOM];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t n =
	    recvfrom(d->udp, q, sizeof(q), 0, (struct sockaddr *)&from, &size);
	size_t len;

	d->over_udp++;
	if (n <= 0 || d->silent)
		return;
	pthread_mutex_lock(&d->lock);
	len = answer(d, out, q, (size_t)n, UDP_ROOM);
	pthread_mutex_unlock(&d->lock);
	(void)sendto(
	    d->udp, out, len, 0, (struct sockaddr *)&from, sizeof(from));
}

static void
serve_tcp(struct dns *d)
{
	static unsigned char out[2 + PACKET];
	unsigned char q[UDP_ROOM];
	int fd = accept(d->tcp, NULL, NULL);
	ssize_t n;

	if (fd < 0)
		return;
	d->over_tcp++;
	if (recv(fd, q, 2, MSG_WAITALL) == 2 && q[0] * 256 + q[1] <= UDP_ROOM) {
		n = recv(fd, q, (size_t)(q[0] * 256 + q[1]), MSG_WAITALL);
		if (n > 0) {
			size_t len;

			pthread_mutex_lock(&d->lock);
			len = answer(d, out + 2, q, (size_t)n, PACKET);
			pthread_mutex_unlock(&d->lock);
			put16(out, len);
			(void)send(fd, out, len + 2, MSG_NOSIGNAL);
		}
	}
	close(fd);
}

static void *
serve(void *arg)
{
	struct dns *d = arg;
	struct pollfd p[] = { { d->udp, POLLIN, 0 }, { d->tcp, POLLIN, 0 },
		{ d->end[0], POLLIN, 0 } };

	while (poll(p, 3, -1) > 0 && p[2].revents == 0) {
		if (p[0].revents != 0)
			serve_udp(d);
		if (p[1].revents != 0)
			serve_tcp(d);
	}
	return NULL;
}

/* TCP first, because more ports are in use there. */
static int
open_ports(struct dns *d)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	d->tcp = socket(AF_INET, SOCK_STREAM, 0);
	d->udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(d->tcp, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    getsockname(d->tcp, (struct sockaddr *)&at, &size) < 0 ||
	    listen(d->tcp, 8) < 0)
		return -1;
	d->port = ntohs(at.sin_port);
	return bind(d->udp, (struct sockaddr *)&at, sizeof(at));
}

void
dns_start(struct dns *d)
{
	for (int tries = 0; open_ports(d) < 0; tries++) {
		close(d->udp);
		close(d->tcp);
		if (tries == 20)
			fail_msg("no free port for a name server");
	}
	pthread_mutex_init(&d->lock, NULL);
	assert_int_equal(pipe(d->end), 0);
	assert_int_equal(pthread_create(&d->thread, NULL, serve, d), 0);
	dns_use(d);
}

void
dns_use(const struct dns *d)
{
	assert_int_equal(res_init(), 0);
	_res.nscount = 1;
	_res.nsaddr_list[0] = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)d->port) };
	_res.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

void
dns_stop(struct dns *d)
{
	close(d->end[1]);
	pthread_join(d->thread, NULL);
	close(d->end[0]);
	close(d->udp);
	close(d->tcp);
}

void
dns_clear(struct dns *d)
{
	pthread_mutex_lock(&d->lock);
	d->n = 0;
	d->count = 0;
	pthread_mutex_unlock(&d->lock);
}

static void
add(struct dns *d, const void *p, size_t n)
{
	assert_true(d->n + n <= sizeof(d->records));
	memcpy(d->records + d->n, p, n);
	d->n += n;
}

static void
add_record(
    struct dns *d, const unsigned numbers[3], const void *target, size_t n)
{
	unsigned char head[] = { 0xc0, HEAD, 0, 33, 0, 1, 0, 0, 0, 60, 0, 0, 0,
		0, 0, 0, 0, 0 };

	pthread_mutex_lock(&d->lock);
	put16(head + 10, 6 + n);
	for (size_t i = 0; i < 3; i++)
		put16(head + 12 + 2 * i, numbers[i]);
	add(d, head, sizeof(head));
	add(d, target, n);
	d->count++;
	pthread_mutex_unlock(&d->lock);
}

/* The names in questions begin with "_ssh._tcp.", so the rest is at 22. */
void
dns_srv(struct dns *d, unsigned priority, unsigned weight, unsigned port,
    const char *target)
{
	const unsigned numbers[] = { priority, weight, port };
	unsigned char name[256] = { 0 };
	size_t n = 0;

	while (*target != '\0' && *target != '>') {
		size_t len = strcspn(target, ".>");

		name[n++] = (unsigned char)len;
		memcpy(name + n, target, len);
		n += len;
		target += len + (target[len] == '.');
	}
	if (*target == '>') {
		name[n++] = 0xc0;
		name[n++] = 22;
	} else {
		name[n++] = 0;
	}
	add_record(d, numbers, name, n);
}

void
dns_raw(struct dns *d, const void *target, size_t n)
{
	add_record(d, (const unsigned[]){ 1, 1, 1 }, target, n);
}
