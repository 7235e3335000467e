#include "tests/support/cmocka_all.h"

#include "cmd/connect.h"
#include "core/base/str.h"
#include "transport/local.h"
#include "transport/ssh.h"
#include "transport/ssh_config.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Replacements of the transports that record their arguments. */
static char asked[2048];

const char *
hd_ssh_library(void)
{
	return "none";
}

int
hd_ssh_client_new(struct hd_ssh_client **out, struct hd_err *err)
{
	(void)err;
	*out = NULL;
	return 0;
}

void
hd_ssh_client_free(struct hd_ssh_client *c)
{
	(void)c;
}

void
hd_ssh_client_give(struct hd_ssh_client *c, const char *name, const char *text)
{
	(void)c, (void)name, (void)text;
}

void
hd_ssh_client_ask(struct hd_ssh_client *c, hd_secret_fn *ask, void *ctx)
{
	(void)c, (void)ask, (void)ctx;
}

/* What ssh_config says, and what was asked. */
static struct hd_ssh_config config;
static struct hd_ssh_query query;

int
hd_ssh_config_get(const struct hd_ssh_config **out,
    struct hd_ssh_client *client, const struct hd_ssh_query *q,
    enum hd_cancel stage, struct hd_err *err)
{
	(void)client;
	(void)stage;
	(void)err;
	query = *q;
	*out = &config;
	return 0;
}

static void
add(const char *what, const char *text)
{
	size_t n = strlen(asked);

	snprintf(asked + n, sizeof(asked) - n, "%s%s\n", what,
	    text != NULL ? text : "-");
}

int
hd_ssh_open(
    struct hd_transport **out, const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct hd_arena memory = o->memory; /* is ours now */

	(void)out;
	add("ssh ", o->address);
	add("user ", o->user);
	add("agent ", o->login.agent);
	for (size_t i = 0; i < o->login.nidentities; i++)
		add(o->login.named ? "key! " : "key ", o->login.identities[i]);
	for (size_t i = 0; i < o->login.certificates.n; i++)
		add("certificate ", o->login.certificates.v[i]);
	if (o->login.only)
		add("only", "");
	if (o->net.proxy_jump != NULL)
		add("jump ", o->net.proxy_jump);
	if (o->net.proxy_command != NULL)
		add("command ", o->net.proxy_command);
	if (o->net.config != NULL)
		add("config ", o->net.config);
	if (o->net.bind != NULL)
		add("bind ", o->net.bind);
	if (o->trust.name != NULL)
		add("name ", o->trust.name);
	for (size_t i = 0; i < o->trust.revoked.n; i++)
		add("revoked ", o->trust.revoked.v[i]);
	for (size_t i = 0; i < o->trust.user.n; i++)
		add("known ", o->trust.user.v[i]);
	for (size_t i = 0; i < o->trust.global.n; i++)
		add("global ", o->trust.global.v[i]);
	for (size_t i = 0; i < o->trust.revoking.n; i++)
		add("revoking ", o->trust.revoking.v[i]);
	if (o->net.hurried)
		add("hurried", "");
	if (o->trust.policy == HD_SSH_ACCEPT_NEW)
		add("accept new", "");
	for (size_t i = 0; i < o->trust.npins; i++)
		add("pin ", o->trust.pins[i]);
	(void)hd_err_set(err, HD_ECONNECT,
	    "cannot find the address of %s: port %u, %u ms, %u more, as %s",
	    o->address, o->port, o->net.connect_ms, o->net.retries,
	    o->run_as != NULL ? o->run_as : "-");
	hd_arena_done(&memory);
	return -1;
}

int
hd_local_open(struct hd_transport **out, const struct hd_local_opts *o,
    struct hd_err *err)
{
	(void)out;
	add("local ", o->run_as);
	return hd_err_set(err, HD_ELOCAL, "local");
}

