#ifndef HD_SSH_CONFIG_H
#define HD_SSH_CONFIG_H

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "transport/ssh_opts.h"

/* A host, with its user and port of deploy.ini, because they decide which
 * sections of ssh_config apply. */
struct hd_ssh_query {
	const char *file; /* NULL: ssh's own files */
	const char *host;
	const char *user; /* NULL: not given */
	unsigned port;    /* 0: not given */
	bool offline;     /* without CanonicalizeHostname, which asks name
			     servers; all queries of a client agree on it */
};

/*
 * The options of ssh_config(5) for one host that hdeploy uses, as `ssh -G`
 * resolves them, so with Include, Match and the like. Lists are empty, and
 * other members NULL or 0, if neither a file nor ssh sets them.
 */
struct hd_ssh_config {
	const char *unread; /* why ssh_config was not read; NULL: it was */
	const char *hostname, *user;
	unsigned port;
	enum hd_family family;
	const char *bind;
	unsigned connect_ms, silence_ms;
	const char *proxy_command; /* without tokens, for a shell */
	const char *proxy_jump;
	const char *alias; /* HostKeyAlias */
	bool lax;          /* StrictHostKeyChecking=accept-new or no */
	struct hd_strs user_known, global_known, revoked;
	/* those that a file names, without ssh's usual ones */
	struct hd_strs identities;
	struct hd_strs certificates;
	bool only;         /* IdentitiesOnly */
	const char *agent; /* a path, "none", or NULL: $SSH_AUTH_SOCK */
};

/*
 * Borrowed from client. Runs `ssh -G` once for equal queries, at most 8 at a
 * time. Blocks for up to 30 s, because ssh may run commands (Match exec) and
 * query name servers (CanonicalizeHostname). HD_ELOCAL, quoting ssh, if a file
 * is wrong. Without an ssh client, sets unread.
 */
int hd_ssh_config_get(const struct hd_ssh_config **out,
    struct hd_ssh_client *client, const struct hd_ssh_query *q,
    enum hd_cancel stage, struct hd_err *err) HD_CHECK;

/* Values of the tokens of ssh_config(5) that the options do not contain. */
struct hd_ssh_tokens {
	const char *host;                    /* %n */
	const char *home, *local_user, *uid; /* %d ~, %u, %i */
	const char *machine;                 /* %l, %L */
};

/* Values of two options that hdeploy adds to `ssh -G`: an IdentityFile, so that
 * ssh does not list its usual ones, and a ControlPath that shows %C. */
#define HD_SSH_CONFIG_MARK "/dev/null/hdeploy"
#define HD_SSH_CONFIG_HASH "/%C"

/* Reads the output of `ssh -G`; allocates in a. HD_ELOCAL if it is unusable. */
int hd_ssh_config_read(struct hd_ssh_config *out, const char *text,
    const struct hd_ssh_tokens *t, struct hd_arena *a,
    struct hd_err *err) HD_CHECK;

#endif
