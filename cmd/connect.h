#ifndef HD_CONNECT_H
#define HD_CONNECT_H

#include "core/base/alloc.h"
#include "core/inventory/inventory.h"
#include "transport/ssh.h"

/*
 * What connecting takes from the environment, read once, before any thread:
 * HOME, USER, SSH_AUTH_SOCK, what CI services say of their job, and the usual
 * key and known_hosts files.
 */
struct hd_connector {
	struct hd_arena arena;
	const char *home; /* NULL: unknown */
	const char *user; /* who runs hdeploy */
	const char *who;  /* "user@machine", for the history */
	const char *job;  /* address of the CI job; NULL: none known */
	char token[33];   /* random, of this run */
	char run[17];     /* likewise, but public: for the history */
	const char *agent;
	struct hd_strs identities; /* the usual key files that are there */
	struct hd_strs known_hosts;
};

int hd_connector_init(struct hd_connector *c, struct hd_err *err) HD_CHECK;
void hd_connector_done(struct hd_connector *c);

/* A hd_connect_fn; ctx is a struct hd_connector. The only place that knows
 * which backends there are. */
int hd_connect(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err) HD_CHECK;

/* The key that an SSH host shows; hd_ssh_host_key(). */
int hd_show_key(struct hd_host_key *out, const struct hd_connector *c,
    const struct hd_host *host, bool replace, struct hd_err *err) HD_CHECK;
/* Takes the recorded keys of an SSH host out of every file that they would be
 * read from; hd_known_hosts_forget(). */
int hd_forget_keys(const struct hd_connector *c, const struct hd_host *host,
    struct hd_err *err) HD_CHECK;
/*
 * The words of the command line that runs a script of the host at this
 * terminal, as run_as: the system's ssh, which takes no key but the one in
 * the file known, or this machine's shell. Ends with NULL; lives in a.
 */
struct hd_strs hd_connect_words(const struct hd_connector *c,
    const struct hd_host *host, const char *known, const char *script,
    struct hd_arena *a);
/* Where a key of this host is to be added, in a; NULL if nobody has a home. */
const char *hd_known_hosts_file(const struct hd_connector *c,
    const struct hd_host *host, struct hd_arena *a);

#endif
