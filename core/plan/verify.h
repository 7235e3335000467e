#ifndef HD_VERIFY_H
#define HD_VERIFY_H

#include "core/plan/plan.h"

/*
 * Whether a change worked, judged by the answers of the VM before and after it.
 * Exit statuses and control scripts do not count.
 */

/* What a change did to the VM; enum hd_mode is the mode that deploy.ini asks
 * for. */
enum hd_actual_mode {
	HD_ACTUAL_HOT,     /* same VM, every process kept */
	HD_ACTUAL_PARTIAL, /* same VM, the relup restarted applications */
	HD_ACTUAL_COLD,    /* another VM, restarted in process, or none */
	HD_ACTUAL_UNKNOWN, /* the VM was not asked, or does not answer */
	HD_ACTUALS,
};
extern const char *const hd_actual_mode_names[HD_ACTUALS];

struct hd_expect {
	const char *version;        /* must run */
	bool permanent;             /* a reboot must start it too */
	bool booted;                /* it has just been started */
	bool hot;                   /* HD_ACTUAL_COLD is a failure */
	bool back;                  /* went back to the previous version */
	const struct hd_vm *before; /* NULL: no comparison */
	const struct hd_relup_entry *relup; /* for its restarts; can be NULL */
};

/* True if the facts are as expected; *mode is set if before is not NULL.
 * Otherwise reason describes the difference in one line. */
bool hd_verify(const struct hd_expect *x, const struct hd_facts *now,
    enum hd_actual_mode *mode, struct hd_str *reason);

/*
 * The mode of a change, only by comparing the VM before and after. False, with
 * *mode not set, if nothing ran before.
 */
bool hd_actual_mode_find(enum hd_actual_mode *mode, const struct hd_vm *before,
    const struct hd_facts *now) HD_CHECK;

/* Adds why the running version is not known, if hd_facts_running() is NULL. */
void hd_verify_explain(const struct hd_facts *now, struct hd_str *reason);

#endif
