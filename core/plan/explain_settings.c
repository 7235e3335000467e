/* The settings that would lead to another plan. Nothing is predicted: each is
 * tried, and its plan compared. */
#include "core/plan/explain_private.h"

#include "core/plan/finding.h"

enum { TRIED_SOAK = 60 * 1000 };

/* The command with one setting changed. */
struct trial {
	struct hd_host host;
	struct hd_goal goal;
};

static void
set_mode(struct trial *t, enum hd_mode mode)
{
	t->goal.hot = t->goal.cold = false;
	t->host.upgrade = mode;
}

static void
try_cold(struct trial *t)
{
	set_mode(t, HD_MODE_COLD);
}

static void
try_hot(struct trial *t)
{
	set_mode(t, HD_MODE_HOT);
}

static void
try_auto(struct trial *t)
{
	set_mode(t, HD_MODE_AUTO);
}

static void
try_reload(struct trial *t)
{
	set_mode(t, HD_MODE_RELOAD);
}

static void
try_soak(struct trial *t)
{
	t->host.soak = TRIED_SOAK;
}

static void
try_no_soak(struct trial *t)
{
	t->host.soak = 0;
}

static void
try_commit(struct trial *t)
{
	t->host.commit = HD_COMMIT_AFTER_SOAK;
}

/* Drivers that have the setting. */
enum drivers { ANY, VM, APP };

static const struct {
	const char *setting;
	void (*try)(struct trial *t);
	enum drivers drivers;
} trials[] = {
	{ "--cold, or upgrade = cold", try_cold, VM },
	{ "--hot, or upgrade = hot", try_hot, VM },
	{ "upgrade = auto", try_auto, VM },
	{ "upgrade = reload", try_reload, APP },
	{ "upgrade = cold", try_cold, APP },
	{ "soak = 60s", try_soak, ANY },
	{ "soak = 0s", try_no_soak, ANY },
	{ "commit = after_soak", try_commit, VM },
};

static void
compare(struct hd_explaining *x, const char *setting, const struct trial *t)
{
	const struct hd_planning *p = &x->p;
	HD_AUTO_STR steps = HD_STR_INIT(2048);
	struct hd_plan other;

	hd_plan_make(&other, p->app, &t->host, &t->goal, p->facts);
	if (hd_plan_equal(&other, p->out))
		return;
	if (other.verdict == HD_PLAN_STEPS) {
		other.reason[0] = other.files[0] = '\0';
		hd_plan_describe(&other, &steps);
		hd_state_why(x, "setting", "%s: the plan would be: %s", setting,
		    steps.ptr);
	} else if (other.verdict == HD_PLAN_REFUSED) {
		hd_state_why(x, "setting", "%s: it would be refused: %s",
		    setting, other.reason);
	} else {
		hd_state_why(x, "setting",
		    "%s: there would be nothing to do: %s", setting,
		    other.reason);
	}
}

static struct trial
begin(const struct hd_explaining *x)
{
	return (struct trial){ .host = *x->p.host, .goal = *x->p.goal };
}

/* A stop that deploy.ini can ignore. */
static void
ignore(struct hd_explaining *x)
{
	const struct hd_planning *p = &x->p;
	struct hd_findings found = { 0 };
	struct trial t = begin(x);
	struct hd_strs list = { 0 };

	hd_findings(&found, p->words, p->app, p->host, p->goal, p->facts);
	if (found.n == 0 || found.v[0].weight != HD_WEIGHT_STOP ||
	    found.v[0].always)
		return;
	for (size_t i = 0; i < t.host.ignore.n; i++)
		*HD_PUSH(p->words, &list) = t.host.ignore.v[i];
	*HD_PUSH(p->words, &list) = found.v[0].name;
	t.host.ignore = list;
	compare(x,
	    hd_arena_fmt(
		p->words, "ignore = %s, if you know better", found.v[0].name),
	    &t);
}

void
hd_explain_settings(struct hd_explaining *x)
{
	enum drivers others = x->p.driver->plain ? VM : APP;

	for (size_t i = 0; i < HD_COUNT(trials); i++) {
		struct trial t = begin(x);

		if (trials[i].drivers == others)
			continue;
		trials[i].try(&t);
		compare(x, trials[i].setting, &t);
	}
	ignore(x);
}
