#include "core/base/clock.h"
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/secret.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A server, and two that lead to it: each has its own keys. */
struct net {
	struct sshd *server, *bastion, *far;
};

static int
setup(void **state)
{
	struct net *n = hd_alloc(sizeof(*n));
	int rc = sshd_setup((void **)&n->server);

	*state = n;
	if (n->server == NULL)
		return rc;
	n->bastion = sshd_start("127.0.0.1");
	n->far = sshd_start("127.0.0.1");
	return rc;
}

static int
teardown(void **state)
{
	struct net *n = *state;

	sshd_stop(n->far);
	sshd_stop(n->bastion);
	sshd_teardown((void **)&n->server);
	free(n);
	return 0;
}

static int
reset(void **state)
{
	struct net *n = *state;

	if (n->server == NULL)
		return 0;
	return sshd_reset((void **)&n->server) |
	       sshd_reset((void **)&n->bastion) | sshd_reset((void **)&n->far);
}

#define NEEDS_NET(n)                                                           \
	struct net *n = *state;                                                \
	if (n->server == NULL || access("/usr/bin/ssh", X_OK) < 0)             \
	skip()

static void
describe(struct hd_str *out, const char *name, struct sshd *d)
{
	hd_str_addf(out,
	    "Host %s\n HostName %s\n Port %u\n User %s\n IdentityFile %s\n"
	    " UserKnownHostsFile %s\n IdentitiesOnly yes\n IdentityAgent none\n",
	    name, d->address, d->port, d->user, d->identities[0],
	    d->known_hosts[0]);
}

/* An ssh_config that knows "bastion" and "far"; more: lines that come first. */
static const char *
config(struct net *n, const char *more)
{
	HD_AUTO_STR text = HD_STR_INIT(8192);
	const char *path = sshd_path(n->server, "ssh_config");

	hd_str_add(&text, more);
	describe(&text, "bastion", n->bastion);
	describe(&text, "far", n->far);
	files_write(path, text.ptr);
	return path;
}

static struct hd_ssh_opts
options(struct net *n)
{
	struct hd_ssh_opts o = sshd_opts(n->server);

	o.net.retries = 0;
	return o;
}

static int
attempt(const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct hd_transport *t = NULL;
	int rc = hd_ssh_open(&t, o, err);

	if (rc == 0)
		hd_tp_close(t);
	return rc;
}

static struct hd_ssh_opts
behind(struct net *n, const char *jump, const char *more)
{
	struct hd_ssh_opts o = options(n);

	o.net.proxy_jump = jump;
	o.net.config = config(n, more);
	return o;
}

static void
renew_client(struct sshd *d)
{
	struct hd_err err = { 0 };

	hd_ssh_client_free(d->client);
	assert_hd_ok(hd_ssh_client_new(&d->client, &err), &err);
}

/* Children of this process, but those that serve connections. */
static int
children(struct net *n)
{
	char text[512], name[280];
	struct dirent *e;
	DIR *proc = opendir("/proc");
	int found = 0;

	assert_non_null(proc);
	while ((e = readdir(proc)) != NULL) {
		FILE *f;
		int parent = 0, pid = atoi(e->d_name);
		const char *after;

		if (pid == 0 || pid == n->server->pid ||
		    pid == n->bastion->pid || pid == n->far->pid)
			continue;
		snprintf(name, sizeof(name), "/proc/%s/stat", e->d_name);
		f = fopen(name, "r");
		if (f == NULL)
			continue;
		if (fgets(text, sizeof(text), f) != NULL &&
		    (after = strrchr(text, ')')) != NULL &&
		    sscanf(after + 1, " %*c %d", &parent) == 1 &&
		    parent == getpid())
			found++;
		fclose(f);
	}
	closedir(proc);
	return found;
}

static void
run_true(struct hd_transport *t)
{
	const struct hd_exec x = {
		.script = "exit 7", .len = 6, .deadline_ms = 30000
	};
	struct hd_err err = { 0 };
	int status = 0;

	assert_hd_ok(hd_tp_exec(t, &x, &status, &err), &err);
	assert_int_equal(status, 7);
}

static void
a_proxy_command_leads_to_the_server(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = options(n);
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };
	HD_AUTO_STR command = HD_STR_INIT(4096);

	hd_str_addf(&command, "ssh -F %s -W '%s:%u' bastion", config(n, ""),
	    n->server->address, n->server->port);
	o.net.proxy_command = command.ptr;
	o.port = 1; /* only the command knows the right one */
	sshd_know(
	    n->server, hd_arena_fmt(&n->server->arena, "[127.0.0.1]:1 %s\n",
			   sshd_public(n->server, "host")));
	assert_hd_ok(hd_ssh_open(&t, &o, &err), &err);
	run_true(t);
	hd_tp_close(t);
	renew_client(n->server);
	assert_int_equal(children(n), 0);
}