/* A home in the test's folder, with one of the default keys. */
static int
setup(void **state)
{
	static char home[] = "/tmp/hdeploy-connect.XXXXXX";
	char path[64];
	int fd;

	memcpy(home + sizeof(home) - 7, "XXXXXX", 6);
	if (mkdtemp(home) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/.ssh", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.ssh/id_ecdsa", home);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	setenv("HOME", "/nonexistent", 1);
	setenv("USER", "nobody-believes-this", 1);
	config = (struct hd_ssh_config){ .unread = "no ssh was found" };
	unsetenv("SSH_AUTH_SOCK");
	asked[0] = '\0';
	*state = home;
	return 0;
}

static int
teardown(void **state)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/.ssh/id_ecdsa", (char *)*state);
	unlink(path);
	snprintf(path, sizeof(path), "%s/.ssh", (char *)*state);
	rmdir(path);
	return rmdir(*state);
}

/* Connects and checks the arguments of the transport; %s is the home. */
static void
expect_asked(const struct hd_host *host, const char *format, const char *home)
{
	struct hd_connector c;
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;
	char want[2048];
	const char *p;

	assert_hd_ok(hd_connector_init(&c, &err), &err);
	assert_string_equal(c.home, getpwuid(getuid())->pw_dir);
	assert_string_equal(c.user, getpwuid(getuid())->pw_name);
	hd_connector_home(&c, home);
	c.user = "someone";
	assert_int_equal(hd_connect(&c, host, false, &t, &err), -1);
	hd_connector_done(&c);
	want[0] = '\0';
	while ((p = strchr(format, '~')) != NULL) {
		size_t n = strlen(want);

		snprintf(want + n, sizeof(want) - n, "%.*s%s",
		    (int)(p - format), format, home);
		format = p + 1;
	}
	snprintf(
	    want + strlen(want), sizeof(want) - strlen(want), "%s", format);
	assert_string_equal(asked, want);
}

static void
a_plain_host_gets_the_default_files_that_exist(void **state)
{
	const struct hd_host host = { .address = "web1", .port = 22 };

	expect_asked(&host,
	    "ssh web1\n"
	    "user someone\n"
	    "agent -\n"
	    "key ~/.ssh/id_ecdsa\n"
	    "known ~/.ssh/known_hosts\n"
	    "known ~/.ssh/known_hosts2\n"
	    "global /etc/ssh/ssh_known_hosts\n"
	    "global /etc/ssh/ssh_known_hosts2\n",
	    *state);
}

static void
named_files_replace_the_default_ones(void **state)
{
	const char *keys[] = { "~/deploy_key", "/etc/keys/ci" };
	const char *pins[] = { "SHA256:abc" };
	const struct hd_host host = {
		.address = "::1",
		.port = 2222,
		.user = "deploy",
		.identities = { keys, 2, 2 },
		.host_keys = { pins, 1, 1 },
		.known_hosts = "~/hosts",
		.host_key_policy = "accept-new",
	};

	setenv("SSH_AUTH_SOCK", "/run/agent", 1);
	expect_asked(&host,
	    "ssh ::1\n"
	    "user deploy\n"
	    "agent /run/agent\n"
	    "key! ~/deploy_key\n"
	    "key! /etc/keys/ci\n"
	    "known ~/hosts\n"
	    "revoking ~/.ssh/known_hosts\n"
	    "revoking ~/.ssh/known_hosts2\n"
	    "revoking /etc/ssh/ssh_known_hosts\n"
	    "revoking /etc/ssh/ssh_known_hosts2\n"
	    "accept new\n"
	    "pin SHA256:abc\n",
	    *state);
}

static void
a_local_host_is_opened_locally(void **state)
{
	const struct hd_host host = { .connection = HD_CONN_LOCAL,
		.run_as = "hotcode" };

	expect_asked(&host, "local hotcode\n", *state);
}

