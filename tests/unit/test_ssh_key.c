#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/alloc.h"
#include "transport/keys/bcrypt_pbkdf.h"
#include "transport/keys/ssh_cert.h"
#include "transport/keys/ssh_key_read.h"
#include "transport/keys/ssh_public.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGS_MAX = 8 };

/* Keys in a folder of their own. */
struct keys {
	struct hd_arena arena;
	char folder[64];
};

static int
setup(void **state)
{
	struct keys *t = hd_alloc(sizeof(*t));

	files_folder(t->folder);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct keys *t = *state;

	files_remove(t->folder);
	hd_arena_done(&t->arena);
	free(t);
	return 0;
}

/* Makes a key; without a passphrase in args, it has none. */
static const char *
make(struct keys *t, const char *name, const char *const *args)
{
	const char *path = hd_arena_fmt(&t->arena, "%s/%s", t->folder, name);
	const char *argv[8 + ARGS_MAX] = { "ssh-keygen", "-q", "-C", "me", "-f",
		path };
	size_t n = 6;
	bool open = true;

	for (size_t i = 0; i < ARGS_MAX && args[i] != NULL; i++) {
		open = open && strcmp(args[i], "-N") != 0;
		argv[n++] = args[i];
	}
	if (open) {
		argv[n++] = "-N";
		argv[n++] = "";
	}
	files_run(argv);
	return path;
}

static struct ssh_key *
read_text(const char *text)
{
	struct ssh_key *k = ssh_key_new("KEY");

	ssh_key_read(k, text, strlen(text));
	return k;
}

static struct ssh_key *
read_file(const char *path)
{
	HD_AUTO_FREE char *text = files_text(path);

	return read_text(text);
}

static void
assert_public(struct keys *t, const struct ssh_key *k, const char *path)
{
	HD_AUTO_FREE char *text =
	    files_text(hd_arena_fmt(&t->arena, "%s.pub", path));
	struct hd_bytes public;

	assert_true(ssh_public_read(&public, text));
	assert_true(hd_bytes_equal(k->public, public));
	ssh_key_forget(&public);
}

/* The text is a key of its own: libssh2 reads it after this. */
static void
assert_plain(struct keys *t, const struct ssh_key *k, const char *path)
{
	struct ssh_key *again;

	assert_non_null(k->text);
	assert_int_equal(k->len, strlen(k->text));
	assert_null(strstr(k->text, "ENCRYPTED"));
	again = read_text(k->text);
	assert_int_equal(again->state, SSH_KEY_PLAIN);
	assert_string_equal(again->text, k->text);
	assert_public(t, again, path);
	ssh_key_free(again);
}

static const struct kind {
	const char *name;
	const char *args[ARGS_MAX];
} kinds[] = {
	{ "ed25519", { "-t", "ed25519" } },
	{ "ecdsa256", { "-t", "ecdsa", "-b", "256" } },
	{ "ecdsa384", { "-t", "ecdsa", "-b", "384" } },
	{ "ecdsa521", { "-t", "ecdsa", "-b", "521" } },
	{ "rsa", { "-t", "rsa", "-b", "1024" } },
	{ "rsa-pem", { "-t", "rsa", "-b", "1024", "-m", "PEM" } },
	{ "rsa-pkcs8", { "-t", "rsa", "-b", "1024", "-m", "PKCS8" } },
	{ "ecdsa-pem", { "-t", "ecdsa", "-m", "PEM" } },
	{ "ecdsa521-pkcs8", { "-t", "ecdsa", "-b", "521", "-m", "PKCS8" } },
};

static void
every_format_is_read_with_its_public_key(void **state)
{
	struct keys *t = *state;

	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		const char *path = make(t, kinds[i].name, kinds[i].args);
		struct ssh_key *k = read_file(path);

		assert_int_equal(k->state, SSH_KEY_PLAIN);
		assert_null(k->why);
		assert_public(t, k, path);
		assert_plain(t, k, path);
		ssh_key_free(k);
	}
}

