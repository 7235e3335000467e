#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"
#include "tests/support/screen_case.h"

#include "cmd/report.h"
#include "core/base/fs.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = 3000, MAX = 4 * 1024 * 1024 };

/* A log with these events. */
static void
fill(struct hd_run_log *l, const struct hd_event *events, size_t n)
{
	hd_run_log_init(l);
	for (size_t i = 0; i < n; i++)
		hd_run_log_take(l, &events[i]);
}

static const struct hd_event start = { .kind = HD_EV_START,
	.name = "upgrade prod 0.2.0" };

static struct hd_event
summary(int status, const struct hd_report *reports, size_t n)
{
	return event_summary(status, reports, n);
}

static void
the_result_of_a_run_is_one_word(void **state)
{
	static const struct {
		int status;
		const char *result, *word;
	} rows[] = {
		{ 0, "ok", "ok" },
		{ 0, "unchanged", "unchanged" },
		{ 0, "planned", "planned" },
		{ 1, "undone", "failed" },
		{ 2, "ok", "usage" },
		{ 3, "unreachable", "unreachable" },
		{ 4, "refused", "refused" },
		{ 5, "locked", "locked" },
		{ 6, "broken", "broken" },
		{ 7, "failed", "failed" },
		{ 130, "left", "interrupted" },
	};
	struct hd_run_log l;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_report r = { .host = "web1",
			.result = rows[i].result };
		const struct hd_event ev = summary(rows[i].status, &r, 1);

		fill(&l, &ev, 1);
		assert_string_equal(hd_report_word(&l), rows[i].word);
		hd_run_log_done(&l);
	}
	fill(&l, &start, 1);
	assert_string_equal(hd_report_word(&l), "unfinished");
	hd_run_log_done(&l);
}

static void
dotenv_has_the_result_and_counts(void **state)
{
	const struct hd_report reports[] = {
		UPGRADED,
		{ .host = "web2", .result = "undone", .after = "0.1.0" },
		{ .host = "web3", .result = "skipped" },
		{ .host = "web4", .result = "set aside" },
		{ .host = "web5", .result = "locked" },
	};
	const struct hd_event ev = summary(1, reports, HD_COUNT(reports));
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;

	(void)state;
	fill(&l, &ev, 1);
	hd_report_dotenv(&out, &l);
	assert_string_equal(out.ptr, "RESULT=failed\n"
				     "STATUS=1\n"
				     "HOSTS=5\n"
				     "HOSTS_OK=1\n"
				     "HOSTS_UNCHANGED=0\n"
				     "HOSTS_SKIPPED=2\n"
				     "HOSTS_FAILED=2\n"
				     "FAILED=web2,web5\n");
	hd_run_log_done(&l);
}

static void
dotenv_names_the_version_that_all_hosts_run(void **state)
{
	const struct hd_report reports[] = { UPGRADED, UPGRADED };
	const struct hd_event ev = summary(0, reports, 2);
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;

	(void)state;
	fill(&l, &ev, 1);
	hd_report_dotenv(&out, &l);
	assert_non_null(strstr(out.ptr, "FAILED=\nVERSION=0.2.0\n"));
	hd_run_log_done(&l);
}

/* Many failed hosts, all with the same long text. */
static struct hd_report *
many(const char *text)
{
	static char names[MANY][16];
	struct hd_report *reports = hd_alloc(MANY * sizeof(*reports));

	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "web%zu", i + 1);
		reports[i] = (struct hd_report){
			.host = names[i], .result = "failed", .text = text
		};
	}
	return reports;
}

static void
dotenv_stays_within_the_limits_of_gitlab(void **state)
{
	HD_AUTO_FREE struct hd_report *reports = many("no");
	const struct hd_event ev = summary(1, reports, MANY);
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;

	(void)state;
	fill(&l, &ev, 1);
	hd_report_dotenv(&out, &l);
	assert_in_range(out.len, 2000, 5 * 1024 - 1);
	assert_in_range(times_in(out.ptr, "\n"), 8, 20);
	assert_non_null(strstr(out.ptr, ",...\n"));
	hd_run_log_done(&l);
}

static void
a_run_that_has_not_ended_says_so(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;

	(void)state;
	fill(&l, &start, 1);
	hd_report_dotenv(&out, &l);
	assert_memory_equal(out.ptr, "RESULT=unfinished\nSTATUS=unfinished\n",
	    strlen("RESULT=unfinished\nSTATUS=unfinished\n"));
	hd_run_log_done(&l);
}

