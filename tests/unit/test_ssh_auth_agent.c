/* Logins with the keys of an ssh-agent. */
#include "tests/support/cmocka_all.h"
#include "tests/support/agent.h"
#include "tests/support/fake_agent.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/digest.h"
#include "transport/keys/wire.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

static const char *const ed25519[] = { "-t", "ed25519", NULL };
static const char *const rsa[] = { "-t", "rsa", "-b", "2048", NULL };

/* Options that use only the agent. */
static struct hd_ssh_opts
agent_opts(struct sshd *d, const char *socket_path)
{
	struct hd_ssh_opts o = sshd_opts(d);

	o.login.nidentities = 0;
	o.login.named = false;
	o.login.agent = socket_path;
	return o;
}

/* Makes the server trust the authority "ca" for users, and no key. */
static void
trust_authority(struct sshd *d)
{
	if (access(sshd_path(d, "ca"), F_OK) < 0)
		sshd_key(d, "ca", ed25519);
	files_write(sshd_path(d, "authorized_keys"), "");
	sshd_config(d, "host",
	    hd_arena_fmt(
		&d->arena, "TrustedUserCAKeys %s", sshd_path(d, "ca.pub")));
}

static void
certify(struct sshd *d, const char *name, const char *times)
{
	files_run((const char *[]){ "ssh-keygen", "-q", "-s",
	    sshd_path(d, "ca"), "-I", "test", "-n", d->user, "-V", times,
	    sshd_path(d, hd_arena_fmt(&d->arena, "%s.pub", name)), NULL });
}

static void
certificates_of_an_agent_log_in(void **state)
{
	static const struct {
		const char *name, *args[6];
	} kinds[] = {
		{ "cert-ed25519", { "-t", "ed25519" } },
		{ "cert-ecdsa", { "-t", "ecdsa" } },
		{ "cert-rsa", { "-t", "rsa", "-b", "2048" } },
	};
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);

	trust_authority(d);
	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		const char *socket_path = sshd_path(d, "agent-c");
		pid_t agent = agent_start(socket_path);
		struct hd_ssh_opts o = agent_opts(d, socket_path);
		const char *key = sshd_key(d, kinds[i].name, kinds[i].args);
		int rc;

		certify(d, kinds[i].name, "always:forever");
		agent_add(key);
		rc = sshd_try(&o, &err);
		agent_stop(agent);
		assert_hd_ok(rc, &err);
	}
}

static void
certificates_in_files_log_in(void **state)
{
	static const struct {
		const char *name, *args[6];
	} kinds[] = {
		{ "file-ed25519", { "-t", "ed25519" } },
		{ "file-ecdsa", { "-t", "ecdsa" } },
		{ "file-rsa", { "-t", "rsa", "-b", "2048" } },
	};
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);

	trust_authority(d);
	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		struct hd_ssh_opts o = sshd_opts(d);
		const char *key = sshd_key(d, kinds[i].name, kinds[i].args);
		const char *cert = hd_arena_fmt(&d->arena, "%s-cert.pub", key);
		const char *other = hd_arena_fmt(&d->arena, "%s.other", key);

		certify(d, kinds[i].name, "always:forever");
		o.login.identities = &key;
		assert_hd_ok(sshd_try(&o, &err), &err);
		assert_int_equal(rename(cert, other), 0);
		assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
		o.login.certificates = (struct hd_ssh_files){ &other, 1 };
		assert_hd_ok(sshd_try(&o, &err), &err);
	}
}

/* With more than five keys in the agent, only this reaches the right one. */
static void
a_file_without_its_secret_selects_the_key_of_the_agent(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	const char *socket_path = sshd_path(d, "agent-p");
	pid_t agent = agent_start(socket_path);
	struct hd_ssh_opts o = agent_opts(d, socket_path);
	const char *chosen = sshd_path(d, "many-7.pub");

	for (int i = 1; i <= 7; i++)
		agent_add(sshd_key(d, hd_arena_fmt(&d->arena, "many-%d", i),
		    i == 7 ? rsa : ed25519));
	sshd_authorize(d, "many-7");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "2 more were not offered");
	o.login.identities = &chosen;
	o.login.nidentities = 1;
	o.login.named = true;
	assert_hd_ok(sshd_try(&o, &err), &err);
	chosen = sshd_path(d, "many-7"); /* an encrypted file does the same */
	files_run((const char *[]){ "ssh-keygen", "-q", "-p", "-m", "PEM", "-N",
	    "secret", "-f", chosen, NULL });
	assert_hd_ok(sshd_try(&o, &err), &err);
	sshd_authorize(d, "id");
	o.login.only = true;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "many-7");
	assert_hd_never_says(&err, "many-1");
	agent_stop(agent);
}

