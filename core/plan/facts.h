#ifndef HD_FACTS_H
#define HD_FACTS_H

#include "core/artifact/artifact.h"
#include "core/base/alloc.h"
#include "core/past.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What one host looks like now, read from the answer of remote/facts.sh.
 * Everything here was said by the host: it decides what is planned, but is
 * never trusted as a path or a command again without a check.
 */

enum hd_vm_state {
	HD_VM_DOWN,        /* no beam process with -root <path> */
	HD_VM_UP,          /* it answered; the fields below are its answer */
	HD_VM_UNREACHABLE, /* a process is there and did not answer */
};

struct hd_listed { /* release_handler:which_releases() */
	const char *version, *status;
};
struct hd_process { /* a registered process */
	const char *name;
	const char *id;  /* equal only while it is the same process */
	const char *app; /* application it belongs to, "-" for none */
};
struct hd_running { /* application:which_applications() */
	const char *app, *version;
	const char *master; /* id of its application master, "-" for none */
};

/* Code of a module that was replaced. Each process is counted once, at one of
 * the modules whose old code it runs. */
struct hd_old_code {
	const char *module;
	int64_t processes;
	const char *id, *who; /* one of them: "0.123.0", "worker:run/1" */
};

/* A process of another user that says that it runs from here. */
struct hd_other {
	const char *pid, *user;
};

/* A variable by which bin/<app> finds the node, its value when the node was
 * started, and the one in deploy.ini; values are NULL where they are secret. */
struct hd_variable {
	const char *name, *was, *now;
};

struct hd_library {
	const char *app, *version;
};

/* A key of an application's environment, compared with the files that configure
 * it: sys.config as it is installed, the .app, the command line. */
enum hd_setting_state {
	HD_SET_PLANNED, /* the value of the files */
	HD_SET_MISSING, /* they have it, the VM does not */
	HD_SET_FALLEN,  /* a default, or the value of the version before */
	HD_SET_OTHER,   /* a value that is in none of them: code set it */
	HD_SET_OWN,     /* they do not have it: code set it */
	HD_SET_UNKNOWN, /* the files are not known */
	HD_SETTING_STATES,
};
struct hd_setting {
	const char *key; /* "app/key" */
	enum hd_setting_state state;
};

struct hd_vm {
	enum hd_vm_state state;
	const char *why;  /* unreachable: in words; else NULL */
	const char *init; /* unreachable: "starting" or "stopping", if it says
			     so; else NULL */
	/* The version by the word of command.running; nothing below but unit is
	 * known then. NULL: the VM itself was asked. */
	const char *word;
	/* systemd's unit that started it, and whose: "system" or "user"; NULL:
	 * a login did */
	const char *unit, *manager;
	struct {
		struct hd_variable *v;
		size_t n, cap;
	} changed; /* since the node was started */
	/* It answered, but other nodes may not find it: what is wrong with
	 * epmd, in words; the host part of its name, if that cannot be
	 * resolved; NULL: nothing is wrong */
	const char *lost, *stray;
	struct {
		struct hd_other *v;
		size_t n, cap;
	} others; /* for people only */
	int64_t pid, creation;
	const char *names;  /* encoding of file names: "utf8" or "latin1" */
	const char *script; /* version of init:script_id(): what was booted; a
			       hot upgrade leaves it as it was */
	struct {
		struct hd_listed *v;
		size_t n, cap;
	} releases;
	struct {
		struct hd_running *v;
		size_t n, cap;
	} apps;
	struct { /* libraries that the current release names */
		struct hd_library *v;
		size_t n, cap;
	} libraries;
	struct {
		struct hd_process *v;
		size_t n, cap;
	} processes;
	/* Of its code: */
	struct hd_strs modified; /* other than in the version that runs */
	struct hd_strs gone;     /* loaded, but not in that version */
	struct hd_strs absent;   /* in that version, but not loaded, where
				    a boot loads all */
	/* where release_handler hangs, "-" if not known; then releases and
	   libraries are empty. NULL: it answered */
	const char *blocked;
	struct {
		struct hd_old_code *v;
		size_t n, cap;
	} old_code;      /* modules with processes on old code */
	int64_t unasked; /* processes that may be on it: there was no time */
	struct {
		struct hd_setting *v;
		size_t n, cap;
	} settings;         /* application environments */
	const char *unread; /* a file of them that cannot be read, and why;
			       NULL: none */
};

/* What hdeploy wrote down about a version on this host. */
struct hd_record {
	const char *version;
	const char *identity, *sha256; /* struct hd_artifact; NULL: missing */
	/* What happened to its tarball in .hdeploy/tarballs, in words; NULL: it
	 * was kept, and has the right size */
	const char *lost;
	const char *erts;   /* Erlang runtime that it brings, NULL: unknown */
	const char *cookie; /* digest of its HD_COOKIE_FILE, NULL: none known */
	bool verified;      /* it passed its health checks here */
	struct hd_relup relup;
	struct hd_pairs libs; /* struct hd_artifact; empty in records of old */
};