static void
the_last_words_of_a_proxy_command_are_in_the_error(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = options(n);
	struct hd_err err = { 0 };
	HD_AUTO_STR want = HD_STR_INIT(4096);

	o.net.proxy_command =
	    "sh -c 'echo first >&2; printf \"no \\033[1mroute\" >&2; exit 3'";
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	hd_str_addf(&want,
	    "127.0.0.1 port %u: the ProxyCommand ended with status 3: first; "
	    "no  [1mroute",
	    n->server->port);
	assert_string_equal(err.msg, want.ptr);
	o.net.proxy_command = "true";
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_non_null(
	    strstr(err.msg, "the ProxyCommand ended with status 0"));
	o.net.proxy_command = "/nonexistent/nc %h";
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_non_null(
	    strstr(err.msg, "the ProxyCommand ended with status 127: "));
}

static void
a_chatty_proxy_command_does_not_hang(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = options(n);
	struct hd_err err = { 0 };
	HD_AUTO_STR command = HD_STR_INIT(4096);

	hd_str_addf(&command,
	    "sh -c 'head -c 1000000 /dev/zero >&2; exec ssh -F %s -W %s:%u "
	    "bastion'",
	    config(n, ""), n->server->address, n->server->port);
	o.net.proxy_command = command.ptr;
	assert_hd_ok(attempt(&o, &err), &err);
}

enum { HOSTS = 12 };

static void
hosts_behind_a_bastion_share_one_connection(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = behind(n, "bastion", "");
	struct hd_transport *t[HOSTS];
	struct hd_err err = { 0 };
	int before = sshd_count(n->bastion);

	for (int i = 0; i < HOSTS; i++)
		assert_hd_ok(hd_ssh_open(&t[i], &o, &err), &err);
	for (int i = 0; i < HOSTS; i++)
		run_true(t[i]);
	for (int i = 0; i < HOSTS; i++)
		hd_tp_close(t[i]);
	assert_int_equal(sshd_count(n->bastion) - before, 1);
	renew_client(n->server);
	assert_int_equal(children(n), 0);
}

/* ControlMaster of the user's own must neither be used nor disturbed. */
static void
two_hops_with_keys_of_their_own_are_passed(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = behind(n, "bastion,far",
	    hd_arena_fmt(&n->server->arena,
		"ControlMaster auto\nControlPath %s/c\nControlPersist 1\n"
		"LogLevel QUIET\n",
		n->server->dir));
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };
	int first = sshd_count(n->bastion), second = sshd_count(n->far);

	assert_hd_ok(hd_ssh_open(&t, &o, &err), &err);
	run_true(t);
	hd_tp_close(t);
	assert_hd_ok(attempt(&o, &err), &err);
	assert_int_equal(sshd_count(n->bastion) - first, 1);
	assert_int_equal(sshd_count(n->far) - second, 1);
	renew_client(n->server);
}

static void
the_error_of_a_bastion_says_how_to_look(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = behind(n, "bastion", "");
	struct hd_err err = { 0 };
	int before = sshd_count(n->bastion);
	HD_AUTO_STR want = HD_STR_INIT(4096);

	files_write(sshd_path(n->bastion, "authorized_keys"), "");
	assert_hd_fails(attempt(&o, &err), &err, HD_EAUTH);
	hd_str_addf(&want,
	    "127.0.0.1 port %u: the bastion bastion: %s@127.0.0.1: Permission "
	    "denied (publickey).; without a terminal, ssh must be able to log "
	    "in there without a question: `ssh -o BatchMode=yes -F %s bastion` must succeed, and "
	    "ssh-add loads a key that has a passphrase",
	    n->server->port, n->bastion->user, o.net.config);
	assert_string_equal(err.msg, want.ptr);
	assert_hd_fails(attempt(&o, &err), &err, HD_EAUTH);
	assert_int_equal(sshd_count(n->bastion) - before, 1); /* not again */
	renew_client(n->server);
	o = behind(n, "bastion", "");
	sshd_authorize(n->bastion, "id");
	sshd_know(n->bastion, "");
	assert_hd_fails(attempt(&o, &err), &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg,
	    "the bastion bastion: Host key verification failed.; its host key "
	    "must be known to ssh: connect once with `ssh -F "));
	renew_client(n->server);
	sshd_know(n->bastion, hd_arena_fmt(&n->bastion->arena, "%%s %s\n",
				  sshd_public(n->server, "host")));
	o = behind(n, "bastion", "");
	assert_hd_fails(attempt(&o, &err), &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg,
	    "THE HOST KEY OF THE BASTION bastion HAS CHANGED, ssh says."));
	renew_client(n->server);
	o = behind(n, "bastion:1", "");
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_non_null(strstr(err.msg, "Connection refused"));
	assert_non_null(strstr(err.msg, " -p 1 bastion`"));
	renew_client(n->server);
}

