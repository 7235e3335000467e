#include "cmd/fold.h"

#include <stdbool.h>
#include <string.h>

void
hd_fold(FILE *out, const char *text, size_t at, size_t indent, size_t columns)
{
	for (bool first = true; *text != '\0'; first = false) {
		size_t blanks = strspn(text, " ");
		size_t n = strcspn(text + blanks, " ");

		if (!first && at + blanks + n > columns) {
			fprintf(out, "\n%*s%.*s", (int)indent, "", (int)n,
			    text + blanks);
			at = indent + n;
		} else {
			fprintf(out, "%.*s", (int)(blanks + n), text);
			at += blanks + n;
		}
		text += blanks + n;
	}
	fputc('\n', out);
}
