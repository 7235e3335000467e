#include "core/inventory/problem.h"

#include <stdarg.h>
#include <stdio.h>

void
hd_problem_add(struct hd_problems *p, unsigned line, const char *fmt, ...)
{
	char text[sizeof(((struct hd_err *)0)->msg)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*HD_PUSH(&p->arena, p) = (struct hd_problem){
		.line = line,
		.text = hd_arena_strdup(&p->arena, text),
	};
}

/* Not qsort(), which may swap problems of the same line. */
static void
merge(struct hd_problem *v, struct hd_problem *tmp, size_t n)
{
	size_t half = n / 2, a = 0, b = half, i = 0;

	if (n < 2)
		return;
	merge(v, tmp, half);
	merge(v + half, tmp, n - half);
	while (a < half && b < n)
		tmp[i++] = v[b].line < v[a].line ? v[b++] : v[a++];
	while (a < half)
		tmp[i++] = v[a++];
	while (b < n)
		tmp[i++] = v[b++];
	for (i = 0; i < n; i++)
		v[i] = tmp[i];
}

void
hd_problems_sort(struct hd_problems *p)
{
	HD_AUTO_FREE struct hd_problem *tmp = hd_alloc(p->n * sizeof(*tmp));

	merge(p->v, tmp, p->n);
}

void
hd_problems_done(struct hd_problems *p)
{
	hd_arena_done(&p->arena);
	*p = (struct hd_problems){ 0 };
}
