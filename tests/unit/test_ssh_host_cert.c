/* Host certificates against a real sshd, side by side with ssh. */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

#define OLD "20200101000000:20200102000000"
#define NEW "20990101000000:20991231000000"

/* The keys that letters in known_hosts lines mean. */
static const struct {
	char letter;
	const char *name;
} keys[] = {
	{ 'H', "host" },
	{ 'O', "other" },
	{ 'C', "ca" },
	{ 'D', "ca-other" },
	{ 'E', "ca-ecdsa" },
	{ 'R', "ca-rsa" },
	{ 'K', "host-rsa" },
};

static int
setup(void **state)
{
	static const char *const ed25519[] = { "-t", "ed25519", NULL };
	static const char *const rsa[] = { "-t", "rsa", "-b", "2048", NULL };
	static const char *const p384[] = { "-t", "ecdsa", "-b", "384", NULL };
	static const char *const p521[] = { "-t", "ecdsa", "-b", "521", NULL };
	int rc = sshd_setup(state);

	if (rc != 0 || *state == NULL)
		return rc;
	sshd_key(*state, "other", ed25519);
	sshd_key(*state, "ca", ed25519);
	sshd_key(*state, "ca-other", ed25519);
	sshd_key(*state, "ca-ecdsa", p521);
	sshd_key(*state, "ca-rsa", rsa);
	sshd_key(*state, "host-rsa", rsa);
	sshd_key(*state, "host-ecdsa", p384);
	return 0;
}

static const char *
name_of(char letter)
{
	for (size_t i = 0; i < HD_COUNT(keys); i++)
		if (keys[i].letter == letter)
			return keys[i].name;
	return NULL;
}

static void
know(struct sshd *d, const char *lines)
{
	HD_AUTO_STR out = HD_STR_INIT(64 * 1024);

	for (const char *p = lines; *p != '\0'; p++) {
		const char *name = name_of(*p);

		if (name != NULL)
			hd_str_add(&out, sshd_public(d, name));
		else
			hd_str_addn(&out, p, 1);
	}
	hd_str_add(&out, "\n");
	sshd_know(d, out.ptr);
}

/* Signs NAME.pub with the authority CA and these options of ssh-keygen, which
 * spaces separate. */
