#include "core/base/digest.h"
#include "transport/flow.h"
#include "transport/ssh_client.h"
#include "transport/ssh_login.h"

#include <stdlib.h>
#include <string.h>

/* A person may have to confirm the use of the key, or to touch a token. */
enum { SIGN_MS = 60000 };

/*
 * How far a public key got. libssh2 has one code for all of these, so the text
 * of its error decides (userauth.c:_libssh2_userauth_publickey; the same since
 * 1.4).
 */
enum stage {
	UNKNOWN,
	UNSIGNED,     /* the server accepts the key; our callback failed */
	SIGNED,       /* the server refused after the signature */
	LOST_ASKING,  /* the connection ended */
	LOST_SIGNING, /* after the signature */
};

static enum stage
stage_of(LIBSSH2_SESSION *session)
{
	static const struct {
		const char *start;
		enum stage stage;
	} texts[] = {
		{ "Callback returned error", UNSIGNED },
		{ "Invalid signature for supplied public key", SIGNED },
		{ "Waiting for USERAUTH", LOST_ASKING },
		{ "Waiting for publickey USERAUTH", LOST_SIGNING },
	};
	char *text = NULL;

	libssh2_session_last_error(session, &text, NULL, 0);
	for (size_t i = 0; text != NULL && i < HD_COUNT(texts); i++)
		if (strncmp(text, texts[i].start, strlen(texts[i].start)) == 0)
			return texts[i].stage;
	return UNKNOWN;
}

/* A signature that libssh2 asks for. */
struct signing {
	struct ssh_login *l;
	struct hd_bytes key; /* of the agent */
	bool sha1;           /* the agent signs RSA only with SHA-1 */
	struct hd_err err;   /* HD_OK: none */
};

/* The data to sign names the algorithm (RFC 4252, section 7). */
static struct hd_bytes
algorithm_of(struct hd_bytes data)
{
	struct hd_wire w = hd_wire_of(data);

	(void)hd_wire_string(&w); /* session identifier */
	(void)hd_wire_byte(&w);
	(void)hd_wire_string(&w); /* user */
	(void)hd_wire_string(&w); /* service */
	(void)hd_wire_string(&w); /* "publickey" */
	(void)hd_wire_byte(&w);
	return hd_wire_string(&w);
}

static bool
starts(struct hd_bytes b, const char *text)
{
	return b.n >= strlen(text) && memcmp(b.p, text, strlen(text)) == 0;
}

static uint32_t
flags_for(struct hd_bytes algorithm)
{
	if (starts(algorithm, "rsa-sha2-512"))
		return SSH_AGENT_RSA_SHA512;
	return starts(algorithm, "rsa-sha2-256") ? SSH_AGENT_RSA_SHA256 : 0;
}

/* libssh2 wants only the value; for a security token, everything after the
 * algorithm. It frees the copy. */
static void
copy_out(const struct ssh_signature *s, unsigned char **out, size_t *n)
{
	bool token = starts(s->algorithm, "sk-");
	unsigned char *p;

	*n = token ? 4 + s->value.n + s->rest.n : s->value.n;
	*out = p = hd_alloc(*n + 1);
	if (token)
		p = hd_wire_put_u32(p, (uint32_t)s->value.n);
	memcpy(p, s->value.p, s->value.n);
	if (token && s->rest.n > 0)
		memcpy(p + s->value.n, s->rest.p, s->rest.n);
}

static int
ask_agent(struct signing *x, struct hd_bytes data, struct ssh_signature *out)
{
	struct ssh_login *l = x->l;
	struct hd_bytes algorithm = algorithm_of(data);
	int64_t start = hd_clock_ms();
	int rc;

	l->agent.until =
	    (struct hd_until){ start + SIGN_MS, SIGN_MS, l->s->stage };
	rc = ssh_agent_sign(
	    &l->agent, x->key, data, flags_for(algorithm), out, &x->err);
	ssh_login_give_back(l, start);
	if (rc < 0)
		return -1;
	/* an old agent ignores the flags; libssh2 then tries without them */
	if (flags_for(algorithm) != 0 && !starts(algorithm, "ssh-rsa") &&
	    hd_bytes_are(out->algorithm, "ssh-rsa")) {
		x->sha1 = true;
		return LIBSSH2_ERROR_ALGO_UNSUPPORTED;
	}
	return 0;
}

