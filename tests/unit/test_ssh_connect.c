#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/digest.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define NEEDS_SSHD(d)                                                          \
	struct sshd *d = *state;                                               \
	if (d == NULL)                                                         \
	skip()

static void
the_connection_keeps_to_known_hosts(void **state)
{
	static const struct {
		const char
		    *lines; /* H: the host's key, O: another, R: an rsa key */
		const char *served;
		enum hd_code want;
		const char *says;
	} cases[] = {
		{ "%s H", "host", HD_OK, "" },
		{ "%s H", "host other-rsa other-ecdsa", HD_OK, "" },
		{ "%s R", "host other-rsa other-ecdsa", HD_OK, "" },
		{ "%s E", "host other-rsa other-ecdsa", HD_OK, "" },
		{ "", "host", HD_EHOSTKEY, "is unknown: ssh-ed25519 SHA256:" },
		{ "", "host", HD_EHOSTKEY, "hdeploy trust" },
		{ "%s O", "host", HD_EHOSTKEY, "HAS CHANGED" },
		{ "\n%s O", "host", HD_EHOSTKEY, "known_hosts:2 has the" },
		{ "%s R", "host", HD_EHOSTKEY, "HAS CHANGED" },
		{ "@revoked * H\n%s H", "host", HD_EHOSTKEY, "REVOKED" },
		{ "@cert-authority * O", "host", HD_EHOSTKEY,
		    "the host shows no certificate: the host key of" },
		/* as ssh, which tries the name without the port last */
		{ "127.0.0.1 H", "host", HD_OK, "" },
		{ "127.0.0.1 H\n%s O", "host", HD_EHOSTKEY, "HAS CHANGED" },
		{ "127.0.0.1 H\n@revoked 127.0.0.1 H", "host", HD_EHOSTKEY,
		    "REVOKED" },
		{ "127.0.0.1 O", "host", HD_EHOSTKEY,
		    "known_hosts:1 has another key, but for 127.0.0.1: the" },
		{ "[127.0.0.1]:1 H", "host", HD_EHOSTKEY,
		    "known_hosts:1 has the same key, but for [127.0.0.1]:1" },
	};
	static const char *const plain[] = { "-t", "ed25519", NULL };
	static const char *const rsa[] = { "-t", "rsa", "-b", "2048", NULL };
	static const char *const ecdsa[] = { "-t", "ecdsa", NULL };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);

	sshd_key(d, "other", plain);
	sshd_key(d, "other-rsa", rsa);
	sshd_key(d, "other-ecdsa", ecdsa);
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		HD_AUTO_STR text = HD_STR_INIT(16384);
		struct hd_err err = { 0 };

		for (const char *p = cases[i].lines; *p != '\0'; p++) {
			const char *name = *p == 'H'   ? "host"
					   : *p == 'O' ? "other"
					   : *p == 'R' ? "other-rsa"
					   : *p == 'E' ? "other-ecdsa"
						       : NULL;

			if (name != NULL)
				hd_str_add(&text, sshd_public(d, name));
			else
				hd_str_addn(&text, p, 1);
		}
		hd_str_add(&text, "\n");
		sshd_know(d, text.ptr);
		sshd_config(d, cases[i].served, "");
		if (sshd_try(&o, &err) != (cases[i].want == HD_OK ? 0 : -1) ||
		    err.code != cases[i].want ||
		    strstr(err.msg, cases[i].says) == NULL)
			fail_msg("case %zu: %d %s", i, err.code, err.msg);
	}
}

static void
hashed_names_are_known(void **state)
{
	const char *hash[] = { "ssh-keygen", "-q", "-H", "-f", NULL, NULL };
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	char *text;

	hash[4] = d->known_hosts[0];
	files_run(hash);
	text = files_text(d->known_hosts[0]);
	assert_int_equal(strncmp(text, "|1|", 3), 0);
	free(text);
	assert_hd_ok(sshd_try(&o, &err), &err);
}

