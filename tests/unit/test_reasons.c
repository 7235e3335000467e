#define _XOPEN_SOURCE 700 /* open_memstream */
#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/reasons.h"
#include "cmd/screen_summary.h"
#include "core/base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLEET = 40 };

static const struct hd_report five[] = {
	{ .host = "web1",
	    .address = "10.0.0.1",
	    .result = "unreachable",
	    .text = "cannot connect to 10.0.0.1 port 22: no answer" },
	{ .host = "web10",
	    .address = "10.0.0.10",
	    .result = "unreachable",
	    .text = "cannot connect to 10.0.0.10 port 22: no answer" },
	{ .host = "db",
	    .address = "db.example.com",
	    .result = "failed",
	    .text = "down: `hdeploy start prod --limit db` starts it" },
	{ .host = "web3",
	    .address = "10.0.0.3",
	    .result = "failed",
	    .text = "down: `hdeploy start prod --limit web3` starts it" },
	{ .host = "web4",
	    .address = "10.0.0.4",
	    .result = "failed",
	    .text = "down: `hdeploy start prod --limit db` starts it" },
};

static void
reasons_that_differ_only_in_the_host_are_equal(void **state)
{
	struct hd_event ev = event_summary(1, five, HD_COUNT(five));
	struct hd_reasons r;

	(void)state;
	hd_reasons_read(&r, &ev);
	assert_int_equal(r.n, 3);
	assert_string_equal(r.v[0].hosts, "web1, web10");
	assert_string_equal(
	    r.v[0].text, "cannot connect to {host} port 22: no answer");
	assert_string_equal(r.v[1].hosts, "db, web3");
	assert_string_equal(r.v[1].text,
	    "down: `hdeploy start prod --limit db,web3` starts it");
	assert_string_equal(r.v[2].hosts, "web4");
	assert_ptr_equal(r.v[2].text, five[4].text);
	assert_int_equal(r.of[4], 2);
	hd_reasons_done(&r);
}

static void
a_name_inside_a_longer_name_is_not_replaced(void **state)
{
	static const struct hd_report reports[] = {
		{ .host = "web1", .result = "failed", .text = "web1.old fell" },
		{ .host = "web2", .result = "failed", .text = "web2.old fell" },
		{ .host = "a", .result = "failed", .text = "a-b and xa fell" },
		{ .host = "b", .result = "failed", .text = "a-b and xb fell" },
		{ .host = "c", .result = "failed", .text = "c fell" },
		{ .host = "d", .result = "failed", .text = "d fell" },
	};
	struct hd_event ev = event_summary(1, reports, HD_COUNT(reports));
	struct hd_reasons r;

	(void)state;
	hd_reasons_read(&r, &ev);
	assert_int_equal(r.n, 5);
	assert_string_equal(r.v[4].text, "{host} fell");
	hd_reasons_done(&r);
}

/* Many hosts; all but two fail for the same reason. */
static void
make_fleet(
    struct hd_report *reports, char names[FLEET][16], char texts[FLEET][80])
{
	for (int i = 0; i < FLEET; i++) {
		snprintf(names[i], 16, "web%d", i + 1);
		snprintf(texts[i], 80,
		    "cut off: `hdeploy resume prod --limit web%d` ends it",
		    i + 1);
		reports[i] = (struct hd_report){ .host = names[i],
			.address = names[i],
			.before = "0.1.0",
			.after = i < 38 ? "0.1.0" : "0.2.0",
			.boots = "0.1.0",
			.result = i < 38 ? "broken" : "ok",
			.text = i < 38 ? texts[i] : NULL };
	}
}

static void
check_summary(const struct hd_event *ev, size_t columns, const char *end)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	hd_summary_print(out, ev,
	    &(struct hd_summary_opts){ .columns = columns, .wide = true });
	fclose(out);
	assert_int_equal(times_in(text, "cut off"), 1);
	assert_int_equal(times_in(text, "broken\n") +
			     times_in(text, "broken ") +
			     times_in(text, "broken:"),
	    38 + 1); /* the table and the group */
	if (strstr(text, end) == NULL)
		fail_msg("%s", strstr(text, "web40"));
	free(text);
}

