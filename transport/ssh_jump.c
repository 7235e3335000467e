#include "transport/ssh_jump.h"

#include "core/base/shell.h"

#include <stdbool.h>
#include <string.h>

/* "[user@]host[:port]" or "[user@][address][:port]", as ssh -G prints it. */
static void
split(struct ssh_jump *j, const char *last, struct hd_arena *a)
{
	const char *at = strrchr(last, '@'), *host = at != NULL ? at + 1 : last;
	size_t n;

	if (at != NULL)
		j->user = hd_arena_strndup(a, last, (size_t)(at - last));
	if (*host == '[') {
		host++;
		n = strcspn(host, "]");
		if (host[n] == ']' && host[n + 1] == ':')
			j->port = hd_arena_strdup(a, host + n + 2);
	} else {
		n = strcspn(host, ":");
		if (host[n] == ':')
			j->port = hd_arena_strdup(a, host + n + 1);
	}
	j->host = hd_arena_strndup(a, host, n);
}

void
ssh_jump_init(struct ssh_jump *j, const char *config, const char *list,
    struct hd_arena *a)
{
	const char *comma;

	*j = (struct ssh_jump){ .all = hd_arena_strdup(a, list), .hops = 1 };
	if (config != NULL)
		j->config = hd_arena_strdup(a, config);
	comma = strrchr(j->all, ',');
	if (comma != NULL)
		j->before =
		    hd_arena_strndup(a, j->all, (size_t)(comma - j->all));
	split(j, comma != NULL ? comma + 1 : j->all, a);
	for (const char *p = j->all; (p = strchr(p, ',')) != NULL; p++)
		j->hops++;
}

static void
add(struct hd_arena *a, struct hd_strs *list, const char *const *words)
{
	for (; *words != NULL; words++)
		*HD_PUSH(a, list) = *words;
}

static void
add_pair(struct hd_arena *a, struct hd_strs *list, const char *option,
    const char *value)
{
	if (value != NULL)
		add(a, list, (const char *[]){ option, value, NULL });
}

/* "ssh" and the options that name the bastion. */
static struct hd_strs
begin(const struct ssh_jump *j, const char *socket, struct hd_arena *a)
{
	struct hd_strs list = { 0 };

	*HD_PUSH(a, &list) = "ssh";
	add_pair(a, &list, "-F", j->config);
	add_pair(a, &list, "-l", j->user);
	add_pair(a, &list, "-p", j->port);
	if (socket != NULL)
		add_pair(
		    a, &list, "-o", hd_arena_fmt(a, "ControlPath=%s", socket));
	return list;
}

static void
end(const struct ssh_jump *j, struct hd_arena *a, struct hd_strs *list)
{
	add(a, list, (const char *[]){ "--", j->host, NULL });
	*HD_PUSH(a, list) = NULL;
}

struct hd_strs
ssh_jump_start(const struct ssh_jump *j, const char *socket, const char *log,
    bool batch, unsigned connect_ms, struct hd_arena *a)
{
	struct hd_strs list = begin(j, socket, a);

	add_pair(a, &list, "-J", j->before);
	add(a, &list,
	    (const char *[]){ "-N", "-T", "-E", log, "-o", "LogLevel=DEBUG1",
		"-o", "ControlMaster=yes", "-o", "ControlPersist=60", "-o",
		batch ? "BatchMode=yes" : "BatchMode=no", "-o",
		"ClearAllForwardings=yes", "-o", "ForwardAgent=no", "-o",
		"ForwardX11=no", "-o", "PermitLocalCommand=no", "-o",
		"ServerAliveInterval=15", "-o", "ServerAliveCountMax=3", "-o",
		hd_arena_fmt(a, "ConnectTimeout=%u", (connect_ms + 999) / 1000),
		NULL });
	end(j, a, &list);
	return list;
}

/* ssh's -W */
static void
add_target(struct hd_arena *a, struct hd_strs *list, const char *address,
    unsigned port)
{
	bool v6 = strchr(address, ':') != NULL;

	add_pair(a, list, "-W",
	    hd_arena_fmt(
		a, "%s%s%s:%u", v6 ? "[" : "", address, v6 ? "]" : "", port));
}

struct hd_strs
ssh_jump_direct(const struct ssh_jump *j, const char *address, unsigned port,
    struct hd_arena *a)
{
	struct hd_strs list = begin(j, NULL, a);

	add_pair(a, &list, "-J", j->before);
	add_target(a, &list, address, port);
	end(j, a, &list);
	return list;
}

/* ProxyCommand=false: if the shared connection is gone, ssh must not make one
 * of its own for each host. */
struct hd_strs
ssh_jump_forward(const struct ssh_jump *j, const char *socket,
    const char *address, unsigned port, struct hd_arena *a)
{
	struct hd_strs list = begin(j, socket, a);

	add(a, &list,
	    (const char *[]){ "-o", "ControlMaster=no", "-o", "BatchMode=yes",
		"-o", "ProxyCommand=false", "-o", "LogLevel=INFO", NULL });
	add_target(a, &list, address, port);
	end(j, a, &list);
	return list;
}

const char *
ssh_jump_by_hand(const struct ssh_jump *j, bool batch, struct hd_arena *a)
{
	const char *options[][2] = { { "-F", j->config }, { "-J", j->before },
		{ "-l", j->user }, { "-p", j->port } };
	HD_AUTO_SHELL sh = HD_SHELL_INIT;

	hd_shell_lit(&sh, "ssh ");
	if (batch)
		hd_shell_lit(&sh, "-o BatchMode=yes ");
	for (size_t i = 0; i < HD_COUNT(options); i++) {
		if (options[i][1] == NULL)
			continue;
		hd_str_addf(&sh.text, "%s ", options[i][0]);
		hd_shell_word(&sh, options[i][1]);
		hd_shell_lit(&sh, " ");
	}
	hd_shell_word(&sh, j->host);
	return hd_arena_strdup(a, sh.text.ptr);
}
