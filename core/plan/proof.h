#ifndef HD_PROOF_H
#define HD_PROOF_H

#include "core/inventory/inventory.h"
#include "core/plan/facts.h"

struct hd_goal; /* plan.h */

/*
 * The upgrade proof: what a hot upgrade of one host would do, known before
 * anything is sent. Pure, like a plan.
 *
 * The relup entry is found as release_handler finds it (release_handler:
 * get_rh_script): by the exact version that runs, first in the up list of the
 * target's relup, then in the down list of the running version's.
 */
enum hd_proof_kind {
	HD_PROOF_NONE, /* nothing to prove: no VM runs, it runs the target, the
			  mode is cold, or driver = app */
	HD_PROOF_HOT,  /* the node keeps running, with all code of the target */
	HD_PROOF_CARE, /* the same, but processes end, applications restart, or
			  something is not known */
	HD_PROOF_NAME_ONLY,   /* modules differ that no instruction loads or
				 removes: old code would run */
	HD_PROOF_COLD,        /* only stop and start leads there */
	HD_PROOF_ERTS,        /* the same, because the Erlang runtime changes */
	HD_PROOF_NO_WAY_BACK, /* hot, but no hot way leads back */
	HD_PROOF_REFUSED,     /* the plan is refused for another reason */
	HD_PROOFS,
};
/* "hot", "hot, with care" ..., for people and for JSON; NULL for NONE. */
extern const char *const hd_proof_words[HD_PROOFS];

struct hd_proof {
	enum hd_proof_kind kind;
	char why[1024]; /* one line; HOT: "" */
};

/*
 * The verdict for one host, for goals of these kinds: UPGRADE with a version,
 * ROLLBACK with or without, PUSH and DEPLOY with an artifact. NONE for others.
 */
void hd_prove(struct hd_proof *out, const struct hd_app *app,
    const struct hd_host *host, const struct hd_goal *goal,
    const struct hd_facts *facts);

#endif
