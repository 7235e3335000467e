#include "transport/keys/ssh_key_format.h"

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/secret.h"
#include "transport/keys/bcrypt_pbkdf.h"
#include "transport/keys/crypto_key.h"

#include <string.h>

#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define END "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC "openssh-key-v1"

/* What the armour contains; borrowed from the decoded file. */
struct file {
	const struct crypto_cipher *cipher; /* NULL: none */
	struct hd_bytes cipher_name, kdf_name, kdf, public, private, tag;
	uint32_t nkeys;
};

/* Without white space, which CI systems change. */
static size_t
strip(char *out, const char *from, const char *to)
{
	size_t n = 0;

	for (; from < to; from++)
		if (strchr(" \t\r\n", *from) == NULL)
			out[n++] = *from;
	return n;
}

/* Sets *raw, in secret memory. false: damaged. */
static bool
decode(const char *text, unsigned char **raw, struct hd_bytes *out)
{
	const char *begin = strstr(text, BEGIN);
	const char *from = begin != NULL ? begin + strlen(BEGIN) : "";
	const char *to = strstr(from, END);
	HD_AUTO_SECRET char *base64 = NULL;
	size_t n;
	long len;

	if (to == NULL)
		return false;
	base64 = hd_secret_alloc((size_t)(to - from) + 1);
	n = strip(base64, from, to);
	*raw = hd_secret_alloc(n);
	len = hd_base64_decode(base64, n, *raw, n);
	*out = (struct hd_bytes){ *raw, len > 0 ? (size_t)len : 0 };
	return len > 0;
}

static bool
parse(struct file *f, struct hd_bytes raw)
{
	struct hd_wire w = hd_wire_of(raw);

	*f = (struct file){ .cipher = NULL };
	for (size_t i = 0; i < sizeof(MAGIC); i++)
		if (hd_wire_byte(&w) != (unsigned char)MAGIC[i])
			return false;
	f->cipher_name = hd_wire_string(&w);
	f->kdf_name = hd_wire_string(&w);
	f->kdf = hd_wire_string(&w);
	f->nkeys = hd_wire_u32(&w);
	f->public = hd_wire_string(&w);
	f->private = hd_wire_string(&w);
	f->cipher = crypto_cipher_find(f->cipher_name);
	f->tag = (struct hd_bytes){ w.p, w.left };
	return !w.bad && f->public.n > 0;
}

/* The fields of a private key behind its type, and which of them form the
 * public key, in which order. */
static const struct type {
	const char *name;
	size_t nfields, npublic, public[2];
} types[] = {
	{ "ssh-ed25519", 2, 1, { 0 } },
	{ "ssh-rsa", 6, 2, { 1, 0 } },
	{ "ecdsa-sha2-nistp256", 3, 2, { 0, 1 } },
	{ "ecdsa-sha2-nistp384", 3, 2, { 0, 1 } },
	{ "ecdsa-sha2-nistp521", 3, 2, { 0, 1 } },
};
enum { FIELDS_MAX = 6 };

static struct hd_bytes type_of(struct hd_bytes public)
{
	struct hd_wire w = hd_wire_of(public);

	return hd_wire_string(&w);
}

static const struct type *
find_type(struct hd_bytes name)
{
	for (size_t i = 0; i < HD_COUNT(types); i++)
		if (hd_bytes_are(name, types[i].name))
			return &types[i];
	return NULL;
}

static bool
is_token(struct hd_bytes name)
{
	return hd_bytes_are(name, "sk-ssh-ed25519@openssh.com") ||
	       hd_bytes_are(name, "sk-ecdsa-sha2-nistp256@openssh.com");
}

/* 1, 2, 3 ... up to the size of the cipher's block. */
static bool
is_padding(struct hd_wire *w)
{
	unsigned i = 0;

	while (w->left > 0)
		if (hd_wire_byte(w) != ++i)
			return false;
	return true;
}

/* Whether the section, decrypted, is the private half of public. */
static bool
fits(struct hd_wire *w, struct hd_bytes public)
{
	const struct type *type = find_type(type_of(public));
	struct hd_wire other = hd_wire_of(public);
	struct hd_bytes field[FIELDS_MAX];

	if (type == NULL ||
	    !hd_bytes_equal(hd_wire_string(w), hd_wire_string(&other)))
		return false;
	for (size_t i = 0; i < type->nfields; i++)
		field[i] = hd_wire_string(w);
	for (size_t i = 0; i < type->npublic; i++)
		if (!hd_bytes_equal(
			field[type->public[i]], hd_wire_string(&other)))
			return false;
	(void)hd_wire_string(w); /* comment */
	return is_padding(w) && !w->bad && !other.bad && other.left == 0;
}

static enum ssh_key_opened
check(struct hd_bytes section, struct hd_bytes public)
{
	struct hd_wire w = hd_wire_of(section);

	if (hd_wire_u32(&w) != hd_wire_u32(&w))
		return SSH_KEY_DENIED;
	return fits(&w, public) ? SSH_KEY_OPENED : SSH_KEY_BROKEN;
}

