#include "core/plan/proof.h"

const char *const hd_proof_words[HD_PROOFS] = {
	[HD_PROOF_HOT] = "hot",
	[HD_PROOF_CARE] = "hot, with care",
	[HD_PROOF_NAME_ONLY] = "hot in name only",
	[HD_PROOF_COLD] = "cold only",
	[HD_PROOF_ERTS] = "cold, ERTS changes",
	[HD_PROOF_NO_WAY_BACK] = "no way back",
	[HD_PROOF_REFUSED] = "refused",
};

void
hd_prove(struct hd_proof *out, const struct hd_app *app,
    const struct hd_host *host, const struct hd_goal *goal,
    const struct hd_facts *facts)
{
	(void)app;
	(void)host;
	(void)goal;
	(void)facts;
	*out = (struct hd_proof){ .kind = HD_PROOF_NONE };
}