static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(sign)
{
	struct signing *x = *abstract;
	struct ssh_signature signature;
	int rc;

	(void)session;
	rc = ask_agent(x, (struct hd_bytes){ data, data_len }, &signature);
	if (rc == 0)
		copy_out(&signature, sig, sig_len);
	return rc;
}

/* Shows the key; x signs. */
static int
show(struct ssh_login *l, struct hd_bytes blob, struct signing *x,
    struct hd_err *err)
{
	const char *user = l->o->user;
	void *ctx = x;
	int rc;

	do
		rc = libssh2_userauth_publickey(
		    l->s->session, user, blob.p, blob.n, sign, &ctx);
	while (ssh_again(l->s, rc, "authentication", err));
	return rc;
}

static const char *
as_text(struct ssh_login *l, struct hd_bytes blob)
{
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
	struct hd_wire w = hd_wire_of(blob);
	struct hd_bytes type = hd_wire_string(&w);

	hd_str_addn(&text, (const char *)type.p, type.n);
	hd_str_add(&text, " ");
	hd_base64_encode(blob.p, blob.n, &text);
	return hd_arena_strdup(&l->arena, text.ptr);
}

/* Shows the public key and signs with the private one, both as files. */
static int
show_file(struct ssh_login *l, const char *public, const char *private,
    size_t n, struct hd_err *err)
{
	const char *user = l->o->user;
	int rc;

	do
		rc = libssh2_userauth_publickey_frommemory(l->s->session, user,
		    strlen(user), public, public != NULL ? strlen(public) : 0,
		    private, n, NULL);
	while (ssh_again(l->s, rc, "authentication", err));
	return rc;
}

/*
 * Shows a public key without signing. 0 if the server accepts it: libssh2 then
 * fails to sign, because "x" is not a private key.
 */
static int
probe(struct ssh_login *l, struct hd_bytes blob, struct hd_err *err)
{
	int rc = show_file(l, as_text(l, blob), "x", 1, err);

	if (rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED &&
	    stage_of(l->s->session) == UNSIGNED)
		rc = 0;
	return rc;
}

/*
 * After an RSA key that no server algorithm matches, libssh2 1.11.1 keeps its
 * name for the next key (userauth.c, METHOD_NONE). A key from memory replaces
 * it.
 */
static int
show_agent_key(struct ssh_login *l, const struct ssh_offer *o,
    struct signing *x, struct hd_err *err)
{
	int rc = l->leftover ? probe(l, o->blob, err) : 0;

	l->leftover = false;
	x->key = o->signer;
	return rc == 0 ? show(l, o->blob, x, err) : rc;
}

/* Asks for the passphrase only if the server accepts the key. */
static int
show_locked_key(struct ssh_login *l, const struct ssh_offer *o,
    struct signing *x, struct hd_err *err)
{
	int rc = o->blob.n > 0 ? probe(l, o->blob, err) : 0;
	int64_t start = hd_clock_ms();

	if (rc != 0)
		return rc;
	if (ssh_keyring_unlock(&l->o->client->keys, o->key, &l->o->login,
		l->s->stage, &x->err) < 0)
		rc = LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
	ssh_login_give_back(l, start);
	if (rc != 0)
		return rc;
	return show_file(l, o->blob.n > 0 ? as_text(l, o->blob) : NULL,
	    o->key->text, o->key->len, err);
}

static int
show_plain_key(
    struct ssh_login *l, const struct ssh_offer *o, struct hd_err *err)
{
	bool other = !hd_bytes_equal(o->blob, o->key->public);

	return show_file(l, other ? as_text(l, o->blob) : NULL, o->key->text,
	    o->key->len, err);
}

static bool
is_rsa(struct hd_bytes blob)
{
	struct hd_wire w = hd_wire_of(blob);

	return starts(hd_wire_string(&w), "ssh-rsa");
}

static void
add_note(struct ssh_login *l, const struct ssh_offer *o, const char *reason)
{
	hd_str_addf(&l->notes, "; %s: %s", ssh_login_name(l, o), reason);
}

