#ifndef HD_HOST_H
#define HD_HOST_H

#include "core/base/alloc.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* A host of deploy.ini, with the values that its keys can have. */

enum hd_connection { HD_CONN_SSH, HD_CONN_LOCAL };

/* Which kind of release: plan/driver.c has a row for each, and core/remote a
 * script of that name. */
enum hd_driver_kind {
	HD_DRIVER_RELX,
	HD_DRIVER_DISTILLERY,
	HD_DRIVER_MIX,
	HD_DRIVER_CASTLE,
	HD_DRIVER_SCRIPT,
	HD_DRIVER_APP,
	HD_DRIVERS,
};
extern const char *const hd_driver_names[HD_DRIVERS + 1]; /* and NULL */

/* One `health` of deploy.ini. The check `vm` is always done and never listed.
 * Addresses are resolved on the host. */
enum hd_health_kind {
	HD_HEALTH_COMMAND,
	HD_HEALTH_TCP,
	HD_HEALTH_HTTP,
	HD_HEALTH_KINDS
};
struct hd_health {
	enum hd_health_kind kind;
	const char *text;     /* the whole value, as reports show it */
	const char *command;  /* COMMAND: for sh -c */
	const char *address;  /* TCP, HTTP: without brackets */
	unsigned port;        /* TCP, HTTP */
	const char *path;     /* HTTP: "/health" */
	unsigned code;        /* HTTP: status that means healthy */
	const char *contains; /* COMMAND, HTTP: text that the answer must
				 contain; NULL: any answer will do */
};

/* How to upgrade. */
enum hd_mode {
	HD_MODE_HOT,    /* the running node loads the new code */
	HD_MODE_COLD,   /* stop, switch the boot pointers, start */
	HD_MODE_AUTO,   /* hot if a relup leads to the version, else cold */
	HD_MODE_RELOAD, /* driver = app: the running program takes over */
};

/* When a hot upgrade is made permanent. */
enum hd_commit {
	HD_COMMIT_DRIVER,     /* as the driver does by default */
	HD_COMMIT_AFTER_SOAK, /* after its health checks and its soak */
};

/* What must succeed before a change becomes permanent, besides its checks. */
enum hd_confirm_by {
	HD_CONFIRM_NONE,
	HD_CONFIRM_NEW_CONNECTION, /* a new connection to the host */
};

/* When hooks run: hook.NAME. Where a run passes several, they come in this
 * order. */
enum hd_hook_name {
	HD_HOOK_BEFORE_PUSH,
	HD_HOOK_AFTER_PUSH,
	HD_HOOK_BEFORE_UPGRADE,
	/* around each wave, and around the change of each host */
	HD_HOOK_BEFORE_WAVE,
	HD_HOOK_BEFORE_HOST,
	HD_HOOK_AFTER_HOST,
	HD_HOOK_AFTER_WAVE,
	HD_HOOK_BEFORE_START,
	HD_HOOK_AFTER_STOP,
	HD_HOOK_AFTER_UPGRADE,
	HD_HOOK_AFTER_ROLLBACK,
	HD_HOOK_ON_FAILURE, /* once per run; the others are steps of plans */
	HD_HOOKS,
};
extern const char *const hd_hook_names[];

enum hd_hook_place {
	HD_HOOK_LOCAL,  /* on this machine */
	HD_HOOK_REMOTE, /* on every host */
	HD_HOOK_ONCE,   /* on one host of the run */
};
struct hd_hook {
	enum hd_hook_name name;
	enum hd_hook_place place;
	const char *command; /* for sh -c */
};
struct hd_hooks { /* hooks of one name are in the order in which they run */
	struct hd_hook *v;
	size_t n, cap;
};

/* What to do with processes that still run old code after drain. */
enum hd_old_processes {
	HD_OLD_REFUSE, /* do nothing that would end them */
	HD_OLD_KILL,   /* end them */
	HD_OLD_WAIT,   /* wait upgrade_timeout longer */
};

/* What to do if a change would leave unsupervised processes with old state
 * under new code. */
enum hd_unsupervised {
	HD_UNSUPERVISED_REFUSE,
	HD_UNSUPERVISED_WARN,
};

/* The findings that `ignore` can leave out, and NULL: plan/finding.h. */
extern const char *const hd_finding_names[];

/* A `hosts` line: a command or SRV records that name hosts of an environment.
 */