static void
certify(struct sshd *d, const char *name, const char *ca, const char *options)
{
	const char *argv[32] = { "ssh-keygen", "-q", "-s", sshd_path(d, ca),
		"-I", "test" };
	size_t n = 6;
	char words[256], *save = NULL;

	snprintf(words, sizeof(words), "%s", options);
	for (char *w = strtok_r(words, " ", &save); w != NULL;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	argv[n] = sshd_path(d, hd_arena_fmt(&d->arena, "%s.pub", name));
	files_run(argv);
}

static void
serve(struct sshd *d, const char *name)
{
	sshd_config(d, name,
	    hd_arena_fmt(
		&d->arena, "HostCertificate %s-cert.pub", sshd_path(d, name)));
}

/* Whether ssh reaches the host with the same files and strict checking. */
static bool
ssh_agrees(struct sshd *d, bool accepted)
{
	const char *argv[] = { "ssh", "-F", "none", "-o", "BatchMode=yes", "-o",
		"StrictHostKeyChecking=yes", "-o",
		"GlobalKnownHostsFile=/dev/null", "-o",
		hd_arena_fmt(&d->arena, "UserKnownHostsFile=%s",
		    sshd_path(d, "known_hosts")),
		"-o", "IdentitiesOnly=yes", "-i", sshd_path(d, "id"), "-p",
		hd_arena_fmt(&d->arena, "%u", d->port), "-l", d->user,
		d->address, "true", NULL };
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return (status == 0) == accepted;
}

#define VALID "-h -n 127.0.0.1"

static const struct {
	const char *key, *ca, *options; /* of the certificate */
	const char *known;
	const char *says; /* NULL: accepted */
} rows[] = {
	{ "host", "ca", VALID, "@cert-authority * C", NULL },
	{ "host", "ca", VALID, "@cert-authority 127.0.0.1 C", NULL },
	{ "host", "ca", VALID, "@cert-authority %s C", NULL },
	{ "host", "ca-ecdsa", VALID, "@cert-authority * E", NULL },
	{ "host", "ca-rsa", VALID, "@cert-authority * R", NULL },
	{ "host", "ca-rsa", "-t rsa-sha2-256 " VALID, "@cert-authority * R",
	    NULL },
	{ "host", "ca-rsa", "-t ssh-rsa " VALID, "@cert-authority * R",
	    "SHA-1" },
	{ "host-rsa", "ca", VALID, "@cert-authority * C", NULL },
	{ "host-ecdsa", "ca", VALID, "@cert-authority * C", NULL },
	{ "host", "ca", "-h -n db,127.0.0.10", "@cert-authority * C",
	    "it is not for 127.0.0.1, but for db, 127.0.0.10: the host key" },
	{ "host", "ca", VALID " -V " OLD, "@cert-authority * C",
	    "it expired at 2020-01-0" },
	{ "host", "ca", VALID " -V " NEW, "@cert-authority * C",
	    "it is not valid before 20" },
	{ "host", "ca", "-n 127.0.0.1", "@cert-authority * C",
	    "user's certificate" },
	{ "host", "ca", VALID " -O critical:x=y", "@cert-authority * C",
	    "critical option" },
	{ "host", "ca", VALID " -O extension:x=y", "@cert-authority * C",
	    NULL },
	/* authorities */
	{ "host", "ca-other", VALID, "@cert-authority * C",
	    "was signed by another one: ssh-ed25519 SHA256:" },
	{ "host", "ca-other", VALID,
	    "@cert-authority * C\n"
	    "@cert-authority * D",
	    NULL },
	{ "host", "ca", VALID, "@cert-authority db C", "is unknown" },
	{ "host", "ca", VALID, "* C", "HAS CHANGED" },
	{ "host", "ca", VALID, "@cert-authority * C\n@revoked * C",
	    "AUTHORITY OF 127.0.0.1 port" },
	{ "host", "ca", VALID, "@cert-authority * C\n@revoked * H",
	    "IS REVOKED" },
	{ "host", "ca", VALID, "@cert-authority * C\n@revoked * O", NULL },
	/* with plain keys */
	{ "host", "ca", VALID, "@cert-authority * C\n%s O", NULL },
	{ "host", "ca", VALID " -V " OLD, "@cert-authority * C\n%s H", NULL },
	{ "host", "ca", VALID " -V " OLD, "@cert-authority * C\n%s O",
	    "HAS CHANGED" },
	{ "host", "ca", VALID, "@cert-authority * C\n%s H\n@revoked * C",
	    "IS REVOKED" },
	{ "host", "ca", VALID, "@cert-authority * D\n%s H", NULL },
	{ "host", "ca", VALID, "%s H\n@revoked * C", "IS REVOKED" },
	{ "host", "ca", VALID, "%s H\n@revoked * O", NULL },
};

static void
certificates_are_judged_as_by_ssh(void **state)
{
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_err err = { 0 };
		bool accepted = rows[i].says == NULL;
		int rc;

		certify(d, rows[i].key, rows[i].ca, rows[i].options);
		serve(d, rows[i].key);
		know(d, rows[i].known);
		rc = sshd_try(&o, &err);
		if (rc != (accepted ? 0 : -1) ||
		    (!accepted && (err.code != HD_EHOSTKEY ||
				      strstr(err.msg, rows[i].says) == NULL)))
			fail_msg("row %zu: %d %s", i, err.code, err.msg);
		if (!ssh_agrees(d, accepted))
			fail_msg("row %zu: ssh does not agree", i);
	}
}

/* ssh 9.2 refuses the first and accepts the second; ssh 10.3 does the opposite.
 * hdeploy accepts only what both accept. */
static void
only_the_exact_name_counts(void **state)
{
	static const struct {
		const char *options, *says;
	} cases[] = {
		{ "-h -n db,127.0.0.*",
		    "it is not for 127.0.0.1, but for db, 127.0.0.*" },
		{ "-h", "it names no host" },
	};
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	know(d, "@cert-authority * C");
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct hd_err err = { 0 };

		certify(d, "host", "ca", cases[i].options);
		serve(d, "host");
		assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
		assert_non_null(strstr(err.msg, cases[i].says));
	}
}

static void
a_host_without_a_certificate_needs_a_recorded_key(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	sshd_config(d, "host", "");
	know(d, "@cert-authority * C");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg, "the host shows no certificate: the"));
	know(d, "@cert-authority * C\n%s H");
	assert_hd_ok(sshd_try(&o, &err), &err);
}