static void
an_expired_certificate_is_said_to_be_expired(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	const char *socket_path = sshd_path(d, "agent-e");
	pid_t agent = agent_start(socket_path);
	struct hd_ssh_opts o = agent_opts(d, socket_path);
	const char *key = sshd_key(d, "old", ed25519);

	trust_authority(d);
	certify(d, "old", "20010101000000Z:20020304050600Z");
	agent_add(key);
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EAUTH);
	assert_hd_says(&err, "expired on 2002-03-04 05:06 UTC");
	sshd_authorize(d, "old");
	assert_hd_ok(sshd_try(&o, &err), &err);
	agent_stop(agent);
}

/* An agent with one key. */
struct one_key {
	struct hd_bytes blob;
	EVP_PKEY *token; /* NULL: refuses to sign, unless old */
	bool old;        /* signs with SHA-1, and badly */
};

static void
list_one(const struct one_key *k, struct hd_str *out)
{
	unsigned char message[2048] = { 12 };
	unsigned char *p = hd_wire_put_u32(message + 1, 1);

	p = hd_wire_put(p, k->blob.p, k->blob.n);
	p = hd_wire_put(p, "one", 3);
	fake_agent_say(out, message, (size_t)(p - message));
}

#define TOKEN "sk-ssh-ed25519@openssh.com"

/* What a security token signs: the hash of its application, flags, a counter
 * and the hash of the data (PROTOCOL.u2f). */
static void
sign_with_token(
    const struct one_key *k, struct hd_bytes data, struct hd_str *out)
{
	unsigned char text[32 + 5 + 32], value[64], blob[256], message[512];
	size_t n = sizeof(value);
	unsigned char *p = blob, *end;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	EVP_Digest("ssh:", 4, text, NULL, EVP_sha256(), NULL);
	memcpy(text + 32, "\1\0\0\0\7", 5);
	EVP_Digest(data.p, data.n, text + 37, NULL, EVP_sha256(), NULL);
	assert_int_equal(
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->token), 1);
	assert_int_equal(EVP_DigestSign(ctx, value, &n, text, sizeof(text)), 1);
	EVP_MD_CTX_free(ctx);
	p = hd_wire_put(p, TOKEN, strlen(TOKEN));
	p = hd_wire_put(p, value, n);
	memcpy(p, text + 32, 5);
	message[0] = 14;
	end = hd_wire_put(message + 1, blob, (size_t)(p + 5 - blob));
	fake_agent_say(out, message, (size_t)(end - message));
}

static void
answer(struct fake_agent *a, const unsigned char *request, size_t n,
    struct hd_str *out)
{
	const struct one_key *k = a->ctx;
	struct hd_wire w = { request + 1, n - 1, false };

	if (request[0] == 11) {
		list_one(k, out);
	} else if (k->token != NULL) {
		(void)hd_wire_string(&w);
		sign_with_token(k, hd_wire_string(&w), out);
	} else if (k->old) {
		fake_agent_say(
		    out, "\x0e\0\0\0\x0f\0\0\0\x07ssh-rsa\0\0\0\0", 20);
	} else {
		fake_agent_say(out, "\5", 1);
	}
}

static struct hd_bytes
blob_of(struct sshd *d, const char *name)
{
	const char *base64 = strchr(sshd_public(d, name), ' ') + 1;
	unsigned char *out = hd_arena_alloc(&d->arena, 2048);
	long n = hd_base64_decode(base64, strlen(base64), out, 2048);

	assert_true(n > 0);
	return (struct hd_bytes){ out, (size_t)n };
}

static int
try_with(struct sshd *d, struct one_key *k, const char *name, int *signs,
    struct hd_err *err)
{
	struct fake_agent a = { .answer = answer, .ctx = k };
	struct hd_ssh_opts o = agent_opts(d, sshd_path(d, name));
	int rc;

	fake_agent_start(&a, o.login.agent);
	rc = sshd_try(&o, err);
	fake_agent_stop(&a);
	*signs = a.signs;
	return rc;
}

