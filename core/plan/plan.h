#ifndef HD_PLAN_H
#define HD_PLAN_H

#include "core/base/str.h"
#include "core/inventory/inventory.h"
#include "core/plan/facts.h"

/*
 * The thinking: a pure function of a goal, deploy.ini and the facts of one host
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
	HD_GOAL_STATUS,  /* look only */
	HD_GOAL_COMMAND, /* one of the user's own */
	HD_GOAL_FETCH,   /* a kept tarball back to this machine */
	HD_GOAL_PRUNE,   /* remove versions that nobody needs any more */
	HD_GOAL_RESUME,  /* end a change that was cut off */
	HD_GOAL_UNDO,    /* after a failure: back to `version` */
	HD_GOALS,
};

struct hd_planning; /* plan_private.h */
typedef void hd_planner(struct hd_planning *p);

/* All that is known of a kind of goal: one row each (goals.c). */
struct hd_goal_row {
	const char *name; /* the command, and in the history */
	hd_planner *planner;
	/* The others may look at a host in any state, while another run
	 * changes it. */
	bool changes_host;
	/* It replaces running code: a plan leads back, and .hdeploy/change
	 * tells of it while it goes on. */
	bool changes_version;
	bool controls_vm; /* its plan, or the undo of it, may start or stop */
	bool writes; /* to everything that boots, and it may have to go back */
	bool asks_health;  /* before it begins: hd_plan_replaces() */
	bool in_waves;     /* it goes wave by wave, and a host that fails stops
			      the others */
	bool shows_output; /* that of its operations is what a person asked
			      for */
};
extern const struct hd_goal_row hd_goals[];

struct hd_goal {
	enum hd_goal_kind kind;
	/* UPGRADE, UNDO: where to; ROLLBACK, FETCH: may be NULL */
	const char *version;
	/* UPGRADE, ROLLBACK, RESUME, PUSH, DEPLOY: for this run, whatever
	 * deploy.ini says; UNDO: of a change that went cold */
	bool hot, cold;
	bool force_unhealthy; /* UPGRADE, DEPLOY: even from what is sick */
	/* UPGRADE, DEPLOY: why the version that runs is not healthy; NULL: it
	 * is, or has no health checks */
	const char *sick;
	bool replace;   /* PUSH, DEPLOY: also over other bits of the version */
	bool elsewhere; /* FETCH: another host can give version */
	const char *command; /* COMMAND: for the shell there */
	const char *from;    /* ROLLBACK --from: only hosts that run it */
	/* ROLLBACK: the newest change on any of its hosts, hd_plan_newest();
	 * NULL: a version or from is given, or there is none */
	const struct hd_past *newest;
	const struct hd_artifact *artifact; /* PUSH, DEPLOY */
	/* UNDO: the version that was being installed, whether it was the older
	 * one, and the VM before */
	const char *failed;
	bool failed_down;
	const struct hd_vm *before;
};

/* What each does on a host: rollout/step.c. */
enum hd_step_kind {
	HD_STEP_SHIP,     /* tarball and manifest to the host, verified */
	HD_STEP_PLACE,    /* first release: unpack into the empty root */
	HD_STEP_SNAPSHOT, /* copy of boot pointers and configuration */
	HD_STEP_UNPACK,   /* by release_handler; configuration; manifest */
	HD_STEP_STAGE,    /* unpack without the VM, beside what runs */
	HD_STEP_SWITCH,   /* what boots, while nothing runs */
	HD_STEP_CHECK,    /* would a hot install succeed? changes nothing */
	HD_STEP_INSTALL,  /* hot; not permanent if the driver has two phases */
	HD_STEP_DRAIN,    /* until no process runs the code before version */
	HD_STEP_COMMIT,   /* make permanent */
	HD_STEP_DISCARD,  /* forget a version that was unpacked for nothing */
	HD_STEP_PRUNE,    /* and its tarball and record too */
	HD_STEP_START,
	HD_STEP_STOP,
	HD_STEP_HOOK, /* those of one name that run on every host */
	HD_STEP_COMMAND,
	HD_STEP_FETCH,  /* changes nothing */
	HD_STEP_SOAK,   /* VERIFY again and again, for the host's soak */
	HD_STEP_VERIFY, /* facts again, health checks, facts again */
	HD_STEP_RECORD, /* history, verified mark */
	HD_STEP_KINDS,
};

enum { HD_STEP_NEEDS = 4 };
/* What a plan knows of a kind of step: one row each (steps.c). */
struct hd_step_row {
	const char *name;
	bool bare; /* described without its version */
	/* command.NAME of deploy.ini that it takes where the driver itself can
	 * do nothing */
	const char *needs[HD_STEP_NEEDS];
	/* The control script has to find the node for it, unless there is a
	 * command of this name. NULL: it does not. */
	const char *finds_node;
};
extern const struct hd_step_row hd_steps[];

struct hd_step {
	enum hd_step_kind kind;
	enum hd_hook_name hook; /* HOOK */
	bool lenient;           /* HOOK: its failure ends and undoes nothing */
	const char *version;    /* what it acts on or, VERIFY, expects */
	bool down;              /* INSTALL: to an older version */
	bool watched;   /* INSTALL: the host goes back by itself unless it
			   is made permanent in time */
	bool hot;       /* VERIFY: pid, creation and processes kept */
	bool permanent; /* VERIFY: boot pointers name version too */
	bool booted;    /* VERIFY: it was started as this version */
};