static void
port_deadline_and_run_as_are_those_of_the_host(void **state)
{
	const struct hd_host host = { .address = "web1",
		.port = 2222,
		.connect_timeout = 1500,
		.connect_retries = 7,
		.run_as = "hotcode" };
	struct hd_connector c;
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;

	(void)state;
	assert_hd_ok(hd_connector_init(&c, &err), &err);
	assert_hd_fails(
	    hd_connect(&c, &host, false, &t, &err), &err, HD_ECONNECT);
	assert_string_equal(err.msg,
	    "cannot find the address of web1: port 2222, 1500 ms, 7 more, as hotcode "
	    "(no ssh was found)");
	assert_memory_equal(c.who, c.user, strlen(c.user));
	assert_int_equal(c.who[strlen(c.user)], '@');
	hd_connector_done(&c);
}

/* Compares the words, joined by blanks; ~ in format is the home. */
static void
expect_words(const struct hd_host *host, const char *expect)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR line = HD_STR_INIT(4096);
	struct hd_connector c = { .home = "/home/me", .user = "me" };
	struct hd_err err = { 0 };
	struct hd_strs words;

	assert_hd_ok(hd_connect_words(&words, &c, host, "/tmp/known",
			 "/srv/it's/.hdeploy/console/1", &a, &err),
	    &err);
	assert_null(words.v[words.n - 1]);
	for (size_t i = 0; i + 1 < words.n; i++)
		hd_str_addf(&line, "%s%s", i > 0 ? " " : "", words.v[i]);
	assert_string_equal(line.ptr, expect);
}

#define SSH "ssh -t -F none "
#define ONE_KEY                                                                \
	" -o StrictHostKeyChecking=yes -o UserKnownHostsFile=\"/tmp/known\" "  \
	"-o GlobalKnownHostsFile=/dev/null -o CheckHostIP=no "                 \
	"-o UpdateHostKeys=no -o ConnectTimeout="
#define QUOTED "/bin/sh '/srv/it'\\''s/.hdeploy/console/1'"

static void
a_console_connects_like_hdeploy(void **state)
{
	const char *keys[] = { "~/100% mine" };
	const struct hd_host plain = {
		.address = "web1", .port = 22, .connect_timeout = 10000
	};
	const struct hd_host full = { .address = "::1",
		.port = 2222,
		.user = "deploy",
		.run_as = "hotcode",
		.connect_timeout = 1500,
		.identities = { keys, 1, 1 } };
	const struct hd_host local = { .connection = HD_CONN_LOCAL };
	const struct hd_host other = { .connection = HD_CONN_LOCAL,
		.run_as = "hotcode" };
	const struct hd_host asks = { .connection = HD_CONN_LOCAL,
		.run_as = "hotcode",
		.sudo_password = { .from = HD_SUDO_ENV, .text = "PW" } };

	(void)state;
	expect_words(
	    &plain, SSH "-l me -p 22" ONE_KEY "10 -- web1 exec " QUOTED);
	expect_words(&full,
	    SSH "-l deploy -p 2222" ONE_KEY
		"2 -i /home/me/100%% mine -o IdentitiesOnly=yes -- ::1 exec "
		"sudo -n -u hotcode -- " QUOTED);
	expect_words(&local, "/bin/sh /srv/it's/.hdeploy/console/1");
	expect_words(&other,
	    "sudo -n -u hotcode -- /bin/sh /srv/it's/.hdeploy/console/1");
	expect_words(&asks,
	    "sudo -k -u hotcode -- /bin/sh /srv/it's/.hdeploy/console/1");
}

static const char *const known[] = { "@/known", "/etc/known" };
static const char *const keys[] = { "@/a b" };
#define LIST(v)                                                                \
	{                                                                      \
		(const char **)(uintptr_t)(v), HD_COUNT(v), HD_COUNT(v)        \
	}
static const struct hd_ssh_config full_config = {
	.hostname = "10.0.0.1",
	.user = "deploy",
	.port = 2200,
	.bind = "10.0.0.9",
	.connect_ms = 5000,
	.proxy_jump = "me@bastion:22",
	.alias = "web",
	.lax = true,
	.user_known = LIST(known),
	.global_known = LIST(keys),
	.revoked = LIST(known),
	.identities = LIST(keys),
	.certificates = LIST(known),
	.only = true,
	.agent = "/run/other",
};

