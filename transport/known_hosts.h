#ifndef HD_KNOWN_HOSTS_H
#define HD_KNOWN_HOSTS_H

#include "core/base/alloc.h"
#include "core/base/str.h"

#include <stdbool.h>

/*
 * The keys of one host in known_hosts files (sshd(8)). Supports lists,
 * wildcards, negation, hashed names, [host]:port and @revoked; skips malformed
 * lines. A port other than 22 is looked up only as [host]:port: a key recorded
 * for another service of the machine proves nothing about this one.
 */
struct hd_known_key {
	const char *type; /* "ssh-ed25519" */
	const unsigned char *blob;
	size_t len;
	const char *file;
	unsigned line;
	bool revoked;
};

struct hd_known_hosts {
	struct hd_arena arena;
	const char *name; /* "host" or "[host]:port", in lower case */
	struct {
		struct hd_known_key *v;
		size_t n, cap;
	} keys;
	/* a @cert-authority line for this host, not supported; or NULL */
	const struct hd_known_key *authority;
};

enum hd_known {
	HD_KNOWN_MATCH,
	HD_KNOWN_UNKNOWN,    /* nothing recorded for the host */
	HD_KNOWN_CHANGED,    /* another key of the same type is recorded */
	HD_KNOWN_OTHER_TYPE, /* only keys of other types are recorded */
	HD_KNOWN_REVOKED,
};

#define HD_AUTO_KNOWN_HOSTS                                                    \
	HD_CLEANUP(hd_known_hosts_done) struct hd_known_hosts

/* port 0: host is looked up as it is, as a HostKeyAlias. */
void hd_known_hosts_init(
    struct hd_known_hosts *k, const char *host, unsigned port);
void hd_known_hosts_done(struct hd_known_hosts *k);
/* Adds the keys in text, the content of file. Borrows both for the call. */
void hd_known_hosts_add(
    struct hd_known_hosts *k, const char *file, const char *text, size_t len);
/* A missing file adds nothing. HD_ELOCAL if the file cannot be read. */
int hd_known_hosts_read(
    struct hd_known_hosts *k, const char *path, struct hd_err *err) HD_CHECK;

/* Whether a key of this type is recorded and not revoked. */
bool hd_known_hosts_has(const struct hd_known_hosts *k, const char *type);
/* *which: the key that decided, borrowed from k; NULL for HD_KNOWN_UNKNOWN. */
enum hd_known hd_known_hosts_check(const struct hd_known_hosts *k,
    const unsigned char *blob, size_t len, const struct hd_known_key **which);

/*
 * Removes the keys of this host from the file: replaces it by a new file with
 * the same owner and mode. Keeps the keys of other hosts and all @revoked and
 * @cert-authority lines. A missing file is not an error. HD_ELOCAL, with the
 * file unchanged, if it cannot be rewritten or names the host by a pattern.
 */
int hd_known_hosts_forget(const char *path, const char *host, unsigned port,
    struct hd_err *err) HD_CHECK;

/* The type name at the start of a key blob; "" if the blob is malformed. */
void hd_key_type(const unsigned char *blob, size_t len, char out[static 64]);

#endif
