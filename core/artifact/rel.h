#ifndef HD_REL_H
#define HD_REL_H

#include "core/artifact/artifact.h"

/* The small texts of a release: .rel, start_erl.data, relup. */

struct hd_text {
	const char *path; /* in the release */
	const char *text; /* NUL-terminated; may contain other NULs */
	size_t len;
};
struct hd_texts {
	struct hd_text *v;
	size_t n, cap;
};

/* Whether hd_release_find() or hd_relup_parse() may need the text of path. */
bool hd_text_wanted(const char *path);
/* Also true for other texts that describe the release: RELEASES, sys.config,
 * vm.args, .app. */
bool hd_text_kept(const char *path);
const struct hd_text *hd_text_get(const struct hd_texts *t, const char *path);

/* The end of the error for a folder or tarball that is not a release. */
#define HD_NO_RELEASE "so it is not a release"

/* The contents of a .rel file. All names and versions are valid (name.h). */
struct hd_release {
	const char *path; /* of the .rel */
	const char *name, *version, *erts;
	struct hd_pairs libs; /* application, version */
	bool sasl;            /* is started, and with it release_handler */
};

/*
 * Finds the release in texts that is called app (NULL: any) and has version
 * (NULL: the one in releases/start_erl.data). HD_ELOCAL if none or several
 * match. *out points into arena and texts.
 */
int hd_release_find(struct hd_release *out, struct hd_arena *arena,
    const struct hd_texts *texts, const char *app, const char *version,
    struct hd_err *err) HD_CHECK;

/* Reads "<erts> <version>" from start_erl.data. HD_ELOCAL if it has another
 * form. */
int hd_start_data_parse(const struct hd_text *t, struct hd_arena *arena,
    const char **erts, const char **version, struct hd_err *err) HD_CHECK;

/* The first line of a relup that hdeploy made. Which versions such a relup
 * leads from depends on the hosts, so the version's identity leaves it out. */
#define HD_OWN_RELUP "%% made by hdeploy\n"

/* Reads the relup of version. HD_ELOCAL, naming the line of a syntax error, if
 * it is not a relup or is for another version. */
int hd_relup_parse(struct hd_relup *out, struct hd_arena *arena,
    const struct hd_text *relup, const char *version,
    struct hd_err *err) HD_CHECK;

#endif
