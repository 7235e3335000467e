#include "transport/ssh_client.h"

#include "core/base/alloc.h"
#include "transport/ssh.h"

#include <libssh2.h>
#include <stdlib.h>

static int
init_libssh2(struct hd_err *err)
{
	if (libssh2_version(LIBSSH2_VERSION_NUM) == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "libssh2 %s is older than %s, which hdeploy was built "
		    "with: run make deps",
		    libssh2_version(0), LIBSSH2_VERSION);
	if (libssh2_init(0) != 0)
		return hd_err_set(err, HD_ELOCAL, "cannot initialize libssh2");
	return 0;
}

int
hd_ssh_client_new(struct hd_ssh_client **out, struct hd_err *err)
{
	if (init_libssh2(err) < 0)
		return -1;
	*out = hd_alloc(sizeof(**out));
	ssh_gates_init(&(*out)->gates);
	hd_known_files_init(&(*out)->known);
	ssh_passwords_init(&(*out)->passwords);
	ssh_certs_init(&(*out)->certs);
	ssh_keyring_init(&(*out)->keys, &(*out)->secrets);
	ssh_configs_init(&(*out)->configs);
	ssh_proxies_init(&(*out)->proxies, &(*out)->secrets);
	return 0;
}

void
hd_ssh_client_free(struct hd_ssh_client *c)
{
	if (c == NULL)
		return;
	ssh_proxies_done(&c->proxies);
	ssh_configs_done(&c->configs);
	ssh_keyring_done(&c->keys);
	ssh_passwords_done(&c->passwords);
	ssh_certs_done(&c->certs);
	hd_known_files_done(&c->known);
	ssh_secrets_done(&c->secrets);
	ssh_gates_done(&c->gates);
	free(c);
}

void
hd_ssh_client_give(struct hd_ssh_client *c, const char *name, const char *text)
{
	ssh_secrets_give(&c->secrets, name, text);
}

void
hd_ssh_client_ask(struct hd_ssh_client *c, hd_secret_fn *ask, void *ctx)
{
	c->secrets.ask = ask;
	c->secrets.ctx = ctx;
}

int
hd_ssh_config_get(const struct hd_ssh_config **out,
    struct hd_ssh_client *client, const struct hd_ssh_query *q,
    enum hd_cancel stage, struct hd_err *err)
{
	return ssh_configs_get(&client->configs, out, q, stage, err);
}

int
ssh_client_sudo(struct hd_sudo **out, struct hd_sudo *sudo,
    struct hd_ssh_client *c, const struct hd_sudo_source *from,
    const char *user, const char *host, enum hd_cancel stage,
    struct hd_err *err)
{
	*out = NULL;
	if (!from->wanted)
		return 0;
	*sudo = (struct hd_sudo){
		.passwords = &c->passwords,
		.secrets = &c->secrets,
		.of = {
			.use = &ssh_password_sudo,
			.user = user,
			.command = from->command,
			.variable = from->variable,
			.host = host,
		},
	};
	*out = sudo;
	return ssh_password_obtain(
	    sudo->passwords, sudo->secrets, &sudo->of, stage, err);
}
