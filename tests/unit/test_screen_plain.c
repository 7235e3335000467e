#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/screen_plain.h"
#include "cmd/units.h"

#include <stdlib.h>
#include <string.h>

/* A screen with separate out and err. */
struct shown {
	struct hd_plain *plain;
	char *out, *err;
	size_t nout, nerr;
	FILE *fout, *ferr;
};

static void
show(struct shown *s, struct hd_plain_opts o)
{
	*s = (struct shown){ 0 };
	s->fout = open_memstream(&s->out, &s->nout);
	s->ferr = open_memstream(&s->err, &s->nerr);
	o.out = s->fout;
	o.err = s->ferr;
	s->plain = hd_plain_new(&o);
}

static void
done(struct shown *s)
{
	hd_plain_free(s->plain);
	fclose(s->fout);
	fclose(s->ferr);
	free(s->out);
	free(s->err);
}

static void
send(struct shown *s, struct hd_event ev)
{
	hd_emit(hd_plain_sink(s->plain), ev);
	fflush(s->ferr);
}

static void
step(struct shown *s, const char *host, const char *name, const char *result,
    const char *text)
{
	send(s, (struct hd_event){ .kind = HD_EV_STEP,
		    .host = host,
		    .step = name,
		    .result = result,
		    .text = text,
		    .ms = 2300 });
}

static void
print(struct shown *s, const char *host, const char *text)
{
	send(s, event_output(host, text));
}

#define PLAIN(...) ((struct hd_plain_opts){ __VA_ARGS__ })

static void
an_item_is_shown_even_with_quiet_unless_it_has_no_text(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.quiet = true));
	send(
	    &s, (struct hd_event){
		    .kind = HD_EV_ITEM, .step = "release", .text = "hotcode" });
	send(&s, (struct hd_event){ .kind = HD_EV_ITEM, .step = "module" });
	assert_string_equal(s.out, "hotcode\n");
	done(&s);
}

static void
a_step_is_one_line_when_it_begins_and_one_when_it_ends(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	step(&s, "web1", "install", HD_STEP_BEGIN, "0.2.0");
	step(&s, "web1", "install", HD_STEP_OK, "hot");
	step(&s, NULL, "build", HD_STEP_BEGIN, NULL);
	step(&s, NULL, "build", HD_STEP_OK, NULL);
	assert_string_equal(s.out, "web1  install: 0.2.0 ...\n"
				   "web1  install: ok 2.3s (hot)\n"
				   "build ...\n"
				   "build: ok 2.3s\n");
	assert_string_equal(s.err, "");
	done(&s);
}

static void
the_host_column_is_as_wide_as_the_longest_name_so_far(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	step(&s, "database", "stop", HD_STEP_BEGIN, NULL);
	step(&s, "web1", "stop", HD_STEP_BEGIN, NULL);
	assert_string_equal(s.out, "database  stop ...\n"
				   "web1      stop ...\n");
	done(&s);
}

static void
output_of_hosts_is_shown_only_when_its_step_fails(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	print(&s, "web1", "fine");
	step(&s, "web1", "start", HD_STEP_OK, NULL);
	assert_string_equal(s.out, "web1  start: ok 2.3s\n");
	print(&s, "web1", "bad");
	step(&s, "web1", "start", HD_STEP_FAILED, "exit status 1");
	assert_string_equal(s.out,
	    "web1  start: ok 2.3s\n"
	    "web1  | bad\n"
	    "web1  start: failed after 2.3s: exit status 1\n");
	done(&s);
}

static void
long_output_is_cut_to_its_last_twenty_lines(void **state)
{
	struct shown s;
	char line[32];

	(void)state;
	show(&s, PLAIN(.quiet = true));
	for (int i = 1; i <= 45; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		print(&s, "web1", line);
	}
	step(&s, "web1", "start", HD_STEP_FAILED, NULL);
	assert_memory_equal(s.out, "web1  | line 26\nweb1  | line 27\n", 32);
	assert_non_null(
	    strstr(s.out, "web1  | line 45\nweb1  start: failed after 2.3s\n"));
	done(&s);
}

static void
output_of_this_machine_is_shown_at_once_and_only_once(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	print(&s, NULL, "compiling");
	step(&s, NULL, "build", HD_STEP_FAILED, "exit status 1");
	assert_string_equal(
	    s.out, "| compiling\nbuild: failed after 2.3s: exit status 1\n");
	done(&s);
}

