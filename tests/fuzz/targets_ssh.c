/* Parsers of the bytes that SSH servers and agents send, and of keys. */
#include "tests/fuzz/targets.h"

#include "core/base/attr.h"
#include "core/base/alloc.h"
#include "transport/keys/ssh_cert.h"
#include "transport/keys/ssh_key_read.h"
#include "transport/keys/ssh_key_variable.h"
#include "transport/known_hosts/host_cert.h"
#include "transport/sftp_wire.h"
#include "transport/ssh_agent.h"
#include "transport/ssh_config.h"
#include "transport/ssh_preface.h"

#include <string.h>

void
fuzz_agent(const uint8_t *data, size_t n)
{
	const struct hd_bytes message = { data, n };
	struct ssh_agent_keys keys = { 0 };
	HD_AUTO_ARENA arena = { 0 };
	struct ssh_signature s;

	if (ssh_agent_read_keys(message, &arena, &keys))
		for (size_t i = 0; i < keys.n; i++)
			FUZZ_EXPECT(keys.v[i].blob.p >= data &&
				    keys.v[i].blob.n <= n &&
				    strlen(keys.v[i].comment) <= n);
	if (ssh_agent_read_signature(message, &s))
		FUZZ_EXPECT(s.algorithm.n + s.value.n + s.rest.n < n);
}

void
fuzz_cert(const uint8_t *data, size_t n)
{
	const struct hd_bytes blob = { data, n };
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR why = HD_STR_INIT(1024);
	struct ssh_cert c;

	if (!ssh_cert_read(&c, blob))
		return;
	FUZZ_EXPECT(ssh_cert_is(blob));
	FUZZ_EXPECT(ssh_cert_is_about(&c, ssh_cert_key(&c, &arena)));
	FUZZ_EXPECT((hd_host_cert_check(&c, "web1.example.com", 1, &why) ==
			HD_HOST_CERT_GOOD) == (why.len == 0));
	FUZZ_EXPECT(c.body.n + 4 + c.signature.n == n);
	if (c.names.n == 0)
		FUZZ_EXPECT(ssh_cert_names(&c, "root"));
	else
		(void)ssh_cert_names(&c, "root");
}

/* A number that depends on all answers of the stream, which arrives in pieces
 * of this size. */
static uint64_t
sum_answers(const uint8_t *p, size_t n, size_t piece)
{
	struct sftp_reader reader = { 0 };
	uint64_t sum = 0;

	while (n > 0) {
		size_t left = piece < n ? piece : n;

		n -= left;
		while (left > 0) {
			struct sftp_reply r;
			int rc = sftp_read(&reader, &p, &left, &r);

			if (rc < 0)
				return sum + 1;
			if (rc == 0)
				continue;
			FUZZ_EXPECT(r.handle.n <= SFTP_HANDLE_MAX);
			sum = (sum + r.type + r.id + r.code + r.handle.n) * 31;
		}
	}
	return sum;
}

void
fuzz_sftp(const uint8_t *data, size_t n)
{
	FUZZ_EXPECT(sum_answers(data, n, n) == sum_answers(data, n, 1));
}

void
fuzz_preface(const uint8_t *data, size_t n)
{
	static const char *const ours[SSH_LISTS] = { "curve25519-sha256",
		"ssh-ed25519", "aes256-ctr", "aes256-ctr", "hmac-sha2-256",
		"hmac-sha2-256", "none", "none" };
	HD_AUTO_STR why = HD_STR_INIT(1024);
	struct ssh_preface p;
	char words[100] = "";

	ssh_preface_init(&p);
	for (size_t at = 0, piece = 1; at < n; at += piece, piece *= 2)
		ssh_preface_take(
		    &p, data + at, piece < n - at ? piece : n - at);
	ssh_preface_words(&p, words, sizeof(words));
	for (const char *c = words; *c != '\0'; c++)
		FUZZ_EXPECT(*c >= ' ' && *c < 0x7f);
	FUZZ_EXPECT(!p.offered || ssh_preface_greeted(&p));
	if (p.offered && ssh_kexinit_explain(&p.offer, ours, &why))
		FUZZ_EXPECT(why.len > 0 && strpbrk(why.ptr, "\n\x1b") == NULL);
	ssh_preface_done(&p);
}

static void
check_key(const struct ssh_key *k)
{
	FUZZ_EXPECT((k->state == SSH_KEY_PLAIN) == (k->text != NULL));
	FUZZ_EXPECT((k->state == SSH_KEY_ENCRYPTED) == (k->sealed != NULL));
	FUZZ_EXPECT((k->state == SSH_KEY_PUBLIC ||
			k->state == SSH_KEY_UNUSABLE) == (k->why != NULL));
	FUZZ_EXPECT(k->state != SSH_KEY_PUBLIC || k->public.n > 0);
}

/* What libssh2 gets is a key without encryption, the same one. */
static void
check_text(const struct ssh_key *k)
{
	struct ssh_key *again = ssh_key_new("AGAIN");

	ssh_key_read(again, k->text, k->len);
	FUZZ_EXPECT(again->state == SSH_KEY_PLAIN);
	FUZZ_EXPECT(hd_bytes_equal(again->opened, k->opened));
	ssh_key_free(again);
}

void
fuzz_key(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	const char *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct ssh_key *k = ssh_key_new("KEY"), *v;

	ssh_key_read(k, text, n);
	check_key(k);
	/* decrypting one that costs more is slow, and the same */
	if (k->state == SSH_KEY_ENCRYPTED && k->cost == 1)
		FUZZ_EXPECT((ssh_key_open(k, "secret", HD_CANCEL_NEVER) ==
				SSH_KEY_OPENED) == (k->text != NULL));
	if (k->text != NULL)
		check_text(k);
	ssh_key_free(k);
	v = ssh_key_variable("KEY", text);
	FUZZ_EXPECT(v->state == SSH_KEY_PLAIN || v->state == SSH_KEY_PUBLIC ||
		    v->state == SSH_KEY_ENCRYPTED || v->why != NULL);
	ssh_key_free(v);
}

void
fuzz_ssh_config(const uint8_t *data, size_t n)
{
	static const struct hd_ssh_tokens tokens = { .host = "web1",
		.home = "/home/me",
		.local_user = "me",
		.uid = "1000",
		.machine = "laptop.example.com" };
	HD_AUTO_ARENA arena = { 0 };
	const char *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct hd_ssh_config c = { 0 };
	struct hd_err err = { 0 };

	if (hd_ssh_config_read(&c, text, &tokens, &arena, &err) < 0) {
		FUZZ_EXPECT(err.code == HD_ELOCAL && err.msg[0] != '\0');
		return;
	}
	FUZZ_EXPECT(c.port <= 65535);
	for (size_t i = 0; i < c.identities.n; i++)
		FUZZ_EXPECT(c.identities.v[i][0] != '~' ||
			    strchr(c.identities.v[i], '\n') == NULL);
}
