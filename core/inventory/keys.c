#include "core/inventory/keys.h"

#include "core/base/name.h"
#include "core/inventory/types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY(key, kind, preset, text)                                           \
	.info.name = key, .info.type = kind, .info.fallback = preset,          \
	.info.help = text
#define APP(field)                                                             \
	.info.scope = "app", .scope = HD_SCOPE_APP, .places = HD_IN_APP,       \
	.offset = offsetof(struct hd_app, field)
#define ENV(field, where)                                                      \
	.info.scope = "environment", .scope = HD_SCOPE_ENV, .places = (where), \
	.offset = offsetof(struct hd_env, field)
#define HOST(field)                                                            \
	.info.scope = "host", .scope = HD_SCOPE_HOST,                          \
	.places = HD_IN_DEFAULTS | HD_IN_ENV | HD_IN_HOST,                     \
	.offset = offsetof(struct hd_host, field)
#define DURATION .type = &hd_type_duration, .min = 1, .max = 24 * 60 * 60 * 1000

/* Every key of deploy.ini: name, type, default and help; the sections that may
 * hold it; how its value is read. */
static const struct hd_key keys[] = {
	{ KEY("name", "application", NULL,
	      "name of the OTP application and of its release; driver app: any name"),
	    APP(name), .type = &hd_type_app, .required = true },
	{ KEY("driver", "driver", "relx",
	      "which tool made the release's control script; app: any program"),
	    APP(driver), .type = &hd_type_driver },
	{ KEY("build", "shell command", NULL,
	      "command that builds the release on this machine"),
	    APP(build), .type = &hd_type_text },
	{ KEY("release", "folder or .tar.gz", NULL,
	      "folder, .tar.gz or (driver app) program to pack; {version} is replaced"),
	    APP(release), .type = &hd_type_release, .required = true },
	{ KEY("version", "version", NULL,
	      "version of the release; default: read from the release"),
	    APP(version), .type = &hd_type_version },
	{ KEY("relup", "check or auto", "check",
	      "who makes the relup of a hot upgrade: the build (check) or hdeploy (auto)"),
	    APP(relup), .type = &hd_type_relup },
	{ KEY("appup", "draft or auto", "draft",
	      "whether an appup that hdeploy drafts needs your review (draft) or not (auto)"),
	    APP(appup), .type = &hd_type_appup },
	{ KEY("max_unpacked", "size", "20G",
	      "largest unpacked size of a release; a larger one is refused"),
	    APP(max_unpacked), .type = &hd_type_size },

	{ KEY("host", "[NAME] [user@]ADDRESS[:port]", NULL,
	      "a host, or several with ranges such as web[1-4]; may repeat"),
	    ENV(hosts, HD_IN_ENV), .type = &hd_type_host, .repeats = true },
	{ KEY("hosts", "command CMD or srv NAME", NULL,
	      "a command on this machine, or SRV records, that name hosts; may repeat"),
	    ENV(sources, HD_IN_ENV), .type = &hd_type_source, .repeats = true },
	{ KEY(HD_GROUP_PREFIX "NAME", "hosts", NULL,
	      "hosts that NAME stands for in --limit and canary; may repeat"),
	    ENV(groups, HD_IN_DEFAULTS | HD_IN_ENV), .type = &hd_type_group,
	    .repeats = true },
	{ KEY("parallel", "number", "32", "how many hosts to work on at once"),
	    ENV(parallel, HD_IN_DEFAULTS | HD_IN_ENV), .type = &hd_type_count,
	    .min = 1, .max = 1000 },
	{ KEY("batch", "numbers or percents", "1, 100%",
	      "hosts per wave of an upgrade, rollback or restart; the last one repeats"),
	    ENV(batch, HD_IN_DEFAULTS | HD_IN_ENV), .type = &hd_type_batch },
	{ KEY("canary", "hosts", NULL,
	      "hosts that form a wave of their own before all others; may repeat"),
	    ENV(canary, HD_IN_ENV), .type = &hd_type_canary, .repeats = true },
	{ KEY("pause", "duration or ask", "0s",
	      "time between two waves; ask: wait for your confirmation"),
	    ENV(pause, HD_IN_DEFAULTS | HD_IN_ENV), .type = &hd_type_pause,
	    .max = 24 * 60 * 60 * 1000 },
	{ KEY("on_failure", "stop, rollback or continue", "stop",
	      "what to do with the other hosts when one fails"),
	    ENV(on_failure, HD_IN_DEFAULTS | HD_IN_ENV),
	    .type = &hd_type_on_failure },
	{ KEY("max_failures", "number", NULL,
	      "how many hosts can fail (on_failure = continue) or be set aside"),
	    ENV(max_failures, HD_IN_DEFAULTS | HD_IN_ENV),
	    .type = &hd_type_most, .max = 1000 },
	{ KEY("unreachable", "refuse or skip", "refuse",
	      "what to do if hosts cannot be reached or locked; skip: set them aside"),
	    ENV(unreachable, HD_IN_DEFAULTS | HD_IN_ENV),
	    .type = &hd_type_unreachable },
	{ KEY("confirm_env", "environments", NULL,
	      "environments to change only after you typed their name; may repeat"),
	    ENV(confirm_env, HD_IN_DEFAULTS | HD_IN_ENV), .type = &hd_type_envs,
	    .repeats = true },
	{ KEY(HD_HOOK_PREFIX "NAME", "local, remote or once, and a command",
	      NULL,
	      "your own command at a certain moment, such as before_upgrade; may repeat"),
	    ENV(hooks, HD_IN_DEFAULTS | HD_IN_ENV), .type = &hd_type_hook,
	    .repeats = true },
	{ KEY("hook_timeout", "duration", "60s", "time limit for each hook"),
	    ENV(hook_timeout, HD_IN_DEFAULTS | HD_IN_ENV), DURATION },

	{ KEY("path", "path", NULL,
	      "release root on the host; {host} is replaced"),
	    HOST(path), .type = &hd_type_path, .required = true,
	    .may_have_host = true },
	{ KEY("user", "user", NULL,
	      "user to log in as; default: ssh_config's, or the user who runs hdeploy"),
	    HOST(user), .type = &hd_type_login },
	{ KEY("run_as", "user", NULL,
	      "user who owns the release and runs the node, through sudo; default: user"),
	    HOST(run_as), .type = &hd_type_user },
	{ KEY("connection", "ssh or local", "ssh",
	      "how to reach the host: ssh, or local for this machine"),
	    HOST(connection), .type = &hd_type_connection },
	{ KEY("ssh_config", "no or file", NULL,
	      "ssh_config file to read instead of ssh's own files; no: read none"),
	    HOST(ssh_config), .type = &hd_type_file },
	{ KEY("host_key", "fingerprints", NULL,
	      "host keys to accept instead of known_hosts; may repeat"),
	    HOST(host_keys), .type = &hd_type_pins, .repeats = true },
	{ KEY("known_hosts", "file", NULL,
	      "file of known host keys; default: the usual files of ssh"),
	    HOST(known_hosts), .type = &hd_type_file },
	{ KEY("host_key_policy", "strict or accept-new", NULL,
	      "strict: only known hosts; accept-new: record the key of a new host"),
	    HOST(host_key_policy), .type = &hd_type_key_policy },
	{ KEY("identity", "file", NULL,
	      "private key file; may repeat; default: the usual files of ssh"),
	    HOST(identities), .type = &hd_type_files, .repeats = true },
	{ KEY("identity_env", "variable or fd:N", NULL,
	      "environment variable with a private key, or a descriptor; may repeat"),
	    HOST(identity_envs), .type = &hd_type_secrets, .repeats = true },
	{ KEY("passphrase_command", "shell command", NULL,
	      "command on this machine that prints the passphrase of $HDEPLOY_KEY"),
	    HOST(passphrase_command), .type = &hd_type_text },
	{ KEY("password_command", "shell command", NULL,
	      "command on this machine that prints the password of $HDEPLOY_USER"),
	    HOST(password_command), .type = &hd_type_text },
	{ KEY("connect_timeout", "duration", NULL,
	      "time limit of one attempt to connect and log in; default: ssh_config's, or 10s"),
	    HOST(connect_timeout), DURATION },
	{ KEY("connect_retries", "number", "3",
	      "further attempts if a connection is refused, reset or dropped"),
	    HOST(connect_retries), .type = &hd_type_count, .max = 100 },
	{ KEY("client_alive", "duration", "60s",
	      "how long a run that sends no keepalives keeps its lock on a host"),
	    HOST(client_alive), .type = &hd_type_duration, .min = 15 * 1000,
	    .max = 24 * 60 * 60 * 1000 },

	{ KEY("env_file", "path", NULL,
	      "file on the host with NAME=VALUE lines for the node; {host} is replaced"),
	    HOST(env_file), .type = &hd_type_path, .may_have_host = true },
	{ KEY("logs", "pattern", NULL,
	      "log files on the host for `hdeploy logs`; {host} is replaced"),
	    HOST(logs), .type = &hd_type_text, .may_have_host = true },
	{ KEY(HD_ENV_PREFIX "NAME", "text", NULL,
	      "environment variable NAME of the node; {host} is replaced"),
	    HOST(env), .type = &hd_type_variable, .may_have_host = true },

	{ KEY("upgrade", "hot, cold, auto or reload", "hot",
	      "how to upgrade: hot, cold (stop and start), auto (hot if possible) or reload"),
	    HOST(upgrade), .type = &hd_type_mode },

	{ KEY("service", "unit", NULL,
	      "systemd unit that owns the node and starts and stops it"),
	    HOST(service), .type = &hd_type_unit },
	{ KEY("service_manager", "system or user", "system",
	      "which systemd: the system's, or the one of the node's user"),
	    HOST(service_manager), .type = &hd_type_manager },

	{ KEY("pid_file", "path", NULL,
	      "file with the process id, for driver app without a unit"),
	    HOST(pid_file), .type = &hd_type_pid_file },
	{ KEY("linked_dirs", "paths", NULL,
	      "folders of shared/ that each version links to, for driver app; may repeat"),
	    HOST(linked_dirs), .type = &hd_type_linked, .repeats = true },
	{ KEY("linked_files", "paths", NULL,
	      "files of shared/ that each version links to, for driver app; may repeat"),
	    HOST(linked_files), .type = &hd_type_linked, .repeats = true },

	{ KEY(HD_COMMAND_PREFIX "NAME", "shell command", NULL,
	      "shell command instead of the driver's own NAME, such as start or stop"),
	    HOST(commands), .type = &hd_type_command },

	{ KEY("health", "check", "vm",
	      "health check after a change: vm (always), command, tcp or http; may repeat"),
	    HOST(health), .type = &hd_type_health, .repeats = true },
	{ KEY("health_retries", "number", "5",
	      "how often to retry a failed health check"),
	    HOST(health_retries), .type = &hd_type_count, .max = 1000 },
	{ KEY("health_interval", "duration", "1s",
	      "wait between two tries of a health check"),
	    HOST(health_interval), DURATION },
	{ KEY("health_deadline", "duration", "10s",
	      "time limit for one try of a health check"),
	    HOST(health_deadline), DURATION },
	{ KEY("health_successes", "number", "1",
	      "successes in a row that count as healthy"),
	    HOST(health_successes), .type = &hd_type_count, .min = 1,
	    .max = 1000 },

	{ KEY("soak", "duration", "0s",
	      "how long to verify a change again and again before it counts as done"),
	    HOST(soak), .type = &hd_type_duration, .max = 24 * 60 * 60 * 1000 },
	{ KEY("commit", "driver or after_soak", "driver",
	      "when a hot upgrade becomes permanent; relx: always after_soak"),
	    HOST(commit), .type = &hd_type_commit },
	{ KEY("confirm", "none or new_connection", "none",
	      "what a change needs to become permanent; new_connection: a new login"),
	    HOST(confirm), .type = &hd_type_confirm },
	{ KEY("drain", "duration", "30s",
	      "how long processes on old code get to finish; 0s: no time"),
	    HOST(drain), .type = &hd_type_duration,
	    .max = 24 * 60 * 60 * 1000 },
	{ KEY("old_processes", "refuse, kill or wait", "refuse",
	      "what to do with processes that have not finished after drain"),
	    HOST(old_processes), .type = &hd_type_old_processes },
	{ KEY("unsupervised", "refuse or warn", "refuse",
	      "what to do if processes outside the supervision trees keep old state"),
	    HOST(unsupervised), .type = &hd_type_unsupervised },
	{ KEY("ignore", "findings", NULL,
	      "findings to ignore, such as clock-off, even if they are stops; may repeat"),
	    HOST(ignore), .type = &hd_type_findings, .repeats = true },
	{ KEY("retry", "none or NUMBER every DURATION", "none",
	      "how often to retry when processes on old code block a change"),
	    HOST(retry), .type = &hd_type_retry, .min = 1,
	    .max = 24 * 60 * 60 * 1000 },
	{ KEY("undo", "hot or cold", "hot",
	      "how to undo a failed change: hot, or cold if the hot way is refused or fails"),
	    HOST(undo), .type = &hd_type_undo },
	{ KEY("keep", "number", "5",
	      "newest versions that `hdeploy prune` keeps on a host"),
	    HOST(keep), .type = &hd_type_count, .max = 1000 },

	{ KEY("start_timeout", "duration", "60s",
	      "time limit for the node to answer after a start"),
	    HOST(start_timeout), DURATION },
	{ KEY("stop_timeout", "duration", "60s",
	      "time limit for the node to be gone after a stop"),
	    HOST(stop_timeout), DURATION },
	{ KEY("upgrade_timeout", "duration", "300s",
	      "time limit for a hot upgrade, and for undoing it"),
	    HOST(upgrade_timeout), DURATION },
	{ KEY("upload_timeout", "duration", "30s",
	      "how long an upload may make no progress"),
	    HOST(upload_timeout), DURATION },
	{ KEY("channels", "number or auto", "auto",
	      "SFTP channels of a large upload; auto: more to distant hosts"),
	    HOST(channels), .type = &hd_type_channels, .min = 1, .max = 8 },

	{ KEY("artifact_url", "URL or no", NULL,
	      "where hosts fetch the tarball: https://HOST/{app}/{version}.tar.gz"),
	    HOST(artifact_url), .type = &hd_type_artifact_url,
	    .may_have_host = true },
	{ KEY("artifact_url_command", "shell command", NULL,
	      "command on this machine that prints the URL; runs once in a run"),
	    HOST(artifact_url_command), .type = &hd_type_text },
};

