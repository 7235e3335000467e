#include "transport/ssh_config_expand.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { VALUE_MAX = 64 * 1024, LIST_MAX = 200, SECONDS_MAX = 24 * 3600 };

struct reading {
	struct hd_ssh_config *out;
	const struct hd_ssh_tokens *tokens;
	struct hd_arena *a;
	const char *hash; /* %C */
	const char *strict, *family, *connect, *alive, *port, *only;
	struct hd_strs user_known, global_known, revoked; /* as printed */
};

enum kind { TEXT, LIST };

/* The last value of a word counts; -G prints each once. */
static const struct option {
	const char *word;
	enum kind kind;
	size_t offset;
} options[] = {
#define OUT(member) offsetof(struct hd_ssh_config, member)
	{ "hostname", TEXT, OUT(hostname) },
	{ "user", TEXT, OUT(user) },
	{ "bindaddress", TEXT, OUT(bind) },
	{ "proxycommand", TEXT, OUT(proxy_command) },
	{ "proxyjump", TEXT, OUT(proxy_jump) },
	{ "hostkeyalias", TEXT, OUT(alias) },
	{ "identityagent", TEXT, OUT(agent) },
	{ "identityfile", LIST, OUT(identities) },
	{ "certificatefile", LIST, OUT(certificates) },
}, others[] = {
#define HERE(member) offsetof(struct reading, member)
	{ "controlpath", TEXT, HERE(hash) },
	{ "stricthostkeychecking", TEXT, HERE(strict) },
	{ "addressfamily", TEXT, HERE(family) },
	{ "connecttimeout", TEXT, HERE(connect) },
	{ "serveraliveinterval", TEXT, HERE(alive) },
	{ "port", TEXT, HERE(port) },
	{ "identitiesonly", TEXT, HERE(only) },
	{ "userknownhostsfile", LIST, HERE(user_known) },
	{ "globalknownhostsfile", LIST, HERE(global_known) },
	{ "revokedhostkeys", LIST, HERE(revoked) },
};

static void
store(const struct option *table, size_t n, void *into, const char *word,
    const char *value, struct hd_arena *a)
{
	for (size_t i = 0; i < n; i++) {
		void *field = (char *)into + table[i].offset;
		struct hd_strs *list = field;

		if (strcasecmp(word, table[i].word) != 0)
			continue;
		if (table[i].kind == TEXT)
			memcpy(field, &value, sizeof(value));
		else if (list->n < LIST_MAX)
			*HD_PUSH(a, list) = value;
	}
}

static void
take_lines(struct reading *r, const char *text)
{
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, "\r\n"), word = strcspn(p, " \r\n");

		if (word < n && n < VALUE_MAX) {
			const char *name = hd_arena_strndup(r->a, p, word);
			const char *value =
			    hd_arena_strndup(r->a, p + word + 1, n - word - 1);

			store(options, HD_COUNT(options), r->out, name, value,
			    r->a);
			store(others, HD_COUNT(others), r, name, value, r->a);
		}
		p += n + strspn(p + n, "\r\n");
	}
}

/* "30" in ms; 0 for "none" and the like. */
static unsigned
seconds(const char *text)
{
	char *end;
	unsigned long n;

	if (text == NULL || *text < '0' || *text > '9')
		return 0;
	n = strtoul(text, &end, 10);
	return *end == '\0' && n <= SECONDS_MAX ? (unsigned)n * 1000 : 0;
}

static bool
is(const char *value, const char *word)
{
	return value != NULL && strcasecmp(value, word) == 0;
}

static void
forget_none(const char **text)
{
	if (is(*text, "none"))
		*text = NULL;
}

/* What tokens stand for, once all lines are read. */
static struct ssh_config_values
values_of(const struct reading *r)
{
	const char *machine = r->tokens->machine;

	return (struct ssh_config_values){ .config = r->out,
		.machine =
		    hd_arena_strndup(r->a, machine, strcspn(machine, ".")),
		.tokens = r->tokens,
		.port = r->port,
		.hash = r->hash,
		.arena = r->a };
}

/* "~/x", "~user/x" */
static const char *
expand_tilde(const struct reading *r, const char *path)
{
	size_t n = strcspn(path, "/");
	char buffer[4096];
	struct passwd entry, *pw = NULL;

	if (path[0] != '~')
		return path;
	if (n == 1)
		return hd_arena_fmt(r->a, "%s%s", r->tokens->home, path + 1);
	(void)getpwnam_r(hd_arena_strndup(r->a, path + 1, n - 1), &entry,
	    buffer, sizeof(buffer), &pw);
	if (pw == NULL)
		return path;
	return hd_arena_fmt(r->a, "%s%s", pw->pw_dir, path + n);
}

/* Drops "none", which means an empty list. */
static int
expand_files(struct reading *r, struct hd_strs *list, const char *option,
    struct hd_err *err)
{
	const struct ssh_config_values v = values_of(r);
	struct hd_strs all = *list;

	*list = (struct hd_strs){ 0 };
	for (size_t i = 0; i < all.n; i++) {
		const char *path = expand_tilde(r, all.v[i]);

		if (is(path, "none") || strcmp(path, HD_SSH_CONFIG_MARK) == 0)
			continue;
		if (ssh_config_expand_file(&v, &path, option, err) < 0)
			return -1;
		*HD_PUSH(r->a, list) = path;
	}
	return 0;
}

