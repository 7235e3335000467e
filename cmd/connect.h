#ifndef HD_CONNECT_H
#define HD_CONNECT_H

#include "cmd/secrets.h"
#include "core/base/alloc.h"
#include "core/event.h"
#include "core/inventory/inventory.h"
#include "transport/ssh.h"

/*
 * Facts that connections need: the user and the home folder, SSH_AUTH_SOCK, the
 * CI job, and the default key and known_hosts files. Read once from the system
 * and the environment, before any thread starts.
 */
struct hd_connector {
	struct hd_arena arena;
	struct hd_ssh_client *ssh;
	const char *home; /* NULL: unknown */
	const char *user; /* who runs hdeploy */
	const char *who;  /* "user@machine", for the history */
	const char *job;  /* URL of the CI job; NULL: unknown */
	char token[33];   /* random secret of this run */
	char run[17];     /* random id of this run, for the history */
	const char *agent;
	/* If the run can do without hosts that do not answer: its environment,
	 * and for each of its hosts whether it ever answered. NULL: it cannot
	 */
	const struct hd_env *env;
	bool *answered;
	bool offline; /* ssh_config is resolved without the network */
	const struct hd_sink *sink; /* for notes; the caller may set it */
	struct hd_strs identities;  /* default key files that exist */
	/* the usual known_hosts files of this user and of the system */
	struct hd_strs user_known, global_known;
};

int hd_connector_init(struct hd_connector *c, struct hd_err *err) HD_CHECK;
/* Gives the secrets to connections, which may ask for more at the terminal.
 * Borrowed until hd_connector_done(). */
void hd_connector_secrets(struct hd_connector *c, struct hd_secrets *secrets);
/* The first connection to each host of env may fail early: a server that does
 * not answer in time is not tried again. */
void hd_connector_hurry(struct hd_connector *c, const struct hd_env *env);
void hd_connector_done(struct hd_connector *c);
/* Looks for the default files in another home folder; for tests. */
void hd_connector_home(struct hd_connector *c, const char *home);

/* A hd_connect_fn; ctx is a struct hd_connector. finish: see struct
 * hd_ssh_opts. The only place that knows all transports. */
int hd_connect(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err) HD_CHECK;

/* Reads the host key of an SSH host; replace: a changed key is not an error.
 * See hd_ssh_host_key(). */
int hd_show_key(struct hd_host_key *out, const struct hd_connector *c,
    const struct hd_host *host, bool replace, struct hd_err *err) HD_CHECK;
/* Adds a line to a known_hosts file; see hd_known_hosts_append(). */
int hd_add_key(const char *file, const char *line, struct hd_err *err) HD_CHECK;
/* Removes the recorded keys of an SSH host from every known_hosts file that is
 * used for it; see hd_known_hosts_forget(). */
int hd_forget_keys(const struct hd_connector *c, const struct hd_host *host,
    struct hd_err *err) HD_CHECK;
/*
 * The command line that runs a script on the host as run_as, attached to this
 * terminal: through the system's ssh, which accepts only the host key in the
 * file known, or through the local shell. Ends with NULL; allocated in a.
 */
int hd_connect_words(struct hd_strs *out, const struct hd_connector *c,
    const struct hd_host *host, const char *known, const char *script,
    struct hd_arena *a, struct hd_err *err) HD_CHECK;
/* The version of libssh2. */
const char *hd_connect_library(void);
/* The file to add a key of this host to, allocated in a; NULL if there is none:
 * the home folder is unknown, or UserKnownHostsFile is none. */
int hd_known_hosts_file(const char **out, const struct hd_connector *c,
    const struct hd_host *host, struct hd_arena *a,
    struct hd_err *err) HD_CHECK;

#endif
