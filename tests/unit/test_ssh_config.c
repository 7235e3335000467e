#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "transport/ssh.h"
#include "transport/ssh_config.h"

#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	struct hd_arena arena;
	struct hd_ssh_client *client;
	char folder[64];
	const char *file;
};

static int
setup(void **state)
{
	struct fixture *f = hd_alloc(sizeof(*f));
	struct hd_err err = { 0 };

	files_folder(f->folder);
	f->file = hd_arena_fmt(&f->arena, "%s/config", f->folder);
	setenv("HDEPLOY_TEST", "from/env", 1);
	*state = f;
	return hd_ssh_client_new(&f->client, &err);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	hd_ssh_client_free(f->client);
	files_remove(f->folder);
	hd_arena_done(&f->arena);
	free(f);
	return 0;
}

#define NEEDS_SSH(f)                                                           \
	struct fixture *f = *state;                                            \
	if (access("/usr/bin/ssh", X_OK) < 0 || getpwuid(getuid()) == NULL)    \
	skip()

static int
ask(const struct hd_ssh_config **out, struct fixture *f, const char *host,
    const char *user, unsigned port, struct hd_err *err)
{
	const struct hd_ssh_query q = { f->file, host, user, port, false };

	return hd_ssh_config_get(out, f->client, &q, HD_CANCEL_NEVER, err);
}

static const struct hd_ssh_config *
get(struct fixture *f, const char *text, const char *host)
{
	const struct hd_ssh_config *c = NULL;
	struct hd_err err = { 0 };

	files_write(f->file, text);
	assert_hd_ok(ask(&c, f, host, NULL, 0, &err), &err);
	assert_null(c->unread);
	return c;
}

static void
assert_list(const struct hd_strs *list, const char *expect)
{
	HD_AUTO_STR all = HD_STR_INIT(64 * 1024);

	for (size_t i = 0; i < list->n; i++)
		hd_str_addf(&all, "%s%s", i > 0 ? "|" : "", list->v[i]);
	assert_string_equal(all.ptr, expect);
}

static void
an_empty_file_names_no_key_and_the_usual_known_hosts(void **state)
{
	NEEDS_SSH(f);
	const struct hd_ssh_config *c = get(f, "", "web1");
	struct passwd *pw = getpwuid(getuid());

	assert_string_equal(c->hostname, "web1");
	assert_string_equal(c->user, pw->pw_name);
	assert_int_equal(c->port, 22);
	assert_int_equal(c->identities.n, 0);
	assert_int_equal(c->certificates.n, 0);
	assert_int_equal(c->revoked.n, 0);
	assert_int_equal(c->connect_ms, 0);
	assert_int_equal(c->silence_ms, 0);
	assert_null(c->proxy_jump);
	assert_null(c->proxy_command);
	assert_null(c->alias);
	assert_null(c->agent);
	assert_null(c->bind);
	assert_false(c->only);
	assert_false(c->lax);
	assert_list(&c->user_known,
	    hd_arena_fmt(&f->arena, "%s/.ssh/known_hosts|%s/.ssh/known_hosts2",
		pw->pw_dir, pw->pw_dir));
}

