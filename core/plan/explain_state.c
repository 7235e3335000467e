#include "core/plan/explain_private.h"

#include <stdarg.h>
#include <stdio.h>

enum { TEXT = 2048 };

void
hd_state_why(struct hd_explaining *x, const char *topic, const char *fmt, ...)
{
	char text[TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*HD_PUSH(x->p.words, x->out) =
	    (struct hd_statement){ topic, hd_arena_strdup(x->p.words, text) };
}
