#ifndef HD_PREVIEW_H
#define HD_PREVIEW_H

#include "core/plan/plan.h"

/*
 * What a change of the version does to the configuration of a node, known
 * before anything is sent: sys.config and vm.args as both versions were packed,
 * and the settings that the running program made itself.
 */

enum hd_preview_kind {
	HD_PREVIEW_HOT,     /* counts as soon as the version is installed */
	HD_PREVIEW_START,   /* counts when the node starts, and not before */
	HD_PREVIEW_LOST,    /* a value that the program made goes away */
	HD_PREVIEW_UNKNOWN, /* cannot be known here */
	HD_PREVIEW_KINDS,
};
/* "hot", "start", "lost", "unknown". */
extern const char *const hd_preview_kinds[HD_PREVIEW_KINDS];

struct hd_preview_line {
	const char *name; /* "hotcode/pool.size", "+P", "sys.config" */
	enum hd_preview_kind kind;
	const char *before, *after; /* without secrets; NULL: none */
	const char *text;           /* one sentence */
};
struct hd_preview {
	struct hd_preview_line *v;
	size_t n, cap;
};

/* Appends the lines for a plan that changes the version; none for others.
 * goal: as for hd_plan_make(). Pure. In arena, or borrowed. */
void hd_preview_make(struct hd_preview *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_goal *goal, const struct hd_facts *facts,
    const struct hd_plan *plan);

#endif
