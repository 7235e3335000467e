#define _XOPEN_SOURCE 700 /* symlink, lstat */
#include "tests/support/cmocka_all.h"

#include "transport/known_hosts.h"

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/fs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Made by ssh-keygen; A and B are ed25519. */
#define A                                                                      \
	"ssh-ed25519 "                                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAINtosCxdxycuBDtw9w09eiJkDnstNMKX/utcg9i0YTXK"
#define B                                                                      \
	"ssh-ed25519 "                                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAIAH04QbHPsmRpZ5TLeOh5bRma+v03Mnfw6fVKridd0FV"
#define ECDSA                                                                  \
	"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"   \
	"YAAABBBK4tdQzIvTy9IYk2ZJskeOMxCN+/RziHaY5SyQe3MMCKLk5KcFuJd7bR4fDn"   \
	"k0h18swB0/rfDo1z4usaZM0k43c="
/* `ssh-keygen -H` of web1.example.com with A and of the same name at port
 * 2222 with B. */
#define HASHED_A "|1|IvvvFxILnYtOXWKxqrpAWHnaf9c=|8ehCKJyhowd9QFMOK0P137sjB74= "
#define HASHED_B "|1|oYz9nLExpDBya2FAaQTSLg2aO+U=|wKJnA81eBGWDETlqvInBuDYMCWE= "

static size_t
decode(const char *key, unsigned char blob[static 1024])
{
	const char *base64 = strchr(key, ' ') + 1;
	long n = hd_base64_decode(base64, strlen(base64), blob, 1024);

	assert_true(n > 0);
	return (size_t)n;
}

/* What the check says of a key, for the host, given the text of a file;
 * *line is the line that decided, 0 if none. */
static enum hd_known
ask(const char *text, const char *host, unsigned port, const char *key,
    unsigned *line)
{
	HD_AUTO_KNOWN_HOSTS k;
	const struct hd_known_key *which;
	unsigned char blob[1024];
	size_t n = decode(key, blob);
	enum hd_known verdict;

	hd_known_hosts_init(&k, host, port);
	hd_known_hosts_add(&k, "kh", text, strlen(text));
	verdict = hd_known_hosts_check(&k, blob, n, &which);
	*line = which != NULL ? which->line : 0;
	return verdict;
}