static void
every_encryption_is_opened_by_its_passphrase_alone(void **state)
{
#define SECRET "-N", "correct horse"
	static const struct kind sealed[] = {
		{ "s1", { SECRET, "-a", "1", "-t", "rsa", "-b", "1024" } },
		{ "s2", { SECRET, "-a", "2", "-Z", "aes256-cbc" } },
		{ "s3", { SECRET, "-a", "3", "-Z", "aes192-ctr" } },
		{ "s4", { SECRET, "-a", "1", "-Z", "aes128-cbc" } },
		{ "s5", { SECRET, "-a", "1", "-Z", "aes256-gcm@openssh.com" } },
		{ "s6", { SECRET, "-a", "5", "-Z", "aes128-gcm@openssh.com" } },
		{ "s7", { SECRET, "-a", "1", "-Z",
			    "chacha20-poly1305@openssh.com" } },
		{ "s8", { SECRET, "-a", "1", "-Z", "3des-cbc" } },
		{ "s9", { SECRET, "-a", "1", "-t", "ecdsa", "-b", "521" } },
		{ "p1", { SECRET, "-t", "rsa", "-b", "1024", "-m", "PEM" } },
		{ "p2", { SECRET, "-t", "ecdsa", "-m", "PEM" } },
		{ "p3", { SECRET, "-t", "rsa", "-b", "1024", "-m", "PKCS8" } },
		{ "p4", { SECRET, "-t", "ecdsa", "-m", "PKCS8" } },
	};
	struct keys *t = *state;

	for (size_t i = 0; i < HD_COUNT(sealed); i++) {
		const char *path = make(t, sealed[i].name, sealed[i].args);
		struct ssh_key *k = read_file(path);

		assert_int_equal(k->state, SSH_KEY_ENCRYPTED);
		assert_null(k->text);
		if (sealed[i].name[0] == 's')
			assert_public(t, k, path);
		assert_int_equal(ssh_key_open(k, "correct", HD_CANCEL_NEVER),
		    SSH_KEY_DENIED);
		assert_null(k->text);
		assert_int_equal(
		    ssh_key_open(k, "correct horse", HD_CANCEL_NEVER),
		    SSH_KEY_OPENED);
		assert_true(sealed[i].name[0] == 'p' ||
			    hd_bytes_equal(k->opened, k->public));
		assert_plain(t, k, path);
		ssh_key_free(k);
	}
}

/* ssh-keygen does not write this form, but openssl and ssh read it. */
static void
an_ed25519_key_of_openssl_is_read(void **state)
{
	struct keys *t = *state;
	const char *path = hd_arena_fmt(&t->arena, "%s/pkcs8", t->folder);
	struct ssh_key *k;

	files_run((const char *[]){ "openssl", "genpkey", "-algorithm",
	    "ED25519", "-out", path, NULL });
	k = read_file(path);
	assert_int_equal(k->state, SSH_KEY_PLAIN);
	assert_int_equal(k->public.n, 4 + 11 + 4 + 32);
	ssh_key_free(k);
	files_run((const char *[]){ "openssl", "genpkey", "-algorithm",
	    "ED25519", "-aes256", "-pass", "pass:secret", "-out", path, NULL });
	k = read_file(path);
	assert_int_equal(k->state, SSH_KEY_ENCRYPTED);
	assert_int_equal(
	    ssh_key_open(k, "secret", HD_CANCEL_NEVER), SSH_KEY_OPENED);
	assert_int_equal(k->opened.n, 4 + 11 + 4 + 32);
	ssh_key_free(k);
}

