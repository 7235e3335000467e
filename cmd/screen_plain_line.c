#include "cmd/screen_plain_line.h"

#include "cmd/result_words.h"
#include "core/base/clock.h"

#include <string.h>

enum { HOST_WIDTH_MAX = 32 };

void
hd_plain_begin(struct hd_plain *p, FILE *out, const char *host)
{
	char now[32];
	int n = host != NULL ? (int)strlen(host) : 0;

	if (p->o.verbose) {
		hd_clock_stamp(now);
		fprintf(out, "%.12s  ", now + strlen("2026-01-31T"));
	}
	if (host == NULL)
		return;
	if (n > p->width)
		p->width = n < HOST_WIDTH_MAX ? n : HOST_WIDTH_MAX;
	fprintf(out, "%-*s  ", p->width, host);
}

void
hd_plain_word(struct hd_plain *p, FILE *out, const char *word)
{
	fprintf(out, "%s%s%s", hd_color_of(word, p->o.color), word,
	    hd_color_end(word, p->o.color));
}

void
hd_plain_text(
    FILE *out, const char *before, const char *text, const char *after)
{
	if (text != NULL && *text != '\0')
		fprintf(out, "%s%s%s", before, text, after);
}