static void
a_shared_reason_is_printed_once(void **state)
{
	struct hd_report reports[FLEET] = { 0 };
	char names[FLEET][16], texts[FLEET][80];
	struct hd_event ev = event_summary(6, reports, FLEET);

	(void)state;
	make_fleet(reports, names, texts);
	check_summary(&ev, 0,
	    "\nweb[1-38] broken: cut off: `hdeploy resume prod --limit "
	    "'web[1-38]'` ends it\n\n"
	    "2 versions run: 0.1.0 on 38 hosts; 0.2.0 on web39, web40\n"
	    "40 hosts: 38 broken, 2 ok\n"
	    "status 6: ");
	check_summary(&ev, 40,
	    "\nweb[1-38] broken\n"
	    "  cut off: `hdeploy resume prod --limit\n"
	    "  'web[1-38]'` ends it\n\n"
	    "2 versions run: 0.1.0 on 38 hosts;\n"
	    "  0.2.0 on web39, web40\n"
	    "40 hosts: 38 broken, 2 ok\n"
	    "status 6: ");
}

static char *
table_of(const struct hd_event *ev, bool wide)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	hd_summary_print(out, ev, &(struct hd_summary_opts){ .wide = wide });
	fclose(out);
	return text;
}

static void
equal_rows_of_a_large_fleet_become_one(void **state)
{
	struct hd_report reports[FLEET] = { 0 };
	char names[FLEET][16];
	const struct hd_event ev = event_summary(1, reports, FLEET);
	char *text;

	(void)state;
	for (int i = 0; i < FLEET; i++) {
		snprintf(names[i], sizeof(names[i]), "web%d", i + 1);
		reports[i] = (struct hd_report){ .host = names[i],
			.before = "0.2.0",
			.after = "0.2.0",
			.boots = "0.2.0",
			.result = "ok" };
	}
	reports[6].after = "0.1.0";
	reports[7].result = "failed";
	reports[7].text = "the node is down";
	text = table_of(&ev, false);
	assert_non_null(strstr(text, "\nweb[1-6], web[9-40]  0.2.0 "));
	assert_non_null(strstr(text, "\nweb7                 0.2.0 -> 0.1.0 "));
	assert_non_null(strstr(text,
	    "\nweb8                 0.2.0           0.2.0  failed  "
	    "-     the node is down\n"));
	assert_int_equal(times_in(text, "\nweb"), 3);
	free(text);
	text = table_of(&ev, true);
	assert_int_equal(times_in(text, "\nweb"), FLEET);
	free(text);
}

/* Their names have nothing in common. */
static void
names_that_would_widen_the_table_are_counted(void **state)
{
	struct hd_report reports[FLEET] = { 0 };
	char names[FLEET][16];
	const struct hd_event ev = event_summary(0, reports, FLEET);
	char *text;

	(void)state;
	for (int i = 0; i < FLEET; i++) {
		snprintf(names[i], sizeof(names[i]), "host-%c%c", 'a' + i % 26,
		    'a' + i / 26);
		reports[i] = (struct hd_report){
			.host = names[i], .after = "0.2.0", .result = "ok"
		};
	}
	text = table_of(&ev, false);
	assert_non_null(strstr(text, "\nhost-aa and 39 more  "));
	assert_int_equal(times_in(text, "host-"), 1);
	free(text);
}

static void
few_hosts_of_one_version_need_no_totals(void **state)
{
	static const struct hd_report reports[] = {
		{ .host = "web1", .after = "0.1.0", .result = "ok" },
		{ .host = "web2", .after = "0.1.0", .result = "ok" },
		{ .host = "web3", .result = "unreachable" },
	};
	struct hd_event ev = event_summary(1, reports, HD_COUNT(reports));
	HD_AUTO_ARENA a = { 0 };

	(void)state;
	assert_null(hd_reasons_totals(&a, &ev));
	assert_null(hd_reasons_versions(&a, &ev));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    reasons_that_differ_only_in_the_host_are_equal),
		cmocka_unit_test(a_name_inside_a_longer_name_is_not_replaced),
		cmocka_unit_test(a_shared_reason_is_printed_once),
		cmocka_unit_test(equal_rows_of_a_large_fleet_become_one),
		cmocka_unit_test(names_that_would_widen_the_table_are_counted),
		cmocka_unit_test(few_hosts_of_one_version_need_no_totals),
	};

	return cmocka_run_group_tests_name("reasons", tests, NULL, NULL);
}