static void
every_option_arrives(void **state)
{
	NEEDS_SSH(f);
	const struct hd_ssh_config *c = get(f,
	    "Host web1\n"
	    " HostName 10.0.0.1\n User dep\n Port 2200\n"
	    " IdentityFile \"/k/a b\"\n IdentityFile /k/c\n IdentitiesOnly yes\n"
	    " CertificateFile /k/c-cert.pub\n IdentityAgent /run/agent\n"
	    " UserKnownHostsFile /x/known \"/with space/known\"\n"
	    " GlobalKnownHostsFile /g/known\n HostKeyAlias Web\n"
	    " ProxyJump a@j1:24,j2\n ConnectTimeout 7\n"
	    " ServerAliveInterval 20\n AddressFamily inet6\n"
	    " BindAddress ::1\n StrictHostKeyChecking accept-new\n"
	    " RevokedHostKeys /x/revoked\n",
	    "web1");

	assert_string_equal(c->hostname, "10.0.0.1");
	assert_string_equal(c->user, "dep");
	assert_int_equal(c->port, 2200);
	assert_list(&c->identities, "/k/a b|/k/c");
	assert_list(&c->certificates, "/k/c-cert.pub");
	assert_true(c->only);
	assert_string_equal(c->agent, "/run/agent");
	assert_list(&c->user_known, "/x/known|/with space/known");
	assert_list(&c->global_known, "/g/known");
	assert_list(&c->revoked, "/x/revoked");
	assert_string_equal(c->alias, "web");
	assert_string_equal(c->proxy_jump, "a@j1:24,j2");
	assert_int_equal(c->connect_ms, 7000);
	assert_int_equal(c->silence_ms, 20000);
	assert_int_equal(c->family, HD_FAMILY_INET6);
	assert_string_equal(c->bind, "::1");
	assert_true(c->lax);
}

/* ssh itself shows what the tokens stand for. */
static void
tokens_are_expanded_as_ssh_does(void **state)
{
	NEEDS_SSH(f);
	const struct hd_ssh_config *c = get(f,
	    "HostName %h.example\nUser dep\nPort 2200\nHostKeyAlias ali\n"
	    "IdentityFile /%h/%n/%p/%r/%u/%i/%k/%L/%l/%%/%C\n"
	    "IdentityFile ~/x/%d\nIdentityFile ${HDEPLOY_TEST}/k\n"
	    "CertificateFile ~root/c\n"
	    "UserKnownHostsFile /%h/%n/%p/%r/%u/%i/%k/%L/%l/%%/%C ~/known\n"
	    "ProxyCommand nc '%h' %p %n %r 100%%\n",
	    "web1");
	struct passwd *pw = getpwuid(getuid());
	struct passwd *root = getpwnam("root");

	assert_int_equal(c->identities.n, 3);
	assert_int_equal(c->user_known.n, 2);
	assert_string_equal(c->identities.v[0], c->user_known.v[0]);
	assert_memory_equal(
	    c->identities.v[0], "/web1.example/web1/2200/dep/", 28);
	assert_string_equal(c->identities.v[1],
	    hd_arena_fmt(&f->arena, "%s/x/%s", pw->pw_dir, pw->pw_dir));
	assert_string_equal(c->identities.v[2], "from/env/k");
	assert_string_equal(c->certificates.v[0],
	    hd_arena_fmt(&f->arena, "%s/c", root->pw_dir));
	assert_string_equal(c->user_known.v[1],
	    hd_arena_fmt(&f->arena, "%s/known", pw->pw_dir));
	assert_string_equal(
	    c->proxy_command, "nc 'web1.example' 2200 web1 dep 100%");
}

static void
none_is_an_empty_list_or_no_agent(void **state)
{
	NEEDS_SSH(f);
	const struct hd_ssh_config *c = get(f,
	    "IdentityFile none\nUserKnownHostsFile none\nIdentityAgent none\n"
	    "ProxyJump none\nProxyCommand none\nConnectTimeout none\n",
	    "web1");

	assert_int_equal(c->identities.n, 0);
	assert_int_equal(c->user_known.n, 0);
	assert_string_equal(c->agent, "none");
	assert_null(c->proxy_jump);
	assert_null(c->proxy_command);
	c = get(f, "IdentityAgent $HDEPLOY_TEST\n", "web2");
	assert_string_equal(c->agent, "from/env");
	c = get(f, "IdentityAgent SSH_AUTH_SOCK\n", "web3");
	assert_null(c->agent);
}

