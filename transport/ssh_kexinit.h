#ifndef HD_SSH_KEXINIT_H
#define HD_SSH_KEXINIT_H

#include "core/base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* The lists of algorithms in an SSH_MSG_KEXINIT, in its order (RFC 4253, 7.1);
 * OUT is from the client to the server. */
enum ssh_list {
	SSH_LIST_KEX,
	SSH_LIST_HOST_KEY,
	SSH_LIST_CIPHER_OUT,
	SSH_LIST_CIPHER_IN,
	SSH_LIST_MAC_OUT,
	SSH_LIST_MAC_IN,
	SSH_LIST_COMPRESSION_OUT,
	SSH_LIST_COMPRESSION_IN,
	SSH_LISTS,
};

/* The server's offer: names with commas, not NUL-terminated, borrowed from the
 * packet. */
struct ssh_kexinit {
	struct {
		const char *p;
		size_t n;
	} lists[SSH_LISTS];
};

/* False if the payload (without length and padding) is not an
 * SSH_MSG_KEXINIT. */
bool ssh_kexinit_read(
    struct ssh_kexinit *out, const unsigned char *payload, size_t n);

/* Appends the first list without a name in common with ours, and the offers of
 * both sides. False, and appends nothing, if there is no such list. */
bool ssh_kexinit_explain(const struct ssh_kexinit *server,
    const char *const ours[SSH_LISTS], struct hd_str *out);

#endif
