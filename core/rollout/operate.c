#include "core/rollout/operate.h"

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/last.h"
#include "core/inventory/advice.h"
#include "core/rollout/lease.h"
#include "core/rollout/reconnect.h"

#include <stdio.h>
#include <string.h>

/* Sends a keepalive if it is due. If that fails for another reason than a lost
 * lock, the caller goes on: the answer does not concern its own call. */
static int
keep_lock(struct hd_site *s, struct hd_err *err)
{
	if (!hd_lease_due(s) || hd_lease_take(s, err) == 0)
		return 0;
	if (err->code == HD_ELOCKED)
		return -1;
	if (hd_connection_lost(err))
		hd_site_drop(s);
	*err = (struct hd_err){ 0 };
	return 0;
}

/* Connects if needed and renews the lock, because the host frees a lock some
 * time after its connection is gone. */
static int
connect_and_lock(struct hd_site *s, struct hd_err *err)
{
	if (s->t != NULL && keep_lock(s, err) < 0)
		return -1;
	if (s->t != NULL)
		return 0;
	if (hd_site_open(s, s->begun, err) < 0)
		return -1;
	if (s->lease[0] != '\0' && hd_lease_take(s, err) < 0) {
		hd_site_drop(s);
		return -1;
	}
	return 0;
}

int
hd_site_connect(struct hd_site *s, struct hd_err *err)
{
	int rc;

	hd_site_use(s);
	rc = connect_and_lock(s, err);
	hd_site_leave(s);
	if (rc < 0)
		return -1;
	if (s->lost_at != 0)
		hd_emitf(
		    s->run->sink, HD_EV_NOTE, s->host->name, "connected again");
	s->lost_at = 0;
	return 0;
}

int
hd_site_question(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err)
{
	int rc;

	hd_site_use(s);
	rc = hd_site_connect(s, err);
	if (rc == 0)
		rc = hd_site_ask(s, call, reply, err);
	hd_site_leave(s);
	return rc == 0 ? hd_site_failed(call, reply, err) : rc;
}

static bool
shows_output(const struct hd_site *s)
{
	return hd_goals[s->goal.kind].shows_output;
}

struct output {
	const struct hd_site *s;
	const char *step;
	size_t emitted; /* bytes emitted so far */
	size_t skip;    /* bytes to skip: another connection sends them again */
	bool begun;     /* the host may have begun the operation */
	bool unsure;    /* the result is unknown */
	struct hd_last last;
};

static void
emit_output(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	struct output *o = ctx;
	size_t old = len < o->skip ? len : o->skip;

	(void)stream;
	o->skip -= old;
	text += old;
	len -= old;
	if (len == 0)
		return;
	o->emitted += len;
	hd_last_add(&o->last, text, len);
	hd_emit(o->s->run->sink, (struct hd_event){ .kind = HD_EV_OUTPUT,
				     .host = o->s->host->name,
				     .step = o->step,
				     .wanted = shows_output(o->s),
				     .text = text,
				     .len = len });
}

/* If the script gave no reason, as with a hook: adds the last line of its
 * output. */
static void
explain(struct output *o, const struct hd_reply *reply, struct hd_err *err)
{
	const char *line = hd_last_line(&o->last);

	if (hd_reply_get(reply, "failed") == NULL &&
	    reply->status != HD_OP_DEADLINE && line[0] != '\0' &&
	    !shows_output(o->s))
		hd_err_set(
		    err, err->code, "exit status %d: %s", reply->status, line);
}

/* Adds the command if the script says that a repair mends the cause. */
static void
advise_repair(
    const struct hd_site *s, const struct hd_reply *reply, struct hd_err *err)
{
	HD_AUTO_ARENA words = { 0 };
	const struct hd_err why = *err;

	if (hd_reply_get(reply, "repair") != NULL &&
	    s->goal.kind != HD_GOAL_REPAIR)
		hd_err_set(err, why.code, "%.800s: `%s` mends that", why.msg,
		    hd_advice(&words, s->host, "repair", NULL));
}

/* Emits the notes of the operation, however it ended. */
static void
report_notes(const struct hd_site *s, const struct hd_reply *reply)
{
	for (size_t i = 0; i < reply->facts.n; i++) {
		if (strcmp(reply->facts.v[i].name, "note") == 0)
			hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name, "%s",
			    reply->facts.v[i].value);
	}
}

static bool
refused_hot(const struct hd_reply *r)
{
	const char *how = hd_reply_get(r, "refused");

	return how != NULL && strcmp(how, "hot") == 0;
}

/* Begins the operation, or follows it if it was begun: the id makes sure that
 * it runs only once. */
static int
operate(struct hd_site *s, const struct hd_call *call, const char *id,
    struct output *o, struct hd_reply *reply, struct hd_err *err)
{
	struct hd_call mine = *call;
	int rc;

	mine.unsure = s->unsure[0] != '\0' ? s->unsure : NULL;
	mine.sent = &o->begun;
	o->skip = o->emitted;
	hd_site_use(s);
	rc = hd_site_connect(s, err);
	o->unsure = rc < 0 && o->begun;
	if (rc == 0) {
		rc = hd_remote_operate(
		    s->t, &mine, id, emit_output, o, reply, err);
		o->unsure = rc < 0 && o->begun && hd_connection_lost(err);
	}
	if (rc == 0 && mine.release &&
	    hd_reply_get(hd_reply_last(reply), "released") != NULL)
		s->lease[0] = '\0';
	hd_site_leave(s);
	if (rc == 0 && (rc = hd_site_failed(&mine, reply, err)) < 0) {
		explain(o, reply, err);
		advise_repair(s, reply, err);
	}
	s->cold_helps = refused_hot(reply);
	if (rc == 0)
		s->unsure[0] = '\0';
	report_notes(s, reply);
	return rc;
}

int
hd_site_operate_reply(struct hd_site *s, const char *step,
    const struct hd_call *call, struct hd_reply *reply, struct hd_err *err)
{
	struct output o = { .s = s, .step = step };
	struct hd_reconnect again = { 0 };
	int64_t until = hd_clock_ms() + call->deadline_ms;
	char id[HD_OP_ID], random[9];

	hd_random_hex(random, 4);
	snprintf(id, sizeof(id), "%s-%s-%s", s->change, call->script, random);
	for (char *c = id; *c != '\0'; c++)
		if (*c == '_') /* an id has none */
			*c = '-';
	*reply = (struct hd_reply){ 0 };
	while (operate(s, call, id, &o, reply, err) < 0) {
		if (o.begun && again.least == 0)
			again = (struct hd_reconnect){ .least = until,
				.meanwhile = "the operation continues on the "
					     "host" };
		if (hd_reconnect(&again, s, err)) {
			hd_reply_done(reply);
			*reply = (struct hd_reply){ 0 };
			continue;
		}
		if (o.unsure)
			snprintf(s->unsure, sizeof(s->unsure), "%s", id);
		return -1;
	}
	return 0;
}

int
hd_site_operate(struct hd_site *s, const char *step, const struct hd_call *call,
    struct hd_err *err)
{
	struct hd_reply reply;
	int rc = hd_site_operate_reply(s, step, call, &reply, err);

	hd_reply_done(&reply);
	return rc;
}
