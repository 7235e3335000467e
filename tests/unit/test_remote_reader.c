#include "tests/support/cmocka_all.h"

#include "core/base/str.h"
#include "core/remote/reader.h"
#include "core/remote/remote.h"

#include <string.h>

struct reading {
	struct hd_reply reply;
	struct hd_reader reader;
	struct hd_str output;
	struct hd_err err;
};

static void
collect(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	assert_int_equal(stream, HD_STDOUT);
	hd_str_addn(ctx, text, len);
}

static int
begin(void **state)
{
	static struct reading r;

	r = (struct reading){ .output = HD_STR_INIT(65536) };
	r.reader = (struct hd_reader){
		.nonce = "n1", .reply = &r.reply, .out = collect
	};
	r.reader.ctx = &r.output;
	*state = &r;
	return 0;
}

static int
end(void **state)
{
	struct reading *r = *state;

	hd_reply_done(&r->reply);
	hd_str_done(&r->output);
	return 0;
}

static void
feed(struct reading *r, const char *text)
{
	hd_reader_take(&r->reader, HD_STDOUT, text, strlen(text));
}

static const char whole[] = "Welcome to web1!\nhdeploy-begin n1\nkey value 1\n"
			    "| some output\nkey two\nbare \n"
			    "hdeploy-end n1 3\nlogout\n";

static void
check_whole(struct reading *r)
{
	assert_hd_ok(hd_reader_end(&r->reader, 0, &r->err), &r->err);
	assert_int_equal(r->reply.status, 3);
	assert_int_equal(r->reply.facts.n, 3);
	assert_string_equal(hd_reply_get(&r->reply, "key"), "value 1");
	assert_string_equal(r->reply.facts.v[1].value, "two");
	assert_string_equal(hd_reply_get(&r->reply, "bare"), "");
	assert_null(hd_reply_get(&r->reply, "other"));
	assert_string_equal(r->output.ptr, "some output\n");
}

static void
an_answer_is_between_its_begin_and_end_lines(void **state)
{
	feed(*state, whole);
	check_whole(*state);
}

static void
an_answer_may_come_byte_by_byte(void **state)
{
	struct reading *r = *state;

	for (size_t i = 0; whole[i] != '\0'; i++)
		hd_reader_take(&r->reader, HD_STDOUT, whole + i, 1);
	check_whole(r);
}

static void
a_begin_line_with_another_nonce_is_ignored(void **state)
{
	struct reading *r = *state;

	feed(r, "hdeploy-begin n2\nkey value\nhdeploy-end n2 0\n");
	assert_hd_fails(
	    hd_reader_end(&r->reader, 0, &r->err), &r->err, HD_EREMOTE);
	assert_non_null(strstr(r->err.msg, "hdeploy-end n2 0"));
}

static void
a_missing_end_line_is_an_error_that_quotes_the_host(void **state)
{
	struct reading *r = *state;

	feed(r, "hdeploy-begin n1\nkey value\nhdeploy-end n1 0");
	hd_reader_take(&r->reader, HD_STDERR, "\nx\ny\nsudo: no\n", 13);
	assert_hd_fails(
	    hd_reader_end(&r->reader, 1, &r->err), &r->err, HD_EREMOTE);
	assert_string_equal(r->err.msg,
	    "the shell on the host ended before the script "
	    "(exit status 1): x; sudo: no");
}

/* The files of a login shell print to stderr too, before and after the script,
 * and sometimes without a line break. */
static void
what_a_login_says_is_no_message_of_the_script(void **state)
{
	static const char noise[] = "warn: disk\nhdeploy-errors n2\n"
				    "no line break\nhdeploy-errors n1\n";
	static const char after[] = "\nhdeploy-errors n1\nbye\n";
	static const struct {
		const char *script, *errors;
	} cases[] = {
		{ "", "" },
		{ "tar: no such file\n", "tar: no such file\n" },
		{ "hdeploy-errors n2\n", "hdeploy-errors n2\n" },
	};

	for (size_t i = 0; i < 2 * HD_COUNT(cases); i++) {
		const char *script = cases[i / 2].script;
		const char *const texts[] = { noise, script, after };
		struct reading *r = *state;

		begin(state);
		for (size_t k = 0; k < HD_COUNT(texts); k++) {
			size_t step = i % 2 ? 1 : strlen(texts[k]);

			for (size_t n = 0; n < strlen(texts[k]); n += step)
				hd_reader_take(
				    &r->reader, HD_STDERR, texts[k] + n, step);
		}
		feed(r, whole);
		check_whole(r);
		assert_string_equal(r->reply.errors, cases[i / 2].errors);
		end(state);
	}
}