static void
verbose_shows_times_and_output_of_hosts_at_once(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.verbose = true));
	print(&s, "web1", "hello");
	assert_int_equal(s.out[2], ':');
	assert_string_equal(
	    s.out + strlen("08:15:00.123"), "  web1  | hello\n");
	done(&s);
}

static void
quiet_shows_only_errors_and_the_summary(void **state)
{
	static const struct hd_report report = { .host = "web1",
		.result = "failed" };
	struct shown s;

	(void)state;
	show(&s, PLAIN(.quiet = true));
	send(&s, (struct hd_event){ .kind = HD_EV_START, .text = "push" });
	send(
	    &s, (struct hd_event){
		    .kind = HD_EV_PLAN, .host = "web1", .text = "ship 0.2.0" });
	step(&s, "web1", "ship", HD_STEP_BEGIN, NULL);
	step(&s, "web1", "ship", HD_STEP_OK, NULL);
	print(&s, NULL, "compiling");
	send(&s, (struct hd_event){ .kind = HD_EV_NOTE, .text = "by the way" });
	send(&s, (struct hd_event){
		     .kind = HD_EV_HOST, .reports = &report, .nreports = 1 });
	assert_string_equal(s.out, "");
	send(&s, (struct hd_event){
		     .kind = HD_EV_ERROR, .host = "web1", .text = "no route" });
	send(&s, event_summary(3, NULL, 0));
	assert_string_equal(s.err,
	    "web1  error: no route\n"
	    "status 3: a host could not be reached, authenticated or "
	    "verified; nothing changed\n");
	done(&s);
}

static void
an_error_of_the_file_begins_its_line(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	send(&s, (struct hd_event){ .kind = HD_EV_ERROR,
		     .text = "deploy.ini:12: unknown key \"pth\"" });
	assert_string_equal(s.out, "");
	assert_string_equal(s.err, "deploy.ini:12: unknown key \"pth\"\n");
	done(&s);
}

static void
a_step_names_its_version_and_a_host_its_outcome(void **state)
{
	static const struct hd_report report = { .host = "web1",
		.before = "0.1.0",
		.after = "0.2.0",
		.result = "ok",
		.mode = "hot" };
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	send(&s, (struct hd_event){ .kind = HD_EV_STEP,
		     .host = "web1",
		     .step = "install",
		     .after = "0.2.0",
		     .result = HD_STEP_OK });
	send(&s, (struct hd_event){
		     .kind = HD_EV_HOST, .reports = &report, .nreports = 1 });
	assert_string_equal(s.out, "web1  install 0.2.0: ok 0.0s\n"
				   "web1  ok 0.1.0 -> 0.2.0, hot\n");
	done(&s);
}

/* "No node runs" and "unknown" must differ. */
static void
an_outcome_reports_a_node_that_is_known_to_be_down(void **state)
{
	static const struct hd_report reports[] = {
		{ .host = "web1", .result = "ok", .down = true },
		{ .host = "web2",
		    .result = "ok",
		    .before = "0.1.0",
		    .down = true },
		{ .host = "web3", .result = "broken" },
		{ .host = "web4", .result = "broken", .before = "0.1.0" },
	};
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	for (size_t i = 0; i < HD_COUNT(reports); i++)
		send(&s, (struct hd_event){ .kind = HD_EV_HOST,
			     .reports = &reports[i],
			     .nreports = 1 });
	assert_string_equal(s.out, "web1  ok, nothing runs\n"
				   "web2  ok 0.1.0 -> nothing\n"
				   "web3  broken\n"
				   "web4  broken 0.1.0 -> -\n");
	done(&s);
}

static void
the_plan_names_both_versions(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	send(&s, (struct hd_event){ .kind = HD_EV_PLAN,
		     .host = "web1",
		     .before = "0.1.0",
		     .after = "0.2.0",
		     .result = "planned",
		     .text = "unpack 0.2.0, install 0.2.0" });
	assert_string_equal(s.out, "web1  planned 0.1.0 -> 0.2.0: "
				   "unpack 0.2.0, install 0.2.0\n");
	done(&s);
}

