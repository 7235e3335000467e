/* From an address to a handshake: attempts, the gate, the server's words. */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/clock.h"
#include "transport/ssh_connect.h"
#include "transport/ssh_handshake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

/*
 * A server that treats its first connections badly, one letter each, and then
 * is a relay to the sshd of the group:
 *
 *	R  resets the connection        C  closes it
 *	H  is silent                    G  greets, then closes
 *	T  sends text, then closes its half
 */
struct fickle {
	const char *moods, *text;
	size_t len; /* of text */
	unsigned behind;
	int listener;
	unsigned port;
	pthread_t thread;
	atomic_uint seen;
	atomic_bool over;
};

static void
reset(int fd)
{
	const struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/* Closes one half first, because a reset would lose the text. */
static void
send_and_close(int fd, const char *text, size_t len)
{
	(void)!write(fd, text, len);
	shutdown(fd, SHUT_WR);
	while (read(fd, (char[64]){ 0 }, 64) > 0)
		;
	close(fd);
}

static bool
pump(int from, int to)
{
	char data[32 * 1024];
	ssize_t n = read(from, data, sizeof(data));

	return n > 0 && write(to, data, (size_t)n) == n;
}

static void
relay(int fd, unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd p[2] = { { fd, POLLIN, 0 }, { to, POLLIN, 0 } };

	assert_int_equal(connect(to, (struct sockaddr *)&a, sizeof(a)), 0);
	while (poll(p, 2, -1) > 0)
		if ((p[0].revents != 0 && !pump(fd, to)) ||
		    (p[1].revents != 0 && !pump(to, fd)))
			break;
	close(fd);
	close(to);
}

static void
treat(struct fickle *f, int fd, char mood)
{
	switch (mood) {
	case 'R':
		reset(fd);
		break;
	case 'C':
		close(fd);
		break;
	case 'H':
		break; /* and stays open */
	case 'G':
		send_and_close(fd, "SSH-2.0-x\r\n", 11);
		break;
	case 'T':
		send_and_close(fd, f->text, f->len);
		break;
	default:
		relay(fd, f->behind);
	}
}

static void *
be_fickle(void *arg)
{
	struct fickle *f = arg;

	for (;;) {
		int fd = accept(f->listener, NULL, NULL);
		unsigned n = f->seen;

		if (fd < 0 || atomic_load(&f->over)) {
			close(fd);
			return NULL;
		}
		atomic_fetch_add(&f->seen, 1);
		treat(f, fd, n < strlen(f->moods) ? f->moods[n] : '\0');
	}
}

static struct hd_ssh_opts
fickle_start(struct fickle *f, struct sshd *d)
{
	struct hd_ssh_opts o = sshd_opts(d);

	f->behind = d->port;
	f->listener = silent_listener(&f->port);
	pthread_create(&f->thread, NULL, be_fickle, f);
	o.port = f->port;
	sshd_know(d, hd_arena_fmt(&d->arena, "[127.0.0.1]:%u %s\n", f->port,
			 sshd_public(d, "host")));
	return o;
}

static void
fickle_stop(struct fickle *f)
{
	atomic_store(&f->over, true);
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
}

#define GOODBYE                                                                \
	"SSH-2.0-x\r\n\0\0\0\x1b\6\1\0\0\0\2\0\0\0\7go away\0\0\0\0padpad"

static void
passing_troubles_are_tried_again(void **state)
{
	static const struct {
		const char *moods, *text;
		size_t len;
		unsigned retries, seen;
		const char *says; /* NULL: it connects */
	} cases[] = {
		{ "RRR", "", 0, 3, 4, NULL },
		{ "G", "", 0, 1, 2, NULL },
		{ "GG", "", 0, 1, 2, "(2 attempts)" },
		{ "G", "", 0, 0, 1, "SSH handshake: connection lost" },
		/* a busy server: also beyond the limit */
		{ "CC", "", 0, 0, 3, NULL },
		{ "TT", "Exceeded MaxStartups\r\n", 22, 1, 3, NULL },
		{ "TT", "Not allowed at this time\r\n", 26, 1, 3, NULL },
		/* silence: once */
		{ "H", "", 0, 3, 2, NULL },
		{ "HH", "", 0, 3, 2,
		    "no SSH greeting within 500 ms (2 attempts)" },
		{ "H", "", 0, 0, 1, "no SSH greeting within 500 ms" },
		/* not a passing trouble */
		{ "T", "220 mail\x1b[2J ready\r\n", 20, 3, 1,
		    "before an SSH greeting; it said: 220 mail [2J ready" },
		{ "TT", GOODBYE, sizeof(GOODBYE) - 1, 1, 2,
		    "the server said: go away (2 attempts)" },
	};
	NEEDS_SSHD(d);

	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct fickle f = { .moods = cases[i].moods,
			.text = cases[i].text,
			.len = cases[i].len };
		struct hd_ssh_opts o = fickle_start(&f, d);
		struct hd_err err = { 0 };
		int rc;

		o.net.retries = cases[i].retries;
		/* a fickle server is silent for all of it */
		o.net.connect_ms = strchr(cases[i].moods, 'H') == NULL ? 30000
				   : cases[i].says == NULL             ? 2000
								       : 500;
		rc = sshd_try(&o, &err);
		fickle_stop(&f);
		if ((rc == 0) != (cases[i].says == NULL) ||
		    f.seen != cases[i].seen ||
		    (rc < 0 && strstr(err.msg, cases[i].says) == NULL))
			fail_msg("case %zu: %d, %u seen: %s", i, rc, f.seen,
			    err.msg);
	}
}