/* hd_key_clear() and hd_key_freeze() treat every list as hd_strs. */
_Static_assert(
    sizeof(((struct hd_host *)0)->health) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->batch) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->groups) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->canary) == sizeof(struct hd_strs) &&
	sizeof(((struct hd_env *)0)->sources) == sizeof(struct hd_strs) &&
	sizeof(struct hd_pairs) == sizeof(struct hd_strs) &&
	sizeof(struct hd_hooks) == sizeof(struct hd_strs),
    "all lists have one shape");

const struct hd_key *
hd_key_row(size_t i)
{
	return i < HD_COUNT(keys) ? &keys[i] : NULL;
}

const struct hd_key_info *
hd_inventory_key(size_t i)
{
	return i < HD_COUNT(keys) ? &keys[i].info : NULL;
}

const struct hd_key *
hd_key_find(const char *name)
{
	static const char *const families[] = { HD_ENV_PREFIX,
		HD_COMMAND_PREFIX, HD_HOOK_PREFIX, HD_GROUP_PREFIX };
	char family[32];

	for (size_t i = 0; i < HD_COUNT(families); i++) {
		if (strncmp(name, families[i], strlen(families[i])) != 0)
			continue;
		snprintf(family, sizeof(family), "%sNAME", families[i]);
		name = family;
		break;
	}
	for (size_t i = 0; i < HD_COUNT(keys); i++)
		if (strcmp(keys[i].info.name, name) == 0)
			return &keys[i];
	return NULL;
}

