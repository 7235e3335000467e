#ifndef HD_PROOF_PRIVATE_H
#define HD_PROOF_PRIVATE_H

#include "core/plan/plan_private.h"

/* proof_code.c: what the relup does to the code that differs. */

/* The relup entry from one version to another, with its instructions; a
 * version is the artifact of the goal, or has a record. */
struct hd_way {
	struct hd_relup_entry entry;
	bool found;
	bool known; /* .instructions are all that it has */
};
void hd_proof_way(struct hd_way *out, struct hd_planning *p, const char *from,
    const char *to);

/* The modules that the way leaves as they are, although they differ. Names are
 * words (hd_module_word). */
struct hd_gaps {
	bool known;            /* the code of both versions is known */
	const char *unknown;   /* else: the version that is not */
	struct hd_strs load;   /* changed or new: nothing loads them */
	struct hd_strs remove; /* gone: nothing removes them */
};
void hd_proof_gaps(struct hd_gaps *out, struct hd_planning *p,
    const struct hd_way *way, const char *from, const char *to);
bool hd_proof_has_gaps(const struct hd_gaps *gaps);
/* An instruction can load any module, so gaps may be none. */
bool hd_proof_applies(const struct hd_way *way);
/* "loads a, b and removes c" */
void hd_proof_add_gaps(struct hd_str *out, const struct hd_gaps *gaps);

/* proof_vm.c: what it would do to the processes of the node. */

/* The node was asked about a change to version. */
bool hd_proof_probed(const struct hd_facts *f, const char *version);
/* release_handler would not hang, fail or refuse; no process keeps old state on
 * new code, unless deploy.ini allows it. */
bool hd_require_processes(
    struct hd_planning *p, const struct hd_way *way, const char *to);
/* Appends what needs care: each reason begins with "; " but for the first. */
void hd_proof_add_care(struct hd_str *out, struct hd_planning *p,
    const struct hd_way *way, const char *to);

#endif
