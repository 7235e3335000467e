#include "core/inventory/hosts.h"
#include "core/inventory/problem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct item {
	const struct hd_host *host;
	unsigned line;
};

/* Of equals, the one that was written first comes first. */
static int
by_place(const struct item *a, const struct item *b)
{
	return (a->host > b->host) - (a->host < b->host);
}

static int
compare_names(const struct item *a, const struct item *b)
{
	return strcmp(a->host->name, b->host->name);
}

static int
compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

/* On this machine the address says nothing. */
static int
compare_roots(const struct item *a, const struct item *b)
{
	const struct hd_host *x = a->host, *y = b->host;
	int order =
	    (x->connection > y->connection) - (x->connection < y->connection);

	if (order == 0)
		order = compare_text(x->path, y->path);
	if (order == 0 && x->connection != HD_CONN_LOCAL)
		order = strcasecmp(x->address, y->address);
	if (order == 0 && x->connection != HD_CONN_LOCAL)
		order = (x->port > y->port) - (x->port < y->port);
	return order;
}

static int
sort_names(const void *pa, const void *pb)
{
	int order = compare_names(pa, pb);

	return order != 0 ? order : by_place(pa, pb);
}

static int
sort_roots(const void *pa, const void *pb)
{
	int order = compare_roots(pa, pb);

	return order != 0 ? order : by_place(pa, pb);
}

/* A line with ranges can repeat a thousand hosts: one problem is enough. */
static bool
reported(const struct hd_problems *p, size_t from, unsigned line)
{
	while (from < p->n && p->v[from].line != line)
		from++;
	return from < p->n;
}

static void
check_names(struct item *items, size_t n, struct hd_problems *problems)
{
	size_t from = problems->n;

	qsort(items, n, sizeof(*items), sort_names);
	for (size_t i = 1; i < n; i++) {
		const struct item *a = &items[i - 1], *b = &items[i];

		if (compare_names(a, b) == 0 &&
		    !reported(problems, from, b->line))
			hd_problem_add(problems, b->line,
			    "host \"%s\" is there twice (first: line %u); "
			    "remove one or give it another NAME",
			    b->host->name, a->line);
	}
}

static void
check_roots(struct item *items, size_t n, struct hd_problems *problems)
{
	size_t from = problems->n;

	qsort(items, n, sizeof(*items), sort_roots);
	for (size_t i = 1; i < n; i++) {
		const struct item *a = &items[i - 1], *b = &items[i];

		if (b->host->path == NULL || compare_roots(a, b) != 0 ||
		    compare_names(a, b) == 0 ||
		    reported(problems, from, b->line))
			continue;
		hd_problem_add(problems, b->line,
		    "hosts \"%s\" (line %u) and \"%s\" are the same address "
		    "and path; remove one or give it another path",
		    a->host->name, a->line, b->host->name);
	}
}

void
hd_hosts_check(const struct hd_env *env, const unsigned *lines,
    struct hd_problems *problems)
{
	size_t n = env->hosts.n;
	HD_AUTO_FREE struct item *items = hd_alloc(n * sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = (struct item){ &env->hosts.v[i], lines[i] };
	check_names(items, n, problems);
	check_roots(items, n, problems);
}
