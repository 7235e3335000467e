#ifndef HD_VERIFY_H
#define HD_VERIFY_H

#include "core/plan/plan.h"

/*
 * "It worked", judged from the VM's own account before and after. Exit codes
 * and control scripts take no part in it.
 */

/* What a change did to the VM. enum hd_mode is what deploy.ini asks for. */
enum hd_actual_mode {
	HD_ACTUAL_HOT,     /* same VM, every process kept */
	HD_ACTUAL_PARTIAL, /* same VM, the relup restarted applications */
	HD_ACTUAL_COLD,    /* another VM, or restarted in process, or none */
	HD_ACTUAL_UNKNOWN, /* the VM was not asked, or does not answer */
	HD_ACTUALS,
};
extern const char *const hd_actual_mode_names[HD_ACTUALS];

struct hd_expect {
	const char *version; /* must run */
	bool permanent;      /* a reboot must start it too */
	bool booted;         /* it has just been started as version */
	bool hot;            /* HD_ACTUAL_COLD is a failure */
	bool back; /* to the version that ran before, as it was then */
	const struct hd_vm *before; /* NULL: nothing to compare with */
	const struct hd_relup_entry
	    *relup; /* what the relup restarts; may be NULL */
};

/* True if the facts are as expected; *mode is set if before is not NULL.
 * Else reason says in one line what is not. */
bool hd_verify(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason);

/*
 * How what ran came through, whatever was done and however it ended: by the
 * two accounts alone. False, and *mode is not set, if nothing ran before.
 */
bool hd_actual_mode_find(enum hd_actual_mode *mode, const struct hd_vm *before,
    const struct hd_facts *now) HD_CHECK;

/* The VM when a change began that an earlier run left without an end; first is
 * the one that this run met, NULL: not known. Borrows from both. */
struct hd_vm hd_vm_began(
    const struct hd_past *change, const struct hd_vm *first);
/* The same in reverse, for hd_past.vm. */
void hd_vm_note(const struct hd_vm *vm, struct hd_str *out);

/* A line about the VM where hd_facts_running() is NULL: why it is not known
 * what runs. */
void hd_verify_explain(const struct hd_facts *now, struct hd_str *reason);

#endif
