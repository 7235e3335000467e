#ifndef HD_INVENTORY_H
#define HD_INVENTORY_H

#include "core/base/alloc.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * deploy.ini. The whole file is read and checked before anything else happens.
 * One table (keys.c) has the keys with their scopes, defaults and help.
 */

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

/* Who makes the relup of a release. */
enum hd_relup_by {
	HD_RELUP_CHECK, /* the build; hdeploy reports a missing one */
	HD_RELUP_AUTO,  /* hdeploy, from and to the running versions */
};

/* An application that changed and has no appup. */
enum hd_appup_by {
	HD_APPUP_DRAFT, /* a person reviews what `hdeploy appup` drafts */
	HD_APPUP_AUTO,  /* its draft is used if nobody must complete it */
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

/* group.NAME: hosts of an environment, as --limit selects them. */
struct hd_group {
	const char *name;
	const char *hosts;
	bool usual; /* of [defaults]: an environment can lack its hosts */
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

	const char *path;     /* release root; absolute, {host} replaced */
	const char *run_as;   /* NULL: user */
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

struct hd_app {
	const char *name;
	const char *driver;    /* one of hd_driver_names */
	const char *build;     /* NULL: none */
	const char *release;   /* folder or .tar.gz; may contain {version} */
	const char *version;   /* NULL: read from the release */
	uint64_t max_unpacked; /* bytes */
	enum hd_relup_by relup;
	enum hd_appup_by appup; /* for HD_RELUP_AUTO */
};

/* Number of hosts in one wave. */
struct hd_batch {
	unsigned n;
	bool percent; /* of the hosts of the run */
};

/* What to do with the other hosts when one fails. */
enum hd_on_failure {
	HD_ON_FAILURE_STOP,     /* leave those not yet begun as they are */
	HD_ON_FAILURE_ROLLBACK, /* also take back those already changed */
	HD_ON_FAILURE_CONTINUE, /* tolerate max_failures failed hosts */
};

/* What to do with hosts that cannot be reached or locked before the plan. */
enum hd_unreachable {
	HD_UNREACHABLE_REFUSE, /* change no host */
	HD_UNREACHABLE_SKIP,   /* set them aside */
};

/* An optional number. */
struct hd_most {
	unsigned n;
	bool set; /* the file has it */
};

struct hd_pause {
	unsigned ms;
	bool ask; /* wait for confirmation */
};

struct hd_env {
	const char *name;
	const char *file; /* argument of -f; NULL: deploy.ini */
	unsigned parallel;
	struct { /* one, named canary, or none */
		struct hd_group *v;
		size_t n, cap;
	} canary;
	struct { /* in order; the last repeats */
		struct hd_batch *v;
		size_t n, cap;
	} batch;
	struct hd_pause pause; /* between two waves */
	enum hd_on_failure on_failure;
	/* hosts that can fail with HD_ON_FAILURE_CONTINUE; also hosts that can
	 * be set aside, which are not limited if it is not set */
	struct hd_most max_failures;
	enum hd_unreachable unreachable;
	struct hd_strs confirm_env; /* environments: hd_env_is_confirmed() */
	struct hd_hooks hooks;
	unsigned hook_timeout; /* for each hook */
	struct {
		struct hd_host_source *v;
		size_t n, cap;
	} sources;
	struct {
		struct hd_group *v;
		size_t n, cap;
	} groups;
	struct hd_strs unused; /* sections [env:host] whose host no source
				  named, once all were asked */
	struct {
		struct hd_host *v;
		size_t n, cap;
	} hosts; /* those of `host`, and of the sources that were asked */
};

struct hd_inventory {
	struct hd_arena arena;
	const char *file;            /* as given to hd_inventory_load() */
	struct hd_sections *written; /* the file */
	struct {
		struct hd_answer *v;
		size_t n, cap;
	} answers;              /* of the sources */
	struct hd_strs secrets; /* every identity_env of the file */
	struct hd_app app;
	struct {
		struct hd_env *v;
		size_t n, cap;
	} envs;
};

/* A mistake in the file. */
struct hd_problem {
	unsigned line;    /* 0: the file as a whole */
	const char *text; /* one line, without file and line */
};
struct hd_problems {
	struct hd_arena arena;
	struct hd_problem *v;
	size_t n, cap;
};
void hd_problems_done(struct hd_problems *p);

/* The file if -f is not given. */
#define HD_INVENTORY_FILE "deploy.ini"

/*
 * Reads file. On any mistake returns -1 with HD_ECONFIG, a one-line summary in
 * err, and all mistakes in problems, sorted by line. A file that cannot be read
 * is HD_ECONFIG as well. The caller frees *out. Asks no source: an environment
 * with `hosts` has only the hosts of its `host` lines, perhaps none.
 */
int hd_inventory_load(struct hd_inventory **out, const char *file,
    struct hd_problems *problems, struct hd_err *err) HD_CHECK;
void hd_inventory_free(struct hd_inventory *inv); /* NULL: does nothing */

/*
 * Runs the command of a source, or queries the name servers, and keeps the
 * answer. Blocks for at most 60 s. HD_ELOCAL if the command fails, no name
 * server answers, or the answer is too long or names no host; HD_ECANCELED.
 * Take all secrets from the environment before: the command inherits it.
 */
int hd_inventory_ask(struct hd_inventory *inv, const struct hd_host_source *s,
    struct hd_err *err) HD_CHECK;
/* Loads all environments again, with the hosts of all answers: pointers into
 * the old ones are invalid. Errors are those of hd_inventory_load(). */
int hd_inventory_add_answers(struct hd_inventory *inv,
    struct hd_problems *problems, struct hd_err *err) HD_CHECK;

/* Whether a person must confirm changes of env: confirm_env names it. */
bool hd_env_is_confirmed(const struct hd_env *env);

/* Borrowed from inv. HD_EUSAGE, suggesting the nearest name, if there is no
 * such environment. */
int hd_inventory_env(const struct hd_env **out, const struct hd_inventory *inv,
    const char *name, struct hd_err *err) HD_CHECK;

/*
 * The hosts of env selected by limit, in the order of the file. limit is a list
 * such as "web1,web[3-5],db*,!db2": names, ranges, globs and groups, applied
 * from left to right; ! removes hosts (from all hosts if it comes first). NULL:
 * all hosts. HD_EUSAGE if a word matches no host or no host is selected. The
 * caller frees *out; its elements are borrowed from env.
 */
int hd_inventory_select(const struct hd_host ***out, size_t *n,
    const struct hd_env *env, const char *limit, struct hd_err *err) HD_CHECK;
/* Sets members, one for each host of env, to whether it is in the group.
 * HD_EUSAGE, with the name of the key, if a word of the group names a group, is
 * empty or, unless the group is from [defaults] or env has a source, matches no
 * host. */
int hd_group_members(bool *members, const struct hd_env *env,
    const struct hd_group *group, struct hd_err *err) HD_CHECK;

/* One row of the key table, for tests. */
struct hd_key_info {
	const char *name;     /* "env.NAME" for the whole family */
	const char *scope;    /* "app"; "environment", which [defaults] may
				 have too, except for `host`; or "host",
				 which all sections but [app] may have */
	const char *type;     /* in words: "duration" */
	const char *fallback; /* as written in deploy.ini, NULL: none */
	const char *help;     /* one line */
};
/* Row i of the table, or NULL past its end. */
const struct hd_key_info *hd_inventory_key(size_t i);

#endif
