#include "transport/ssh_hostkey.h"

#include "transport/known_hosts/host_cert.h"
#include "transport/known_hosts/known_hosts_edit.h"
#include "transport/ssh.h"
#include "transport/ssh_ask_cert.h"
#include "transport/ssh_hostkey_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Plain keys only: see ssh_ask_cert.h for certificates. */
static const struct {
	const char *type; /* as in known_hosts */
	const char *algorithms;
} types[] = {
	{ "ssh-ed25519", "ssh-ed25519" },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256" },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384" },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521" },
	{ "ssh-rsa", "rsa-sha2-512,rsa-sha2-256" },
};

struct ssh_hostkey {
	const struct hd_ssh_opts *o; /* borrowed */
	struct hd_known_hosts known;
	bool seen[HD_COUNT(types)]; /* types already shown, not pinned */
	/* the key that a certificate vouches for; no bytes: none does */
	struct hd_bytes certified;
	/* why no certificate is accepted; NULL: none was asked for, or one is
	 * accepted */
	const char *no_cert;
	struct hd_str algorithms;
};

enum rank { CERTIFIED, RECORDED, OTHER, RANKS };

static enum rank
rank(const struct ssh_hostkey *h, const char *type)
{
	char certified[64];

	hd_key_type(h->certified.p, h->certified.n, certified);
	if (strcmp(certified, type) == 0)
		return CERTIFIED;
	return hd_known_hosts_has(&h->known, type) ? RECORDED : OTHER;
}

/*
 * Types that can be accepted come first: the server then shows such a key if it
 * has one. The other types only serve to distinguish a host that lost its key
 * from one without a common algorithm; such a key is never accepted.
 */
static void
list_algorithms(struct ssh_hostkey *h)
{
	hd_str_done(&h->algorithms);
	hd_str_init(&h->algorithms, 1024);
	for (enum rank r = CERTIFIED; r < RANKS; r++) {
		for (size_t i = 0; i < HD_COUNT(types); i++) {
			if (h->seen[i] || rank(h, types[i].type) != r)
				continue;
			if (h->algorithms.len > 0)
				hd_str_add(&h->algorithms, ",");
			hd_str_add(&h->algorithms, types[i].algorithms);
		}
	}
}

int
ssh_hostkey_new(
    struct ssh_hostkey **out, const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct ssh_hostkey *h = hd_alloc(sizeof(*h));

	h->o = o;
	hd_str_init(&h->algorithms, 1024);
	if (ssh_hostkey_look(&h->known, o, err) < 0) {
		ssh_hostkey_free(h);
		return -1;
	}
	list_algorithms(h);
	*out = h;
	return 0;
}

void
ssh_hostkey_free(struct ssh_hostkey *h)
{
	if (h == NULL)
		return;
	hd_known_hosts_done(&h->known);
	hd_str_done(&h->algorithms);
	free(h);
}

const char *
ssh_hostkey_algorithms(const struct ssh_hostkey *h)
{
	return h->algorithms.ptr;
}

bool
ssh_hostkey_other_type(struct ssh_hostkey *h, struct hd_ssh *s)
{
	char shown[64];
	size_t len = 0;
	const unsigned char *blob;

	blob = (const unsigned char *)libssh2_session_hostkey(
	    s->session, &len, NULL);
	if (h->o->trust.npins == 0 || blob == NULL)
		return false;
	hd_key_type(blob, len, shown);
	for (size_t i = 0; i < HD_COUNT(types); i++)
		if (strcmp(types[i].type, shown) == 0)
			h->seen[i] = true;
	list_algorithms(h);
	return h->algorithms.len > 0;
}

/* Whether a pin is this fingerprint, perhaps padded. */
static bool
is_pinned(const struct hd_ssh_trust *t, const char *print)
{
	for (size_t i = 0; i < t->npins; i++) {
		size_t n = strlen(t->pins[i]);

		while (n > 0 && t->pins[i][n - 1] == '=')
			n--;
		if (n == strlen(print) && memcmp(t->pins[i], print, n) == 0)
			return true;
	}
	return false;
}

