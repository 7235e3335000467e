#include "transport/ssh_algorithms.h"

#include <string.h>

/*
 * Modern algorithms only: by default libssh2 also offers SHA-1, CBC and RC4.
 * Both directions have the same list, because libssh2 1.11.1 confuses the two
 * if they differ. AES-GCM comes first: client and server together need 10 %
 * less processor time than with AES-CTR and an encrypt-then-MAC digest, and
 * with .ci/libssh2.patch 30 %. Servers rekey ChaCha20 after each GiB. A libssh2
 * without ML-KEM ignores it.
 */
#define CIPHERS                                                                \
	"aes128-gcm@openssh.com,aes256-gcm@openssh.com,"                       \
	"aes256-ctr,aes128-ctr,chacha20-poly1305@openssh.com"
#define MACS                                                                   \
	"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"         \
	"hmac-sha2-256,hmac-sha2-512"
static const struct {
	int method;
	const char *list;
} methods[SSH_LISTS] = {
	[SSH_LIST_KEX] = { LIBSSH2_METHOD_KEX,
	    "mlkem768x25519-sha256,curve25519-sha256,"
	    "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
	    "ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	    "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
	    "diffie-hellman-group-exchange-sha256,"
	    "diffie-hellman-group14-sha256" },
	[SSH_LIST_HOST_KEY] = { LIBSSH2_METHOD_HOSTKEY, NULL },
	[SSH_LIST_CIPHER_OUT] = { LIBSSH2_METHOD_CRYPT_CS, CIPHERS },
	[SSH_LIST_CIPHER_IN] = { LIBSSH2_METHOD_CRYPT_SC, CIPHERS },
	[SSH_LIST_MAC_OUT] = { LIBSSH2_METHOD_MAC_CS, MACS },
	[SSH_LIST_MAC_IN] = { LIBSSH2_METHOD_MAC_SC, MACS },
	[SSH_LIST_COMPRESSION_OUT] = { LIBSSH2_METHOD_COMP_CS, "none" },
	[SSH_LIST_COMPRESSION_IN] = { LIBSSH2_METHOD_COMP_SC, "none" },
};

static const char *
list_of(int list, const char *host_keys)
{
	return methods[list].list != NULL ? methods[list].list : host_keys;
}

int
ssh_algorithms_set(
    LIBSSH2_SESSION *session, const char *host_keys, struct hd_err *err)
{
	for (int i = 0; i < SSH_LISTS; i++)
		if (libssh2_session_method_pref(
			session, methods[i].method, list_of(i, host_keys)) != 0)
			return hd_err_set(err, HD_ELOCAL,
			    "this build of libssh2 lacks the algorithms that "
			    "hdeploy needs");
	return 0;
}

/* The names of our list that this libssh2 knows: it drops the others. */
static void
add_supported(
    LIBSSH2_SESSION *session, int method, const char *ours, struct hd_str *out)
{
	const char **known = NULL;
	int n = libssh2_session_supported_algs(session, method, &known);

	for (size_t len; *ours != '\0'; ours += len + (ours[len] == ',')) {
		len = strcspn(ours, ",");
		for (int i = 0; i < n; i++) {
			if (strlen(known[i]) != len ||
			    memcmp(known[i], ours, len) != 0)
				continue;
			hd_str_add(out, out->len > 0 ? "," : "");
			hd_str_addn(out, ours, len);
		}
	}
	if (n > 0)
		libssh2_free(session, known);
}

bool
ssh_algorithms_explain(LIBSSH2_SESSION *session, const char *host_keys,
    const struct ssh_kexinit *server, struct hd_str *out)
{
	struct hd_str lists[SSH_LISTS];
	const char *ours[SSH_LISTS];
	bool differ;

	for (int i = 0; i < SSH_LISTS; i++) {
		hd_str_init(&lists[i], 1024);
		add_supported(session, methods[i].method, list_of(i, host_keys),
		    &lists[i]);
		ours[i] = lists[i].ptr;
	}
	differ = ssh_kexinit_explain(server, ours, out);
	for (int i = 0; i < SSH_LISTS; i++)
		hd_str_done(&lists[i]);
	return differ;
}
