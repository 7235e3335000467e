#include "transport/ssh_io.h"

#include "core/base/clock.h"

#include <errno.h>
#include <sys/socket.h>

static ssize_t
send_some(libssh2_socket_t fd, const void *p, size_t n, int flags, void **ctx)
{
	struct hd_ssh *s = *ctx;
	ssize_t done;

	if (s->mute)
		return (ssize_t)n;
	done = send(fd, p, n, flags | MSG_NOSIGNAL);
	if (done < 0)
		done =
		    errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
	s->half_sent = done == -EAGAIN || (done >= 0 && (size_t)done < n);
	if (done < 0 && done != -EAGAIN)
		s->hung_up = true;
	return done;
}

/* Checks the deadline too: with a misbehaving SFTP server libssh2 can call this
 * forever without returning to us. */
static ssize_t
receive_some(libssh2_socket_t fd, void *p, size_t n, int flags, void **ctx)
{
	struct hd_ssh *s = *ctx;
	ssize_t done;

	if (hd_clock_left(s->end) == 0)
		return -ETIMEDOUT;
	done = recv(fd, p, n, flags);
	if (done == 0 || (done < 0 && errno != EINTR && errno != EWOULDBLOCK))
		s->hung_up = true;
	if (done < 0)
		return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN
							      : -errno;
	s->received += (uint64_t)done;
	if (s->preface != NULL)
		ssh_preface_take(s->preface, p, (size_t)done);
	if (s->heard != 0)
		s->heard = hd_clock_ms();
	return done;
}

void
ssh_io_use(LIBSSH2_SESSION *session)
{
	libssh2_session_callback_set2(
	    session, LIBSSH2_CALLBACK_SEND, (libssh2_cb_generic *)send_some);
	libssh2_session_callback_set2(
	    session, LIBSSH2_CALLBACK_RECV, (libssh2_cb_generic *)receive_some);
}
