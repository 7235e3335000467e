#define _GNU_SOURCE /* EAI_ADDRFAMILY */
#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "transport/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* In place of libc's: a name is a list of addresses, such as "::1,127.0.0.2",
 * or an error. */
static struct addrinfo *
make(const char *address, unsigned port)
{
	struct addrinfo *a = hd_alloc(sizeof(*a));
	bool six = strchr(address, ':') != NULL;

	a->ai_socktype = SOCK_STREAM;
	a->ai_family = six ? AF_INET6 : AF_INET;
	a->ai_addrlen =
	    six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	a->ai_addr = hd_alloc(a->ai_addrlen);
	a->ai_addr->sa_family = (sa_family_t)a->ai_family;
	if (six) {
		struct sockaddr_in6 *s = (void *)a->ai_addr;

		s->sin6_port = htons((uint16_t)port);
		inet_pton(AF_INET6, address, &s->sin6_addr);
	} else {
		struct sockaddr_in *s = (void *)a->ai_addr;

		s->sin_port = htons((uint16_t)port);
		inet_pton(AF_INET, address, &s->sin_addr);
	}
	return a;
}

void
freeaddrinfo(struct addrinfo *list)
{
	while (list != NULL) {
		struct addrinfo *next = list->ai_next;

		free(list->ai_addr);
		free(list);
		list = next;
	}
}

static int
add(struct addrinfo ***end, const char *list, int family, unsigned port)
{
	char copy[256], *save = NULL;
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", list);
	for (char *one = strtok_r(copy, ",", &save); one != NULL;
	     one = strtok_r(NULL, ",", &save)) {
		struct addrinfo *a = make(one, port);

		if (family != AF_UNSPEC && family != a->ai_family) {
			freeaddrinfo(a);
			continue;
		}
		**end = a;
		*end = &a->ai_next;
		n++;
	}
	return n;
}

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
    struct addrinfo **out)
{
	bool numeric = name[strspn(name, "0123456789abcdef:.")] == '\0';

	*out = NULL;
	if ((hints->ai_flags & AI_NUMERICHOST) && !numeric)
		return EAI_NONAME;
	if (strcmp(name, "nowhere") == 0)
		return EAI_NONAME;
	if (strcmp(name, "later") == 0)
		return EAI_AGAIN;
	return add(&out, name, hints->ai_family,
		   (unsigned)strtoul(service, NULL, 10)) > 0
		   ? 0
		   : EAI_NONAME;
}

enum { LIMIT_MS = 20 * 1000 };

/* The first listener of a test chooses the port. */
static int
listen_at(const char *address, unsigned *port, int backlog)
{
	struct addrinfo *a = make(address, *port);
	struct sockaddr_storage own;
	socklen_t n = sizeof(own);
	int fd = socket(a->ai_family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) < 0 ||
	    listen(fd, backlog) < 0)
		skip();
	getsockname(fd, (struct sockaddr *)&own, &n);
	*port = ntohs(own.ss_family == AF_INET6
			  ? ((struct sockaddr_in6 *)&own)->sin6_port
			  : ((struct sockaddr_in *)&own)->sin_port);
	freeaddrinfo(a);
	return fd;
}

/* Neither accepts nor refuses: its queue is full. */
static void
be_silent(const char *address, unsigned *port)
{
	struct addrinfo *a;

	(void)listen_at(address, port, 0);
	a = make(address, *port);
	for (int i = 0; i < 8; i++) {
		int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

		(void)!connect(fd, a->ai_addr, a->ai_addrlen);
	}
	freeaddrinfo(a);
}

static int
reach(int *fd, const struct hd_tcp *to, unsigned ms, enum hd_again *again,
    struct hd_err *err)
{
	const struct hd_until until = { hd_clock_ms() + ms, ms,
		HD_CANCEL_NEVER };

	*fd = -1;
	*err = (struct hd_err){ 0 };
	return hd_tcp_connect(fd, to, &until, again, err);
}

static void
expect_peer(int fd, const char *address)
{
	struct sockaddr_storage peer;
	socklen_t n = sizeof(peer);
	char host[NI_MAXHOST];

	assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &n), 0);
	assert_int_equal(getnameinfo((struct sockaddr *)&peer, n, host,
			     sizeof(host), NULL, 0, NI_NUMERICHOST),
	    0);
	assert_string_equal(host, address);
	close(fd);
}

static void
an_address_that_is_silent_or_refuses_does_not_keep_the_next_waiting(
    void **state)
{
	static const char *const firsts[] = { "127.9.0.2", "127.9.0.9" };
	unsigned port = 0;
	struct hd_err err;

	(void)state;
	(void)listen_at("127.9.0.3", &port, 10);
	be_silent("127.9.0.2", &port);
	for (size_t i = 0; i < HD_COUNT(firsts); i++) {
		int64_t start = hd_clock_ms();
		enum hd_again again;
		char list[64];
		int fd;

		snprintf(list, sizeof(list), "%s,127.9.0.3", firsts[i]);
		assert_hd_ok(
		    reach(&fd,
			&(struct hd_tcp){ .address = list, .port = port },
			LIMIT_MS, &again, &err),
		    &err);
		expect_peer(fd, "127.9.0.3");
		assert_true(hd_clock_ms() - start < LIMIT_MS / 4);
	}
}

