#ifndef HD_PLAN_H
#define HD_PLAN_H

#include "core/base/str.h"
#include "core/inventory/inventory.h"
#include "core/plan/facts.h"
#include "core/plan/proof.h"

/*
 * Planning: a pure function from a goal, deploy.ini and the facts of one host
 * to a list of steps, or a refusal with its reason. No I/O, no clock, no
 * globals.
 */

enum hd_goal_kind {
	HD_GOAL_PUSH,
	HD_GOAL_DEPLOY, /* push, then upgrade or start */
	HD_GOAL_START,
	HD_GOAL_STOP,
	HD_GOAL_RESTART,
	HD_GOAL_UPGRADE,
	HD_GOAL_ROLLBACK,
	HD_GOAL_STATUS,  /* only report */
	HD_GOAL_CHECK,   /* report what would stop a change */
	HD_GOAL_COMMAND, /* run a command of the user */
	HD_GOAL_FETCH,   /* copy a kept tarball to this machine */
	HD_GOAL_PRUNE,   /* remove versions that are no longer needed */
	HD_GOAL_REPAIR,  /* mend what drifted; the version stays */
	HD_GOAL_RESUME,  /* end a change that was cut off */
	HD_GOAL_UNDO,    /* after a failure: back to `version` */
	HD_GOALS,
};

struct hd_planning; /* plan_private.h */
typedef void hd_planner(struct hd_planning *p);

/* Everything about one kind of goal: one row each (goals.c). */
struct hd_goal_row {
	const char *name; /* of the command; also in the history */
	hd_planner *planner;
	hd_planner *plain; /* for driver = app; NULL: the same */
	/* Goals that change no host work on a host in any state, even while
	 * another run changes it. */
	bool changes_host;
	/* Replaces running code: the plan can be undone, and .hdeploy/change
	 * describes the change while it is in progress. */
	bool changes_version;
	bool controls_vm;  /* its plan, or the undo, can start or stop the VM */
	bool writes;       /* writes files that boot, and may have to go back */
	bool asks_health;  /* runs health checks before it begins:
			      hd_plan_replaces() */
	bool in_waves;     /* applied wave by wave; a host that fails stops the
			      others */
	/* Asks for a brief answer of the facts: its plan for a version of which
	 * nothing is on the host needs no more. A refusal is planned again from
	 * all facts. */
	bool brief;
	bool shows_output; /* the output of its operations is always shown */
	/* Plans without the lock, and asks a person before it locks the hosts
	 * that have steps: no file of any other host changes. */
	bool confirmed;
};
extern const struct hd_goal_row hd_goals[];

struct hd_goal {
	enum hd_goal_kind kind;
	/* UPGRADE, UNDO: the target; ROLLBACK, FETCH, CHECK: can be NULL */
	const char *version;
	/* UPGRADE, ROLLBACK, RESUME, PUSH, DEPLOY: the mode of this run,
	 * instead of that in deploy.ini; UNDO: cold if the change was */
	bool hot, cold;
	bool force_unhealthy; /* UPGRADE, DEPLOY: even if the running version is
				 sick */
	/* UPGRADE, DEPLOY: the health check that the running version fails;
	 * NULL: none */
	const char *sick;
	bool replace; /* PUSH, DEPLOY: also if the version has other content */
	bool elsewhere;      /* FETCH: another host has version */
	const char *command; /* COMMAND: for the shell on the host */
	const char *from;    /* ROLLBACK --from: only hosts that run it */
	/* ROLLBACK: the newest change on any of the hosts, hd_plan_newest();
	 * NULL: version or from is set, or there is no change */
	const struct hd_past *newest;
	const struct hd_artifact *artifact; /* PUSH, DEPLOY */
	/* UNDO: the version that was being installed, whether it is the older
	 * one, and the VM before the change */
	const char *failed;
	bool failed_down;
	const struct hd_vm *before;
};