static void
included_and_matching_sections_count(void **state)
{
	NEEDS_SSH(f);
	const char *more = hd_arena_fmt(&f->arena, "%s/more", f->folder);
	const struct hd_ssh_config *c;
	struct hd_err err = { 0 };

	files_write(more, "Host web*\n Port 2201\n");
	files_write(
	    f->file, hd_arena_fmt(&f->arena,
			 "Include %s\nMatch user ops\n HostKeyAlias for-ops\n"
			 "Match exec \"test %%h = web2\"\n BindAddress ::1\n",
			 more));
	assert_hd_ok(ask(&c, f, "web2", NULL, 0, &err), &err);
	assert_int_equal(c->port, 2201);
	assert_string_equal(c->bind, "::1");
	assert_null(c->alias);
	assert_hd_ok(ask(&c, f, "web1", "ops", 22, &err), &err);
	assert_int_equal(c->port, 22);
	assert_string_equal(c->user, "ops");
	assert_string_equal(c->alias, "for-ops");
	assert_null(c->bind);
}

static void
a_wrong_line_is_quoted_with_its_place(void **state)
{
	NEEDS_SSH(f);
	const struct hd_ssh_config *c;
	struct hd_err err = { 0 };

	files_write(f->file, "Host web1\n FooBar yes\n Port abc\n");
	assert_hd_fails(ask(&c, f, "web1", NULL, 0, &err), &err, HD_ELOCAL);
	assert_string_equal(err.msg,
	    hd_arena_fmt(&f->arena,
		"ssh_config, for web1: %s: line 2: Bad configuration option: "
		"foobar; %s line 3: Bad port 'abc'.",
		f->file, f->file));
	files_write(f->file, "IdentityFile /%z\n");
	assert_hd_fails(ask(&c, f, "web2", NULL, 0, &err), &err, HD_ELOCAL);
	assert_string_equal(err.msg,
	    "ssh_config, for web2: IdentityFile of ssh_config: ssh does not know "
	    "%z there");
	files_write(f->file, "IdentityFile ${HDEPLOY_UNSET}/x\n");
	assert_hd_fails(ask(&c, f, "web3", NULL, 0, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "HDEPLOY_UNSET is not set"));
	unlink(f->file);
	assert_hd_fails(ask(&c, f, "web4", NULL, 0, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "No such file or directory"));
}

static void
a_name_cannot_be_an_option(void **state)
{
	struct fixture *f = *state;
	const struct hd_ssh_config *c;
	struct hd_err err = { 0 };

	assert_hd_fails(
	    ask(&c, f, "-oProxyCommand=id", NULL, 0, &err), &err, HD_ELOCAL);
}

static void *
ask_web1(void *arg)
{
	struct fixture *f = arg;
	const struct hd_ssh_config *c;
	struct hd_err err = { 0 };

	return ask(&c, f, "web1", NULL, 0, &err) == 0 && c->port == 77 ? NULL
								       : arg;
}

enum { THREADS = 12 };

static void
equal_questions_are_asked_once(void **state)
{
	NEEDS_SSH(f);
	pthread_t threads[THREADS];
	char *log;

	files_write(f->file,
	    hd_arena_fmt(&f->arena,
		"Match exec \"echo %%h >>%s/log\"\n Port 77\n", f->folder));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, ask_web1, f), 0);
	for (int i = 0; i < THREADS; i++) {
		void *failed = NULL;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	log = files_text(hd_arena_fmt(&f->arena, "%s/log", f->folder));
	assert_string_equal(log, "web1\n");
	free(log);
}

static void
without_an_ssh_client_nothing_is_read(void **state)
{
	struct fixture *f = *state;
	char *path = hd_strdup(getenv("PATH"));
	const struct hd_ssh_config *c;
	struct hd_err err = { 0 };
	int rc;

	setenv("PATH", f->folder, 1);
	rc = ask(&c, f, "web1", NULL, 0, &err);
	setenv("PATH", path, 1);
	free(path);
	assert_hd_ok(rc, &err);
	assert_non_null(c->unread);
	assert_null(c->hostname);
}