static void
what_is_certain_is_not_tried_again(void **state)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	struct fickle f = { .moods = "" };
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = fickle_start(&f, d);

	sshd_key(d, "stranger", plain);
	sshd_authorize(d, "stranger");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	sshd_know(d, "");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
	fickle_stop(&f);
	assert_int_equal(f.seen, 2);
	o.address = "no such name";
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ECONNECT);
	assert_non_null(strstr(err.msg, "no such name"));
	assert_null(strstr(err.msg, "attempts"));
}

static void
a_refused_connection_is_tried_again_and_counted(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	int64_t start = hd_clock_ms();

	close(silent_listener(&o.port));
	o.net.retries = 2;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ECONNECT);
	assert_non_null(strstr(err.msg, strerror(ECONNREFUSED)));
	assert_non_null(strstr(err.msg, "(3 attempts)"));
	assert_true(hd_clock_ms() - start >= 125 + 250);
}

static void *
try_alone(void *arg)
{
	struct hd_err *err = hd_alloc(sizeof(*err));

	(void)sshd_try_shared(arg, err);
	return err;
}

/* Three times as many as have room at a time: each has its whole time. */
static void
waiting_for_others_does_not_count(void **state)
{
	enum { MANY = 24 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	int listener = silent_listener(&o.port);
	pthread_t threads[MANY];

	o.net.connect_ms = 300;
	o.net.retries = 0;
	for (size_t i = 0; i < MANY; i++)
		pthread_create(&threads[i], NULL, try_alone, &o);
	for (size_t i = 0; i < MANY; i++) {
		struct hd_err *err;

		pthread_join(threads[i], (void **)&err);
		if (strstr(err->msg, "no SSH greeting within 300 ms") == NULL)
			fail_msg("%s", err->msg);
		free(err);
	}
	close(listener);
}

/* Enters as often as it can without waiting. */
static unsigned
room(struct ssh_gates *gates, struct ssh_place *places, unsigned most)
{
	unsigned n = 0;
	struct hd_err err;

	for (; n < most; n++)
		assert_hd_ok(ssh_gate_enter(gates, &places[n], "web1", 22,
				 false, HD_CANCEL_NEVER, &err),
		    &err);
	return n;
}

struct waiter {
	struct ssh_gates *gates;
	const char *address;
	bool dropped;
	struct ssh_place place;
	atomic_bool in;
	pthread_t thread;
};

static void *
enter(void *arg)
{
	struct waiter *w = arg;
	struct hd_err err;

	assert_hd_ok(ssh_gate_enter(w->gates, &w->place, w->address, 22,
			 w->dropped, HD_CANCEL_NEVER, &err),
	    &err);
	atomic_store(&w->in, true);
	return NULL;
}

/* Eight enter and are dropped together: then four have room. */
static void
a_server_that_drops_connections_gets_fewer_at_a_time(void **state)
{
	enum { WIDTH = 8 };
	struct ssh_gates gates;
	struct ssh_place places[WIDTH];
	struct waiter w = { .gates = &gates, .address = "web1" };

	(void)state;
	ssh_gates_init(&gates);
	room(&gates, places, WIDTH);
	pthread_create(&w.thread, NULL, enter, &w);
	hd_clock_rest(150, HD_CANCEL_NEVER);
	assert_false(atomic_load(&w.in)); /* the ninth waits */
	for (int i = 0; i < 4; i++)
		ssh_gate_leave(&gates, &places[i], SSH_DROPPED);
	hd_clock_rest(150, HD_CANCEL_NEVER);
	assert_false(atomic_load(&w.in)); /* four are inside */
	ssh_gate_leave(&gates, &places[4], SSH_LOGGED_IN);
	pthread_join(w.thread, NULL);
	ssh_gate_leave(&gates, &w.place, SSH_LOGGED_IN);
	for (int i = 5; i < WIDTH; i++)
		ssh_gate_leave(&gates, &places[i], SSH_LOGGED_IN);
	ssh_gate_leave(&gates, &places[5], SSH_LOGGED_IN); /* has left */
	assert_null(gates.first);
	ssh_gates_done(&gates);
}

/* They may be one server. */
static void
dropped_connections_to_several_addresses_share_a_lane(void **state)
{
	enum { WIDTH = 8 };
	struct ssh_gates gates;
	struct waiter all[WIDTH + 2];

	(void)state;
	ssh_gates_init(&gates);
	for (int i = 0; i < WIDTH + 2; i++) {
		all[i] = (struct waiter){ .gates = &gates,
			.address = i % 2 == 0 ? "web1" : "web2",
			.dropped = i <= WIDTH };
		pthread_create(&all[i].thread, NULL, enter, &all[i]);
		if (i != WIDTH)
			pthread_join(all[i].thread, NULL);
	}
	/* the last one was never dropped */
	assert_false(atomic_load(&all[WIDTH].in));
	ssh_gate_leave(&gates, &all[1].place, SSH_LOGGED_IN);
	pthread_join(all[WIDTH].thread, NULL);
	for (int i = 0; i < WIDTH + 2; i++)
		ssh_gate_leave(&gates, &all[i].place, SSH_FAILED);
	assert_null(gates.first);
	ssh_gates_done(&gates);
}

static void
the_list_without_a_common_algorithm_is_named(void **state)
{
	static const struct {
		const char *lines, *says; /* NULL: it connects */
	} cases[] = {
		{ "KexAlgorithms diffie-hellman-group14-sha1",
		    "no common key exchange method: the server offers "
		    "diffie-hellman-group14-sha1" },
		{ "Ciphers aes256-cbc", "no common cipher: the server offers" },
		{ "MACs umac-64@openssh.com\nCiphers aes128-ctr",
		    "no common MAC: the server offers umac-64@openssh.com; "
		    "hdeploy offers hmac-sha2-256-etm@openssh.com" },
		{ "MACs hmac-sha1\nCiphers aes128-ctr", "no common MAC" },
		{ "MACs umac-64@openssh.com\n"
		  "Ciphers chacha20-poly1305@openssh.com",
		    "no common MAC" },
		{ "Ciphers chacha20-poly1305@openssh.com", NULL },
		{ "Ciphers aes256-ctr\nMACs hmac-sha2-512-etm@openssh.com",
		    NULL },
		{ "KexAlgorithms diffie-hellman-group14-sha256", NULL },
		{ "KexAlgorithms diffie-hellman-group18-sha512", NULL },
	};
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct hd_err err = { 0 };
		int rc;

		sshd_config(d, "host", cases[i].lines);
		rc = sshd_try(&o, &err);
		if ((rc == 0) != (cases[i].says == NULL) ||
		    (rc < 0 && strstr(err.msg, cases[i].says) == NULL))
			fail_msg("case %zu: %d %s", i, err.code, err.msg);
		assert_null(strstr(err.msg, "mlkem")); /* not in libssh2 */
	}
}

