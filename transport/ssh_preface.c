#include "transport/ssh_preface.h"

#include "transport/quote.h"

#include <string.h>

/* PACKET_MAX: what RFC 4253, 6.1 asks every side to accept. */
enum {
	DISCONNECT = 1,
	KEXINIT = 20,
	NEWKEYS = 21,
	KEXDH_REPLY = 31,
	PACKET_MAX = 35000,
};

void
ssh_preface_init(struct ssh_preface *p)
{
	*p = (struct ssh_preface){ .state = SSH_PREFACE_LINES };
	hd_str_init(&p->packet, PACKET_MAX + 1);
	hd_str_init(&p->kexinit, PACKET_MAX + 1);
	hd_str_init(&p->reply, PACKET_MAX + 1);
}

void
ssh_preface_done(struct ssh_preface *p)
{
	hd_str_done(&p->packet);
	hd_str_done(&p->kexinit);
	hd_str_done(&p->reply);
}

static void
keep_line(struct ssh_preface *p)
{
	size_t n = strlen(p->lines);

	if (n > 0)
		hd_quote(p->lines, sizeof(p->lines), " ", 1);
	hd_quote(p->lines, sizeof(p->lines), p->line, p->nline);
}

static void
end_line(struct ssh_preface *p)
{
	while (p->nline > 0 && p->line[p->nline - 1] == '\r')
		p->nline--;
	p->line[p->nline] = '\0';
	if (strncmp(p->line, "SSH-", 4) == 0) {
		p->state = SSH_PREFACE_PACKETS;
		return;
	}
	if (p->nline > 0)
		keep_line(p);
	p->nline = 0;
}

static void
take_line(struct ssh_preface *p, char c)
{
	if (c == '\n')
		end_line(p);
	else if (p->nline + 1 < sizeof(p->line))
		p->line[p->nline++] = c;
}

/* byte 1, uint32 reason, string text, string language; the text of a server
 * that counts wrongly is cut */
static void
take_disconnect(struct ssh_preface *p, const unsigned char *payload, size_t n)
{
	struct hd_wire w = hd_wire_of((struct hd_bytes){ payload, n });
	size_t len;

	(void)hd_wire_byte(&w);
	(void)hd_wire_u32(&w);
	len = hd_wire_u32(&w);
	if (!w.bad)
		hd_quote(p->bye, sizeof(p->bye), (const char *)w.p,
		    len < w.left ? len : w.left);
}

static void
take_offer(struct ssh_preface *p, const unsigned char *payload, size_t n)
{
	if (p->offered)
		return;
	hd_str_addn(&p->kexinit, (const char *)payload, n);
	p->offered = ssh_kexinit_read(
	    &p->offer, (const unsigned char *)p->kexinit.ptr, p->kexinit.len);
}

static void
take_payload(struct ssh_preface *p, const unsigned char *payload, size_t n)
{
	if (payload[0] == DISCONNECT)
		take_disconnect(p, payload, n);
	if (payload[0] == KEXINIT)
		take_offer(p, payload, n);
	if (payload[0] == KEXDH_REPLY && p->reply.len == 0)
		hd_str_addn(&p->reply, (const char *)payload, n);
	if (payload[0] == DISCONNECT || payload[0] == NEWKEYS)
		p->state = SSH_PREFACE_END;
}

/* uint32 length of the rest, byte length of the padding, payload, padding */
static void
take_packet(struct ssh_preface *p, char c)
{
	struct hd_wire w;
	size_t len, padding;

	hd_str_addn(&p->packet, &c, 1);
	w = hd_wire_of((struct hd_bytes){
	    (const unsigned char *)p->packet.ptr, p->packet.len });
	len = hd_wire_u32(&w);
	padding = hd_wire_byte(&w);
	if (w.bad)
		return;
	if (len > PACKET_MAX - 4 || len < padding + 2) {
		p->state = SSH_PREFACE_END;
		return;
	}
	if (p->packet.len < 4 + len)
		return;
	take_payload(p, w.p, len - 1 - padding);
	p->packet.len = 0;
}

void
ssh_preface_take(struct ssh_preface *p, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n && p->state != SSH_PREFACE_END; i++) {
		if (p->state == SSH_PREFACE_LINES)
			take_line(p, (char)data[i]);
		else
			take_packet(p, (char)data[i]);
	}
}

bool
ssh_preface_greeted(const struct ssh_preface *p)
{
	return p->state != SSH_PREFACE_LINES;
}

void
ssh_preface_words(const struct ssh_preface *p, char *out, size_t max)
{
	bool rest = !ssh_preface_greeted(p) && p->nline > 0;

	if (p->bye[0] != '\0') {
		hd_quote(out, max, p->bye, strlen(p->bye));
		return;
	}
	if (ssh_preface_greeted(p))
		return;
	hd_quote(out, max, p->lines, strlen(p->lines));
	if (rest && p->lines[0] != '\0')
		hd_quote(out, max, " ", 1);
	if (rest)
		hd_quote(out, max, p->line, p->nline);
}
