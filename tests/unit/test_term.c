#include "tests/support/cmocka_all.h"

#include "core/artifact/term.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
parse(struct hd_term *t, struct hd_arena *arena, const char *text,
    struct hd_err *err)
{
	/* In a block of its own, so that a sanitizer sees reads past its end.
	 */
	size_t n = strlen(text);
	char *exact = malloc(n > 0 ? n : 1);
	int status;

	assert_non_null(exact);
	memcpy(exact, text, n);
	status = hd_term_parse(t, arena, exact, n, err);
	free(exact);
	return status;
}

static void
every_kind_of_term_is_read(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_term t;

	(void)state;
	assert_hd_ok(parse(&t, &arena,
			 "%% coding: utf-8\n{ok,'Two words',\"text\\n\\x{e9}\" "
			 "\"more\",-16#fF,1.5e-3,$\\n,<<\"a>>\"/utf8,1:8>>,"
			 "[a,b|c], #{k => \"v\"} , [] , {}, $a}.\n",
			 &err),
	    &err);
	assert_int_equal(t.kind, HD_TERM_TUPLE);
	assert_int_equal(t.n, 12);
	assert_true(hd_term_is_atom(&t.items[0], "ok"));
	assert_true(hd_term_is_atom(&t.items[1], "Two words"));
	assert_string_equal(hd_term_string(&t.items[2]), "text\n\xc3\xa9more");
	assert_string_equal(t.items[3].text, "-16#fF");
	assert_string_equal(t.items[4].text, "1.5e-3");
	assert_string_equal(t.items[5].text, "$\\n");
	assert_string_equal(t.items[6].text, "\"a>>\"/utf8,1:8");
	assert_true(hd_term_is(&t.items[7], HD_TERM_LIST, 3));
	assert_true(hd_term_is(&t.items[8], HD_TERM_MAP, 2));
	assert_true(hd_term_is(&t.items[9], HD_TERM_LIST, 0));
	assert_true(hd_term_is(&t.items[10], HD_TERM_TUPLE, 0));
	assert_string_equal(t.items[11].text, "$a");
	assert_null(hd_term_at(&t, 12));
	assert_null(hd_term_string(&t.items[0]));
}

static void
a_term_is_written_as_it_was_read(void **state)
{
	static const char written[] =
	    "{ok,'Two words','it\\'s','receive',\"a\\n\\\"\\x{1}\",-16#fF,1.5,$\\n,"
	    "fun m:f/1,<<\"a>>\"/utf8>>,<<>>,<<\"RE\">>,<<1,65>>,[a,b|c],#{k=>\"v\",2=>[]},{}}";
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR spaced = HD_STR_INIT(1000), out = HD_STR_INIT(1000);
	struct hd_err err = { 0 };
	struct hd_term t;

	(void)state;
	hd_str_addf(
	    &spaced, "%% x\n [<<82,69>>, \"\\0001\" | %s ]\n .", written);
	assert_hd_ok(parse(&t, &arena, spaced.ptr, &err), &err);
	hd_term_add(&out, &t.items[2]);
	assert_string_equal(out.ptr, written);
	hd_str_done(&out);
	hd_term_add(&out, &t);
	assert_memory_equal(out.ptr, "[<<\"RE\">>,\"\\x{0}1\"|{ok,", 21);
}

static void
a_mistake_is_reported_with_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "line 1: ends in the middle" },
		{ "{a,\n", "line 2: ends in the middle" },
		{ "{a\nb}.", "line 2: a comma or a closing" },
		{ "{a}", "the dot after the term" },
		{ "\"abc", "unterminated text" },
		{ "'abc\\", "unterminated text" },
		{ "\"\\x{110000}\".", "not a Unicode character" },
		{ "\"\\x{41\".", "bad \\x" },
		{ "<<\"abc\"", "<< without >>" },
		{ "Variable.", "not an Erlang term" },
		{ "[a|b,c].", "a comma or a closing" },
		{ "[a|b|c].", "a comma or a closing" },
		{ "{a|b}.", "a comma or a closing" },
		{ "#{a,b}.", "=> is missing" },
		{ "#{a=>b=>c}.", "a comma or a closing" },
		{ "$", "unterminated text" },
		{ "$\\", "unterminated text" },
		{ "#<0.1.2>.", "not an Erlang term" },
	};
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_term t;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		assert_hd_fails(
		    parse(&t, &arena, bad[i].text, &err), &err, HD_ELOCAL);
		if (strstr(err.msg, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].text, err.msg);
	}
}

