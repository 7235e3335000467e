#ifndef HD_RELUP_MAKE_H
#define HD_RELUP_MAKE_H

#include "core/artifact/artifact.h"

/* Makes the relup of a release with systools of this machine's Erlang. */

struct hd_relup_make {
	const struct hd_artifact *to;
	const struct hd_artifact *const *from; /* each of another version */
	size_t nfrom;
	const char *appups; /* folder with APP.appup of the project */
	bool drafts;        /* draft appups that are missing */
	/* for each of from: the commands that draft an appup */
	const char *const *advice;
};

/* Sentences for people, and the relup. All in the arena of the call. */
struct hd_relup_made {
	const char *term;        /* for hd_artifact_set_relup() */
	struct hd_strs up, down; /* versions that it leads from and to */
	struct hd_strs notes;    /* also why an entry is not possible */
	struct hd_strs problems; /* what to change to make it possible */
};

/*
 * Makes the entries up from, and down to, every release of from. Unpacks what
 * this takes below /tmp and removes it. Blocks for some seconds. HD_ELOCAL if
 * Erlang is missing or fails, or the disk is full; HD_ECANCELED. Problems are
 * in made.
 */
int hd_relup_make(const struct hd_relup_make *how, struct hd_arena *arena,
    struct hd_relup_made *made, struct hd_err *err) HD_CHECK;

#endif
