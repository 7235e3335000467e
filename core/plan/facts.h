#ifndef HD_FACTS_H
#define HD_FACTS_H

#include "core/artifact/artifact.h"
#include "core/artifact/packed.h"
#include "core/past.h"
#include "core/plan/vm.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The facts of one host, read from the reply of remote/facts.sh. The host is
 * not trusted: facts decide the plan, but none is used as a path or a command
 * without another check.
 */

/* What a relup entry does to a module: hd_effect_read(). An entry that does
 * nothing has one with the module "-". */
struct hd_effect {
	bool down;
	const char *from, *module, *letters;
};

/* The problems of a kept tarball. */
#define HD_LOST_TARBALL "is gone"
#define HD_LOST_SIZE "does not have the size that was pushed"
#define HD_LOST_MANIFEST "has lost its manifest"

/* The record of a version on this host. */
struct hd_record {
	const char *version;
	const char *identity, *sha256; /* struct hd_artifact; NULL: missing */
	/* The problem of its kept tarball, in words; NULL: it is kept and has
	 * the right size */
	const char *lost;
	const char *erts;   /* Erlang runtime in the version; NULL: unknown */
	const char *cookie; /* digest of its HD_COOKIE_FILE; NULL: none known */
	bool verified;      /* it passed its health checks on this host */
	struct hd_relup relup;
	struct hd_pairs libs; /* struct hd_artifact; empty in old records */
	/* Only of the running version and of hd_facts.proved: */
	bool known; /* its code is known: modules has those that can differ
		       between the two, effects its ways between them */
	struct {
		struct hd_module *v;
		size_t n, cap;
	} modules; /* names as hd_module_word() */
	struct {
		struct hd_effect *v;
		size_t n, cap;
	} effects;
	/* the configuration that it came with: core/artifact/packed.h */
	struct hd_packed_list settings, arguments;
};

/* A resource limit of the VM, and the one that its next start would get, as
 * /proc/PID/limits and systemd write them: "1024", "unlimited", "infinity". */
struct hd_limit {
	const char *name; /* as in systemd.exec(5), without Limit: "NOFILE" */
	const char *now, *next;
	bool unit; /* next comes from the unit, else from our own session */
};

/* A variable that configuration of the version takes its value from, and that
 * the service's environment lacks. */
struct hd_unset {
	const char *name, *file; /* "releases/1.0/sys.config.src" */
	bool vm;                 /* the running VM has it */
};