/* 2147483647 iterations, and ssh-keygen -a 5001. */
static void
a_key_that_takes_too_long_is_left_to_the_agent(void **state)
{
	static const struct {
		const char *text;
		enum ssh_key_state state;
	} cases[] = {
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
		  "MIGdMFkGCSqGSIb3DQEFDTBMMCsGCSqGSIb3DQEFDDAeBAjlhcwnZmOBpAIE"
		  "f///\n"
		  "/zAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQHG3GveYDi5jBjF5s2Ft4"
		  "ewRA\n"
		  "dZbwej0WwRshZYdBBMX/gMQP2VLHMFJQrPN4QU+CG6i4oGE07dSgFeKlEaKR"
		  "Yt5V\n"
		  "ZSOL75vq6LsiNdKW9e2sCQ==\n"
		  "-----END ENCRYPTED PRIVATE KEY-----\n",
		    SSH_KEY_UNUSABLE },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\n"
		  "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAA"
		  "ABAE\n"
		  "XnI17tm5nvOCDjjGu9C3AAATiQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAA"
		  "IKE3\n"
		  "LUextkF8ssUj9n1exLKceFEgMZBJ9dGEKGG4oHnRAAAAkHTME8LmKIEc6J8R"
		  "T/b1\n"
		  "wluy1I4ichVikM+bcsVs7skC8wueEXO/S/OgDS7RaerA+cDupCDp28LaJD6V"
		  "iMze\n"
		  "Bu4L10JigSye1PRvP9Gq6bKrNag0BgKwqdBUbS0U08sL0s/TPikv3tSGBjDS"
		  "oP6D\n"
		  "75QnWOyNKMHStzbvBuf8cPS1TwuJh7sdIMRn++8Ie+TzkA==\n"
		  "-----END OPENSSH PRIVATE KEY-----\n",
		    SSH_KEY_PUBLIC },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct ssh_key *k = read_text(cases[i].text);

		assert_int_equal(k->state, cases[i].state);
		assert_non_null(strstr(k->why, "would take too long"));
		assert_null(k->sealed);
		ssh_key_free(k);
	}
}

static void
what_is_no_usable_key_says_why(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "not a private key" },
		{ "hello\n", "not a private key" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXkt\n"
		  "-----END OPENSSH PRIVATE KEY-----\n",
		    "damaged" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\n", "damaged" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"
		  "-----END RSA PRIVATE KEY-----\n",
		    "damaged" },
		{ "PuTTY-User-Key-File-3: ssh-ed25519\n", "puttygen" },
		{ "ssh-ed25519 AAAAnonsense me\n", "not a private key" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct ssh_key *k = read_text(cases[i].text);

		assert_int_equal(k->state, SSH_KEY_UNUSABLE);
		assert_non_null(strstr(k->why, cases[i].why));
		assert_null(k->text);
		ssh_key_free(k);
	}
}

/* The check of the private half finds what base64 alone does not. */
static void
any_truncation_or_changed_letter_is_damage(void **state)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	struct keys *t = *state;
	const char *path = make(t, "cut", plain);
	HD_AUTO_FREE char *text = files_text(path);
	size_t n = strlen(text), body = strcspn(text, "\n") + 1;

	for (size_t cut = 0; cut < n - 2; cut++) {
		struct ssh_key *k = ssh_key_new("KEY");

		ssh_key_read(k, text, cut);
		assert_int_equal(k->state, SSH_KEY_UNUSABLE);
		ssh_key_free(k);
	}
	for (size_t at = body; at < n - body; at += 7) {
		char was = text[at];
		struct ssh_key *k;

		if (was == '\n')
			continue;
		text[at] = was == 'A' ? 'B' : 'A';
		k = read_text(text);
		if (k->state == SSH_KEY_PLAIN) /* in the comment */
			assert_public(t, k, path);
		else
			assert_null(k->text);
		ssh_key_free(k);
		text[at] = was;
	}
}

