#ifndef HD_INVENTORY_H
#define HD_INVENTORY_H

#include "core/inventory/host.h"

/*
 * deploy.ini. The whole file is read and checked before anything else happens.
 * One table (keys.c) has the keys with their scopes, defaults and help.
 */

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

/* group.NAME: hosts of an environment, as --limit selects them. */
struct hd_group {
	const char *name;
	const char *hosts;
	bool usual; /* of [defaults]: an environment can lack its hosts */
};

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

#endif
