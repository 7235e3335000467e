#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/base/str.h"
#include "transport/commands.h"
#include "transport/sudo_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a login shell with this input prints, and its exit status. */
struct result {
	char out[4096], err[4096];
	int status;
};

static void
read_back(int fd, char room[static 4096])
{
	ssize_t n = pread(fd, room, 4095, 0);

	assert_true(n >= 0);
	room[n] = '\0';
}

static struct result
run_bytes(const char *shell, const char *command, const char *input, size_t n)
{
	int fds[3];
	struct result r;
	pid_t pid;

	for (int i = 0; i < 3; i++)
		fds[i] = memfd_create("stream", MFD_CLOEXEC);
	assert_int_equal(hd_fs_write_all(fds[0], input, n), 0);
	assert_int_equal(lseek(fds[0], 0, SEEK_SET), 0);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 3; i++)
			dup2(fds[i], i);
		if (strcmp(shell, "busybox") == 0)
			execlp(shell, "sh", "-c", command, (char *)NULL);
		execlp(shell, shell, "-c", command, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &r.status, 0), pid);
	r.status = WIFEXITED(r.status) ? WEXITSTATUS(r.status) : -1;
	read_back(fds[1], r.out);
	read_back(fds[2], r.err);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	return r;
}

static struct result
run(const char *shell, const char *command, const char *input)
{
	return run_bytes(shell, command, input, strlen(input));
}

static bool
is_installed(const char *shell)
{
	char test[64];

	snprintf(test, sizeof(test), "command -v %s >/dev/null", shell);
	return system(test) == 0;
}

static const char *const shells[] = { "sh", "dash", "bash", "mksh", "busybox",
	"csh", "tcsh", "zsh", "fish" };

