#ifndef HD_KNOWN_HOSTS_H
#define HD_KNOWN_HOSTS_H

#include "transport/known_hosts/known_hosts_file.h"

/*
 * The lines of known_hosts files for one host. Supports lists, wildcards,
 * negation, hashed names, [host]:port and markers; skips malformed lines.
 *
 * As in ssh (check_host_key() in its sshconnect.c), a host with another port
 * than 22 is looked up as [host]:port. Only if no key is recorded under that
 * name, a key that is recorded for host alone is accepted too.
 */
struct hd_known_key {
	enum hd_known_kind kind;
	const char *type; /* "ssh-ed25519" */
	const unsigned char *blob;
	size_t len;
	const char *file; /* borrowed from the file */
	unsigned line;
	bool portless; /* recorded for host, not for [host]:port */
};

struct hd_known_hosts {
	struct hd_arena arena;
	const char *name; /* "host" or "[host]:port", in lower case */
	const char *host;
	HD_LIST(struct hd_known_key) keys;
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
/* Adds the lines of f for the host; f must outlive k. */
void hd_known_hosts_look(
    struct hd_known_hosts *k, const struct hd_known_file *f);
/* The same, but adds only @revoked lines. */
void hd_known_hosts_look_revoked(
    struct hd_known_hosts *k, const struct hd_known_file *f);

/* Whether a key of this type is recorded under k->name, and not revoked. */
bool hd_known_hosts_has(const struct hd_known_hosts *k, const char *type);
/* *which: the key that decided, borrowed from k; NULL for HD_KNOWN_UNKNOWN. */
enum hd_known hd_known_hosts_check(const struct hd_known_hosts *k,
    const unsigned char *blob, size_t len, const struct hd_known_key **which);
/* The line that revokes this key, which may be one of a certificate authority;
 * or NULL. */
const struct hd_known_key *hd_known_hosts_revoked(
    const struct hd_known_hosts *k, const unsigned char *blob, size_t len);
/* Whether any key is revoked for the host. */
bool hd_known_hosts_revokes(const struct hd_known_hosts *k);
/* The @cert-authority line for this host with this key, or with any key if blob
 * is NULL; or NULL. */
const struct hd_known_key *hd_known_hosts_authority(
    const struct hd_known_hosts *k, const unsigned char *blob, size_t len);

/* A line for another name: with this key, or for the host with another port. */
struct hd_known_elsewhere {
	unsigned line; /* 0: there is none */
	bool same;     /* the same key */
	char *names;   /* the caller frees it; NULL: a hashed name */
};
void hd_known_hosts_elsewhere(struct hd_known_elsewhere *out,
    const struct hd_known_hosts *k, const struct hd_known_file *f,
    const unsigned char *blob, size_t len);

#endif
