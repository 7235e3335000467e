#ifndef HD_SITE_H
#define HD_SITE_H

#include "core/plan/finding.h"
#include "core/plan/proof.h"
#include "core/plan/verify.h"
#include "core/remote/remote.h"
#include "core/rollout/run.h"
#include "core/status.h"

#include <pthread.h>
#include <stdatomic.h>

enum { HD_CHANGE_ID = HD_PAST_ID + 1, HD_OP_ID = 64 };

/* The connections of a run, shared by its sites. */
struct hd_crowd {
	size_t limit; /* of open connections to hosts at rest; 0: none */
	atomic_size_t open;
};

/* One host in a run. One thread at a time works on it. While that thread does
 * not use the connection, the keepalive thread (keepalive.h) can. */
struct hd_site {
	pthread_mutex_t using; /* guards t, sign, parks, parked, and writes to
				  lease */
	int64_t sign; /* hd_clock_ms() of the last request for the lock */
	const struct hd_run *run;
	const struct hd_host *host;
	struct hd_goal goal;     /* the current goal */
	struct hd_crowd *crowd;  /* NULL: this site alone */
	struct hd_transport *t;  /* NULL: not connected */
	bool reached;            /* it was connected once */
	struct hd_err *aside;    /* in run->aside; NULL: see there */
	bool parks, parked;      /* its lock should be parked; is (park.h) */
	struct hd_facts *before; /* the facts that plan was made from */
	char seen[24];           /* lease under which before was read */
	int64_t seen_at;         /* hd_clock_ms() when it was asked for */
	struct hd_facts *now;    /* newer facts; NULL: none since */
	bool fresh; /* now was read together with the newest operation */
	int64_t step_began; /* hd_clock_ms() when the present step began */
	int64_t asking; /* hd_clock_ms() when VERIFY began, together with the
			   operation of the step before it; 0: it did not */
	int64_t now_at; /* the same for now */
	struct hd_str
	    said; /* with run->save: the reply that now was read from */
	struct hd_plan plan;
	const char *peers; /* names of the hosts that change, for hooks */
	int64_t began;     /* hd_clock_ms() when its change began */
	int64_t spent;     /* ms that all its steps took */
	char since[32];    /* the same time, for people */
	bool begun;      /* its plan is being applied and must come to an end */
	int64_t lost_at; /* hd_clock_ms() when its connection was lost; 0:
			    connected */
	char unsure[HD_OP_ID]; /* operation that may have begun; "": none */
	struct { /* the answer of parts.sh, until the ship step uses it */
		bool known;
		struct hd_arena arena;
		struct hd_pairs said;
	} parts;
	bool shipped;        /* by this run, for an earlier goal */
	bool recorded;       /* by the operation of the step before RECORD */
	uint64_t sent, size; /* bytes that this run sent; bytes of the whole
				shipment, 0: nothing was shipped */
	bool more;           /* another goal follows if this one succeeds */
	char lease[24];      /* number of its lock on the host; "": none */
	bool absent; /* UNLOCK: the run with that lock shows no sign of being
			alive */
	char change[HD_CHANGE_ID]; /* id of this change in the history */
	enum hd_result result;
	enum hd_status status; /* the exit status that it means for the run */
	int64_t draining;      /* hd_clock_ms() when the drain began; 0: none */
	bool disturbed;  /* a step ran that can end the node or its processes */
	bool cold_helps; /* only hot was refused */
	bool drop_reported;        /* the dropped settings were reported */
	bool drift_reported;       /* the drift at its end was reported */
	bool disturbed_since_look; /* disturbed, and not found at rest since */
	bool health_reported;      /* passed checks are not reported again */
	bool health_known;         /* sick_before is known */
	char sick_before[256]; /* which health check failed before the change;
				  "": none */
	char sick_now[256]; /* which check fails after the way back; "": none */
	char text[2048];    /* the reason and the advice; "": nothing to add */
	struct hd_proof proof;           /* of its change; NONE: not proved */
	unsigned stops, warnings, notes; /* findings that were emitted */
	bool reason_found; /* one of them is the reason of a refused plan */
};

void hd_site_init(
    struct hd_site *s, const struct hd_run *run, const struct hd_host *host);
void hd_site_done(struct hd_site *s);

/* Sets the next goal of the run for this host: a new change in the history. */
void hd_site_aim(struct hd_site *s, const struct hd_goal *goal);

/* Call these around every use of the connection; they can be nested. In
 * between, no other thread uses or replaces the connection. */
void hd_site_use(struct hd_site *s);
void hd_site_leave(struct hd_site *s);

/* Opens a connection, without renewing the lock: hd_site_connect() does both.
 * finish: see hd_connect_fn. Blocks. */
int hd_site_open(struct hd_site *s, bool finish, struct hd_err *err) HD_CHECK;
/* Closes the connection, if there is one. */
void hd_site_drop(struct hd_site *s);

/* Makes s->now, the newest facts, those to plan from: s->before. */
void hd_site_settle(struct hd_site *s);

/* Whether this run has locked the host since s->before was read. */
bool hd_site_unshared(const struct hd_site *s);

/* Takes over a plan that was made from s->now, which becomes s->before. */
void hd_site_adopt(struct hd_site *s, const struct hd_plan *fresh);

/* A call of a script with the root, application and environment of this
 * host. */
struct hd_call hd_site_call(
    const struct hd_site *s, const char *script, unsigned deadline_ms);

/* hd_remote_ask() on a connected host. If sudo on the host failed, err says
 * what to change there. */
int hd_site_ask(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/* Turns the last reply into an error if its status is not 0: HD_EREMOTE with
 * the message of the script, HD_EBUSY if processes on old code are the reason,
 * HD_EREFUSED if it refused. call: the call that first and the replies after it
 * answer. */
int hd_site_failed(const struct hd_call *call, struct hd_reply *first,
    struct hd_err *err) HD_CHECK;

/* Sets the outcome of this host for the report. */
void hd_site_end(struct hd_site *s, enum hd_result result, enum hd_code cause,
    const char *text);

/* Ends a host whose plan was not begun. */
void hd_site_skip(struct hd_site *s, enum hd_code cause, const char *why);

/* The report of its outcome so far; hd_site_emit() emits it as HD_EV_HOST.
 * Strings are borrowed from s. */
struct hd_report hd_site_report(const struct hd_site *s);
void hd_site_emit(const struct hd_site *s);

/* The mode of the change: what became of the VM that ran when it began, perhaps
 * in an earlier run. False if no VM ran, or if nothing was done to it and it
 * still runs. */
bool hd_site_actual_mode(
    const struct hd_site *s, enum hd_actual_mode *mode) HD_CHECK;

/* Versions for a report, from the newest facts; NULL: none, or unknown. */
const char *hd_site_running(const struct hd_site *s);
const char *hd_site_boots(const struct hd_site *s);

#endif
