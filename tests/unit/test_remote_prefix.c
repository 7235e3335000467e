#include "tests/support/cmocka_all.h"

#include "core/base/fs.h"
#include "core/base/str.h"
#include "core/remote/compose.h"
#include "core/remote/scripts.h"
#include "tests/support/remote_case.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A connection can break anywhere in a script, and the shell then runs the
 * prefix that it received. The shells trace their commands (-x): a prefix must
 * leave no trace, and nothing on stdout. By day the test tries the end of one
 * line in 16, the last bytes and one byte in 1229, and at night
 * (tests/nightly/test_shells.sh) four times as many, with the shells taking
 * turns; with HD_EVERY_PREFIX set, all prefixes under all shells (an hour).
 */
static const struct sample {
	size_t lines, stride, last;
} by_day = { 16, 1229, 10 }, at_night = { 4, 307, 40 };

struct shell {
	const char *name;
	const char *argv[5];
};
static const struct shell shells[] = {
	{ "dash", { "dash", "-x", "-s" } },
	{ "bash", { "bash", "-x", "-s" } },
	{ "busybox", { "busybox", "sh", "-x", "-s" } },
};

static void
run(const struct shell *shell, int script, int out)
{
	char *argv[5] = { 0 };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		memcpy(argv, shell->argv, sizeof(argv));
		dup2(script, 0);
		dup2(out, 1);
		dup2(out, 2);
		execvp(shell->name, argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 127);
}

/* The shell's output must be its complaint alone: no "+ command" line, and no
 * begin or end line. */
static void
check_said(int out, const struct shell *shell, const char *name, size_t len)
{
	char said[4096];
	ssize_t n = pread(out, said, sizeof(said) - 1, 0);

	assert_true(n >= 0);
	said[n] = '\0';
	if (said[0] == '+' || strstr(said, "\n+") != NULL ||
	    strstr(said, "hdeploy-") != NULL)
		fail_msg("%s, first %zu bytes of %s: ran something: %s",
		    shell->name, len, name, said);
	assert_int_equal(ftruncate(out, 0), 0);
	assert_int_equal(lseek(out, 0, SEEK_SET), 0);
}

static bool
every(void)
{
	return getenv("HD_EVERY_PREFIX") != NULL;
}

static void
try_prefix(const char *name, const char *text, size_t len, int out)
{
	struct hd_err err;

	for (size_t i = 0; i < HD_COUNT(shells); i++) {
		HD_AUTO_FD script = -1;

		if (!every() && len % HD_COUNT(shells) != i)
			continue;
		assert_hd_ok(hd_fs_temp(&script, text, len, &err), &err);
		run(&shells[i], script, out);
		check_said(out, &shells[i], name, len);
	}
}

static bool
chosen(const char *text, size_t n, size_t len)
{
	const struct sample *s = getenv("NIGHT") != NULL ? &at_night : &by_day;

	return every() || (text[len - 1] == '\n' && len % s->lines == 0) ||
	       len % s->stride == 0 || n - len < s->last;
}

/* The texts tried so far. */
static char *tried[64];
static size_t ntried;

/* The length of the prefix that an earlier text has already tested. */
static size_t
known(const char *text)
{
	size_t most = 0;

	for (size_t i = 0; i < ntried; i++) {
		size_t n = 0;

		while (text[n] != '\0' && text[n] == tried[i][n])
			n++;
		most = n > most ? n : most;
	}
	return most;
}

/* The newline after the last brace is optional. */
static void
try_prefixes(const char *name, const struct hd_str *s)
{
	HD_AUTO_FD out = -1;
	struct hd_err err;

	assert_hd_ok(hd_fs_temp(&out, "", 0, &err), &err);
	for (size_t len = known(s->ptr) + 1; len < s->len - 1; len++)
		if (chosen(s->ptr, s->len, len))
			try_prefix(name, s->ptr, len, out);
	assert_true(ntried < HD_COUNT(tried));
	tried[ntried++] = hd_strdup(s->ptr);
}

