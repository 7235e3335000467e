#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "transport/ssh_preface.h"

#include <string.h>

#define AES "aes256-ctr,aes128-gcm@openssh.com"

static const char *const ours[SSH_LISTS] = {
	"curve25519-sha256,diffie-hellman-group14-sha256",
	"ssh-ed25519",
	AES,
	AES,
	"hmac-sha2-256",
	"hmac-sha2-256",
	"none",
	"none",
};

static void
add_number(struct hd_str *out, size_t n)
{
	const unsigned char bytes[] = { (unsigned char)(n >> 24),
		(unsigned char)(n >> 16), (unsigned char)(n >> 8),
		(unsigned char)n };

	hd_str_addn(out, (const char *)bytes, sizeof(bytes));
}

static void
add_text(struct hd_str *out, const char *text)
{
	add_number(out, strlen(text));
	hd_str_add(out, text);
}

static void
add_packet(struct hd_str *out, const struct hd_str *payload)
{
	add_number(out, 1 + payload->len + 4);
	hd_str_addn(out, "\4", 1);
	hd_str_addn(out, payload->ptr, payload->len);
	hd_str_addn(out, "pads", 4);
}

static void
add_offer(struct hd_str *out, const char *const lists[SSH_LISTS])
{
	HD_AUTO_STR payload = HD_STR_INIT(8192);

	hd_str_addn(&payload, "\24cookiecookiecook", 17);
	for (size_t i = 0; i < SSH_LISTS; i++)
		add_text(&payload, lists[i]);
	add_text(&payload, "");
	add_text(&payload, "");
	hd_str_addn(&payload, "\0\0\0\0\0", 5);
	add_packet(out, &payload);
}

static void
add_goodbye(struct hd_str *out, const char *text)
{
	HD_AUTO_STR payload = HD_STR_INIT(8192);

	hd_str_addn(&payload, "\1", 1);
	add_number(&payload, 2);
	add_text(&payload, text);
	add_text(&payload, "");
	add_packet(out, &payload);
}

/* In pieces of every size, as a network may deliver it. */
static void
take(struct ssh_preface *p, const struct hd_str *text, size_t piece)
{
	ssh_preface_init(p);
	for (size_t at = 0; at < text->len; at += piece) {
		size_t n = text->len - at < piece ? text->len - at : piece;

		ssh_preface_take(p, (const unsigned char *)text->ptr + at, n);
	}
}

static void
words_of(struct ssh_preface *p, const char *want)
{
	char words[256] = "";

	ssh_preface_words(p, words, sizeof(words));
	assert_string_equal(words, want);
	ssh_preface_done(p);
}

