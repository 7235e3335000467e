#include "tests/support/cmocka_all.h"
#include "tests/support/agent.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

static void
every_kind_of_key_file_logs_in(void **state)
{
	static const struct {
		const char *name;
		const char *args[8];
	} kinds[] = {
		{ "ed25519", { "-t", "ed25519" } },
		{ "ecdsa256", { "-t", "ecdsa", "-b", "256" } },
		{ "ecdsa384", { "-t", "ecdsa", "-b", "384" } },
		{ "ecdsa521", { "-t", "ecdsa", "-b", "521" } },
		{ "rsa", { "-t", "rsa", "-b", "2048" } },
		{ "rsa-pem", { "-t", "rsa", "-b", "2048", "-m", "PEM" } },
		{ "rsa-pkcs8", { "-t", "rsa", "-b", "2048", "-m", "PKCS8" } },
		{ "ecdsa-pem", { "-t", "ecdsa", "-m", "PEM" } },
		{ "ecdsa-pkcs8", { "-t", "ecdsa", "-m", "PKCS8" } },
	};
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);

	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		struct hd_ssh_opts o = sshd_opts(d);

		d->identities[0] = sshd_key(d, kinds[i].name, kinds[i].args);
		sshd_authorize(d, kinds[i].name);
		assert_hd_ok(sshd_try(&o, &err), &err);
	}
	d->identities[0] = sshd_path(d, "id");
}

static void
a_refused_key_is_named_with_user_and_host(void **state)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *wrong = sshd_key(d, "wrong", plain);

	o.login.identities = &wrong;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_non_null(strstr(err.msg, wrong));
	assert_non_null(strstr(err.msg, d->user));
	assert_non_null(strstr(err.msg, d->address));
	assert_non_null(
	    strstr(err.msg, "sshd's log on the host for the reason"));
}

static void
unusable_key_files_are_told_apart(void **state)
{
	static const char *const formats[][8] = {
		{ "-t", "ed25519", "-N", "secret", NULL },
		{ "-t", "rsa", "-m", "PEM", "-N", "secret", NULL },
		{ "-t", "rsa", "-m", "PKCS8", "-N", "secret", NULL },
	};
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *path;

	o.login.identities = &path;
	for (size_t i = 0; i < HD_COUNT(formats); i++) {
		char name[] = "encrypted0";

		name[9] = (char)('0' + i);
		path = sshd_key(d, name, formats[i]);
		sshd_authorize(d, name);
		assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
		assert_non_null(strstr(err.msg, "passphrase"));
		assert_non_null(strstr(err.msg, path));
	}
	path = sshd_path(d, "id.pub");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, path));
	path = sshd_path(d, "nothing");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, strerror(ENOENT)));
	path = sshd_path(d, "damaged");
	files_write(path,
	    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXkt\n"
	    "-----END OPENSSH PRIVATE KEY-----\n");
	assert_int_equal(chmod(path, 0600), 0);
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "damaged"));
	o.login.nidentities = 0;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "identity"));
}

static void
agent_keys_log_in_and_the_sixth_is_not_offered(void **state)
{
	static const char *const ed25519[] = { "-t", "ed25519", NULL };
	static const char *const rsa[] = { "-t", "rsa", "-b", "2048", NULL };
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	pid_t agent = agent_start(sshd_path(d, "agent"));
	char name[16];

	o.login.agent = sshd_path(d, "agent");
	o.login.nidentities = 0;
	for (int i = 1; i <= 6; i++) {
		snprintf(name, sizeof(name), "agent-%d", i);
		agent_add(sshd_key(d, name, i == 5 ? rsa : ed25519));
	}
	sshd_authorize(d, "agent-5"); /* the last key that is offered */
	assert_hd_ok(sshd_try(&o, &err), &err);
	sshd_authorize(d, "agent-6");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_non_null(strstr(err.msg, "agent key agent-1"));
	assert_non_null(strstr(err.msg, "agent key agent-5"));
	assert_null(strstr(err.msg, "agent-6"));
	o.login.nidentities = 1; /* a key file counts too */
	sshd_authorize(d, "agent-5");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_null(strstr(err.msg, "agent-5"));
	agent_stop(agent);
}

/* With many keys in the agent, only identity can choose one. */
static void
an_encrypted_key_file_says_which_agent_key_goes_first(void **state)
{
	static const char *const plain[] = { "-t", "rsa", "-b", "2048", NULL };
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	pid_t agent = agent_start(sshd_path(d, "agent7"));
	const char *path = NULL;
	char name[16];

	o.login.agent = sshd_path(d, "agent7");
	for (int i = 1; i <= 7; i++) {
		snprintf(name, sizeof(name), "seven-%d", i);
		path = sshd_key(
		    d, name, i == 7 ? plain : (const char *const[]){ NULL });
		agent_add(path);
	}
	sshd_authorize(d, "seven-7");
	files_run((const char *[]){
	    "ssh-keygen", "-q", "-p", "-N", "secret", "-f", path, NULL });
	o.login.identities = &path;
	o.login.nidentities = 1;
	assert_hd_ok(sshd_try(&o, &err), &err);
	agent_stop(agent);
}

static void
an_agent_that_hangs_or_is_gone_costs_no_more_than_the_deadline(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	pid_t agent = agent_start(sshd_path(d, "hung"));
	int64_t start = hd_clock_ms();

	o.login.nidentities = 0;
	o.login.agent = sshd_path(d, "hung");
	o.net.connect_ms = 1000;
	kill(agent, SIGSTOP);
	assert_int_equal(sshd_try(&o, &err), -1);
	assert_true(hd_clock_ms() - start < 5000);
	o.login.nidentities = 1; /* a file needs no agent */
	o.net.connect_ms = 4000;
	assert_hd_ok(sshd_try(&o, &err), &err);
	o.login.nidentities = 0;
	agent_stop(agent);
	o.login.agent = sshd_path(d, "no-agent");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "no-agent"));
	o.login.nidentities = 1;
	o.net.connect_ms = 30000;
	assert_hd_ok(sshd_try(&o, &err), &err);
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_kind_of_key_file_logs_in),
		TEST(a_refused_key_is_named_with_user_and_host),
		TEST(unusable_key_files_are_told_apart),
		TEST(agent_keys_log_in_and_the_sixth_is_not_offered),
		TEST(an_encrypted_key_file_says_which_agent_key_goes_first),
		TEST(
		    an_agent_that_hangs_or_is_gone_costs_no_more_than_the_deadline),
	};

	return cmocka_run_group_tests_name(
	    "ssh_auth", tests, sshd_setup, sshd_teardown);
}