static const struct {
	const char *text, *host;
	unsigned port;
	const char *key;
	enum hd_known want;
	unsigned line;
} cases[] = {
	{ "", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "web1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "web1 " A, "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "web1 " A " a comment\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "web1 " A "\n", "web2", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "web1 " A "\n", "web1", 22, B, HD_KNOWN_CHANGED, 1 },
	{ "web1 " A "\n", "web1", 22, ECDSA, HD_KNOWN_OTHER_TYPE, 1 },
	{ "web1 " ECDSA "\nweb1 " A "\n", "web1", 22, B, HD_KNOWN_CHANGED, 2 },
	{ "web1 " A "\nweb1 " ECDSA "\n", "web1", 22, B, HD_KNOWN_CHANGED, 1 },
	{ "web1 " B "\nweb1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 2 },
	{ "web1 " A "\nweb1 " B "\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	/* lists, wildcards, negation, letter case */
	{ "db,web1,10.0.0.1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "db,web1,10.0.0.1 " A "\n", "10.0.0.1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "web10 " A "\n", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "*.example.com " A "\n", "web1.example.com", 22, A, HD_KNOWN_MATCH,
	    1 },
	{ "*.example.com " A "\n", "example.com", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "w?b1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "w?b1 " A "\n", "wb1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "*a*b*c " A "\n", "xaxbxbxc", 22, A, HD_KNOWN_MATCH, 1 },
	{ "web[1] " A "\n", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "web*,!web3 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "web*,!web3 " A "\n", "web3", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "!web3,web* " A "\n", "web3", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "!web3 " A "\n", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "WEB1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "web1 " A "\n", "Web1", 22, A, HD_KNOWN_MATCH, 1 },
	/* ports and IPv6 */
	{ "[web1]:2222 " A "\n", "web1", 2222, A, HD_KNOWN_MATCH, 1 },
	{ "[web1]:2222 " A "\n", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "web1 " A "\n", "web1", 2222, A, HD_KNOWN_UNKNOWN, 0 },
	{ "web1 " A "\n[web1]:2222 " B "\n", "web1", 2222, A, HD_KNOWN_CHANGED,
	    2 },
	{ "::1 " A "\n", "::1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "[::1]:2222 " A "\n", "::1", 2222, A, HD_KNOWN_MATCH, 1 },
	/* hashed */
	{ HASHED_A A "\n", "web1.example.com", 22, A, HD_KNOWN_MATCH, 1 },
	{ HASHED_A A "\n", "WEB1.example.com", 22, B, HD_KNOWN_CHANGED, 1 },
	{ HASHED_A A "\n", "web2.example.com", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ HASHED_A A "\n" HASHED_B B "\n", "web1.example.com", 2222, B,
	    HD_KNOWN_MATCH, 2 },
	{ "|1|x " A "\n|1||| " A "\n", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	/* markers */
	{ "@revoked * " A "\nweb1 " A "\n", "web1", 22, A, HD_KNOWN_REVOKED,
	    1 },
	{ "web1 " A "\n@revoked * " A "\n", "web1", 22, A, HD_KNOWN_REVOKED,
	    2 },
	{ "@revoked * " B "\nweb1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 2 },
	{ "@revoked * " A "\n", "web1", 22, B, HD_KNOWN_UNKNOWN, 0 },
	{ "@revoked db " A "\nweb1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 2 },
	{ "@cert-authority * " A "\n", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	{ "@new-marker web1 " A "\n", "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
	/* lines that are not what they should be */
	{ "web1 " A "\r\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "\tweb1\t" A "\n", "web1", 22, A, HD_KNOWN_MATCH, 1 },
	{ "# web1 " B "\n\nweb1 " A "\n", "web1", 22, A, HD_KNOWN_MATCH, 3 },
	{ "web1\nweb1 2048 35 123\nweb1 ssh-rsa %%%\nweb1 " A "\n", "web1", 22,
	    A, HD_KNOWN_MATCH, 4 },
	{ "web1 ssh-rsa "
	  "AAAAC3NzaC1lZDI1NTE5AAAAINtosCxdxycuBDtw9w09eiJkDnstNMKX"
	  "/utcg9i0YTXK\n",
	    "web1", 22, A, HD_KNOWN_UNKNOWN, 0 },
};

static void
lines_are_understood_as_ssh_does(void **state)
{
	unsigned line;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		enum hd_known got = ask(cases[i].text, cases[i].host,
		    cases[i].port, cases[i].key, &line);

		if (got != cases[i].want || line != cases[i].line)
			fail_msg("%s, port %u, in\n%sis %d by line %u, not %d "
				 "by %u",
			    cases[i].host, cases[i].port, cases[i].text, got,
			    line, cases[i].want, cases[i].line);
	}
}

static void
only_keys_that_may_be_accepted_decide_the_types(void **state)
{
	static const char text[] = "web1 " ECDSA "\n@revoked * " A "\n";
	HD_AUTO_KNOWN_HOSTS k;

	(void)state;
	hd_known_hosts_init(&k, "web1", 22);
	hd_known_hosts_add(&k, "kh", text, strlen(text));
	assert_true(hd_known_hosts_has(&k, "ecdsa-sha2-nistp256"));
	assert_false(hd_known_hosts_has(&k, "ssh-ed25519"));
	assert_false(hd_known_hosts_has(&k, "ssh-rsa"));
	assert_null(k.authority);
}

static void
an_authority_for_the_host_is_remembered(void **state)
{
	static const char text[] = "\n@cert-authority *.example.com " A "\n";
	HD_AUTO_KNOWN_HOSTS k;

	(void)state;
	hd_known_hosts_init(&k, "web1.example.com", 22);
	hd_known_hosts_add(&k, "kh", text, strlen(text));
	assert_non_null(k.authority);
	assert_int_equal(k.authority->line, 2);
}

static void
a_missing_file_holds_nothing_and_a_bad_one_is_an_error(void **state)
{
	struct hd_err err = { 0 };
	HD_AUTO_KNOWN_HOSTS k;

	(void)state;
	hd_known_hosts_init(&k, "web1", 22);
	assert_hd_ok(hd_known_hosts_read(&k, "/nonexistent/kh", &err), &err);
	assert_int_equal(k.keys.n, 0);
	assert_hd_fails(hd_known_hosts_read(&k, "/", &err), &err, HD_ELOCAL);
}

/* Every prefix and every changed byte of a file: nothing to assert but that
 * the sanitizers stay silent and that the key of another host is not taken. */
static void
damaged_files_are_read_without_harm(void **state)
{
	static const char good[] =
	    "@revoked * " B "\n" HASHED_A A "\nweb*,!web3 " ECDSA "\r\n";
	char *text;
	unsigned line;

	(void)state;
	for (size_t n = 0; n < sizeof(good); n++) {
		text = malloc(n + 1);
		memcpy(text, good, n);
		text[n] = '\0';
		assert_int_not_equal(
		    ask(text, "db", 22, A, &line), HD_KNOWN_MATCH);
		if (n > 0) {
			text[n - 1] ^= 0x15;
			assert_int_not_equal(
			    ask(text, "db", 22, A, &line), HD_KNOWN_MATCH);
		}
		free(text);
	}
}

#define OTHERS                                                                 \
	"# mine\n\n\tdb " A "\r\n@revoked * " ECDSA                            \
	"\n@cert-authority *.example.com " A "\nweb1 not-a-key x\n"

/* What is left of a file when web1.example.com, or another host, is taken out;
 * NULL: it cannot be. */
static const struct {
	const char *text, *host;
	unsigned port;
	const char *left;
} edits[] = {
	{ "web1 " A "\n", "web1", 22, "" },
	{ OTHERS "web1 " A "\nweb1 " ECDSA " old\nweb2 " B "\n", "web1", 22,
	    OTHERS "web2 " B "\n" },
	{ "web1 " A, "web1", 22, "" },
	{ "db " A "\nWEB1 " A, "web1", 22, "db " A "\n" },
	{ "web1,web2,10.0.0.1 " A " both\n", "web2", 22,
	    "web1,10.0.0.1 " A " both\n" },
	{ "web1,web1 " A "\n", "web1", 22, "" },
	{ "web1 " A "\n[web1]:2222 " B "\n", "web1", 2222, "web1 " A "\n" },
	{ HASHED_A A "\n" HASHED_B B "\n", "web1.example.com", 22,
	    HASHED_B B "\n" },
	{ "web* " A "\n", "web1", 22, NULL },
	{ "web1,web* " A "\n", "web1", 22, NULL },
	{ "web*,!web1 " A "\nweb1 " B "\n", "web1", 22, "web*,!web1 " A "\n" },
};

static void
a_host_is_taken_out_and_all_others_stay(void **state)
{
	char path[] = "/tmp/hdeploy-kh-XXXXXX";
	int fd = mkstemp(path);
	struct stat st;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < HD_COUNT(edits); i++) {
		const char *left =
		    edits[i].left != NULL ? edits[i].left : edits[i].text;
		HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
		struct hd_err err = { 0 };
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_true(fputs(edits[i].text, f) >= 0);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(chmod(path, 0640), 0);
		assert_int_equal(hd_known_hosts_forget(
				     path, edits[i].host, edits[i].port, &err),
		    edits[i].left != NULL ? 0 : -1);
		if (edits[i].left == NULL)
			assert_non_null(strstr(err.msg, ":1 covers web1 by a "
							"pattern"));
		assert_hd_ok(hd_fs_read(path, &text, &err), &err);
		assert_string_equal(text.ptr, left);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
	}
	assert_int_equal(unlink(path), 0);
}

static void
a_file_behind_a_link_is_replaced_and_a_missing_one_is_fine(void **state)
{
	char folder[] = "/tmp/hdeploy-kh-XXXXXX";
	struct hd_err err = { 0 };
	struct stat st;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_hd_ok(hd_known_hosts_forget("none", "web1", 22, &err), &err);
	f = fopen("real", "w");
	assert_non_null(f);
	assert_true(fputs("web1 " A "\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(symlink("real", "link"), 0);
	assert_hd_ok(hd_known_hosts_forget("link", "web1", 22, &err), &err);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat("real", &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(unlink("link") + unlink("real"), 0);
	assert_hd_fails(
	    hd_known_hosts_forget("/proc/version/x", "web1", 22, &err), &err,
	    HD_ELOCAL);
	assert_non_null(
	    strstr(err.msg, "`ssh-keygen -R 'web1' -f '/proc/version/x'`"));
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void
five_thousand_lines_are_read_quickly(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(4 * 1024 * 1024);
	int64_t start;
	unsigned line;

	(void)state;
	for (int i = 0; i < 5000; i++)
		hd_str_addf(
		    &text, "host%d,10.0.%d.%d " A "\n", i, i / 256, i % 256);
	start = hd_clock_ms();
	assert_int_equal(
	    ask(text.ptr, "host4999", 22, A, &line), HD_KNOWN_MATCH);
	assert_int_equal(line, 5000);
	/* it takes about 1 ms; this bound is for slow and busy machines */
	assert_true(hd_clock_ms() - start < 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_understood_as_ssh_does),
		cmocka_unit_test(
		    only_keys_that_may_be_accepted_decide_the_types),
		cmocka_unit_test(an_authority_for_the_host_is_remembered),
		cmocka_unit_test(
		    a_missing_file_holds_nothing_and_a_bad_one_is_an_error),
		cmocka_unit_test(damaged_files_are_read_without_harm),
		cmocka_unit_test(a_host_is_taken_out_and_all_others_stay),
		cmocka_unit_test(
		    a_file_behind_a_link_is_replaced_and_a_missing_one_is_fine),
		cmocka_unit_test(five_thousand_lines_are_read_quickly),
	};

	return cmocka_run_group_tests_name("known_hosts", tests, NULL, NULL);
}