enum hd_verdict { HD_PLAN_STEPS, HD_PLAN_NOTHING, HD_PLAN_REFUSED };

enum { HD_PLAN_MAX = 32 };
struct hd_plan {
	enum hd_verdict verdict;
	/* NOTHING, REFUSED: one line, what to do next; STEPS: why these, or ""
	 */
	char reason[1024];
	struct hd_step steps[HD_PLAN_MAX];
	size_t n;
	size_t shipping; /* DEPLOY: so many steps, the first, are the push */
	const char *before, *after; /* versions running; NULL: none */
	/* STEPS: which files without a version in their path change, one line,
	 * or "" */
	char files[512];
	/* version that an undo of this plan returns to */
	const char *back;
	unsigned hooks;     /* 1 << name of all that it passes, also if there is
			       none of that name on the host */
	const char *undoes; /* ROLLBACK: id of the change taken back */
	/* the change that was cut off and that this plan ends, under its own
	 * id; NULL: this is a new one */
	const struct hd_past *ends;
	bool goes_back;                     /* by taking it back */
	const struct hd_relup_entry *relup; /* of the hot step, NULL: unknown */
};

/* What hd_plan.undoes says when an upgrade is taken back that was cut off
 * before it wrote its own line of history. */
#define HD_UNFINISHED "unfinished"

/* For a person: there are releases, and nothing says which one boots. */
#define HD_NO_BOOT_FILE                                                        \
	"releases/start_erl.data is missing or damaged, so nothing would "     \
	"boot: write \"ERTS VERSION\" into it, copies are in "                 \
	".hdeploy/snapshots"

/* app and host: what deploy.ini says of how it is to be done. Strings in out
 * are borrowed from all of them. */
void hd_plan_make(struct hd_plan *out, const struct hd_app *app,
    const struct hd_host *host, const struct hd_goal *goal,
    const struct hd_facts *facts);

/* Whether an undo that failed hot may go by stop and start. busy: it failed
 * because of processes on old code, which a stop would end as well. */
bool hd_undo_cold(const struct hd_host *host, bool busy);

/* DEPLOY, on a host that the version was pushed to: the goal that is left, an
 * UPGRADE or a START. */
struct hd_goal hd_plan_after_push(const struct hd_goal *deploy,
    const struct hd_host *host, const struct hd_facts *facts);
/* What kind of change a plan for goal is: of RESUME, what it goes on with. */
enum hd_goal_kind hd_plan_kind(
    const struct hd_plan *plan, enum hd_goal_kind goal);
/* The version that the change of this plan was to bring. */
const char *hd_plan_brings(const struct hd_plan *plan);
/* The version that hooks are told of: what a push brings does not run
 * afterwards. NULL: none. */
const char *hd_plan_about(
    const struct hd_plan *plan, const struct hd_goal *goal);
/* The version that its hosts come from, also if that change was begun by an
 * earlier run; NULL: none. */
const char *hd_plan_leaves(const struct hd_plan *plan);

/* Whether health checks will judge a plan for goal by what replaces the version
 * that runs: then that is to be asked how it is, before. */
bool hd_plan_replaces(const struct hd_plan *plan, enum hd_goal_kind goal);

/* Hot or cold as the change began, unless the goal says so itself. */
void hd_change_mode(struct hd_goal *goal, const struct hd_host *host,
    const struct hd_past *change);

/* Whether this host kept the tarball of version. */
bool hd_plan_kept(const struct hd_facts *facts, const char *version);

/* Whether two plans for one host are the same steps: what was planned must
 * still be so when its turn comes. */
bool hd_plan_equal(const struct hd_plan *a, const struct hd_plan *b);

/* What a plan makes of the hooks of one name: one row each (steps.c). */
struct hd_hook_row {
	const char *title; /* "hook before_push" */
	/* NOWHERE: in no plan, at the end of a run that failed */
	enum hd_hook_side {
		HD_HOOK_NOWHERE,
		HD_HOOK_FIRST,
		HD_HOOK_AHEAD,  /* of each step of that kind */
		HD_HOOK_BEHIND, /* it */
	} side;
	enum hd_step_kind step;
	enum hd_goal_kind goal; /* only with this one; HD_GOALS: with any */
	bool after; /* it is called after_... : what it follows is done */
};
extern const struct hd_hook_row hd_hook_rows[];
/* Operations of hooks are known on a host as this and the hook's name. */
#define HD_HOOK_OPERATION "hook_"
/* An operation by its name there, for people: "hook before_upgrade" */
const char *hd_operation_title(const char *name);
/* "install", "hook before_upgrade": what events and reports call a step. */
const char *hd_step_title(const struct hd_step *step);

/* Whether a step of this kind is in it. */
bool hd_plan_has(const struct hd_plan *plan, enum hd_step_kind kind);

/* "unpack 0.2.0, install 0.2.0, ..." for people. */
void hd_plan_describe(const struct hd_plan *plan, struct hd_str *out);

/* The newer of newest (NULL: none) and the last change in f, by when it ended
 * on the clock of the machine that made it. */
const struct hd_past *hd_plan_newest(
    const struct hd_facts *f, const struct hd_past *newest);

#endif