static void
markdown_has_a_table_and_the_plan(void **state)
{
	const struct hd_report reports[] = {
		{ .host = "web1",
		    .before = "0.1.0",
		    .after = "0.2.0",
		    .result = "ok",
		    .mode = "hot",
		    .ms = 2300 },
		{ .host = "web2",
		    .unknown_before = true,
		    .unknown_after = true,
		    .result = "unreachable",
		    .text = "no route" },
	};
	const struct hd_event events[] = {
		start,
		{ .kind = HD_EV_PLAN,
		    .host = "web1",
		    .result = "planned",
		    .text = "unpack, install" },
		{ .kind = HD_EV_PLAN,
		    .host = "web2",
		    .result = "planned",
		    .text = "unpack, install" },
		{ .kind = HD_EV_ERROR, .text = "1 of 2 hosts" },
		summary(130, reports, 2),
	};
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;

	(void)state;
	fill(&l, events, HD_COUNT(events));
	hd_report_markdown(&out, &l, MAX);
	assert_string_equal(out.ptr,
	    "### upgrade prod 0.2.0\n"
	    "\n"
	    "**interrupted**, status 130: interrupted\n"
	    "\n"
	    "- 1 of 2 hosts\n"
	    "\n"
	    "| host | before | after | result | mode | time | why |\n"
	    "|---|---|---|---|---|---|---|\n"
	    "| web1 | 0.1.0 | 0.2.0 | ok | hot | 2.3s | - |\n"
	    "| web2 | ? | ? | unreachable | - | - | no route |\n"
	    "\n"
	    "<details><summary>Plan</summary>\n"
	    "\n"
	    "| hosts | result | plan |\n"
	    "|---|---|---|\n"
	    "| web1, web2 | planned | unpack, install |\n"
	    "\n"
	    "</details>\n"
	    "\n");
	hd_run_log_done(&l);
}

static void
markdown_of_hosts_is_only_text(void **state)
{
	const struct hd_report r = { .host = "web1",
		.result = "failed",
		.text = "a|b <img src=x> `c` [d](e) *f* _g_ # & @h $i$ !j "
			"http://x ~k~ \\ :l: \xc3\xbc" };
	const struct hd_event ev = summary(1, &r, 1);
	HD_AUTO_STR out = HD_STR_INIT(MAX);
	struct hd_run_log l;
	const char *row;

	(void)state;
	fill(&l, &ev, 1);
	hd_report_markdown(&out, &l, MAX);
	row = strstr(out.ptr, "| web1 |");
	assert_non_null(row);
	assert_string_equal(row,
	    "| web1 | - | - | failed | - | - | a&#124;b "
	    "&#60;img src=x&#62; &#96;c&#96; &#91;d&#93;(e) &#42;f&#42; "
	    "&#95;g&#95; &#35; &#38; &#64;h &#36;i&#36; &#33;j http&#58;//x "
	    "&#126;k&#126; &#92; :l: \xc3\xbc |\n\n");
	hd_run_log_done(&l);
}

static void
markdown_is_cut_to_the_room_that_is_left(void **state)
{
	static const size_t rooms[] = { 100, 3000, 20000, 1024 * 1024 };
	char text[2000] = "";
	HD_AUTO_FREE struct hd_report *reports = NULL;

	(void)state;
	memset(text, '<', sizeof(text) - 1);
	reports = many(text);
	for (size_t i = 0; i < HD_COUNT(rooms); i++) {
		const struct hd_event ev = summary(1, reports, MANY);
		HD_AUTO_STR out = HD_STR_INIT(MAX);
		struct hd_run_log l;

		fill(&l, &ev, 1);
		hd_report_markdown(&out, &l, rooms[i]);
		assert_in_range(out.len, 0, rooms[i]);
		if (rooms[i] > 2048)
			assert_non_null(
			    strstr(out.ptr, "\nThe table is too large: "));
		hd_run_log_done(&l);
	}
}

/* Runs a reporter over these events as a job of GitHub, if github. Returns what
 * it said. */
static char *
report(const struct hd_options *o, bool github, const struct hd_event *events,
    size_t n)
{
	const struct hd_ci *ci;
	struct hd_reporter *r;
	struct hd_err err = { 0 };
	char *said = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&said, &len);

	unsetenv("GITLAB_CI");
	setenv("GITHUB_ACTIONS", github ? "true" : "", 1);
	ci = hd_ci_find();
	unsetenv("GITHUB_ACTIONS");
	r = hd_reporter_new(o, ci);
	assert_int_equal(hd_reporter_begin(r, &err), 0);
	for (size_t i = 0; i < n; i++)
		if (hd_reporter_sink(r) != NULL)
			hd_emit(hd_reporter_sink(r), events[i]);
	hd_reporter_end(r, out);
	hd_reporter_free(r);
	fclose(out);
	return said;
}

static char *
content(const char *path)
{
	HD_AUTO_STR text = HD_STR_INIT(MAX);
	struct hd_err err = { 0 };

	assert_int_equal(hd_fs_read(path, &text, &err), 0);
	return hd_strdup(text.ptr);
}

static const struct hd_report upgraded = UPGRADED;

