#include "transport/ssh_kexinit.h"

#include "transport/quote.h"

#include <stdint.h>
#include <string.h>

enum { KEXINIT = 20, COOKIE = 16, SHOWN = 300 };

static const char *const titles[SSH_LISTS] = {
	[SSH_LIST_KEX] = "key exchange method",
	[SSH_LIST_HOST_KEY] = "host key type",
	[SSH_LIST_CIPHER_OUT] = "cipher",
	[SSH_LIST_CIPHER_IN] = "cipher",
	[SSH_LIST_MAC_OUT] = "MAC",
	[SSH_LIST_MAC_IN] = "MAC",
	[SSH_LIST_COMPRESSION_OUT] = "compression method",
	[SSH_LIST_COMPRESSION_IN] = "compression method",
};

bool
ssh_kexinit_read(
    struct ssh_kexinit *out, const unsigned char *payload, size_t n)
{
	size_t at = 1 + COOKIE;

	if (n < at || payload[0] != KEXINIT)
		return false;
	for (int i = 0; i < SSH_LISTS; i++) {
		const unsigned char *p = payload + at;
		size_t len;

		if (n - at < 4)
			return false;
		len = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		      (uint32_t)p[2] << 8 | p[3];
		if (n - at - 4 < len)
			return false;
		out->lists[i].p = (const char *)p + 4;
		out->lists[i].n = len;
		at += 4 + len;
	}
	return true;
}

static bool
has(const char *list, size_t n, const char *name, size_t len)
{
	while (n > 0) {
		const char *comma = memchr(list, ',', n);
		size_t one = comma != NULL ? (size_t)(comma - list) : n;

		if (one == len && memcmp(list, name, len) == 0)
			return true;
		one += one < n;
		list += one;
		n -= one;
	}
	return false;
}

/* The first of our names that the server has too; its length in *len. */
static const char *
common(
    const struct ssh_kexinit *server, int list, const char *ours, size_t *len)
{
	for (; *ours != '\0'; ours += *len + (ours[*len] == ',')) {
		*len = strcspn(ours, ",");
		if (has(server->lists[list].p, server->lists[list].n, ours,
			*len))
			return ours;
	}
	return NULL;
}

/* These ciphers need no MAC: the lists of MACs are then ignored. Neither does
 * ChaCha20, but libssh2 1.11.1 insists on one. */
static bool
authenticates(const char *cipher, size_t len)
{
	static const char *const all[] = { "aes256-gcm@openssh.com",
		"aes128-gcm@openssh.com" };

	for (size_t i = 0; i < HD_COUNT(all); i++)
		if (strlen(all[i]) == len && memcmp(all[i], cipher, len) == 0)
			return true;
	return false;
}

static void
explain(const struct ssh_kexinit *server, int list, const char *ours,
    struct hd_str *out)
{
	char quoted[SHOWN] = "";

	hd_quote(quoted, sizeof(quoted), server->lists[list].p,
	    server->lists[list].n);
	hd_str_addf(out,
	    "no common %s: the server offers %s; hdeploy offers %s",
	    titles[list], quoted[0] != '\0' ? quoted : "none", ours);
}

bool
ssh_kexinit_explain(const struct ssh_kexinit *server,
    const char *const ours[SSH_LISTS], struct hd_str *out)
{
	bool needs_mac[2] = { true, true };

	for (int i = 0; i < SSH_LISTS; i++) {
		bool cipher =
		    i == SSH_LIST_CIPHER_OUT || i == SSH_LIST_CIPHER_IN;
		bool mac = i == SSH_LIST_MAC_OUT || i == SSH_LIST_MAC_IN;
		const char *found;
		size_t len = 0;

		if (mac && !needs_mac[i - SSH_LIST_MAC_OUT])
			continue;
		found = common(server, i, ours[i], &len);
		if (found == NULL) {
			explain(server, i, ours[i], out);
			return true;
		}
		if (cipher)
			needs_mac[i - SSH_LIST_CIPHER_OUT] =
			    !authenticates(found, len);
	}
	return false;
}