static void
an_agent_that_refuses_to_sign_is_to_blame(void **state)
{
	struct hd_err err = { 0 };
	int signs;
	NEEDS_SSHD(d);
	struct one_key k = { .blob = blob_of(d, "id") };

	assert_hd_fails(
	    try_with(d, &k, "refuses", &signs, &err), &err, HD_ELOCAL);
	assert_int_equal(signs, 1);
	assert_hd_says(&err, "would take agent key one for");
	assert_hd_says(&err, "the ssh-agent refused to sign");
	assert_hd_never_says(&err, "authorized_keys");
	files_write(sshd_path(d, "authorized_keys"), "");
	assert_hd_fails(
	    try_with(d, &k, "refused", &signs, &err), &err, HD_EAUTH);
	assert_int_equal(signs, 0);
	assert_hd_never_says(&err, "refused to sign");
	assert_hd_says(&err, "authorized_keys");
}

static void
an_agent_that_only_knows_sha1_is_to_blame(void **state)
{
	struct hd_err err = { 0 };
	int signs;
	NEEDS_SSHD(d);
	struct one_key k = { .old = true };

	sshd_key(d, "old-rsa", rsa);
	sshd_authorize(d, "old-rsa");
	k.blob = blob_of(d, "old-rsa");
	assert_hd_fails(try_with(d, &k, "sha1", &signs, &err), &err, HD_ELOCAL);
	assert_hd_says(&err, "would take agent key one for");
	assert_hd_says(&err, "signs only with SHA-1");
	assert_hd_never_says(&err, "authorized_keys");
}

static void
an_agent_without_keys_may_be_locked(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	const char *socket_path = sshd_path(d, "empty");
	pid_t agent = agent_start(socket_path);
	struct hd_ssh_opts o = agent_opts(d, socket_path);

	assert_hd_fails(sshd_try(&o, &err), &err, HD_ELOCAL);
	assert_hd_says(&err, "it has no keys, or is locked (ssh-add -X");
	assert_hd_never_says(&err, "authorized_keys");
	agent_stop(agent);
}

/* libssh2's own agent client cannot do this. */
static void
the_key_of_a_security_token_logs_in(void **state)
{
	unsigned char public[32], blob[256], *p = blob;
	HD_AUTO_STR base64 = HD_STR_INIT(1024);
	size_t n = sizeof(public);
	struct hd_err err = { 0 };
	int signs, rc;
	NEEDS_SSHD(d);
	struct one_key k = { .token =
				 EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") };

	assert_int_equal(EVP_PKEY_get_raw_public_key(k.token, public, &n), 1);
	p = hd_wire_put(p, TOKEN, strlen(TOKEN));
	p = hd_wire_put(p, public, n);
	p = hd_wire_put(p, "ssh:", 4);
	k.blob = (struct hd_bytes){ blob, (size_t)(p - blob) };
	hd_base64_encode(blob, k.blob.n, &base64);
	files_write(sshd_path(d, "authorized_keys"),
	    hd_arena_fmt(&d->arena, TOKEN " %s\n", base64.ptr));
	rc = try_with(d, &k, "token", &signs, &err);
	EVP_PKEY_free(k.token);
	assert_hd_ok(rc, &err);
	assert_int_equal(signs, 1);
}

/* A new sshd says before that it takes no RSA signatures, and libssh2 gives up
 * on the key; an old one refuses it. */
static void
a_key_after_an_rsa_key_that_the_server_cannot_take_logs_in(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	const char *socket_path = sshd_path(d, "agent-r");
	pid_t agent = agent_start(socket_path);
	struct hd_ssh_opts o = agent_opts(d, socket_path);

	agent_add(sshd_key(d, "first-rsa", rsa));
	agent_add(sshd_key(d, "next-rsa", rsa));
	agent_add(sshd_path(d, "id"));
	sshd_config(d, "host", "PubkeyAcceptedAlgorithms ssh-ed25519");
	assert_hd_ok(sshd_try(&o, &err), &err);
	agent_stop(agent);
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(certificates_of_an_agent_log_in),
		TEST(certificates_in_files_log_in),
		TEST(a_file_without_its_secret_selects_the_key_of_the_agent),
		TEST(an_expired_certificate_is_said_to_be_expired),
		TEST(an_agent_that_refuses_to_sign_is_to_blame),
		TEST(an_agent_that_only_knows_sha1_is_to_blame),
		TEST(an_agent_without_keys_may_be_locked),
		TEST(the_key_of_a_security_token_logs_in),
		TEST(
		    a_key_after_an_rsa_key_that_the_server_cannot_take_logs_in),
	};

	return cmocka_run_group_tests_name(
	    "ssh_auth_agent", tests, sshd_setup, sshd_teardown);
}
