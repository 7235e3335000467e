#ifndef HD_SSH_OFFERS_H
#define HD_SSH_OFFERS_H

#include "core/base/alloc.h"
#include "core/base/str.h"
#include "transport/keys/ssh_key.h"
#include "transport/ssh_agent.h"

#include <time.h>

/* One key or certificate to show to the server. */
struct ssh_offer {
	const char *kind; /* for messages: "agent key ", or "" for a file */
	const char *name; /* as it came: escape it */
	/* What the server sees; no bytes: an encrypted file hides it. */
	struct hd_bytes blob;
	struct ssh_key *key;    /* signs; NULL: the agent signs */
	struct hd_bytes signer; /* the agent's key that signs */
	int rank;               /* lower ones first */
};
struct ssh_offers {
	struct ssh_offer *v;
	size_t n, cap;
};

/* The keys to choose from. */
struct ssh_choice {
	const char *user; /* on the host */
	time_t now;
	struct ssh_key *const *keys;         /* end with NULL */
	struct ssh_key *const *certificates; /* CertificateFile; likewise */
	struct ssh_agent_keys agent;
	bool named; /* the user named the keys, here or in ssh_config */
	bool only;  /* IdentitiesOnly: no other keys of the agent */
};

/*
 * The order of ssh (pubkey_prepare() in OpenSSH's sshconnect2.c), except that
 * named keys come before other keys of the agent: with many keys in the agent
 * ssh fails, because servers disconnect after five refusals.
 *
 *	certificates that the user named
 *	the certificates of named keys, from files or the agent
 *	named keys that the agent has, then other named keys
 *	keys of the agent that are also default files, then its other keys
 *	default files, each after its certificate
 *	certificates that this machine's clock calls expired or too early
 *
 * Each key is in *out once. Appends "; NAME: reason" to notes for each key that
 * cannot be offered or is doubtful. *out lives as long as arena and x.
 */
void ssh_offers_choose(struct ssh_offers *out, const struct ssh_choice *x,
    struct hd_arena *arena, struct hd_str *notes);

#endif
