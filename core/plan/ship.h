#ifndef HD_SHIP_H
#define HD_SHIP_H

#include "core/artifact/artifact.h"
#include "core/base/str.h"

/*
 * A shipment: the tarball of a version and the texts that a push sends with it.
 * Each file is a sequence of parts. A part that a kept version on the host has
 * is not sent: the host copies it from that version. Nothing here decides
 * whether a file is right; its SHA-256 does.
 */

enum hd_ship_file {
	HD_SHIP_TARBALL,
	HD_SHIP_MANIFEST, /* hd_artifact_manifest() */
	HD_SHIP_MODULES,  /* hd_modules_write() */
	HD_SHIP_CHUNKS,   /* the list of the parts */
	HD_SHIP_FILES
};

/* Their names on a host. */
extern const char *const hd_ship_names[HD_SHIP_FILES];

enum hd_ship_way {
	HD_SHIP_WHOLE, /* all of the tarball over SSH */
	HD_SHIP_DELTA, /* the parts that the host lacks */
	HD_SHIP_STORE, /* the host fetches the tarball from a store */
};

/* Hex digits of the SHA-256 of a part. More would only make the list longer. */
enum { HD_SHIP_DIGEST = 16 };

struct hd_ship_part {
	enum hd_ship_file file;
	uint64_t offset, length;
	char digest[HD_SHIP_DIGEST + 1]; /* "": never on a host */
	bool sent;          /* no: the host has it, or an equal part is sent */
	const char *source; /* "0.1.0/tarball": where the host has it; NULL: in
			       the upload */
	uint64_t start;     /* of source, from 0 */
};

/* A range of bytes that is uploaded. */
struct hd_ship_range {
	bool text; /* of hd_ship.texts, else of the tarball */
	uint64_t offset, length;
};

struct hd_ship {
	struct hd_arena arena;
	struct hd_str texts; /* manifest, modules and chunks, end to end */
	struct {
		uint64_t at, size; /* in texts; of the tarball, at is 0 */
		char sha256[HD_SHA256_HEX]; /* "": there is no such file */
	} files[HD_SHIP_FILES];
	uint64_t size; /* of all files */
	struct {
		struct hd_ship_part *v;
		size_t n, cap;
	} parts; /* in the order of the files */
	struct {
		size_t *v;
		size_t n, cap;
	} wanted; /* places in parts */
	enum hd_ship_way way;
};

/* Everything is sent until hd_ship_choose(). Borrows a for the call. HD_ELOCAL
 * if its texts are too large for memory. End with hd_ship_done(), also after an
 * error. */
int hd_ship_init(struct hd_ship *s, const struct hd_artifact *a,
    struct hd_err *err) HD_CHECK;
void hd_ship_done(struct hd_ship *s);

/*
 * Appends the digests of the parts that a host may have, one a line. If there
 * are very many, leaves out the smallest: these are sent.
 */
void hd_ship_ask(const struct hd_ship *s, struct hd_str *out);
/* Takes over an answer, "INDEX VERSION FILE START": the host has the part of
 * line INDEX of hd_ship_ask(), in FILE of the kept VERSION from byte START,
 * counted from 1. HD_EREMOTE if the answer makes no sense. */
int hd_ship_answer(
    struct hd_ship *s, const char *answer, struct hd_err *err) HD_CHECK;

/*
 * Sets s->way, and which parts are sent, from the answers. If the host has
 * little of the tarball, or has it in very many pieces, the whole tarball is
 * sent, because a delta costs the host a copy. store: the host can fetch the
 * tarball; it does so unless little of it is new.
 */
void hd_ship_choose(struct hd_ship *s, bool store);
/* Sends everything, and forgets the answers. */
void hd_ship_choose_whole(struct hd_ship *s);

/* The bytes that are sent. */
uint64_t hd_ship_bytes(const struct hd_ship *s);
/* The ranges that are sent, in order, as few as possible. In arena. */
struct hd_ship_ranges {
	struct hd_ship_range *v;
	size_t n, cap;
};
void hd_ship_ranges(const struct hd_ship *s, struct hd_ship_ranges *out,
    struct hd_arena *arena);

/*
 * Appends lines "FILE SOURCE START LENGTH", from which the host puts its files
 * together, in order: LENGTH bytes of SOURCE from byte START, counted from 1.
 * SOURCE is "upload", or "0.1.0/tarball". HD_SHIP_STORE: there is no line for
 * the tarball.
 */
void hd_ship_recipe(const struct hd_ship *s, struct hd_str *out);
/* Appends lines "FILE SHA256", for each file that there is. */
void hd_ship_sums(const struct hd_ship *s, struct hd_str *out);
/* Appends lines "FILE OFFSET LENGTH DIGEST", the file chunks of a host: the
 * parts that later versions can share. */
void hd_ship_list(const struct hd_ship *s, struct hd_str *out);

/* The size of the blocks by which an upload that broke off is compared: a power
 * of two, at least 1 MiB, and so large that there are at most 256 blocks. */
uint64_t hd_ship_block(const struct hd_ship *s);

/* The digest of a range of an upload, in hex. */
typedef int hd_ship_digest_fn(void *ctx, uint64_t offset, uint64_t length,
    char out[static HD_SHA256_HEX], struct hd_err *err);

/*
 * The host has the first bytes of an upload: part bytes, with these digests of
 * their blocks; the last block can be shorter. Sets *from to the number of
 * bytes, from the start, that are right. size: of the whole upload. Stops
 * reading at the first wrong block. Errors are those of digest.
 */
struct hd_ship_have {
	bool broken; /* an upload broke off; nothing else is known yet */
	uint64_t block, part;
	struct hd_strs digests;
};
int hd_ship_resume(const struct hd_ship_have *have, uint64_t size,
    hd_ship_digest_fn *digest, void *ctx, uint64_t *from,
    struct hd_err *err) HD_CHECK;

#endif
