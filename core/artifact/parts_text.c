#include "core/artifact/parts_read.h"

void
hd_defect_add(struct hd_artifact *a, enum hd_defect_kind kind, const char *path,
    const char *text)
{
	*HD_PUSH(&a->arena, &a->defects) =
	    (struct hd_defect){ kind, hd_arena_strdup(&a->arena, path),
		    hd_arena_strdup(&a->arena, text) };
}

struct hd_version_text
hd_version_text(
    struct hd_artifact *a, const struct hd_scan *s, const char *name)
{
	static const char *const tails[] = { ".src", "" };
	struct hd_version_text out = { 0 };

	for (size_t i = 0; i < HD_COUNT(tails) && out.path == NULL; i++) {
		const char *path = hd_arena_fmt(
		    &a->arena, "releases/%s/%s%s", a->version, name, tails[i]);

		if (hd_scan_has(s, path))
			out = (struct hd_version_text){ path,
				hd_text_get(&s->texts, path), i == 0 };
	}
	return out;
}
