#include "cmd/connect_options.h"

#include "transport/ssh_config.h"

#include <string.h>

enum { SSH_PORT = 22 };

/* home may be NULL. */
static const char *
expand_home(struct hd_arena *a, const char *home, const char *path)
{
	if (strncmp(path, "~/", 2) != 0 || home == NULL)
		return path;
	return hd_arena_fmt(a, "%s%s", home, path + 1);
}

static struct hd_ssh_files
files(struct hd_strs list)
{
	return (struct hd_ssh_files){ list.v, list.n };
}

/* The options of ssh_config for this host. */
static int
ask_ssh(const struct hd_ssh_config **out, const struct hd_connector *c,
    const struct hd_host *host, const char *file, bool finish,
    struct hd_err *err)
{
	static const struct hd_ssh_config nothing = {
		.unread = "deploy.ini has ssh_config = no",
	};
	const struct hd_ssh_query q = {
		.file = file,
		.host = host->address,
		.user = host->user,
		.port = host->port,
		.offline = c->offline,
	};

	*out = &nothing;
	if (host->ssh_config != NULL && file == NULL)
		return 0;
	return hd_ssh_config_get(
	    out, c->ssh, &q, finish ? HD_CANCEL_NOW : HD_CANCEL_SOON, err);
}

static void
add_all(struct hd_arena *a, struct hd_strs *to, struct hd_ssh_files from)
{
	for (size_t i = 0; i < from.n; i++)
		*HD_PUSH(a, to) = from.v[i];
}

/* A file named in deploy.ini replaces the usual files, but a key that the usual
 * files revoke stays revoked. Ignores StrictHostKeyChecking of ssh_config:
 * accepting new hosts for a shell does not mean accepting them for deployments.
 */
static struct hd_ssh_trust
trust_of(const struct hd_connector *c, const struct hd_host *host,
    const struct hd_ssh_config *x, struct hd_arena *a)
{
	bool read = x->unread == NULL;
	bool accept = host->host_key_policy != NULL &&
		      strcmp(host->host_key_policy, "strict") != 0;
	struct hd_ssh_trust t = {
		.user = files(read ? x->user_known : c->user_known),
		.global = files(read ? x->global_known : c->global_known),
		.revoked = files(x->revoked),
		.name = x->alias,
		.pins = host->host_keys.v,
		.npins = host->host_keys.n,
		.policy = accept ? HD_SSH_ACCEPT_NEW : HD_SSH_STRICT,
	};
	struct hd_strs named = { 0 }, usual = { 0 };

	if (host->known_hosts != NULL) {
		*HD_PUSH(a, &named) =
		    expand_home(a, c->home, host->known_hosts);
		add_all(a, &usual, t.user);
		add_all(a, &usual, t.global);
		t.user = files(named);
		t.global = (struct hd_ssh_files){ 0 };
		t.revoking = files(usual);
	}
	return t;
}

/* Whether ssh_config names keys. If not, ssh -G may print the usual ones, which
 * include these three in every version. */
static bool
names_keys(const struct hd_strs *identities)
{
	static const char *const usual[] = { "/id_rsa", "/id_ecdsa",
		"/id_ed25519" };
	size_t found = 0;

	for (size_t i = 0; i < HD_COUNT(usual); i++)
		for (size_t k = 0; k < identities->n; k++) {
			const char *name = strrchr(identities->v[k], '/');

			found += name != NULL && strcmp(name, usual[i]) == 0;
		}
	return identities->n > 0 && found < HD_COUNT(usual);
}

/* Keys of deploy.ini, else those of ssh_config, else the usual ones. Only keys
 * of deploy.ini must be usable: many people name keys for Host * that they do
 * not have everywhere. */
static struct hd_ssh_login
login_of(const struct hd_connector *c, const struct hd_host *host,
    const struct hd_ssh_config *x, struct hd_arena *a)
{
	struct hd_strs identities = { 0 };
	struct hd_ssh_login l = {
		.named = host->identities.n > 0 || host->identity_envs.n > 0,
		.chosen = names_keys(&x->identities),
		.variables = host->identity_envs.v,
		.nvariables = host->identity_envs.n,
		.passphrase_command = host->passphrase_command,
		.password_command = host->password_command,
		.only = x->only,
		.certificates = files(x->certificates),
		.agent = x->agent == NULL                ? c->agent
			 : strcmp(x->agent, "none") == 0 ? NULL
							 : x->agent,
	};

	for (size_t i = 0; i < host->identities.n; i++)
		*HD_PUSH(a, &identities) =
		    expand_home(a, c->home, host->identities.v[i]);
	if (!l.named)
		identities =
		    x->identities.n > 0 ? x->identities : c->identities;
	l.identities = identities.v;
	l.nidentities = identities.n;
	return l;
}

static struct hd_ssh_net
net_of(
    const struct hd_host *host, const struct hd_ssh_config *x, const char *file)
{
	bool own = host->connect_timeout_set || x->connect_ms == 0;

	return (struct hd_ssh_net){
		.connect_ms = own ? host->connect_timeout : x->connect_ms,
		.retries = host->connect_retries,
		.family = x->family,
		.bind = x->bind,
		.silence_ms =
		    x->silence_ms > 0 ? x->silence_ms : host->connect_timeout,
		.proxy_command = x->proxy_command,
		.proxy_jump = x->proxy_jump,
		.config = file,
	};
}

struct hd_sudo_source
hd_connect_sudo(const struct hd_host *host)
{
	const struct hd_sudo_password *p = &host->sudo_password;

	return (struct hd_sudo_source){
		.wanted = p->from != HD_SUDO_NEVER,
		.command = p->from == HD_SUDO_COMMAND ? p->text : NULL,
		.variable = p->from == HD_SUDO_ENV ? p->text : NULL,
	};
}

int
hd_connect_options(struct hd_ssh_opts *o, const struct hd_ssh_config **x,
    const struct hd_connector *c, const struct hd_host *host, bool finish,
    struct hd_arena *a, struct hd_err *err)
{
	const char *file = NULL;
	const struct hd_ssh_config *said;

	if (host->ssh_config != NULL && strcmp(host->ssh_config, "no") != 0)
		file = expand_home(a, c->home, host->ssh_config);
	if (ask_ssh(&said, c, host, file, finish, err) < 0)
		return -1;
	*x = said;
	*o = (struct hd_ssh_opts){
		.client = c->ssh,
		.address =
		    said->hostname != NULL ? said->hostname : host->address,
		.port = host->port > 0   ? host->port
			: said->port > 0 ? said->port
					 : SSH_PORT,
		.user = host->user != NULL   ? host->user
			: said->user != NULL ? said->user
					     : c->user,
		.run_as = host->run_as,
		.sudo = hd_connect_sudo(host),
		.finish = finish,
		.net = net_of(host, said, file),
		.trust = trust_of(c, host, said, a),
		.login = login_of(c, host, said, a),
	};
	o->net.hurried = c->answered != NULL && !finish &&
			 !c->answered[host - c->env->hosts.v];
	return 0;
}