static void
the_mark_in_much_noise_is_found(void **state)
{
	static char text[100000];
	struct reading *r = *state;

	memset(text, 'a', sizeof(text) - 1);
	memcpy(text + 50000, "\nhdeploy-errors n1\n", 19);
	memcpy(text + 99000, "\nhdeploy-errors n1\n", 19);
	memcpy(text + 98000, "\n\0\n", 3);
	hd_reader_take(&r->reader, HD_STDERR, text, sizeof(text) - 1);
	feed(r, whole);
	check_whole(r);
	assert_in_range(strlen(r->reply.errors), 1024, 2047);
	assert_non_null(strstr(r->reply.errors, "\n?\n"));
}

static void
one_stream_for_both_is_understood(void **state)
{
	struct reading *r = *state;

	feed(r, "hdeploy-begin n1\n\nhdeploy-errors n1\nkey value\n\n"
		"hdeploy-errors n1\n\nhdeploy-end n1 3\n");
	assert_hd_ok(hd_reader_end(&r->reader, 0, &r->err), &r->err);
	assert_int_equal(r->reply.status, 3);
	assert_int_equal(r->reply.facts.n, 1);
}

static void
a_login_that_runs_no_script_is_told_in_its_own_words(void **state)
{
	static const struct {
		const char *out, *err;
		int status;
		const char *text;
	} rows[] = {
		{ "This service allows sftp connections only.\n", "", 1,
		    " (exit status 1): the server allows only SFTP for this "
		    "user (internal-sftp as ForceCommand, or as command= in "
		    "authorized_keys); it printed: This service allows sftp "
		    "connections only." },
		{ "This account is currently not available.\n",
		    "warn: disk\r\n", 1,
		    " (exit status 1): this user's login shell is nologin; it "
		    "said: warn: disk; it printed: This account is currently "
		    "not available." },
		{ "", "rbash: line 1: exec: restricted\n", 1,
		    " (exit status 1): this user's login shell is restricted, "
		    "as rbash is, and cannot run /bin/sh; it said: rbash: "
		    "line 1: exec: restricted" },
		{ "", "", 1, " (exit status 1) and printed nothing" },
		{ "", "", -1, " (no exit status) and printed nothing" },
		{ "Hello\nchoose:\n\033[1m1) backup", "", 0,
		    " (exit status 0); it printed: Hello;  [1m1) backup" },
		{ "", "a\nb\nc\n", 127, " (exit status 127): a; c" },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct reading *r = *state;

		begin(state);
		feed(r, rows[i].out);
		hd_reader_take(
		    &r->reader, HD_STDERR, rows[i].err, strlen(rows[i].err));
		assert_hd_fails(
		    hd_reader_end(&r->reader, rows[i].status, &r->err), &r->err,
		    HD_EREMOTE);
		assert_int_equal(
		    strncmp(r->err.msg, HD_NOT_RUN, strlen(HD_NOT_RUN)), 0);
		assert_string_equal(
		    r->err.msg + strlen(HD_NOT_RUN), rows[i].text);
		end(state);
	}
}

static void
endless_words_of_a_login_are_bounded(void **state)
{
	struct reading *r = *state;
	char line[3000];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 100; i++) {
		feed(r, line);
		feed(r, i % 2 != 0 ? "\n" : "");
		hd_reader_take(&r->reader, HD_STDERR, line, strlen(line));
		hd_reader_take(&r->reader, HD_STDERR, "\n", 1);
	}
	assert_hd_fails(
	    hd_reader_end(&r->reader, 1, &r->err), &r->err, HD_EREMOTE);
	assert_in_range(strlen(r->err.msg), 800, 1023);
}

static void
an_answer_is_complete_once_its_whole_end_line_has_come(void **state)
{
	struct reading *r = *state;

	feed(r, "hdeploy-begin n1\nkey value\nhdeploy-end n2 0\n");
	feed(r, "| hdeploy-end n1 0\nhdeploy-end n1 0");
	assert_false(r->reader.complete);
	feed(r, "\n");
	assert_true(r->reader.complete);
}

static void
an_end_line_without_a_status_is_refused(void **state)
{
	static const char *const ends[] = { "", "x", "-1", "256", "1 2" };

	for (size_t i = 0; i < HD_COUNT(ends); i++) {
		struct reading *r = *state;

		begin(state);
		feed(r, "hdeploy-begin n1\nhdeploy-end n1 ");
		feed(r, ends[i]);
		feed(r, "\n");
		assert_hd_fails(
		    hd_reader_end(&r->reader, 0, &r->err), &r->err, HD_EREMOTE);
		end(state);
	}
}

static void
output_lines_have_no_limit_but_answers_do(void **state)
{
	struct reading *r = *state;
	char big[10001];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	feed(r, "hdeploy-begin n1\n| ");
	feed(r, big);
	feed(r, "\n");
	assert_int_equal(r->output.len, sizeof(big));
	assert_null(r->reader.bad);
	feed(r, "key ");
	feed(r, big);
	feed(r, "\nhdeploy-end n1 0\n");
	assert_hd_fails(
	    hd_reader_end(&r->reader, 0, &r->err), &r->err, HD_EREMOTE);
	assert_non_null(strstr(r->err.msg, "4 KiB"));
}