/* Each member has the name of the key that the host says it by. */
struct hd_facts {
	struct hd_arena arena;
	const char *user, *system, *machine, *libc;
	struct hd_strs loaders; /* what programs are loaded by: /lib/ld-* */
	struct hd_strs missing; /* tools that the host lacks */
	const char *refusal;    /* why nothing may be done here; NULL: fine */
	const char *id;         /* of this root, NULL: hdeploy was never here */
	bool root_exists;       /* the release root is there */
	const char *boot;       /* version that releases/start_erl.data or
				   command.boots names */
	const char *script_boot; /* version in bin/<app>; NULL: none */
	bool no_list; /* its releases come without a releases/RELEASES, as those
			 of `mix release` do */
	/* a switch of what boots that was cut off: to and from; NULL: none */
	const char *switching, *switching_from;
	/* The version whose files without a version in their path are in place,
	 * if it is not the one that boots, else NULL; from which one they
	 * change, NULL: they do not */
	const char *files, *files_from;
	/* Versions, and in words which such files a change to each puts in
	 * place or removes ("bin/x, etc/y and 2 more"); and which of them were
	 * changed on this host */
	struct hd_pairs loose, edited;
	/* Unpacked versions, and in words which of their files are gone */
	struct hd_pairs gone;
	/* Versions, and a name in each that a VM in the C locale cannot unpack
	 */
	struct hd_pairs foreign;
	/* Versions, "-" for all, "-start" for every start, and in words what
	 * is written to then and cannot be, with the command that helps */
	struct hd_pairs closed;
	uint64_t disk_free; /* bytes */
	/* the newest change that took a snapshot, and what booted then; NULL:
	 * none */
	const char *snapshot, *snapshot_boot;
	const char *unfinished; /* an operation without an end; NULL: none */
	/* .hdeploy/change, NULL: none; its newest operation, NULL: none: which
	 * script, and its exit status, "running" or "lost" */
	const struct hd_past *journal;
	const char *journal_step, *journal_step_status;
	const char *watching; /* id of the change that the host itself will take
				 back unless it is made permanent; NULL */
	const char *lock;     /* who has it, and is connected; NULL: nobody */
	struct hd_strs unpacked; /* versions with a releases/<v>/start.boot */
	struct hd_strs newest;   /* versions pushed or unpacked here, the one
				    that came last first */
	struct {
		struct hd_record *v;
		size_t n, cap;
	} records;
	struct {
		struct hd_past *v;
		size_t n, cap;
	} history; /* oldest first */
	/* `service` of deploy.ini, NULL without one: */
	const char *service_refusal; /* why it cannot be used there; NULL: it
					can */
	const char *service_loaded;  /* "loaded" or what is wrong with it */
	const char *service_state;   /* "active", "inactive", "failed" ... */
	const char *service_id;      /* its name when an alias is given */
	struct hd_vm vm;
};

/* HD_EREMOTE if an answer makes no sense. The caller frees *out. */
int hd_facts_read(struct hd_facts **out, const struct hd_pairs *said,
    struct hd_err *err) HD_CHECK;
void hd_facts_free(struct hd_facts *f); /* NULL is fine */
/* The keys that are read, one after the other; NULL at the end. */
const char *hd_facts_key(size_t i);

/* The change that began on this host and has no end in its history: .going
 * says where to. NULL if there is none. */
const struct hd_past *hd_facts_change(const struct hd_facts *f);

/* For a person. */
#define HD_BY_WORD "command.running says so, the VM itself was not asked"

/*
 * The version that runs; NULL unless the VM is up and its own accounts agree:
 * release_handler's current release (else its permanent one; where none runs,
 * what was booted: nothing else could have replaced it), and for every
 * running application that this release names, the same version. That alone
 * unmasks a list that was made up at boot (OTP release_handler repeats
 * RELEASES whatever runs).
 */
const char *hd_facts_running(const struct hd_facts *f);
/* The version that a reboot would start, NULL if there is none or the boot
 * pointers disagree. */
const char *hd_facts_boots(const struct hd_facts *f);
/* Whether the files without a version in their path (bin/, etc/) are those of
 * version, as far as is known. */
bool hd_facts_placed(const struct hd_facts *f, const char *version);
/* The text for version in one of the lists above; NULL: none. */
const char *hd_facts_about(const struct hd_pairs *list, const char *version);
/* Whether the files of version lie there, whatever the VM makes of them. */
bool hd_facts_unpacked(const struct hd_facts *f, const char *version);
const struct hd_record *hd_facts_record(
    const struct hd_facts *f, const char *version); /* NULL: none */
const char *hd_facts_status(
    const struct hd_facts *f, const char *version); /* NULL: not listed */
const char *hd_vm_status(const struct hd_vm *vm, const char *version);
/* What the current release names where *app runs in another version; NULL:
 * nothing of that kind runs. */
const struct hd_library *hd_vm_contradiction(
    const struct hd_vm *vm, const struct hd_running **app);
/* Whether it is up and can say what it runs. */
bool hd_vm_up(const struct hd_vm *vm);
/* Whether a release_handler runs in it: it always has a release to name. */
bool hd_vm_handler(const struct hd_vm *vm);

#endif
