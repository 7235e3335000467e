#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/digest.h"
#include "transport/keys/ssh_cert.h"

#include <stdlib.h>
#include <string.h>

static struct hd_arena arena;
static char folder[64];

static const char *
path(const char *name)
{
	return hd_arena_fmt(&arena, "%s/%s", folder, name);
}

/* The key in a line of authorized_keys. */
static struct hd_bytes
blob(const char *name)
{
	HD_AUTO_FREE char *text = files_text(path(name));
	char *start = strchr(text, ' ') + 1;
	size_t n = strcspn(start, " \n");
	unsigned char *out = hd_arena_alloc(&arena, n);
	long len = hd_base64_decode(start, n, out, n);

	assert_true(len > 0);
	return (struct hd_bytes){ out, (size_t)len };
}

static void
make_key(const char *name, const char *type)
{
	files_run((const char *[]){ "ssh-keygen", "-q", "-t", type, "-N", "",
	    "-C", name, "-f", path(name), NULL });
}

static void
certify(const char *name, const char *names, const char *times)
{
	files_run((const char *[]){ "ssh-keygen", "-q", "-s", path("ca"), "-I",
	    "an id", "-n", names, "-V", times, "-z", "7",
	    path(hd_arena_fmt(&arena, "%s.pub", name)), NULL });
}

static void
every_type_of_certificate_is_about_its_key(void **state)
{
	static const char *const types[] = { "ed25519", "ecdsa", "rsa" };
	struct ssh_cert c;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(types); i++) {
		const char *type = types[i];
		struct hd_bytes key, cert;

		make_key(type, type);
		certify(type, "web,admin", "20200101:20300101");
		key = blob(hd_arena_fmt(&arena, "%s.pub", type));
		cert = blob(hd_arena_fmt(&arena, "%s-cert.pub", type));
		assert_true(ssh_cert_is(cert));
		assert_false(ssh_cert_is(key));
		assert_false(ssh_cert_read(&c, key));
		assert_true(ssh_cert_read(&c, cert));
		assert_true(ssh_cert_is_about(&c, key));
		assert_true(hd_bytes_equal(ssh_cert_key(&c, &arena), key));
		assert_false(ssh_cert_is_about(&c, blob("ca.pub")));
		assert_true(hd_bytes_equal(c.authority, blob("ca.pub")));
	}
}

static void
its_claims_are_read(void **state)
{
	struct ssh_cert c;

	(void)state;
	make_key("claims", "ed25519");
	certify("claims", "web,admin", "20200101000000Z:20300101000000Z");
	assert_true(ssh_cert_read(&c, blob("claims-cert.pub")));
	assert_int_equal(c.kind, SSH_CERT_USER);
	assert_int_equal(c.serial, 7);
	assert_true(hd_bytes_are(c.id, "an id"));
	assert_int_equal(c.after, 1577836800);
	assert_int_equal(c.before, 1893456000);
	assert_true(ssh_cert_names(&c, "web"));
	assert_true(ssh_cert_names(&c, "admin"));
	assert_false(ssh_cert_names(&c, "we"));
	assert_false(ssh_cert_names(&c, ""));
	assert_true(c.extensions.n > 0);
	assert_int_equal(c.critical.n, 0);
}

static void
a_certificate_that_is_cut_anywhere_is_none(void **state)
{
	struct hd_bytes whole;
	struct ssh_cert c;

	(void)state;
	make_key("cut", "ed25519");
	certify("cut", "web", "always:forever");
	whole = blob("cut-cert.pub");
	assert_true(ssh_cert_read(&c, whole));
	assert_true(c.before == UINT64_MAX);
	for (size_t n = 0; n < whole.n; n++)
		assert_false(
		    ssh_cert_read(&c, (struct hd_bytes){ whole.p, n }));
}

static int
make_authority(void **state)
{
	(void)state;
	files_folder(folder);
	make_key("ca", "ed25519");
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	files_remove(folder);
	hd_arena_done(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_of_certificate_is_about_its_key),
		cmocka_unit_test(its_claims_are_read),
		cmocka_unit_test(a_certificate_that_is_cut_anywhere_is_none),
	};

	return cmocka_run_group_tests_name(
	    "ssh_cert", tests, make_authority, remove_folder);
}
