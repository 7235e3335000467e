#include "transport/known_hosts/host_cert.h"

#include "transport/keys/crypto_signature.h"

#include <string.h>
#include <time.h>

/* As OpenSSH's SSHKEY_CERT_MAX_PRINCIPALS. */
enum { NAMES_MAX = 256 };

/* Whether b is a list of strings in groups of each. */
static bool
is_list(struct hd_bytes b, unsigned each, unsigned max)
{
	struct hd_wire w = hd_wire_of(b);
	unsigned n = 0;

	while (w.left > 0 && !w.bad) {
		(void)hd_wire_string(&w);
		n++;
	}
	return !w.bad && n % each == 0 && n <= max;
}

static bool
is_well_formed(const struct ssh_cert *c)
{
	return (c->kind == SSH_CERT_USER || c->kind == SSH_CERT_HOST) &&
	       is_list(c->names, 1, NAMES_MAX) &&
	       is_list(c->critical, 2, NAMES_MAX) &&
	       is_list(c->extensions, 2, NAMES_MAX);
}

static void
add_day(uint64_t when, struct hd_str *why)
{
	const time_t t = (time_t)when;
	char text[32] = "a time too far away";
	struct tm tm;

	if (when < (uint64_t)1 << 40 && gmtime_r(&t, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	hd_str_add(why, text);
}

static enum hd_host_cert
check_claims(const struct ssh_cert *c, const char *name, uint64_t now,
    struct hd_str *why)
{
	char names[160] = "";

	if (c->kind != SSH_CERT_HOST) {
		hd_str_add(why, "it is a user's certificate");
	} else if (now < c->after) {
		hd_str_add(why, "it is not valid before ");
		add_day(c->after, why);
	} else if (now >= c->before) {
		hd_str_add(why, "it expired at ");
		add_day(c->before, why);
	} else if (c->names.n == 0) {
		hd_str_add(why, "it names no host");
	} else if (!ssh_cert_names(c, name)) {
		ssh_cert_quote_names(c, names, sizeof(names));
		hd_str_addf(why, "it is not for %s, but for %s", name, names);
	} else if (c->critical.n > 0) {
		hd_str_add(why, "it has a critical option");
	} else {
		return HD_HOST_CERT_GOOD;
	}
	return HD_HOST_CERT_UNFIT;
}

enum hd_host_cert
hd_host_cert_check(const struct ssh_cert *c, const char *name, uint64_t now,
    struct hd_str *why)
{
	if (!is_well_formed(c)) {
		hd_str_add(why, "it is malformed");
		return HD_HOST_CERT_BAD;
	}
	switch (hd_signature_check(c->authority, c->signature, c->body)) {
	case HD_SIGNATURE_GOOD:
		return check_claims(c, name, now, why);
	case HD_SIGNATURE_BAD:
		hd_str_add(why, "the signature of its authority is forged");
		return HD_HOST_CERT_BAD;
	case HD_SIGNATURE_UNSUPPORTED:
		break;
	}
	hd_str_add(why,
	    "it is signed with SHA-1 or by a type of key that hdeploy cannot "
	    "verify");
	return HD_HOST_CERT_UNFIT;
}
