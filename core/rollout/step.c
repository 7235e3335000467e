#include "core/rollout/step.h"

#include "core/base/clock.h"
#include "core/plan/drain.h"
#include "core/rollout/look.h"
#include "core/rollout/operate.h"

#include <stddef.h>
#include <string.h>

/* TIDY_UP_MS: extra time in which the operation cleans up after a start or stop
 * that timed out; node.sh relies on it. */
enum { SHORT_MS = 60 * 1000, TIDY_UP_MS = 15 * 1000 };

/* How much longer than planned a soak and its drain can take before the host
 * stops waiting for a commit and reverts. */
enum { WATCH_MS = 60 * 1000 };

#define TIMEOUT(what) offsetof(struct hd_host, what##_timeout)

static hd_step_give_fn give_change, give_snapshot, give_install;

const struct hd_step_effect hd_step_effects[] = {
	[HD_STEP_SHIP] = { .run = hd_step_ship, .harmless = true },
	[HD_STEP_PLACE] = { .script = "place", .timeout = TIMEOUT(upgrade) },
	[HD_STEP_SNAPSHOT] = { .script = "snapshot",
	    .give = give_snapshot,
	    .harmless = true },
	[HD_STEP_UNPACK] = { .script = "unpack", .timeout = TIMEOUT(upgrade) },
	[HD_STEP_STAGE] = { .script = "stage",
	    .timeout = TIMEOUT(upgrade),
	    .harmless = true },
	[HD_STEP_SWITCH] = { .script = "switch", .timeout = TIMEOUT(upgrade) },
	[HD_STEP_CHECK] = { .run = hd_step_check, .harmless = true },
	[HD_STEP_INSTALL] = { .script = "install",
	    .give = give_install,
	    .timeout = TIMEOUT(upgrade),
	    .disturbs = true },
	[HD_STEP_CONFIRM] = { .run = hd_step_confirm, .harmless = true },
	[HD_STEP_COMMIT] = { .script = "commit",
	    .timeout = TIMEOUT(upgrade),
	    .disturbs = true },
	[HD_STEP_DISCARD] = { .script = "discard",
	    .timeout = TIMEOUT(upgrade) },
	[HD_STEP_PRUNE] = { .script = "prune", .timeout = TIMEOUT(upgrade) },
	[HD_STEP_RESTORE] = { .script = "repair_files",
	    .give = give_change,
	    .timeout = TIMEOUT(upgrade) },
	[HD_STEP_LIST] = { .script = "repair_list",
	    .timeout = TIMEOUT(upgrade) },
	[HD_STEP_BOOT_FILE] = { .script = "repair_boot" },
	[HD_STEP_TIDY] = { .script = "repair_tidy",
	    .timeout = TIMEOUT(upgrade) },
	[HD_STEP_OWN] = { .script = "repair_own" },
	[HD_STEP_REPAIRED] = { .run = hd_step_repaired, .harmless = true },
	[HD_STEP_START] = { .script = "start",
	    .timeout = TIMEOUT(start),
	    .tidies_up = true,
	    .disturbs = true },
	[HD_STEP_STOP] = { .script = "stop",
	    .timeout = TIMEOUT(stop),
	    .tidies_up = true,
	    .disturbs = true },
	[HD_STEP_RESTART] = { .script = "restart",
	    .timeout = TIMEOUT(start),
	    .also = TIMEOUT(stop),
	    .tidies_up = true,
	    .disturbs = true },
	[HD_STEP_RELOAD] = { .script = "reload",
	    .timeout = TIMEOUT(start),
	    .tidies_up = true,
	    .disturbs = true },
	[HD_STEP_HOOK] = { .run = hd_step_hook, .harmless = true },
	[HD_STEP_COMMAND] = { .run = hd_step_command },
	[HD_STEP_FETCH] = { .run = hd_step_fetch, .harmless = true },
	[HD_STEP_DRAIN] = { .run = hd_step_drain, .harmless = true },
	[HD_STEP_SOAK] = { .run = hd_step_soak },
	[HD_STEP_VERIFY] = { .run = hd_step_verify_run },
	[HD_STEP_RECORD] = { .run = hd_step_record },
};
_Static_assert(
    HD_COUNT(hd_step_effects) == HD_STEP_KINDS, "a step has no effect");

static unsigned
limit_at(const struct hd_host *host, size_t offset)
{
	return *(const unsigned *)(const void *)((const char *)host + offset);
}

static unsigned
timeout(const struct hd_host *host, const struct hd_step_effect *r)
{
	if (r->timeout == 0)
		return SHORT_MS;
	return limit_at(host, r->timeout) +
	       (r->also != 0 ? limit_at(host, r->also) : 0) +
	       (r->tidies_up ? TIDY_UP_MS : 0);
}

/* A revert does not end processes that deploy.ini protects. */
static const char *const policies[] = {
	[HD_OLD_REFUSE] = "keep",
	[HD_OLD_KILL] = "end",
	[HD_OLD_WAIT] = "keep",
};

static void
give_change(struct hd_call *call, const struct hd_attempt *a,
    const struct hd_step *step, struct hd_arena *words)
{
	(void)step;
	(void)words;
	hd_call_set(call, "change", a->site->change);
}

static void
give_snapshot(struct hd_call *call, const struct hd_attempt *a,
    const struct hd_step *step, struct hd_arena *words)
{
	give_change(call, a, step, words);
	if (!hd_goals[a->site->goal.kind].changes_version)
		hd_call_set(call, "repair", "yes");
}

/* How long a new connection can take. */
static unsigned
confirmation_ms(const struct hd_host *host)
{
	return hd_confirms(host)
		   ? host->connect_timeout * (host->connect_retries + 1)
		   : 0;
}