/* As a file without encryption, in lines that libssh2 can read. */
static void
write_text(struct ssh_key *k, struct hd_bytes public, struct hd_bytes section)
{
	enum { PIECE = 48, LINE = PIECE / 3 * 4 };
	size_t room = sizeof(MAGIC) + 3 * 8 + 4 + 4 + public.n + 4 + section.n;
	HD_AUTO_SECRET unsigned char *raw = hd_secret_alloc(room);
	unsigned char *at = raw;
	char *out;

	memcpy(at, MAGIC, sizeof(MAGIC));
	at = hd_wire_put(at + sizeof(MAGIC), "none", 4);
	at = hd_wire_put(at, "none", 4);
	at = hd_wire_put(at, "", 0);
	at = hd_wire_put_u32(at, 1);
	at = hd_wire_put(at, public.p, public.n);
	at = hd_wire_put(at, section.p, section.n);
	room = (size_t)(at - raw);
	k->text = hd_secret_alloc(
	    sizeof(BEGIN "\n" END "\n") + (room / PIECE + 1) * (LINE + 1));
	memcpy(k->text, BEGIN "\n", strlen(BEGIN "\n"));
	out = k->text + strlen(BEGIN "\n");
	for (const unsigned char *p = raw; p < at; p += PIECE) {
		out += crypto_base64(
		    out, p, at - p < PIECE ? (size_t)(at - p) : (size_t)PIECE);
		*out++ = '\n';
	}
	memcpy(out, END "\n", sizeof(END "\n"));
	k->len = strlen(k->text);
	k->opened = ssh_key_copy(public);
}

static bool
kdf_options(const struct file *f, struct hd_bytes *salt, uint32_t *cost)
{
	struct hd_wire w = hd_wire_of(f->kdf);

	*salt = hd_wire_string(&w);
	*cost = hd_wire_u32(&w);
	return !w.bad && hd_bytes_are(f->kdf_name, "bcrypt") && salt->n > 0 &&
	       *cost > 0;
}

/* Whether the file can be decrypted with the right passphrase. */
static void
judge_sealed(struct ssh_key *k, const struct file *f)
{
	struct hd_bytes salt;

	if (f->cipher == NULL)
		ssh_key_refuse(k, SSH_KEY_PUBLIC,
		    "its cipher is unknown to hdeploy: add it to an ssh-agent "
		    "(ssh-add %s)",
		    k->name);
	else if (!kdf_options(f, &salt, &k->cost) ||
		 f->private.n % f->cipher->block != 0 ||
		 f->tag.n != f->cipher->tag)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "damaged");
	else
		k->state = SSH_KEY_ENCRYPTED;
}

static void
judge(struct ssh_key *k, const struct file *f)
{
	struct hd_bytes type = type_of(f->public);

	if (f->nkeys != 1)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "it contains %lu keys; hdeploy reads files with one",
		    (unsigned long)f->nkeys);
	else if (is_token(type))
		ssh_key_refuse(k, SSH_KEY_PUBLIC,
		    "a key on a security token: add it to an ssh-agent "
		    "(ssh-add %s)",
		    k->name);
	else if (find_type(type) == NULL)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, SSH_KEY_NO_TYPE);
	else if (!hd_bytes_are(f->cipher_name, "none"))
		judge_sealed(k, f);
	else if (check(f->private, f->public) != SSH_KEY_OPENED)
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "damaged");
	else
		k->state = SSH_KEY_PLAIN;
}

void
ssh_key_read_openssh(struct ssh_key *k, const char *text)
{
	HD_AUTO_SECRET unsigned char *raw = NULL;
	struct hd_bytes all;
	struct file f;

	if (!decode(text, &raw, &all) || !parse(&f, all)) {
		ssh_key_refuse(k, SSH_KEY_UNUSABLE, "damaged");
		return;
	}
	judge(k, &f);
	if (k->state != SSH_KEY_UNUSABLE)
		k->public = ssh_key_copy(f.public);
	if (k->state == SSH_KEY_PLAIN)
		write_text(k, f.public, f.private);
}

/* Decrypts the private section in place. */
static enum ssh_key_opened
decrypt(const struct file *f, struct hd_bytes passphrase,
    unsigned char *section, enum hd_cancel stage)
{
	size_t n = f->cipher->key + f->cipher->iv;
	HD_AUTO_SECRET unsigned char *secret = hd_secret_alloc(n);
	struct hd_bytes salt;
	uint32_t cost;

	if (!kdf_options(f, &salt, &cost))
		return SSH_KEY_BROKEN;
	if (bcrypt_pbkdf(secret, n, passphrase, salt, cost, stage) < 0)
		return SSH_KEY_STOPPED;
	return crypto_decrypt(f->cipher, secret, section, f->private.n)
		   ? SSH_KEY_OPENED
		   : SSH_KEY_DENIED;
}

enum ssh_key_opened
ssh_key_open_openssh(
    struct ssh_key *k, struct hd_bytes passphrase, enum hd_cancel stage)
{
	HD_AUTO_SECRET unsigned char *raw = NULL;
	struct hd_bytes all;
	struct file f;
	enum ssh_key_opened opened;

	if (!decode(k->sealed, &raw, &all) || !parse(&f, all))
		return SSH_KEY_BROKEN;
	opened = decrypt(&f, passphrase, raw + (f.private.p - raw), stage);
	if (opened == SSH_KEY_OPENED)
		opened = check(f.private, f.public);
	if (opened == SSH_KEY_OPENED)
		write_text(k, f.public, f.private);
	return opened;
}