static void
an_endless_answer_is_refused_at_4_mib(void **state)
{
	struct reading *r = *state;
	char line[1002] = "key ";

	memset(line + 4, 'x', 996);
	line[1000] = '\n';
	feed(r, "hdeploy-begin n1\n");
	for (int i = 0; i < 5000; i++)
		feed(r, line);
	assert_in_range(r->reply.facts.n, 4000, 4300);
	feed(r, "hdeploy-end n1 0\n");
	assert_hd_fails(
	    hd_reader_end(&r->reader, 0, &r->err), &r->err, HD_EREMOTE);
}

static void
each_script_of_a_call_has_its_own_answer(void **state)
{
	struct reading *r = *state;

	r->reader.more = 2;
	feed(r, "hdeploy-begin n1\na 1\n\nhdeploy-next\n| out\na 2\nb 2\n"
		"\nhdeploy-end n1 3\n");
	hd_reader_take(&r->reader, HD_STDERR, "why\n", 4);
	assert_hd_ok(hd_reader_end(&r->reader, 0, &r->err), &r->err);
	assert_int_equal(r->reply.status, 0);
	assert_int_equal(r->reply.facts.n, 1);
	assert_string_equal(hd_reply_get(&r->reply, "a"), "1");
	assert_int_equal(r->reply.then->status, 3);
	assert_string_equal(hd_reply_get(r->reply.then, "a"), "2");
	assert_string_equal(hd_reply_get(r->reply.then, "b"), "2");
	assert_string_equal(r->reply.then->errors, "why\n");
	assert_null(r->reply.then->then);
	assert_ptr_equal(hd_reply_last(&r->reply), r->reply.then);
	assert_string_equal(r->output.ptr, "out\n");
}

/* A script that did not run cannot have succeeded. */
static void
too_few_or_too_many_answers_are_refused(void **state)
{
	static const char *const texts[] = { "hdeploy-begin n1\na 1\n",
		"hdeploy-begin n1\nhdeploy-next\nhdeploy-next\n" };

	for (size_t i = 0; i < HD_COUNT(texts); i++) {
		struct reading *r = *state;

		begin(state);
		r->reader.more = 1;
		feed(r, texts[i]);
		feed(r, "hdeploy-end n1 0\n");
		assert_hd_fails(
		    hd_reader_end(&r->reader, 0, &r->err), &r->err, HD_EREMOTE);
		end(state);
	}
}

static void
a_line_that_is_no_answer_is_refused(void **state)
{
	static const char *const lines[] = { "Key x\n", "key\n", " key x\n" };

	for (size_t i = 0; i < HD_COUNT(lines); i++) {
		struct reading *r = *state;

		begin(state);
		feed(r, "hdeploy-begin n1\n");
		feed(r, lines[i]);
		feed(r, "hdeploy-end n1 0\n");
		assert_hd_fails(
		    hd_reader_end(&r->reader, 0, &r->err), &r->err, HD_EREMOTE);
		end(state);
	}
}

static void
only_the_end_of_stderr_is_kept(void **state)
{
	struct reading *r = *state;
	char text[3000];

	memset(text, 'a', sizeof(text));
	hd_reader_take(&r->reader, HD_STDERR, text, sizeof(text));
	hd_reader_take(&r->reader, HD_STDERR, "the end", 7);
	feed(r, whole);
	assert_hd_ok(hd_reader_end(&r->reader, 0, &r->err), &r->err);
	assert_int_equal(strlen(r->reply.errors), 2047);
	assert_string_equal(r->reply.errors + 2040, "the end");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_between_its_begin_and_end_lines),
		TEST(an_answer_may_come_byte_by_byte),
		TEST(a_begin_line_with_another_nonce_is_ignored),
		TEST(a_missing_end_line_is_an_error_that_quotes_the_host),
		TEST(a_login_that_runs_no_script_is_told_in_its_own_words),
		TEST(endless_words_of_a_login_are_bounded),
		TEST(what_a_login_says_is_no_message_of_the_script),
		TEST(the_mark_in_much_noise_is_found),
		TEST(one_stream_for_both_is_understood),
		TEST(an_answer_is_complete_once_its_whole_end_line_has_come),
		TEST(an_end_line_without_a_status_is_refused),
		TEST(output_lines_have_no_limit_but_answers_do),
		TEST(an_endless_answer_is_refused_at_4_mib),
		TEST(each_script_of_a_call_has_its_own_answer),
		TEST(too_few_or_too_many_answers_are_refused),
		TEST(a_line_that_is_no_answer_is_refused),
		TEST(only_the_end_of_stderr_is_kept),
	};

	return cmocka_run_group_tests_name("remote reader", tests, NULL, NULL);
}
