#include "core/base/index.h"
#include "core/inventory/hosts.h"
#include "core/inventory/problem.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct item {
	const struct hd_host *host;
	unsigned line;
	size_t place;        /* position in the file */
	const char *address; /* normalized */
};

/* Keeps equal items in the order of the file. */
static int
by_place(const struct item *a, const struct item *b)
{
	return (a->place > b->place) - (a->place < b->place);
}

/* "::1" for "0:0::1", "web1" for "web1."; the comparison ignores case. */
static const char *
normalize(struct hd_arena *a, const char *address)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr binary;
	size_t n = strlen(address);

	if (inet_pton(AF_INET6, address, &binary) == 1 &&
	    inet_ntop(AF_INET6, &binary, text, sizeof(text)) != NULL)
		return hd_arena_strdup(a, text);
	if (n > 1 && address[n - 1] == '.')
		return hd_arena_strndup(a, address, n - 1);
	return address;
}

static int
compare_names(const struct item *a, const struct item *b)
{
	int order = strcmp(a->host->env_name, b->host->env_name);

	return order != 0 ? order : strcmp(a->host->name, b->host->name);
}

static int
compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

/* With connection = local the address does not matter. */
static int
compare_roots(const struct item *a, const struct item *b)
{
	const struct hd_host *x = a->host, *y = b->host;
	int order =
	    (x->connection > y->connection) - (x->connection < y->connection);

	if (order == 0)
		order = compare_text(x->path, y->path);
	if (order == 0 && x->connection != HD_CONN_LOCAL)
		order = strcasecmp(a->address, b->address);
	if (order == 0 && x->connection != HD_CONN_LOCAL)
		order = (hd_host_port(x) > hd_host_port(y)) -
			(hd_host_port(x) < hd_host_port(y));
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

/* Places already reported: one with ranges can repeat a thousand hosts. */
struct reported {
	struct hd_arena arena;
	struct hd_index places;
};

static bool
reported_before(struct reported *r, const struct item *b)
{
	const char *key =
	    hd_arena_fmt(&r->arena, "%u %s", b->line, b->host->place);

	return (*hd_index_at(&r->places, &r->arena, key))++ > 0;
}

/* The start of a message about a host that deploy.ini does not contain. */
static const char *
place_of(struct reported *r, const struct item *b)
{
	if (b->host->source == NULL)
		return "";
	return hd_arena_fmt(&r->arena, "hosts: %s: ", b->host->place);
}

static void
check_names(struct item *items, size_t n, struct hd_problems *problems)
{
	struct reported reported = { 0 };

	qsort(items, n, sizeof(*items), sort_names);
	for (size_t i = 1; i < n; i++) {
		const struct item *a = &items[i - 1], *b = &items[i];

		if (compare_names(a, b) == 0 && !reported_before(&reported, b))
			hd_problem_add(problems, b->line,
			    "%shost \"%s\" is defined twice (first: %s); "
			    "remove one or give it another NAME",
			    place_of(&reported, b), b->host->name,
			    a->host->place);
	}
	hd_arena_done(&reported.arena);
}

static void
report_root(struct hd_problems *problems, const char *place,
    const struct item *a, const struct item *b)
{
	const struct hd_host *x = a->host, *y = b->host;

	if (strcmp(x->env_name, y->env_name) == 0)
		hd_problem_add(problems, b->line,
		    "%shosts \"%s\" (%s) and \"%s\" have the same address "
		    "and path; remove one or give it another path",
		    place, x->name, x->place, y->name);
	else
		hd_problem_add(problems, b->line,
		    "%shost \"%s\" of [%s] (%s) and \"%s\" of [%s] have the "
		    "same address and path, so each environment would change "
		    "the other; remove one or give it another path (--limit "
		    "selects hosts of an environment)",
		    place, x->name, x->env_name, x->place, y->name,
		    y->env_name);
}

static void
check_roots(struct item *items, size_t n, struct hd_problems *problems)
{
	struct reported reported = { 0 };

	qsort(items, n, sizeof(*items), sort_roots);
	for (size_t i = 1; i < n; i++) {
		const struct item *a = &items[i - 1], *b = &items[i];

		if (b->host->path == NULL || compare_roots(a, b) != 0 ||
		    compare_names(a, b) == 0 || reported_before(&reported, b))
			continue;
		report_root(problems, place_of(&reported, b), a, b);
	}
	hd_arena_done(&reported.arena);
}

void
hd_hosts_check(const struct hd_hosts_load *l)
{
	size_t n = l->written.n;
	HD_AUTO_FREE struct item *items = hd_alloc((n + 1) * sizeof(*items));

	for (size_t i = 0; i < n; i++) {
		const struct hd_written *w = &l->written.v[i];

		items[i] = (struct item){ w->host, w->line, i,
			normalize(l->arena, w->host->address) };
	}
	check_names(items, n, l->problems);
	check_roots(items, n, l->problems);
}
