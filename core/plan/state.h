#ifndef HD_STATE_H
#define HD_STATE_H

#include "core/plan/facts.h"

/* Where a host really is in a change from one version to another. */
enum hd_state {
	HD_STATE_UNTOUCHED,
	HD_STATE_UNPACKED,   /* and nothing that runs was changed */
	HD_STATE_INSTALLED,  /* not permanent */
	HD_STATE_PERMANENT,  /* runs and boots the new version */
	HD_STATE_HALF_BACK,  /* the old one runs and would not boot */
	HD_STATE_RESTARTED,  /* by itself, into the old version */
	HD_STATE_RESTARTING, /* it will run what boots */
	HD_STATE_DOWN,
	HD_STATE_SWITCHING, /* down, and what boots is half written */
	HD_STATE_ELSEWHERE, /* another version runs */
	HD_STATE_UNREACHABLE,
	HD_STATE_UNKNOWN, /* its own accounts disagree */
	HD_STATES,
};

/* before: the VM when the change began; NULL: not known. */
enum hd_state hd_state_find(const struct hd_facts *f, const char *from,
    const char *to, const struct hd_vm *before);
/* The same for people: "0.2.0 installed, not permanent". */
void hd_state_tell(const struct hd_facts *f, const char *from, const char *to,
    const struct hd_vm *before, struct hd_str *out);

#endif
