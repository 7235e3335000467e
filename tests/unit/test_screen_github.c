#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/screen_github.h"
#include "core/base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { MANY = 40 };

/* The annotations of these events. */
static char *
annotations(const struct hd_event *events, size_t n)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct hd_sink sink = hd_screen_github(out);

	for (size_t i = 0; i < n; i++)
		hd_emit(&sink, events[i]);
	fclose(out);
	return text;
}

static char *
of_summary(int status, const struct hd_report *reports, size_t n)
{
	const struct hd_event ev = event_summary(status, reports, n);

	return annotations(&ev, 1);
}

static void
each_failed_host_has_an_error_and_others_have_none(void **state)
{
	const struct hd_report reports[] = {
		UPGRADED,
		{ .host = "web2",
		    .result = "undone",
		    .text = "verify: 50%, a:b\nundone" },
		{ .host = "web3", .result = "locked", .text = "by ann@ci" },
		{ .host = "web4", .result = "unchanged" },
	};
	HD_AUTO_FREE char *text = of_summary(1, reports, HD_COUNT(reports));

	(void)state;
	assert_string_equal(text,
	    "::error title=web2 undone::verify: 50%25, a:b%0Aundone\n"
	    "::error title=web3 locked::by ann@ci\n");
}

static void
hosts_that_were_left_out_share_a_warning(void **state)
{
	const struct hd_report reports[] = {
		{ .host = "web1", .result = "failed", .text = "no" },
		{ .host = "web2",
		    .result = "skipped",
		    .text = "another host failed" },
		{ .host = "web3",
		    .result = "skipped",
		    .text = "another host failed" },
		{ .host = "db", .result = "set aside", .text = "refused" },
	};
	HD_AUTO_FREE char *text = of_summary(1, reports, HD_COUNT(reports));

	(void)state;
	assert_string_equal(text,
	    "::error title=web1 failed::no\n"
	    "::warning title=web2%2C web3 skipped::another host failed\n"
	    "::warning title=db set aside::refused\n");
}

static void
more_failures_than_github_keeps_share_an_error(void **state)
{
	static char names[MANY][8];
	struct hd_report reports[MANY] = { { 0 } };
	HD_AUTO_FREE char *text = NULL;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "web%zu", i + 1);
		reports[i] = (struct hd_report){ .host = names[i],
			.result = "unreachable",
			.text = "Connection refused" };
	}
	text = of_summary(3, reports, MANY);
	assert_string_equal(
	    text, "::error title=web[1-40] unreachable::Connection refused\n");
}

static void
a_successful_run_has_no_annotations(void **state)
{
	const struct hd_report reports[] = { UPGRADED };
	HD_AUTO_FREE char *text = of_summary(0, reports, 1);

	(void)state;
	assert_string_equal(text, "");
}

static void
a_failed_hook_of_a_good_host_is_a_warning(void **state)
{
	const struct hd_report reports[] = {
		{ .host = "web1",
		    .result = "ok",
		    .text = "hook after_upgrade" },
	};
	HD_AUTO_FREE char *text = of_summary(1, reports, 1);

	(void)state;
	assert_string_equal(
	    text, "::warning title=web1 ok::hook after_upgrade\n");
}

static void
errors_without_a_host_are_annotated_at_once(void **state)
{
	const struct hd_event events[] = {
		{ .kind = HD_EV_ERROR, .text = "deploy.ini:3: no such key" },
		{ .kind = HD_EV_ERROR, .host = "web1", .text = "unreachable" },
		{ .kind = HD_EV_ERROR,
		    .weight = HD_WARN,
		    .text = "web2 was set aside" },
		{ .kind = HD_EV_STEP,
		    .step = "build",
		    .result = HD_STEP_FAILED,
		    .text = "exit status 2" },
		{ .kind = HD_EV_STEP,
		    .host = "web1",
		    .step = "install",
		    .result = HD_STEP_FAILED,
		    .text = "the summary has it" },
		{ .kind = HD_EV_STEP, .step = "pack", .result = HD_STEP_OK },
	};
	HD_AUTO_FREE char *text = annotations(events, HD_COUNT(events));

	(void)state;
	assert_string_equal(text,
	    "::error title=hdeploy::deploy.ini:3: no such key\n"
	    "::warning title=hdeploy::web2 was set aside\n"
	    "::error title=build::exit status 2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_failed_host_has_an_error_and_others_have_none),
		cmocka_unit_test(hosts_that_were_left_out_share_a_warning),
		cmocka_unit_test(
		    more_failures_than_github_keeps_share_an_error),
		cmocka_unit_test(a_successful_run_has_no_annotations),
		cmocka_unit_test(a_failed_hook_of_a_good_host_is_a_warning),
		cmocka_unit_test(errors_without_a_host_are_annotated_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
