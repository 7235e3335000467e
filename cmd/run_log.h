#ifndef HD_RUN_LOG_H
#define HD_RUN_LOG_H

#include "cmd/host_table.h"
#include "core/event.h"

#include <stdbool.h>

/*
 * The clean events of a run as far as the reports need them that are written at
 * its end (cmd/report.h). Results of hosts are those of the summary.
 */
enum hd_log_kind { HD_LOG_STEP, HD_LOG_HEALTH, HD_LOG_FINDING, HD_LOG_PROOF };

/* Something that was tried or checked on one host. */
struct hd_log_case {
	enum hd_log_kind kind;
	const char *name; /* "install 0.2.0", "health check tcp 8080" */
	const char *text; /* NULL: nothing to add */
	int64_t at;       /* its begin, wall clock; ms since 1970 */
	int64_t ms;
	bool failed;
	bool back; /* a step after a failed one, or when hosts are taken back */
	bool open; /* a step that has not ended */
};

/* One host; NULL: this machine. */
struct hd_log_host {
	const char *host;
	struct hd_log_case *v;
	size_t n, cap;
};

/* A phase of the run: "wave", "upgrade, wave 2 of 3: web2", and its begin. */
struct hd_log_phase {
	const char *name, *text; /* text: NULL for "end" */
	int64_t at;
};

struct hd_log_error {
	const char *text;
	bool warning; /* not a failure by itself */
};

struct hd_run_log {
	const char *title; /* "upgrade prod 0.2.0"; NULL: no host was named */
	char began[32];    /* UTC */
	int64_t began_ms, ended_ms;
	int64_t first, last; /* events, wall clock; 0: none */
	HD_LIST(struct hd_log_phase) phases;
	bool going_back; /* hosts are taken back because another one failed */
	struct hd_host_table hosts; /* struct hd_log_host, this machine first */
	struct {
		struct hd_report *v; /* result, before, after, text: the plan */
		size_t n, cap;
	} plans;
	/* those that name no host */
	HD_LIST(struct hd_log_error) errors;
	bool ended;              /* summary is set */
	struct hd_event summary; /* copied, with its reports */
	struct hd_arena arena;
};

void hd_run_log_init(struct hd_run_log *l);
void hd_run_log_done(struct hd_run_log *l);
/* Takes an event; the log copies what it keeps. */
void hd_run_log_take(struct hd_run_log *l, const struct hd_event *ev);
/* The entry of a host, which is empty if nothing was tried there. */
const struct hd_log_host *hd_run_log_host(
    struct hd_run_log *l, const char *host);

#endif