static void
the_summary_is_a_table_and_the_status(void **state)
{
	static const struct hd_report reports[] = {
		UPGRADED,
		{ .host = "db1",
		    .before = "0.1.0",
		    .after = "0.1.0",
		    .boots = "0.1.0",
		    .result = "undone",
		    .text = "health failed" },
		{ .host = "web3",
		    .unknown_before = true,
		    .unknown_after = true,
		    .unknown_boots = true,
		    .result = "unreachable" },
		{ .host = "web4",
		    .unknown_after = true,
		    .boots = "0.1.0",
		    .result = "broken" },
		{ .host = "web5", .result = "skipped" },
	};
	struct shown s;

	(void)state;
	show(&s, PLAIN(.quiet = true));
	send(&s, event_summary(1, reports, HD_COUNT(reports)));
	assert_string_equal(s.out,
	    "\n"
	    "host  running         boots  result       mode\n"
	    "web1  0.1.0 -> 0.2.0  0.2.0  ok           hot\n"
	    "db1   0.1.0           0.1.0  undone       -     health failed\n"
	    "web3  ?               ?      unreachable  -\n"
	    "web4  - -> ?          0.1.0  broken       -\n"
	    "web5  -               -      skipped      -\n"
	    "2 versions run: 0.2.0 on web1; 0.1.0 on db1\n"
	    "status 1: failed, or something is wrong: see each host\n");
	done(&s);
}

/* A dry run must not say "done". */
static void
status_0_names_the_meaning_that_applies(void **state)
{
	static const struct {
		const char *a, *b, *words;
	} rows[] = {
		{ "ok", "unchanged", "done and verified" },
		{ "unchanged", "unchanged", "nothing to do" },
		{ "planned", "unchanged",
		    "the plan works; nothing was changed" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_report reports[] = {
			{ .host = "web1", .result = rows[i].a },
			{ .host = "web2", .result = rows[i].b },
		};
		struct hd_event ev = event_summary(0, reports, 2);
		HD_AUTO_STR want = HD_STR_INIT(256);
		struct shown s;

		show(&s, PLAIN(.quiet = true));
		send(&s, ev);
		hd_str_addf(&want, "\nstatus 0: %s\n", rows[i].words);
		assert_non_null(strstr(s.out, want.ptr));
		done(&s);
		ev.plain = true;
		show(&s, PLAIN(.quiet = true));
		send(&s, ev);
		assert_string_equal(s.out, "");
		done(&s);
	}
}

/* "nothing changed" would be wrong if only some hosts were set aside. */
static void
status_3_names_the_meaning_that_applies(void **state)
{
	static const struct {
		const char *a, *b, *words;
	} rows[] = {
		{ "planned", "unreachable",
		    "a host could not be reached, authenticated or verified; "
		    "nothing changed" },
		{ "set aside", "unreachable",
		    "a host could not be reached, authenticated or verified; "
		    "nothing changed" },
		{ "ok", "set aside",
		    "done and verified, except for the hosts that were set "
		    "aside" },
		{ "unchanged", "set aside",
		    "nothing to do, except for the hosts that were set aside" },
		{ "planned", "set aside",
		    "the plan works without the hosts that are set aside; "
		    "nothing was changed" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_report reports[] = {
			{ .host = "web1", .result = rows[i].a },
			{ .host = "web2", .result = rows[i].b, .text = "why" },
		};
		HD_AUTO_STR want = HD_STR_INIT(256);
		struct shown s;

		show(&s, PLAIN(.quiet = true));
		send(&s, event_summary(3, reports, 2));
		hd_str_addf(&want, "  why\nstatus 3: %s\n", rows[i].words);
		assert_non_null(strstr(s.out, want.ptr));
		done(&s);
	}
}

static void
colour_marks_only_good_and_bad_results(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.color = true));
	step(&s, "web1", "stop", HD_STEP_BEGIN, NULL);
	step(&s, "web1", "stop", HD_STEP_OK, NULL);
	step(&s, "web1", "stop", HD_STEP_FAILED, NULL);
	assert_string_equal(s.out,
	    "web1  stop ...\n"
	    "web1  stop: \033[32mok\033[0m 2.3s\n"
	    "web1  stop: \033[31mfailed\033[0m after 2.3s\n");
	done(&s);
}