enum hd_source_kind { HD_SOURCE_COMMAND, HD_SOURCE_SRV, HD_SOURCE_KINDS };
extern const char *const hd_source_kinds[HD_SOURCE_KINDS];
struct hd_host_source {
	enum hd_source_kind kind;
	const char *env_name;
	const char *text; /* for sh -c; or the name of the SRV records */
	unsigned line;    /* of deploy.ini */
	bool asked;       /* env->hosts has the hosts of its answer */
};

/* How sudo gets a password, for run_as. */
enum hd_sudo_from {
	HD_SUDO_NEVER, /* it must not ask for one */
	HD_SUDO_ASK,
	HD_SUDO_COMMAND,
	HD_SUDO_ENV,
	HD_SUDO_FROMS,
};
struct hd_sudo_password {
	enum hd_sudo_from from;
	const char *text; /* a command for sh, here; or a variable */
};

/* How often to retry when processes on old code block a change. */
struct hd_retry {
	unsigned times, every; /* ms */
};

/* The value of artifact_url that switches the URL of a less specific section
 * off. */
#define HD_NO_ARTIFACT_URL "no"

/* One release root on one machine. All durations are in ms. */
struct hd_host {
	const char *name;     /* in reports and for --limit */
	const char *env_name; /* its environment */
	const char *file;     /* argument of -f; NULL: deploy.ini */
	const char *place;    /* "line 7", "line 3 of `COMMAND`", "record 1 of
				 NAME" */
	const struct hd_host_source *source; /* NULL: a `host` line */
	const char *address; /* name, IPv4 or IPv6, without brackets */
	unsigned port;       /* 0: not given */
	const char *user;    /* NULL: not given */
	const char
	    *ssh_config; /* "no", a file as written, or NULL: ssh's own */
	enum hd_connection connection;
	struct hd_strs host_keys;  /* pins, "SHA256:..." */
	struct hd_strs identities; /* key files as written, perhaps with ~/ */
	struct hd_strs identity_envs;   /* variables with keys, or "fd:N" */
	const char *passphrase_command; /* for sh, here; NULL: none */
	const char *password_command;   /* the same */
	const char *known_hosts;        /* as written; NULL: the usual files */
	const char
	    *host_key_policy; /* "strict" or "accept-new"; NULL: strict */

	const char *path;   /* release root; absolute, {host} replaced */
	const char *run_as; /* NULL: user */
	struct hd_sudo_password sudo_password;
	const char *env_file; /* on the host, absolute; NULL: none */
	const char *logs;     /* pattern of log files there; NULL: default */
	struct hd_pairs env;
	enum hd_mode upgrade;
	struct hd_pairs
	    commands;        /* command.NAME, for sh; may contain {version} */
	const char *service; /* unit that owns the node; NULL: none */
	const char *service_manager; /* "system" or "user" */
	/* driver = app: */
	const char *pid_file; /* relative to path, or absolute; NULL: none */
	struct hd_strs linked_dirs, linked_files; /* paths below shared/ */

	struct {
		struct hd_health *v;
		size_t n, cap;
	} health;
	unsigned health_retries, health_interval, health_deadline;
	unsigned health_successes; /* in a row */

	unsigned connect_timeout, start_timeout, stop_timeout;
	bool connect_timeout_set; /* false: it has its default */
	unsigned connect_retries; /* after the first attempt */
	unsigned client_alive;    /* of runs, see core/rollout/lease.h */
	unsigned upgrade_timeout, upload_timeout;
	unsigned channels; /* of an upload; 0: chosen by the transport */

	/* Where to fetch tarballs. {app}, {version} and {sha256} are not yet
	 * replaced. HD_NO_ARTIFACT_URL: nowhere; NULL: not given */
	const char *artifact_url;
	const char *artifact_url_command; /* for sh, here; NULL: none */

	enum hd_commit commit;
	enum hd_confirm_by confirm;
	unsigned drain; /* how long processes on old code get to finish */
	enum hd_old_processes old_processes;
	enum hd_unsupervised unsupervised;
	struct hd_strs ignore; /* of hd_finding_names */
	struct hd_retry retry;
	enum hd_mode undo; /* COLD: fall back to stop and start */
	unsigned soak; /* how long to verify before a change counts as done */
	unsigned keep; /* versions that prune keeps, besides those in use */

	bool canary;           /* in the first wave, with the other canaries */
	struct hd_hooks hooks; /* its environment's */
};

/* For comparing hosts: without a port ssh_config decides, and usually it is
 * 22. */
static inline unsigned
hd_host_port(const struct hd_host *h)
{
	return h->port > 0 ? h->port : 22;
}

#endif
