#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"
#include "transport/commands.h"

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
run(const char *shell, const char *command, const char *input)
{
	int fds[3];
	struct result r;
	pid_t pid;

	for (int i = 0; i < 3; i++)
		fds[i] = memfd_create("stream", MFD_CLOEXEC);
	assert_int_equal(hd_fs_write_all(fds[0], input, strlen(input)), 0);
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
	assert_hd_ok(hd_commands_init(&c, NULL, &err), &err);
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

/* Each number of bytes is what a startup file could have read before. */
static void
input_without_its_beginning_is_refused_whole(void **state)
{
	struct hd_commands c = { 0 };
	struct hd_err err = { 0 };
	char folder[64], input[512];

	(void)state;
	files_folder(folder);
	assert_hd_ok(hd_commands_init(&c, NULL, &err), &err);
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

static void
the_word_is_another_for_each_connection(void **state)
{
	struct hd_commands one = { 0 }, two = { 0 };
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(hd_commands_init(&one, NULL, &err), &err);
	assert_hd_ok(hd_commands_init(&two, "deploy", &err), &err);
	assert_int_equal(strlen(one.word), 32);
	assert_string_not_equal(one.word, two.word);
	assert_non_null(strstr(two.text, "sudo -n -u deploy -- /bin/sh -c"));
	assert_non_null(strstr(two.text, two.word));
	assert_hd_fails(hd_commands_init(&two, "a b", &err), &err, HD_ECONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_login_shell_runs_both_commands),
		cmocka_unit_test(input_without_its_beginning_is_refused_whole),
		cmocka_unit_test(the_word_is_another_for_each_connection),
	};

	return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
