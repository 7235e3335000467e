#ifndef HD_DRIFT_H
#define HD_DRIFT_H

#include "core/inventory/advice.h"
#include "core/plan/finding_private.h"

/*
 * Findings about a host that is no longer as hdeploy left it: the next start,
 * and the files of its versions. docs/recovery.md explains them.
 */

/* drift_boot.c: the next start. */
hd_tell hd_tell_boot_file, hd_tell_boot_pointers, hd_tell_reboot,
    hd_tell_pinned, hd_tell_unit, hd_tell_heart, hd_tell_unit_disabled,
    hd_tell_list_gone, hd_tell_list_garbage, hd_tell_list_short,
    hd_tell_list_unread, hd_tell_loose_files, hd_tell_loaded_code;
/* drift_files.c: files of versions, and what hdeploy keeps of each. */
hd_tell hd_tell_release_gone, hd_tell_library_gone, hd_tell_runtime_gone,
    hd_tell_script_gone, hd_tell_files_gone, hd_tell_files_changed,
    hd_tell_files_unread, hd_tell_tarball_gone, hd_tell_tarball_damaged,
    hd_tell_manifest_gone, hd_tell_manifest_damaged, hd_tell_record_gone;
/* drift_left.c: files that should not exist, or belong to another user. */
hd_tell hd_tell_uploads, hd_tell_scratch, hd_tell_unpacked, hd_tell_aside,
    hd_tell_switched, hd_tell_owner, hd_tell_stray;

/* drift.c */
/* Whether the host is at rest. While a run works on the host, or after a run
 * was cut off, parts of its change look like drift: `resume` ends the change.
 */
bool hd_drift_settled(const struct hd_look *l);
/* The command that mends this host, in l->arena. */
const char *hd_drift_repair(const struct hd_look *l);
/* "0.1.0, 0.2.0, 0.3.0 and 2 more" */
const char *hd_drift_join(struct hd_arena *a, const struct hd_strs *list);

#endif
