#ifndef HD_INVENTORY_H
#define HD_INVENTORY_H

#include "core/base/alloc.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * deploy.ini, read and checked completely before anything else happens. The
 * keys, their scopes, defaults and help stand in one table (keys.c).
 */

enum hd_connection { HD_CONN_SSH, HD_CONN_LOCAL };

/* One `health` of deploy.ini. The VM is always asked, so only the others are
 * listed. Addresses are as the host itself sees them. */
enum hd_health_kind {
	HD_HEALTH_COMMAND,
	HD_HEALTH_TCP,
	HD_HEALTH_HTTP,
	HD_HEALTH_KINDS
};
struct hd_health {
	enum hd_health_kind kind;
	const char *text;     /* all of it, as written: how reports name it */
	const char *command;  /* COMMAND: for sh -c */
	const char *address;  /* TCP, HTTP: without brackets */
	unsigned port;        /* TCP, HTTP */
	const char *path;     /* HTTP: "/health" */
	unsigned code;        /* HTTP: the status that means healthy */
	const char *contains; /* COMMAND, HTTP: what the answer must hold; NULL:
				 anything */
};

/* How an upgrade goes. */
enum hd_mode {
	HD_MODE_HOT,  /* the running VM loads the new code */
	HD_MODE_COLD, /* stop, switch what boots, start */
	HD_MODE_AUTO, /* hot where a relup leads there, else cold */
};

/* When a hot upgrade is made permanent. */
enum hd_commit {
	HD_COMMIT_DRIVER,     /* as the driver does it by itself */
	HD_COMMIT_AFTER_SOAK, /* when it has passed its checks and its soak */
};

/* When commands of the user's own run: hook.NAME. */
enum hd_hook_name {
	HD_HOOK_BEFORE_PUSH,
	HD_HOOK_AFTER_PUSH,
	HD_HOOK_BEFORE_UPGRADE,
	HD_HOOK_AFTER_UPGRADE,
	HD_HOOK_BEFORE_START,
	HD_HOOK_AFTER_STOP,
	HD_HOOK_AFTER_ROLLBACK,
	HD_HOOK_ON_FAILURE, /* of the run; the others are parts of plans */
	HD_HOOKS,
};
extern const char *const hd_hook_names[HD_HOOKS];

enum hd_hook_place {
	HD_HOOK_LOCAL,  /* on this machine, once in a run */
	HD_HOOK_REMOTE, /* on every host */
	HD_HOOK_ONCE,   /* on one host of the run */
};
struct hd_hook {
	enum hd_hook_name name;
	enum hd_hook_place place;
	const char *command; /* for sh -c */
};
struct hd_hooks { /* those of one name in the order in which they run */
	struct hd_hook *v;
	size_t n, cap;
};

/* What becomes of processes that still run replaced code when their time to
 * end (drain) has passed. */
enum hd_old_processes {
	HD_OLD_REFUSE, /* nothing that would end them is done */
	HD_OLD_KILL,   /* they are ended */
	HD_OLD_WAIT,   /* they get the upgrade timeout on top */
};

/* What to do with a change after which unsupervised processes would keep their
 * old state on new code. */
enum hd_unsupervised {
	HD_UNSUPERVISED_REFUSE,
	HD_UNSUPERVISED_WARN,
};

/* How often what such processes keep from happening is tried again. */
struct hd_retry {
	unsigned times, every; /* ms */
};

/* One machine with one release root; all durations in ms. */
struct hd_host {
	const char *name;     /* how reports and --limit name it */
	const char *env_name; /* of its environment */
	const char *file;     /* as given with -f; NULL: deploy.ini */
	const char *address;  /* name, IPv4 or IPv6, without brackets */
	unsigned port;
	const char *user; /* NULL: who runs hdeploy */
	enum hd_connection connection;
	struct hd_strs host_keys;  /* pins, "SHA256:..." */
	struct hd_strs identities; /* key files as written: may begin with ~/ */
	const char *known_hosts;   /* as written, NULL: the usual files */

	const char *path;     /* release root; absolute, {host} replaced */
	const char *run_as;   /* NULL: user */
	const char *env_file; /* on the host, absolute; NULL: none */
	struct hd_pairs env;
	enum hd_mode upgrade;
	struct hd_pairs commands; /* command.NAME, for sh; may hold {version} */
	const char *service; /* unit that owns the VM; NULL: no unit does */
	const char *service_manager; /* "system" or "user" */