static void
every_login_shell_runs_both_commands(void **state)
{
	struct hd_commands c = { 0 };
	struct hd_err err = { 0 };
	char folder[64], path[128], input[256];

	(void)state;
	files_folder(folder);
	assert_hd_ok(hd_commands_init(&c, NULL, NULL, &err), &err);
	for (size_t i = 0; i < HD_COUNT(shells); i++) {
		HD_AUTO_FREE char *text = NULL;
		struct result r;
		struct stat st;

		if (!is_installed(shells[i]))
			continue;
		snprintf(
		    input, sizeof(input), "%s\necho ran\nexit 7\n", c.word);
		r = run(shells[i], c.text, input);
		assert_string_equal(r.err, "");
		assert_string_equal(r.out, "ran\n");
		assert_int_equal(r.status, 7);
		snprintf(path, sizeof(path), "%s/a b'\"$%zu", folder, i);
		snprintf(input, sizeof(input), "%s 0 %s\nx\ny", c.word, path);
		r = run(shells[i], c.text, input);
		assert_string_equal(r.err, "");
		assert_int_equal(strncmp(r.out, c.word, strlen(c.word)), 0);
		assert_int_equal(r.status, 0);
		text = files_text(path);
		assert_string_equal(text, "x\ny");
		snprintf(input, sizeof(input), "%s 2 %s\nz", c.word, path);
		r = run(shells[i], c.text, input);
		assert_int_equal(strncmp(r.out, c.word, strlen(c.word)), 0);
		assert_int_equal(r.status, 0);
		text = files_text(path);
		assert_string_equal(text, "x\nz");
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	files_remove(folder);
}

/* sudo without a password: it would read the script. */
static void
every_login_shell_starts_sudo_with_its_two_words(void **state)
{
	struct hd_sudo sudo = { .silent = true };
	struct hd_commands c = { 0 };
	struct hd_err err = { 0 };
	char folder[64], path[128], text[512], want[512];

	(void)state;
	files_folder(folder);
	snprintf(path, sizeof(path), "%s/sudo", folder);
	snprintf(text, sizeof(text),
	    "#!/bin/sh\n"
	    "echo \"$1 $2 $3 $4 $5 $6 $7 $8 $9\" >%s/words\n"
	    "shift 7; exec \"$@\"\n",
	    folder);
	files_write(path, text);
	assert_int_equal(chmod(path, 0700), 0);
	snprintf(text, sizeof(text), "%s:%s", folder, getenv("PATH"));
	setenv("PATH", text, 1);
	snprintf(path, sizeof(path), "%s/words", folder);
	assert_hd_ok(hd_commands_init(&c, "app", &sudo, &err), &err);
	for (size_t i = 0; i < HD_COUNT(shells); i++) {
		HD_AUTO_FREE char *words = NULL;
		struct result r;

		if (!is_installed(shells[i]))
			continue;
		snprintf(text, sizeof(text),
		    "%s one two\n%s\necho ran $#\nexit 7\n", c.word, c.word);
		r = run(shells[i], c.text, text);
		assert_string_equal(r.err, "two\n");
		assert_string_equal(r.out, "ran 0\n");
		assert_int_equal(r.status, 7);
		words = files_text(path);
		snprintf(
		    want, sizeof(want), "-k -S -p one -u app -- /bin/sh -c\n");
		assert_string_equal(words, want);
		assert_int_equal(unlink(path), 0);
		/* a startup file has read the first word */
		r = run(shells[i], c.text, strchr(text, ' ') + 1);
		assert_int_equal(r.status, 3);
		assert_non_null(strstr(r.err, "startup file"));
		assert_int_equal(access(path, F_OK), -1);
	}
	files_remove(folder);
}

/* Each number of bytes is what a startup file could have read before. */
static void
input_without_its_beginning_is_refused_whole(void **state)
{
	struct hd_commands c = { 0 };
	struct hd_err err = { 0 };
	char folder[64], input[512];

	(void)state;
	files_folder(folder);
	assert_hd_ok(hd_commands_init(&c, NULL, NULL, &err), &err);
	assert_int_equal(chdir(folder), 0);
	snprintf(input, sizeof(input),
	    "%s 0 %s/path\ntouch ran\n}; touch ran\ntouch ran\n", c.word,
	    folder);
	for (size_t n = 1; n <= strlen(input); n++) {
		struct result script = run("sh", c.text, input + n);
		struct result data = run("sh", c.text, input + n);

		assert_int_equal(script.status, 3);
		assert_int_equal(data.status, 3);
		assert_string_equal(script.out, "");
		assert_string_equal(data.out, "");
		assert_non_null(strstr(script.err, "startup file"));
		assert_non_null(strstr(data.err, "startup file"));
	}
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0); /* nothing was written */
}

/* The command with sh in place of /bin/sh. */
static char *
command_of(const struct hd_commands *c, const char *sh)
{
	static const char begin[] = "exec /bin/sh -c";
	HD_AUTO_STR text = HD_STR_INIT(4096);

	assert_int_equal(strncmp(c->text, begin, strlen(begin)), 0);
	hd_str_addf(&text, "exec %s -c%s", sh, c->text + strlen(begin));
	return strdup(text.ptr);
}

/* Runs script compressed; only the first `share` percent arrives. */
static struct result
run_packed(const char *sh, const char *script, size_t share)
{
	HD_AUTO_STR input = HD_STR_INIT(2 * 1024 * 1024);
	HD_AUTO_FREE char *packed = NULL, *command = NULL;
	struct hd_commands c = { 0 };
	struct hd_err err = { 0 };
	size_t len;

	assert_hd_ok(hd_commands_init(&c, NULL, NULL, &err), &err);
	command = command_of(&c, sh);
	packed = hd_gzip(script, strlen(script), &len);
	hd_str_addf(&input, "%s gzip\n", c.word);
	hd_str_addn(&input, packed, len * share / 100);
	return run_bytes("/bin/sh", command, input.ptr, input.len);
}

static const char *const host_shells[] = { "/bin/sh", "dash", "bash --posix",
	"bash", "mksh", "busybox sh" };

static bool
is_host_shell(size_t i)
{
	char name[16];

	snprintf(name, sizeof(name), "%s", host_shells[i]);
	name[strcspn(name, " ")] = '\0';
	return is_installed(name);
}

