#ifndef HD_PLAN_PRIVATE_H
#define HD_PLAN_PRIVATE_H

#include "core/plan/driver.h"
#include "core/plan/plan.h"

/* One host's plan in the making. */
struct hd_planning {
	struct hd_plan *out;
	const struct hd_app *app;
	const struct hd_host *host;
	const struct hd_driver *driver;
	const struct hd_goal *goal;
	const struct hd_facts *facts;
	struct hd_arena *words; /* of messages, until they are written */
};

/* One for each goal; ends with steps, hd_nothing() or hd_refuse(). */
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

/*
 * hd_require_*(): what a plan rests on. They return false, or NULL, after they
 * have refused: the planner has nothing to add then.
 */

/* plan_checks.c: what must be known of a host before a change is planned. */

/* As the command line says, else deploy.ini. */
enum hd_mode hd_plan_mode(const struct hd_planning *p);
/* Something was pushed there, or runs. */
bool hd_require_release(struct hd_planning *p);
/* If the VM runs, what boots was not half switched. */
bool hd_require_whole_switch(struct hd_planning *p);
/* Refuses: the VM is up and does not say which version it runs. */
void hd_refuse_unknown(struct hd_planning *p);
/* The version that runs. */
const char *hd_require_running(struct hd_planning *p);
/* The version that `start` would start. */
const char *hd_require_bootable(struct hd_planning *p);
/* Where a change begins: what runs, or where it may go cold and nothing runs,
 * or only a release_handler that hangs, what would. */
const char *hd_require_from(struct hd_planning *p);
/* Versions that were pushed to this host, or only those of them that passed
 * their checks there, as a list that begins with `before`; "" if there are
 * none but `but`. */
const char *hd_plan_versions(
    struct hd_planning *p, bool verified, const char *but, const char *before);
/* Names the versions that were. */
void hd_refuse_unpushed(struct hd_planning *p, const char *version);
/* The bits of version can be installed. */
bool hd_require_bits(struct hd_planning *p, const char *version);
/* If files of version, which is unpacked, are gone: adds a step that brings
 * them back; false after a refusal, if its tarball is gone too. */
bool hd_plan_mend(
    struct hd_planning *p, enum hd_step_kind step, const char *version);
/* A change that now boots version was cut off before it was written down: its
 * snapshot tells. */
bool hd_plan_unrecorded(const struct hd_facts *f, const char *version);

/* libraries.c: none of libs, of version, is on this host under the same name
 * and with other content. */
bool hd_require_libraries(
    struct hd_planning *p, const char *version, const struct hd_pairs *libs);

/* plan_usable.c: once this artifact runs, hdeploy can work with it, and its
 * Erlang runtime can be started on this host. */
bool hd_require_usable(struct hd_planning *p, const struct hd_artifact *a);

/* plan_needs.c: what commands of deploy.ini do. */

/* Whether deploy.ini has command.NAME for this host. */
bool hd_command_given(const struct hd_host *host, const char *name);
/* The driver script can install, and undo that. */
bool hd_require_install_command(struct hd_planning *p);
/* deploy.ini has the commands that the steps of the plan need. */
bool hd_require_commands(struct hd_planning *p);
/* If a step needs the node, bin/<app> would find the one that runs: its name
 * and cookie are still those of deploy.ini. */
bool hd_require_node(struct hd_planning *p);

/* plan_service.c: for a plan that may start or stop the VM: the host does that
 * as deploy.ini says. */
bool hd_require_service(struct hd_planning *p);
/* Whether there is something to stop: a VM, or a unit that brings it back. */
bool hd_service_holds(const struct hd_planning *p);

/* plan_relup.c: how the VM gets from one version to another, as the relup of
 * the newer one says; NULL if no relup here does, or if none was recorded. */
const struct hd_relup_entry *hd_relup_find(
    const struct hd_facts *f, const char *from, const char *to);
/* A relup leads there hot. */
bool hd_require_relup(struct hd_planning *p, const char *from, const char *to);
/* The VM, in the locale that it was started in, can unpack a file of version
 * that has this name; NULL: all are plain. */
bool hd_require_plain_name(
    struct hd_planning *p, const char *version, const char *name);

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
