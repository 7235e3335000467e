/*
 * A server that is correct until the keys are exchanged, and rude afterwards
 * (tests/fixtures/rude_sshd.escript). Whatever it does, a call ends soon after
 * its deadline, and its message is one line without control characters.
 */
#include "tests/support/cmocka_all.h"
#include "tests/support/sshd.h"
#include "tests/support/transport_case.h"

#include "core/base/clock.h"
#include "core/base/secret.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A call that takes longer than SOON hangs: its deadline and the time to close
 * a channel have passed several times. */
enum { DEADLINE_MS = 700, CONNECT_MS = 2000, SOON_MS = 12000 };

struct rude {
	struct hd_ssh_client *client;
	pid_t pid;
	char folder[64];
	char known_hosts[128], identity[128];
	const char *files[1], *keys[1];
	unsigned port;
	unsigned asked; /* questions for a person */
	int failed;
};

static bool
has_erlang(void)
{
	return system("command -v escript >/dev/null") == 0;
}

static void
start(struct rude *r)
{
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("escript", "escript", "tests/fixtures/rude_sshd.escript",
		    r->folder, (char *)NULL);
		_exit(127);
	}
}

static const char *
path_of(struct rude *r, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", r->folder, name);
	return path;
}

static void
read_port(struct rude *r)
{
	char *text;

	for (int i = 0; i < 600 && access(path_of(r, "port"), F_OK) < 0; i++)
		poll(NULL, 0, 50);
	text = files_text(path_of(r, "port"));
	r->port = (unsigned)atoi(text);
	free(text);
}

static void
know(struct rude *r)
{
	char *key = files_text(path_of(r, "host.pub"));
	char line[512];

	snprintf(line, sizeof(line), "[127.0.0.1]:%u %s", r->port, key);
	files_write(r->known_hosts, line);
	free(key);
}

/* Gives the same answer to everything. */
static int
answer(void *ctx, const char *question, char **out, struct hd_err *err)
{
	struct rude *r = ctx;

	(void)err;
	r->asked++;
	for (const char *p = question; *p != '\0'; p++)
		assert_true((unsigned char)*p >= ' ' && *p != '\177');
	*out = hd_secret_copy("secret", 6);
	return 0;
}

static int
setup(void **state)
{
	struct rude *r = hd_alloc(sizeof(*r));
	struct hd_err err = { 0 };

	assert_hd_ok(hd_ssh_client_new(&r->client, &err), &err);
	*state = r;
	if (!has_erlang())
		return 0;
	files_folder(r->folder);
	snprintf(
	    r->known_hosts, sizeof(r->known_hosts), "%s", path_of(r, "known"));
	snprintf(r->identity, sizeof(r->identity), "%s", path_of(r, "id"));
	files_run((const char *[]){ "ssh-keygen", "-q", "-t", "ed25519", "-N",
	    "", "-f", r->identity, NULL });
	r->files[0] = r->known_hosts;
	r->keys[0] = r->identity;
	start(r);
	read_port(r);
	know(r);
	return 0;
}

static int
teardown(void **state)
{
	struct rude *r = *state;

	if (r->pid > 0) {
		kill(r->pid, SIGKILL);
		waitpid(r->pid, NULL, 0);
		files_remove(r->folder);
	}
	hd_ssh_client_free(r->client);
	free(r);
	return 0;
}

static struct hd_ssh_opts
options(struct rude *r)
{
	struct hd_ssh_opts o = HD_SSH_OPTS_INIT;

	o.client = r->client;
	o.address = "127.0.0.1";
	o.port = r->port;
	o.user = "root";
	o.net.connect_ms = CONNECT_MS;
	o.net.retries = 0;
	o.trust.user.v = r->files;
	o.trust.user.n = 1;
	o.login.identities = r->keys;
	o.login.nidentities = 1;
	return o;
}

/* Opens a connection on which the server does this. */
static int
open_to(struct rude *r, const char *what, struct hd_transport **t,
    struct hd_err *err)
{
	struct hd_ssh_opts o = options(r);

	files_write(path_of(r, "case"), what);
	return hd_ssh_open(t, &o, err);
}