static void
a_compressed_script_runs_in_the_same_process(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(host_shells); i++) {
		HD_AUTO_STR script = HD_STR_INIT(2 * 1024 * 1024);
		struct result r;
		char parent[32];

		if (!is_host_shell(i))
			continue;
		snprintf(parent, sizeof(parent), "%d", (int)getpid());
		hd_str_add(&script, "{\n: '");
		while (script.len < 1000000)
			hd_str_addf(&script, "it'\\''s %zu of 1 MB\n",
			    script.len * 7919 % 1000003);
		hd_str_add(&script,
		    "'\ncat\necho \"$PPID $# $(printenv hd_text)\"\n"
		    "exit 7\n}\n");
		setenv("hd_text", "of the login", 1);
		r = run_packed(host_shells[i], script.ptr, 100);
		unsetenv("hd_text");
		assert_string_equal(r.err, "");
		assert_int_equal(strncmp(r.out, parent, strlen(parent)), 0);
		assert_string_equal(r.out + strlen(parent), " 0 \n");
		assert_int_equal(r.status, 7);
	}
}

static bool
says_plain(const struct result *r)
{
	return r->status == 0 && strlen(r->out) == 32 + strlen(" plain\n") &&
	       strcmp(r->out + 32, " plain\n") == 0;
}

static void
a_compressed_script_that_is_cut_runs_nothing(void **state)
{
	static const char lines[] = "echo ran\n: 1\n: 2\n: 3\n: 4\necho on\n";

	(void)state;
	for (size_t i = 0; i < HD_COUNT(host_shells); i++)
		for (size_t share = 0; is_host_shell(i) && share < 100;
		     share += 9) {
			struct result r =
			    run_packed(host_shells[i], lines, share);

			assert_string_equal(r.err, "");
			assert_true(says_plain(&r));
		}
}

/* Puts a gzip first in PATH, or none anywhere (NULL). */
static void
with_gzip(const char *folder, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/gzip", folder);
	if (text != NULL) {
		files_write(path, text);
		assert_int_equal(chmod(path, 0700), 0);
	}
	setenv("PATH", folder, 1);
}

static void
a_host_that_cannot_unpack_says_so_and_runs_nothing(void **state)
{
	static const char *const gzips[] = { NULL, "#!/bin/sh\nexit 1\n",
		"#!/bin/sh\necho 'echo ran'; exit 1\n", "#!/bin/sh\nexit 0\n",
		"not a program" };
	char *was = strdup(getenv("PATH"));

	(void)state;
	for (size_t i = 0; i < HD_COUNT(gzips); i++) {
		char folder[64];
		struct result r;

		files_folder(folder);
		with_gzip(folder, gzips[i]);
		r = run_packed("/bin/sh", "echo ran\n", 100);
		setenv("PATH", was, 1);
		assert_true(says_plain(&r));
		files_remove(folder);
	}
	free(was);
}

static void
the_word_is_another_for_each_connection(void **state)
{
	struct hd_commands one = { 0 }, two = { 0 };
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(hd_commands_init(&one, NULL, NULL, &err), &err);
	assert_hd_ok(hd_commands_init(&two, "deploy", NULL, &err), &err);
	assert_int_equal(strlen(one.word), 32);
	assert_string_not_equal(one.word, two.word);
	assert_non_null(strstr(two.text, "sudo -n -u deploy -- /bin/sh -c"));
	assert_non_null(strstr(two.text, two.word));
	assert_hd_fails(
	    hd_commands_init(&two, "a b", NULL, &err), &err, HD_ECONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_login_shell_runs_both_commands),
		cmocka_unit_test(
		    every_login_shell_starts_sudo_with_its_two_words),
		cmocka_unit_test(input_without_its_beginning_is_refused_whole),
		cmocka_unit_test(a_compressed_script_runs_in_the_same_process),
		cmocka_unit_test(a_compressed_script_that_is_cut_runs_nothing),
		cmocka_unit_test(
		    a_host_that_cannot_unpack_says_so_and_runs_nothing),
		cmocka_unit_test(the_word_is_another_for_each_connection),
	};

	return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
