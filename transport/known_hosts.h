#ifndef HD_KNOWN_HOSTS_H
#define HD_KNOWN_HOSTS_H

#include "core/base/alloc.h"
#include "core/base/str.h"

#include <stdbool.h>

/*
 * Reads known_hosts files (sshd(8)): what they hold for one host. Understands
 * lists, wildcards, negation, hashed names, [host]:port and @revoked; a line
 * that it does not understand is skipped, not an error. A port other than 22 is
 * looked up as [host]:port only: a key recorded for another service of the
 * machine proves nothing about this one.
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
	const char *name; /* as it is looked up */
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

void hd_known_hosts_init(
    struct hd_known_hosts *k, const char *host, unsigned port);
void hd_known_hosts_done(struct hd_known_hosts *k);
/* Adds what a file of this name holds; text is borrowed for the call. */
void hd_known_hosts_add(
    struct hd_known_hosts *k, const char *file, const char *text, size_t len);
/* A missing file holds nothing. HD_ELOCAL if it cannot be read. */
int hd_known_hosts_read(
    struct hd_known_hosts *k, const char *path, struct hd_err *err) HD_CHECK;

/* Is there a key of this type that may be accepted? */
bool hd_known_hosts_has(const struct hd_known_hosts *k, const char *type);
/* *which is the record that decided; NULL if UNKNOWN. Borrowed from k. */
enum hd_known hd_known_hosts_check(const struct hd_known_hosts *k,
    const unsigned char *blob, size_t len, const struct hd_known_key **which);

/*
 * Takes the keys of this host out of the file, which another file then takes
 * the place of, with the same owner and mode. What it says of other hosts, and
 * @revoked and @cert-authority lines, stays. A missing file is fine; HD_ELOCAL,
 * with the file as it was, if it cannot be rewritten or names the host by a
 * pattern.
 */
int hd_known_hosts_forget(const char *path, const char *host, unsigned port,
    struct hd_err *err) HD_CHECK;

/* The type name that a key blob begins with, or "" if it is not one. */
void hd_key_type(const unsigned char *blob, size_t len, char out[static 64]);

#endif
