#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/str.h"
#include "core/remote/compose.h"
#include "core/remote/scripts.h"
#include "tests/support/remote_case.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Each file of core/remote names the files that it needs. A missing function
 * would show only on the host, and only when it is called. So this test
 * composes every possible text, reads it, and asks every shell for its
 * functions.
 */
enum { WORDS_MAX = 1024 };

static const char *const drivers[] = { "relx", "distillery", "mix", "castle",
	"script" };
static const char *const shells[] = { "dash", "bash", "busybox sh", "mksh" };

/* A set of words. */
struct words {
	char v[WORDS_MAX][48];
	size_t n;
};

static bool
has(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->v[i], word) == 0)
			return true;
	return false;
}

static void
add(struct words *w, const char *text, size_t len)
{
	char word[sizeof(w->v[0])];

	if (len >= sizeof(word))
		return; /* longer than any function's name */
	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	if (has(w, word))
		return;
	assert_true(w->n < WORDS_MAX);
	memcpy(w->v[w->n++], word, sizeof(word));
}

static size_t
word_len(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

/* The functions that a text of shell, or an expression, defines. */
static void
find_defined(const char *text, struct words *out)
{
	for (const char *p = text; p != NULL && *p != '\0';) {
		size_t n = word_len(p);

		if (n > 0 && strncmp(p + n, "() ", 3) == 0)
			add(out, p, n);
		p = strchr(p, '\n');
		p = p != NULL ? p + 1 : NULL;
	}
}

/* Reads just enough of shell to see which words can be calls. */
struct reading {
	const char *p;
	bool quoted, command;
	int depth;
	struct {
		bool quoted;
		int depth;
	} outer[16]; /* one for each open $( */
	size_t n;
};

static void
open_substitution(struct reading *r)
{
	assert_true(r->n < HD_COUNT(r->outer));
	r->outer[r->n].quoted = r->quoted;
	r->outer[r->n++].depth = r->depth;
	r->quoted = false;
	r->depth = 0;
	r->command = true;
	r->p += 2;
}

static void
close_paren(struct reading *r)
{
	r->command = true;
	r->p++;
	if (r->depth > 0)
		r->depth--;
	else if (r->n > 0) {
		r->quoted = r->outer[--r->n].quoted;
		r->depth = r->outer[r->n].depth;
		r->command = false;
	}
}

static bool
keeps_command(const char *word, size_t n)
{
	static const char *const words[] = { "if", "then", "else", "elif", "do",
		"while", "until", "told", "with_reserve", "as_service" };

	for (size_t i = 0; i < HD_COUNT(words); i++)
		if (strlen(words[i]) == n && memcmp(words[i], word, n) == 0)
			return true;
	return false;
}

/* A word where a command begins is a call. Elsewhere a word can be one; an
 * underscore distinguishes it from words of people. */
static void
take_word(struct reading *r, struct words *out)
{
	size_t n = word_len(r->p);
	const char *word = r->p;

	r->p += n;
	if (*r->p == '=' || strncmp(r->p, "() ", 3) == 0) {
		r->command = false;
		return;
	}
	if (r->command || memchr(word, '_', n) != NULL)
		add(out, word, n);
	r->command = r->command && keeps_command(word, n);
}

static void
take_plain(struct reading *r, struct words *out)
{
	if (word_len(r->p) > 0)
		take_word(r, out);
	else if (*r->p == '\'') {
		r->p = strchr(r->p + 1, '\'') + 1;
		r->command = false;
	} else if (*r->p == '#' && isspace((unsigned char)r->p[-1]))
		r->p = strchr(r->p, '\n');
	else if (*r->p == ')')
		close_paren(r);
	else {
		if (*r->p == '(')
			r->depth++;
		if (strchr("(\n;|&{}!", *r->p) != NULL)
			r->command = true;
		else if (strchr(" \t<>", *r->p) == NULL)
			r->command = false;
		r->p++;
	}
}

/* The words of a text that can be function calls. */
static void
find_called(const char *text, struct words *out)
{
	struct reading r = { .p = text, .command = true };

	while (*r.p != '\0') {
		if (*r.p == '\\')
			r.p += 2;
		else if (*r.p == '"') {
			r.quoted = !r.quoted;
			r.command = false;
			r.p++;
		} else if (strncmp(r.p, "$((", 3) == 0)
			r.p += 3;
		else if (strncmp(r.p, "$(", 2) == 0)
			open_substitution(&r);
		else if (*r.p == '$') {
			r.p += strcspn(r.p, "{") == 1 ? 2 : 1;
			r.p += word_len(r.p);
			r.command = false;
		} else if (r.quoted)
			r.p++;
		else
			take_plain(&r, out);
	}
}

static const struct hd_script *
file_of(const char *name)
{
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static bool
defines(const struct hd_script *s, const char *name)
{
	static struct words w;

	if (s->erlang)
		return strcmp(s->name, name) == 0;
	w.n = 0;
	find_defined(s->text, &w);
	return has(&w, name);
}

static bool
any_defines(const char *name)
{
	static struct words all;
	static bool asked;

	for (const struct hd_script *s = hd_scripts; s->name != NULL && !asked;
	     s++)
		if (!s->erlang)
			find_defined(s->text, &all);
	asked = true;
	return has(&all, name) ||
	       (file_of(name) != NULL && file_of(name)->erlang);
}

static bool
is_script(const struct hd_script *s)
{
	return s->args != NULL && strcmp(s->name, "operation") != 0;
}

static struct hd_pair pair[] = { { "start", "bin/x start" } };
static const struct hd_pairs pairs = { pair, 1, 1 };

static struct hd_call
call_of(const char *script, const char *driver)
{
	return (struct hd_call){ .script = script,
		.driver = driver,
		.root = "/r",
		.app = "a",
		.env = &pairs,
		.env_file = "/e",
		.commands = &pairs,
		.service = "u.service",
		.service_manager = "system",
		.two_phase = true,
		.deadline_ms = 1000 };
}

/* Calls f for each text that can be composed. */
static void
each_text(void (*f)(
    const char *name, const struct hd_call *call, const struct hd_str *text))
{
	struct hd_err err;

	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)
		for (size_t d = 0; is_script(s) && d < HD_COUNT(drivers); d++) {
			struct hd_call call = call_of(s->name, drivers[d]);
			HD_AUTO_ARENA names = { 0 };
			HD_AUTO_SHELL ask = HD_SHELL_INIT;
			HD_AUTO_SHELL inner = HD_SHELL_INIT;
			HD_AUTO_SHELL outer = HD_SHELL_INIT;

			hd_case_set_all(&call, s, &names);
			assert_hd_ok(
			    hd_compose_ask(&call, "n", &ask, &err), &err);
			assert_hd_ok(
			    hd_compose_inner(&call, &inner, &err), &err);
			f(s->name, &call, &ask.text);
			f(s->name, &call, &inner.text);
			if (strcmp(s->name, "run") != 0)
				continue;
			assert_hd_ok(hd_compose_operation(
					 &call, "id", "n", &outer, &err),
			    &err);
			f("operation", &call, &outer.text);
		}
}

static void
check_defined(
    const char *name, const struct hd_call *call, const struct hd_str *text)
{
	static struct words defined, called;

	defined.n = called.n = 0;
	find_defined(text->ptr, &defined);
	find_called(text->ptr, &called);
	assert_true(defined.n > 20 && called.n > 60);
	for (size_t i = 0; i < called.n; i++)
		if (!has(&defined, called.v[i]) && any_defines(called.v[i]))
			fail_msg("%s with %s calls %s, and no file that it "
				 "needs defines that",
			    name, call->driver, called.v[i]);
}

static void
no_text_calls_a_function_that_only_an_absent_file_defines(void **state)
{
	(void)state;
	each_text(check_defined);
}

/* If a driver overrides a function of driver.sh, a text that calls the function
 * must have the driver's. */
static void
check_driver(
    const char *name, const struct hd_call *call, const struct hd_str *text)
{
	static struct words called;
	size_t len = strlen(call->driver);

	called.n = 0;
	find_called(text->ptr, &called);
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++) {
		if (s->erlang || strncmp(s->name, call->driver, len) != 0 ||
		    (s->name[len] != '\0' && s->name[len] != '_'))
			continue;
		for (size_t i = 0; i < called.n; i++)
			/* trust.sh calls it only with the driver */
			if (strcmp(called.v[i], "driver_folders") != 0 &&
			    defines(s, called.v[i]) &&
			    strstr(text->ptr, s->text) == NULL)
				fail_msg("%s with %s calls %s, but not the "
					 "one of %s.sh",
				    name, call->driver, called.v[i], s->name);
	}
}