/* Both 127.9.0.5 and ::1 accept; ::1 is the second in turn. */
static void
the_families_take_turns(void **state)
{
	unsigned port = 0;
	enum hd_again again;
	struct hd_err err;
	int fd;

	(void)state;
	(void)listen_at("::1", &port, 10);
	(void)listen_at("127.9.0.5", &port, 10);
	be_silent("127.9.0.2", &port);
	assert_hd_ok(reach(&fd,
			 &(struct hd_tcp){ .address = "127.9.0.2,127.9.0.5,::1",
			     .port = port },
			 LIMIT_MS, &again, &err),
	    &err);
	expect_peer(fd, "::1");
}

static void
only_the_wanted_family_is_tried(void **state)
{
	static const struct {
		enum hd_family family;
		const char *peer;
	} cases[] = {
		{ HD_FAMILY_ANY, "::1" },
		{ HD_FAMILY_INET, "127.9.0.5" },
		{ HD_FAMILY_INET6, "::1" },
	};
	unsigned port = 0;
	struct hd_err err;

	(void)state;
	(void)listen_at("::1", &port, 10);
	(void)listen_at("127.9.0.5", &port, 10);
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct hd_tcp to = { .address = "::1,127.9.0.5",
			.port = port,
			.family = cases[i].family };
		enum hd_again again;
		int fd;

		assert_hd_ok(reach(&fd, &to, LIMIT_MS, &again, &err), &err);
		expect_peer(fd, cases[i].peer);
	}
}

static void
it_connects_from_the_address_that_is_set(void **state)
{
	unsigned port = 0;
	int listener = listen_at("127.9.0.5", &port, 10);
	struct hd_tcp to = {
		.address = "127.9.0.5", .port = port, .bind = "127.9.0.77"
	};
	struct sockaddr_in peer;
	socklen_t n = sizeof(peer);
	enum hd_again again;
	struct hd_err err;
	char text[64];
	int fd, in;

	(void)state;
	assert_hd_ok(reach(&fd, &to, LIMIT_MS, &again, &err), &err);
	in = accept(listener, (struct sockaddr *)&peer, &n);
	assert_true(in >= 0);
	inet_ntop(AF_INET, &peer.sin_addr, text, sizeof(text));
	assert_string_equal(text, "127.9.0.77");
	close(in);
	close(fd);
}

static void
an_error_says_what_failed_and_whether_to_try_again(void **state)
{
	static const struct {
		const char *address, *bind;
		enum hd_code code;
		enum hd_again again;
		const char *says;
	} cases[] = {
		{ "127.9.0.9", NULL, HD_ECONNECT, HD_AGAIN_YES,
		    ": Connection refused" },
		{ "127.9.0.9,127.9.0.8", NULL, HD_ECONNECT, HD_AGAIN_YES,
		    ": 127.9.0.9: Connection refused; 127.9.0.8: "
		    "Connection refused" },
		{ "127.9.0.2", NULL, HD_ETIMEOUT, HD_AGAIN_LATE,
		    ": no answer within 700 ms" },
		{ "127.9.0.2,127.9.0.9", NULL, HD_ETIMEOUT, HD_AGAIN_LATE,
		    ": no answer within 700 ms (127.9.0.2: no answer; "
		    "127.9.0.9: Connection refused)" },
		{ "nowhere", NULL, HD_ECONNECT, HD_AGAIN_NO,
		    "cannot find the address of nowhere: " },
		{ "later", NULL, HD_ECONNECT, HD_AGAIN_YES,
		    "cannot find the address of later: " },
		{ "127.9.0.9", "web1", HD_ELOCAL, HD_AGAIN_NO,
		    "cannot connect from web1: it is not a numeric address" },
		{ "127.9.0.9", "::1", HD_ECONNECT, HD_AGAIN_NO,
		    " from ::1: of another family than the address to "
		    "connect from" },
		{ "127.9.0.9", "192.0.2.1", HD_ECONNECT, HD_AGAIN_NO,
		    " from 192.0.2.1: Cannot assign requested" },
	};
	unsigned port = 0;

	(void)state;
	be_silent("127.9.0.2", &port);
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct hd_tcp to = { .address = cases[i].address,
			.port = port,
			.bind = cases[i].bind };
		enum hd_again again;
		struct hd_err err;
		int fd;

		if (reach(&fd, &to, 700, &again, &err) != -1 ||
		    err.code != cases[i].code || again != cases[i].again ||
		    strstr(err.msg, cases[i].says) == NULL)
			fail_msg("case %zu: %d, again %d: %s", i, err.code,
			    again, err.msg);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_address_that_is_silent_or_refuses_does_not_keep_the_next_waiting),
		cmocka_unit_test(the_families_take_turns),
		cmocka_unit_test(only_the_wanted_family_is_tried),
		cmocka_unit_test(it_connects_from_the_address_that_is_set),
		cmocka_unit_test(
		    an_error_says_what_failed_and_whether_to_try_again),
	};

	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
