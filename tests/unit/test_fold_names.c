#include "tests/support/cmocka_all.h"

#include "core/inventory/fold.h"
#include "core/inventory/load.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *names, *folded; /* joined by blanks */
} rows[] = {
	{ "web1", "web1" },
	{ "web1 web2", "web1 web2" },
	{ "web1 web2 web3", "web[1-3]" },
	{ "db web8 web9 web10 web11", "db web[8-11]" },
	{ "web01 web02 web03", "web[01-03]" },
	{ "web08 web09 web10", "web[08-10]" },
	{ "web98 web99 web100", "web[98-100]" },
	{ "web1.example.com web2.example.com web3.example.com web4.example.com",
	    "web[1-4].example.com" },
	{ "a1 b2 c3", "a1 b2 c3" },
	{ "web3 web2 web1", "web3 web2 web1" },
	{ "web1 web2 web03", "web1 web2 web03" },
	{ "web1 web2 web4 web5 web6 db", "web1 web2 web[4-6] db" },
	{ "10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.[1-3]" },
	{ "a1b1 a1b2 a1b3", "a1b[1-3]" },
	{ "x12345678901 x12345678902 x12345678903",
	    "x12345678901 x12345678902 x12345678903" },
};

static size_t
split(const char **names, char *text)
{
	size_t n = 0;

	for (char *at = text; at != NULL;) {
		names[n++] = at;
		at = strchr(at, ' ');
		if (at != NULL)
			*at++ = '\0';
	}
	return n;
}

static void
numbers_in_a_row_become_a_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_STR out = HD_STR_INIT(1024);
		const char *names[16];
		char text[256];

		memcpy(text, rows[i].names, strlen(rows[i].names) + 1);
		hd_names_fold(&out, names, split(names, text), "", " ");
		assert_string_equal(out.ptr, rows[i].folded);
	}
}

/* --limit reads the folded names as the same hosts. */
static void
limit_reads_it_again(void **state)
{
	static const char ini[] =
	    "[app]\nname = demo\nrelease = r\n[prod]\npath = /srv/x\n"
	    "host = web[01-30].example.com\nhost = db[8-12]\nhost = one\n";
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;
	const struct hd_host **hosts;
	HD_AUTO_STR limit = HD_STR_INIT(1024);
	struct hd_err err = { 0 };
	const char *names[64];
	size_t n;

	(void)state;
	assert_int_equal(
	    hd_inventory_parse(&inv, ini, sizeof(ini) - 1, &problems), 0);
	n = inv->envs.v[0].hosts.n;
	for (size_t i = 0; i < n; i++)
		names[i] = inv->envs.v[0].hosts.v[i].name;
	hd_names_fold(&limit, names + 1, n - 2, "!", ",");
	assert_string_equal(limit.ptr, "!web[02-30].example.com,!db[8-12]");
	assert_hd_ok(
	    hd_inventory_select(&hosts, &n, &inv->envs.v[0], limit.ptr, &err),
	    &err);
	assert_int_equal(n, 2);
	assert_string_equal(hosts[0]->name, "web01.example.com");
	assert_string_equal(hosts[1]->name, "one");
	free(hosts);
	hd_inventory_free(inv);
	hd_problems_done(&problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_in_a_row_become_a_range),
		cmocka_unit_test(limit_reads_it_again),
	};

	return cmocka_run_group_tests_name("fold names", tests, NULL, NULL);
}
