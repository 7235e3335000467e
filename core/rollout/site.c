#include "core/rollout/site.h"

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/plan/driver.h"
#include "core/rollout/fleet.h"
#include "core/rollout/sudo.h"

#include <stdio.h>
#include <string.h>

void
hd_site_init(
    struct hd_site *s, const struct hd_run *run, const struct hd_host *host)
{
	pthread_mutexattr_t attr;

	*s = (struct hd_site){
		.run = run, .host = host, .said = HD_STR_INIT(HD_STORED_MAX)
	};
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&s->using, &attr);
	pthread_mutexattr_destroy(&attr);
	hd_site_aim(s, &run->goal);
}

void
hd_site_use(struct hd_site *s)
{
	pthread_mutex_lock(&s->using);
}

void
hd_site_leave(struct hd_site *s)
{
	pthread_mutex_unlock(&s->using);
}

void
hd_site_aim(struct hd_site *s, const struct hd_goal *goal)
{
	s->goal = *goal;
	s->begun = s->disturbed = s->drop_reported = s->drift_reported =
	    s->disturbed_since_look = s->more = s->fresh = false;
	s->asking = 0;
	s->sick_now[0] = '\0';
	hd_random_hex(s->change, (HD_CHANGE_ID - 1) / 2);
	hd_site_end(s, HD_RES_OK, HD_OK, "");
}

void
hd_site_done(struct hd_site *s)
{
	hd_site_drop(s);
	hd_facts_free(s->before);
	hd_facts_free(s->now);
	hd_str_done(&s->said);
	hd_arena_done(&s->parts.arena);
	pthread_mutex_destroy(&s->using);
}

/* Only the first connection may let more hosts than run->parallel be worked on:
 * none has been changed then. */
int
hd_site_open(struct hd_site *s, bool finish, struct hd_err *err)
{
	bool first = !s->reached;
	int rc;

	hd_site_use(s);
	if (first)
		hd_fleet_wait_begin();
	rc = s->run->connect(s->run->connect_ctx, s->host, finish, &s->t, err);
	if (first)
		hd_fleet_wait_end();
	s->reached = s->reached || rc == 0;
	if (rc == 0 && s->crowd != NULL)
		atomic_fetch_add(&s->crowd->open, 1);
	hd_site_leave(s);
	return rc;
}

void
hd_site_drop(struct hd_site *s)
{
	hd_site_use(s);
	if (s->t != NULL && s->crowd != NULL)
		atomic_fetch_sub(&s->crowd->open, 1);
	hd_tp_close(s->t);
	s->t = NULL;
	hd_site_leave(s);
}

struct hd_call
hd_site_call(const struct hd_site *s, const char *script, unsigned deadline_ms)
{
	return (struct hd_call){
		.script = script,
		.driver = s->run->app->driver,
		.root = s->host->path,
		.app = s->run->app->name,
		.env = &s->host->env,
		.env_file = s->host->env_file,
		.commands = &s->host->commands,
		.service = s->host->service,
		.service_manager = s->host->service_manager,
		.pid_file = s->host->pid_file,
		.linked_dirs = &s->host->linked_dirs,
		.linked_files = &s->host->linked_files,
		.reload = s->host->upgrade == HD_MODE_RELOAD,
		.two_phase = hd_driver_two_phase(s->run->app->driver, s->host),
		.lease = s->lease[0] != '\0' ? s->lease : NULL,
		.deadline_ms = deadline_ms,
	};
}

int
hd_site_ask(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err)
{
	if (hd_remote_ask(s->t, call, reply, err) == 0)
		return 0;
	hd_sudo_explain(
	    s->host, s->t->user, s->run->who != NULL ? s->run->who : "", err);
	return -1;
}

/* The last line that the script wrote to stderr: its reason for failing. */
static const char *
last_line(struct hd_arena *arena, const char *errors)
{
	size_t n = strlen(errors);
	char *copy = hd_arena_strdup(arena, errors);
	char *line;

	while (n > 0 && copy[n - 1] == '\n')
		copy[--n] = '\0';
	line = strrchr(copy, '\n');
	return line != NULL ? line + 1 : copy;
}

int
hd_site_failed(
    const struct hd_call *call, struct hd_reply *first, struct hd_err *err)
{
	const struct hd_reply *r = hd_reply_last(first);
	char limit[HD_LIMIT_TEXT];
	const char *why = hd_reply_get(r, "failed");

	if (r->status == 0)
		return 0;
	hd_clock_limit(limit, call->deadline_ms);
	if (r->status == HD_OP_DEADLINE)
		return hd_err_set(err, HD_EREMOTE,
		    "not done within %s: the host ended it", limit);
	if (why == NULL)
		why = last_line(&first->arena, r->errors);
	if (why[0] == '\0')
		return hd_err_set(err, HD_EREMOTE, "exit status %d", r->status);
	return hd_err_set(err,
	    hd_reply_get(r, "busy") != NULL      ? HD_EBUSY
	    : hd_reply_get(r, "refused") != NULL ? HD_EREFUSED
						 : HD_EREMOTE,
	    "%s", why);
}