/* The server accepts no signature that libssh2 can make with an RSA key. */
static enum ssh_verdict
skip_rsa(struct ssh_login *l, const struct ssh_offer *o)
{
	l->no_rsa = true;
	add_note(l, o,
	    "the server accepts no RSA keys (rsa-sha2-256, rsa-sha2-512)");
	return SSH_AUTH_UNUSABLE;
}

static enum ssh_verdict
damaged(struct ssh_login *l, const struct ssh_offer *o, struct hd_err *err)
{
	if (o->key == NULL || !l->o->login.named) {
		add_note(l, o, "damaged, or of an unsupported type");
		return SSH_AUTH_UNUSABLE;
	}
	(void)hd_err_set(err, HD_ELOCAL,
	    "key file %s: damaged, or of an unsupported type",
	    ssh_login_name(l, o));
	return SSH_AUTH_FAILED;
}

/* The server accepts the key, but no signature was made. */
static enum ssh_verdict
not_signed(struct ssh_login *l, const struct ssh_offer *o, struct signing *x,
    struct hd_err *err)
{
	if (x->err.code == HD_OK)
		return damaged(l, o, err);
	if (x->err.code == HD_ECANCELED) {
		*err = x->err;
		return SSH_AUTH_FAILED;
	}
	if (o->blob.n == 0) { /* the server was not asked */
		hd_str_addf(&l->notes, "; %s", x->err.msg);
		return SSH_AUTH_UNUSABLE;
	}
	l->unsigned_key = ssh_login_name(l, o);
	l->unsigned_why = hd_arena_fmt(&l->arena, "%s%.300s",
	    o->key == NULL ? "the ssh-agent did not sign: " : "", x->err.msg);
	l->declined = l->declined || x->err.code == HD_EREFUSED;
	return SSH_AUTH_UNUSABLE;
}

/* The server accepted the key, but not its signature. */
static enum ssh_verdict
signed_with_sha1(struct ssh_login *l, const struct ssh_offer *o)
{
	l->unsigned_key = ssh_login_name(l, o);
	l->unsigned_why = "the ssh-agent signs only with SHA-1, which the "
			  "server refuses: use another agent or an ed25519 key";
	return SSH_AUTH_UNUSABLE;
}

static enum ssh_verdict
judge(struct ssh_login *l, const struct ssh_offer *o, int rc, struct signing *x,
    struct hd_err *err)
{
	enum stage stage = stage_of(l->s->session);

	if (rc == 0)
		return SSH_AUTH_DONE;
	if (l->s->broken)
		return SSH_AUTH_FAILED;
	if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED && x->sha1)
		return signed_with_sha1(l, o);
	if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED)
		return SSH_AUTH_REFUSED;
	if (rc == LIBSSH2_ERROR_METHOD_NONE) {
		l->leftover = true;
		return skip_rsa(l, o);
	}
	if (x->err.code != HD_OK || stage == UNSIGNED)
		return not_signed(l, o, x, err);
	if (stage == SIGNED || stage == LOST_SIGNING)
		l->taken = ssh_login_name(l, o);
	if (stage == SIGNED)
		return SSH_AUTH_STEP;
	if (stage == UNKNOWN && rc != LIBSSH2_ERROR_SOCKET_SEND &&
	    rc != LIBSSH2_ERROR_SOCKET_RECV &&
	    rc != LIBSSH2_ERROR_SOCKET_DISCONNECT)
		return damaged(l, o, err);
	return SSH_AUTH_LOST;
}

enum ssh_verdict
ssh_auth_key(struct ssh_login *l, const struct ssh_offer *o, struct hd_err *err)
{
	struct signing x = { .l = l };
	int rc;

	if (l->no_rsa && is_rsa(o->blob))
		return skip_rsa(l, o);
	if (o->key == NULL)
		rc = show_agent_key(l, o, &x, err);
	else if (o->key->state == SSH_KEY_ENCRYPTED)
		rc = show_locked_key(l, o, &x, err);
	else
		rc = show_plain_key(l, o, err);
	return judge(l, o, rc, &x, err);
}
