#include "core/rollout/findings.h"

#include "core/plan/preview.h"

#include <string.h>

static void
count(struct hd_site *s, enum hd_weight weight)
{
	s->stops += weight == HD_WEIGHT_STOP;
	s->warnings += weight == HD_WEIGHT_WARN;
	s->notes += weight == HD_WEIGHT_NOTE;
}

/* Whether the plan is refused for this finding. */
static bool
is_reason(const struct hd_site *s, const struct hd_finding *f)
{
	return s->plan.verdict == HD_PLAN_REFUSED &&
	       strncmp(s->plan.reason, f->text, strlen(f->text)) == 0;
}

void
hd_findings_emit(struct hd_site *s, const struct hd_goal *goal, bool wanted)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_findings found = { 0 };

	s->stops = s->warnings = s->notes = 0;
	s->reason_found = false;
	hd_findings(&found, &arena, s->run->app, s->host, goal, s->before);
	for (size_t i = 0; i < found.n; i++) {
		const struct hd_finding *f = &found.v[i];
		bool reason = is_reason(s, f);

		s->reason_found = s->reason_found || reason;
		if (!wanted && reason)
			continue;
		count(s, f->weight);
		hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_FINDING,
					  .host = s->host->name,
					  .name = f->name,
					  .weight = hd_weight_names[f->weight],
					  .wanted = wanted,
					  .text = f->text });
	}
}

void
hd_drift_emit(struct hd_site *s)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_findings found = { 0 };

	hd_drift(&found, &arena, s->run->app, s->host, s->before);
	for (size_t i = 0; i < found.n; i++) {
		const struct hd_detail details[] = {
			{ .key = "host", .text = s->host->name },
			{ .key = "name", .text = found.v[i].name },
			{ .key = "weight",
			    .text = hd_weight_names[found.v[i].weight] },
			{ .key = "text", .text = found.v[i].text },
		};

		hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_ITEM,
					  .step = "finding",
					  .details = details,
					  .ndetails = HD_COUNT(details) });
	}
}

/* The change itself is about to end. */
static struct hd_facts
settled(const struct hd_facts *now)
{
	struct hd_facts f = *now;

	f.journal = NULL;
	f.lock = f.unfinished = f.watching = NULL;
	return f;
}

void
hd_drift_note(const struct hd_site *s)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_findings found = { 0 };
	struct hd_facts f;

	if (s->now == NULL)
		return;
	f = settled(s->now);
	hd_drift(&found, &arena, s->run->app, s->host, &f);
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].weight > HD_WEIGHT_NOTE)
			hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
			    "%s (%s)", found.v[i].text, found.v[i].name);
}

void
hd_proof_emit(struct hd_site *s, const struct hd_goal *goal, bool wanted)
{
	struct hd_proof *p = &s->proof;

	hd_prove(p, s->run->app, s->host, goal, s->before);
	if (p->kind == HD_PROOF_NONE)
		return;
	hd_emit(s->run->sink,
	    (struct hd_event){ .kind = HD_EV_PROOF,
		.host = s->host->name,
		.before = s->plan.before,
		.after = goal->version != NULL ? goal->version : s->plan.after,
		.verdict = hd_proof_words[p->kind],
		.wanted = wanted || (p->kind != HD_PROOF_HOT &&
					strcmp(p->why, s->plan.reason) != 0),
		.text = p->why });
}

void
hd_preview_emit(struct hd_site *s)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_preview preview = { 0 };

	hd_preview_make(&preview, &arena, s->run->app, s->host, &s->goal,
	    s->before, &s->plan);
	for (size_t i = 0; i < preview.n; i++) {
		const struct hd_preview_line *line = &preview.v[i];

		hd_emit(
		    s->run->sink, (struct hd_event){ .kind = HD_EV_SETTING,
				      .host = s->host->name,
				      .name = line->name,
				      .result = hd_preview_kinds[line->kind],
				      .before = line->before,
				      .after = line->after,
				      .wanted = true,
				      .text = line->text });
	}
}
