#ifndef HD_SFTP_WIRE_H
#define HD_SFTP_WIRE_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The few packets of SFTP version 3 (draft-ietf-secsh-filexfer-02) that an
 * upload needs. libssh2's own SFTP waits for the answer to each packet, except
 * data, before it sends the next one, and it copies all data twice.
 */
enum {
	SFTP_STATUS = 101,
	SFTP_HANDLE = 102,
	SFTP_VERSION = 2,

	SFTP_HANDLE_MAX = 256,     /* bytes of a handle */
	SFTP_DATA_MAX = 32 * 1024, /* of one WRITE: any server takes these */
	SFTP_WRITE_HEAD = 4 + 1 + 4 + 4 + SFTP_HANDLE_MAX + 8 + 4,
	SFTP_OPEN_HEAD = 64, /* without the path */
};

struct sftp_handle {
	unsigned char bytes[SFTP_HANDLE_MAX];
	size_t n;
};

/* Each writes one packet to p, which has room, and returns its length. */
size_t sftp_put_init(unsigned char *p);
/* The folder of the first n bytes of path, mode 0700. */
size_t sftp_put_mkdir(
    unsigned char *p, uint32_t id, const char *path, size_t n);
/* For writing, mode 0600, created if it is missing. */
size_t sftp_put_open(
    unsigned char *p, uint32_t id, const char *path, bool truncate);
size_t sftp_put_size(
    unsigned char *p, uint32_t id, const struct sftp_handle *h, uint64_t size);
/* Without the n bytes of data, which follow. */
size_t sftp_put_write(unsigned char *p, uint32_t id,
    const struct sftp_handle *h, uint64_t offset, size_t n);
size_t sftp_put_close(
    unsigned char *p, uint32_t id, const struct sftp_handle *h);

/* An answer. */
struct sftp_reply {
	unsigned char type;
	uint32_t id;   /* of the request; SFTP_VERSION: the version */
	uint32_t code; /* SFTP_STATUS; 0: done */
	struct sftp_handle handle; /* SFTP_HANDLE */
};

/* Collects answers from any pieces of a stream; start with zero. */
struct sftp_reader {
	unsigned char head[4 + 1 + 4 + 4 + SFTP_HANDLE_MAX];
	size_t n;      /* bytes in head */
	uint64_t skip; /* rest of a packet that is not needed */
};

/*
 * Takes bytes from *p up to the end of one answer, and moves *p and *n beyond
 * them. Returns 1 and sets *out; 0 if the answer is not complete; -1 if the
 * stream is not SFTP, or the answer has another type than the three above.
 */
int sftp_read(struct sftp_reader *r, const unsigned char **p, size_t *n,
    struct sftp_reply *out) HD_CHECK;

#endif
