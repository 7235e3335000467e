#ifndef HD_RUN_H
#define HD_RUN_H

#include "core/event.h"
#include "core/inventory/inventory.h"
#include "core/plan/plan.h"
#include "core/plan/stored.h"
#include "transport/transport.h"

/* One invocation of hdeploy: what cmd/ gives to all that is done with hosts. */

/* Opens a connection. Called from several threads. finish:
 * also after an interruption, to bring a host to a safe end. */
typedef int hd_connect_fn(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err);

/* Asks a person; true for a yes. */
typedef bool hd_ask_fn(void *ctx, const char *question);

/* All borrowed for the call. */
struct hd_run {
	const struct hd_app *app;
	const struct hd_env *env;
	const struct hd_host *const *hosts;
	size_t nhosts;
	struct hd_goal goal;
	const char *into;  /* FETCH: folder on this machine */
	unsigned parallel; /* hosts worked on at once, at least 1 */
	bool dry_run;
	const char *save; /* STATUS: file for what the hosts say; NULL: none */
	/* What the hosts said some other time: then none is asked, and with
	 * dry_run; NULL: they are asked */
	const struct hd_stored *stored;
	const char *who;     /* "user@machine", for the history and the locks */
	const char *command; /* as it was typed: "upgrade prod 0.2.0" */
	const char *limit;   /* as it was typed; NULL: all hosts */
	const char *options; /* with command: those that decide what is done,
				"": none */
	const char *job;     /* address of the CI job; NULL: none */
	const char *id;      /* of this run, random, for the history */
	const char *token; /* of this run, random: its locks are known by it */
	unsigned wait_ms;  /* for locks that other runs hold */
	hd_connect_fn *connect;
	void *connect_ctx;
	hd_ask_fn *ask; /* for pause = ask; may block */
	void *ask_ctx;
	const struct hd_sink *sink;
};

#endif
