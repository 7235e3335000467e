#include "transport/ssh_keyscan.h"

#include "core/base/digest.h"
#include "transport/keys/wire.h"
#include "transport/ssh_handshake.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { KEXINIT = 20, KEXDH_INIT = 30, POINT_MAX = 255 };

#define GREETING "SSH-2.0-hdeploy\r\n"

/* Nothing is encrypted, so these may be more than hdeploy would use. */
#define CIPHERS                                                                \
	"aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr," \
	"aes128-ctr,chacha20-poly1305@openssh.com"
#define MACS                                                                   \
	"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"         \
	"umac-128-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,"                \
	"umac-128@openssh.com"

/* Valid public values, which need no secret half: for NIST curves the generator
 * (SEC 2), otherwise any number with enough bits. */
static const unsigned char p256[] = { 0x04, /* not compressed */
	0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5,
	0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0,
	0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2,
	0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
	0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68,
	0x37, 0xbf, 0x51, 0xf5 };

static const struct exchange {
	const char *name;
	const unsigned char *point; /* NULL: repeat the byte 0x55 */
	size_t n;
} exchanges[] = {
	{ "curve25519-sha256", NULL, 32 },
	{ "curve25519-sha256@libssh.org", NULL, 32 },
	{ "ecdh-sha2-nistp256", p256, sizeof(p256) },
	{ "diffie-hellman-group16-sha512", NULL, POINT_MAX },
	{ "diffie-hellman-group14-sha256", NULL, POINT_MAX },
	{ "diffie-hellman-group18-sha512", NULL, POINT_MAX },
};
#define EXCHANGES                                                              \
	"curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"   \
	"diffie-hellman-group16-sha512,diffie-hellman-group14-sha256,"         \
	"diffie-hellman-group18-sha512"

static int
lost(struct hd_ssh *s, enum hd_again *again, struct hd_err *err)
{
	const char *words = ssh_server_words(s);

	if (!ssh_preface_greeted(s->preface))
		return ssh_handshake_no_greeting(s, again, err);
	*again = HD_AGAIN_YES;
	return hd_err_set(err, HD_ECONNECT,
	    "connection lost while asking for the host certificate%s%s",
	    words[0] != '\0' ? "; the server said: " : "", words);
}

/* A few kilobytes, which the empty buffers of the connection hold. */
static int
send_all(struct hd_ssh *s, const struct hd_str *text, enum hd_again *again,
    struct hd_err *err)
{
	return send(s->fd, text->ptr, text->len, MSG_NOSIGNAL) ==
		       (ssize_t)text->len
		   ? 0
		   : lost(s, again, err);
}

static void
put_u32(struct hd_str *out, size_t n)
{
	unsigned char raw[4];

	hd_wire_put_u32(raw, (uint32_t)n);
	hd_str_addn(out, (const char *)raw, sizeof(raw));
}

static void
put(struct hd_str *out, const void *p, size_t n)
{
	put_u32(out, n);
	hd_str_addn(out, p, n);
}

/* RFC 4253, 6: the packet is a multiple of 8 bytes, 4 or more of padding. */
static void
put_packet(struct hd_str *out, const struct hd_str *payload)
{
	static const char zeros[12];
	size_t padding = 8 - (5 + payload->len) % 8;

	padding += padding < 4 ? 8 : 0;
	put_u32(out, 1 + payload->len + padding);
	hd_str_addn(out, (const char[]){ (char)padding }, 1);
	hd_str_addn(out, payload->ptr, payload->len);
	hd_str_addn(out, zeros, padding);
}

static int
send_offer(struct hd_ssh *s, const char *host_keys, enum hd_again *again,
    struct hd_err *err)
{
	const char *const lists[] = { EXCHANGES, host_keys, CIPHERS, CIPHERS,
		MACS, MACS, "none", "none", "", "" };
	HD_AUTO_STR payload = HD_STR_INIT(8192), out = HD_STR_INIT(8192);
	char cookie[33];

