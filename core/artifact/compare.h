#ifndef HD_COMPARE_H
#define HD_COMPARE_H

#include "core/artifact/artifact.h"

/* The differences between two versions of a release. */

enum hd_area {
	HD_AREA_APPLICATION, /* and "erts" */
	HD_AREA_MODULE,
	HD_AREA_SETTING, /* of sys.config, and "(.app)": of .app files */
	HD_AREA_VM_ARGS,
	HD_AREA_RELUP, /* entries for other versions than the two */
	HD_AREA_FILE,  /* outside lib/ and the runtime */
	HD_AREA_NEED,  /* what the programs of the release need of a host */
	HD_AREAS,
};

/* before NULL: added; after NULL: removed. */
struct hd_difference {
	enum hd_area area;
	const char *name;
	/* APPLICATION: versions. MODULE: libraries. SETTING, VM_ARGS: values,
	 * without secrets (hide.h). RELUP: effects (way.h). FILE, NEED: texts
	 * that differ. */
	const char *before, *after;
	const char *note; /* APPLICATION: the number of its changes */
	/* MODULE: the instruction for it on the way up, and down; NULL: no hot
	 * way leads there. */
	const char *up, *down;
	bool missed_up, missed_down; /* the node would not run its code */
};

struct hd_comparison {
	struct hd_arena arena;
	const struct hd_relup_entry *up, *down; /* hd_way_find() */
	struct {                                /* by area, then name */
		struct hd_difference *v;
		size_t n, cap;
	} differences;
	/* Libraries with the same version but other files, "hotcode-0.1.0": a
	 * host that has one keeps its old files. */
	struct hd_strs clashes;
};

/* Compares two OTP releases. Blocks for neither disk nor network. The result
 * points into both; release it with hd_comparison_done(). */
void hd_compare(struct hd_comparison *out, const struct hd_artifact *old,
    const struct hd_artifact *new);
void hd_comparison_done(struct hd_comparison *c);

#endif