static void
give_install(struct hd_call *call, const struct hd_attempt *a,
    const struct hd_step *step, struct hd_arena *words)
{
	const struct hd_host *host = a->site->host;
	unsigned ms = host->soak + hd_drain_longest(host) + WATCH_MS +
		      confirmation_ms(host);

	give_change(call, a, step, words);
	hd_call_set(call, "direction", step->down ? "down" : "up");
	if (!step->watched)
		return;
	hd_call_set(call, "seconds", hd_arena_fmt(words, "%u", ms / 1000));
	hd_call_set(call, "old", a->plan->back);
	hd_call_set(call, "policy", policies[host->old_processes]);
}

/* Whether the step needs a journal: it can change the host in a way that an
 * undo takes back. The host writes the same line only once. */
static bool
needs_journal(const struct hd_attempt *a, const struct hd_step *step)
{
	return !hd_step_effects[step->kind].harmless &&
	       a->site->plan.back != NULL &&
	       hd_goals[a->site->goal.kind].changes_version;
}

static void
emit(const struct hd_attempt *a, const struct hd_step *step, const char *result,
    int64_t ms, const char *text)
{
	struct hd_event ev = {
		.kind = HD_EV_STEP,
		.host = a->site->host->name,
		.step = hd_step_title(step),
		.after = step->version,
		.result = result,
		.ms = ms,
		.text = text,
	};

	if (step->kind == HD_STEP_SHIP && strcmp(result, HD_STEP_BEGIN) != 0) {
		ev.sent = a->site->sent;
		ev.size = a->site->size;
	}
	hd_emit(a->site->run->sink, ev);
}

struct asking {
	const struct hd_attempt *a;
	const struct hd_step *step;
	int64_t began;
};

/* The operation of the step has succeeded, and the host now gives the facts for
 * the VERIFY after it. */
static void
ask(void *ctx)
{
	const struct asking *x = ctx;
	struct hd_site *s = x->a->site;

	if (s->asking != 0)
		return; /* another connection asks again */
	s->asking = hd_clock_ms();
	s->spent += s->asking - x->began;
	emit(x->a, x->step, HD_STEP_OK, s->asking - x->began, NULL);
	emit(x->a, x->step + 1, HD_STEP_BEGIN, 0, NULL);
}

/* Whether VERIFY is next. It begins with the facts. */
static bool
verified_next(const struct hd_attempt *a, const struct hd_step *step)
{
	return hd_step_effects[step->kind].disturbs &&
	       step + 1 < a->plan->steps + a->plan->n &&
	       step[1].kind == HD_STEP_VERIFY;
}

static int
operate_ask(const struct hd_attempt *a, const struct hd_step *step,
    struct hd_call *call, struct hd_err *err)
{
	const char *name = hd_steps[step->kind].name;
	struct asking x = {
		.a = a, .step = step, .began = a->site->step_began
	};
	int rc;

	if (!verified_next(a, step))
		return hd_site_operate(a->site, name, call, err);
	call->asked = ask;
	call->ctx = &x;
	rc = hd_site_operate_look(a->site, name, call, err);
	if (rc < 0 && a->site->asking != 0) { /* VERIFY looks by itself */
		*err = (struct hd_err){ 0 };
		return 0;
	}
	return rc;
}

static int
operate(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	const struct hd_step_effect *r = &hd_step_effects[step->kind];
	struct hd_call call =
	    hd_site_call(a->site, r->script, timeout(a->site->host, r));
	HD_AUTO_STR journal = HD_STR_INIT(HD_PAST_MAX);
	HD_AUTO_ARENA words = { 0 };

	if (needs_journal(a, step))
		hd_step_journal(a, &journal);
	if (hd_str_check(&journal, err) < 0)
		return -1;
	call.journal = journal.len > 0 ? journal.ptr : NULL;
	hd_call_set(&call, "version", step->version);
	if (r->give != NULL)
		r->give(&call, a, step, &words);
	return operate_ask(a, step, &call, err);
}

/* Retries while processes on old code block the step: they may end soon. */
static int
operate_again(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	const struct hd_retry *retry = &a->site->host->retry;
	int rc = operate(a, step, err);

	for (unsigned n = 1;
	     rc < 0 && err->code == HD_EBUSY && n <= retry->times; n++) {
		hd_emitf(a->site->run->sink, HD_EV_NOTE, a->site->host->name,
		    "%s; retrying in %.3g s (%u of %u)", err->msg,
		    retry->every / 1000.0, n, retry->times);
		if (hd_attempt_sleep(a, retry->every, err) < 0)
			return -1;
		*err = (struct hd_err){ 0 };
		rc = operate(a, step, err);
	}
	return rc;
}

int
hd_step_run(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	hd_step_fn *run = hd_step_effects[step->kind].run;
	const char *title = hd_step_title(step);
	struct hd_site *s = a->site;
	int64_t ms;
	int rc;

	s->step_began = s->asking != 0 ? s->asking : hd_clock_ms();
	if (s->asking == 0)
		emit(a, step, HD_STEP_BEGIN, 0, NULL);
	s->asking = 0;
	if (hd_step_effects[step->kind].disturbs)
		s->disturbed = s->disturbed_since_look = true;
	rc = (run != NULL ? run : operate_again)(a, step, err);
	if (s->asking != 0)
		return 0; /* ask() has reported it */
	ms = hd_clock_ms() - s->step_began;
	s->spent += ms;
	emit(a, step, rc == 0 ? HD_STEP_OK : HD_STEP_FAILED, ms,
	    rc == 0 ? NULL : err->msg);
	if (rc < 0)
		hd_err_prefix(err, "%s%s%s", title,
		    step->version != NULL ? " " : "",
		    step->version != NULL ? step->version : "");
	return rc;
}