static void
ssh_config_fills_what_deploy_ini_leaves_open(void **state)
{
	const struct hd_host host = { .address = "web1",
		.ssh_config = "~/their config",
		.connect_timeout = 10000 };
	struct hd_connector c;
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;

	config = full_config;
	expect_asked(&host,
	    "ssh 10.0.0.1\n"
	    "user deploy\n"
	    "agent /run/other\n"
	    "key @/a b\n"
	    "certificate @/known\n"
	    "certificate /etc/known\n"
	    "only\n"
	    "jump me@bastion:22\n"
	    "config ~/their config\n"
	    "bind 10.0.0.9\n"
	    "name web\n"
	    "revoked @/known\n"
	    "revoked /etc/known\n"
	    "known @/known\n"
	    "known /etc/known\n"
	    "global @/a b\n",
	    *state);
	assert_string_equal(query.host, "web1");
	assert_null(query.user);
	assert_int_equal(query.port, 0);
	assert_hd_ok(hd_connector_init(&c, &err), &err);
	assert_hd_fails(
	    hd_connect(&c, &host, false, &t, &err), &err, HD_ECONNECT);
	assert_string_equal(err.msg,
	    "cannot find the address of 10.0.0.1: port 2200, 5000 ms, 0 more, as -");
	hd_connector_done(&c);
}

static void
deploy_ini_wins_over_ssh_config(void **state)
{
	const char *own[] = { "/etc/keys/ci" };
	const struct hd_host host = { .address = "web1",
		.port = 22,
		.user = "ci",
		.known_hosts = "/etc/hosts.ci",
		.host_key_policy = "strict",
		.identities = { own, 1, 1 },
		.connect_timeout = 1500,
		.connect_timeout_set = true };
	struct hd_connector c;
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;

	config = full_config;
	config.proxy_jump = NULL;
	config.proxy_command = "nc 10.0.0.1 2200";
	config.agent = "none";
	config.only = false;
	expect_asked(&host,
	    "ssh 10.0.0.1\n"
	    "user ci\n"
	    "agent -\n"
	    "key! /etc/keys/ci\n"
	    "certificate @/known\n"
	    "certificate /etc/known\n"
	    "command nc 10.0.0.1 2200\n"
	    "bind 10.0.0.9\n"
	    "name web\n"
	    "revoked @/known\n"
	    "revoked /etc/known\n"
	    "known /etc/hosts.ci\n"
	    "revoking @/known\n"
	    "revoking /etc/known\n"
	    "revoking @/a b\n",
	    *state);
	assert_string_equal(query.user, "ci");
	assert_int_equal(query.port, 22);
	assert_hd_ok(hd_connector_init(&c, &err), &err);
	assert_hd_fails(
	    hd_connect(&c, &host, false, &t, &err), &err, HD_ECONNECT);
	assert_string_equal(err.msg,
	    "cannot find the address of 10.0.0.1: port 22, 1500 ms, 0 more, as -");
	hd_connector_done(&c);
}

static void
ssh_config_is_not_read_if_deploy_ini_says_no(void **state)
{
	const struct hd_host host = { .address = "web1", .ssh_config = "no" };

	config = full_config;
	query.host = NULL;
	expect_asked(&host,
	    "ssh web1\n"
	    "user someone\n"
	    "agent -\n"
	    "key ~/.ssh/id_ecdsa\n"
	    "known ~/.ssh/known_hosts\n"
	    "known ~/.ssh/known_hosts2\n"
	    "global /etc/ssh/ssh_known_hosts\n"
	    "global /etc/ssh/ssh_known_hosts2\n",
	    *state);
	assert_null(query.host);
}

