#ifndef HD_ROLLOUT_H
#define HD_ROLLOUT_H

#include "core/event.h"
#include "core/inventory/inventory.h"
#include "core/plan/plan.h"
#include "core/status.h"
#include "transport/transport.h"

/* Supplied by cmd/: opens a connection. Called from several threads. finish:
 * also after an interruption, to bring a host to a safe end. */
typedef int hd_connect_fn(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err);

/* Supplied by cmd/: asks a person; true for a yes. */
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

/*
 * Connects to every host, takes their locks if the goal changes hosts (not with
 * dry_run), gathers facts, plans, and, unless a host refuses or dry_run is set,
 * applies the plans, wave by wave where running code is replaced. A host
 * that fails is brought back. Emits events all along; the last is
 * HD_EV_SUMMARY. Blocks until every host is at rest.
 */
enum hd_status hd_rollout(const struct hd_run *run);

/*
 * Only asks every host what it runs, and says so; running, in arena, are these
 * versions, each once and sorted. Where a host cannot be asked this is a run
 * that failed: it ends with HD_EV_SUMMARY, else there is none.
 */
enum hd_status hd_rollout_running(
    const struct hd_run *run, struct hd_arena *arena, struct hd_strs *running);

/* Asks every host for its newest count changes and emits them, oldest first,
 * host by host. The last event is HD_EV_SUMMARY. Blocks. */
enum hd_status hd_history(const struct hd_run *run, unsigned count);

#endif