/* What each step does on a host: rollout/step.c. */
enum hd_step_kind {
	HD_STEP_SHIP,     /* upload tarball and manifest, and verify them */
	HD_STEP_PLACE,    /* first release: unpack into the empty root */
	HD_STEP_SNAPSHOT, /* copy of boot pointers and configuration */
	HD_STEP_UNPACK,   /* by release_handler; configuration; manifest */
	HD_STEP_STAGE,   /* unpack without the VM, beside the running version */
	HD_STEP_SWITCH,  /* change what boots, while nothing runs */
	HD_STEP_CHECK,   /* would a hot install succeed? Changes nothing */
	HD_STEP_INSTALL, /* hot; not permanent if the driver has two phases */
	HD_STEP_DRAIN,   /* wait until no process runs the old code */
	HD_STEP_CONFIRM, /* connect anew; the old connection stays */
	HD_STEP_COMMIT,  /* make permanent */
	HD_STEP_DISCARD, /* remove a version that was unpacked for nothing */
	HD_STEP_PRUNE,   /* remove a version with its tarball and record */
	HD_STEP_RESTORE, /* missing and damaged files, from the kept tarball */
	HD_STEP_LIST,    /* complete RELEASES; the VM's release_handler reads it
			  */
	HD_STEP_BOOT_FILE, /* write releases/start_erl.data, while it is lost */
	HD_STEP_TIDY,      /* remove leftovers of cut-off operations */
	HD_STEP_OWN,       /* give files to the user that runs the VM */
	HD_STEP_REPAIRED,  /* facts again: nothing is left to repair */
	HD_STEP_START,
	HD_STEP_STOP,
	HD_STEP_RESTART, /* driver = app: by one command, after SWITCH */
	HD_STEP_RELOAD,  /* driver = app: the running program takes over */
	HD_STEP_HOOK,    /* the hooks of one name that run on every host */
	HD_STEP_COMMAND,
	HD_STEP_FETCH,  /* changes nothing */
	HD_STEP_SOAK,   /* VERIFY again and again, for the host's soak */
	HD_STEP_VERIFY, /* facts again, health checks, facts again */
	HD_STEP_RECORD, /* history, verified mark */
	HD_STEP_KINDS,
};

enum { HD_STEP_NEEDS = 4 };
/* What plans need to know about each kind of step: one row each (steps.c). */
struct hd_step_row {
	const char *name;
	bool bare; /* shown without its version */
	/* the command.NAME of deploy.ini that it needs if the driver can only
	 * run commands */
	const char *needs[HD_STEP_NEEDS];
	/* The control script must find the node for this step, unless
	 * deploy.ini has a command of this name. NULL: it need not. */
	const char *finds_node;
};
extern const struct hd_step_row hd_steps[];

struct hd_step {
	enum hd_step_kind kind;
	enum hd_hook_name hook; /* HOOK */
	bool lenient; /* HOOK, REPAIRED: a failure does not end the plan */
	const char *version; /* the version that it acts on; VERIFY: expects */
	bool down;           /* INSTALL: to an older version */
	bool watched;   /* INSTALL: the host reverts unless the version is made
			   permanent in time */
	bool hot;       /* VERIFY: pid, creation and processes kept */
	bool permanent; /* VERIFY: the boot pointers also name version */
	bool booted;    /* VERIFY: the VM booted this version */
};

enum hd_verdict { HD_PLAN_STEPS, HD_PLAN_NOTHING, HD_PLAN_REFUSED };

enum { HD_PLAN_MAX = 32 };
struct hd_plan {
	enum hd_verdict verdict;
	/* NOTHING, REFUSED: the reason and what to do next, one line; STEPS:
	 * why these steps, or "" */
	char reason[1024];
	struct hd_step steps[HD_PLAN_MAX];
	size_t n;
	size_t shipping; /* DEPLOY: number of first steps, the push */
	const char *before, *after; /* running versions; NULL: none */
	/* STEPS: loose files that change, one line, or "" */
	char files[512];
	/* the version that an undo of this plan returns to */
	const char *back;
	/* the hooks that belong to it: bit 1 << name for each, even if this
	 * host has no hook of that name */
	unsigned hooks;
	const char *undoes; /* ROLLBACK: id of the change that it takes back */
	/* the change that was cut off and that this plan ends, under the id of
	 * that change; NULL: this is a new change */
	const struct hd_past *ends;
	bool goes_back; /* the change `ends` finishes by going back */
	const struct hd_relup_entry *relup; /* of the hot install; NULL: none */
	/* REFUSED: the verdict that follows; NONE: none does */
	enum hd_proof_kind bars;
};

/* The value of hd_plan.undoes if an upgrade is taken back that was cut off
 * before it wrote its line of history. */
#define HD_UNFINISHED "unfinished"

/* Message: there are releases, but no file names the one that boots; add the
 * remedy. */
