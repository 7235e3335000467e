#ifndef HD_PARTS_READ_H
#define HD_PARTS_READ_H

#include "core/artifact/scan.h"

/* Fills in the parts (parts.h) of a from the items of s, which must be sorted
 * by path and have no duplicates, and from its texts. */
void hd_parts_read(struct hd_artifact *a, const struct hd_scan *s,
    const struct hd_release *rel);

/* The parts that have files of their own. */
void hd_applications_read(struct hd_artifact *a, const struct hd_scan *s,
    const struct hd_release *rel);
void hd_config_read(struct hd_artifact *a, const struct hd_scan *s);
void hd_vm_args_read(struct hd_artifact *a, const struct hd_scan *s);

/* releases/<version>/<name>.src, from which a start script makes the file, or
 * without one releases/<version>/<name>. path NULL: neither exists; text NULL:
 * too large to be read. */
struct hd_version_text {
	const char *path; /* in a->arena */
	const struct hd_text *text;
	bool src;
};
struct hd_version_text hd_version_text(
    struct hd_artifact *a, const struct hd_scan *s, const char *name);

/* Appends a defect of path. text: copied. */
void hd_defect_add(struct hd_artifact *a, enum hd_defect_kind kind,
    const char *path, const char *text);
/* Appends the keys of [{Key, Value}] or a map; false if list is neither. A key
 * that occurs twice is appended twice. Terms are borrowed. */
bool hd_config_add(struct hd_config *out, struct hd_arena *arena,
    const char *app, const struct hd_term *list);

#endif
