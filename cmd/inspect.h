#ifndef HD_INSPECT_CMD_H
#define HD_INSPECT_CMD_H

#include "cmd/command.h"
#include "core/artifact/compare.h"
#include "core/artifact/demands.h"
#include "core/artifact/way.h"

/* What `hdeploy inspect` knows. */

struct hd_flaw {
	const char *version; /* of the release that has it; NULL: the change */
	const char *path;    /* NULL: none */
	const char *text;    /* to follow the path; one line */
};

struct hd_inspection {
	struct hd_arena arena;
	struct hd_artifact *old; /* NULL: one release is inspected */
	struct hd_artifact *new;
	struct hd_comparison changes; /* with old */
	struct hd_demands demands;    /* of new */
	struct {
		const struct hd_application **v;
		size_t n, cap;
	} applications; /* of new, by name */
	struct {
		struct hd_flaw *v;
		size_t n, cap;
	} problems;
};

/* Whether two builds of one version are compared. */
bool hd_inspect_builds(const struct hd_inspection *x);
/* Fills in the problems of the releases and of the changes between them. */
void hd_inspect_problems(struct hd_inspection *x);

/* Names of areas: for JSON, and as a heading. */
extern const struct hd_area_words {
	const char *of, *title;
} hd_area_words[HD_AREAS];

/* Emit it for people and for programs (docs/events.md). all: also the lines
 * beyond the usual limit of each part. */
void hd_inspect_text(
    const struct hd_inspection *x, const struct hd_sink *sink, bool all);
void hd_inspect_json(const struct hd_inspection *x, const struct hd_sink *sink);

#endif
