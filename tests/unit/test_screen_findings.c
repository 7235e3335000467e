/* Findings and verdicts, and the table of a check. */
#include "tests/support/cmocka_all.h"
#include "tests/support/screen_case.h"

#include "cmd/findings.h"
#include "cmd/screen_plain.h"

#include <stdlib.h>
#include <string.h>

struct shown {
	struct hd_plain *plain;
	char *text;
	size_t n;
	FILE *out;
};

static void
show(struct shown *s, bool verbose, bool quiet)
{
	*s = (struct shown){ 0 };
	s->out = open_memstream(&s->text, &s->n);
	s->plain = hd_plain_new(&(struct hd_plain_opts){
	    .out = s->out, .err = s->out, .verbose = verbose, .quiet = quiet });
}

static void
done(struct shown *s)
{
	hd_plain_free(s->plain);
	fclose(s->out);
	free(s->text);
}

static void
send(struct shown *s, struct hd_event ev)
{
	hd_emit(hd_plain_sink(s->plain), ev);
}

static struct hd_event
finding(
    const char *host, const char *weight, const char *name, const char *text)
{
	return (struct hd_event){ .kind = HD_EV_FINDING,
		.host = host,
		.weight = weight,
		.name = name,
		.text = text };
}

static void
send_all(struct shown *s, bool wanted)
{
	struct hd_event events[] = {
		finding("web1", "note", "notes", "a note"),
		finding("web1", "warn", "clock",
		    "web1 is late: `x --limit web1` helps"),
		finding("web2", "warn", "clock",
		    "web2 is late: `x --limit web2` helps"),
		finding("web3", "warn", "clock",
		    "web3 is late: `x --limit web3` helps"),
		finding("db", "warn", "clock", "another text"),
		finding("db", "stop", "glibc", "too old"),
	};

	for (size_t i = 0; i < HD_COUNT(events); i++) {
		events[i].wanted = wanted;
		send(s, events[i]);
	}
}

#define GROUPED                                                                \
	"db stop glibc: too old\n"                                             \
	"web[1-3] warn clock: {host} is late: `x --limit 'web[1-3]'` helps\n"  \
	"db warn clock: another text\n"

static void
the_same_finding_on_many_hosts_is_one_line(void **state)
{
	struct shown s;

	(void)state;
	show(&s, false, false);
	send_all(&s, false);
	hd_plain_hold(s.plain);
	assert_string_equal(s.text, GROUPED);
	hd_plain_hold(s.plain);
	assert_string_equal(s.text, GROUPED);
	done(&s);
}

static void
notes_are_shown_to_those_who_asked(void **state)
{
	struct shown s;

	(void)state;
	show(&s, false, false);
	send_all(&s, true);
	hd_plain_hold(s.plain);
	assert_string_equal(s.text, GROUPED "web1 note notes: a note\n");
	done(&s);
	show(&s, true, false);
	send_all(&s, false);
	hd_plain_hold(s.plain);
	assert_string_equal(s.text, GROUPED "web1 note notes: a note\n");
	done(&s);
}

static void
findings_come_before_the_next_event_and_not_with_quiet(void **state)
{
	const struct hd_event next = { .kind = HD_EV_NOTE,
		.text = "two waves" };
	struct shown s;

	(void)state;
	show(&s, false, false);
	send_all(&s, false);
	send(&s, next);
	assert_string_equal(s.text, GROUPED "two waves\n");
	done(&s);
	show(&s, false, true);
	send_all(&s, true);
	send(&s, next);
	fflush(s.out);
	assert_string_equal(s.text, "");
	done(&s);
}

static void
a_terminal_folds_the_sentence(void **state)
{
	const struct hd_event ev = finding(
	    "web1", "stop", "glibc", "a sentence that does not fit on a line");
	struct hd_finding_list *l = hd_finding_list_new();
	struct shown s;

	(void)state;
	show(&s, false, false);
	hd_finding_list_take(l, &ev);
	hd_finding_list_print(l, s.out,
	    &(struct hd_finding_show){ .columns = 24, .color = true });
	fflush(s.out);
	assert_string_equal(s.text, "web1 \033[31mstop\033[0m glibc:\n"
				    "  a sentence that does\n"
				    "  not fit on a line\n");
	hd_finding_list_free(l);
	done(&s);
}

static void
a_verdict_names_both_versions_and_its_reason(void **state)
{
	struct shown s;

	(void)state;
	show(&s, false, false);
	send(&s, (struct hd_event){ .kind = HD_EV_PROOF,
		     .host = "web1",
		     .before = "0.1.0",
		     .after = "0.2.0",
		     .verdict = "hot, with care",
		     .wanted = true,
		     .text = "2 processes end" });
	send(&s, (struct hd_event){
		     .kind = HD_EV_PROOF, .host = "web2", .verdict = "hot" });
	assert_string_equal(
	    s.text, "web1  hot, with care 0.1.0 -> 0.2.0: 2 processes end\n");
	done(&s);
}

static void
check_table(
    const struct hd_report *reports, size_t n, int status, const char *expected)
{
	struct hd_event ev = event_summary(status, reports, n);
	struct shown s;

	ev.check = true;
	show(&s, false, false);
	send(&s, ev);
	assert_string_equal(s.text, expected);
	done(&s);
}

static void
a_check_ends_with_what_was_found_on_each_host(void **state)
{
	static const struct hd_report reports[] = {
		{ .host = "web1",
		    .after = "0.1.0",
		    .boots = "0.1.0",
		    .result = "ok",
		    .verdict = "hot",
		    .warnings = 1,
		    .notes = 2 },
		{ .host = "db1",
		    .down = true,
		    .result = "refused",
		    .verdict = "cold only",
		    .stops = 1 },
		{ .host = "web3",
		    .unknown_after = true,
		    .unknown_boots = true,
		    .result = "unreachable",
		    .text = "no route" },
	};

	(void)state;
	check_table(reports, 3, 3,
	    "\n"
	    "host  reached  running  boots  findings            verdict\n"
	    "web1  yes      0.1.0    0.1.0  1 warning, 2 notes  hot\n"
	    "db1   yes      -        -      1 stop              cold only\n"
	    "web3  no       ?        ?      -                   -        "
	    "  no route\n"
	    "status 3: a host could not be reached, authenticated or verified; "
	    "nothing changed\n");
}

static void
without_a_version_a_check_has_no_verdicts(void **state)
{
	static const struct hd_report reports[] = {
		{ .host = "web1",
		    .after = "0.1.0",
		    .boots = "0.1.0",
		    .result = "ok" },
	};

	(void)state;
	check_table(reports, 1, 0,
	    "\n"
	    "host  reached  running  boots  findings\n"
	    "web1  yes      0.1.0    0.1.0  -\n"
	    "status 0: nothing would stop a change; nothing was changed\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_finding_on_many_hosts_is_one_line),
		cmocka_unit_test(notes_are_shown_to_those_who_asked),
		cmocka_unit_test(
		    findings_come_before_the_next_event_and_not_with_quiet),
		cmocka_unit_test(a_terminal_folds_the_sentence),
		cmocka_unit_test(a_verdict_names_both_versions_and_its_reason),
		cmocka_unit_test(a_check_ends_with_what_was_found_on_each_host),
		cmocka_unit_test(without_a_version_a_check_has_no_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
