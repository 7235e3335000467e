#include "tests/support/cmocka_all.h"

#include "core/base/str.h"
#include "core/inventory/inventory.h"
#include "core/inventory/load.h"

#include <stdlib.h>
#include <string.h>

static const char text[] = "[app]\nname = hotcode\nrelease = rel\n"
			   "[prod]\npath = /srv/x\nhost = web[1-4]\n"
			   "host = db[08-11] 10.0.0.[8-11]\nhost = [::1]\n";

static int
setup(void **state)
{
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv = NULL;
	int rc = hd_inventory_parse(&inv, text, sizeof(text) - 1, &problems);

	hd_problems_done(&problems);
	*state = inv;
	return rc;
}

static int
teardown(void **state)
{
	hd_inventory_free(*state);
	return 0;
}

static void
assert_selects(void **state, const char *limit, const char *want)
{
	const struct hd_inventory *inv = *state;
	HD_AUTO_FREE const struct hd_host **hosts = NULL;
	HD_AUTO_STR got = HD_STR_INIT(1024);
	struct hd_err err;
	size_t n;

	assert_hd_ok(
	    hd_inventory_select(&hosts, &n, &inv->envs.v[0], limit, &err),
	    &err);
	for (size_t i = 0; i < n; i++)
		hd_str_addf(&got, "%s%s", i > 0 ? " " : "", hosts[i]->name);
	assert_string_equal(got.ptr, want);
}

static void
assert_refused(void **state, const char *limit, const char *want)
{
	const struct hd_inventory *inv = *state;
	const struct hd_host **hosts;
	struct hd_err err;
	size_t n;

	assert_hd_fails(
	    hd_inventory_select(&hosts, &n, &inv->envs.v[0], limit, &err), &err,
	    HD_EUSAGE);
	assert_string_equal(err.msg, want);
}

static void
no_limit_selects_all_hosts(void **state)
{
	assert_selects(
	    state, NULL, "web1 web2 web3 web4 db08 db09 db10 db11 ::1");
}

static void
names_ranges_and_globs_select_in_the_order_of_the_file(void **state)
{
	assert_selects(state, "db10", "db10");
	assert_selects(state, "db10,web2", "web2 db10");
	assert_selects(state, "web[2-3],db[09-10]", "web2 web3 db09 db10");
	assert_selects(state, "web*", "web1 web2 web3 web4");
	assert_selects(state, "?e[ab][14]", "web1 web4");
	assert_selects(state, "::1 , web1", "web1 ::1");
	assert_selects(state, "web2,web2", "web2");
}

static void
an_exclamation_mark_takes_away(void **state)
{
	assert_selects(state, "!web*,!::1", "db08 db09 db10 db11");
	assert_selects(state, "web*,!web[2-3]", "web1 web4");
	assert_selects(state, "web*,!web*,web3", "web3");
	assert_selects(state, " !db*", "web1 web2 web3 web4 ::1");
}

static void
a_word_that_matches_nothing_is_refused_with_the_nearest(void **state)
{
	assert_refused(state, "wbe1",
	    "--limit: \"wbe1\" matches no host of prod; did you mean "
	    "\"web1\"?");
	assert_refused(
	    state, "web1,mail*", "--limit: \"mail*\" matches no host of prod");
	assert_refused(state, "web[3-5]",
	    "--limit: \"web5\" matches no host of prod; did you mean "
	    "\"web1\"?");
	assert_refused(state, "!web9",
	    "--limit: \"web9\" matches no host of prod; did you mean "
	    "\"web1\"?");
	assert_refused(
	    state, "$(id)", "--limit: \"$(id)\" matches no host of prod");
}

static void
a_limit_that_leaves_nothing_is_refused(void **state)
{
	static const char empty[] =
	    "--limit: empty word; separate names with single commas";

	assert_refused(state, "!*", "--limit !* selects no host");
	assert_refused(
	    state, "web1,!web1", "--limit web1,!web1 selects no host");
	assert_refused(state, "", empty);
	assert_refused(state, "web1,,web2", empty);
	assert_refused(state, "web1,", empty);
	assert_refused(state, "!", empty);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_limit_selects_all_hosts),
		cmocka_unit_test(
		    names_ranges_and_globs_select_in_the_order_of_the_file),
		cmocka_unit_test(an_exclamation_mark_takes_away),
		cmocka_unit_test(
		    a_word_that_matches_nothing_is_refused_with_the_nearest),
		cmocka_unit_test(a_limit_that_leaves_nothing_is_refused),
	};

	return cmocka_run_group_tests_name(
	    "inventory_limit", tests, setup, teardown);
}