static void
line_ends_and_text_around_a_key_do_not_matter(void **state)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	struct keys *t = *state;
	const char *path = make(t, "crlf", plain);
	HD_AUTO_FREE char *text = files_text(path);
	HD_AUTO_STR crlf = HD_STR_INIT(64 * 1024);
	struct ssh_key *k;

	hd_str_add(&crlf, "a note\r\n");
	for (const char *p = text; *p != '\0'; p++)
		hd_str_addf(&crlf, "%s%c", *p == '\n' ? "\r" : "", *p);
	hd_str_add(&crlf, "another note");
	k = read_text(crlf.ptr);
	assert_int_equal(k->state, SSH_KEY_PLAIN);
	assert_plain(t, k, path);
	ssh_key_free(k);
	text[strlen(text) - 1] = '\0';
	k = read_text(text);
	assert_int_equal(k->state, SSH_KEY_PLAIN);
	ssh_key_free(k);
}

static void
a_public_key_or_certificate_selects_a_key_of_the_agent(void **state)
{
	static const char *const plain[] = { "-t", "ecdsa", NULL };
	struct keys *t = *state;
	const char *ca = make(t, "ca", plain), *path = make(t, "user", plain);
	struct ssh_cert cert;
	struct ssh_key *k = read_file(hd_arena_fmt(&t->arena, "%s.pub", path));

	assert_int_equal(k->state, SSH_KEY_PUBLIC);
	assert_non_null(strstr(k->why, "ssh-agent"));
	assert_public(t, k, path);
	assert_int_equal(k->cert.n, 0);
	ssh_key_free(k);
	files_run((const char *[]){ "ssh-keygen", "-q", "-s", ca, "-I", "me",
	    "-n", "deploy", hd_arena_fmt(&t->arena, "%s.pub", path), NULL });
	k = read_file(hd_arena_fmt(&t->arena, "%s-cert.pub", path));
	assert_int_equal(k->state, SSH_KEY_PUBLIC);
	assert_public(t, k, path);
	assert_true(ssh_cert_read(&cert, k->cert));
	assert_true(ssh_key_is(k, k->cert));
	ssh_key_free(k);
}

static void
an_interrupted_decryption_ends(void **state)
{
	static const char *const slow[] = { "-t", "ed25519", "-N", "x", "-a",
		"1", NULL };
	struct keys *t = *state;
	struct ssh_key *k = read_file(make(t, "slow", slow));

	hd_cancel_request();
	assert_int_equal(ssh_key_open(k, "x", HD_CANCEL_SOON), SSH_KEY_STOPPED);
	ssh_key_free(k);
}

/* The tables that every Blowfish has, as its author published them. */
static void
blowfish_begins_with_the_digits_of_pi(void **state)
{
	uint32_t pi[PI_WORDS];

	(void)state;
	bcrypt_pi(pi);
	assert_int_equal(pi[0], 0x243f6a88);
	assert_int_equal(pi[BLOWFISH_P - 1], 0x8979fb1b);
	assert_int_equal(pi[BLOWFISH_P], 0xd1310ba6);
	assert_int_equal(pi[PI_WORDS - 1], 0x3ac372e6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_is_read_with_its_public_key),
		cmocka_unit_test(
		    every_encryption_is_opened_by_its_passphrase_alone),
		cmocka_unit_test(an_ed25519_key_of_openssl_is_read),
		cmocka_unit_test(
		    a_key_that_takes_too_long_is_left_to_the_agent),
		cmocka_unit_test(what_is_no_usable_key_says_why),
		cmocka_unit_test(any_truncation_or_changed_letter_is_damage),
		cmocka_unit_test(line_ends_and_text_around_a_key_do_not_matter),
		cmocka_unit_test(
		    a_public_key_or_certificate_selects_a_key_of_the_agent),
		cmocka_unit_test(blowfish_begins_with_the_digits_of_pi),
		cmocka_unit_test(an_interrupted_decryption_ends),
	};

	return cmocka_run_group_tests_name("ssh_key", tests, setup, teardown);
}
