#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "transport/known_hosts/host_cert.h"

#include "core/base/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Signs host.pub in the folder with a new authority of this kind; returns the
 * length of the certificate. */
static size_t
certificate(const char *folder, const char *const *kind,
    unsigned char blob[static 8192])
{
	char ca[128], host[128], cert[128];
	const char *sign[] = { "ssh-keygen", "-q", "-s", ca, "-I", "test", "-h",
		"-n", "web1,*.example.com", "-V",
		"20300101000000Z:20310101000000Z", host, NULL };
	const char *make[] = { "ssh-keygen", "-q", "-N", "", "-f", ca, "-t",
		kind[0], "-b", kind[1], NULL };
	char *text, *base64;
	long n;

	snprintf(ca, sizeof(ca), "%s/ca-%s", folder, kind[0]);
	snprintf(host, sizeof(host), "%s/host.pub", folder);
	snprintf(cert, sizeof(cert), "%s/host-cert.pub", folder);
	files_run(make);
	files_run(sign);
	text = files_text(cert);
	base64 = strchr(text, ' ') + 1;
	n = hd_base64_decode(base64, strcspn(base64, " \n"), blob, 8192);
	assert_true(n > 0);
	free(text);
	return (size_t)n;
}

static int
setup(void **state)
{
	static char folder[64];
	char host[128];
	const char *make[] = { "ssh-keygen", "-q", "-N", "", "-t", "ed25519",
		"-f", host, NULL };

	files_folder(folder);
	snprintf(host, sizeof(host), "%s/host", folder);
	files_run(make);
	*state = folder;
	return 0;
}

static int
teardown(void **state)
{
	files_remove(*state);
	return 0;
}

static enum hd_host_cert
judge(const unsigned char *blob, size_t n, const char *name, uint64_t now)
{
	HD_AUTO_STR why = HD_STR_INIT(1024);
	struct ssh_cert c;
	enum hd_host_cert verdict;

	if (!ssh_cert_read(&c, (struct hd_bytes){ blob, n }))
		return HD_HOST_CERT_BAD;
	verdict = hd_host_cert_check(&c, name, now, &why);
	assert_int_equal(why.len == 0, verdict == HD_HOST_CERT_GOOD);
	return verdict;
}

enum { AFTER = 1893456000, BEFORE = 1924992000 };

static void
no_byte_of_a_certificate_can_be_changed(void **state)
{
	static const char *const kinds[][2] = { { "ed25519", "256" },
		{ "ecdsa", "256" }, { "ecdsa", "384" }, { "rsa", "1024" } };
	unsigned char blob[8192];

	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		size_t n;
		char old[128];

		snprintf(
		    old, sizeof(old), "%s/ca-%s", (char *)*state, kinds[i][0]);
		(void)unlink(old);
		n = certificate(*state, kinds[i], blob);
		assert_int_equal(
		    judge(blob, n, "web1", AFTER), HD_HOST_CERT_GOOD);
		for (size_t at = 0; at < n; at++) {
			blob[at] ^= 1;
			if (judge(blob, n, "web1", AFTER) == HD_HOST_CERT_GOOD)
				fail_msg(
				    "%s: byte %zu of %zu", kinds[i][0], at, n);
			blob[at] ^= 1;
			if (judge(blob, at, "web1", AFTER) != HD_HOST_CERT_BAD)
				fail_msg("%s: cut at %zu", kinds[i][0], at);
		}
	}
}

static void
the_time_and_the_name_must_fit(void **state)
{
	static const char *const kind[] = { "ed25519", "256" };
	static const struct {
		const char *name;
		uint64_t now;
		enum hd_host_cert want;
	} rows[] = {
		{ "web1", AFTER, HD_HOST_CERT_GOOD },
		{ "web1", AFTER - 1, HD_HOST_CERT_UNFIT },
		{ "web1", BEFORE - 1, HD_HOST_CERT_GOOD },
		{ "web1", BEFORE, HD_HOST_CERT_UNFIT },
		{ "web1", 0, HD_HOST_CERT_UNFIT },
		{ "web1", UINT64_MAX, HD_HOST_CERT_UNFIT },
		{ "a.b.example.com", AFTER, HD_HOST_CERT_UNFIT },
		{ "example.com", AFTER, HD_HOST_CERT_UNFIT },
		{ "web10", AFTER, HD_HOST_CERT_UNFIT },
		{ "*.example.com", AFTER, HD_HOST_CERT_GOOD },
		{ "", AFTER, HD_HOST_CERT_UNFIT },
	};
	unsigned char blob[8192];
	char old[128];
	size_t n;

	snprintf(old, sizeof(old), "%s/ca-ed25519", (char *)*state);
	(void)unlink(old);
	n = certificate(*state, kind, blob);
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (judge(blob, n, rows[i].name, rows[i].now) != rows[i].want)
			fail_msg("row %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_byte_of_a_certificate_can_be_changed),
		cmocka_unit_test(the_time_and_the_name_must_fit),
	};

	if (access("/usr/bin/ssh-keygen", X_OK) < 0) {
		print_message("no ssh-keygen: skipped\n");
		return 0;
	}
	return cmocka_run_group_tests_name("host_cert", tests, setup, teardown);
}
