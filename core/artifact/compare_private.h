#ifndef HD_COMPARE_PRIVATE_H
#define HD_COMPARE_PRIVATE_H

#include "core/artifact/compare.h"

/* The parts of hd_compare(). */

/* The state of a comparison. */
struct hd_comparing {
	struct hd_comparison *out;
	const struct hd_artifact *old, *new;
	bool config; /* sys.config of both can be read, and is compared key by
			key; else as a file */
};

/* The new, empty difference. */
struct hd_difference *hd_differs(
    struct hd_comparing *c, enum hd_area area, const char *name);

/* One part of a release, for hd_compare_named(). */
struct hd_named {
	const char *name;
	const char *value; /* equal: no difference */
	const char *shown; /* as before or after */
	size_t place;      /* set by hd_compare_named() */
};
struct hd_nameds {
	struct hd_named *v;
	size_t n, cap;
};
/* Adds a difference for each name with another value in new than in old. Sorts
 * both; equal names are compared in their order. */
void hd_compare_named(struct hd_comparing *c, enum hd_area area,
    struct hd_nameds *old, struct hd_nameds *new);

/* compare_config.c: the settings of sys.config, "app key.within", and the lines
 * of vm.args, in arena. */
struct hd_nameds hd_named_settings(
    struct hd_arena *arena, const struct hd_artifact *a);
struct hd_nameds hd_named_arguments(
    struct hd_arena *arena, const struct hd_artifact *a);

/* Whether a has no defect in this file. NULL: true. */
bool hd_is_readable(const struct hd_artifact *a, const char *path);

/* Each adds the differences of some areas, in this order. */
void hd_compare_code(struct hd_comparing *c);
void hd_compare_config(struct hd_comparing *c);
void hd_compare_files(struct hd_comparing *c);
void hd_compare_needs(struct hd_comparing *c);

#endif