/* Each member has the name of its key in the reply. */
struct hd_facts {
	struct hd_arena arena;
	const char *user, *system, *machine, *libc;
	struct hd_strs loaders; /* program loaders: /lib/ld-* */
	struct hd_strs missing; /* tools that the host lacks */
	const char *refusal; /* why hdeploy must do nothing on this host; NULL:
				it can */
	const char *id;      /* of this root; NULL: hdeploy was never here */
	bool root_exists;    /* the release root exists */
	bool brief; /* the keys of hd_facts_only_full() were not asked for */
	/* driver = app: no VM is queried. vm.script is the version whose folder
	 * the main process runs from, vm.creation its start time, and boot the
	 * version that the link `current` names */
	bool plain;
	const char *unlinked;    /* missing files of linked_files; NULL: none */
	const char *boot;        /* version in releases/start_erl.data, or from
				    command.boots */
	const char *script_boot; /* version in bin/<app>; NULL: none */
	bool no_list; /* its releases have no releases/RELEASES, as those of
			 `mix release` */
	/* a switch that was cut off: to and from; NULL: none */
	const char *switching, *switching_from;
	/* The version whose loose files are in place, if it is not the one that
	 * boots; else NULL. files_from: they are being replaced, from this
	 * version; NULL: they are not */
	const char *files, *files_from;
	/* The version in .hdeploy/files, which hdeploy made boot last, even if
	 * another boots now; NULL: none */
	const char *files_of;
	/* Versions, and which loose files a change to each puts in place or
	 * removes ("bin/x, etc/y and 2 more"); which of these files were edited
	 * on this host */
	struct hd_pairs loose, edited;
	/* Unpacked versions, and which of their files are gone, in words */
	struct hd_pairs gone;
	/* Unpacked versions, and which of their files have other content than
	 * was pushed, in words. unread: the number of files with a new size or
	 * time, if they were too many to read; 0: none */
	struct hd_pairs changed;
	int64_t unread;
	/* Users, and the files of releases that belong to each, in words, if it
	 * is neither the user in effect nor the VM's */
	struct hd_pairs owners;
	/* Versions without a manifest, and those without a record; versions
	 * whose "manifest" or "tarball" differs from the record */
	struct hd_strs unlisted, unrecorded;
	struct hd_pairs damaged;
	/* The kinds of files that scripts left, and their paths, in words:
	 * "upload", "scratch", "switch", "config", "unpack"; "stray" are files
	 * in releases/ that no release brought. A run that works there needs
	 * some */
	struct hd_pairs leftover;
	/* releases/RELEASES: why it lists nothing, "gone", "garbage" or
	 * "empty"; NULL: it lists versions, or this release has none. These
	 * versions, and the status of each */
	const char *list_state;
	struct {
		struct hd_listed *v;
		size_t n, cap;
	} on_list;
	/* pinned: versions that override the boot pointers at the next start,
	 * and the place that names each. elsewhere: "heart" or the unit, and
	 * the control script of another root that it would run */
	struct hd_pairs pinned, elsewhere;
	bool unit_disabled; /* systemd does not start the unit at boot */
	/* Versions, and a file name in each that a VM in the C locale cannot
	 * unpack */
	struct hd_pairs foreign;
	/* Versions, and what a change to each must write but cannot, in words,
	 * with the command that helps. "-" stands for every version, "-start"
	 * for every start */
	struct hd_pairs closed;
	uint64_t disk_free;      /* bytes */
	const char *inodes_free; /* a number; NULL: not limited or not known */
	/* The file system of the root, "ext4", and its mount options */
	const char *mounted, *mounted_options;
	const char *glibcxx;  /* of its libstdc++, "3.4.30"; NULL: unknown */
	struct hd_strs lacks; /* needed shared libraries that it lacks */
	struct { /* of the version that the goal names, from its record */
		struct hd_program *v;
		size_t n, cap;
	} programs;
	/* Seconds that its clock is ahead of ours, or behind; at most one is
	 * not 0 */
	int64_t clock_ahead, clock_behind;
	bool selinux;     /* enforcing */
	bool pty;         /* sudo gave us a pseudo-terminal */
	bool logout_ends; /* systemd-logind will end all our processes when we
			     log out */
	bool no_tunnel;   /* its sshd forwards no connections */
	struct {
		struct hd_limit *v;
		size_t n, cap;
	} limits;
	struct {
		struct hd_unset *v;
		size_t n, cap;
	} unset;
	/* The host part of the name that the node will have, if it cannot be
	 * resolved; only while no VM runs */
	const char *stray;
	/* id of the newest change that took a snapshot, and the version that
	 * booted then; NULL: none */
	const char *snapshot, *snapshot_boot;
	const char *unfinished; /* an operation without an end; NULL: none */
	/* .hdeploy/change; NULL: none. Its newest operation: the script, and
	 * the exit status, "running" or "lost"; NULL: none */
	const struct hd_past *journal;
	const char *journal_step, *journal_step_status;
	const char *watching; /* id of the change that the host will revert
				 unless it is made permanent; NULL: none */
	const char *lock; /* the other run that has it and is connected; NULL:
			     none */
	const char *lock_command, *lock_since; /* "upgrade prod", a time */
	const char *lock_silent; /* seconds since its last keepalive; NULL: they
				    come in time */
	struct hd_strs unpacked; /* versions with releases/<v>/start.boot */
	struct hd_strs newest; /* versions pushed or unpacked on this host, the
				  newest first */
	struct {
		struct hd_record *v;
		size_t n, cap;
	} records;
	struct {
		struct hd_past *v;
		size_t n, cap;
	} history; /* oldest first */
	/* `service` of deploy.ini; NULL without it: */
	const char *service_refusal; /* why it cannot be used; NULL: it can */
	const char *service_loaded;  /* "loaded", or the problem */
	const char *service_state;   /* "active", "inactive", "failed" ... */
	const char *service_id;      /* its real name if service is an alias */
	bool no_reload;              /* driver = app: it has no ExecReload= */
	/* The version for whose proof these facts were read; NULL: none */
	const char *proved;
	/* The target version, if its recorded configuration was read and that
	 * of the version that runs, else boots; NULL: they were not */
	const char *packed;
	struct hd_vm vm;
};

/* Reads the reply of facts.sh. HD_EREMOTE if it makes no sense. The caller
 * frees *out. */
int hd_facts_read(struct hd_facts **out, const struct hd_pairs *reply,
    struct hd_err *err) HD_CHECK;
void hd_facts_free(struct hd_facts *f); /* NULL is fine */
/* The key of row i; NULL after the last. */
const char *hd_facts_key(size_t i);
/* Whether a brief answer lacks this key. */
bool hd_facts_only_full(const char *key);

/* The change that began on this host and has no end in its history; .going is
 * its direction. NULL if there is none. */
const struct hd_past *hd_facts_change(const struct hd_facts *f);

/*
 * The running version; NULL unless the VM is up and its own reports agree: the
 * current release of release_handler (else its permanent one; without
 * release_handler, the version that booted, because nothing else can have
 * replaced it), and the same version of every running application in that
 * release. Only the applications reveal a list that release_handler made up at
 * boot: it repeats RELEASES whatever runs.
 */
const char *hd_facts_running(const struct hd_facts *f);
/* The version that a reboot would start; NULL if there is none or the boot
 * pointers disagree. */
const char *hd_facts_boots(const struct hd_facts *f);
/* Whether the loose files (bin/, etc/) are those of version, as far as is
 * known. */
bool hd_facts_placed(const struct hd_facts *f, const char *version);
/* The text for version in one of the lists of hd_facts; NULL: none. */
const char *hd_facts_about(const struct hd_pairs *list, const char *version);
/* Whether the files of version are on the host, whether or not the VM knows
 * them. */
bool hd_facts_unpacked(const struct hd_facts *f, const char *version);
const struct hd_record *hd_facts_record(
    const struct hd_facts *f, const char *version); /* NULL: none */
const char *hd_facts_status(
    const struct hd_facts *f, const char *version); /* NULL: not listed */
/* "the app" or "the node", for messages; f can be NULL. */
const char *hd_facts_noun(const struct hd_facts *f);

#endif