static void
what_a_driver_does_in_its_own_way_is_never_the_common_one(void **state)
{
	(void)state;
	each_text(check_driver);
}

/* s uses other if it calls or overrides a function of other, or reads a
 * variable that other sets. */
static bool
uses(const struct hd_script *s, const struct hd_script *other)
{
	static struct words called, defined;

	if (s->erlang || other->erlang)
		return s->erlang || strstr(s->text, other->name) != NULL;
	called.n = defined.n = 0;
	find_called(s->text, &called);
	find_defined(s->text, &called);
	find_defined(other->text, &defined);
	for (size_t i = 0; i < defined.n; i++)
		if (has(&called, defined.v[i]))
			return true;
	return false;
}

/* If drivers fulfil the need, the file of any driver counts. */
static bool
uses_need(const struct hd_script *s, const char *need)
{
	char own[64];

	if (strcmp(need, "driver") == 0)
		return true; /* the folders of bin/<app> */
	if (file_of(need) != NULL && uses(s, file_of(need)))
		return true;
	for (size_t d = 0;
	     strncmp(need, "driver", 6) == 0 && d < HD_COUNT(drivers); d++) {
		snprintf(own, sizeof(own), "%s%s", drivers[d], need + 6);
		if (file_of(own) != NULL && uses(s, file_of(own)))
			return true;
	}
	return false;
}

