#include "transport/ssh_kexinit.h"

#include "transport/quote.h"

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
	struct hd_wire w = hd_wire_of((struct hd_bytes){ payload, n });

	if (hd_wire_byte(&w) != KEXINIT)
		return false;
	for (int i = 0; i < COOKIE; i++)
		(void)hd_wire_byte(&w);
	for (int i = 0; i < SSH_LISTS; i++)
		out->lists[i] = hd_wire_string(&w);
	return !w.bad;
}

static bool
has(struct hd_bytes list, const char *name, size_t len)
{
	while (list.n > 0) {
		const unsigned char *comma = memchr(list.p, ',', list.n);
		size_t n = comma != NULL ? (size_t)(comma - list.p) : list.n;

		if (n == len && memcmp(list.p, name, len) == 0)
			return true;
		n += n < list.n;
		list.p += n;
		list.n -= n;
	}
	return false;
}

const char *
ssh_kexinit_common(const struct ssh_kexinit *server, enum ssh_list list,
    const char *ours, size_t *len)
{
	for (; *ours != '\0'; ours += *len + (ours[*len] == ',')) {
		*len = strcspn(ours, ",");
		if (has(server->lists[list], ours, *len))
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
explain(const struct ssh_kexinit *server, enum ssh_list list, const char *ours,
    struct hd_str *out)
{
	char quoted[SHOWN] = "";

	hd_quote(quoted, sizeof(quoted), (const char *)server->lists[list].p,
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

	for (enum ssh_list i = 0; i < SSH_LISTS; i++) {
		bool cipher =
		    i == SSH_LIST_CIPHER_OUT || i == SSH_LIST_CIPHER_IN;
		bool mac = i == SSH_LIST_MAC_OUT || i == SSH_LIST_MAC_IN;
		const char *found;
		size_t len = 0;

		if (mac && !needs_mac[i - SSH_LIST_MAC_OUT])
			continue;
		found = ssh_kexinit_common(server, i, ours[i], &len);
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