void
hd_site_settle(struct hd_site *s)
{
	hd_facts_free(s->before);
	s->before = s->now;
	s->now = NULL;
	s->seen_at = s->now_at;
	memcpy(s->seen, s->lease, sizeof(s->seen));
}

/* A root that does not exist has lease 0, which locks nothing. */
bool
hd_site_unshared(const struct hd_site *s)
{
	return s->lease[0] != '\0' && strcmp(s->lease, "0") != 0 &&
	       strcmp(s->lease, s->seen) == 0;
}

void
hd_site_adopt(struct hd_site *s, const struct hd_plan *fresh)
{
	s->plan = *fresh;
	hd_site_settle(s);
}

void
hd_site_end(struct hd_site *s, enum hd_result result, enum hd_code cause,
    const char *text)
{
	s->result = result;
	s->status = hd_status_after(result, cause);
	snprintf(s->text, sizeof(s->text), "%s", text);
}

void
hd_site_skip(struct hd_site *s, enum hd_code cause, const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "%snot begun: %s",
	    s->shipped ? "shipped; " : "", why);
	hd_site_end(s, HD_RES_SKIPPED, cause, text);
}

static const struct hd_facts *
newest_facts(const struct hd_site *s)
{
	return s->now != NULL ? s->now : s->before;
}

const char *
hd_site_running(const struct hd_site *s)
{
	const struct hd_facts *f = newest_facts(s);

	return f != NULL ? hd_facts_running(f) : NULL;
}

const char *
hd_site_boots(const struct hd_site *s)
{
	const struct hd_facts *f = newest_facts(s);

	return f != NULL ? hd_facts_boots(f) : NULL;
}

/* A lost VM never comes back, so cold is certain. */
bool
hd_site_actual_mode(const struct hd_site *s, enum hd_actual_mode *mode)
{
	const struct hd_past *ends = s->plan.ends;
	struct hd_vm before;

	if (!s->begun || s->before == NULL)
		return false;
	before =
	    ends != NULL ? hd_vm_began(ends, &s->before->vm) : s->before->vm;
	if (!hd_actual_mode_find(mode, &before, newest_facts(s)))
		return false;
	if (*mode == HD_ACTUAL_COLD)
		return true;
	if (s->disturbed_since_look)
		*mode = HD_ACTUAL_UNKNOWN;
	/* the processes before an earlier run are not known, only its relup */
	if (*mode == HD_ACTUAL_HOT && ends != NULL && s->plan.relup != NULL &&
	    s->plan.relup->restarts.n > 0)
		*mode = HD_ACTUAL_PARTIAL;
	return s->disturbed || ends != NULL;
}

/* A node that is down runs nothing; otherwise some version runs, known or
 * not. */
static bool
runs_unknown(const struct hd_facts *f)
{
	return f == NULL ||
	       (f->vm.state != HD_VM_DOWN && hd_facts_running(f) == NULL);
}

static bool
boots_unknown(const struct hd_facts *f)
{
	return f == NULL || (hd_facts_boots(f) == NULL &&
				(f->boot != NULL || f->unpacked.n > 0));
}

struct hd_report
hd_site_report(const struct hd_site *s)
{
	const struct hd_facts *f = newest_facts(s);

	enum hd_actual_mode mode;
	bool known = hd_site_actual_mode(s, &mode);

	return (struct hd_report){
		.host = s->host->name,
		.address = s->host->address,
		.before = s->before ? hd_facts_running(s->before) : NULL,
		.after = hd_site_running(s),
		.down = f != NULL && f->vm.state == HD_VM_DOWN &&
			f->vm.word == NULL,
		.boots = hd_site_boots(s),
		.unknown_before = runs_unknown(s->before),
		.unknown_after = runs_unknown(newest_facts(s)),
		.unknown_boots = boots_unknown(newest_facts(s)),
		.result = hd_results[s->result].name,
		.mode = known ? hd_actual_mode_names[mode] : NULL,
		.text = s->text[0] != '\0' ? s->text : NULL,
		.ms = s->spent,
		.sent = s->sent,
		.size = s->size,
		.verdict = hd_proof_words[s->proof.kind],
		.stops = s->stops,
		.warnings = s->warnings,
		.notes = s->notes,
	};
}

void
hd_site_emit(const struct hd_site *s)
{
	struct hd_report r = hd_site_report(s);

	hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_HOST,
				  .host = r.host,
				  .reports = &r,
				  .nreports = 1 });
}