static void
no_file_is_needed_for_nothing(void **state)
{
	(void)state;
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)
		for (size_t i = 0; s->needs[i] != NULL; i++)
			if (!uses_need(s, s->needs[i]))
				fail_msg("%s.sh does not use %s, which it says "
					 "that it needs",
				    s->name, s->needs[i]);
}

/* A later script of a call comes after the files that all of them need. */
static void
no_script_overrides_a_function_of_a_file_that_others_need(void **state)
{
	static struct words shared, own;

	(void)state;
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)
		if (s->args == NULL && !s->erlang)
			find_defined(s->text, &shared);
	assert_true(shared.n > 300);
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++) {
		own.n = 0;
		if (s->args != NULL)
			find_defined(s->text, &own);
		for (size_t i = 0; i < own.n; i++)
			if (has(&shared, own.v[i]))
				fail_msg(
				    "%s.sh overrides %s", s->name, own.v[i]);
	}
}

/* The text with a main() that asks the shell for each function that is called.
 * The rest of the text must run under set -u. */
static void
make_asking(struct hd_str *out, const struct hd_str *text)
{
	static struct words called;
	const char *body = strchr(strstr(text->ptr, "\nhd_begin ") + 1, '\n');
	const char *end = strstr(body, "\nhd_run '");

	if (end == NULL)
		end = strstr(body, "\nhd_operation ");
	assert_non_null(end);
	called.n = 0;
	find_called(text->ptr, &called);
	hd_str_addn(out, text->ptr, (size_t)(body - text->ptr));
	hd_str_add(out, "\nset -u");
	hd_str_addn(out, body, (size_t)(end - body));
	hd_str_add(out, "\nmain() {\nfor f in");
	for (size_t i = 0; i < called.n; i++)
		if (any_defines(called.v[i]))
			hd_str_addf(out, " %s", called.v[i]);
	hd_str_add(out, "; do\ncommand -v \"$f\" >/dev/null || say missing "
			"\"$f\"\ndone\nsay asked yes\n}\n"
			"hd_run n 1 </dev/null\nexit\n}\n");
}

/* Whether it is the text that the host keeps and starts. */
static bool
is_inner(const struct hd_str *text)
{
	static const char again[] = "hd_begin \"$HDEPLOY_PATH\"";

	return strncmp(strstr(text->ptr, "hd_begin \"$"), again,
		   strlen(again)) == 0;
}

static char path[] = "/tmp/hd-compose.XXXXXX";

static void
write_down(const struct hd_str *text)
{
	FILE *f = fopen(path, "w");
	struct hd_err err;

	assert_hd_ok(hd_str_check(text, &err), &err);
	assert_non_null(f);
	assert_int_equal(fwrite(text->ptr, 1, text->len, f), text->len);
	assert_int_equal(fclose(f), 0);
}

static void
ask_shell(const char *shell, const char *name, const struct hd_call *call)
{
	static const char *const wanted =
	    "\nhdeploy-begin n\n\nhdeploy-errors n\nasked yes\n"
	    "\nhdeploy-errors n\n\nhdeploy-end n 0\n";
	char command[128], said[512];
	size_t n;
	FILE *p;

	snprintf(command, sizeof(command), "HDEPLOY_PATH=$PATH %s %s 2>&1",
	    shell, path);
	p = popen(command, "r");
	assert_non_null(p);
	n = fread(said, 1, sizeof(said) - 1, p);
	said[n] = '\0';
	pclose(p);
	if (strcmp(said, wanted) != 0)
		fail_msg(
		    "%s: %s with %s said: %s", shell, name, call->driver, said);
}