static void
the_end_of_a_ship_shows_how_much_was_sent(void **state)
{
	struct shown s;
	struct hd_event ev = { .kind = HD_EV_STEP,
		.host = "web1",
		.step = "ship",
		.result = HD_STEP_OK,
		.ms = 2300,
		.sent = 23 * 1024 * 1024,
		.size = 23 * 1024 * 1024 };

	(void)state;
	show(&s, PLAIN(.progress_ms = 5000));
	send(&s, ev);
	ev.sent = 25 * 1024;
	send(&s, ev);
	assert_string_equal(s.out,
	    "web1  ship: ok 2.3s, 23.0 MiB of 23.0 MiB sent at 10.0 MiB/s\n"
	    "web1  ship: ok 2.3s, 25.0 KiB of 23.0 MiB sent\n");
	done(&s);
}

/* The line before the status. */
static void
expect_sent(const struct hd_report *reports, size_t n, const char *wanted)
{
	struct shown s;
	char line[200];

	snprintf(line, sizeof(line), "\n%s\nstatus 0", wanted);
	show(&s, PLAIN(.quiet = true));
	send(&s, event_summary(0, reports, n));
	if (strstr(s.out, line) == NULL)
		fail_msg("\"%s\" is not in: %s", wanted, s.out);
	done(&s);
}

static void
the_summary_adds_up_what_was_sent(void **state)
{
	enum { KIB = 1024, MIB = 1024 * 1024 };
	struct hd_report r[] = {
		{ .host = "web1", .sent = 20 * KIB, .size = 3 * MIB },
		{ .host = "web2", .sent = 28 * KIB, .size = 3 * MIB },
		{ .host = "web3" },
		{ .host = "web4", .sent = 24 * KIB, .size = 3 * MIB },
	};

	(void)state;
	expect_sent(r, 1, "20.0 KiB of 3.0 MiB sent");
	expect_sent(r, 3,
	    "48.0 KiB of 6.0 MiB sent to 2 hosts, at most 28.0 KiB to each");
	r[3].sent = 3 * MIB;
	expect_sent(
	    r, 4, "3.0 MiB of 9.0 MiB sent to 3 hosts, 3.0 MiB of it to web4");
}

static void
a_long_upload_reports_its_progress_now_and_then(void **state)
{
	struct shown s;

	(void)state;
	show(&s, PLAIN(.progress_ms = 0));
	step(&s, "web1", "ship", HD_STEP_BEGIN, NULL);
	send(&s, (struct hd_event){ .kind = HD_EV_PROGRESS,
		     .host = "web1",
		     .step = "ship",
		     .done = 512,
		     .size = 2048 });
	assert_non_null(strstr(s.out, "\nweb1  ship: 512 B of 2.0 KiB"));
	done(&s);
}

static void
units_fit_the_amount(void **state)
{
	char text[HD_UNITS_MAX];

	(void)state;
	hd_units_bytes(text, 0);
	assert_string_equal(text, "0 B");
	hd_units_bytes(text, 1024ull * 1024 * 1024);
	assert_string_equal(text, "1.0 GiB");
	hd_units_bytes(text, UINT64_MAX);
	assert_string_equal(text, "16777216.0 TiB");
	hd_units_ms(text, 41);
	assert_string_equal(text, "0.0s");
	hd_units_ms(text, 125000);
	assert_string_equal(text, "2m05s");
	hd_units_rate(text, 1024, 0);
	assert_string_equal(text, "");
}

static void
open_fold(FILE *out, size_t n, const char *title)
{
	fprintf(out, "%zu{ %s\n", n, title);
}

static void
close_fold(FILE *out, size_t n)
{
	fprintf(out, "}%zu\n", n);
}

static const struct hd_ci braces = { .open = open_fold, .close = close_fold };

static void
phase(struct shown *s, const char *name, const char *text)
{
	send(s, (struct hd_event){
		    .kind = HD_EV_PHASE, .name = name, .text = text });
}

static void
each_phase_is_folded_for_a_system_that_can(void **state)
{
	struct shown s;
	struct hd_report r = UPGRADED;

	(void)state;
	show(&s, PLAIN(.ci = &braces));
	phase(&s, "plan", "lock the hosts and plan");
	send(&s, (struct hd_event){ .kind = HD_EV_NOTE, .text = "2 waves" });
	phase(&s, "wave", "wave 1 of 2");
	phase(&s, "wave", "wave 2 of 2");
	phase(&s, "end", NULL);
	send(&s, (struct hd_event){ .kind = HD_EV_NOTE, .text = "next" });
	send(&s, event_summary(0, &r, 1));
	assert_memory_equal(s.out,
	    "1{ lock the hosts and plan\n2 waves\n}1\n"
	    "2{ wave 1 of 2\n}2\n3{ wave 2 of 2\n}3\nnext\n\nhost",
	    strlen("1{ lock the hosts and plan\n2 waves\n}1\n"
		   "2{ wave 1 of 2\n}2\n3{ wave 2 of 2\n}3\nnext\n\nhost"));
	done(&s);
}

