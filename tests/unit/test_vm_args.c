#include "tests/support/cmocka_all.h"

#include "core/artifact/vm_args.h"
#include "core/base/str.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
problem(struct hd_arena *arena, const char *text)
{
	struct hd_vm_words words = { 0 };

	hd_vm_words_read(&words, arena, text, strlen(text));
	return hd_vm_flags_problem(arena, &words);
}

static void
words_are_split_as_erlexec_does(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "", "" },
		{ "# only\n \t#comments", "" },
		{ "-name a@b\n\n+P 5000 # c\n", "1:-name 1:a@b 3:+P 3:5000 " },
		{ "-a \"b c\"d 'e\n#f' g", "1:-a 1:b cd 1:e\n#f 2:g " },
		{ "a\\ b \\\"c x\\", "1:a b 1:\"c 1:x\\ " },
		{ "a#b\nc", "1:a 2:c " },
		{ "\"\" 'open end", "1: 1:open end " },
		{ "-x -extra +sbwt bad", "1:-x " },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_ARENA arena = { 0 };
		HD_AUTO_STR out = HD_STR_INIT(1000);
		struct hd_vm_words words = { 0 };

		hd_vm_words_read(
		    &words, &arena, rows[i].text, strlen(rows[i].text));
		for (size_t k = 0; k < words.n; k++)
			hd_str_addf(
			    &out, "%zu:%s ", words.v[k].line, words.v[k].text);
		assert_string_equal(out.ptr, rows[i].words);
	}
}

/* Each row was tried on OTP 25. */
static void
an_option_that_no_vm_starts_with_is_named(void **state)
{
	static const char *const bad[][2] = {
		{ "+sbwt nonesuch",
		    "line 1: +sbwt nonesuch: not one of: none very_short short "
		    "medium long very_long" },
		{ "-heart\n+A 1025\n",
		    "line 2: +A 1025: not a number from 0 to 1024" },
		{ "+A -1", "line 1: +A -1" },
		{ "+P 1000", "line 1: +P 1000" },
		{ "+P1000", "line 1: +P 1000" },
		{ "+Q 134217728", "line 1: +Q" },
		{ "+sbwt", "line 1: +sbwt: its value is missing" },
		{ "+sbwt +P 4096", "line 1: +sbwt +P" },
		{ "+sbwtdcpu x", "line 1: +sbwtdcpu x" },
		{ "+stbt foo", "line 1: +stbt foo" },
		{ "+scl foo", "line 1: +scl foo: not one of: true false" },
		{ "+sws proposal", "line 1: +sws" },
		{ "+sss 19", "line 1: +sss 19" },
		{ "+SDio 0", "line 1: +SDio 0" },
		{ "+hmqd on", "line 1: +hmqd on" },
		{ "+hmaxk x", "line 1: +hmaxk x" },
		{ "+C foo", "line 1: +C foo" },
		{ "+W x", "line 1: +W x" },
		{ "+T 10", "line 1: +T 10" },
		{ "+pc foo", "line 1: +pc foo" },
		{ "+zdbbl 0", "line 1: +zdbbl 0" },
		{ "+a 15", "line 1: +a 15" },
		{ "-name", "line 1: -name: a word is missing" },
		{ "-env A", "line 1: -env: a word is missing" },
		{ "-name a@b@c",
		    "line 1: a@b@c: the name of a node has one @" },
		{ "-kernel inet_dist_listen_min {a",
		    "line 1: {a: not an Erlang term" },
		{ "-kernel net_ticktime 60 net_setuptime {",
		    "line 1: {: not an Erlang term" },
	};
	static const char *const good[] = { "", "+sbwt none", "+sbwtnone",
		"+sbwt \"none\"", "+A 64", "+A64", "+A x", "+P legacy",
		"+P 4096x", "+hmqd off_heap", "+sbwt ${BUSY}", "+A ${THREADS}0",
		"+Anew 5", "+snew 1", "+new", "-name ${NODE}@${A}@${B}",
		"-name a@127.0.0.1 -setcookie c", "-kernel", "-kernel a",
		"-kernel inet_dist_use_interface {127,0,0,1}",
		"-kernel inet_dist_use_interface ${IP}",
		"-kernel net_ticktime \"60\"", "-env A \"\"", "-foo {a",
		"# +sbwt nonesuch", "-extra +sbwt nonesuch",
		"-kernel a -1 +S 1" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		HD_AUTO_ARENA arena = { 0 };
		const char *found = problem(&arena, bad[i][0]);

		if (found == NULL ||
		    strncmp(found, bad[i][1], strlen(bad[i][1])) != 0)
			fail_msg("%s: %s", bad[i][0], found);
	}
	for (size_t i = 0; i < HD_COUNT(good); i++) {
		HD_AUTO_ARENA arena = { 0 };
		const char *found = problem(&arena, good[i]);

		if (found != NULL)
			fail_msg("%s: %s", good[i], found);
	}
}

/* One of each kind, because each start of a VM takes time. */
static void
the_vm_agrees(void **state)
{
	static const char *const files[] = { "+sbwt none\n+A64\n-env A B\n",
		"+sbwt nonesuch\n", "+P1000\n", "-env A\n",
		"-kernel net_ticktime {a\n" };

	for (size_t i = 0; i < HD_COUNT(files); i++) {
		HD_AUTO_ARENA arena = { 0 };
		const char *found = problem(&arena, files[i]);
		char command[1024];

		folder_write(*state, "vm.args", files[i], strlen(files[i]));
		snprintf(command, sizeof(command),
		    "cd %s && erl -noshell -boot no_dot_erlang -args_file "
		    "vm.args -eval 'halt().' </dev/null >out 2>&1",
		    (const char *)*state);
		assert_int_equal(system(command) == 0, found == NULL);
	}
}

static void
damaged_files_never_crash(void **state)
{
	static const char whole[] = "-name a@b \"q\" 'r'\n# c\n+sbwt none\n"
				    "-kernel k {1,2} -env A B\n\\x -sasl a b";
	static const char odd[] = "\"'\\# \n+-{@$";
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		HD_AUTO_ARENA arena = { 0 };
		struct hd_vm_words words = { 0 };
		size_t n = (size_t)i % sizeof(whole);
		char *copy = malloc(n > 0 ? n : 1);

		assert_non_null(copy);
		memcpy(copy, whole, n);
		for (int k = 0; n > 0 && k < 3; k++) {
			seed = seed * 1103515245 + 12345;
			copy[(seed >> 8) % n] =
			    odd[(seed >> 20) % (sizeof(odd) - 1)];
		}
		hd_vm_words_read(&words, &arena, copy, n);
		(void)hd_vm_flags_problem(&arena, &words);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_as_erlexec_does),
		cmocka_unit_test(an_option_that_no_vm_starts_with_is_named),
		cmocka_unit_test(the_vm_agrees),
		cmocka_unit_test(damaged_files_never_crash),
	};

	return cmocka_run_group_tests_name(
	    "vm_args", tests, folder_setup, folder_teardown);
}
