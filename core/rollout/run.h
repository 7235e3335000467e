#ifndef HD_RUN_H
#define HD_RUN_H

#include "core/event.h"
#include "core/inventory/inventory.h"
#include "core/plan/plan.h"
#include "core/plan/stored.h"
#include "transport/transport.h"

/* One invocation of hdeploy: what cmd/ gives to rollout/. */

/* Opens a connection. Called from several threads. finish: also after an
 * interruption, to bring a host to a safe end. */
typedef int hd_connect_fn(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err);

/* Asks a person; true for a yes. */
typedef bool hd_ask_fn(void *ctx, const char *question);

/* Told once, at the end of hd_rollout(), which versions the hosts have, those
 * of the first host first, each once. The names come from the hosts. */
typedef void hd_seen_fn(void *ctx, const struct hd_strs *versions);

/* All members are borrowed for the call. */
struct hd_run {
	const struct hd_app *app;
	const struct hd_env *env;
	const struct hd_host *const *hosts;
	size_t nhosts;
	struct hd_goal goal;
	const char *into;  /* for fetched tarballs: folder on this machine */
	unsigned parallel; /* hosts worked on at once, at least 1 */
	unsigned open;     /* if more connections are open, those to hosts that
			      the run does not work on are closed; 0: never */
	bool dry_run;
	/* One for each host: why this command has set it aside, HD_OK: it has
	 * not. The run reads and writes it. NULL: no host can be set aside */
	struct hd_err *aside;
	bool yes;  /* do not ask before the changes of a `confirmed` goal */
	bool deep; /* facts: compare the content of all files */
	const char
	    *save; /* STATUS: file for the replies of the hosts; NULL: none */
	/* Saved replies to plan from: then no host is queried, and dry_run is
	 * set; NULL: the hosts are queried */
	const struct hd_stored *stored;
	const char *who;     /* "user@machine", for the history and the locks */
	const char *command; /* as typed: "upgrade prod 0.2.0" */
	const char *limit;   /* as typed; NULL: all hosts */
	const char *options; /* as typed, only those that change what command
				does; "": none */
	const char *job;     /* address of the CI job; NULL: none */
	const char *id;      /* of this run, random, for the history */
	const char *token;   /* of this run, random: identifies its locks */
	unsigned wait_ms;    /* for locks that other runs hold */
	hd_connect_fn *connect;
	void *connect_ctx;
	struct hd_store *store; /* store.h */
	hd_ask_fn *ask; /* for pause = ask and `confirmed` goals; may block */
	void *ask_ctx;
	hd_seen_fn *seen; /* NULL: not wanted */
	void *seen_ctx;
	const struct hd_sink *sink;
};

#endif