static void
the_summary_is_never_in_a_fold(void **state)
{
	struct shown s;
	struct hd_report r = UPGRADED;

	(void)state;
	show(&s, PLAIN(.ci = &braces));
	phase(&s, "plan", "lock the hosts and plan");
	send(&s, event_summary(4, &r, 1));
	assert_memory_equal(
	    s.out, "1{ lock the hosts and plan\n}1\n\nhost", 35);
	done(&s);
}

static void
without_such_a_system_or_with_quiet_nothing_is_folded(void **state)
{
	const struct hd_plain_opts opts[] = { { 0 },
		{ .ci = &braces, .quiet = true } };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(opts); i++) {
		struct shown s;

		show(&s, opts[i]);
		phase(&s, "plan", "lock the hosts and plan");
		phase(&s, "end", NULL);
		assert_string_equal(s.out, "");
		done(&s);
	}
}

/* Whatever text a host, a file or a release contains. */
static void
no_line_begins_with_a_command_of_github(void **state)
{
	static const char text[] = " ::stop-commands::x";
	static const enum hd_event_kind kinds[] = { HD_EV_START, HD_EV_PLAN,
		HD_EV_NOTE, HD_EV_ERROR, HD_EV_ITEM, HD_EV_FINDING,
		HD_EV_OUTPUT, HD_EV_STEP };
	static const char *const hosts[] = { NULL, "web1" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(kinds) * HD_COUNT(hosts); i++) {
		struct hd_event ev = { .kind = kinds[i / 2],
			.host = hosts[i % 2],
			.step = "build",
			.name = "x",
			.result = HD_STEP_FAILED,
			.text = text,
			.len = sizeof(text) - 1 };
		struct shown s;

		show(&s, PLAIN(.verbose = false));
		print(&s, ev.host, text);
		send(&s, ev);
		send(&s, event_summary(0, NULL, 0));
		for (const char *p = s.out; p != NULL; p = strchr(p, '\n')) {
			p += strspn(p, " \t\n");
			assert_false(p[0] == ':' && p[1] == ':');
		}
		assert_false(s.err[strspn(s.err, " ")] == ':');
		done(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_item_is_shown_even_with_quiet_unless_it_has_no_text),
		cmocka_unit_test(
		    a_step_is_one_line_when_it_begins_and_one_when_it_ends),
		cmocka_unit_test(
		    the_host_column_is_as_wide_as_the_longest_name_so_far),
		cmocka_unit_test(
		    output_of_hosts_is_shown_only_when_its_step_fails),
		cmocka_unit_test(long_output_is_cut_to_its_last_twenty_lines),
		cmocka_unit_test(
		    output_of_this_machine_is_shown_at_once_and_only_once),
		cmocka_unit_test(
		    verbose_shows_times_and_output_of_hosts_at_once),
		cmocka_unit_test(quiet_shows_only_errors_and_the_summary),
		cmocka_unit_test(an_error_of_the_file_begins_its_line),
		cmocka_unit_test(
		    a_step_names_its_version_and_a_host_its_outcome),
		cmocka_unit_test(
		    an_outcome_reports_a_node_that_is_known_to_be_down),
		cmocka_unit_test(the_plan_names_both_versions),
		cmocka_unit_test(the_summary_is_a_table_and_the_status),
		cmocka_unit_test(status_0_names_the_meaning_that_applies),
		cmocka_unit_test(status_3_names_the_meaning_that_applies),
		cmocka_unit_test(colour_marks_only_good_and_bad_results),
		cmocka_unit_test(the_end_of_a_ship_shows_how_much_was_sent),
		cmocka_unit_test(the_summary_adds_up_what_was_sent),
		cmocka_unit_test(
		    a_long_upload_reports_its_progress_now_and_then),
		cmocka_unit_test(units_fit_the_amount),
		cmocka_unit_test(each_phase_is_folded_for_a_system_that_can),
		cmocka_unit_test(the_summary_is_never_in_a_fold),
		cmocka_unit_test(
		    without_such_a_system_or_with_quiet_nothing_is_folded),
		cmocka_unit_test(no_line_begins_with_a_command_of_github),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
