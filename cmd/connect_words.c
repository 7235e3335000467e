/* The command line of the system's ssh that connects as hdeploy does. */
#include "cmd/connect_options.h"

#include "core/base/shell.h"
#include "transport/ssh_jump.h"

#include <string.h>

static void
add_words(struct hd_arena *a, struct hd_strs *list, const char *const *words)
{
	for (; *words != NULL; words++)
		*HD_PUSH(a, list) = *words;
}

/* Escapes %, which ssh expands. */
static const char *
plain(struct hd_arena *a, const char *text)
{
	HD_AUTO_STR out = HD_STR_INIT(128 * 1024);

	for (; *text != '\0'; text++)
		hd_str_addf(&out, "%s%c", *text == '%' ? "%" : "", *text);
	return hd_arena_strdup(a, out.ptr);
}

static void
add_option(struct hd_arena *a, struct hd_strs *list, const char *name,
    const char *value)
{
	if (value != NULL)
		add_words(a, list,
		    (const char *[]){
			"-o", hd_arena_fmt(a, "%s=%s", name, value), NULL });
}

/* A file name, in quotes: it may have spaces. */
static void
add_file(struct hd_arena *a, struct hd_strs *list, const char *name,
    const char *file)
{
	if (file != NULL)
		add_option(
		    a, list, name, hd_arena_fmt(a, "\"%s\"", plain(a, file)));
}

static const char *
proxy(const struct hd_ssh_opts *o, struct hd_arena *a)
{
	HD_AUTO_SHELL sh = HD_SHELL_INIT;
	struct ssh_jump jump;
	struct hd_strs words;

	if (o->net.proxy_command != NULL)
		return plain(a, o->net.proxy_command);
	if (o->net.proxy_jump == NULL)
		return NULL;
	ssh_jump_init(&jump, o->net.config, o->net.proxy_jump, a);
	words = ssh_jump_direct(&jump, o->address, o->port, a);
	for (size_t i = 0; words.v[i] != NULL; i++) {
		if (i > 0)
			hd_shell_lit(&sh, " ");
		hd_shell_word(&sh, words.v[i]);
	}
	return plain(a, sh.text.ptr);
}

/* Without keys of deploy.ini or ssh_config, ssh finds its usual ones. */
static void
add_login(struct hd_arena *a, struct hd_strs *list,
    const struct hd_connector *c, const struct hd_ssh_opts *o)
{
	const struct hd_ssh_login *l = &o->login;

	for (size_t i = 0;
	     l->identities != c->identities.v && i < l->nidentities; i++)
		add_words(a, list,
		    (const char *[]){ "-i", plain(a, l->identities[i]), NULL });
	for (size_t i = 0; i < l->certificates.n; i++)
		add_file(a, list, "CertificateFile", l->certificates.v[i]);
	/* a key of identity_env is not for ssh */
	if ((l->named && l->nidentities > 0) || l->only)
		add_option(a, list, "IdentitiesOnly", "yes");
	if (l->agent != c->agent)
		add_file(a, list, "IdentityAgent",
		    l->agent != NULL ? l->agent : "none");
}

/*
 * -F none: gives every option that matters here, so that ssh connects to the
 * same server. hdeploy has checked the host key, which is alone in the file
 * known; for the hosts of proxy_jump, ssh uses its own files.
 */
static void
add_ssh(struct hd_arena *a, struct hd_strs *list, const struct hd_connector *c,
    const struct hd_ssh_opts *o, const char *known)
{
	static const char *const families[] = { NULL, "inet", "inet6" };

	add_words(a, list,
	    (const char *[]){ "ssh", "-t", "-F", "none", "-l", o->user, "-p",
		hd_arena_fmt(a, "%u", o->port), "-o",
		"StrictHostKeyChecking=yes", NULL });
	add_file(a, list, "UserKnownHostsFile", known);
	add_words(a, list,
	    (const char *[]){ "-o", "GlobalKnownHostsFile=/dev/null", "-o",
		"CheckHostIP=no", "-o", "UpdateHostKeys=no", "-o",
		hd_arena_fmt(
		    a, "ConnectTimeout=%u", (o->net.connect_ms + 999) / 1000),
		NULL });
	add_option(a, list, "HostKeyAlias", o->trust.name);
	add_option(a, list, "AddressFamily", families[o->net.family]);
	add_option(a, list, "BindAddress", o->net.bind);
	add_option(a, list, "ProxyCommand", proxy(o, a));
	add_login(a, list, c, o);
	add_words(a, list, (const char *[]){ "--", o->address, "exec", NULL });
}

int
hd_connect_words(struct hd_strs *out, const struct hd_connector *c,
    const struct hd_host *host, const char *known, const char *script,
    struct hd_arena *a, struct hd_err *err)
{
	HD_AUTO_SHELL remote = HD_SHELL_INIT;
	bool ssh = host->connection == HD_CONN_SSH;
	/* sudo itself asks the user, on this terminal */
	const char *sudo =
	    host->sudo_password.from == HD_SUDO_NEVER ? "-n" : "-k";
	struct hd_ssh_opts o;
	const struct hd_ssh_config *x;

	*out = (struct hd_strs){ 0 };
	if (ssh && hd_connect_options(&o, &x, c, host, false, a, err) < 0)
		return -1;
	if (ssh)
		add_ssh(a, out, c, &o, known);
	if (host->run_as != NULL)
		add_words(a, out,
		    (const char *[]){
			"sudo", sudo, "-u", host->run_as, "--", NULL });
	hd_shell_arg(&remote, script); /* the login shell parses it */
	add_words(a, out,
	    (const char *[]){ "/bin/sh",
		ssh ? hd_arena_strdup(a, remote.text.ptr) : script, NULL });
	*HD_PUSH(a, out) = NULL;
	return 0;
}