/* Files as file:consult/1 takes and refuses them. */
static const char *const files[] = {
	"[].",
	"[]",
	"[]. ",
	"[].% end",
	"[].x",
	"[].[].",
	"[]. a.",
	"",
	"% only a comment",
	".",
	"[{a,[{b,1}]}].",
	"[{a,[{b,1}]}.",
	"[{a,[{b,1},]}].",
	"[{a,[{b 1}]}].",
	"[,].",
	"{a,}.",
	"[a|b].",
	"[a|b,c].",
	"[|a].",
	"#{a => 1, b => [2]}.",
	"#{a := 1}.",
	"#{a, 1}.",
	"#{a => 1,}.",
	"12abc.",
	"12_000.",
	"12__0.",
	"1.5.",
	"1.",
	"1.5e-3.",
	"1.5e.",
	"1e3.",
	"16#fF.",
	"2#12.",
	"- 1.",
	"-1.",
	"+1.",
	"--1.",
	"-a.",
	"-$a.",
	"- .",
	"$\\n.",
	"$a.",
	"[$a,$b].",
	"\"a\" \"b\".",
	"\"a\" ++ \"b\".",
	"\"a\" + \"b\".",
	"\"a\" b.",
	"\"\\0\".",
	"\"\\x{110000}\".",
	"\"a\nb\".",
	"\"a.",
	"'A b'.",
	"'a",
	"Variable.",
	"_.",
	"end.",
	"'end'.",
	"{if, 1}.",
	"maybe.",
	"fun m:f/1.",
	"fun 'M':'F'/1.",
	"fun m:f.",
	"fun f/1.",
	"fun.",
	"fun fun:f/1.",
	"foo:bar.",
	"foo bar.",
	"a@b.",
	"<<>>.",
	"<<1,2>>.",
	"<<\"a>>\">>.",
	"<<\"a\"/utf8>>.",
	"<<1.",
	"${PORT}.",
	"\"${PORT}\".",
	"1 + 2.",
	"x().",
	"#rec{}.",
	"@.",
	"\xc3\xa4.",
	"\"\xc3\xa4\".",
	"$\xc3\xa4.",
};

/* "1" for each file that is one term for file:consult/1, else "0". */
static void
consult(const char *folder, char out[static HD_COUNT(files) + 1])
{
	char command[1024];
	FILE *f;

	for (size_t i = 0; i < HD_COUNT(files); i++) {
		snprintf(command, sizeof(command), "%zu", i);
		folder_write(folder, command, files[i], strlen(files[i]));
	}
	snprintf(command, sizeof(command),
	    "erl -noshell -boot no_dot_erlang -eval '[case "
	    "file:consult(\"%s/\" ++ integer_to_list(I)) of {ok, [_]} -> "
	    "io:put_chars(\"1\"); _ -> io:put_chars(\"0\") end "
	    "|| I <- lists:seq(0, %zu)], halt().'",
	    folder, HD_COUNT(files) - 1);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(out, HD_COUNT(files) + 1, f));
	assert_int_equal(pclose(f), 0);
}

static void
a_file_is_one_term_exactly_if_erlang_says_so(void **state)
{
	char theirs[HD_COUNT(files) + 1];

	consult(*state, theirs);
	for (size_t i = 0; i < HD_COUNT(files); i++) {
		HD_AUTO_ARENA arena = { 0 };
		struct hd_err err = { 0 };
		struct hd_term t;
		bool ours =
		    hd_term_parse_only(&t, &arena, files[i], strlen(files[i]),
			HD_TERM_VARIABLES_NONE, &err) == 0;

		if (ours != (theirs[i] == '1'))
			fail_msg("%s: %s", files[i],
			    ours ? "Erlang refuses it" : err.msg);
	}
}

