#ifndef HD_PLAN_PRIVATE_H
#define HD_PLAN_PRIVATE_H

#include "core/plan/finding_private.h"
#include "core/plan/plan.h"

/* The plan of one host while it is made. */
struct hd_planning {
	struct hd_plan *out;
	const struct hd_app *app;
	const struct hd_host *host;
	const struct hd_driver *driver;
	const struct hd_goal *goal;
	const struct hd_facts *facts;
	struct hd_arena *words; /* for messages */
};

/* One planner for each goal; it ends with steps, hd_nothing() or
 * hd_refuse(). */
hd_planner hd_plan_push, hd_plan_deploy, hd_plan_start, hd_plan_stop,
    hd_plan_restart, hd_plan_upgrade, hd_plan_rollback, hd_plan_status,
    hd_plan_command, hd_plan_fetch, hd_plan_prune, hd_plan_repair, hd_plan_undo,
    hd_plan_resume;
/* plan_plain.c: the planners of driver = app that differ. */
hd_planner hd_plain_start, hd_plain_stop, hd_plain_restart, hd_plain_prune,
    hd_plain_undo;

/* plan_make.c */

/* Calls the planner of the goal, for this driver. */
void hd_plan_goal(struct hd_planning *p);
/* The command line of a repair of this host; NULL if it would have no steps, or
 * if this is its plan. */
const char *hd_plan_repairs(struct hd_planning *p);

/* plan.c: building a plan. */
void hd_nothing(struct hd_planning *p, const char *fmt, ...) HD_PRINTF(2, 3);
void hd_refuse(struct hd_planning *p, const char *fmt, ...) HD_PRINTF(2, 3);
/* The verdict of a hot change that is refused for this reason. Returns false.
 */
bool hd_bar(struct hd_planning *p, enum hd_proof_kind kind);
/* Clears a refusal, for another try. */
void hd_plan_reset(struct hd_planning *p);
/* Appends a step; the caller sets what the step needs beyond this. */
struct hd_step *hd_step_add(
    struct hd_planning *p, enum hd_step_kind kind, const char *version);
void hd_step_verify(
    struct hd_planning *p, const char *version, bool hot, bool permanent);
/* Adds START and the strictest VERIFY, which is possible only after a start. */
void hd_step_boot(struct hd_planning *p, const char *version);
/* Adds DRAIN and COMMIT: making a version permanent ends the processes that run
 * old code. */
void hd_step_commit_add(struct hd_planning *p, const char *version);
/* Adds CHECK (would an INSTALL of version succeed?), because there may be no
 * way back from an INSTALL. Not if the VM is never queried (vm.word). */
void hd_step_check_add(struct hd_planning *p, const char *version);
/* Adds SOAK, if the host has one. The last step so far must be a VERIFY: the
 * soak repeats it. */
void hd_step_soak_add(struct hd_planning *p);
/* The command line that helps on this host, by hd_advice(). */
const char *hd_plan_advice(
    struct hd_planning *p, const char *command, const char *more);
bool hd_same(const char *a, const char *b); /* false if either is NULL */

/*
 * hd_require_*(): preconditions of a plan. They return false, or NULL, after
 * they have refused; the planner then returns.
 */

/* plan_checks.c: what must be known about a host before a change is planned. */

/* The mode: from the command line, else from deploy.ini. */
enum hd_mode hd_plan_mode(const struct hd_planning *p);
/* A release is on the host, or runs. */
bool hd_require_release(struct hd_planning *p);
/* If the VM runs, no switch was cut off. */
bool hd_require_whole_switch(struct hd_planning *p);
/* Refuses because the VM is up and does not report its version. */
void hd_refuse_unknown(struct hd_planning *p);
/* The running version. */
const char *hd_require_running(struct hd_planning *p);
/* The version that `start` would start. */
const char *hd_require_bootable(struct hd_planning *p);
/* The version that a change begins from: the running one. If the change can go
 * cold and nothing runs, or release_handler hangs: the one that boots. */
const char *hd_require_from(struct hd_planning *p);
/* The versions that were pushed to this host (verified: only those that passed
 * their checks on it), except `but`, as a list that begins with `before`; "" if
 * there are none. */
const char *hd_plan_versions(
    struct hd_planning *p, bool verified, const char *but, const char *before);
/* Refuses because version was not pushed, with the versions that were. */
void hd_refuse_unpushed(struct hd_planning *p, const char *version);
/* The files of version are on the host and can be installed. */
bool hd_require_bits(struct hd_planning *p, const char *version);
/* If files of version, which is unpacked, are gone: adds a step that restores
 * them. False after a refusal, if its tarball is gone, too. */
bool hd_plan_mend(
    struct hd_planning *p, enum hd_step_kind step, const char *version);
/* Whether the change that made version boot was cut off before its record: its
 * snapshot is there, its line of history is not. */
bool hd_plan_unrecorded(const struct hd_facts *f, const char *version);
/* The version that the change from `from` began at, for the history and the way
 * back. If a run was cut off after its switch, only its snapshot has it. */
const char *hd_plan_came_from(
    const struct hd_facts *f, const char *from, const char *to);

/* libraries.c: no library in libs, those of version, is on this host under the
 * same name with other content. */
