#include "cmd/screen_github.h"

#include "cmd/ci.h"
#include "cmd/reasons.h"
#include "cmd/report.h"

#include <string.h>

enum { ERRORS = 10, TEXT_MAX = 64 * 1024 };

static void
annotate(FILE *out, const char *weight, const char *title, const char *text)
{
	HD_AUTO_STR line = HD_STR_INIT(TEXT_MAX);

	hd_str_addf(&line, "::%s title=", weight);
	hd_ci_escape(&line, title, true);
	hd_str_add(&line, "::");
	hd_ci_escape(&line, text, false);
	fprintf(out, "%s\n", line.ptr);
}

/* The weight of a result in a run with this status; NULL: nothing to say. A
 * host that is ok can still have a failed hook. */
static const char *
weight_of(const char *result, int status)
{
	switch (hd_report_outcome(result)) {
	case HD_OUTCOME_FAILED:
		return "error";
	case HD_OUTCOME_LEFT_OUT:
		return "warning";
	default:
		return status != 0 &&
			       strcmp(result, hd_results[HD_RES_OK].name) == 0
			   ? "warning"
			   : NULL;
	}
}

static size_t
count_errors(const struct hd_event *ev)
{
	size_t n = 0;

	for (size_t i = 0; i < ev->nreports; i++) {
		const char *result = ev->reports[i].result;
		const char *weight =
		    result != NULL ? weight_of(result, ev->status) : NULL;

		n += weight != NULL && strcmp(weight, "error") == 0;
	}
	return n;
}

static void
name_hosts(FILE *out, const char *hosts, const char *result, const char *text,
    const char *weight)
{
	HD_AUTO_ARENA a = { 0 };

	annotate(out, weight, hd_arena_fmt(&a, "%s %s", hosts, result),
	    text != NULL ? text : result);
}

static void
name_each(FILE *out, const struct hd_event *ev)
{
	for (size_t i = 0; i < ev->nreports; i++) {
		const struct hd_report *r = &ev->reports[i];
		const char *weight =
		    r->result != NULL ? weight_of(r->result, ev->status) : NULL;

		if (weight != NULL && strcmp(weight, "error") == 0)
			name_hosts(out, r->host, r->result, r->text, weight);
	}
}

/* Warnings are for hosts that nothing happened to: one for each reason. */
static void
name_groups(FILE *out, const struct hd_event *ev, bool errors)
{
	struct hd_reasons reasons;

	hd_reasons_read(&reasons, ev);
	for (size_t i = 0; i < reasons.n; i++) {
		const struct hd_reason *r = &reasons.v[i];
		const char *weight = weight_of(r->result, ev->status);

		if (weight != NULL &&
		    (errors || strcmp(weight, "warning") == 0))
			name_hosts(out, r->hosts, r->result, r->text, weight);
	}
	hd_reasons_done(&reasons);
}

static void
emit(void *ctx, const struct hd_event *ev)
{
	bool few = ev->kind == HD_EV_SUMMARY && count_errors(ev) <= ERRORS;

	if (ev->kind == HD_EV_ERROR && ev->host == NULL)
		annotate(ctx, ev->weight != NULL ? "warning" : "error",
		    "hdeploy", ev->text != NULL ? ev->text : "failed");
	if (ev->kind == HD_EV_STEP && ev->host == NULL && ev->result != NULL &&
	    strcmp(ev->result, HD_STEP_FAILED) == 0)
		annotate(ctx, "error", ev->step,
		    ev->text != NULL ? ev->text : "failed");
	if (few)
		name_each(ctx, ev);
	if (ev->kind == HD_EV_SUMMARY)
		name_groups(ctx, ev, !few);
	fflush(ctx);
}

struct hd_sink
hd_screen_github(FILE *out)
{
	return (struct hd_sink){ .emit = emit, .ctx = out };
}