/* An outcome of a case: the code, and a part of the message. */
struct rude_case {
	const char *what;
	enum hd_code code; /* HD_OK: success */
	const char *says;
};

/* All cases run, also after one that fails. */
static bool
is_clean(const char *text)
{
	const char *p = text;

	while ((unsigned char)*p >= ' ' && *p != '\177')
		p++;
	return *text != '\0' && *p == '\0';
}

static bool
is_expected(const struct rude_case *c, int rc, const struct hd_err *err)
{
	if (rc == 0)
		return c->code == HD_OK;
	return err->code == c->code && is_clean(err->msg) &&
	       (c->says == NULL || strstr(err->msg, c->says) != NULL);
}

static void
check(struct rude *r, const struct rude_case *c, int rc, int64_t took,
    const struct hd_err *err)
{
	bool right = took < SOON_MS && is_expected(c, rc, err);

	r->failed += !right;
	if (!right || getenv("SHOW") != NULL)
		print_message("%s %s: %ld ms, code %d, \"%s\"\n",
		    right ? "ok" : "FAIL", c->what, (long)took,
		    rc < 0 ? (int)err->code : 0, rc < 0 ? err->msg : "");
}

static void
try_login(struct rude *r, const struct rude_case *c)
{
	int64_t began = hd_clock_ms();
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };
	int rc = open_to(r, c->what, &t, &err);

	hd_tp_close(t);
	check(r, c, rc, hd_clock_ms() - began, &err);
}

#define NEEDS_SERVER(r)                                                        \
	struct rude *r = *state;                                               \
	if (r->pid <= 0)                                                       \
	skip()

static void
a_login_ends_soon_and_with_a_clean_message(void **state)
{
	static const struct rude_case cases[] = {
		{ "polite", HD_OK, NULL },
		{ "disconnect_at_service", HD_ECONNECT, "HA" },
		{ "silent_at_service", HD_ECONNECT, NULL },
		{ "endless_banner", HD_ECONNECT, NULL },
		{ "large_banner", HD_EAUTH, NULL },
		{ "disconnect_at_login", HD_EAUTH, "HA" },
		{ "disconnect_at_key", HD_EAUTH, "HA" },
		{ "silent_at_key", HD_ECONNECT, NULL },
		{ "refuses_for_ever", HD_EAUTH, NULL },
		{ "half_accepts_for_ever", HD_EAUTH, NULL },
		{ "evil_methods", HD_EAUTH, NULL },
		{ "unknown_message", HD_ECONNECT, NULL },
		{ "accepts_another_key", HD_ECONNECT, NULL },
	};
	NEEDS_SERVER(r);

	r->failed = 0;
	for (size_t i = 0; i < HD_COUNT(cases); i++)
		try_login(r, &cases[i]);
	assert_int_equal(r->failed, 0);
}

static void
a_server_cannot_ask_a_person_for_ever(void **state)
{
	static const struct rude_case cases[] = {
		{ "asks_for_ever", HD_EAUTH, NULL },
		{ "asks_a_thousand", HD_EAUTH, NULL },
		{ "claims_many_prompts", HD_EAUTH, NULL },
	};
	NEEDS_SERVER(r);

	r->failed = 0;
	hd_ssh_client_ask(r->client, answer, r);
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		r->asked = 0;
		try_login(r, &cases[i]);
		assert_in_range(r->asked, 0, 20);
	}
	hd_ssh_client_ask(r->client, NULL, NULL);
	assert_int_equal(r->failed, 0);
}

static void
try_exec(struct rude *r, const struct rude_case *c)
{
	int64_t began = hd_clock_ms();
	struct hd_transport *t = NULL;
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status, rc;

	assert_hd_ok(open_to(r, c->what, &t, &err), &err);
	rc = run_script(t, "exit 0\n", DEADLINE_MS, &o, &status, &err);
	hd_tp_close(t);
	check(r, c, rc, hd_clock_ms() - began, &err);
}

