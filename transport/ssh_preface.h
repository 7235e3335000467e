#ifndef HD_SSH_PREFACE_H
#define HD_SSH_PREFACE_H

#include "transport/ssh_kexinit.h"

/*
 * The bytes that a server sends before encryption begins: lines, its greeting
 * ("SSH-2.0-..."), then packets (RFC 4253, 4.2 and 6). libssh2 keeps little of
 * it, so the bytes come here too. Everything is bounded; after the first byte
 * that makes no sense, the rest is ignored.
 */
struct ssh_preface {
	enum { SSH_PREFACE_LINES, SSH_PREFACE_PACKETS, SSH_PREFACE_END } state;
	char line[256];       /* the current one; then the greeting */
	size_t nline;         /* its length; longer ones are cut */
	char lines[512];      /* before the greeting, escaped */
	struct hd_str packet; /* the current one */
	bool offered;
	struct ssh_kexinit offer; /* borrowed from kexinit */
	struct hd_str kexinit;
	/* the payload of SSH_MSG_KEXDH_REPLY, or "": with the host key */
	struct hd_str reply;
	char bye[256]; /* the text of SSH_MSG_DISCONNECT */
};

void ssh_preface_init(struct ssh_preface *p);
void ssh_preface_done(struct ssh_preface *p);
void ssh_preface_take(
    struct ssh_preface *p, const unsigned char *data, size_t n);

/* Whether the greeting has come. */
bool ssh_preface_greeted(const struct ssh_preface *p);
/* Appends the server's own words, escaped, on one line: its reason to
 * disconnect, else the lines in place of its greeting. out has max bytes. */
void ssh_preface_words(const struct ssh_preface *p, char *out, size_t max);

#endif
