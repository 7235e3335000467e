#include "transport/ssh_offers.h"

#include "transport/keys/ssh_cert.h"
#include "transport/quote.h"

#include <stdlib.h>
#include <string.h>

enum rank {
	NAMED_CERTIFICATE,
	CERTIFICATE_OF_NAMED_KEY,
	NAMED_IN_AGENT,
	NAMED_FILE,
	DEFAULT_IN_AGENT,
	OTHER_IN_AGENT,
	DEFAULT_FILE,
	DOUBTFUL,
};

struct choosing {
	const struct ssh_choice *x;
	struct ssh_offers *out;
	struct hd_arena *arena;
	struct hd_str *notes;
};

static void
add_note(struct choosing *c, const char *name, const char *reason)
{
	char quoted[160] = "";

	hd_quote(quoted, sizeof(quoted), name, strlen(name));
	hd_str_addf(c->notes, "; %s: %s", quoted, reason);
}

static void
add(struct choosing *c, struct ssh_offer o)
{
	for (size_t i = 0; o.blob.n > 0 && i < c->out->n; i++)
		if (hd_bytes_equal(c->out->v[i].blob, o.blob))
			return;
	*HD_PUSH(c->arena, c->out) = o;
}

static const struct ssh_agent_key *
in_agent(const struct choosing *c, struct hd_bytes blob)
{
	for (size_t i = 0; blob.n > 0 && i < c->x->agent.n; i++)
		if (hd_bytes_equal(c->x->agent.v[i].blob, blob))
			return &c->x->agent.v[i];
	return NULL;
}

static struct ssh_offer
from_file(struct ssh_key *k, enum rank rank)
{
	return (struct ssh_offer){ .kind = "",
		.name = k->name,
		.blob = k->public,
		.key = k,
		.rank = rank };
}

static struct ssh_offer
from_agent(const struct ssh_agent_key *k, enum rank rank)
{
	return (struct ssh_offer){ .kind = "agent key ",
		.name =
		    k->comment[0] != '\0' ? k->comment : "without a comment",
		.blob = k->blob,
		.signer = k->blob,
		.rank = rank };
}

/* Whether the file is a certificate, not a key with one beside it. */
static bool
is_certificate(const struct ssh_key *k)
{
	return k->cert.n > 0 && strcmp(k->cert_name, k->name) == 0;
}

static bool
has_private(const struct ssh_key *k)
{
	return k->state == SSH_KEY_PLAIN || k->state == SSH_KEY_ENCRYPTED;
}

/* A date in UTC, such as 2026-01-31. */
static const char *
date(struct choosing *c, uint64_t seconds)
{
	char text[32] = "";
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
	return hd_arena_strdup(c->arena, text);
}

/* The certificate is for other users; the server may still map the names. */
static void
add_note_of_names(
    struct choosing *c, const char *name, const struct ssh_cert *cert)
{
	char names[100] = "";

	ssh_cert_quote_names(cert, names, sizeof(names));
	add_note(c, name, hd_arena_fmt(c->arena, "its users are %s", names));
}

/* false: no server can accept the certificate. One with a doubtful date only
 * moves to the end, because this machine's clock may be wrong. */
static bool
examine(struct choosing *c, struct ssh_offer *o, const struct ssh_cert *cert)
{
	uint64_t now = (uint64_t)c->x->now;

	if (cert->kind != SSH_CERT_USER) {
		add_note(c, o->name, "a certificate for hosts, not for users");
		return false;
	}
	if (now >= cert->before)
		add_note(c, o->name,
		    hd_arena_fmt(
			c->arena, "expired on %s", date(c, cert->before)));
	else if (now < cert->after)
		add_note(c, o->name,
		    hd_arena_fmt(
			c->arena, "not valid before %s", date(c, cert->after)));
	if (now >= cert->before || now < cert->after)
		o->rank = DOUBTFUL;
	if (!ssh_cert_names(cert, c->x->user))
		add_note_of_names(c, o->name, cert);
	return true;
}

/* Finds the file or the agent's key that can sign for o. */
static bool
find_signer(
    struct choosing *c, struct ssh_offer *o, const struct ssh_cert *cert)
{
	const struct ssh_agent_key *a;

	for (struct ssh_key *const *k = c->x->keys; *k != NULL; k++)
		if ((*k)->state == SSH_KEY_PLAIN &&
		    ssh_cert_is_about(cert, (*k)->public)) {
			o->key = *k;
			return true;
		}
	a = in_agent(c, ssh_cert_key(cert, c->arena));
	if (a == NULL)
		a = in_agent(c, o->blob);
	if (a != NULL) {
		o->signer = a->blob;
		return true;
	}
	for (struct ssh_key *const *k = c->x->keys; *k != NULL; k++)
		if ((*k)->state == SSH_KEY_ENCRYPTED &&
		    ssh_cert_is_about(cert, (*k)->public)) {
			o->key = *k;
			return true;
		}
	return false;
}

static void
add_certificate(
    struct choosing *c, const char *name, struct hd_bytes blob, enum rank rank)
{
	struct ssh_offer o = {
		.kind = "", .name = name, .blob = blob, .rank = rank
	};
	struct ssh_cert cert;

