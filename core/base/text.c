#include "core/base/text.h"

#include <stdint.h>
#include <string.h>

/* UTF-8 by the lead byte. */
static const struct {
	unsigned char mask, lead;
	size_t more;
	uint32_t least; /* smaller values have a shorter form */
} forms[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

/* The length of the character at p; 0 if it is malformed. */
static size_t
decode(const unsigned char *p, size_t n, uint32_t *c)
{
	size_t f = 0;

	while (f < HD_COUNT(forms) && (*p & forms[f].mask) != forms[f].lead)
		f++;
	if (f == HD_COUNT(forms) || forms[f].more >= n)
		return 0;
	*c = *p & (unsigned char)~forms[f].mask;
	for (size_t i = 1; i <= forms[f].more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < forms[f].least || *c > 0x10ffff ||
	    (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return forms[f].more + 1;
}

bool
hd_text_utf8(const char *p, size_t n)
{
	uint32_t c;

	for (size_t i = 0, step; i < n; i += step) {
		step = decode((const unsigned char *)p + i, n - i, &c);
		if (step == 0)
			return false;
	}
	return true;
}

bool
hd_text_printable(const char *p, size_t n)
{
	uint32_t c = 0;

	for (size_t i = 0, step; i < n; i += step) {
		step = decode((const unsigned char *)p + i, n - i, &c);
		if (step == 0 || (c < 0x20 && c != '\t') ||
		    (c >= 0x7f && c < 0xa0))
			return false;
	}
	return true;
}

const char *
hd_text_replace(
    struct hd_arena *a, const char *text, const char *word, const char *with)
{
	size_t nword = strlen(word), nwith = strlen(with), n = 0;
	const char *at = text, *found;
	char *out, *to;

	while ((found = strstr(at, word)) != NULL) {
		n++;
		at = found + nword;
	}
	if (n == 0)
		return text;
	out = to = hd_arena_alloc(a, strlen(text) + n * nwith + 1);
	for (at = text; (found = strstr(at, word)) != NULL;
	     at = found + nword) {
		memcpy(to, at, (size_t)(found - at));
		to += found - at;
		memcpy(to, with, nwith);
		to += nwith;
	}
	memcpy(to, at, strlen(at) + 1);
	return out;
}

bool
hd_text_braces(const char *text, const char *word)
{
	for (text += strcspn(text, "{}"); *text != '\0';
	     text += strcspn(text, "{}")) {
		if (strncmp(text, word, strlen(word)) != 0)
			return false;
		text += strlen(word);
	}
	return true;
}

bool
hd_text_listed(const struct hd_strs *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], text) == 0)
			return true;
	return false;
}
