#ifndef HD_REL_H
#define HD_REL_H

#include "core/artifact/artifact.h"

/* The small texts of a release: .rel, start_erl.data, relup. */

struct hd_text {
	const char *path; /* in the release */
	const char *text; /* NUL-terminated; may hold others */
	size_t len;
};
struct hd_texts {
	struct hd_text *v;
	size_t n, cap;
};

/* Is path one of the texts that hd_release_find() or hd_relup_parse() may
 * want? */
bool hd_text_wanted(const char *path);
const struct hd_text *hd_text_get(const struct hd_texts *t, const char *path);

/* How the text ends of an error about a folder or tarball without one. */
#define HD_NO_RELEASE "so it is not a release"

/* What a .rel file says. Every part is of the allowed alphabet. */
struct hd_release {
	const char *path; /* of the .rel */
	const char *name, *version, *erts;
	struct hd_pairs libs; /* application, version */
	bool sasl; /* is started with them, and with it release_handler */
};

/*
 * The one release of texts that is called app (NULL: any) and has version
 * (NULL: the one of releases/start_erl.data). HD_ELOCAL if there is none, or
 * several to choose from. *out points into arena and texts.
 */
int hd_release_find(struct hd_release *out, struct hd_arena *arena,
    const struct hd_texts *texts, const char *app, const char *version,
    struct hd_err *err) HD_CHECK;

/* "<erts> <version>", as start_erl.data holds. HD_ELOCAL if it does not. */
int hd_start_data_parse(const struct hd_text *t, struct hd_arena *arena,
    const char **erts, const char **version, struct hd_err *err) HD_CHECK;

/* The entries of a relup for version. HD_ELOCAL, naming the line, if it is not
 * one or is for another version. */
int hd_relup_parse(struct hd_relup *out, struct hd_arena *arena,
    const struct hd_text *relup, const char *version,
    struct hd_err *err) HD_CHECK;

#endif