static void
github_gets_its_files_behind_their_content(void **state)
{
	const struct hd_event events[] = { start, summary(0, &upgraded, 1) };
	const struct hd_options o = { 0 };
	HD_AUTO_FREE char *said = NULL, *output = NULL, *text = NULL;

	folder_write(*state, "output", "before=1\n", 9);
	folder_write(*state, "summary", "before\n", 7);
	setenv("GITHUB_OUTPUT", folder_path(*state, "output"), 1);
	setenv("GITHUB_STEP_SUMMARY", folder_path(*state, "summary"), 1);
	said = report(&o, true, events, HD_COUNT(events));
	assert_string_equal(said, "");
	output = content(folder_path(*state, "output"));
	assert_string_equal(output, "before=1\nresult=ok\nstatus=0\n");
	text = content(folder_path(*state, "summary"));
	assert_memory_equal(text, "before\n### upgrade prod 0.2.0\n", 30);
}

static void
without_github_its_variables_mean_nothing(void **state)
{
	const struct hd_event events[] = { start, summary(0, &upgraded, 1) };
	const struct hd_options o = { 0 };
	HD_AUTO_FREE char *said = NULL, *output = NULL;

	folder_write(*state, "output", "", 0);
	setenv("GITHUB_OUTPUT", folder_path(*state, "output"), 1);
	said = report(&o, false, events, HD_COUNT(events));
	output = content(folder_path(*state, "output"));
	assert_string_equal(output, "");
}

static void
a_runner_file_that_is_a_link_or_a_fifo_is_only_a_warning(void **state)
{
	const struct hd_event events[] = { start, summary(0, &upgraded, 1) };
	const struct hd_options o = { 0 };
	HD_AUTO_FREE char *said = NULL, *text = NULL;

	folder_write(*state, "other", "", 0);
	assert_int_equal(symlink("other", folder_path(*state, "link")), 0);
	assert_int_equal(mkfifo(folder_path(*state, "fifo"), 0600), 0);
	setenv("GITHUB_OUTPUT", folder_path(*state, "link"), 1);
	setenv("GITHUB_STEP_SUMMARY", folder_path(*state, "fifo"), 1);
	said = report(&o, true, events, HD_COUNT(events));
	assert_int_equal(
	    times_in(said, "::warning title=hdeploy::a report is missing: "),
	    2);
	text = content(folder_path(*state, "other"));
	assert_string_equal(text, "");
}

/* Half a line would be the beginning of the next program's line. */
static void
a_runner_file_on_a_full_disk_keeps_its_content(void **state)
{
	const struct hd_event events[] = { start, summary(0, &upgraded, 1) };
	const struct hd_options o = { 0 };
	HD_AUTO_FREE char *said = NULL, *output = NULL;
	struct rlimit old, small;

	folder_write(*state, "output", "before=1\n", 9);
	setenv("GITHUB_OUTPUT", folder_path(*state, "output"), 1);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ 9 + 12, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	said = report(&o, true, events, HD_COUNT(events));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_non_null(strstr(said, "a report is missing: cannot write "));
	output = content(folder_path(*state, "output"));
	assert_string_equal(output, "before=1\n");
}

static void
requested_files_exist_from_the_start(void **state)
{
	const struct hd_options o = { .junit = folder_path(*state, "junit.xml"),
		.dotenv = folder_path(*state, "env") };
	struct hd_reporter *r = hd_reporter_new(&o, NULL);
	HD_AUTO_FREE char *env = NULL, *junit = NULL;
	struct hd_err err = { 0 };

	assert_int_equal(hd_reporter_begin(r, &err), 0);
	env = content(o.dotenv);
	assert_memory_equal(env, "RESULT=unfinished\n", 18);
	junit = content(o.junit);
	assert_non_null(strstr(junit, "type=\"unfinished\""));
	hd_reporter_free(r);
}

static void
a_file_that_cannot_be_written_is_an_error_before_the_run(void **state)
{
	const struct hd_options o = { .junit = folder_path(
					  *state, "none/junit.xml") };
	struct hd_reporter *r = hd_reporter_new(&o, NULL);
	struct hd_err err = { 0 };

	assert_int_equal(hd_reporter_begin(r, &err), -1);
	assert_int_equal(err.code, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "--junit: "));
	hd_reporter_free(r);
}

int
main(void)
{
#define IN_FOLDER(name)                                                        \
	cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_result_of_a_run_is_one_word),
		cmocka_unit_test(dotenv_has_the_result_and_counts),
		cmocka_unit_test(dotenv_names_the_version_that_all_hosts_run),
		cmocka_unit_test(dotenv_stays_within_the_limits_of_gitlab),
		cmocka_unit_test(a_run_that_has_not_ended_says_so),
		cmocka_unit_test(markdown_has_a_table_and_the_plan),
		cmocka_unit_test(markdown_of_hosts_is_only_text),
		cmocka_unit_test(markdown_is_cut_to_the_room_that_is_left),
		IN_FOLDER(github_gets_its_files_behind_their_content),
		IN_FOLDER(without_github_its_variables_mean_nothing),
		IN_FOLDER(
		    a_runner_file_that_is_a_link_or_a_fifo_is_only_a_warning),
		IN_FOLDER(a_runner_file_on_a_full_disk_keeps_its_content),
		IN_FOLDER(requested_files_exist_from_the_start),
		IN_FOLDER(
		    a_file_that_cannot_be_written_is_an_error_before_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
