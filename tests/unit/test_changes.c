#include "tests/support/cmocka_all.h"

#include "cmd/changes.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

#define AT "2026-01-31T08:15:00.123Z"
#define UNREACHABLE(name)                                                      \
	{                                                                      \
		.host = name, .result = "unreachable",                         \
		.text = "no answer from " name, .unknown_after = true          \
	}

static const struct hd_report reports[] = {
	{ .host = "web1", .after = "0.2.0", .result = "ok" },
	UNREACHABLE("web2"),
	UNREACHABLE("web3"),
	UNREACHABLE("web4"),
	{ .host = "db", .result = "failed", .text = "the node is down" },
};

static void
change(struct hd_changes *c, const char *host, const char *name,
    const char *before, const char *after)
{
	hd_changes_take(c, &(struct hd_event){ .kind = HD_EV_CHANGE,
			       .host = host,
			       .name = name,
			       .before = before,
			       .after = after });
}

static void
printed(struct hd_changes *c, size_t columns, const char *expect)
{
	struct hd_event pass = { .kind = HD_EV_PASS,
		.reports = reports,
		.nreports = HD_COUNT(reports) };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_true(hd_clock_read(&pass.at, AT));
	hd_changes_print(c, out, &pass, columns);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expect);
	free(text);
}

static void
each_change_has_its_time_and_its_reason(void **state)
{
	struct hd_changes *c = hd_changes_new(false);

	(void)state;
	change(c, "web2", "result", "ok", "unreachable");
	change(c, "web1", "running", "0.1.0", "0.2.0");
	change(c, "web1", "boots", "0.1.0", "0.2.0");
	change(c, "db", "result", "ok", "failed");
	change(c, "db", "running", "0.1.0", NULL);
	printed(c, 0,
	    "2026-01-31T08:15:00Z  web1  running 0.1.0 -> 0.2.0, boots 0.1.0 "
	    "-> 0.2.0\n"
	    "2026-01-31T08:15:00Z  web2  ok -> unreachable: no answer from "
	    "web2\n"
	    "2026-01-31T08:15:00Z  db  ok -> failed, running 0.1.0 -> nothing: "
	    "the node is down\n");
	hd_changes_free(c);
}

static void
hosts_that_changed_in_the_same_way_share_a_line(void **state)
{
	struct hd_changes *c = hd_changes_new(false);

	(void)state;
	change(c, "web2", "result", "ok", "unreachable");
	change(c, "web3", "result", "ok", "unreachable");
	change(c, "web4", "result", "ok", "unreachable");
	printed(c, 0,
	    "2026-01-31T08:15:00Z  web[2-4]  ok -> unreachable: no answer from "
	    "{host}\n");
	hd_changes_free(c);
}

static void
another_reason_is_a_change(void **state)
{
	struct hd_changes *c = hd_changes_new(false);

	(void)state;
	change(c, "db", "reason", "it does not answer", "the node is down");
	change(c, "db", "boots", "0.1.0", "0.2.0");
	change(c, "web1", "reason", "started by hand", NULL);
	printed(c, 0,
	    "2026-01-31T08:15:00Z  web1  still ok; no longer: started by hand\n"
	    "2026-01-31T08:15:00Z  db  boots 0.1.0 -> 0.2.0, still failed: the "
	    "node is down\n");
	hd_changes_free(c);
}

static void
a_change_is_reported_once(void **state)
{
	struct hd_changes *c = hd_changes_new(false);

	(void)state;
	change(c, "db", "result", "ok", "failed");
	printed(
	    c, 0, "2026-01-31T08:15:00Z  db  ok -> failed: the node is down\n");
	printed(c, 0, "");
	change(c, "db", "running", NULL, "0.1.0");
	printed(c, 0, "2026-01-31T08:15:00Z  db  running nothing -> 0.1.0\n");
	hd_changes_free(c);
}

static void
on_a_terminal_it_is_folded_and_coloured(void **state)
{
	struct hd_changes *c = hd_changes_new(true);

	(void)state;
	change(c, "db", "result", "ok", "failed");
	printed(c, 50,
	    "2026-01-31T08:15:00Z  db  ok -> \033[31mfailed\033[0m:\n"
	    "  the node is down\n");
	hd_changes_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_has_its_time_and_its_reason),
		cmocka_unit_test(
		    hosts_that_changed_in_the_same_way_share_a_line),
		cmocka_unit_test(another_reason_is_a_change),
		cmocka_unit_test(a_change_is_reported_once),
		cmocka_unit_test(on_a_terminal_it_is_folded_and_coloured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
