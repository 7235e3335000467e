#ifndef HD_ARTIFACT_H
#define HD_ARTIFACT_H

#include "core/artifact/chunk.h"
#include "core/artifact/parts.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A release as a tarball on this machine, and all facts that can be read from
 * it offline.
 */

/* One entry of a relup's up or down list (relup(4)): how the VM gets from
 * `from` to this version, or from this version back to `from`. */
struct hd_relup_entry {
	const char *from;
	bool down;     /* back to `from` */
	bool emulator; /* restart_emulator or restart_new_emulator in it */
	struct hd_strs restarts; /* applications that it stops and starts */
	struct hd_instructions instructions;
};
struct hd_relup { /* both lists in one */
	struct hd_relup_entry *v;
	size_t n, cap;
};

#define HD_RELEASES_FILE "releases/RELEASES"
/* `mix release` writes a new cookie in each build. */
#define HD_COOKIE_FILE "releases/COOKIE"

/* One file of the release. */
struct hd_entry {
	const char *path; /* relative, no "./" */
	unsigned mode;    /* 0644 or 0755 */
	uint64_t size;
	const char *link;           /* target of a symlink; NULL: a file */
	char sha256[HD_SHA256_HEX]; /* of its bytes, or of link */
};

/* Missing parts that hdeploy or a driver needs to control the node. */
enum hd_lack {
	HD_LACK_SASL = 1 << 0,       /* sasl, started at boot */
	HD_LACK_ERL_CALL = 1 << 1,   /* erl_call in the runtime */
	HD_LACK_SCRIPT = 1 << 2,     /* an executable bin/<app> */
	HD_LACK_OWN_SCRIPT = 1 << 3, /* an executable bin/<app>-<version> */
	HD_LACK_CASTLE = 1 << 4,     /* the boot file of Castle's short VM */
};

struct hd_artifact {
	struct hd_arena arena;
	int fd;                       /* the tarball, open for reading */
	uint64_t size;                /* bytes */
	char sha256[HD_SHA256_HEX];   /* of the tarball: proves a transfer */
	char identity[HD_SHA256_HEX]; /* of the version: hd_artifact_open() */
	/* In order and without gaps, from the end of the gzip header of ten
	 * bytes to the last ten bytes. */
	struct hd_chunks chunks;
	const char *name, *version, *erts;
	uint64_t unpacked;       /* bytes of all files */
	struct hd_strs left_out; /* of a folder: see hd_tree */
	struct hd_relup relup;   /* empty: it has none */
	bool plain;            /* driver = app: no OTP release; erts is NULL */
	bool as_is;            /* see hd_artifact_open_as_is() */
	unsigned lacks;        /* of enum hd_lack */
	struct hd_elf runtime; /* what its runtime needs on a host */
	struct hd_pairs libs;  /* "foo-1.0", "erts-13.1", and their identity */
	struct {
		struct hd_entry *v;
		size_t n, cap;
	} entries; /* sorted by path, bytewise */
	/* Of an OTP release; all are empty if it is plain. */
	struct {
		struct hd_module *v;
		size_t n, cap;
	} modules; /* sorted by lib, then name */
	struct {
		struct hd_application *v;
		size_t n, cap;
	} applications; /* in the order of the .rel */
	struct {
		struct hd_program *v;
		size_t n, cap;
	} programs; /* sorted by path */
	struct {
		struct hd_releases_entry *v;
		size_t n, cap;
	} listed; /* of HD_RELEASES_FILE */
	/* releases/<version>/sys.config.src or, without one, sys.config;
	 * NULL: neither. A key that it sets twice counts once: the last. */
	const char *config_path;
	struct hd_config config; /* sorted by application, then key */
	/* Likewise vm.args.src or vm.args, without comments and empty lines. */
	const char *vm_args_path;
	struct hd_strs vm_args;
	struct {
		struct hd_defect *v;
		size_t n, cap;
	} defects;
};

/*
 * Opens a release: a .tar.gz, or a folder, which is packed into an unnamed
 * temporary file. version NULL: the one in releases/start_erl.data.
 * max_unpacked: the limit for the bytes of all files.
 *
 * If other users could write to an entry, the tarball is packed again without
 * that permission: unpackers apply the modes of the tar, and a later chmod
 * would come too late. Distillery's scripts and umask 002 have such modes. It
 * is also packed again if it is not in chunks (cuts.h).
 *
 * The identity is the digest of the sorted list of (path, mode, digest). It
 * leaves out compile-info and debug chunks of beams, so that a rebuild of the
 * same source in another folder is the same version. beam.h and content.c list
 * the parts that are left out, among them a relup that hdeploy made (rel.h),
 * tree.h the files of a folder that are packed. A library's identity covers
 * only its own files.
 *
 * HD_ELOCAL, naming the file and the entry, if it cannot be read or is not a
 * release: truncated, not gzip, absolute path, "..", link out of the root,
 * device, set-id bits, a name at the top that begins with a dot, two different
 * files of one name, no .rel, name or version outside the allowed alphabet,
 * version that is not in the folder, too large. The caller frees *out.
 */
int hd_artifact_open(struct hd_artifact **out, const char *release,
    const char *app, const char *version, uint64_t max_unpacked,
    struct hd_err *err) HD_CHECK;
/* The same for a release that is not shipped: the tarball is not packed again,
 * so that sha256 is the digest of the file. chunks stays empty. */
int hd_artifact_open_as_is(struct hd_artifact **out, const char *release,
    const char *app, const char *version, uint64_t max_unpacked,
    struct hd_err *err) HD_CHECK;
/*
 * The same as hd_artifact_open() for driver = app: a folder with anything in
 * it, a .tar.gz, or any other file, which is packed alone under the name app.
 * Of a folder everything is packed but tree_plain.c's exceptions. Version must
 * not be NULL: nothing in such a release names it. names.h has the rules for
 * paths and links.
 */
int hd_artifact_open_plain(struct hd_artifact **out, const char *release,
    const char *app, const char *version, uint64_t max_unpacked,
    struct hd_err *err) HD_CHECK;
void hd_artifact_free(struct hd_artifact *a); /* NULL is fine */

/*
 * Replaces *a by a copy, in a temporary file, that has this relup in place of
 * its own, and the identity of the release without a relup: the same build is
 * the same version, whichever versions its relup leads from. term: the term of
 * relup(4), in UTF-8; NULL: no relup. HD_ELOCAL if it is not a relup of the
 * version, and as of hd_artifact_open(); *a is then as it was.
 */
int hd_artifact_set_relup(struct hd_artifact **a, const char *term,
    uint64_t max_unpacked, struct hd_err *err) HD_CHECK;

/* Appends the contents of .hdeploy/releases/<v>/manifest: sorted lines
 * "sha256  path" for sha256sum -c, without symlinks. */
void hd_artifact_manifest(const struct hd_artifact *a, struct hd_str *out);

#endif
