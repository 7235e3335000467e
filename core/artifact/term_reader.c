/* The parts that all readers of terms share. */
#include "core/artifact/term_reader.h"

#include <string.h>

int
hd_term_fail(struct hd_term_reader *r, const char *what)
{
	size_t line = 1;

	for (const char *p = r->start; p < r->at; p++)
		line += *p == '\n';
	return hd_err_set(r->err, HD_ELOCAL, "line %zu: %s", line, what);
}

size_t
hd_term_variable(const char *p, const char *end)
{
	const char *close;

	if (end - p < 4 || p[0] != '$' || p[1] != '{' || p[2] == '}')
		return 0;
	close = memchr(p, '}', (size_t)(end - p));
	return close != NULL ? (size_t)(close - p) + 1 : 0;
}

static void
skip_space(struct hd_term_reader *r)
{
	while (r->at < r->end) {
		size_t n = r->variables == HD_TERM_VARIABLES_EMPTY
			       ? hd_term_variable(r->at, r->end)
			       : 0;

		if (n > 0)
			r->at += n;
		else if (*r->at == '%')
			while (r->at < r->end && *r->at != '\n')
				r->at++;
		else if (strchr(" \t\r\n\f\v", *r->at) != NULL && *r->at != 0)
			r->at++;
		else
			return;
	}
}

bool
hd_term_follows(struct hd_term_reader *r, const char *token)
{
	size_t n = strlen(token);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, token, n) != 0)
		return false;
	r->at += n;
	return true;
}

bool
hd_term_accept(struct hd_term_reader *r, const char *token)
{
	skip_space(r);
	return hd_term_follows(r, token);
}
