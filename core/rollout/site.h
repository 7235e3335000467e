#ifndef HD_SITE_H
#define HD_SITE_H

#include "core/plan/verify.h"
#include "core/remote/remote.h"
#include "core/rollout/run.h"
#include "core/status.h"

#include <pthread.h>

enum { HD_CHANGE_ID = HD_PAST_ID + 1, HD_OP_ID = 64 };

/* One host in a run. Only one thread at a time works on it; beside that one the
 * keepalive thread (keepalive.h) uses its connection while nothing else does.
 */
struct hd_site {
	pthread_mutex_t using; /* guards t, sign, and writes to lease */
	int64_t sign; /* hd_clock_ms() when our lock was asked for last */
	const struct hd_run *run;
	const struct hd_host *host;
	struct hd_goal goal;     /* what is planned and done now */
	struct hd_transport *t;  /* NULL: not connected */
	struct hd_facts *before; /* what the plan was made of */
	struct hd_facts *now;    /* the newest look, NULL: none since */
	struct hd_str said;      /* with run->save: what now was made of */
	struct hd_plan plan;
	const char *peers; /* names of all that change with it, for hooks */
	int64_t began;     /* hd_clock_ms() when its change began */
	char since[32];    /* the same for people */
	bool begun;   /* its plan is being applied: it must come to an end */
	int64_t away; /* hd_clock_ms() when its connection was lost; 0: it
			 is there */
	char unsure[HD_OP_ID]; /* operation of which it is not known whether
				  it was begun; "": none */
	bool shipped;          /* by this run, for a goal before this one */
	bool more;             /* if this goes well, another goal follows */
	char lease[24];        /* number of our lock on the host; "": none */
	char change[HD_CHANGE_ID]; /* this change's id in the history */
	enum hd_result result;
	enum hd_status status; /* what it means for the run */
	int64_t draining;      /* hd_clock_ms() when waiting for processes on
				  old code began; 0: there are none */
	bool
	    touched; /* a step was run that may end the node or its processes */
	bool cold_helps; /* it was refused, and only hot */
	bool told;   /* the settings that the change dropped have been told */
	bool unseen; /* and it has not been asked since, at rest */
	bool asked;  /* how what ran was before the change: */
	char sick[256];  /* why it was not healthy; "": it was */
	char ill[256];   /* and is not now that it is back; "": it is */
	char text[2048]; /* why, and what to do next; "" if all is said */
};

void hd_site_init(
    struct hd_site *s, const struct hd_run *run, const struct hd_host *host);
void hd_site_done(struct hd_site *s);

/* The run's next goal for this host: a change of its own in the history. */
void hd_site_aim(struct hd_site *s, const struct hd_goal *goal);

/* Around every use of the connection; may be nested. What is between them finds
 * the same connection from hd_site_connect() on. */
void hd_site_use(struct hd_site *s);
void hd_site_leave(struct hd_site *s);

/* Drops a connection that failed; no more than that. */
void hd_site_drop(struct hd_site *s);

/* Takes a plan that was made of s->now; that is before, then. */
void hd_site_adopt(struct hd_site *s, const struct hd_plan *fresh);

/* A call of a script in this host's root, application and environment. */
struct hd_call hd_site_call(
    const struct hd_site *s, const char *script, unsigned deadline_ms);

/* hd_remote_ask() on a host that is connected; an error that sudo there
 * explained says what to do. */
int hd_site_ask(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/* HD_EREMOTE with what a script said if its status is not 0, HD_EBUSY if it
 * says that this is because of processes on old code. call: what r is the reply
 * to. */
int hd_site_failed(const struct hd_call *call, struct hd_reply *r,
    struct hd_err *err) HD_CHECK;

/* How this host ended, for the report. */
void hd_site_end(struct hd_site *s, enum hd_result result, enum hd_code cause,
    const char *text);

/* Ended before its plan was begun. */
void hd_site_skip(struct hd_site *s, enum hd_code cause, const char *why);

/* It could not be reached or asked: ended, and said so, unless that was an
 * interruption. */
void hd_site_lost(struct hd_site *s, const struct hd_err *err);

/* The report of how it ended so far, and HD_EV_HOST with it. Strings are
 * borrowed from s. */
struct hd_report hd_site_report(const struct hd_site *s);
void hd_site_emit(const struct hd_site *s);

/* How what ran when its change began, perhaps in an earlier run, came through.
 * False if nothing ran, or nothing was done to it and it is still there. */
bool hd_site_actual_mode(
    const struct hd_site *s, enum hd_actual_mode *mode) HD_CHECK;

/* Versions for a report, from the newest facts; NULL: none, or not known. */
const char *hd_site_running(const struct hd_site *s);
const char *hd_site_boots(const struct hd_site *s);

#endif