/* A connection before its login. */
static void
connect_to(struct hd_ssh *s, const struct hd_ssh_opts *o)
{
	struct hd_err err = { 0 };

	*s = (struct hd_ssh){ .fd = -1, .stage = HD_CANCEL_NEVER };
	assert_hd_ok(ssh_connect(s, o, "ssh-ed25519", &err), &err);
	ssh_connect_done(s, true);
}

static void
refuse_password(struct hd_ssh *s)
{
	struct hd_err err = { 0 };
	int rc;

	do
		rc = libssh2_userauth_password(s->session, "nobody", "x");
	while (ssh_again(s, rc, "login", &err));
	assert_int_not_equal(rc, 0);
}

static void
the_text_of_a_disconnect_is_told(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	struct hd_ssh s;

	sshd_config(d, "host", "MaxAuthTries 1");
	connect_to(&s, &o);
	refuse_password(&s);
	assert_int_equal(strncmp(ssh_server_words(&s), "Too many auth", 13), 0);
	assert_hd_fails(ssh_fail(&s, "login", &err), &err, HD_ECONNECT);
	assert_non_null(
	    strstr(err.msg, "login: connection lost; the server said: Too "));
	ssh_session_stop(&s);
}

/* libssh2 has received the banner when the login fails, but keeps it in its
 * queue. */
static void
the_banner_of_a_login_that_ends_is_told(void **state)
{
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	struct hd_ssh s;

	files_write(sshd_path(d, "banner"), "Your account is gone\x1b[2J\n");
	sshd_config(d, "host",
	    hd_arena_fmt(&d->arena, "Banner %s", sshd_path(d, "banner")));
	connect_to(&s, &o);
	assert_string_equal(ssh_server_words(&s), "");
	refuse_password(&s);
	assert_string_equal(ssh_server_words(&s), "");
	ssh_break(&s);
	/* sshd makes ESC visible, as \033 */
	assert_int_equal(
	    strncmp(ssh_server_words(&s), "Your account is gone", 20), 0);
	assert_null(strchr(ssh_server_words(&s), '\x1b'));
	ssh_session_stop(&s);
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(passing_troubles_are_tried_again),
		TEST(what_is_certain_is_not_tried_again),
		TEST(a_refused_connection_is_tried_again_and_counted),
		TEST(waiting_for_others_does_not_count),
		TEST(a_server_that_drops_connections_gets_fewer_at_a_time),
		TEST(dropped_connections_to_several_addresses_share_a_lane),
		TEST(the_list_without_a_common_algorithm_is_named),
		TEST(the_text_of_a_disconnect_is_told),
		TEST(the_banner_of_a_login_that_ends_is_told),
	};

	return cmocka_run_group_tests_name(
	    "ssh_reach", tests, sshd_setup, sshd_teardown);
}
