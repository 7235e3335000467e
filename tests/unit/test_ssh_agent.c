#include "tests/support/cmocka_all.h"
#include "tests/support/fake_agent.h"
#include "tests/support/files.h"

#include "transport/ssh_agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TWO_KEYS "\x0c\0\0\0\2\0\0\0\3one\0\0\0\1a\0\0\0\3two\0\0\0\0"
#define SIGNATURE "\x0e\0\0\0\x14\0\0\0\5ed255\0\0\0\2xx\5\0\0\0\7"

static char folder[64], path[128];

static struct hd_until
soon(unsigned ms)
{
	return (struct hd_until){ hd_clock_ms() + ms, ms, HD_CANCEL_SOON };
}

/* Answers as a->ctx says: a literal whose size comes before it. */
struct script {
	const char *list, *sign;
	size_t nlist, nsign;
	bool raw; /* without a length before it */
};

static void
recite(struct fake_agent *a, const unsigned char *request, size_t n,
    struct hd_str *out)
{
	const struct script *s = a->ctx;
	bool list = request[0] == 11 && n == 1;
	const char *text = list ? s->list : s->sign;
	size_t length = list ? s->nlist : s->nsign;

	if (text != NULL && s->raw)
		hd_str_addn(out, text, length);
	else if (text != NULL)
		fake_agent_say(out, text, length);
}

static int
list(struct script *s, unsigned ms, struct ssh_agent_keys *out,
    struct ssh_agent *a, struct hd_err *err)
{
	struct fake_agent fake = { .answer = recite, .ctx = s };
	struct hd_until until = soon(ms);
	int rc;

	unlink(path);
	fake_agent_start(&fake, path);
	rc = ssh_agent_open(a, path, &until, err);
	if (rc == 0)
		rc = ssh_agent_list(a, out, err);
	fake_agent_stop(&fake);
	return rc;
}

static void
the_keys_and_their_comments_are_listed(void **state)
{
	struct script s = { .list = TWO_KEYS, .nlist = sizeof(TWO_KEYS) - 1 };
	struct ssh_agent_keys keys;
	struct hd_err err = { 0 };
	struct ssh_agent a;

	(void)state;
	assert_hd_ok(list(&s, 30000, &keys, &a, &err), &err);
	assert_int_equal(keys.n, 2);
	assert_true(hd_bytes_are(keys.v[0].blob, "one"));
	assert_string_equal(keys.v[0].comment, "a");
	assert_true(hd_bytes_are(keys.v[1].blob, "two"));
	assert_string_equal(keys.v[1].comment, "");
	assert_true(fcntl(a.fd, F_GETFD) & FD_CLOEXEC);
	ssh_agent_close(&a);
}

static void
malformed_answers_are_errors(void **state)
{
#define BYTES(s) s, sizeof(s) - 1
	static const struct {
		const char *bytes;
		size_t n;
		bool raw;
	} cases[] = {
		{ BYTES("\x05"), false }, { BYTES("\x0c\0\0\0"), false },
		{ BYTES("\x0c\0\0\0\1\0\0\0\3on"), false },
		{ BYTES("\x0c\0\0\0\2\0\0\0\3one\0\0\0\1a"), false },
		{ BYTES("\x0c\xff\xff\xff\xff"), false },
		{ BYTES("\x0c\0\0\0\1\xff\xff\xff\xff"), false },
		{ BYTES("\0\0\0\0"), true },
		{ BYTES("\xff\xff\xff\xff\x0c"), true },
		{ BYTES("\0\x40\0\1\x0c"), true }, /* above 256 KiB */
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct script s = { .list = cases[i].bytes,
			.nlist = cases[i].n,
			.raw = cases[i].raw };
		struct ssh_agent_keys keys;
		struct hd_err err = { 0 };
		struct ssh_agent a;

		assert_hd_fails(
		    list(&s, 30000, &keys, &a, &err), &err, HD_ELOCAL);
		ssh_agent_close(&a);
	}
}

static void
an_agent_that_is_silent_ends_at_the_deadline(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = { { NULL, 0 }, { BYTES("\0\0\0\x40\x0c") } };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct script s = {
			.list = cases[i].bytes, .nlist = cases[i].n, .raw = true
		};
		int64_t start = hd_clock_ms();
		struct ssh_agent_keys keys;
		struct hd_err err = { 0 };
		struct ssh_agent a;

		assert_hd_fails(
		    list(&s, 300, &keys, &a, &err), &err, HD_ETIMEOUT);
		assert_true(hd_clock_ms() - start < 10000);
		ssh_agent_close(&a);
	}
}

static void
an_agent_that_cannot_be_reached_says_why(void **state)
{
	struct hd_until until = soon(30000);
	struct hd_err err = { 0 };
	struct ssh_agent a;
	char name[200];

	(void)state;
	unlink(path);
	assert_hd_fails(
	    ssh_agent_open(&a, path, &until, &err), &err, HD_ELOCAL);
	assert_string_equal(err.msg, strerror(ENOENT));
	ssh_agent_close(&a);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_hd_fails(
	    ssh_agent_open(&a, name, &until, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "too long"));
	ssh_agent_close(&a);
}

static void
a_signature_keeps_what_a_security_token_adds(void **state)
{
	const struct hd_bytes message = { (const void *)SIGNATURE,
		sizeof(SIGNATURE) - 1 };
	struct ssh_signature s;

	(void)state;
	assert_true(ssh_agent_read_signature(message, &s));
	assert_true(hd_bytes_are(s.algorithm, "ed255"));
	assert_true(hd_bytes_are(s.value, "xx"));
	assert_int_equal(s.rest.n, 5);
	assert_int_equal(s.rest.p[0], 5);
	for (size_t n = 0; n < message.n; n++)
		assert_false(ssh_agent_read_signature(
		    (struct hd_bytes){ message.p, n }, &s));
}

static void
a_refusal_to_sign_is_told_apart(void **state)
{
	struct script s = { .sign = "\x05", .nsign = 1 };
	struct fake_agent fake = { .answer = recite, .ctx = &s };
	const struct hd_bytes key = { (const void *)"key", 3 };
	struct hd_until until = soon(30000);
	struct ssh_signature signature;
	struct hd_err err = { 0 };
	struct ssh_agent a;

	(void)state;
	unlink(path);
	fake_agent_start(&fake, path);
	assert_hd_ok(ssh_agent_open(&a, path, &until, &err), &err);
	assert_hd_fails(ssh_agent_sign(&a, key, key, SSH_AGENT_RSA_SHA512,
			    &signature, &err),
	    &err, HD_EREFUSED);
	ssh_agent_close(&a);
	fake_agent_stop(&fake);
	assert_int_equal(fake.signs, 1);
}

static int
make_folder(void **state)
{
	(void)state;
	files_folder(folder);
	snprintf(path, sizeof(path), "%s/agent", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	files_remove(folder);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_and_their_comments_are_listed),
		cmocka_unit_test(malformed_answers_are_errors),
		cmocka_unit_test(an_agent_that_is_silent_ends_at_the_deadline),
		cmocka_unit_test(an_agent_that_cannot_be_reached_says_why),
		cmocka_unit_test(a_signature_keeps_what_a_security_token_adds),
		cmocka_unit_test(a_refusal_to_sign_is_told_apart),
	};

	return cmocka_run_group_tests_name(
	    "ssh_agent", tests, make_folder, remove_folder);
}
