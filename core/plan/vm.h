#ifndef HD_VM_H
#define HD_VM_H

#include "core/base/alloc.h"
#include "core/past.h"

#include <stdbool.h>
#include <stdint.h>

/* A node as its VM describes it: part of the facts of a host, and not trusted
 * either. */

enum hd_vm_state {
	HD_VM_DOWN,        /* no beam process with -root <path> */
	HD_VM_UP,          /* it answered; the members below are its answer */
	HD_VM_UNREACHABLE, /* a process runs but did not answer */
};

struct hd_listed { /* release_handler:which_releases() */
	const char *version, *status;
};
struct hd_process { /* a registered process */
	const char *name;
	const char *id;  /* the same only for the same process */
	const char *app; /* its application, "-" for none */
};
struct hd_running { /* application:which_applications() */
	const char *app, *version;
	const char *master; /* id of its application master, "-" for none */
};

/* Processes that run old code of a module. Each process counts once, for one of
 * the modules whose old code it runs. */
struct hd_old_code {
	const char *module;
	int64_t processes;
	const char *id, *who; /* one of them: "0.123.0", "worker:run/1" */
};

/* A process of a supervision tree that cannot list its children; how:
 * "silent", "ends", "error", "dynamic" or "plain" (vm_trees.erl). */
struct hd_tree {
	const char *app, *how, *id, *who;
};
/* A process that no supervisor names for its module. */
struct hd_left {
	const char *module, *id, *who;
};

/* A process of another user that claims to run from this root. */
struct hd_other {
	const char *pid, *user;
};

/* A variable that bin/<app> needs to find the node: its value when the node was
 * started, and that in deploy.ini. Secret values are NULL. */
struct hd_variable {
	const char *name, *was, *now;
};

struct hd_library {
	const char *app, *version;
};

/* A key of the environment of an application, compared with the configuration
 * files: the installed sys.config, the .app file, the command line. */
enum hd_setting_state {
	HD_SET_PLANNED, /* has the value of the files */
	HD_SET_MISSING, /* in the files, not in the VM */
	HD_SET_FALLEN, /* has a default, or the value of the previous version */
	HD_SET_OTHER,  /* has a value that is in no file: code set it */
	HD_SET_OWN,    /* not in the files: code set it */
	HD_SET_UNKNOWN, /* the files are not known */
	HD_SETTING_STATES,
};
struct hd_setting {
	const char *key; /* "app/key" */
	enum hd_setting_state state;
};

struct hd_vm {
	enum hd_vm_state state;
	const char *why;  /* unreachable: the reason in words; else NULL */
	const char *init; /* unreachable: "starting" or "stopping" if the VM
			     reports it; else NULL */
	/* The version that command.running printed; of the members below only
	 * unit is then known. NULL: the VM itself was queried. */
	const char *word;
	/* The VM has no node name and cannot be queried: word is the version
	 * whose boot file it was started with. */
	bool unnamed;
	const char *tls; /* -proto_dist: "inet_tls"; NULL: not TLS */
	/* The systemd unit that started it, and its manager, "system" or
	 * "user"; NULL: not systemd */
	const char *unit, *manager;
	struct {
		struct hd_variable *v;
		size_t n, cap;
	} changed; /* since the node was started */
	/* The VM answered, but other nodes might not find it. lost: what is
	 * wrong with epmd, in words. stray: the host part of its name, if it
	 * cannot be resolved. NULL: no problem */
	const char *lost, *stray;
	struct {
		struct hd_other *v;
		size_t n, cap;
	} others; /* only reported */
	int64_t pid, creation;
	const char *names;  /* encoding of file names: "utf8" or "latin1" */
	const char *script; /* version of init:script_id(): the one that booted;
			       a hot upgrade does not change it */
	struct {
		struct hd_listed *v;
		size_t n, cap;
	} releases;
	struct {
		struct hd_running *v;
		size_t n, cap;
	} apps;
	struct { /* libraries of the current release */
		struct hd_library *v;
		size_t n, cap;
	} libraries;
	struct {
		struct hd_process *v;
		size_t n, cap;
	} processes;
	/* Modules: */
	struct hd_strs modified; /* other code than in the running version */
	struct hd_strs gone;     /* loaded, but not in the running version */
	struct hd_strs absent; /* in the running version but not loaded, where a
				  boot loads all modules */
	/* where release_handler hangs, "-" if not known; releases and libraries
	 * are empty then. NULL: it answered */
	const char *blocked;
	struct {
		struct hd_old_code *v;
		size_t n, cap;
	} old_code;      /* modules with processes on old code */
	int64_t unasked; /* processes that may run old code: not checked */
	struct {
		struct hd_setting *v;
		size_t n, cap;
	} settings; /* application environments */
	/* driver = app: the process runs files that were deleted or replaced,
	 * in words; NULL: it does not */
	const char *stale;
	/* The files of -config that are not part of a release, and the keys
	 * ("app/key") that are set on the command line of the VM */
	struct hd_strs operators, flags;
	const char *unread; /* a configuration file that cannot be read, and
			       why; NULL: none */
	/* What a hot change to hd_facts.proved would meet, asked only then: */
	bool probed;      /* the members below are known */
	bool interactive; /* it loads modules when they are first called */
	struct hd_strs unloaded; /* of the modules that differ */
	struct {
		struct hd_old_code *v;
		size_t n, cap;
	} inside; /* processes that run a module which the relup replaces */
	struct {
		struct hd_tree *v;
		size_t n, cap;
	} tree; /* processes at which release_handler would hang or fail */
	struct {
		struct hd_left *v;
		size_t n, cap;
	} left; /* processes that would keep their old state on new code */
	int64_t more;   /* of them */
	int64_t unseen; /* processes and supervisors that were not asked */
};

/* Whether the VM is up and can report what it runs. */
bool hd_vm_up(const struct hd_vm *vm);
/* Whether the VM has a release_handler, which always reports a release. */
bool hd_vm_handler(const struct hd_vm *vm);
/* Message: the source of vm.word; "" if the VM itself was queried. */
const char *hd_vm_source(const struct hd_vm *vm);
/* NULL: not listed. */
const char *hd_vm_status(const struct hd_vm *vm, const char *version);
/* The library of the current release of which *app runs another version; NULL
 * if all agree. */
const struct hd_library *hd_vm_contradiction(
    const struct hd_vm *vm, const struct hd_running **app);

/* The VM when a change began that an earlier run did not finish. first: the VM
 * that this run found first; NULL: unknown. Borrows from both. */
struct hd_vm hd_vm_began(
    const struct hd_past *change, const struct hd_vm *first);
/* The reverse: describes vm for hd_past.vm. */
void hd_vm_note(const struct hd_vm *vm, struct hd_str *out);

#endif