/*
 * ssh -G prints known_hosts files on one line, without the quotes that
 * ssh_config needs for a space: "/a b/known /c" is /a b/known and /c, unless
 * the whole line is a file. Newer versions of ssh expand the tokens, older ones
 * only the tilde, or nothing.
 */
static void
split_files(struct reading *r, struct hd_strs *out, const struct hd_strs *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		const char *p = lines->v[i];
		const char *next = *p == '/' || *p == '~' ? " /" : " ";

		if (access(p, F_OK) == 0) {
			*HD_PUSH(r->a, out) = p;
			continue;
		}
		while (*p != '\0') {
			const char *end = strstr(p, next);
			const char *tilde = strstr(p, " ~");
			size_t n;

			if (tilde != NULL && (end == NULL || tilde < end))
				end = tilde;
			n = end != NULL ? (size_t)(end - p) : strlen(p);
			if (n > 0 && out->n < LIST_MAX)
				*HD_PUSH(r->a, out) = expand_tilde(
				    r, hd_arena_strndup(r->a, p, n));
			p += end != NULL ? n + 1 : n;
		}
	}
	if (out->n == 1 && is(out->v[0], "none"))
		out->n = 0;
}

/* "$NAME" is a variable with a path; SSH_AUTH_SOCK needs no $. */
static void
find_agent(struct reading *r)
{
	const char *agent = r->out->agent;

	if (agent == NULL || strcmp(agent, "SSH_AUTH_SOCK") == 0)
		r->out->agent = NULL;
	else if (is(agent, "none"))
		r->out->agent = "none";
	else if (agent[0] == '$' && agent[1] != '{')
		r->out->agent = getenv(agent + 1) != NULL
				    ? hd_arena_strdup(r->a, getenv(agent + 1))
				    : "none";
	else
		r->out->agent = expand_tilde(r, agent);
}

/* A shell would change the name. */
static int
check_user(const struct reading *r, struct hd_err *err)
{
	const char *command = r->out->proxy_command;

	if (strstr(command, "%r") == NULL || r->out->user == NULL ||
	    strchr(r->out->user, '\\') == NULL)
		return 0;
	return hd_err_set(err, HD_ELOCAL,
	    "ProxyCommand of ssh_config has %%r, and the user %s has a \\, "
	    "which the shell would remove",
	    r->out->user);
}

static int
take_address(struct reading *r, struct hd_err *err)
{
	struct hd_ssh_config *c = r->out;
	unsigned long port = r->port != NULL ? strtoul(r->port, NULL, 10) : 0;

	if (c->hostname == NULL || c->user == NULL || port == 0 ||
	    port > 65535 || c->hostname[0] == '-' || c->hostname[0] == '\0')
		return hd_err_set(err, HD_ELOCAL,
		    "ssh -G printed no usable host name, user and port: is "
		    "ssh the client of OpenSSH?");
	c->port = (unsigned)port;
	return 0;
}

static void
take_words(struct reading *r)
{
	struct hd_ssh_config *c = r->out;

	c->only = is(r->only, "yes");
	c->lax = is(r->strict, "accept-new") || is(r->strict, "no") ||
		 is(r->strict, "off") || is(r->strict, "false");
	c->connect_ms = seconds(r->connect);
	c->silence_ms = seconds(r->alive);
	if (is(r->family, "inet"))
		c->family = HD_FAMILY_INET;
	if (is(r->family, "inet6"))
		c->family = HD_FAMILY_INET6;
}

/* ProxyJump wins, as in ssh. */
static int
take_proxy(struct reading *r, struct hd_err *err)
{
	const struct ssh_config_values v = values_of(r);
	struct hd_ssh_config *c = r->out;

	if (c->proxy_jump != NULL)
		c->proxy_command = NULL;
	if (c->proxy_command == NULL)
		return 0;
	if (check_user(r, err) < 0)
		return -1;
	return ssh_config_expand_command(
	    &v, &c->proxy_command, "ProxyCommand", err);
}

static int
finish(struct reading *r, struct hd_err *err)
{
	struct hd_ssh_config *c = r->out;

	if (take_address(r, err) < 0)
		return -1;
	take_words(r);
	forget_none(&c->proxy_jump);
	forget_none(&c->proxy_command);
	split_files(r, &c->user_known, &r->user_known);
	split_files(r, &c->global_known, &r->global_known);
	split_files(r, &c->revoked, &r->revoked);
	find_agent(r);
	if (expand_files(r, &c->identities, "IdentityFile", err) < 0 ||
	    expand_files(r, &c->certificates, "CertificateFile", err) < 0)
		return -1;
	return take_proxy(r, err);
}

int
hd_ssh_config_read(struct hd_ssh_config *out, const char *text,
    const struct hd_ssh_tokens *t, struct hd_arena *a, struct hd_err *err)
{
	struct reading r = { .out = out, .tokens = t, .a = a };

	*out = (struct hd_ssh_config){ 0 };
	take_lines(&r, text);
	return finish(&r, err);
}
