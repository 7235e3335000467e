#ifndef HD_FINDING_PRIVATE_H
#define HD_FINDING_PRIVATE_H

#include "core/plan/driver.h"
#include "core/plan/finding.h"

/* What a finding is made from. */
struct hd_look {
	struct hd_arena *arena; /* for texts */
	const struct hd_app *app;
	const struct hd_host *host;
	const struct hd_driver *driver;
	const struct hd_goal *goal;
	const struct hd_facts *facts;
};

/* Returns the text of a finding, in look->arena; NULL: nothing is wrong. */
typedef const char *hd_tell(const struct hd_look *look);

/* plan_needs.c: whether deploy.ini has command.NAME for this host. */
bool hd_command_given(const struct hd_host *host, const char *name);

/* preflight_host.c */
hd_tell hd_tell_refusal, hd_tell_tools, hd_tell_operation, hd_tell_lock;
/* preflight_elf.c */
hd_tell hd_tell_machine, hd_tell_loader, hd_tell_glibc;

#endif
