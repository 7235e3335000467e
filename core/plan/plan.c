#include "core/plan/plan_private.h"

#include "core/base/str.h"
#include "core/inventory/advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
hd_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

void
hd_nothing(struct hd_planning *p, const char *fmt, ...)
{
	va_list ap;

	p->out->verdict = HD_PLAN_NOTHING;
	p->out->n = 0;
	va_start(ap, fmt);
	vsnprintf(p->out->reason, sizeof(p->out->reason), fmt, ap);
	va_end(ap);
}

void
hd_refuse(struct hd_planning *p, const char *fmt, ...)
{
	va_list ap;

	p->out->verdict = HD_PLAN_REFUSED;
	p->out->n = 0;
	va_start(ap, fmt);
	vsnprintf(p->out->reason, sizeof(p->out->reason), fmt, ap);
	va_end(ap);
}

bool
hd_bar(struct hd_planning *p, enum hd_proof_kind kind)
{
	p->out->bars = kind;
	return false;
}

const char *
hd_plan_advice(struct hd_planning *p, const char *command, const char *more)
{
	return hd_advice(p->words, p->host, command, more);
}

void
hd_plan_reset(struct hd_planning *p)
{
	p->out->verdict = HD_PLAN_STEPS;
	p->out->reason[0] = '\0';
	p->out->n = 0;
	p->out->relup = NULL;
	p->out->bars = HD_PROOF_NONE;
}

struct hd_step *
hd_step_add(struct hd_planning *p, enum hd_step_kind kind, const char *version)
{
	struct hd_step *s;

	if (p->out->n == HD_PLAN_MAX)
		abort(); /* a planner is wrong: no facts lead to more steps */
	s = &p->out->steps[p->out->n++];
	*s = (struct hd_step){ .kind = kind, .version = version };
	return s;
}

void
hd_step_verify(
    struct hd_planning *p, const char *version, bool hot, bool permanent)
{
	struct hd_step *s = hd_step_add(p, HD_STEP_VERIFY, version);

	s->hot = hot;
	s->permanent = permanent;
}

void
hd_step_boot(struct hd_planning *p, const char *version)
{
	struct hd_step *verify;

	hd_step_add(p, HD_STEP_START, version);
	verify = hd_step_add(p, HD_STEP_VERIFY, version);
	verify->permanent = true;
	verify->booted = true;
}

void
hd_step_commit_add(struct hd_planning *p, const char *version)
{
	hd_step_add(p, HD_STEP_DRAIN, version);
	hd_step_add(p, HD_STEP_COMMIT, version);
}

void
hd_step_check_add(struct hd_planning *p, const char *version)
{
	if (p->facts->vm.word == NULL)
		hd_step_add(p, HD_STEP_CHECK, version);
}

void
hd_step_soak_add(struct hd_planning *p)
{
	const struct hd_step *verify = &p->out->steps[p->out->n - 1];
	struct hd_step *soak;

	if (p->host->soak == 0)
		return;
	soak = hd_step_add(p, HD_STEP_SOAK, verify->version);
	*soak = *verify;
	soak->kind = HD_STEP_SOAK;
}

bool
hd_plan_equal(const struct hd_plan *a, const struct hd_plan *b)
{
	if (a->verdict != b->verdict || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct hd_step *x = &a->steps[i], *y = &b->steps[i];

		if (x->kind != y->kind || x->hook != y->hook ||
		    (x->version != y->version &&
			!hd_same(x->version, y->version)))
			return false;
	}
	return true;
}

bool
hd_plan_has(const struct hd_plan *plan, enum hd_step_kind kind)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->steps[i].kind == kind)
			return true;
	}
	return false;
}

void
hd_plan_describe(const struct hd_plan *plan, struct hd_str *out)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct hd_step *s = &plan->steps[i];
		bool named = s->version != NULL && !hd_steps[s->kind].bare;

		hd_str_addf(out, "%s%s%s%s", i > 0 ? ", " : "",
		    hd_step_title(s), named ? " " : "",
		    named ? s->version : "");
	}
	if (plan->reason[0] != '\0')
		hd_str_addf(out, " (%s)", plan->reason);
	if (plan->files[0] != '\0')
		hd_str_addf(out, " (%s)", plan->files);
}