static int
forget_tried(void **state)
{
	(void)state;
	while (ntried > 0)
		free(tried[--ntried]);
	return 0;
}

static struct hd_pair env[] = { { "SECRET", "touch canary; '\"$(x)" } };

static void
no_prefix_of_a_reading_script_runs_anything(void **state)
{
	const struct hd_pairs pairs = { env, 1, 1 };
	struct hd_err err;

	(void)state;
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++) {
		struct hd_call call = { .script = s->name,
			.driver = "relx",
			.root = "/r",
			.app = "a",
			.env = &pairs,
			.env_file = "/e" };
		HD_AUTO_SHELL text = HD_SHELL_INIT;
		HD_AUTO_ARENA names = { 0 };

		if (s->args == NULL)
			continue;
		hd_case_set_all(&call, s, &names);
		assert_hd_ok(hd_compose_ask(&call, "n", &text, &err), &err);
		try_prefixes(s->name, &text.text);
	}
	assert_in_range(ntried, 12, 60);
}

static void
no_prefix_of_an_operation_runs_anything(void **state)
{
	const struct hd_pairs pairs = { env, 1, 1 };
	static const char *const drivers[] = { "relx", "distillery" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(drivers); i++) {
		const struct hd_call call = { .script = "stop",
			.driver = drivers[i],
			.root = "/r",
			.app = "a",
			.env = &pairs };
		HD_AUTO_SHELL text = HD_SHELL_INIT;
		struct hd_err err;

		assert_hd_ok(
		    hd_compose_operation(&call, "id", "n", &text, &err), &err);
		try_prefixes(drivers[i], &text.text);
	}
}

static void
the_whole_text_does_run(void **state)
{
	const struct hd_call call = { .script = "facts",
		.driver = "relx",
		.root = "/nonexistent/r",
		.app = "a",
		.deadline_ms = 1000 };
	HD_AUTO_SHELL text = HD_SHELL_INIT;
	HD_AUTO_FD out = -1;
	struct hd_err err;

	(void)state;
	assert_hd_ok(hd_compose_ask(&call, "n", &text, &err), &err);
	for (size_t i = 0; i < HD_COUNT(shells); i++) {
		HD_AUTO_FD script = -1;
		char said[256];

		assert_hd_ok(hd_fs_temp(&out, "", 0, &err), &err);
		assert_hd_ok(
		    hd_fs_temp(&script, text.text.ptr, text.text.len - 1, &err),
		    &err);
		run(&shells[i], script, out);
		assert_true(pread(out, said, sizeof(said), 0) > 0);
		assert_non_null(strchr(said, '+'));
		close(out);
		out = -1;
	}
}

static void
a_call_that_makes_no_sense_is_refused(void **state)
{
	static struct hd_pair bad = { "A B", "x" };
	const struct hd_pairs pairs = { &bad, 1, 1 };
	const struct hd_call calls[] = {
		{ .script = "nothing", .root = "/r", .app = "a" },
		{ .script = "facts", .driver = "x", .root = "/r", .app = "a" },
		{ .script = "facts", .root = "r", .app = "a" },
		{ .script = "facts", .root = "/r\nx", .app = "a" },
		{ .script = "facts", .root = "/r", .app = "../a" },
		{ .script = "facts", .root = "/r", .app = "a", .env = &pairs },
	};
	struct hd_err err;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(calls); i++) {
		HD_AUTO_SHELL text = HD_SHELL_INIT;

		assert_hd_fails(hd_compose_ask(&calls[i], "n", &text, &err),
		    &err, HD_ELOCAL);
		assert_int_equal(text.text.len, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_prefix_of_a_reading_script_runs_anything),
		cmocka_unit_test(no_prefix_of_an_operation_runs_anything),
		cmocka_unit_test(the_whole_text_does_run),
		cmocka_unit_test(a_call_that_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests_name(
	    "remote prefix", tests, NULL, forget_tried);
}
