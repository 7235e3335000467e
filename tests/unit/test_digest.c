#include "tests/support/cmocka_all.h"

#include "core/base/digest.h"
#include "core/base/fs.h"

#include <string.h>
#include <unistd.h>

static void
sha256_of_a_file_matches_fips_180(void **state)
{
	char hex[HD_SHA256_HEX];
	struct hd_err err = { 0 };
	HD_AUTO_FD fd = -1;
	uint64_t size;

	(void)state;
	assert_hd_ok(hd_fs_temp(&fd, "abc", 3, &err), &err);
	assert_hd_ok(hd_sha256_fd(fd, hex, &size, &err), &err);
	assert_int_equal(size, 3);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
}

static void
a_digest_can_be_reused(void **state)
{
	struct hd_sha256 *h = hd_sha256_new();
	char one[HD_SHA256_HEX], two[HD_SHA256_HEX];

	(void)state;
	hd_sha256_add(h, "ab", 2);
	hd_sha256_add(h, "c", 1);
	hd_sha256_hex(h, one);
	hd_sha256_add(h, "abc", 3);
	hd_sha256_hex(h, two);
	hd_sha256_free(h);
	assert_string_equal(one, two);
}

static void
hmac_sha1_matches_rfc_2202(void **state)
{
	static const unsigned char want[20] = { 0xef, 0xfc, 0xdf, 0x6a, 0xe5,
		0xeb, 0x2f, 0xa2, 0xd2, 0x74, 0x16, 0xd5, 0xf1, 0x84, 0xdf,
		0x9c, 0x25, 0x9a, 0x7c, 0x79 };
	struct hd_hmac_sha1 *h = hd_hmac_sha1_new();
	unsigned char got[20];

	(void)state;
	/* the second message must not depend on the first */
	for (int i = 0; i < 2; i++) {
		hd_hmac_sha1(
		    h, "Jefe", 4, "what do ya want for nothing?", 28, got);
		assert_memory_equal(got, want, sizeof(want));
	}
	hd_hmac_sha1_free(h);
}

static void
base64_is_decoded_or_refused(void **state)
{
	static const struct {
		const char *text;
		long len;
	} rows[] = {
		{ "aGVsbG8=", 5 },
		{ "aGVsbA==", 4 },
		{ "aGVs", 3 },
		{ "aGV", -1 },
		{ "aG=s", -1 },
		{ "a===", -1 },
		{ "a!Vs", -1 },
		{ "", -1 },
	};
	unsigned char out[5];

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		long n = hd_base64_decode(
		    rows[i].text, strlen(rows[i].text), out, sizeof(out));

		assert_int_equal(n, rows[i].len);
		if (n > 0)
			assert_memory_equal(out, "hello", (size_t)n);
	}
	assert_int_equal(hd_base64_decode("aGVsbG8=", 8, out, 4), -1);
}

static void
random_names_differ(void **state)
{
	char a[17], b[17];

	(void)state;
	hd_random_hex(a, 8);
	hd_random_hex(b, 8);
	assert_int_equal(strlen(a), 16);
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of_a_file_matches_fips_180),
		cmocka_unit_test(a_digest_can_be_reused),
		cmocka_unit_test(hmac_sha1_matches_rfc_2202),
		cmocka_unit_test(base64_is_decoded_or_refused),
		cmocka_unit_test(random_names_differ),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