static bool
fits(const char *name, unsigned place)
{
	const struct hd_key *key = hd_key_find(name);

	return key != NULL && (key->places & place) != 0;
}

/* By convention the names of environment variables are upper case. */
static bool
is_variable(const char *name)
{
	return hd_variable_valid(name) &&
	       strpbrk(name, "abcdefghijklmnopqrstuvwxyz") == NULL;
}

static bool
is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static const char *
with_prefix(struct hd_arena *a, const char *name)
{
	if (is_variable(name))
		return hd_arena_fmt(a, HD_ENV_PREFIX "%s", name);
	if (is_one_of(name, hd_command_names, HD_COMMANDS))
		return hd_arena_fmt(a, HD_COMMAND_PREFIX "%s", name);
	if (is_one_of(name, hd_hook_names, HD_HOOKS))
		return hd_arena_fmt(a, HD_HOOK_PREFIX "%s", name);
	return NULL;
}

const char *
hd_key_meant(struct hd_arena *a, const char *name, unsigned place)
{
	const char *small = hd_arena_lower(a, name);
	const char *whole = with_prefix(a, name);
	const char *names[HD_COUNT(keys)];
	size_t n = 0;

	if (fits(small, place))
		return small;
	if (whole != NULL && fits(whole, place))
		return whole;
	for (size_t i = 0; i < HD_COUNT(keys); i++)
		if (keys[i].places & place)
			names[n++] = keys[i].info.name;
	return hd_name_nearest(name, names, n);
}