static void
a_list_without_a_common_name_is_named(void **state)
{
	static const struct {
		int list;
		const char *theirs, *says; /* NULL: all is well */
	} cases[] = {
		{ SSH_LIST_KEX, "curve25519-sha256", NULL },
		{ SSH_LIST_KEX, "x,diffie-hellman-group14-sha256", NULL },
		{ SSH_LIST_KEX, "curve25519-sha256@libssh.org,sntrup761",
		    "no common key exchange method: the server offers "
		    "curve25519-sha256@libssh.org,sntrup761; hdeploy offers "
		    "curve25519-sha256,diffie-hellman-group14-sha256" },
		{ SSH_LIST_KEX, "curve25519", "no common key exchange" },
		{ SSH_LIST_KEX, "", "the server offers none; hdeploy" },
		{ SSH_LIST_KEX, ",,", "the server offers ,,; hdeploy" },
		{ SSH_LIST_HOST_KEY, "ssh-dss",
		    "no common host key type: the server offers ssh-dss; "
		    "hdeploy offers ssh-ed25519" },
		{ SSH_LIST_CIPHER_OUT, "3des-cbc", "no common cipher: " },
		{ SSH_LIST_CIPHER_IN, "3des-cbc", "no common cipher: " },
		{ SSH_LIST_MAC_OUT, "umac-64@openssh.com",
		    "no common MAC: the server offers umac-64@openssh.com; "
		    "hdeploy offers hmac-sha2-256" },
		{ SSH_LIST_MAC_IN, "umac-64@openssh.com", "no common MAC: " },
		{ SSH_LIST_COMPRESSION_IN, "zlib",
		    "no common compression method: " },
		{ SSH_LIST_MAC_IN, "\x1b[2J", "offers  [2J; hdeploy" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		HD_AUTO_STR text = HD_STR_INIT(16384);
		HD_AUTO_STR why = HD_STR_INIT(1024);
		const char *lists[SSH_LISTS];
		struct ssh_preface p;
		bool differ;

		memcpy(lists, ours, sizeof(lists));
		lists[cases[i].list] = cases[i].theirs;
		hd_str_add(&text, "SSH-2.0-x\r\n");
		add_offer(&text, lists);
		take(&p, &text, i + 1);
		assert_true(p.offered);
		differ = ssh_kexinit_explain(&p.offer, ours, &why);
		ssh_preface_done(&p);
		if (differ != (cases[i].says != NULL) ||
		    (differ && strstr(why.ptr, cases[i].says) == NULL))
			fail_msg("case %zu: %s", i, why.ptr);
	}
}

/* The cipher is the first of ours that the server has. */
static void
a_cipher_that_authenticates_needs_no_mac(void **state)
{
	static const struct {
		const char *ciphers;
		bool differ;
	} cases[] = {
		{ "aes128-gcm@openssh.com", false },
		{ "aes128-gcm@openssh.com,aes256-ctr", true },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		HD_AUTO_STR text = HD_STR_INIT(16384);
		HD_AUTO_STR why = HD_STR_INIT(1024);
		const char *lists[SSH_LISTS];
		struct ssh_preface p;

		memcpy(lists, ours, sizeof(lists));
		lists[SSH_LIST_CIPHER_IN] = lists[SSH_LIST_CIPHER_OUT] =
		    cases[i].ciphers;
		lists[SSH_LIST_MAC_IN] = lists[SSH_LIST_MAC_OUT] = "umac";
		hd_str_add(&text, "SSH-2.0-x\n");
		add_offer(&text, lists);
		take(&p, &text, 4096);
		assert_int_equal(
		    ssh_kexinit_explain(&p.offer, ours, &why), cases[i].differ);
		ssh_preface_done(&p);
	}
}

static void
lines_before_the_greeting_are_kept(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "" },
		{ "\r\n\r\n", "" },
		{ "Exceeded MaxStartups\r\n", "Exceeded MaxStartups" },
		{ "not even a line", "not even a line" },
		{ "one\r\ntwo\x1b[2J\r\nthree", "one two [2J three" },
		{ "one\r\nSSH-2.0-x\r\n", "" },
		{ "HTTP/1.1 400 Bad Request\r\n\r\n",
		    "HTTP/1.1 400 Bad Request" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		HD_AUTO_STR text = HD_STR_INIT(256);
		struct ssh_preface p;

		hd_str_add(&text, cases[i].text);
		take(&p, &text, 3);
		assert_int_equal(ssh_preface_greeted(&p),
		    strstr(cases[i].text, "SSH-") != NULL);
		words_of(&p, cases[i].words);
	}
}

static void
the_reason_of_a_disconnect_is_kept(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(16384);
	struct ssh_preface p;

	(void)state;
	hd_str_add(&text, "welcome\r\nSSH-2.0-x\r\n");
	add_offer(&text, ours);
	add_goodbye(&text, "Come back\nlater\x07");
	add_goodbye(&text, "and this is too late");
	take(&p, &text, 7);
	assert_true(p.offered);
	words_of(&p, "Come back later ");
}

static void
nonsense_is_bounded(void **state)
{
	static const char *const starts[] = {
		"SSH-2.0-x\r\n\xff\xff\xff\xff",
		"SSH-2.0-x\r\n\1\1\1\1\1\1",
		"SSH-2.0-x\r\nGET / HTTP/1.0\r\n\r\n",
		"a",
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(starts); i++) {
		HD_AUTO_STR text = HD_STR_INIT(1024 * 1024);
		struct ssh_preface p;

		hd_str_add(&text, starts[i]);
		while (text.len < 500000)
			hd_str_add(&text, "aaaaaaaaaaaaaaaa");
		take(&p, &text, 1000);
		assert_false(p.offered);
		assert_true(p.packet.cap < 100000);
		assert_true(strlen(p.lines) < sizeof(p.lines));
		ssh_preface_done(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_without_a_common_name_is_named),
		cmocka_unit_test(a_cipher_that_authenticates_needs_no_mac),
		cmocka_unit_test(lines_before_the_greeting_are_kept),
		cmocka_unit_test(the_reason_of_a_disconnect_is_kept),
		cmocka_unit_test(nonsense_is_bounded),
	};

	return cmocka_run_group_tests_name("preface", tests, NULL, NULL);
}
