#include "transport/keys/ssh_cert.h"

#include "transport/quote.h"

#include <string.h>

/* The name in a certificate, in the key that it is about, and the number of
 * strings of that key. */
static const struct kind {
	const char *cert, *key;
	int fields;
} kinds[] = {
	{ "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", 1 },
	{ "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256",
	    2 },
	{ "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384",
	    2 },
	{ "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521",
	    2 },
	{ "ssh-rsa-cert-v01@openssh.com", "ssh-rsa", 2 },
	{ "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com",
	    2 },
	{ "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
	    "sk-ecdsa-sha2-nistp256@openssh.com", 3 },
};

static const struct kind *
find(struct hd_bytes type)
{
	for (size_t i = 0; i < HD_COUNT(kinds); i++)
		if (hd_bytes_are(type, kinds[i].cert))
			return &kinds[i];
	return NULL;
}

bool
ssh_cert_is(struct hd_bytes blob)
{
	struct hd_wire w = hd_wire_of(blob);

	return find(hd_wire_string(&w)) != NULL;
}

static struct hd_bytes
read_fields(struct hd_wire *w, int n)
{
	struct hd_bytes all = { w->p, 0 };

	while (n-- > 0)
		(void)hd_wire_string(w);
	all.n = (size_t)(w->p - all.p);
	return all;
}

bool
ssh_cert_read(struct ssh_cert *c, struct hd_bytes blob)
{
	struct hd_wire w = hd_wire_of(blob);
	const struct kind *kind;

	*c = (struct ssh_cert){ .type = hd_wire_string(&w) };
	kind = find(c->type);
	if (kind == NULL)
		return false;
	(void)hd_wire_string(&w); /* a nonce */
	c->fields = read_fields(&w, kind->fields);
	c->serial = hd_wire_u64(&w);
	c->kind = hd_wire_u32(&w);
	c->id = hd_wire_string(&w);
	c->names = hd_wire_string(&w);
	c->after = hd_wire_u64(&w);
	c->before = hd_wire_u64(&w);
	c->critical = hd_wire_string(&w);
	c->extensions = hd_wire_string(&w);
	(void)hd_wire_string(&w); /* reserved */
	c->authority = hd_wire_string(&w);
	c->body = (struct hd_bytes){ blob.p, (size_t)(w.p - blob.p) };
	c->signature = hd_wire_string(&w);
	return !w.bad && w.left == 0;
}

struct hd_bytes
ssh_cert_key(const struct ssh_cert *c, struct hd_arena *arena)
{
	const char *type = find(c->type)->key;
	size_t n = 4 + strlen(type) + c->fields.n;
	unsigned char *key = hd_arena_alloc(arena, n);

	memcpy(hd_wire_put(key, type, strlen(type)), c->fields.p, c->fields.n);
	return (struct hd_bytes){ key, n };
}

bool
ssh_cert_is_about(const struct ssh_cert *c, struct hd_bytes key)
{
	struct hd_wire w = hd_wire_of(key);
	struct hd_bytes type = hd_wire_string(&w);

	return hd_bytes_are(type, find(c->type)->key) &&
	       hd_bytes_equal((struct hd_bytes){ w.p, w.left }, c->fields);
}

bool
ssh_cert_names(const struct ssh_cert *c, const char *name)
{
	struct hd_wire w = hd_wire_of(c->names);

	if (c->names.n == 0)
		return true;
	while (w.left > 0 && !w.bad)
		if (hd_bytes_are(hd_wire_string(&w), name) && !w.bad)
			return true;
	return false;
}

void
ssh_cert_quote_names(const struct ssh_cert *c, char *out, size_t max)
{
	struct hd_wire w = hd_wire_of(c->names);

	while (w.left > 0 && !w.bad) {
		struct hd_bytes one = hd_wire_string(&w);

		if (out[0] != '\0')
			hd_quote(out, max, ", ", 2);
		hd_quote(out, max, (const char *)one.p, one.n);
	}
}