/* Whether shells[i] is here; asked once. */
static bool
is_here(size_t i)
{
	static enum { UNKNOWN, HERE, ABSENT } known[HD_COUNT(shells)];
	char command[64];

	snprintf(command, sizeof(command), "%s -c : 2>/dev/null", shells[i]);
	if (known[i] == UNKNOWN)
		known[i] = system(command) == 0 ? HERE : ABSENT;
	return known[i] == HERE;
}

/* A driver that a script does not need leaves its text as it is: such a text is
 * tested once. By day the shells take turns, and at night
 * (tests/nightly/test_shells.sh) all of them take each text. */
static void
ask_shells(
    const char *name, const struct hd_call *call, const struct hd_str *text)
{
	static char *last[2];
	static size_t turn;
	char **before = &last[is_inner(text)];
	HD_AUTO_STR asking = HD_STR_INIT(1024 * 1024);

	if (*before != NULL && strcmp(*before, text->ptr) == 0)
		return;
	do
		turn = (turn + 1) % HD_COUNT(shells);
	while (!is_here(turn));
	free(*before);
	*before = hd_strdup(text->ptr);
	make_asking(&asking, text);
	write_down(&asking);
	for (size_t i = 0; i < HD_COUNT(shells); i++)
		if (is_here(i) && (i == turn || getenv("NIGHT") != NULL))
			ask_shell(shells[i], name, call);
}

static void
every_shell_has_every_function_and_every_setting_of_every_text(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	each_text(ask_shells);
	assert_int_equal(unlink(path), 0);
}

/* For tests/check_composed.sh: writes NAME.DRIVER.sh, and as .inner.sh the text
 * that the host keeps. */
static void
write_text(
    const char *name, const struct hd_call *call, const struct hd_str *text)
{
	char to[512];
	FILE *f;

	snprintf(to, sizeof(to), "%s/%s.%s%s.sh", getenv("HD_COMPOSED"), name,
	    call->driver, is_inner(text) ? ".inner" : "");
	f = fopen(to, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text->ptr, 1, text->len, f), text->len);
	assert_int_equal(fclose(f), 0);
}

static void
the_texts_are_written_where_they_are_wanted(void **state)
{
	(void)state;
	if (getenv("HD_COMPOSED") == NULL)
		skip();
	each_text(write_text);
}

static void
the_table_has_room_for_all_files(void **state)
{
	size_t n = 0;

	(void)state;
	while (hd_scripts[n].name != NULL)
		n++;
	assert_in_range(n, 60, HD_SCRIPTS_MAX);
}

static struct hd_pair secret[] = { { "SECRET", "s3cr3t" } };

/* Secrets go only to scripts that run something of the service, never to a
 * file. */
static void
a_secret_is_in_no_text_that_can_do_without(void **state)
{
	static const struct {
		const char *script;
		bool has;
	} rows[] = { { "facts", true }, { "health", true }, { "lock", false },
		{ "unlock", false }, { "holder", false },
		{ "takeover", false } };
	const struct hd_pairs env = { secret, 1, 1 };
	struct hd_err err;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_call call = call_of(rows[i].script, "relx");
		HD_AUTO_SHELL ask = HD_SHELL_INIT;
		HD_AUTO_SHELL inner = HD_SHELL_INIT;
		HD_AUTO_ARENA names = { 0 };

		call.env = &env;
		hd_case_set_all(&call, file_of(rows[i].script), &names);
		assert_hd_ok(hd_compose_ask(&call, "n", &ask, &err), &err);
		assert_hd_ok(hd_compose_inner(&call, &inner, &err), &err);
		assert_int_equal(
		    strstr(ask.text.ptr, "s3cr3t") != NULL, rows[i].has);
		assert_null(strstr(inner.text.ptr, "s3cr3t"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    no_text_calls_a_function_that_only_an_absent_file_defines),
		cmocka_unit_test(
		    what_a_driver_does_in_its_own_way_is_never_the_common_one),
		cmocka_unit_test(no_file_is_needed_for_nothing),
		cmocka_unit_test(
		    no_script_overrides_a_function_of_a_file_that_others_need),
		cmocka_unit_test(
		    every_shell_has_every_function_and_every_setting_of_every_text),
		cmocka_unit_test(the_texts_are_written_where_they_are_wanted),
		cmocka_unit_test(the_table_has_room_for_all_files),
		cmocka_unit_test(a_secret_is_in_no_text_that_can_do_without),
	};

	return cmocka_run_group_tests_name("compose", tests, NULL, NULL);
}