	hd_random_hex(cookie, 16);
	hd_str_addn(&payload, (const char[]){ KEXINIT }, 1);
	hd_str_addn(&payload, cookie, 16);
	for (size_t i = 0; i < HD_COUNT(lists); i++)
		put(&payload, lists[i], strlen(lists[i]));
	hd_str_addn(&payload, "\0\0\0\0", 5); /* no guess; reserved */
	hd_str_add(&out, GREETING);
	put_packet(&out, &payload);
	return send_all(s, &out, again, err);
}

static int
send_init(struct hd_ssh *s, const struct exchange *x, enum hd_again *again,
    struct hd_err *err)
{
	HD_AUTO_STR payload = HD_STR_INIT(1024), out = HD_STR_INIT(1024);
	unsigned char point[POINT_MAX];

	memset(point, 0x55, sizeof(point));
	if (x->point != NULL)
		memcpy(point, x->point, x->n);
	hd_str_addn(&payload, (const char[]){ KEXDH_INIT }, 1);
	put(&payload, point, x->n);
	put_packet(&out, &payload);
	return send_all(s, &out, again, err);
}

/* Receives until *done, or the connection ends. */
static int
receive(struct hd_ssh *s, bool (*done)(const struct ssh_preface *),
    enum hd_again *again, struct hd_err *err)
{
	unsigned char data[4096];

	while (!done(s->preface)) {
		ssize_t n;

		if (s->preface->state == SSH_PREFACE_END)
			return lost(s, again, err);
		if (ssh_wait(s, "asking for the host certificate", err) < 0) {
			*again = err->code == HD_ETIMEOUT ? HD_AGAIN_LATE
							  : HD_AGAIN_NO;
			return -1;
		}
		n = recv(s->fd, data, sizeof(data), 0);
		if (n > 0)
			ssh_preface_take(s->preface, data, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return lost(s, again, err);
	}
	return 0;
}

static bool
has_offered(const struct ssh_preface *p)
{
	return p->offered;
}

static bool
has_answered(const struct ssh_preface *p)
{
	return p->reply.len > 0;
}

/* The first of ours that the server has. */
static const struct exchange *
agree(const struct ssh_kexinit *server)
{
	size_t n;

	for (size_t i = 0; i < HD_COUNT(exchanges); i++)
		if (ssh_kexinit_common(
			server, SSH_LIST_KEX, exchanges[i].name, &n) != NULL)
			return &exchanges[i];
	return NULL;
}

static int
scan(struct hd_ssh *s, const char *host_keys, enum hd_again *again,
    struct hd_err *err)
{
	const struct ssh_kexinit *server = &s->preface->offer;
	const struct exchange *x;
	size_t n;

	if (send_offer(s, host_keys, again, err) < 0 ||
	    receive(s, has_offered, again, err) < 0)
		return -1;
	x = agree(server);
	/* the connection proper will say which list has nothing in common */
	if (x == NULL || ssh_kexinit_common(
			     server, SSH_LIST_HOST_KEY, host_keys, &n) == NULL)
		return 0;
	if (send_init(s, x, again, err) < 0)
		return -1;
	return receive(s, has_answered, again, err);
}

int
ssh_keyscan(struct hd_ssh *s, const char *host_keys, enum hd_again *again,
    struct hd_err *err)
{
	int rc;

	*again = HD_AGAIN_NO;
	ssh_handshake_begin(s);
	rc = scan(s, host_keys, again, err);
	s->broken = true; /* libssh2 must not send anything */
	return rc;
}

void
ssh_keyscan_take(const struct hd_ssh *s, struct hd_str *out)
{
	struct hd_wire w = { (const unsigned char *)s->preface->reply.ptr,
		s->preface->reply.len, false };
	struct hd_bytes key;

	(void)hd_wire_byte(&w);
	key = hd_wire_string(&w);
	hd_str_addn(out, (const char *)key.p, key.n);
}
