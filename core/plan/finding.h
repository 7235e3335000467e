#ifndef HD_FINDING_H
#define HD_FINDING_H

#include "core/inventory/inventory.h"
#include "core/plan/facts.h"
#include "core/plan/plan.h"

/*
 * Findings: what a person should know about a host before a change, each under
 * a short name. docs/findings.md lists them. finding.c has a row for each name;
 * `ignore` of deploy.ini leaves out those that it names.
 */

enum hd_weight {
	HD_WEIGHT_NOTE, /* good to know */
	HD_WEIGHT_WARN, /* something can go wrong, now or after the change */
	HD_WEIGHT_STOP, /* the change would fail, or break the node */
	HD_WEIGHTS,
};
extern const char *const hd_weight_names[HD_WEIGHTS];

struct hd_finding {
	const char *name; /* "glibc-too-old" */
	enum hd_weight weight;
	bool repair; /* `hdeploy repair` mends it */
	bool drift;  /* the host is not as hdeploy left it: status shows it */
	/* A stop refuses goals that write. This one refuses every goal that
	 * changes the host, and cannot be ignored. */
	bool always;
	const char *text; /* one sentence: the problem and the remedy */
};
struct hd_findings {
	struct hd_finding *v;
	size_t n, cap;
};

/*
 * Appends the findings about a host, the stops first, in the order of the
 * table. goal: of the change ahead; findings about a version need its
 * artifact or its version. No I/O. Texts are in arena or borrowed from the
 * arguments.
 */
void hd_findings(struct hd_findings *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_goal *goal, const struct hd_facts *facts);

/* Only those about drift: rows with .drift. */
void hd_drift(struct hd_findings *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_facts *facts);

/* Row i of the table, with its text NULL; false after the last row. */
bool hd_finding_row(size_t i, struct hd_finding *out);

#endif