static void
another_ssh_client_is_not_an_error(void **state)
{
	struct fixture *f = *state;
	char *path = hd_strdup(getenv("PATH"));
	const char *own = hd_arena_fmt(&f->arena, "%s/ssh", f->folder);
	const struct hd_ssh_config *c;
	struct hd_err err = { 0 };
	int rc;

	files_write(own, "#!/bin/sh\necho 'Usage: dbclient [options]' >&2\n"
			 "exit 1\n");
	chmod(own, 0755);
	setenv("PATH", hd_arena_fmt(&f->arena, "%s:%s", f->folder, path), 1);
	rc = ask(&c, f, "web1", NULL, 0, &err);
	setenv("PATH", path, 1);
	free(path);
	assert_hd_ok(rc, &err);
	assert_string_equal(c->unread,
	    "the ssh client of this machine does not know -G, so ssh_config "
	    "was not read");
}

static int
read_text(struct hd_ssh_config *c, struct fixture *f, const char *text,
    struct hd_err *err)
{
	const struct hd_ssh_tokens t = { "web1", "/home/me", "me", "1000",
		"laptop.example" };

	return hd_ssh_config_read(c, text, &t, &f->arena, err);
}

#define LEAST "hostname h\nuser u\nport 22\n"

/* Versions before 8.4 leave the tilde of known_hosts to us. */
static void
output_of_older_versions_is_understood(void **state)
{
	struct fixture *f = *state;
	struct hd_ssh_config c;
	struct hd_err err = { 0 };

	assert_hd_ok(read_text(&c, f,
			 LEAST "userknownhostsfile ~/.ssh/a ~/b c /d\n"
			       "identityagent ~/agent\r\n"
			       "IdentityFile ~/k%L\n",
			 &err),
	    &err);
	assert_list(&c.user_known, "/home/me/.ssh/a|/home/me/b c|/d");
	assert_string_equal(c.agent, "/home/me/agent");
	assert_list(&c.identities, "/home/me/klaptop");
}

static void
unusable_output_is_an_error(void **state)
{
	static const char *const rows[] = { "", "hostname h\nuser u\n",
		"hostname h\nuser u\nport 99999\n", "hostname\nuser\nport\n",
		"hostname -h\nuser u\nport 22\n", LEAST "identityfile %\n",
		LEAST "proxycommand %d\n" };
	struct fixture *f = *state;
	struct hd_ssh_config c;
	struct hd_err err = { 0 };

	for (size_t i = 0; i < HD_COUNT(rows); i++)
		assert_hd_fails(
		    read_text(&c, f, rows[i], &err), &err, HD_ELOCAL);
}

static void
a_user_with_a_backslash_never_reaches_a_shell(void **state)
{
	struct fixture *f = *state;
	struct hd_ssh_config c;
	struct hd_err err = { 0 };

	assert_hd_fails(
	    read_text(&c, f,
		"hostname h\nuser dom\\u\nport 22\nproxycommand nc %r\n", &err),
	    &err, HD_ELOCAL);
	assert_hd_ok(
	    read_text(&c, f,
		"hostname h\nuser dom\\u\nport 22\nproxycommand nc %h\n", &err),
	    &err);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_file_names_no_key_and_the_usual_known_hosts),
		TEST(every_option_arrives),
		TEST(tokens_are_expanded_as_ssh_does),
		TEST(none_is_an_empty_list_or_no_agent),
		TEST(included_and_matching_sections_count),
		TEST(a_wrong_line_is_quoted_with_its_place),
		TEST(a_name_cannot_be_an_option),
		TEST(equal_questions_are_asked_once),
		TEST(without_an_ssh_client_nothing_is_read),
		TEST(another_ssh_client_is_not_an_error),
		TEST(output_of_older_versions_is_understood),
		TEST(unusable_output_is_an_error),
		TEST(a_user_with_a_backslash_never_reaches_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
