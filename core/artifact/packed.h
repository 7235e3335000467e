#ifndef HD_PACKED_H
#define HD_PACKED_H

#include "core/artifact/artifact.h"

/*
 * The configuration that a release comes with, without secrets, so that the
 * record of a version on a host can keep it and versions can be compared.
 */

struct hd_packed {
	/* "hotcode/pool.size", "+P", "-kernel/start_timer": without spaces */
	const char *name;
	const char *digest; /* the same only for the same value */
	const char *text;   /* for people: shortened, secrets hidden (hide.h) */
};
struct hd_packed_list {
	struct hd_packed *v;
	size_t n, cap;
};

/* The settings of sys.config; a list of pairs has an entry for each pair. In
 * arena. */
void hd_packed_settings(struct hd_packed_list *out, struct hd_arena *arena,
    const struct hd_artifact *a);
/* The lines of vm.args. */
void hd_packed_arguments(struct hd_packed_list *out, struct hd_arena *arena,
    const struct hd_artifact *a);

/* Appends both as lines of the record: "setting NAME DIGEST TEXT" and
 * "argument NAME DIGEST TEXT". */
void hd_packed_write(struct hd_str *out, const struct hd_artifact *a);

#endif
