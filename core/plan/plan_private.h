#ifndef HD_PLAN_PRIVATE_H
#define HD_PLAN_PRIVATE_H

#include "core/plan/driver.h"
#include "core/plan/plan.h"

/* One planner for each goal; ends with steps, hd_nothing() or hd_refuse(). */
struct hd_planning {
	struct hd_plan *out;
	const struct hd_app *app;
	const struct hd_host *host;
	const struct hd_driver *driver;
	const struct hd_goal *goal;
	const struct hd_facts *facts;
	struct hd_arena *words; /* of messages, until they are written */
};
typedef void hd_planner(struct hd_planning *p);

hd_planner hd_plan_push, hd_plan_deploy, hd_plan_start, hd_plan_stop,
    hd_plan_restart, hd_plan_upgrade, hd_plan_rollback, hd_plan_status,
    hd_plan_command, hd_plan_fetch, hd_plan_prune, hd_plan_undo, hd_plan_resume;

/* plan.c: how a plan is written down. */
void hd_nothing(struct hd_planning *p, const char *fmt, ...) HD_PRINTF(2, 3);
void hd_refuse(struct hd_planning *p, const char *fmt, ...) HD_PRINTF(2, 3);
/* Forgets a refusal, for another try. */
void hd_plan_reset(struct hd_planning *p);
/* Appends a step; the caller sets what the step needs beyond this. */
struct hd_step *hd_step_add(
    struct hd_planning *p, enum hd_step_kind kind, const char *version);
void hd_step_verify(
    struct hd_planning *p, const char *version, bool hot, bool permanent);
/* START, and a VERIFY that is as strict as one after a start can be. */
void hd_step_boot(struct hd_planning *p, const char *version);
/* Making a version permanent ends the processes on the code before it. */
void hd_step_commit_add(struct hd_planning *p, const char *version);
/* Asks the VM, if it can be asked, whether an INSTALL of version would succeed,
 * before that step: there may be no way back from it. */
void hd_step_check_add(struct hd_planning *p, const char *version);
/* If the host has a soak: what the last step, a VERIFY, expects is to hold all
 * through it. */
void hd_step_soak_add(struct hd_planning *p);
/* The command that helps this host, hd_advice(). */
const char *hd_plan_advice(
    struct hd_planning *p, const char *command, const char *more);
bool hd_same(const char *a, const char *b); /* false if either is NULL */

/* plan_checks.c: what must be known of a host before a change is planned. */

/* As the command line says, else deploy.ini. */
enum hd_mode hd_plan_mode(const struct hd_planning *p);
/* True after a refusal: nothing was ever pushed there. */
bool hd_release_missing(struct hd_planning *p);
/* True after a refusal: what boots was half switched, and the VM runs. */
bool hd_half_switched(struct hd_planning *p);
/* Refuses: the VM is up and does not say which version it runs. */
void hd_refuse_unknown(struct hd_planning *p);
/* The version that runs; NULL after a refusal that says why it is not known.
 */
const char *hd_plan_running(struct hd_planning *p);
/* The version that `start` would start; NULL after a refusal. */
const char *hd_plan_bootable(struct hd_planning *p);
/* Where a change begins: what runs, or where it may go cold and nothing runs,
 * or only a release_handler that hangs, what would; NULL after a refusal. */
const char *hd_plan_from(struct hd_planning *p);
/* Versions that were pushed to this host, or only those of them that passed
 * their checks there, as a list that begins with `before`; "" if there are
 * none but `but`. */
const char *hd_plan_versions(
    struct hd_planning *p, bool verified, const char *but, const char *before);
/* Names the versions that were. */
void hd_refuse_unpushed(struct hd_planning *p, const char *version);
/* Whether the bits of version can be installed; false after a refusal. */
bool hd_bits_are_there(struct hd_planning *p, const char *version);
/* If files of version, which is unpacked, are gone: adds a step that brings
 * them back; false after a refusal, if its tarball is gone too. */
bool hd_plan_mend(
    struct hd_planning *p, enum hd_step_kind step, const char *version);