static const char *
fingerprint(struct sshd *d, const char *name)
{
	HD_AUTO_STR print = HD_STR_INIT(128);
	unsigned char blob[1024];
	const char *key = strchr(sshd_public(d, name), ' ') + 1;
	long n = hd_base64_decode(key, strcspn(key, "\n"), blob, sizeof(blob));

	assert_true(n > 0);
	hd_key_fingerprint(blob, (size_t)n, &print);
	return hd_arena_strdup(&d->arena, print.ptr);
}

static void
a_pin_replaces_known_hosts(void **state)
{
	static const char wrong[] =
	    "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *pins[] = { wrong, fingerprint(d, "host") };

	o.trust.pins = pins;
	o.trust.npins = 2;
	sshd_know(d, "");
	assert_hd_ok(sshd_try(&o, &err), &err);
	sshd_know(
	    d, hd_arena_fmt(&d->arena, "%%s %s\n", sshd_public(d, "host")));
	o.trust.npins = 1;
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg, pins[1]));
	assert_non_null(strstr(err.msg, wrong));
}

static void
a_pin_may_be_of_any_of_the_host_s_keys(void **state)
{
	static const char *const rsa[] = { "-t", "rsa", "-b", "2048", NULL };
	static const char *const ecdsa[] = { "-t", "ecdsa", NULL };
	static const char *const plain[] = { "-t", "ed25519", NULL };
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	const char *pin;

	sshd_key(d, "pin-rsa", rsa);
	sshd_key(d, "pin-ecdsa", ecdsa);
	sshd_key(d, "pin-other", plain);
	sshd_config(d, "host pin-rsa pin-ecdsa", "");
	o.trust.pins = &pin;
	o.trust.npins = 1;
	pin = fingerprint(d, "pin-rsa");
	assert_hd_ok(sshd_try(&o, &err), &err);
	pin = fingerprint(d, "pin-ecdsa");
	assert_hd_ok(sshd_try(&o, &err), &err);
	pin = fingerprint(d, "pin-other");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg, fingerprint(d, "host")));
}

static void
nobody_logs_in_to_a_host_that_is_not_verified(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct hd_ssh_opts o = sshd_opts(d);
	char *log;

	sshd_know(d, "");
	files_write(sshd_path(d, "log"), "");
	assert_hd_fails(sshd_try(&o, &err), &err, HD_EHOSTKEY);
	/* sshd logs the end of the connection a moment later */
	for (int i = 0; i < 500; i++) {
		log = files_text(sshd_path(d, "log"));
		if (strstr(log, "127.0.0.1") != NULL)
			break;
		free(log);
		log = NULL;
		poll(NULL, 0, 10);
	}
	assert_non_null(log);
	assert_null(strstr(log, d->user)); /* not even the name was sent */
	free(log);
}

static void
ipv6_and_names_are_reached(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(d);
	struct sshd *six = sshd_start("::1");
	struct hd_ssh_opts o = sshd_opts(d);

	/* if localhost is ::1 as well, that address refuses first */
	o.address = "localhost";
	sshd_know(d, hd_arena_fmt(&d->arena, "[localhost]:%u %s\n", d->port,
			 sshd_public(d, "host")));
	assert_hd_ok(sshd_try(&o, &err), &err);
	if (six == NULL)
		skip();
	o = sshd_opts(six);
	assert_hd_ok(sshd_try(&o, &err), &err);
	sshd_stop(six);
}

#define TEST(f) cmocka_unit_test_setup(f, sshd_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_connection_keeps_to_known_hosts),
		TEST(hashed_names_are_known),
		TEST(a_pin_replaces_known_hosts),
		TEST(a_pin_may_be_of_any_of_the_host_s_keys),
		TEST(nobody_logs_in_to_a_host_that_is_not_verified),
		TEST(ipv6_and_names_are_reached),
	};

	return cmocka_run_group_tests_name(
	    "ssh_connect", tests, sshd_setup, sshd_teardown);
}
