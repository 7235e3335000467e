#ifndef HD_ARTIFACT_H
#define HD_ARTIFACT_H

#include "core/artifact/elf.h"
#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * One release as a tarball on this machine, and everything that can be read
 * from it offline.
 */

/* One entry of a relup's up or down list (relup(4)): how the VM gets from
 * `from` to this version, or from this version back to `from`. */
struct hd_relup_entry {
	const char *from;
	bool down;     /* back to `from` */
	bool emulator; /* restart_emulator or restart_new_emulator in it */
	struct hd_strs restarts; /* applications that it stops and starts */
};
struct hd_relup { /* both lists in one */
	struct hd_relup_entry *v;
	size_t n, cap;
};

/* `mix release` makes it anew for each build. */
#define HD_COOKIE_FILE "releases/COOKIE"

/* One file of the release. */
struct hd_entry {
	const char *path; /* relative, no "./" */
	unsigned mode;    /* 0644 or 0755 */
	uint64_t size;
	const char *link;           /* target of a symlink; NULL: a file */
	char sha256[HD_SHA256_HEX]; /* of its bytes (of the target's text) */
};

/* What hdeploy, or a driver, could not do without once this runs. */
enum hd_lack {
	HD_LACK_SASL = 1 << 0,       /* is not started with the others */
	HD_LACK_ERL_CALL = 1 << 1,   /* in the runtime */
	HD_LACK_SCRIPT = 1 << 2,     /* bin/<app> that can be run */
	HD_LACK_OWN_SCRIPT = 1 << 3, /* bin/<app>-<version>, likewise */
};

struct hd_artifact {
	struct hd_arena arena;
	int fd;                       /* the tarball, open for reading */
	uint64_t size;                /* bytes */
	char sha256[HD_SHA256_HEX];   /* of the tarball: proves a transfer */
	char identity[HD_SHA256_HEX]; /* of the version: see hd_artifact_open()
				       */
	const char *name, *version, *erts;
	uint64_t unpacked;     /* bytes of all files */
	struct hd_strs left;   /* of a folder: see hd_tree */
	struct hd_relup relup; /* empty: it has none */
	unsigned lacks;        /* of enum hd_lack */
	struct hd_elf runtime; /* what its runtime asks of a host */
	struct hd_pairs libs;  /* "foo-1.0", "erts-13.1", and their identity */
	struct {
		struct hd_entry *v;
		size_t n, cap;
	} entries; /* sorted by path, bytewise */
};

/*
 * Opens a release: a ready .tar.gz, or a folder that is packed into an
 * unnamed temporary file. version NULL: what releases/start_erl.data says.
 * max_unpacked: how many bytes its files may have together.
 *
 * A tarball with entries that others may write to, as Distillery packs its
 * scripts and as umask 002 leaves them, is packed anew without those rights:
 * unpackers give files the modes of the tar, and between that and a chmod
 * there is time.
 *
 * The identity is the digest of the sorted list of (path, mode, digest),
 * beams taken without their compile-info and debug chunks, so that a rebuild
 * of the same source in another folder is the same version.
 * beam.h and content.c say what exactly is left out, tree.h what of a folder
 * is packed. A library's identity is the same of its files alone.
 *
 * HD_ELOCAL, naming the file and the entry, for anything that cannot be
 * read or is not a release: truncated, not gzip, absolute path, "..", link
 * out of the root, device, set-id bits, a name at the top that begins with a
 * dot, two different files of one name, no .rel, name or version outside the
 * allowed alphabet, version that is not in the folder, too large.
 * The caller frees *out.
 */
int hd_artifact_open(struct hd_artifact **out, const char *release,
    const char *app, const char *version, uint64_t max_unpacked,
    struct hd_err *err) HD_CHECK;
void hd_artifact_free(struct hd_artifact *a); /* NULL is fine */

/* "sha256  path" lines as sha256sum -c reads them, sorted; symlinks are left
 * out. What .hdeploy/releases/<v>/manifest holds. */
void hd_artifact_manifest(const struct hd_artifact *a, struct hd_str *out);

#endif