/* A change that now boots version was cut off before it was written down: its
 * snapshot tells. */
bool hd_plan_unrecorded(const struct hd_facts *f, const char *version);

/* libraries.c: false after a refusal: one of libs, of version, lies on this
 * host under the same name and with other content. */
bool hd_libraries_fit(
    struct hd_planning *p, const char *version, const struct hd_pairs *libs);

/* plan_runtime.c: false after a refusal: the artifact's Erlang runtime was
 * built for another machine or libc than the host has. */
bool hd_runtime_runs(struct hd_planning *p, const struct hd_artifact *a);

/* plan_usable.c: false after a refusal: once this artifact runs, hdeploy could
 * not work with it. */
bool hd_artifact_usable(struct hd_planning *p, const struct hd_artifact *a);

/* plan_needs.c: what commands of deploy.ini do. */

/* Whether deploy.ini has command.NAME for this host. */
bool hd_command_given(const struct hd_host *host, const char *name);
/* Whether the driver script can install and undo that; false after a refusal.
 */
bool hd_commands_install(struct hd_planning *p);
/* Says of each install which way it goes, and false, after a refusal, if a
 * step needs a command that deploy.ini lacks. */
bool hd_commands_fit(struct hd_planning *p);

/* Whether bin/<app> would find the node that runs, if a step needs that; false
 * after a refusal: its name or cookie has changed in deploy.ini. */
bool hd_node_is_found(struct hd_planning *p);

/* plan_service.c: for a plan that may start or stop the VM: false if the host
 * would do that in another way than deploy.ini says, after a refusal. */
bool hd_service_fits(struct hd_planning *p);
/* Whether there is something to stop: a VM, or a unit that brings it back. */
bool hd_service_holds(const struct hd_planning *p);

/* plan_ways.c: how the VM gets from one version to another, as the relup of
 * the newer one says; NULL if no relup here does, or if none was recorded. */
const struct hd_way *hd_way_find(
    const struct hd_facts *f, const char *from, const char *to);
/* Whether the VM, in the locale that it was started in, can unpack a file of
 * this name (NULL: all are plain); false after a refusal. */
bool hd_name_fits(struct hd_planning *p, const char *version, const char *name);
/* Whether a relup leads there hot; false after a refusal. */
bool hd_way_is_open(struct hd_planning *p, const char *from, const char *to);

/* plan_hot.c: in the VM that runs, to a newer or an older version. */
typedef void hd_plan_hot(
    struct hd_planning *p, const char *from, const char *to);
hd_plan_hot hd_upgrade_hot, hd_back_hot;
/* What is left where version is installed and not permanent. */
void hd_finish_steps(struct hd_planning *p, const char *version);

/* plan_cold.c: stop, switch, start: those of them that are needed. */
void hd_cold_steps(struct hd_planning *p, const char *from, const char *to);
/* Hot or cold, as the mode says. Auto goes cold where hot is refused. */
void hd_plan_by_mode(
    struct hd_planning *p, const char *from, const char *to, hd_plan_hot *hot);

/* plan_resume.c: a change that was cut off. If version is where it was going,
 * this plan, whose last step is its RECORD, ends it, under its id. */
void hd_plan_adopt(struct hd_planning *p, const char *version);
/* One whose version runs and boots already lacks only its record: true with
 * the steps for that. */
bool hd_plan_ends(struct hd_planning *p, const char *version);
/* The same for a rollback, which also ends a change that did not come to
 * change what runs. */
bool hd_plan_take_back(struct hd_planning *p);

/* plan_hooks.c: puts the host's hooks among the steps. */
void hd_plan_hooks(struct hd_planning *p);

/* history.c: the newest change of the running version that no later one took
 * back and, unless from is NULL, that began at that version; NULL if there is
 * none. */
const struct hd_past *hd_past_standing(
    const struct hd_facts *f, const char *from);
/* The newest change or attempt at one; NULL if there is none. */
const struct hd_past *hd_past_last(const struct hd_facts *f);

#endif
