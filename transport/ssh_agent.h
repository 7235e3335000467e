#ifndef HD_SSH_AGENT_H
#define HD_SSH_AGENT_H

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "transport/keys/wire.h"

/*
 * A client of ssh-agent (draft-ietf-sshm-ssh-agent; OpenSSH: authfd.c). Not
 * libssh2's, which blocks without a limit, leaves its socket open in children
 * and cannot sign with RSA certificates or with keys of security tokens.
 * Functions block until a->until at most; HD_ELOCAL, HD_ETIMEOUT, HD_ECANCELED.
 */
struct ssh_agent {
	int fd; /* -1: not connected */
	struct hd_until until;
	struct hd_arena arena; /* of the answers */
};

struct ssh_agent_key {
	struct hd_bytes blob; /* a public key or a certificate */
	const char *comment;  /* as the agent sends it: escape it */
};
struct ssh_agent_keys {
	struct ssh_agent_key *v;
	size_t n, cap;
};

/* The caller calls ssh_agent_close(), also after a failure. */
int ssh_agent_open(struct ssh_agent *a, const char *path,
    const struct hd_until *until, struct hd_err *err) HD_CHECK;
void ssh_agent_close(struct ssh_agent *a);

/* The keys live as long as a. A locked agent shows none. */
int ssh_agent_list(struct ssh_agent *a, struct ssh_agent_keys *out,
    struct hd_err *err) HD_CHECK;

/* RSA keys sign with SHA-1 unless one of these is given. */
enum { SSH_AGENT_RSA_SHA256 = 2, SSH_AGENT_RSA_SHA512 = 4 };
struct ssh_signature {
	struct hd_bytes algorithm, value;
	struct hd_bytes rest; /* flags and counter of a security token */
};
/* HD_EREFUSED if the agent refused: its user declined, it is locked, or the key
 * is limited to other hosts. *out lives as long as a. */
int ssh_agent_sign(struct ssh_agent *a, struct hd_bytes key,
    struct hd_bytes data, uint32_t flags, struct ssh_signature *out,
    struct hd_err *err) HD_CHECK;

/* Parse a message without its leading length; for tests. false: it is malformed
 * or another answer. */
bool ssh_agent_read_keys(struct hd_bytes message, struct hd_arena *arena,
    struct ssh_agent_keys *out);
bool ssh_agent_read_signature(
    struct hd_bytes message, struct ssh_signature *out);

#endif