static void
a_host_that_the_bastion_cannot_reach_is_named_with_the_reason(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = behind(n, "bastion", "");
	struct hd_err err = { 0 };

	o.port = 1;
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_string_equal(err.msg,
	    "127.0.0.1 port 1: the bastion bastion could not connect: connect "
	    "failed: Connection refused");
	sshd_config(n->bastion, "host", "AllowTcpForwarding no");
	renew_client(n->server);
	o = behind(n, "bastion", "");
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_non_null(strstr(err.msg, "administratively prohibited"));
	renew_client(n->server);
}

/* A way to the bastion that fails twice before it leads there. Returns the file
 * that has a line for each attempt. */
static const char *
twice_broken(struct net *n, struct hd_ssh_opts *o)
{
	struct hd_arena *a = &n->server->arena;
	const char *tries = sshd_path(n->server, "tries");
	const char *script = sshd_path(n->server, "flaky");

	*o = behind(n, "flaky",
	    hd_arena_fmt(a,
		"Host flaky\n HostName %s\n Port %u\n"
		" ProxyCommand sh %s\n IdentityFile %s\n"
		" UserKnownHostsFile %s\n",
		n->far->address, n->far->port, script, n->far->identities[0],
		n->far->known_hosts[0]));
	files_write(script,
	    hd_arena_fmt(a,
		"echo try >>%s\n[ $(wc -l <%s) -gt 2 ] || exit 1\n"
		"exec ssh -F %s -W %s:%u bastion\n",
		tries, tries, o->net.config, n->far->address, n->far->port));
	files_write(tries, "");
	return tries;
}

static void
a_bastion_is_tried_again_for_all_its_hosts(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o;
	const char *tries = twice_broken(n, &o);
	struct hd_err err = { 0 };
	char *text;

	o.net.retries = 1;
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	/* at the end, and only once */
	assert_string_equal(
	    strchr(err.msg, '(') != NULL ? strrchr(err.msg, ';') : "",
	    hd_arena_fmt(&n->server->arena,
		"; try `ssh -F %s flaky` (2 attempts)", o.net.config));
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	text = files_text(tries);
	assert_string_equal(text, "try\ntry\n"); /* the second host: none */
	free(text);
	files_write(tries, "");
	renew_client(n->server);
	o.client = n->server->client;
	o.net.retries = 3;
	assert_hd_ok(attempt(&o, &err), &err);
	text = files_text(tries);
	assert_string_equal(text, "try\ntry\ntry\n");
	free(text);
	renew_client(n->server);
}

/* Only the proxy knows whether a connection exists. */
static void
silence_behind_a_proxy_is_not_called_a_connection(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = behind(n, "bastion", "");
	struct hd_err err = { 0 };
	int listener = silent_listener(&o.port);

	o.net.connect_ms = 1500;
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_string_equal(err.msg,
	    hd_arena_fmt(&n->server->arena,
		"127.0.0.1 port %u: no SSH greeting came through the bastion "
		"bastion within 1.5 s",
		o.port));
	close(listener);
	o.net.proxy_jump = NULL;
	o.net.proxy_command = "sleep 60";
	o.net.connect_ms = 300;
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_non_null(strstr(err.msg,
	    ": no SSH greeting came through the ProxyCommand within 300 ms"));
	renew_client(n->server);
	assert_int_equal(children(n), 0);
}

/* Each attempt takes all of connect_timeout. */
static void
a_silent_proxy_command_gets_one_more_attempt(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = options(n);
	struct hd_err err = { 0 };

	o.net.proxy_command = "sh -c 'echo wait >&2; sleep 60'";
	o.net.connect_ms = 200;
	o.net.retries = 3;
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_non_null(
	    strstr(err.msg, ": the ProxyCommand said: wait (2 attempts)"));
	o.net.hurried = true;
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_null(strstr(err.msg, "attempts"));
	renew_client(n->server);
}