static void
a_console_takes_the_way_of_ssh_config(void **state)
{
	const struct hd_host host = { .address = "web1",
		.ssh_config = "/their config",
		.connect_timeout = 10000 };

	(void)state;
	config = full_config;
	config.family = HD_FAMILY_INET6;
	expect_words(&host, SSH
	    "-l deploy -p 2200" ONE_KEY
	    "5 -o HostKeyAlias=web -o AddressFamily=inet6 -o "
	    "BindAddress=10.0.0.9 -o ProxyCommand=ssh -F '/their config' -l me "
	    "-p 22 -W 10.0.0.1:2200 -- bastion -i @/a b -o "
	    "CertificateFile=\"@/known\" -o CertificateFile=\"/etc/known\" "
	    "-o IdentitiesOnly=yes -o IdentityAgent=\"/run/other\" -- "
	    "10.0.0.1 exec " QUOTED);
	config.proxy_jump = NULL;
	config.proxy_command = "nc 100% x";
	config.identities.n = config.certificates.n = 0;
	config.only = false;
	config.agent = "none";
	config.alias = config.bind = NULL;
	config.family = HD_FAMILY_ANY;
	expect_words(&host,
	    SSH "-l deploy -p 2200" ONE_KEY
		"5 -o ProxyCommand=nc 100%% x -- 10.0.0.1 exec " QUOTED);
}

/* Locks and the history of every host contain this text. */
static void
an_invalid_job_is_ignored(void **state)
{
	char longer[4096];
	const struct {
		const char *set, *want;
	} rows[] = {
		{ "https://ci/1?a=b&\303\251", "https://ci/1?a=b&\303\251" },
		{ "x\nexpires 9999999999", NULL },
		{ "\033[2J", NULL },
		{ longer, NULL },
		{ "", NULL },
	};
	const char *const others[] = { "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER",
		"BUILD_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL",
		"CI_STEP_URL", "CI_PIPELINE_URL", "BUILD_BUILDID" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(others); i++)
		unsetenv(others[i]);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_connector c;
		struct hd_err err = { 0 };

		setenv("CI_JOB_URL", rows[i].set, 1);
		assert_int_equal(hd_connector_init(&c, &err), 0);
		unsetenv("CI_JOB_URL");
		if (rows[i].want == NULL)
			assert_null(c.job);
		else
			assert_string_equal(c.job, rows[i].want);
		hd_connector_done(&c);
	}
}

static bool
hurries(struct hd_connector *c, const struct hd_host *host, bool finish)
{
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;

	asked[0] = '\0';
	assert_hd_fails(
	    hd_connect(c, host, finish, &t, &err), &err, HD_ECONNECT);
	return strstr(asked, "hurried\n") != NULL;
}

/* Only before it answered once: later, a lost packet must not cost the host. */
static void
a_run_hurries_only_to_a_host_that_it_can_do_without(void **state)
{
	struct hd_host hosts[2] = { { .address = "web1" },
		{ .address = "web2" } };
	const struct hd_env env = { .hosts = { hosts, 2, 2 } };
	struct hd_connector c;
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(hd_connector_init(&c, &err), &err);
	assert_false(hurries(&c, &hosts[1], false));
	hd_connector_hurry(&c, &env);
	assert_true(hurries(&c, &hosts[0], false));
	assert_true(hurries(&c, &hosts[1], false));
	assert_false(hurries(&c, &hosts[1], true));
	c.answered[1] = true;
	assert_true(hurries(&c, &hosts[0], false));
	assert_false(hurries(&c, &hosts[1], false));
	hd_connector_done(&c);
}

/* The variables that a system sets in a job, and the URL of that job. */
struct job {
	const char *variables[4][2];
	const char *url;
};

static void
set_all(const struct job *job, bool set)
{
	for (size_t i = 0; i < HD_COUNT(job->variables); i++) {
		const char *name = job->variables[i][0];

		if (name != NULL && set)
			setenv(name, job->variables[i][1], 1);
		else if (name != NULL)
			unsetenv(name);
	}
}