/* Other names and types of key do not lead to another key. */
static void
only_the_key_in_the_certificate_is_accepted(void **state)
{
	struct hd_host_key key;
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	certify(d, "host-rsa", "ca", VALID);
	sshd_config(d, "host host-rsa host-ecdsa",
	    hd_arena_fmt(&d->arena, "HostCertificate %s-cert.pub",
		sshd_path(d, "host-rsa")));
	know(d, "@cert-authority * C");
	assert_hd_ok(sshd_try(&o, &err), &err);
	assert_true(ssh_agrees(d, true));
	assert_hd_ok(hd_ssh_host_key(&key, &o, &err), &err);
	assert_true(key.known);
	assert_string_equal(key.type, "ssh-rsa");
	hd_host_key_done(&key);
	/* the name of a HostKeyAlias must be in the certificate, too */
	o.trust.name = "web1";
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg, "it is not for web1, but for 127.0"));
}

/* The authority is revoked: hdeploy refuses before it connects for itself. */
static void
every_usual_key_exchange_gets_a_certificate(void **state)
{
	static const char *const kex[] = { "curve25519-sha256",
		"curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
		"diffie-hellman-group14-sha256",
		"diffie-hellman-group16-sha512",
		"diffie-hellman-group18-sha512" };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	certify(d, "host", "ca", VALID);
	know(d, "@cert-authority * C\n@revoked * C");
	for (size_t i = 0; i < HD_COUNT(kex); i++) {
		struct hd_err err = { 0 };

		sshd_config(d, "host",
		    hd_arena_fmt(&d->arena,
			"KexAlgorithms %s\nHostCertificate %s-cert.pub", kex[i],
			sshd_path(d, "host")));
		assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
		if (strstr(err.msg, "AUTHORITY OF 127.0.0.1 port") == NULL)
			fail_msg("%s: %s", kex[i], err.msg);
	}
}

/* Counts the connections that the log of sshd has. */
static unsigned
connections(struct sshd *d)
{
	char *log = files_text(sshd_path(d, "log"));
	unsigned n = 0;

	for (const char *p = log; (p = strstr(p, "Connection from")) != NULL;)
		n++, p++;
	free(log);
	return n;
}

static void *
open_one(void *arg)
{
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };

	if (hd_ssh_open(&t, arg, &err) < 0)
		return NULL;
	hd_tp_close(t);
	return arg;
}

static void
a_server_is_asked_once_in_a_run(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	pthread_t threads[5];

	certify(d, "host", "ca", VALID);
	sshd_config(d, "host",
	    hd_arena_fmt(&d->arena,
		"LogLevel VERBOSE\nHostCertificate %s-cert.pub",
		sshd_path(d, "host")));
	know(d, "@cert-authority * C");
	files_write(sshd_path(d, "log"), "");
	assert_hd_ok(hd_ssh_client_new(&o.client, &err), &err);
	for (size_t i = 0; i < HD_COUNT(threads); i++)
		pthread_create(&threads[i], NULL, open_one, &o);
	for (size_t i = 0; i < HD_COUNT(threads); i++) {
		void *ok;

		pthread_join(threads[i], &ok);
		assert_non_null(ok);
	}
	hd_ssh_client_free(o.client);
	assert_int_equal(connections(d), HD_COUNT(threads) + 1);
}

static void
a_silent_server_is_given_up_in_time(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	int64_t start = hd_clock_ms();
	int listener = silent_listener(&o.port);

	know(d, "@cert-authority * C");
	o.net.connect_ms = 500;
	o.net.retries = 0;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ECONNECT);
	assert_true(hd_clock_ms() - start < 5000);
	close(listener);
	assert_hd_fails(sshd_try(&o, &err), &err, HD_ECONNECT);
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(certificates_are_judged_as_by_ssh),
		TEST(only_the_exact_name_counts),
		TEST(a_host_without_a_certificate_needs_a_recorded_key),
		TEST(only_the_key_in_the_certificate_is_accepted),
		TEST(every_usual_key_exchange_gets_a_certificate),
		TEST(a_server_is_asked_once_in_a_run),
		TEST(a_silent_server_is_given_up_in_time),
	};

	return cmocka_run_group_tests_name(
	    "ssh_host_cert", tests, setup, sshd_teardown);
}