static void
a_bastion_that_dies_is_named_and_connected_again(void **state)
{
	NEEDS_NET(n);
	struct hd_ssh_opts o = behind(n, "bastion", "");
	const struct hd_exec x = {
		.script = "sleep 60", .len = 8, .deadline_ms = 60000
	};
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };
	int status;

	assert_hd_ok(hd_ssh_open(&t, &o, &err), &err);
	sshd_signal(n->bastion, SIGKILL);
	assert_hd_fails(hd_tp_exec(t, &x, &status, &err), &err, HD_ECONNECT);
	assert_non_null(
	    strstr(err.msg, "the connection to the bastion bastion is lost"));
	hd_tp_close(t);
	assert_hd_ok(hd_ssh_open(&t, &o, &err), &err);
	run_true(t);
	hd_tp_close(t);
	renew_client(n->server);
	assert_int_equal(children(n), 0);
}

/* A person who answers every question in the same way, or gives up. */
struct person {
	const char *answer; /* NULL: gives up */
	char asked[1024];   /* the last question */
	int questions;
};

static int
reply(void *ctx, const char *question, char **out, struct hd_err *err)
{
	struct person *p = ctx;
	const char *text = p->answer != NULL ? p->answer : "";

	(void)err;
	p->questions++;
	snprintf(p->asked, sizeof(p->asked), "%s", question);
	*out = hd_secret_copy(text, strlen(text));
	return 0;
}

/* Each hop has a key with a passphrase. */
static void
a_person_answers_the_questions_of_every_hop(void **state)
{
	static const char *const locked[] = { "-t", "ed25519", "-N",
		"it's \\ a secret", NULL };
	NEEDS_NET(n);
	struct person p = { .answer = locked[3] };
	struct hd_ssh_opts o;
	struct hd_err err = { 0 };
	struct sshd *hops[] = { n->bastion, n->far };

	for (size_t i = 0; i < HD_COUNT(hops); i++) {
		hops[i]->identities[0] = sshd_key(hops[i], "locked", locked);
		sshd_authorize(hops[i], "locked");
	}
	renew_client(n->server);
	hd_ssh_client_ask(n->server->client, reply, &p);
	o = behind(n, "bastion,far", "");
	assert_hd_ok(attempt(&o, &err), &err);
	assert_int_equal(p.questions, 2);
	assert_string_equal(p.asked,
	    hd_arena_fmt(&n->far->arena,
		"ssh, for the bastion bastion,far: Enter passphrase for key "
		"'%s'",
		n->far->identities[0]));
	renew_client(n->server);
	p = (struct person){ .answer = NULL };
	hd_ssh_client_ask(n->server->client, reply, &p);
	o = behind(n, "bastion", "");
	assert_hd_fails(attempt(&o, &err), &err, HD_EAUTH);
	assert_non_null(strstr(err.msg, "Permission denied (publickey)"));
	assert_null(strstr(err.msg, "without a terminal"));
	renew_client(n->server);
	for (size_t i = 0; i < HD_COUNT(hops); i++)
		hops[i]->identities[0] = sshd_path(hops[i], "id");
	assert_int_equal(children(n), 0);
}

/* A person's time is only for questions: this ssh asks none. */
static void
a_bastion_that_hangs_ends_in_time_at_a_terminal_too(void **state)
{
	NEEDS_NET(n);
	struct person p = { .answer = "never asked" };
	struct hd_ssh_opts o;
	struct hd_err err = { 0 };
	int64_t limit = hd_clock_ms() + 60000;

	renew_client(n->server);
	hd_ssh_client_ask(n->server->client, reply, &p);
	o = behind(n, "mute",
	    "Host mute\n ProxyCommand sh -c 'echo SSH-2.0-mute; sleep 99'\n");
	o.net.connect_ms = 500;
	assert_hd_fails(attempt(&o, &err), &err, HD_ECONNECT);
	assert_non_null(
	    strstr(err.msg, "the bastion mute: ssh did not log in within 1 s"));
	assert_true(hd_clock_ms() < limit);
	assert_int_equal(p.questions, 0);
	renew_client(n->server);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		TEST(a_proxy_command_leads_to_the_server),
		TEST(the_last_words_of_a_proxy_command_are_in_the_error),
		TEST(a_chatty_proxy_command_does_not_hang),
		TEST(hosts_behind_a_bastion_share_one_connection),
		TEST(two_hops_with_keys_of_their_own_are_passed),
		TEST(the_error_of_a_bastion_says_how_to_look),
		TEST(
		    a_host_that_the_bastion_cannot_reach_is_named_with_the_reason),
		TEST(a_bastion_is_tried_again_for_all_its_hosts),
		TEST(silence_behind_a_proxy_is_not_called_a_connection),
		TEST(a_silent_proxy_command_gets_one_more_attempt),
		TEST(a_person_answers_the_questions_of_every_hop),
		TEST(a_bastion_that_hangs_ends_in_time_at_a_terminal_too),
		TEST(a_bastion_that_dies_is_named_and_connected_again),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
