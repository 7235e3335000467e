#define _XOPEN_SOURCE 700 /* ftruncate */
#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL_FILES = 20000, LIMIT_KIB = 64 * 1024 };
static const off_t LARGE = 4 * (off_t)LIMIT_KIB * 1024;

/* A sanitizer keeps freed memory for a while and shadows the rest. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_COUNTS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MEMORY_COUNTS 0
#endif
#endif
#ifndef MEMORY_COUNTS
#define MEMORY_COUNTS 1
#endif

static void
make_large(const char *folder)
{
	char name[100];
	int fd;

	folder_release(folder, "demo", "1.0", NULL);
	for (int i = 0; i < SMALL_FILES; i++) {
		snprintf(name, sizeof(name), "lib/demo-1.0/priv/%d/file-%d.txt",
		    i % 100, i);
		folder_write(folder, name, name, strlen(name));
	}
	folder_write(folder, "lib/demo-1.0/priv/large", "", 0);
	fd = open(folder_path(folder, "lib/demo-1.0/priv/large"), O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, LARGE), 0);
	close(fd);
}

static int
pack_and_measure(const char *folder)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;
	struct rusage usage;

	if (hd_artifact_open(&a, folder, "demo", "1.0", UINT64_MAX, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	if (a->entries.n != SMALL_FILES + 12 || a->unpacked < (uint64_t)LARGE)
		return 2;
	hd_artifact_free(a);
	if (getrusage(RUSAGE_SELF, &usage) < 0)
		return 3;
	fprintf(stderr, "%ld KiB at most\n", usage.ru_maxrss);
	return MEMORY_COUNTS && usage.ru_maxrss > LIMIT_KIB ? 4 : 0;
}

/* In a child process, to measure its memory alone. */
static void
twenty_thousand_files_and_a_large_one_need_little_memory(void **state)
{
	pid_t pid;
	int status;

	make_large(*state);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(pack_and_measure(*state));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    twenty_thousand_files_and_a_large_one_need_little_memory),
	};

	return cmocka_run_group_tests_name(
	    "pack_large", tests, folder_setup, folder_teardown);
}