/* Other INI formats have quotes; deploy.ini does not. */
static bool
quoted(const char *text)
{
	size_t n = strlen(text);

	return n > 1 && strchr("\"'", text[0]) != NULL &&
	       text[n - 1] == text[0];
}

int
hd_key_set(void *into, const struct hd_value *v, struct hd_err *err)
{
	const struct hd_key *key = v->key;

	if (*v->text == '\0' && !key->type->may_be_empty)
		return hd_err_set(err, HD_ECONFIG,
		    "%s has no value: give it one, or remove the line",
		    v->name);
	if (quoted(v->text) && !key->type->may_be_quoted)
		return hd_err_set(err, HD_ECONFIG,
		    "write %s without quotes: %s = %.*s", v->name, v->name,
		    (int)strlen(v->text) - 2, v->text + 1);
	if (key->type->set((char *)into + key->offset, v, err) < 0)
		return hd_err_prefix(err, "%s", v->name);
	return 0;
}

void
hd_key_defaults(void *into, enum hd_scope scope, struct hd_arena *arena)
{
	for (size_t i = 0; i < HD_COUNT(keys); i++) {
		struct hd_value v = {
			.key = &keys[i],
			.name = keys[i].info.name,
			.text = keys[i].info.fallback,
			.arena = arena,
		};
		struct hd_err err;

		/* A default that its own type refuses is a bug of ours. */
		if (keys[i].scope == scope && v.text != NULL &&
		    hd_key_set(into, &v, &err) < 0)
			abort();
	}
}

void
hd_key_clear(void *into, const struct hd_key *key, const char *name,
    struct hd_arena *arena)
{
	void *field = (char *)into + key->offset;

	if (key->type->clear != NULL)
		key->type->clear(field, name, arena);
	else
		memset(field, 0, sizeof(struct hd_strs));
}

void
hd_key_unite(void *into, const struct hd_key *key, struct hd_arena *arena)
{
	key->type->unite((char *)into + key->offset, arena);
}

/* With no capacity left, appending to the list copies it first. */
void
hd_key_freeze(void *into, enum hd_scope scope)
{
	for (size_t i = 0; i < HD_COUNT(keys); i++) {
		char *field = (char *)into + keys[i].offset;
		struct hd_strs list;

		if (keys[i].scope != scope || !keys[i].type->list)
			continue;
		memcpy(&list, field, sizeof(list));
		list.cap = list.n;
		memcpy(field, &list, sizeof(list));
	}
}

bool
hd_key_missing(const void *into, const struct hd_key *key)
{
	const char *text;

	if (!key->required)
		return false;
	memcpy(&text, (const char *)into + key->offset, sizeof(text));
	return text == NULL;
}
