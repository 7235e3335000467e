#include "cmd/sanitize.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ESC = 0x1b, BEL = 0x07, ST = 0x9c, ROOM = 16 };

/* Length of the UTF-8 character at p, 0 if it is not valid (RFC 3629: no
 * surrogates, no overlong forms). */
static size_t
decode(const unsigned char *p, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = p[0] < 0x80   ? 1
		     : p[0] < 0xc0 ? 0
		     : p[0] < 0xe0 ? 2
		     : p[0] < 0xf0 ? 3
		     : p[0] < 0xf8 ? 4
				   : 0;

	if (len == 0 || len > n)
		return 0;
	*code = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < least[len] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

static size_t
while_between(const unsigned char *p, size_t n, unsigned lo, unsigned hi)
{
	size_t i = 0;

	while (i < n && p[i] >= lo && p[i] <= hi)
		i++;
	return i;
}

/* Length of "parameters final" after CSI (ECMA-48, 5.4). Any other character
 * ends the sequence before it. */
static size_t
parameters(const unsigned char *p, size_t n)
{
	size_t i = while_between(p, n, 0x20, 0x3f);

	return i + (i < n && p[i] >= 0x40 && p[i] <= 0x7e);
}

/* Length of a string with its terminator (ST, or BEL as in xterm); 0 if it has
 * none: then only its opener is removed and its text is shown. */
static size_t
string(const unsigned char *p, size_t n)
{
	uint32_t code;

	for (size_t i = 0, len; i < n; i += len) {
		len = decode(p + i, n - i, &code);
		if (len == 0) {
			len = 1;
			code = p[i];
		}
		if (code == BEL || code == ST)
			return i + len;
		if (code == ESC && i + 1 < n && p[i + 1] == '\\')
			return i + 2;
	}
	return 0;
}

/* The opener of a control sequence, as the character after ESC in its 7-bit
 * form: "[" for CSI. *len: its length. 0: no opener. */
static unsigned
opener(const unsigned char *p, size_t n, size_t *len)
{
	*len = 2;
	if (p[0] == ESC)
		return n > 1 && p[1] >= 0x20 && p[1] <= 0x7e ? p[1] : 0;
	if (p[0] == 0xc2 && n > 1 && p[1] >= 0x80 && p[1] <= 0x9f)
		return p[1] - 0x40u;
	*len = 1;
	return p[0] >= 0x80 && p[0] <= 0x9f ? p[0] - 0x40u : 0;
}

/* Length of the control sequence at p, 0 if there is none. *endless: no string
 * ends after p, so that the rest is searched only once. */
static size_t
control_sequence(const unsigned char *p, size_t n, bool *endless)
{
	size_t len, rest;
	unsigned what = opener(p, n, &len);

	if (what == 0)
		return 0;
	if (what == '[')
		return len + parameters(p + len, n - len);
	if (strchr("]PX^_", (int)what) != NULL) {
		rest = *endless ? 0 : string(p + len, n - len);
		*endless = rest == 0;
		return len + rest;
	}
	if (p[0] != ESC)
		return 0; /* a C1 control alone: escaped by the caller */
	if (what > 0x2f)
		return len;
	rest = while_between(p + 1, n - 1, 0x20, 0x2f);
	return 1 + rest +
	       (1 + rest < n && p[1 + rest] >= 0x30 && p[1 + rest] <= 0x7e);
}

static bool
hidden(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x80, 0x9f },       /* C1 */
		{ 0x61c, 0x61c },     /* Arabic letter mark */
		{ 0x200b, 0x200b },   /* zero width space */
		{ 0x200e, 0x200f },   /* left-to-right, right-to-left marks */
		{ 0x2028, 0x202e },   /* separators, embeddings, overrides */
		{ 0x2060, 0x206f },   /* invisible, isolates */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xe0000, 0xe0fff }, /* tags */
	};

	for (size_t i = 0; i < HD_COUNT(ranges); i++) {
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	}
	return false;
}

/* The place in out after the last character before i that is ASCII. A runner
 * that compares by the rules of a language skips invisible characters. */
static size_t
after_ascii(const struct hd_str *out, size_t start, size_t i)
{
	while (i > start && (unsigned char)out->ptr[i - 1] >= 0x80)
		i--;
	return i;
}

static bool
is_before(
    const struct hd_str *out, size_t start, size_t i, char first, char last)
{
	return i > start && out->ptr[i - 1] >= first && out->ptr[i - 1] <= last;
}

/* Whether "[" would complete "##[" or "##word[" at the end of out. Linear in
 * all: no "[" is in the part that is read. */
static bool
opens_command(const struct hd_str *out, size_t start)
{
	size_t i = after_ascii(out, start, out->len);

	while (is_before(out, start, i, 'a', 'z'))
		i = after_ascii(out, start, i - 1);
	if (!is_before(out, start, i, '#', '#'))
		return false;
	i = after_ascii(out, start, i - 1);
	return is_before(out, start, i, '#', '#');
}

/* Writes one character, escaped if necessary, as at most ROOM bytes. */
static void
show(char out[static ROOM], const unsigned char *p, size_t len, uint32_t code)
{
	if (len == 0)
		snprintf(out, ROOM, "\xef\xbf\xbd");
	else if (code == '\n' || code == '\r')
		snprintf(out, ROOM, "%s", code == '\n' ? "\\n" : "\\r");
	else if ((code < 0x20 && code != '\t') || code == 0x7f)
		snprintf(out, ROOM, "\\x%02x", (unsigned)code);
	else if (hidden(code))
		snprintf(out, ROOM, "\\u%04x", (unsigned)code);
	else
		snprintf(out, ROOM, "%.*s", (int)len, (const char *)p);
}

void
hd_sanitize(struct hd_str *out, const char *text, size_t n, size_t max)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t start = out->len;
	bool endless = false;

	while (n > 0) {
		char shown[ROOM];
		uint32_t code = 0;
		size_t len = control_sequence(p, n, &endless);

		if (len == 0) {
			len = decode(p, n, &code);
			show(shown, p, len, code);
			if (code == '[' && opens_command(out, start))
				snprintf(shown, ROOM, "\\x5b");
			if (out->len - start + strlen(shown) > max) {
				hd_str_addf(out, " ...(%zu more byte%s)", n,
				    n == 1 ? "" : "s");
				return;
			}
			hd_str_add(out, shown);
			len = len > 0 ? len : 1;
		}
		p += len;
		n -= len;
	}
}
