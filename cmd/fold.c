#include "cmd/fold.h"

#include <stdbool.h>
#include <string.h>

void
hd_fold(FILE *out, const char *text, size_t at, size_t indent, size_t columns)
{
	bool first = true;

	for (text += strspn(text, " "); *text != '\0';
	     text += strspn(text, " ")) {
		size_t n = strcspn(text, " ");

		if (!first && at + 1 + n > columns) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		fprintf(out, "%.*s", (int)n, text);
		at += n;
		text += n;
		first = false;
	}
	fputc('\n', out);
}
