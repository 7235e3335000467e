#include "tests/support/cmocka_all.h"

#include "cmd/past_groups.h"

#include <string.h>

/* 2026-01-31T08:15:00.000Z */
#define T0 1769847300000ll

#define UPGRADE(when, duration)                                                \
	{                                                                      \
		.run = "r1", .command = "upgrade", .from = "0.1.0",            \
		.to = "0.2.0", .result = "ok", .mode = "hot",                  \
		.who = "ann@laptop", .time = "2026-01-31T08:15:" when,         \
		.ms = (duration)                                               \
	}

static void
add(struct hd_past_groups *g, const char *host, struct hd_past past)
{
	hd_past_groups_add(g, host, &past);
}

static void
equal_changes_of_one_run_are_a_group(void **state)
{
	static const char *const hosts[] = { "web1", "web2", "web3" };
	struct hd_past_groups g = { 0 };

	(void)state;
	add(&g, "web1", (struct hd_past)UPGRADE("09.000Z", 300));
	add(&g, "web2", (struct hd_past)UPGRADE("07.500Z", 200));
	add(&g, "web3", (struct hd_past)UPGRADE("08.000Z", 0));
	assert_int_equal(g.n, 1);
	assert_int_equal(g.changes, 3);
	assert_int_equal(g.v[0].hosts.n, 3);
	for (size_t i = 0; i < HD_COUNT(hosts); i++)
		assert_string_equal(g.v[0].hosts.v[i], hosts[i]);
	assert_int_equal(g.v[0].first, T0 + 7500);
	assert_int_equal(g.v[0].last, T0 + 9000);
	assert_int_equal(g.v[0].least, 200);
	assert_int_equal(g.v[0].most, 300);
	hd_past_groups_done(&g);
}

static void
changes_that_differ_are_groups_of_their_own(void **state)
{
	const struct hd_past same = UPGRADE("09.000Z", 300);
	struct hd_past other[] = { same, same, same, same, same, same, same,
		same, same };
	struct hd_past_groups g = { 0 };

	(void)state;
	other[0].run = "r2";
	other[1].command = "rollback";
	other[2].from = "0.0.1";
	other[3].to = "0.3.0";
	other[4].result = "undone";
	other[5].mode = NULL;
	other[6].who = "bob@laptop";
	other[7].job = "https://ci.example/1";
	other[8].run = NULL;
	add(&g, "web1", same);
	for (size_t i = 0; i < HD_COUNT(other); i++)
		add(&g, "web2", other[i]);
	add(&g, "web3", other[8]);
	assert_int_equal(g.n, HD_COUNT(other) + 2);
	hd_past_groups_done(&g);
}

static void
a_host_is_in_a_group_once(void **state)
{
	const struct hd_past same = UPGRADE("09.000Z", 300);
	struct hd_past_groups g = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		add(&g, "web1", same);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.changes, 3);
	hd_past_groups_done(&g);
}

static void
the_newest_group_is_the_first(void **state)
{
	static const char *const order[] = { "e", "b", "a", "d", "c" };
	struct hd_past_groups g = { 0 };

	(void)state;
	add(&g, "web1",
	    (struct hd_past){ .to = "a", .time = "2026-01-31T08:15:00.123Z" });
	add(&g, "web1",
	    (struct hd_past){ .to = "b", .time = "2026-01-31T08:15:00.123Z" });
	add(&g, "web1", (struct hd_past){ .to = "c" });
	add(&g, "web1", (struct hd_past){ .to = "d", .time = "yesterday" });
	/* as a host writes it */
	add(&g, "web2",
	    (struct hd_past){ .to = "e", .time = "2026-01-31T08:15:01Z" });
	hd_past_groups_sort(&g);
	for (size_t i = 0; i < HD_COUNT(order); i++)
		assert_string_equal(g.v[i].past.to, order[i]);
	assert_int_equal(g.v[0].last, T0 + 1000);
	assert_int_equal(g.v[3].last, 0);
	hd_past_groups_done(&g);
}

static void
groups_copy_their_texts_and_know_their_hosts(void **state)
{
	char host[] = "web1", to[] = "0.2.0";
	struct hd_past_groups g = { 0 };

	(void)state;
	hd_past_groups_sort(&g);
	assert_false(hd_past_groups_have(&g, "web1"));
	add(&g, host, (struct hd_past){ .to = to, .run = "r1" });
	memset(host, 'x', 4);
	memset(to, 'x', 5);
	assert_true(hd_past_groups_have(&g, "web1"));
	assert_false(hd_past_groups_have(&g, "web2"));
	assert_string_equal(g.v[0].past.to, "0.2.0");
	assert_string_equal(g.v[0].hosts.v[0], "web1");
	hd_past_groups_done(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_changes_of_one_run_are_a_group),
		cmocka_unit_test(changes_that_differ_are_groups_of_their_own),
		cmocka_unit_test(a_host_is_in_a_group_once),
		cmocka_unit_test(the_newest_group_is_the_first),
		cmocka_unit_test(groups_copy_their_texts_and_know_their_hosts),
	};

	return cmocka_run_group_tests_name("past_groups", tests, NULL, NULL);
}
