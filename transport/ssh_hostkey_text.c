#include "transport/ssh_hostkey_text.h"

#include "core/base/digest.h"
#include "core/base/shell.h"
#include "transport/quote.h"
#include "transport/ssh_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPARE "(ssh-keygen -lf /etc/ssh/ssh_host_..._key.pub)"

void
ssh_shown_set(struct ssh_shown *out, const unsigned char *blob, size_t len)
{
	HD_AUTO_STR print = HD_STR_INIT(128);

	*out = (struct ssh_shown){ .blob = blob, .len = len };
	hd_key_type(blob, len, out->type);
	hd_key_fingerprint(blob, len, &print);
	snprintf(out->print, sizeof(out->print), "%s", print.ptr);
}

static const char *
command(const struct hd_ssh_opts *o)
{
	return o->trust.command != NULL ? o->trust.command : "hdeploy trust";
}

int
ssh_hostkey_not_pinned(const struct hd_ssh_opts *o, const struct ssh_shown *key,
    struct hd_err *err)
{
	return hd_err_set(err, HD_EHOSTKEY,
	    "HOST KEY OF %s port %u IS NOT THE PINNED ONE: it showed the %s "
	    "key %s, but host_key in deploy.ini is %s%s. Somebody may be "
	    "intercepting the connection; change host_key only after checking "
	    "the key on the host",
	    o->address, o->port, key->type, key->print, o->trust.pins[0],
	    o->trust.npins > 1 ? " and others" : "");
}

static void
say_elsewhere(
    const struct hd_known_elsewhere *at, const char *file, struct hd_err *err)
{
	char names[100] = "";

	if (at->names != NULL)
		hd_quote(names, sizeof(names), at->names, strlen(at->names));
	(void)hd_err_prefix(err, "%s:%u has %s key, but for %s", file, at->line,
	    at->same ? "the same" : "another",
	    at->names != NULL ? names : "a hashed name");
}

/* Names a line that the user may have expected to match: the same key for
 * another name or port, or another key for another port of the host. */
static void
add_elsewhere(const struct hd_ssh_opts *o, const struct hd_known_hosts *known,
    const struct ssh_shown *key, struct hd_err *err)
{
	const struct hd_ssh_files *const sets[] = { &o->trust.user,
		&o->trust.global };
	struct hd_known_elsewhere best = { 0 }, at;
	const char *file = NULL;

	for (size_t i = 0; i < HD_COUNT(sets); i++) {
		for (size_t j = 0; j < sets[i]->n; j++) {
			const struct hd_known_file *f;
			struct hd_err ignored;

			if (best.same || hd_known_files_get(&o->client->known,
					     sets[i]->v[j], &f, &ignored) < 0)
				continue;
			hd_known_hosts_elsewhere(
			    &at, known, f, key->blob, key->len);
			if (at.line == 0 || (best.line > 0 && !at.same)) {
				free(at.names);
				continue;
			}
			free(best.names);
			best = at;
			file = hd_known_file_path(f);
		}
	}
	if (best.line > 0)
		say_elsewhere(&best, file, err);
	free(best.names);
}

int
ssh_hostkey_unknown(const struct hd_ssh_opts *o,
    const struct hd_known_hosts *known, const struct ssh_shown *key,
    struct hd_err *err)
{
	(void)hd_err_set(err, HD_EHOSTKEY,
	    "the host key of %s port %u is unknown%s%s: %s %s. Compare it with "
	    "the key on the host " COMPARE
	    ", then record it with `%s` or set host_key = %s in deploy.ini",
	    o->address, o->port, o->trust.name != NULL ? " for the name " : "",
	    o->trust.name != NULL ? o->trust.name : "", key->type, key->print,
	    command(o), key->print);
	add_elsewhere(o, known, key, err);
	return -1;
}

void
ssh_hostkey_no_cert(
    const struct hd_known_key *ca, const char *why, struct hd_err *err)
{
	(void)hd_err_prefix(err, "%s:%u names a certificate authority, but %s",
	    ca->file, ca->line, why);
}

int
ssh_hostkey_forged(
    const struct hd_ssh_opts *o, const char *why, struct hd_err *err)
{
	return hd_err_set(err, HD_EHOSTKEY,
	    "THE HOST CERTIFICATE OF %s port %u IS NOT GENUINE: %s. Somebody "
	    "may be intercepting the connection",
	    o->address, o->port, why);
}

void
ssh_hostkey_describe(const struct hd_known_key *recorded, struct hd_str *out)
{
	HD_AUTO_STR print = HD_STR_INIT(128);

	hd_key_fingerprint(recorded->blob, recorded->len, &print);
	hd_str_addf(out, "%s:%u has the %s key %s", recorded->file,
	    recorded->line, recorded->type, print.ptr);
}

int
ssh_hostkey_changed(const struct hd_ssh_opts *o,
    const struct hd_known_hosts *known, const struct ssh_shown *key,
    const struct hd_known_key *recorded, struct hd_err *err)
{
	HD_AUTO_STR old = HD_STR_INIT(8192);
	HD_AUTO_SHELL forget = HD_SHELL_INIT;

	ssh_hostkey_describe(recorded, &old);
	hd_shell_lit(&forget, "ssh-keygen -R ");
	hd_shell_arg(&forget, known->name);
	hd_shell_lit(&forget, " -f ");
	hd_shell_arg(&forget, recorded->file);
	return hd_err_set(err, HD_EHOSTKEY,
	    "HOST KEY OF %s port %u HAS CHANGED: it showed the %s key %s, but "
	    "%s. The host was reinstalled, or somebody is intercepting the "
	    "connection. Compare the new key with the key on the host " COMPARE
	    "; only if they are the same, record it with `%s --replace "
	    "--accept %s`, or remove the old one with `%s`",
	    o->address, o->port, key->type, key->print, old.ptr, command(o),
	    key->print, forget.text.ptr);
}

int
ssh_hostkey_revoked(const struct hd_ssh_opts *o, const struct ssh_shown *key,
    const char *file, unsigned line, struct hd_err *err)
{
	return hd_err_set(err, HD_EHOSTKEY,
	    "%s OF %s port %u IS REVOKED by %s:%u: %s %s. The host needs %s",
	    key->authority ? "THE CERTIFICATE AUTHORITY" : "HOST KEY",
	    o->address, o->port, file, line, key->type, key->print,
	    key->authority ? "a certificate of another authority"
			   : "a new key");
}
