#include "transport/ssh_hostkey.h"

#include "transport/known_hosts_edit.h"
#include "transport/ssh_client.h"
#include "transport/ssh_hostkey_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Plain keys only: libssh2 would return a host certificate as the key, without
 * checking its signature.
 */
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
	struct hd_str algorithms;
};

static void
add_algorithms(struct ssh_hostkey *h, bool recorded)
{
	for (size_t i = 0; i < HD_COUNT(types); i++) {
		if (h->seen[i] ||
		    hd_known_hosts_has(&h->known, types[i].type) != recorded)
			continue;
		if (h->algorithms.len > 0)
			hd_str_add(&h->algorithms, ",");
		hd_str_add(&h->algorithms, types[i].algorithms);
	}
}

/* Adds what the files say about the host, or only what they revoke. */
static int
look(struct ssh_hostkey *h, const struct hd_ssh_files *files, bool only_revoked,
    struct hd_err *err)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct hd_known_file *f;

		if (hd_known_files_get(
			&h->o->client->known, files->v[i], &f, err) < 0)
			return -1;
		if (only_revoked)
			hd_known_hosts_look_revoked(&h->known, f);
		else
			hd_known_hosts_look(&h->known, f);
	}
	return 0;
}

static int
look_everywhere(struct ssh_hostkey *h, struct hd_err *err)
{
	const struct hd_ssh_trust *t = &h->o->trust;
	const bool pinned = t->npins > 0;

	if (t->name != NULL)
		hd_known_hosts_init(&h->known, t->name, 0);
	else
		hd_known_hosts_init(&h->known, h->o->address, h->o->port);
	if (look(h, &t->user, pinned, err) < 0 ||
	    look(h, &t->global, pinned, err) < 0)
		return -1;
	return look(h, &t->revoking, true, err);
}

/*
 * Recorded types come first: the server then shows a recorded key if it has
 * one. The other types only serve to distinguish a host that lost its key from
 * one without a common algorithm; such a key is never accepted.
 */
int
ssh_hostkey_new(
    struct ssh_hostkey **out, const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct ssh_hostkey *h = hd_alloc(sizeof(*h));

	h->o = o;
	hd_str_init(&h->algorithms, 1024);
	if (look_everywhere(h, err) < 0) {
		ssh_hostkey_free(h);
		return -1;
	}
	add_algorithms(h, true);
	add_algorithms(h, false);
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
	hd_str_done(&h->algorithms);
	hd_str_init(&h->algorithms, 1024);
	add_algorithms(h, false);
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

/* Whether a list of revoked keys has the key; then err says so. */
static int
check_lists(const struct hd_ssh_opts *o, const struct ssh_shown *key,
    struct hd_err *err)
{
	for (size_t i = 0; i < o->trust.revoked.n; i++) {
		const char *path = o->trust.revoked.v[i];
		const struct hd_revoked_keys *list;
		unsigned line;

		if (hd_known_files_revoked(
			&o->client->known, path, &list, err) < 0)
			return -1;
		line = hd_revoked_keys_line(list, key->blob, key->len);
		if (line > 0)
			return ssh_hostkey_revoked(o, key, path, line, err);
	}
	return 0;
}

static int
check_revoked(const struct ssh_hostkey *h, const struct ssh_shown *key,
    struct hd_err *err)
{
	const struct hd_known_key *by =
	    hd_known_hosts_revoked(&h->known, key->blob, key->len);

	if (by != NULL)
		return ssh_hostkey_revoked(h->o, key, by->file, by->line, err);
	return check_lists(h->o, key, err);
}

/* Another thread may record the same key: the note comes once. */
static int
record(const struct ssh_hostkey *h, const struct ssh_shown *key,
    struct hd_err *err)
{
	const struct hd_ssh_opts *o = h->o;
	HD_AUTO_ARENA a = { 0 };
	int rc = hd_known_hosts_record(
	    o->trust.user.v[0], &h->known, key->blob, key->len, err);

	if (rc == 0 && o->note != NULL)
		o->note(o->note_ctx,
		    hd_arena_fmt(&a,
			"the host key of %s port %u was not known: recorded "
			"in %s, as host_key_policy = accept-new says: %s %s",
			o->address, o->port, o->trust.user.v[0], key->type,
			key->print));
	return rc < 0 ? -1 : 0;
}

/* A line for a certificate authority is a line for the host, too. */
static bool
may_record(const struct ssh_hostkey *h)
{
	return h->o->trust.policy == HD_SSH_ACCEPT_NEW &&
	       h->o->trust.user.n > 0 &&
	       hd_known_hosts_authority(&h->known, NULL, 0) == NULL;
}

static int
check_known(const struct ssh_hostkey *h, const struct ssh_shown *key,
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
		return record(h, key, err);
	return ssh_hostkey_unknown(h->o, &h->known, key, err);
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
	if (check_revoked(h, key, err) < 0)
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

/* Whether any line decides about the key, or a pin does. */
static bool
is_decided(const struct ssh_hostkey *h, const struct ssh_shown *key)
{
	const struct hd_known_key *ignored;

	return h->o->trust.npins > 0 ||
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
	rc = check_revoked(h, &key, err);
	out->known =
	    rc == 0 && !may_replace(h, &key, out) && is_decided(h, &key);
	if (out->known)
		rc = check(h, &key, err);
	if (rc < 0)
		hd_host_key_done(out);
	return rc;
}