bool hd_require_libraries(
    struct hd_planning *p, const char *version, const struct hd_pairs *libs);

/* plan_usable.c: hdeploy can work with this artifact once it runs. */
bool hd_require_usable(struct hd_planning *p, const struct hd_artifact *a);

/* plan_needs.c: what the steps of a plan need: commands of deploy.ini, and a
 * node that bin/<app> can find. */
/* The driver `script` can install and undo an install. */
bool hd_require_install_command(struct hd_planning *p);
/* deploy.ini has the commands that the steps of the plan need. */
bool hd_require_commands(struct hd_planning *p);
/* If a step needs the node, bin/<app> would find it: its name and cookie are
 * still those of deploy.ini. */
bool hd_require_node(struct hd_planning *p);
/* driver = app: the files that versions link to exist, and the unit can reload.
 */
bool hd_require_plain(struct hd_planning *p);

/* plan_service.c: the host starts and stops the VM as deploy.ini says; for
 * plans that may do so. */
bool hd_require_service(struct hd_planning *p);
/* Whether something must be stopped: a VM, or a unit that would restart it. */
bool hd_service_holds(const struct hd_planning *p);

/* plan_relup.c: the relup entry, from the relup of the newer version, that
 * leads from one version to the other; NULL if there is none, or none was
 * recorded. */
const struct hd_relup_entry *hd_relup_find(
    const struct hd_facts *f, const char *from, const char *to);
/* A relup leads from one to the other hot. */
bool hd_require_relup(struct hd_planning *p, const char *from, const char *to);
/* The VM, in its locale, can unpack a file of version with this name; NULL: all
 * names are plain. */
bool hd_require_plain_name(
    struct hd_planning *p, const char *version, const char *name);

/* plan_proof.c: a hot change would run the code of version to, and
 * release_handler would not hang or fail. */
bool hd_require_proof(struct hd_planning *p, const char *from, const char *to);

/* plan_hot.c: in the running VM, to a newer or an older version. */
typedef void hd_plan_hot(
    struct hd_planning *p, const char *from, const char *to);
hd_plan_hot hd_upgrade_hot, hd_back_hot;
/* The remaining steps when version is installed and not permanent. */
void hd_hot_finish(struct hd_planning *p, const char *version);

/* plan_cold.c: adds STOP, SWITCH and START, as far as they are needed. */
void hd_cold_steps(struct hd_planning *p, const char *from, const char *to);

/* plan_run.c: START, or STOP, with what belongs to it. */
void hd_start_steps(struct hd_planning *p, const char *version);
void hd_stop_steps(struct hd_planning *p);

/* plan_prune.c: removes the versions that nothing needs. */
void hd_prune_steps(struct hd_planning *p);

/* plan_plain.c: driver = app. */

/* Add the steps of a change; of finishing a change whose version runs and would
 * not start again. */
void hd_plain_steps(struct hd_planning *p, const char *from, const char *to);
void hd_plain_finish(struct hd_planning *p, const char *version);

/* plan_change.c: how the driver changes the version. */

/* Hot or cold, by the mode. auto goes cold if hot is refused. */
void hd_plan_by_mode(
    struct hd_planning *p, const char *from, const char *to, hd_plan_hot *hot);
/* The remaining steps when version runs and a reboot would start another. */
void hd_finish_steps(struct hd_planning *p, const char *version);
/* The running version was never made permanent. Always false with driver = app,
 * where another version can be the one that starts next. */
bool hd_plan_unsettled(const struct hd_planning *p, const char *running);

/* plan_ends.c: a change that was cut off. If it was going to version, makes
 * this plan end it, under its id. Call when RECORD is the last step. */
void hd_plan_adopt(struct hd_planning *p, const char *version);
/* The same for this change, forward or back. */
void hd_plan_end(struct hd_planning *p, const struct hd_past *c, bool back);
bool hd_past_goes_back(const struct hd_past *c);
/* If that change lacks only its record: true, with the steps for that. */
bool hd_plan_ends(struct hd_planning *p, const char *version);

/* plan_resume.c: if a change was cut off and has not changed the running
 * version, or lacks only its record: true, with the steps of a rollback. */
bool hd_plan_take_back(struct hd_planning *p);

/* plan_confirm.c: adds the step that confirm = new_connection asks for. */
void hd_plan_confirm(struct hd_planning *p);

/* plan_hooks.c: adds the hooks of the host to the steps. */
void hd_plan_hooks(struct hd_planning *p);

/* plan_repair.c */

/* Whether a repair has steps for the finding of this name. */
bool hd_repair_mends(const char *finding);
/* No file of version is gone; for plans that start it. */
bool hd_require_files(struct hd_planning *p, const char *version);
/* No code of version is known to be damaged; for plans that change to it. */
bool hd_require_unchanged(struct hd_planning *p, const char *version);

/* history.c: the newest change of the running version that no later change took
 * back; if from is set, only one that began at that version. NULL if there is
 * none. */
const struct hd_past *hd_past_standing(
    const struct hd_facts *f, const char *from);
/* The newest change or attempted change; NULL if there is none. */
const struct hd_past *hd_past_last(const struct hd_facts *f);

#endif