/* Accepts a certificate if a recorded authority signed it, and neither the key
 * of the authority nor that of the host is revoked. */
static int
judge(struct ssh_hostkey *h, const struct ssh_cert *c, struct hd_err *err)
{
	HD_AUTO_STR why = HD_STR_INIT(512);
	struct hd_bytes key = ssh_cert_key(c, &h->known.arena);
	enum hd_host_cert verdict =
	    hd_host_cert_check(c, h->known.host, (uint64_t)time(NULL), &why);
	struct ssh_shown shown, authority;

	if (verdict == HD_HOST_CERT_BAD)
		return ssh_hostkey_forged(h->o, why.ptr, err);
	ssh_shown_set(&shown, key.p, key.n);
	ssh_shown_set(&authority, c->authority.p, c->authority.n);
	authority.authority = true;
	if (ssh_hostkey_not_revoked(&h->known, h->o, &shown, err) < 0 ||
	    ssh_hostkey_not_revoked(&h->known, h->o, &authority, err) < 0)
		return -1;
	if (hd_known_hosts_authority(
		&h->known, authority.blob, authority.len) == NULL)
		h->no_cert = hd_arena_fmt(&h->known.arena,
		    "the host's certificate was signed by another one: %s %s",
		    authority.type, authority.print);
	else if (verdict == HD_HOST_CERT_UNFIT)
		h->no_cert = hd_arena_fmt(&h->known.arena,
		    "the host's certificate is not accepted: %s", why.ptr);
	else
		h->certified = key;
	list_algorithms(h);
	return 0;
}

/* A revoked key may be an authority's: ssh then refuses a host with a
 * certificate of that authority, even if the host's plain key is recorded. */
static bool
may_have_cert(const struct ssh_hostkey *h)
{
	return h->o->trust.npins == 0 &&
	       (hd_known_hosts_authority(&h->known, NULL, 0) != NULL ||
		   hd_known_hosts_revokes(&h->known));
}

int
ssh_hostkey_ask_cert(
    struct ssh_hostkey *h, struct hd_ssh *s, struct hd_err *err)
{
	struct hd_bytes blob;
	struct ssh_cert cert;

	if (!may_have_cert(h))
		return 0;
	if (ssh_ask_cert(s, h->o, &blob, err) < 0)
		return -1;
	if (blob.n == 0) {
		h->no_cert = "the host shows no certificate";
		return 0;
	}
	if (!ssh_cert_read(&cert, blob))
		return ssh_hostkey_forged(h->o, "it is malformed", err);
	return judge(h, &cert, err);
}

/* A host with a line for a certificate authority is not new. */
static bool
may_record(const struct ssh_hostkey *h)
{
	return h->o->trust.policy == HD_SSH_ACCEPT_NEW &&
	       h->o->trust.user.n > 0 &&
	       hd_known_hosts_authority(&h->known, NULL, 0) == NULL;
}

static bool
is_certified(const struct ssh_hostkey *h, const struct ssh_shown *key)
{
	return hd_bytes_equal(
	    h->certified, (struct hd_bytes){ key->blob, key->len });
}

static int
check_recorded(const struct ssh_hostkey *h, const struct ssh_shown *key,
    struct hd_err *err)
{
	const struct hd_known_key *which;

	switch (hd_known_hosts_check(&h->known, key->blob, key->len, &which)) {
	case HD_KNOWN_MATCH:
		return 0;
	case HD_KNOWN_REVOKED:
		return ssh_hostkey_revoked(
		    h->o, key, which->file, which->line, err);
	case HD_KNOWN_CHANGED:
	case HD_KNOWN_OTHER_TYPE:
		return ssh_hostkey_changed(h->o, &h->known, key, which, err);
	case HD_KNOWN_UNKNOWN:
		break;
	}
	if (may_record(h))
		return ssh_hostkey_record(&h->known, h->o, key, err);
	return ssh_hostkey_unknown(h->o, &h->known, key, err);
}