static void
variables_are_read_as_terms_or_as_nothing(void **state)
{
	static const struct {
		const char *text, *term, *empty; /* NULL: an error */
	} rows[] = {
		{ "{port,${PORT}}.", "{port,${PORT}}", NULL },
		{ "[${A:-1}0,${B}${C},x@${D}].", "[${A:-1}0,${B}${C},x@${D}]",
		    NULL },
		{ "\"${A}\".", "\"${A}\"", "\"${A}\"" },
		{ "[a ${MORE}].", NULL, "[a]" },
		{ "[${ALL}].", "[${ALL}]", "[]" },
		{ "[${}].", NULL, NULL },
		{ "[${A].", NULL, NULL },
		{ "[$a,$b].", "[$a,$b]", "[$a,$b]" },
		{ "${A}.", "${A}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows) * 2; i++) {
		HD_AUTO_ARENA arena = { 0 };
		HD_AUTO_STR out = HD_STR_INIT(1000);
		struct hd_err err = { 0 };
		const char *text = rows[i / 2].text;
		const char *want = i % 2 ? rows[i / 2].empty : rows[i / 2].term;
		struct hd_term t;

		if (hd_term_parse_only(&t, &arena, text, strlen(text),
			i % 2 ? HD_TERM_VARIABLES_EMPTY
			      : HD_TERM_VARIABLES_TERMS,
			&err) == 0)
			hd_term_add(&out, &t);
		if (strcmp(out.ptr, want != NULL ? want : "") != 0)
			fail_msg("%s: %s, not %s (%s)", text, out.ptr,
			    want != NULL ? want : "an error", err.msg);
	}
}

static void
depth_and_size_are_bounded(void **state)
{
	enum { MANY = 300000 };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_term t;
	char *text = malloc(2 * MANY + 3);

	(void)state;
	assert_non_null(text);
	memset(text, '[', MANY);
	text[MANY] = '\0';
	assert_hd_fails(parse(&t, &arena, text, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "nested too deeply"));
	for (size_t i = 0; i < MANY; i++)
		memcpy(text + 1 + 2 * i, "1,", 2);
	memcpy(text + 2 * MANY, "].", 3);
	assert_hd_fails(parse(&t, &arena, text, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "too large"));
	free(text);
}

static void
no_cut_off_term_is_taken_for_a_whole_one(void **state)
{
	static const char whole[] =
	    "{\"0.2.0\",[{'a b',<<\"x\">>,#{a=>$b}}],[1.5,-2|c]}.";
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_term t;

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		char text[sizeof(whole)] = "";

		memcpy(text, whole, n);
		assert_hd_fails(parse(&t, &arena, text, &err), &err, HD_ELOCAL);
	}
	assert_hd_ok(parse(&t, &arena, whole, &err), &err);
}

static void
damaged_terms_never_crash(void **state)
{
	static const char whole[] =
	    "{\"0.2.0\",[{'a b',<<\"x\">>,#{a=>$\\n}}],[1.5,\"\\x{e9}\\101\"|c]}.";
	static const char odd[] = "\\\"'$<>{}[]#%.|,x0a \n\xff";
	struct hd_err err = { 0 };
	struct hd_term t;
	unsigned seed = 5, failed = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		HD_AUTO_ARENA arena = { 0 };
		char text[sizeof(whole)];

		memcpy(text, whole, sizeof(whole));
		for (int k = 0; k < 3; k++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % (sizeof(whole) - 1)] =
			    odd[(seed >> 20) % (sizeof(odd) - 1)];
		}
		failed += parse(&t, &arena, text, &err) < 0;
	}
	assert_true(failed > 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_term_is_read),
		cmocka_unit_test(a_term_is_written_as_it_was_read),
		cmocka_unit_test(a_mistake_is_reported_with_its_line),
		cmocka_unit_test(a_file_is_one_term_exactly_if_erlang_says_so),
		cmocka_unit_test(variables_are_read_as_terms_or_as_nothing),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(no_cut_off_term_is_taken_for_a_whole_one),
		cmocka_unit_test(damaged_terms_never_crash),
	};

	return cmocka_run_group_tests_name(
	    "term", tests, folder_setup, folder_teardown);
}
