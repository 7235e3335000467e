#ifndef HD_SSH_CLIENT_H
#define HD_SSH_CLIENT_H

#include "transport/known_hosts/known_hosts_files.h"
#include "transport/ssh_opts.h"
#include "transport/ssh_certs.h"
#include "transport/ssh_configs.h"
#include "transport/ssh_gate.h"
#include "transport/ssh_keyring.h"
#include "transport/ssh_password.h"
#include "transport/ssh_proxy.h"
#include "transport/ssh_secret.h"
#include "transport/sudo_call.h"

#include <stdatomic.h>

/* One member for each module that shares state; each has its own lock. */
struct hd_ssh_client {
	struct ssh_gates gates;
	struct hd_known_files known;
	struct ssh_certs certs;
	struct ssh_keyring keys;
	struct ssh_secrets secrets;
	struct ssh_configs configs;
	struct ssh_proxies proxies;
	struct ssh_passwords passwords;
	atomic_uint busy; /* connections that run a command or an upload */
};

/* Prepares sudo with a password for one connection, and obtains the password.
 * *out: sudo, or NULL if from->wanted is false. host: for messages; lives as
 * long as *sudo. Blocks and fails as ssh_password_obtain(). */
int ssh_client_sudo(struct hd_sudo **out, struct hd_sudo *sudo,
    struct hd_ssh_client *c, const struct hd_sudo_source *from,
    const char *user, const char *host, enum hd_cancel stage,
    struct hd_err *err) HD_CHECK;

#endif