	struct {
		struct hd_health *v;
		size_t n, cap;
	} health;
	unsigned health_retries, health_interval, health_deadline;
	unsigned health_successes; /* in a row */

	unsigned connect_timeout, start_timeout, stop_timeout;
	unsigned upgrade_timeout, upload_timeout;

	enum hd_commit commit;
	unsigned drain; /* for processes on old code to end */
	enum hd_old_processes old_processes;
	enum hd_unsupervised unsupervised;
	struct hd_retry retry;
	enum hd_mode undo; /* COLD: by stop and start where hot fails */
	unsigned soak;     /* how long a change is watched before it counts */
	unsigned keep; /* versions that prune leaves, besides those in use */

	bool canary; /* goes first, alone or with the other canaries */
	struct hd_hooks hooks; /* its environment's */
};

struct hd_app {
	const char *name;
	const char *driver;    /* "relx", "distillery", "script" */
	const char *build;     /* NULL: nothing to run */
	const char *release;   /* folder or .tar.gz; may hold {version} */
	const char *version;   /* NULL: read from the release */
	uint64_t max_unpacked; /* bytes */
};

/* How many hosts one wave is. */
struct hd_batch {
	unsigned n;
	bool percent; /* of the hosts of the run */
};

/* What a host that failed means for the others. */
enum hd_on_failure {
	HD_ON_FAILURE_STOP,     /* those not begun are left as they are */
	HD_ON_FAILURE_ROLLBACK, /* and those already changed go back */
	HD_ON_FAILURE_CONTINUE, /* none, up to max_failures of them */
};

struct hd_pause {
	unsigned ms;
	bool ask; /* a person says when to go on */
};

struct hd_env {
	const char *name;
	const char *file; /* as given with -f; NULL: deploy.ini */
	unsigned parallel;
	const char *canary; /* as written; NULL: none */
	struct {            /* one after another; the last repeats */
		struct hd_batch *v;
		size_t n, cap;
	} batch;
	struct hd_pause pause; /* between two waves */
	enum hd_on_failure on_failure;
	unsigned max_failures; /* for HD_ON_FAILURE_CONTINUE */
	struct hd_hooks hooks;
	unsigned hook_timeout; /* of each */
	struct {
		struct hd_host *v;
		size_t n, cap;
	} hosts;
};

struct hd_inventory {
	struct hd_arena arena;
	struct hd_app app;
	struct {
		struct hd_env *v;
		size_t n, cap;
	} envs;
};

/* Something wrong with the file. */
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

/* Read where no other file is named. */
#define HD_INVENTORY_FILE "deploy.ini"

/*
 * Reads file. Returns -1 with HD_ECONFIG if anything is wrong: then problems
 * holds all of it, in the order of lines, and err a one-line summary. A file
 * that cannot be read is HD_ECONFIG too. The caller frees *out.
 */
int hd_inventory_load(struct hd_inventory **out, const char *file,
    struct hd_problems *problems, struct hd_err *err) HD_CHECK;
void hd_inventory_free(struct hd_inventory *inv); /* NULL is fine */

/* HD_EUSAGE, with the nearest name, if there is no such environment. */
int hd_inventory_env(const struct hd_env **out, const struct hd_inventory *inv,
    const char *name, struct hd_err *err) HD_CHECK;

/*
 * The hosts of env that limit selects, in the order of the file. limit is a
 * list like "web1,web[3-5],db*,!db2": names, ranges and globs, left to
 * right, ! takes away (from all hosts if it comes first). NULL: all.
 * HD_EUSAGE if a word matches no host or nothing is left. The caller frees
 * *out; its elements are borrowed from env.
 */
int hd_inventory_select(const struct hd_host ***out, size_t *n,
    const struct hd_env *env, const char *limit, struct hd_err *err) HD_CHECK;

/* One row of the key table, for the reference and for tests. */
struct hd_key_info {
	const char *name;     /* "env.NAME" stands for all of them */
	const char *scope;    /* "app", "environment" (host apart, also in
				 [defaults]) or
				 "host" (also in the two others) */
	const char *type;     /* as the reference names it: "duration" */
	const char *fallback; /* as written in deploy.ini, NULL: none */
	const char *help;     /* one line */
};
/* Row i of the table, or NULL past its end. */
const struct hd_key_info *hd_inventory_key(size_t i);

#endif
