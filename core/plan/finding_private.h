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

/* Whether the change is certain to stop and start the node. */
static inline bool
hd_look_cold(const struct hd_look *look)
{
	return look->goal->cold ||
	       (!look->goal->hot && look->host->upgrade == HD_MODE_COLD);
}

/* preflight_host.c */
hd_tell hd_tell_refusal, hd_tell_tools, hd_tell_operation, hd_tell_lock,
    hd_tell_disk, hd_tell_inodes, hd_tell_noexec, hd_tell_nfs, hd_tell_clock,
    hd_tell_selinux, hd_tell_pty, hd_tell_logout_node, hd_tell_logout_runs,
    hd_tell_tunnel;
/* preflight_elf.c */
hd_tell hd_tell_machine, hd_tell_loader, hd_tell_glibc, hd_tell_glibcxx,
    hd_tell_library, hd_tell_library_optional;
/* preflight_node.c */
hd_tell hd_tell_tls, hd_tell_nameless, hd_tell_epmd, hd_tell_unresolved,
    hd_tell_env_lost, hd_tell_env_unset, hd_tell_limits_old, hd_tell_limits_low;

#endif