	if (!ssh_cert_read(&cert, blob))
		add_note(c, name, "not a certificate");
	else if (!find_signer(c, &o, &cert))
		add_note(c, name, "its private key is missing");
	else if (examine(c, &o, &cert))
		add(c, o);
}

/* A file signs if it can: the agent might ask a person, or end. */
static struct ssh_key *
plain_file(struct choosing *c, struct hd_bytes blob)
{
	for (struct ssh_key *const *k = c->x->keys; *k != NULL; k++)
		if ((*k)->state == SSH_KEY_PLAIN &&
		    hd_bytes_equal((*k)->public, blob))
			return *k;
	return NULL;
}

/* A key of the agent, which may be a certificate. */
static void
add_agent_key(struct choosing *c, const struct ssh_agent_key *k, enum rank rank)
{
	struct ssh_offer o = from_agent(k, rank);
	struct ssh_cert cert;

	o.key = plain_file(c, k->blob);
	if (o.key != NULL) {
		o.kind = "";
		o.name = o.key->name;
	}
	if (ssh_cert_is(k->blob)) {
		o.kind = "agent certificate ";
		if (!ssh_cert_read(&cert, k->blob) || !examine(c, &o, &cert))
			return;
	}
	add(c, o);
}

static void
add_named_certificates(struct choosing *c, const struct ssh_key *k)
{
	if (k->cert.n > 0)
		add_certificate(
		    c, k->cert_name, k->cert, CERTIFICATE_OF_NAMED_KEY);
	for (size_t i = 0; k->public.n > 0 && i < c->x->agent.n; i++) {
		const struct ssh_agent_key *a = &c->x->agent.v[i];
		struct ssh_cert cert;

		if (ssh_cert_read(&cert, a->blob) &&
		    ssh_cert_is_about(&cert, k->public))
			add_agent_key(c, a, CERTIFICATE_OF_NAMED_KEY);
	}
}

static void
add_named_key(struct choosing *c, struct ssh_key *k)
{
	const struct ssh_agent_key *a = in_agent(c, k->public);
	struct ssh_offer o =
	    from_file(k, a != NULL ? NAMED_IN_AGENT : NAMED_FILE);

	if (is_certificate(k))
		return; /* add_named_certificates() */
	if (a != NULL && k->state != SSH_KEY_PLAIN) {
		o.kind = "agent key ";
		o.key = NULL;
		o.signer = a->blob;
	} else if (!has_private(k)) {
		add_note(c, k->name, k->why);
		return;
	}
	add(c, o);
}

static void
add_named(struct choosing *c)
{
	for (struct ssh_key *const *k = c->x->keys; *k != NULL; k++) {
		add_named_certificates(c, *k);
		add_named_key(c, *k);
	}
}

/* Whether a file has this key or is the key of this certificate. */
static bool
is_default(const struct choosing *c, struct hd_bytes blob)
{
	struct ssh_cert cert;
	bool certificate = ssh_cert_read(&cert, blob);

	for (struct ssh_key *const *k = c->x->keys; *k != NULL; k++)
		if (ssh_key_is(*k, blob) ||
		    (certificate && ssh_cert_is_about(&cert, (*k)->public)))
			return true;
	return false;
}

static void
add_agent(struct choosing *c)
{
	for (size_t i = 0; i < c->x->agent.n; i++) {
		const struct ssh_agent_key *k = &c->x->agent.v[i];

		if (!c->x->named && is_default(c, k->blob))
			add_agent_key(c, k, DEFAULT_IN_AGENT);
		else if (!c->x->only)
			add_agent_key(c, k, OTHER_IN_AGENT);
	}
}

static void
add_defaults(struct choosing *c)
{
	for (struct ssh_key *const *k = c->x->keys; *k != NULL; k++) {
		if ((*k)->cert.n > 0)
			add_certificate(
			    c, (*k)->cert_name, (*k)->cert, DEFAULT_FILE);
		if (has_private(*k))
			add(c, from_file(*k, DEFAULT_FILE));
		else if (!is_certificate(*k) &&
			 in_agent(c, (*k)->public) == NULL)
			add_note(c, (*k)->name, (*k)->why);
	}
}

/* Insertion sort: it is stable, and the list is short. */
static void
sort(struct ssh_offers *list)
{
	for (size_t i = 1; i < list->n; i++) {
		struct ssh_offer o = list->v[i];
		size_t at = i;

		for (; at > 0 && list->v[at - 1].rank > o.rank; at--)
			list->v[at] = list->v[at - 1];
		list->v[at] = o;
	}
}

void
ssh_offers_choose(struct ssh_offers *out, const struct ssh_choice *x,
    struct hd_arena *arena, struct hd_str *notes)
{
	struct choosing c = { x, out, arena, notes };

	*out = (struct ssh_offers){ 0 };
	for (struct ssh_key *const *k = x->certificates;
	     k != NULL && *k != NULL; k++)
		add_certificate(&c, (*k)->name,
		    is_certificate(*k) ? (*k)->cert : (*k)->public,
		    NAMED_CERTIFICATE);
	if (x->named)
		add_named(&c);
	add_agent(&c);
	if (!x->named)
		add_defaults(&c);
	sort(out);
}
