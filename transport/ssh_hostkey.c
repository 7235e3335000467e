#include "transport/ssh_hostkey.h"

#include "core/base/digest.h"
#include "core/base/shell.h"
#include "transport/known_hosts.h"

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

static int
read_files(struct ssh_hostkey *h, const struct hd_ssh_files *files,
    struct hd_err *err)
{
	for (size_t i = 0; i < files->n; i++)
		if (hd_known_hosts_read(&h->known, files->v[i], err) < 0)
			return -1;
	return 0;
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
	if (o->trust.name != NULL)
		hd_known_hosts_init(&h->known, o->trust.name, 0);
	else
		hd_known_hosts_init(&h->known, o->address, o->port);
	if (o->trust.npins == 0 &&
	    (read_files(h, &o->trust.user, err) < 0 ||
		read_files(h, &o->trust.global, err) < 0)) {
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

/* The key that the server showed. */
struct shown {
	const unsigned char *blob;
	size_t len;
	char type[64];
	struct hd_str print;
};

static int
check_pins(
    const struct ssh_hostkey *h, const struct shown *key, struct hd_err *err)
{
	const struct hd_ssh_opts *o = h->o;

	for (size_t i = 0; i < o->trust.npins; i++) {
		size_t n = strlen(o->trust.pins[i]);

		while (n > 0 && o->trust.pins[i][n - 1] == '=')
			n--;
		if (n == key->print.len &&
		    memcmp(o->trust.pins[i], key->print.ptr, n) == 0)
			return 0;
	}
	return hd_err_set(err, HD_EHOSTKEY,
	    "HOST KEY OF %s port %u IS NOT THE PINNED ONE: it showed the %s "
	    "key %s, but host_key in deploy.ini is %s%s. Somebody may be "
	    "intercepting the connection; change host_key only after checking "
	    "the key on the host",
	    o->address, o->port, key->type, key->print.ptr, o->trust.pins[0],
	    o->trust.npins > 1 ? " and others" : "");
}

static int
unknown(
    const struct ssh_hostkey *h, const struct shown *key, struct hd_err *err)
{
	const struct hd_ssh_opts *o = h->o;
	const struct hd_known_key *ca = h->known.authority;

	(void)hd_err_set(err, HD_EHOSTKEY,
	    "the host key of %s port %u is unknown: %s %s. Compare it with the "
	    "key on the host (ssh-keygen -lf /etc/ssh/ssh_host_..._key.pub), "
	    "then record it with `%s` or set host_key = %s in deploy.ini",
	    o->address, o->port, key->type, key->print.ptr,
	    o->trust.command != NULL ? o->trust.command : "hdeploy trust",
	    key->print.ptr);
	if (ca == NULL)
		return -1;
	return hd_err_prefix(err,
	    "%s:%u names a @cert-authority, but host certificates are not "
	    "supported",
	    ca->file, ca->line);
}

/* "FILE:12 has the ssh-ed25519 key SHA256:..." */
static void
describe_recorded(const struct hd_known_key *recorded, struct hd_str *out)
{
	HD_AUTO_STR print = HD_STR_INIT(128);

	hd_key_fingerprint(recorded->blob, recorded->len, &print);
	hd_str_addf(out, "%s:%u has the %s key %s", recorded->file,
	    recorded->line, recorded->type, print.ptr);
}

static int
changed(const struct ssh_hostkey *h, const struct shown *key,
    const struct hd_known_key *recorded, struct hd_err *err)
{
	HD_AUTO_STR old = HD_STR_INIT(8192);
	HD_AUTO_SHELL forget = HD_SHELL_INIT;

	describe_recorded(recorded, &old);
	hd_shell_lit(&forget, "ssh-keygen -R ");
	hd_shell_arg(&forget, h->known.name);
	hd_shell_lit(&forget, " -f ");
	hd_shell_arg(&forget, recorded->file);
	return hd_err_set(err, HD_EHOSTKEY,
	    "HOST KEY OF %s port %u HAS CHANGED: it showed the %s key %s, but %s. "
	    "Somebody may be intercepting the connection, or the host was "
	    "reinstalled. Compare the new key with the key on the host "
	    "(ssh-keygen -lf /etc/ssh/ssh_host_..._key.pub); only if they are "
	    "the same, record it with `%s --replace --accept %s`, or remove "
	    "the old one with `%s`",
	    h->o->address, h->o->port, key->type, key->print.ptr, old.ptr,
	    h->o->trust.command != NULL ? h->o->trust.command : "hdeploy trust",
	    key->print.ptr, forget.text.ptr);
}

static int
revoked(const struct ssh_hostkey *h, const struct shown *key,
    const struct hd_known_key *record, struct hd_err *err)
{
	return hd_err_set(err, HD_EHOSTKEY,
	    "HOST KEY OF %s port %u IS REVOKED by %s:%u: %s %s. The host "
	    "needs a new key",
	    h->o->address, h->o->port, record->file, record->line, key->type,
	    key->print.ptr);
}

static int
check_known(
    const struct ssh_hostkey *h, const struct shown *key, struct hd_err *err)
{
	const struct hd_known_key *which;

	switch (hd_known_hosts_check(&h->known, key->blob, key->len, &which)) {
	case HD_KNOWN_MATCH:
		return 0;
	case HD_KNOWN_REVOKED:
		return revoked(h, key, which, err);
	case HD_KNOWN_CHANGED:
	case HD_KNOWN_OTHER_TYPE:
		return changed(h, key, which, err);
	case HD_KNOWN_UNKNOWN:
		break;
	}
	return unknown(h, key, err);
}

static int
take_shown(struct shown *key, const struct ssh_hostkey *h, struct hd_ssh *s,
    struct hd_err *err)
{
	*key = (struct shown){ .print = HD_STR_INIT(128) };
	key->blob = (const unsigned char *)libssh2_session_hostkey(
	    s->session, &key->len, NULL);
	if (key->blob == NULL)
		return hd_err_set(err, HD_EHOSTKEY,
		    "%s port %u showed no host key", h->o->address, h->o->port);
	hd_key_type(key->blob, key->len, key->type);
	hd_key_fingerprint(key->blob, key->len, &key->print);
	return 0;
}

int
ssh_hostkey_check(struct ssh_hostkey *h, struct hd_ssh *s, struct hd_err *err)
{
	struct shown key;
	int rc;

	if (take_shown(&key, h, s, err) < 0)
		return -1;
	rc = h->o->trust.npins > 0 ? check_pins(h, &key, err)
				   : check_known(h, &key, err);
	hd_str_done(&key.print);
	return rc;
}

static char *
known_hosts_line(const struct ssh_hostkey *h, const struct shown *key)
{
	HD_AUTO_STR line = HD_STR_INIT(64 * 1024);

	hd_str_addf(&line, "%s %s ", h->known.name, key->type);
	hd_base64_encode(key->blob, key->len, &line);
	return hd_str_take(&line);
}

/* Whether key may replace a recorded one; out->was then describes that one. */
static bool
may_replace(const struct ssh_hostkey *h, const struct shown *key,
    struct hd_host_key *out)
{
	HD_AUTO_STR was = HD_STR_INIT(8192);
	const struct hd_known_key *recorded;
	enum hd_known verdict =
	    hd_known_hosts_check(&h->known, key->blob, key->len, &recorded);

	if (!h->o->trust.replace || h->o->trust.npins > 0 ||
	    (verdict != HD_KNOWN_CHANGED && verdict != HD_KNOWN_OTHER_TYPE))
		return false;
	describe_recorded(recorded, &was);
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

int
ssh_hostkey_show(struct ssh_hostkey *h, struct hd_ssh *s,
    struct hd_host_key *out, struct hd_err *err)
{
	const struct hd_known_key *ignored;
	struct shown key;
	int rc = 0;

	if (take_shown(&key, h, s, err) < 0)
		return -1;
	*out = (struct hd_host_key){ .line = known_hosts_line(h, &key) };
	snprintf(out->type, sizeof(out->type), "%s", key.type);
	snprintf(out->print, sizeof(out->print), "%s", key.print.ptr);
	out->known =
	    h->o->trust.npins > 0 || hd_known_hosts_check(&h->known, key.blob,
					 key.len, &ignored) != HD_KNOWN_UNKNOWN;
	if (may_replace(h, &key, out))
		out->known = false;
	else if (out->known)
		rc = ssh_hostkey_check(h, s, err);
	hd_str_done(&key.print);
	if (rc < 0)
		hd_host_key_done(out);
	return rc;
}
