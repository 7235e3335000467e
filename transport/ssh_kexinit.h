#ifndef HD_SSH_KEXINIT_H
#define HD_SSH_KEXINIT_H

#include "core/base/str.h"
#include "transport/keys/wire.h"

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
	struct hd_bytes lists[SSH_LISTS];
};

/* False if the payload (without length and padding) is not an
 * SSH_MSG_KEXINIT. */
bool ssh_kexinit_read(
    struct ssh_kexinit *out, const unsigned char *payload, size_t n);

/* The first name of ours, a list with commas, that the server has too (RFC
 * 4253, 7.1), and its length; NULL: none. Borrowed from ours. */
const char *ssh_kexinit_common(const struct ssh_kexinit *server,
    enum ssh_list list, const char *ours, size_t *len);

/* Appends the first list without a name in common with ours, and the offers of
 * both sides. False, and appends nothing, if there is no such list. */
bool ssh_kexinit_explain(const struct ssh_kexinit *server,
    const char *const ours[SSH_LISTS], struct hd_str *out);

#endif