static void
a_command_ends_soon_and_with_a_clean_message(void **state)
{
	static const struct rude_case cases[] = {
		{ "polite", HD_OK, NULL },
		{ "silent_at_open", HD_ETIMEOUT, NULL },
		{ "refuses_to_open", HD_EREMOTE, NULL },
		{ "opens_another", HD_ECONNECT, NULL },
		{ "silent_at_exec", HD_ETIMEOUT, NULL },
		{ "refuses_exec", HD_EREMOTE, NULL },
		{ "disconnects_at_exec", HD_ECONNECT, NULL },
		{ "hangs_up_at_exec", HD_ECONNECT, NULL },
		{ "no_window", HD_ETIMEOUT, NULL },
		{ "small_packets", HD_ETIMEOUT, NULL },
		{ "status_and_no_close", HD_ETIMEOUT, NULL },
		{ "close_and_no_status", HD_OK, NULL },
		{ "no_end_of_file", HD_ETIMEOUT, NULL },
		{ "endless_output", HD_ETIMEOUT, NULL },
		{ "endless_errors", HD_ETIMEOUT, NULL },
		{ "output_of_no_kind", HD_ETIMEOUT, NULL },
		{ "empty_output", HD_ETIMEOUT, NULL },
		{ "data_for_another", HD_ETIMEOUT, NULL },
		{ "data_that_claims_more", HD_ETIMEOUT, NULL },
		{ "evil_signal", HD_OK, NULL },
		{ "short_signal", HD_ECONNECT, NULL },
		{ "questions_for_ever", HD_ETIMEOUT, NULL },
		{ "debug_for_ever", HD_ETIMEOUT, NULL },
		{ "opens_channels", HD_ETIMEOUT, NULL },
		{ "keys_half_again", HD_ETIMEOUT, NULL },
		{ "empty_packet", HD_ETIMEOUT, NULL },
		{ "huge_packet", HD_ECONNECT, NULL },
		{ "wrong_mac", HD_ECONNECT, NULL },
	};
	NEEDS_SERVER(r);

	r->failed = 0;
	for (size_t i = 0; i < HD_COUNT(cases); i++)
		try_exec(r, &cases[i]);
	assert_int_equal(r->failed, 0);
}

static void
try_upload(struct rude *r, const struct rude_case *c)
{
	int64_t began = hd_clock_ms();
	struct hd_transport *t = NULL;
	int fd = files_random(100000);
	struct hd_err err = { 0 };
	const struct hd_piece piece = { fd, 0, 100000 };
	struct hd_upload u = { .pieces = &piece,
		.n = 1,
		.size = 100000,
		.path = "/tmp/x",
		.channels = 1,
		.stall_ms = DEADLINE_MS };
	int rc;

	assert_hd_ok(open_to(r, c->what, &t, &err), &err);
	rc = hd_tp_upload(t, &u, &err);
	hd_tp_close(t);
	close(fd);
	check(r, c, rc, hd_clock_ms() - began, &err);
}

/* Where SFTP does not work, a command receives the file, but the commands of
 * this server fail. */
static void
an_upload_ends_soon_and_with_a_clean_message(void **state)
{
	static const struct rude_case cases[] = {
		{ "sftp_garbage", HD_EREMOTE, NULL },
		{ "sftp_huge", HD_EREMOTE, NULL },
		{ "sftp_silent", HD_EREMOTE, NULL },
		{ "sftp_wrong_ids", HD_EREMOTE, NULL },
		{ "sftp_endless", HD_ETIMEOUT, NULL },
		{ "sftp_evil", HD_EREMOTE, NULL },
	};
	NEEDS_SERVER(r);

	r->failed = 0;
	for (size_t i = 0; i < HD_COUNT(cases); i++)
		try_upload(r, &cases[i]);
	assert_int_equal(r->failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_login_ends_soon_and_with_a_clean_message),
		cmocka_unit_test(a_server_cannot_ask_a_person_for_ever),
		cmocka_unit_test(a_command_ends_soon_and_with_a_clean_message),
		cmocka_unit_test(an_upload_ends_soon_and_with_a_clean_message),
	};

	return cmocka_run_group_tests_name("ssh_rude", tests, setup, teardown);
}
