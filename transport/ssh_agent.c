#include "transport/ssh_agent.h"

#include "core/base/fs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The numbers of the draft; OpenSSH has the same limits (authfd.c). */
enum {
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14,
	ANSWER_MAX = 256 * 1024,
	KEYS_MAX = 2048,
	SLICE_MS = 100,
};

static int
overdue(const struct ssh_agent *a, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];

	if (hd_cancel_reached(a->until.stage))
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	if (hd_clock_left(a->until.end) > 0)
		return 0;
	hd_clock_limit(limit, a->until.ms);
	return hd_err_set(err, HD_ETIMEOUT, "no answer within %s", limit);
}

static int
await(struct ssh_agent *a, short events, struct hd_err *err)
{
	struct pollfd p = { .fd = a->fd, .events = events };

	do
		if (overdue(a, err) < 0)
			return -1;
	while (poll(&p, 1, SLICE_MS) <= 0);
	return 0;
}

static int
failed(struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL, "%s", strerror(errno));
}

/* Linux refuses with EAGAIN while other clients fill the agent's queue. */
static int
connect_to(
    struct ssh_agent *a, const struct sockaddr_un *to, struct hd_err *err)
{
	while (connect(a->fd, (const void *)to, sizeof(*to)) < 0) {
		if (errno == EINPROGRESS || errno == EISCONN)
			return await(a, POLLOUT, err);
		if (errno != EAGAIN && errno != EINTR)
			return failed(err);
		if (overdue(a, err) < 0)
			return -1;
		hd_clock_rest(SLICE_MS / 10, a->until.stage);
	}
	return 0;
}

int
ssh_agent_open(struct ssh_agent *a, const char *path,
    const struct hd_until *until, struct hd_err *err)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	*a = (struct ssh_agent){ .fd = -1, .until = *until };
	if (strlen(path) >= sizeof(to.sun_path))
		return hd_err_set(
		    err, HD_ELOCAL, "its path is too long for a socket");
	memcpy(to.sun_path, path, strlen(path));
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		return failed(err);
	return connect_to(a, &to, err);
}

void
ssh_agent_close(struct ssh_agent *a)
{
	hd_closep(&a->fd);
	a->fd = -1;
	hd_arena_done(&a->arena);
}

static int
send_all(
    struct ssh_agent *a, const unsigned char *p, size_t n, struct hd_err *err)
{
	while (n > 0) {
		ssize_t done = send(a->fd, p, n, MSG_NOSIGNAL);

		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno != EAGAIN && errno != EINTR) {
			return failed(err);
		} else if (await(a, POLLOUT, err) < 0) {
			return -1;
		}
	}
	return 0;
}

static int
receive_all(struct ssh_agent *a, unsigned char *p, size_t n, struct hd_err *err)
{
	while (n > 0) {
		ssize_t done = recv(a->fd, p, n, 0);

		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (done == 0) {
			return hd_err_set(
			    err, HD_ELOCAL, "it closed the connection");
		} else if (errno != EAGAIN && errno != EINTR) {
			return failed(err);
		} else if (await(a, POLLIN, err) < 0) {
			return -1;
		}
	}
	return 0;
}

static int
talk(struct ssh_agent *a, struct hd_bytes message, struct hd_bytes *answer,
    struct hd_err *err)
{
	unsigned char head[4];
	struct hd_wire w = { head, sizeof(head), false };
	unsigned char *body;
	size_t n;

	hd_wire_put_u32(head, (uint32_t)message.n);
	if (send_all(a, head, sizeof(head), err) < 0 ||
	    send_all(a, message.p, message.n, err) < 0 ||
	    receive_all(a, head, sizeof(head), err) < 0)
		return -1;
	n = hd_wire_u32(&w);
	if (n == 0 || n > ANSWER_MAX)
		return hd_err_set(err, HD_ELOCAL, "its answer is malformed");
	body = hd_arena_alloc(&a->arena, n);
	*answer = (struct hd_bytes){ body, n };
	return receive_all(a, body, n, err);
}

/* Sends a message and reads the answer, both without their lengths. Hangs up
 * after a failure, because a late answer must not pass for the next one. */
static int
ask(struct ssh_agent *a, struct hd_bytes message, struct hd_bytes *answer,
    struct hd_err *err)
{
	if (a->fd < 0)
		return hd_err_set(err, HD_ELOCAL, "an earlier request failed");
	if (talk(a, message, answer, err) == 0)
		return 0;
	hd_closep(&a->fd);
	a->fd = -1;
	return -1;
}

bool
ssh_agent_read_keys(
    struct hd_bytes message, struct hd_arena *arena, struct ssh_agent_keys *out)
{
	struct hd_wire w = hd_wire_of(message);
	uint32_t n;

	if (hd_wire_byte(&w) != IDENTITIES_ANSWER)
		return false;
	n = hd_wire_u32(&w);
	if (w.bad || n > KEYS_MAX)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct hd_bytes blob = hd_wire_string(&w);
		struct hd_bytes comment = hd_wire_string(&w);

		if (w.bad)
			return false;
		*HD_PUSH(arena, out) = (struct ssh_agent_key){ blob,
			hd_arena_strndup(
			    arena, (const char *)comment.p, comment.n) };
	}
	return true;
}

int
ssh_agent_list(
    struct ssh_agent *a, struct ssh_agent_keys *out, struct hd_err *err)
{
	static const unsigned char request[] = { REQUEST_IDENTITIES };
	const struct hd_bytes message = { request, sizeof(request) };
	struct hd_bytes answer;

	*out = (struct ssh_agent_keys){ 0 };
	if (ask(a, message, &answer, err) < 0)
		return -1;
	if (!ssh_agent_read_keys(answer, &a->arena, out))
		return hd_err_set(err, HD_ELOCAL, "it does not list its keys");
	return 0;
}

bool
ssh_agent_read_signature(struct hd_bytes message, struct ssh_signature *out)
{
	struct hd_wire w = hd_wire_of(message);
	struct hd_wire inside;

	if (hd_wire_byte(&w) != SIGN_RESPONSE)
		return false;
	inside = hd_wire_of(hd_wire_string(&w));
	out->algorithm = hd_wire_string(&inside);
	out->value = hd_wire_string(&inside);
	out->rest = (struct hd_bytes){ inside.p, inside.left };
	return !w.bad && !inside.bad;
}

int
ssh_agent_sign(struct ssh_agent *a, struct hd_bytes key, struct hd_bytes data,
    uint32_t flags, struct ssh_signature *out, struct hd_err *err)
{
	size_t n = 1 + 4 + key.n + 4 + data.n + 4;
	HD_AUTO_FREE unsigned char *request = hd_alloc(n);
	unsigned char *p = request;
	struct hd_bytes answer;

	*p++ = SIGN_REQUEST;
	p = hd_wire_put(p, key.p, key.n);
	p = hd_wire_put(p, data.p, data.n);
	hd_wire_put_u32(p, flags);
	if (ask(a, (struct hd_bytes){ request, n }, &answer, err) < 0)
		return -1;
	if (!ssh_agent_read_signature(answer, out))
		return hd_err_set(err, HD_EREFUSED, "it refused to sign");
	return 0;
}