#define HD_NO_BOOT_FILE                                                        \
	"releases/start_erl.data is missing or damaged, so nothing would "     \
	"boot: "
/* The remedy if hd_repair_wanted() knows no version. */
#define HD_WRITE_BOOT_FILE                                                     \
	"write \"ERTS VERSION\" into it, copies are in .hdeploy/snapshots"

/* The version that a node that is down should boot, by most of its boot
 * pointers and hdeploy's notes; NULL if that is not certain. */
const char *hd_repair_wanted(const struct hd_facts *f);

/* Makes the plan. app and host: the settings of deploy.ini. Strings in out are
 * borrowed from all arguments. */
void hd_plan_make(struct hd_plan *out, const struct hd_app *app,
    const struct hd_host *host, const struct hd_goal *goal,
    const struct hd_facts *facts);

/* Whether changes of this host need a new connection before they become
 * permanent. One through the local shell is never new. */
bool hd_confirms(const struct hd_host *host);

/* Whether an undo that failed hot can go cold. busy: it failed because of
 * processes on old code, which a stop would end, too. */
bool hd_undo_cold(const struct hd_host *host, bool busy);

/* DEPLOY, on a host that has the version: the rest of the goal, an UPGRADE or a
 * START. */
struct hd_goal hd_plan_after_push(const struct hd_goal *deploy,
    const struct hd_host *host, const struct hd_facts *facts);
/* The kind of change that a plan for goal makes; for RESUME, that of the change
 * it continues. */
enum hd_goal_kind hd_plan_kind(
    const struct hd_plan *plan, enum hd_goal_kind goal);
/* The version that the change of this plan leads to. */
const char *hd_plan_brings(const struct hd_plan *plan);
/* The version for the hook context: of a push, the version that it brings,
 * which does not run afterwards. NULL: none. */
const char *hd_plan_about(
    const struct hd_plan *plan, const struct hd_goal *goal);
/* The version that the host comes from, also if an earlier run began the
 * change; NULL: none. */
const char *hd_plan_leaves(const struct hd_plan *plan);

/* Whether the plan replaces the running version and health checks will judge
 * the result: then they must run before the change, too. */
bool hd_plan_replaces(const struct hd_plan *plan, enum hd_goal_kind goal);

/* Sets the mode that the change began with, unless the goal has one. */
void hd_change_mode(struct hd_goal *goal, const struct hd_host *host,
    const struct hd_past *change);

/* Whether this host has the kept tarball of version. */
bool hd_plan_kept(const struct hd_facts *facts, const char *version);

/* Whether two plans for one host have the same steps: a plan must still hold
 * when its turn comes. */
bool hd_plan_equal(const struct hd_plan *a, const struct hd_plan *b);

/* Where plans place the hooks of each name: one row each (steps.c). */
struct hd_hook_row {
	const char *title; /* "hook before_push" */
	/* NOWHERE: not in a plan, but at the end of a failed run. AROUND: not
	 * in a plan, but around its waves and hosts (rollout/around.h) */
	enum hd_hook_side {
		HD_HOOK_NOWHERE,
		HD_HOOK_AROUND,
		HD_HOOK_FIRST,
		HD_HOOK_AHEAD,  /* before each step of kind `step` */
		HD_HOOK_BEHIND, /* after each step of kind `step` */
	} side;
	enum hd_step_kind step;
	enum hd_goal_kind goal; /* only for this goal; HD_GOALS: for any */
	bool after;             /* named after_...: runs after a success */
};
extern const struct hd_hook_row hd_hook_rows[];
/* The operation of a hook has this and the name of the hook as its name. */
#define HD_HOOK_OPERATION "hook_"
/* The title of an operation for people: "hook before_upgrade". */
const char *hd_operation_title(const char *name);
/* "install", "hook before_upgrade": the name of a step in events and
 * reports. */
const char *hd_step_title(const struct hd_step *step);

/* Whether the plan has a step of this kind. */
bool hd_plan_has(const struct hd_plan *plan, enum hd_step_kind kind);

/* "unpack 0.2.0, install 0.2.0, ..." for people. */
void hd_plan_describe(const struct hd_plan *plan, struct hd_str *out);

/* The newer of newest (NULL: none) and the last change in f, by its end time on
 * the clock of the machine that ran hdeploy. */
const struct hd_past *hd_plan_newest(
    const struct hd_facts *f, const struct hd_past *newest);

#endif
