#include "tests/support/cmocka_all.h"
#include "tests/support/fake_agent.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "transport/keys/wire.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SIGN_REQUEST = 13, SLICE_MS = 50, REQUEST_MAX = 64 * 1024 };

void
fake_agent_say(struct hd_str *out, const void *p, size_t n)
{
	unsigned char length[4];

	hd_wire_put_u32(length, (uint32_t)n);
	hd_str_addn(out, (const char *)length, sizeof(length));
	hd_str_addn(out, p, n);
}

static bool
receive(struct fake_agent *a, int fd, unsigned char *p, size_t n)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	while (n > 0 && !a->over) {
		ssize_t done;

		if (poll(&ready, 1, SLICE_MS) <= 0)
			continue;
		done = recv(fd, p, n, 0);
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return n == 0;
}

static void
serve(struct fake_agent *a, int fd)
{
	HD_AUTO_FREE unsigned char *request = hd_alloc(REQUEST_MAX);
	unsigned char head[4];

	while (receive(a, fd, head, sizeof(head))) {
		struct hd_wire w = { head, sizeof(head), false };
		HD_AUTO_STR out = HD_STR_INIT(1024 * 1024);
		size_t n = hd_wire_u32(&w);

		if (n == 0 || n > REQUEST_MAX || !receive(a, fd, request, n))
			return;
		if (request[0] == SIGN_REQUEST)
			a->signs++;
		a->answer(a, request, n, &out);
		(void)send(fd, out.ptr, out.len, MSG_NOSIGNAL);
	}
}

static void *
work(void *ctx)
{
	struct fake_agent *a = ctx;
	struct pollfd ready = { .fd = a->listener, .events = POLLIN };

	while (!a->over) {
		HD_AUTO_FD fd = -1;

		if (poll(&ready, 1, SLICE_MS) > 0)
			fd = accept(a->listener, NULL, NULL);
		if (fd >= 0)
			serve(a, fd);
	}
	return NULL;
}

void
fake_agent_start(struct fake_agent *a, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	pthread_t thread;

	assert_true(strlen(path) < sizeof(to.sun_path));
	memcpy(to.sun_path, path, strlen(path));
	a->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(a->listener >= 0);
	assert_int_equal(bind(a->listener, (void *)&to, sizeof(to)), 0);
	assert_int_equal(listen(a->listener, 16), 0);
	assert_int_equal(pthread_create(&thread, NULL, work, a), 0);
	a->thread = thread;
}

void
fake_agent_stop(struct fake_agent *a)
{
	a->over = 1;
	pthread_join(a->thread, NULL);
	close(a->listener);
}