static int
check_known(const struct ssh_hostkey *h, const struct ssh_shown *key,
    struct hd_err *err)
{
	const struct hd_known_key *ca =
	    hd_known_hosts_authority(&h->known, NULL, 0);

	if (is_certified(h, key) || check_recorded(h, key, err) == 0)
		return 0;
	if (ca != NULL)
		ssh_hostkey_no_cert(ca,
		    h->no_cert != NULL ? h->no_cert
				       : "its certificate is for another key",
		    err);
	return -1;
}

static int
take_shown(struct ssh_shown *key, const struct ssh_hostkey *h, struct hd_ssh *s,
    struct hd_err *err)
{
	size_t len = 0;
	const char *blob = libssh2_session_hostkey(s->session, &len, NULL);

	if (blob == NULL)
		return hd_err_set(err, HD_EHOSTKEY,
		    "%s port %u showed no host key", h->o->address, h->o->port);
	ssh_shown_set(key, (const unsigned char *)blob, len);
	return 0;
}

static int
check(const struct ssh_hostkey *h, const struct ssh_shown *key,
    struct hd_err *err)
{
	if (ssh_hostkey_not_revoked(&h->known, h->o, key, err) < 0)
		return -1;
	if (h->o->trust.npins == 0)
		return check_known(h, key, err);
	return is_pinned(&h->o->trust, key->print)
		   ? 0
		   : ssh_hostkey_not_pinned(h->o, key, err);
}

int
ssh_hostkey_check(struct ssh_hostkey *h, struct hd_ssh *s, struct hd_err *err)
{
	struct ssh_shown key;

	if (take_shown(&key, h, s, err) < 0)
		return -1;
	return check(h, &key, err);
}

/* Whether key may replace a recorded one; out->was then describes that one. */
static bool
may_replace(const struct ssh_hostkey *h, const struct ssh_shown *key,
    struct hd_host_key *out)
{
	HD_AUTO_STR was = HD_STR_INIT(8192);
	const struct hd_known_key *recorded;
	enum hd_known verdict =
	    hd_known_hosts_check(&h->known, key->blob, key->len, &recorded);

	if (!h->o->trust.replace || h->o->trust.npins > 0 ||
	    is_certified(h, key) ||
	    (verdict != HD_KNOWN_CHANGED && verdict != HD_KNOWN_OTHER_TYPE))
		return false;
	ssh_hostkey_describe(recorded, &was);
	out->was = hd_str_take(&was);
	return true;
}

void
hd_host_key_done(struct hd_host_key *k)
{
	free(k->line);
	free(k->was);
	*k = (struct hd_host_key){ 0 };
}

/* Whether a line, a certificate or a pin decides about the key. */
static bool
is_decided(const struct ssh_hostkey *h, const struct ssh_shown *key)
{
	const struct hd_known_key *ignored;

	return h->o->trust.npins > 0 || is_certified(h, key) ||
	       hd_known_hosts_check(&h->known, key->blob, key->len, &ignored) !=
		   HD_KNOWN_UNKNOWN;
}

int
ssh_hostkey_show(struct ssh_hostkey *h, struct hd_ssh *s,
    struct hd_host_key *out, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	struct ssh_shown key;
	int rc;

	if (take_shown(&key, h, s, err) < 0)
		return -1;
	*out = (struct hd_host_key){ 0 };
	out->line =
	    hd_strdup(hd_known_hosts_line(&h->known, key.blob, key.len, &a));
	snprintf(out->type, sizeof(out->type), "%s", key.type);
	snprintf(out->print, sizeof(out->print), "%s", key.print);
	rc = ssh_hostkey_not_revoked(&h->known, h->o, &key, err);
	out->known =
	    rc == 0 && !may_replace(h, &key, out) && is_decided(h, &key);
	if (out->known)
		rc = check(h, &key, err);
	if (rc < 0)
		hd_host_key_done(out);
	return rc;
}
