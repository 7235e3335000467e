#ifndef HD_STATE_H
#define HD_STATE_H

#include "core/plan/facts.h"

/* The real state of a host in a change from one version to another. */
enum hd_state {
	HD_STATE_UNTOUCHED,
	HD_STATE_UNPACKED,   /* the running version is unchanged */
	HD_STATE_INSTALLED,  /* not permanent */
	HD_STATE_PERMANENT,  /* runs and boots the new version */
	HD_STATE_SWITCHED,   /* driver = app: not restarted */
	HD_STATE_HALF_BACK,  /* the old version runs and would not boot */
	HD_STATE_RESTARTED,  /* by itself, into the old version */
	HD_STATE_RESTARTING, /* into the version that boots */
	HD_STATE_DOWN,
	HD_STATE_SWITCHING, /* down, and the boot pointers are half written */
	HD_STATE_ELSEWHERE, /* another version runs */
	HD_STATE_UNREACHABLE,
	HD_STATE_UNKNOWN, /* the VM and its release_handler disagree */
	HD_STATES,
};

/* before: the VM when the change began; NULL: unknown. */
enum hd_state hd_state_find(const struct hd_facts *f, const char *from,
    const char *to, const struct hd_vm *before);
/* The same in words: "0.2.0 installed, not permanent". */
void hd_state_tell(const struct hd_facts *f, const char *from, const char *to,
    const struct hd_vm *before, struct hd_str *out);

#endif