static void
each_system_names_the_url_of_its_job(void **state)
{
	static const struct job jobs[] = {
		{ { { "CI_JOB_URL", "https://gitlab/-/jobs/1" },
		      { "CI_PIPELINE_URL", "https://gitlab/-/pipelines/2" } },
		    "https://gitlab/-/jobs/1" },
		{ { { "BUILD_URL", "https://jenkins/job/a/1/" } },
		    "https://jenkins/job/a/1/" },
		{ { { "BUILDKITE_BUILD_URL", "https://buildkite/1" } },
		    "https://buildkite/1" },
		{ { { "CIRCLE_BUILD_URL", "https://circleci/gh/a/1" } },
		    "https://circleci/gh/a/1" },
		{ { { "CI_PIPELINE_URL", "https://wp/repos/7/pipeline/8" },
		      { "CI_STEP_URL", "https://wp/repos/7/pipeline/8/3" } },
		    "https://wp/repos/7/pipeline/8/3" },
		{ { { "GITHUB_SERVER_URL", "https://github.com" },
		      { "GITHUB_REPOSITORY", "a/b" }, { "GITHUB_RUN_ID", "77" },
		      { "GITHUB_RUN_NUMBER", "3" } },
		    "https://github.com/a/b/actions/runs/77" },
		{ { { "GITHUB_SERVER_URL", "https://codeberg.org" },
		      { "GITHUB_REPOSITORY", "a/b" },
		      { "FORGEJO_ACTIONS", "true" },
		      { "GITHUB_RUN_NUMBER", "3" } },
		    "https://codeberg.org/a/b/actions/runs/3" },
		{ { { "GITHUB_SERVER_URL", "https://gitea" },
		      { "GITHUB_REPOSITORY", "a/b" },
		      { "GITEA_ACTIONS", "true" },
		      { "GITHUB_RUN_NUMBER", "4" } },
		    "https://gitea/a/b/actions/runs/4" },
		{ { { "SYSTEM_COLLECTIONURI", "https://dev.azure.com/a/" },
		      { "SYSTEM_TEAMPROJECTID", "c0ffee" },
		      { "BUILD_BUILDID", "9" } },
		    "https://dev.azure.com/a/c0ffee/_build/results?buildId=9" },
		{ { { "SYSTEM_COLLECTIONURI", "https://tfs/b" },
		      { "SYSTEM_TEAMPROJECTID", "c0ffee" },
		      { "BUILD_BUILDID", "9" } },
		    "https://tfs/b/c0ffee/_build/results?buildId=9" },
		{ { { "GITHUB_RUN_ID", "77" }, { "BUILD_BUILDID", "9" } },
		    NULL },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(jobs); i++)
		set_all(&jobs[i], false);
	for (size_t i = 0; i < HD_COUNT(jobs); i++) {
		struct hd_connector c;
		struct hd_err err = { 0 };

		set_all(&jobs[i], true);
		assert_int_equal(hd_connector_init(&c, &err), 0);
		set_all(&jobs[i], false);
		if (jobs[i].url == NULL)
			assert_null(c.job);
		else
			assert_string_equal(c.job, jobs[i].url);
		hd_connector_done(&c);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_plain_host_gets_the_default_files_that_exist),
		TEST(named_files_replace_the_default_ones),
		TEST(a_local_host_is_opened_locally),
		TEST(port_deadline_and_run_as_are_those_of_the_host),
		TEST(a_console_connects_like_hdeploy),
		TEST(ssh_config_fills_what_deploy_ini_leaves_open),
		TEST(deploy_ini_wins_over_ssh_config),
		TEST(ssh_config_is_not_read_if_deploy_ini_says_no),
		TEST(a_console_takes_the_way_of_ssh_config),
		TEST(an_invalid_job_is_ignored),
		TEST(a_run_hurries_only_to_a_host_that_it_can_do_without),
		TEST(each_system_names_the_url_of_its_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
