#define _XOPEN_SOURCE 700 /* symlink, utimensat */
#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
#include "core/base/cancel.h"
#include "core/base/fs.h"
#include "core/base/str.h"
#include "tests/support/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char relup[] = "{\"1.0\",[{\"0.9\",[],[]}],[{\"0.9\",[],[]}]}.";

static struct hd_artifact *
open_folder(void **state, const char *folder, const char *version)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	assert_hd_ok(hd_artifact_open(&a, folder_path(*state, folder), "demo",
			 version, UINT64_MAX, &err),
	    &err);
	return a;
}

static void
expect(void **state, const char *folder, const char *says)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	assert_hd_fails(hd_artifact_open(&a, folder_path(*state, folder),
			    "demo", NULL, UINT64_MAX, &err),
	    &err, HD_ELOCAL);
	if (strstr(err.msg, says) == NULL)
		fail_msg("%s: not in: %s", says, err.msg);
}

static const struct hd_entry *
entry(const struct hd_artifact *a, const char *path)
{
	for (size_t i = 0; i < a->entries.n; i++)
		if (strcmp(a->entries.v[i].path, path) == 0)
			return &a->entries.v[i];
	return NULL;
}

static void
a_folder_becomes_a_release(void **state)
{
	struct hd_artifact *a;

	folder_release(folder_path(*state, "r"), "demo", "1.0", relup);
	a = open_folder(state, "r", NULL);
	assert_string_equal(a->name, "demo");
	assert_string_equal(a->version, "1.0");
	assert_int_equal(a->relup.n, 2);
	assert_int_equal(a->entries.n, 12);
	assert_string_equal(a->entries.v[0].path, "bin/demo");
	assert_int_equal(entry(a, "bin/demo")->mode, 0755);
	assert_int_equal(entry(a, "releases/1.0/demo.rel")->mode, 0644);
	assert_int_equal(entry(a, "releases/start_erl.data")->size, 8);
	assert_non_null(entry(a, "releases/RELEASES"));
	assert_int_equal(lseek(a->fd, 0, SEEK_CUR), 0);
	hd_artifact_free(a);
}

/* Only from programs in erts-<version>/bin: a library may contain others. */
static void
the_needs_of_the_runtime_are_read(void **state)
{
	static const char program[] = "tests/fuzz/corpus/elf/x86_64";
	HD_AUTO_STR elf = HD_STR_INIT(4096);
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	assert_hd_ok(hd_fs_read(program, &elf, &err), &err);
	folder_release(folder_path(*state, "elf"), "demo", "1.0", relup);
	folder_write(folder_path(*state, "elf"), "lib/demo-1.0/bin/beam.smp",
	    elf.ptr, elf.len);
	a = open_folder(state, "elf", NULL);
	assert_int_equal(a->lacks, HD_LACK_CASTLE);
	assert_int_equal(a->runtime.machine, 0);
	hd_artifact_free(a);
	folder_write(folder_path(*state, "elf"), "erts-13.1/bin/beam.smp",
	    elf.ptr, elf.len);
	a = open_folder(state, "elf", NULL);
	assert_int_equal(a->runtime.machine, 62);
	assert_string_equal(a->runtime.loader, "/lib64/ld-linux-x86-64.so.2");
	assert_int_equal(a->runtime.glibc[0], 2);
	assert_int_equal(a->runtime.glibc[1], 38);
	hd_artifact_free(a);
}

/* "cd folder && command". */
static void
run(void **state, const char *folder, const char *command)
{
	char text[1024];

	snprintf(text, sizeof(text), "cd %s && %s", folder_path(*state, folder),
	    command);
	assert_int_equal(system(text), 0);
}

static void
the_same_tree_gives_the_same_bytes(void **state)
{
	struct hd_artifact *a, *b;
	mode_t mask;

	folder_release(folder_path(*state, "one/r"), "demo", "1.0", relup);
	a = open_folder(state, "one/r", NULL);
	/* With other times, modes and order of files in a folder. */
	mask = umask(0077);
	folder_write(
	    folder_path(*state, "two/r"), "lib/sasl-4.2/ebin/zzz", "z", 1);
	folder_release(folder_path(*state, "two/r"), "demo", "1.0", relup);
	umask(mask);
	run(state, "two/r",
	    "rm lib/sasl-4.2/ebin/zzz && chmod 0700 bin/demo erts-13.1/bin/erl "
	    "&& find . -exec touch -d 2001-02-03 {} +");
	if (getuid() == 0)
		run(state, "two/r", "chown -R 65534:65534 .");
	b = open_folder(state, "two/r", NULL);
	assert_string_equal(a->identity, b->identity);
	assert_string_equal(a->sha256, b->sha256);
	hd_artifact_free(b);
	/* But not with other permissions. */
	run(state, "two/r", "chmod 0755 releases/1.0/start.boot");
	b = open_folder(state, "two/r", NULL);
	assert_string_not_equal(a->identity, b->identity);
	hd_artifact_free(b);
	hd_artifact_free(a);
}

static const char *
library(const struct hd_artifact *a, const char *name)
{
	for (size_t i = 0; i < a->libs.n; i++)
		if (strcmp(a->libs.v[i].name, name) == 0)
			return a->libs.v[i].value;
	fail_msg("no library %s", name);
	return NULL;
}

static void
every_library_has_an_identity_of_its_own(void **state)
{
	const char *r = folder_path(*state, "libs/r");
	struct hd_artifact *a, *b;

	folder_release(r, "demo", "1.0", relup);
	a = open_folder(state, "libs/r", NULL);
	assert_int_equal(a->libs.n, 3);
	folder_write(r, "lib/sasl-4.2/ebin/sasl.app", "{}.", 3);
	folder_write(r, "releases/1.0/sys.config", "[1].", 4);
	b = open_folder(state, "libs/r", NULL);
	assert_int_equal(b->libs.n, 3);
	assert_string_equal(library(a, "demo-1.0"), library(b, "demo-1.0"));
	assert_string_equal(library(a, "erts-13.1"), library(b, "erts-13.1"));
	assert_string_not_equal(library(a, "sasl-4.2"), library(b, "sasl-4.2"));
	hd_artifact_free(b);
	hd_artifact_free(a);
}

static void
file_order_does_not_matter(void **state)
{
	struct hd_artifact *a, *b;
	char name[64];

	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "lib/demo-1.0/priv/%d", i);
		folder_write(folder_path(*state, "up"), name, "x", 1);
		snprintf(name, sizeof(name), "lib/demo-1.0/priv/%d", 49 - i);
		folder_write(folder_path(*state, "dn"), name, "x", 1);
	}
	folder_release(folder_path(*state, "up"), "demo", "1.0", NULL);
	folder_release(folder_path(*state, "dn"), "demo", "1.0", NULL);
	a = open_folder(state, "up", NULL);
	b = open_folder(state, "dn", NULL);
	assert_string_equal(a->sha256, b->sha256);
	hd_artifact_free(a);
	hd_artifact_free(b);
}

static void
files_outside_the_version_are_not_packed(void **state)
{
	static const char *const other[] = { "log/erlang.log.1",
		"var/start_erl.data", "demo-1.0.tar.gz",
		"releases/1.0/demo.tar.gz", "releases/demo-1.0.tar.gz",
		"releases/0.9/demo.rel", "releases/0.9/sys.config",
		"bin/demo-0.9", "lib/demo-0.9/ebin/demo.app",
		"erts-12.0/bin/erl", "lib/unused-1/ebin/unused.app" };
	struct hd_artifact *a, *b;

	folder_release(folder_path(*state, "x"), "demo", "1.0", relup);
	a = open_folder(state, "x", NULL);
	for (size_t i = 0; i < HD_COUNT(other); i++)
		folder_write(folder_path(*state, "x"), other[i], "x", 1);
	b = open_folder(state, "x", NULL);
	for (size_t i = 0; i < HD_COUNT(other); i++)
		assert_null(entry(b, other[i]));
	assert_string_equal(a->sha256, b->sha256);
	hd_artifact_free(b);
	/* A tarball inside an application is not one of a release. */
	folder_write(
	    folder_path(*state, "x"), "lib/demo-1.0/priv/d.tar.gz", "x", 1);
	folder_write(folder_path(*state, "x"), "bin/demo-remote", "x", 1);
	b = open_folder(state, "x", NULL);
	assert_non_null(entry(b, "lib/demo-1.0/priv/d.tar.gz"));
	assert_non_null(entry(b, "bin/demo-remote"));
	hd_artifact_free(b);
	hd_artifact_free(a);
}

/* A folder in which another version was built last. */
static const char *
listing(const struct hd_artifact *a)
{
	static char text[4096];
	char command[64];
	size_t n;
	FILE *p;

	snprintf(command, sizeof(command), "tar -tvzf /proc/%d/fd/%d",
	    (int)getpid(), a->fd);
	p = popen(command, "r");
	assert_non_null(p);
	n = fread(text, 1, sizeof(text) - 1, p);
	text[n] = '\0';
	assert_int_equal(pclose(p), 0);
	return text;
}

static void
files_and_empty_folders_of_overlays_are_packed(void **state)
{
	struct hd_artifact *a;

	folder_release(folder_path(*state, "o"), "demo", "1.0", relup);
	run(state, "o",
	    "mkdir -p etc data/spool log tmp var lib/demo-1.0/priv/empty && "
	    "echo x | tee etc/app.conf readme log/x var/x demo-1.0.tar.gz "
	    "releases/x erl_crash.dump .hidden >/dev/null && "
	    "ln -s readme link");
	a = open_folder(state, "o", NULL);
	assert_non_null(entry(a, "etc/app.conf"));
	assert_non_null(entry(a, "readme"));
	assert_non_null(entry(a, "releases/x"));
	assert_string_equal(entry(a, "link")->link, "readme");
	assert_int_equal(a->entries.n, 16);
	assert_non_null(strstr(listing(a), " data/spool/\n"));
	assert_non_null(strstr(listing(a), " lib/demo-1.0/priv/empty/\n"));
	assert_non_null(strstr(listing(a), "drwxr-xr-x"));
	assert_int_equal(a->left_out.n, 5);
	hd_artifact_free(a);
}

static void
an_older_version_in_the_folder_is_packed_as_it_was(void **state)
{
	const char *folder = folder_path(*state, "both");
	struct hd_artifact *old, *again, *next;
	struct hd_err err = { 0 };

	folder_release(folder, "demo", "1.0", NULL);
	run(state, "both", "cp -p bin/demo bin/demo-1.0");
	old = open_folder(state, "both", NULL);
	folder_release(folder_path(*state, "both"), "demo", "2.0", NULL);
	again = open_folder(state, "both", "1.0");
	assert_string_equal(again->version, "1.0");
	assert_string_equal(old->sha256, again->sha256);
	next = open_folder(state, "both", NULL);
	assert_string_equal(next->version, "2.0");
	assert_null(entry(next, "bin/demo-1.0"));
	hd_artifact_free(old);
	hd_artifact_free(again);
	hd_artifact_free(next);
	assert_hd_fails(hd_artifact_open(&old, folder_path(*state, "both"),
			    "demo", "3.0", UINT64_MAX, &err),
	    &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "contains version 2.0, not 3.0"));
	/* With the version given, start_erl.data is not needed. */
	run(state, "both", "rm releases/start_erl.data");
	expect(state, "both", "has no releases/start_erl.data");
	next = open_folder(state, "both", "2.0");
	assert_non_null(entry(next, "releases/start_erl.data"));
	hd_artifact_free(next);
}

static void
links_are_kept_where_erlang_can_unpack_them(void **state)
{
	struct hd_artifact *a;

	folder_release(folder_path(*state, "l"), "demo", "1.0", NULL);
	folder_write(
	    folder_path(*state, "l"), "lib/demo-1.0/priv/so.1", "code", 4);
	run(state, "l",
	    "ln -s so.1 lib/demo-1.0/priv/so && "
	    "ln -s ../lib/demo-1.0/priv/so.1 bin/up");
	a = open_folder(state, "l", NULL);
	assert_string_equal(entry(a, "lib/demo-1.0/priv/so")->link, "so.1");
	/* A link with ".." becomes the file. */
	assert_null(entry(a, "bin/up")->link);
	assert_int_equal(entry(a, "bin/up")->size, 4);
	hd_artifact_free(a);
}

static void
links_that_lead_out_are_refused(void **state)
{
	static const struct {
		const char *make, *says;
	} bad[] = {
		{ "ln -s /etc/hostname bin/out",
		    "bin/out: symbolic link to /e" },
		{ "ln -s ../../other bin/out",
		    "bin/out: symbolic link to ../" },
		{ "ln -s ../lib bin/out", "bin/out: symbolic link to ../lib" },
		{ "ln -s gone bin/out", "bin/out: symbolic link to gone, which "
					"does not exist" },
		{ "mv lib/demo-1.0 x && ln -s $PWD/x lib/demo-1.0",
		    "has no folder lib/demo-1.0 of its own; build a complete "
		    "release (rebar3: {mode, prod}; " },
		{ "mkfifo bin/out", "bin/out: is not a file, a folder" },
		{ "rm -r erts-13.1", "has no folder erts-13.1" },
		{ "printf x >'bin/a\\b'", "bin/a\\b: backslash" },
		{ "rm releases/1.0/start.boot",
		    "has neither releases/1.0/start" },
	};

	folder_write(*state, "other", "x", 1);
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		folder_release(folder_path(*state, "bad"), "demo", "1.0", NULL);
		run(state, "bad", bad[i].make);
		expect(state, "bad", bad[i].says);
		folder_remove(folder_path(*state, "bad"));
	}
}

static void
a_name_too_long_for_a_tar_is_refused(void **state)
{
	char path[400] = "lib/demo-1.0/priv/";
	struct hd_artifact *a;

	folder_release(folder_path(*state, "long"), "demo", "1.0", NULL);
	/* 100 bytes are fine, and so is a name that is not ASCII. */
	memset(path + 18, 'n', 98);
	memcpy(path + 18, "\xc3\xa9", 2);
	folder_write(folder_path(*state, "long"), path, "x", 1);
	a = open_folder(state, "long", NULL);
	assert_non_null(entry(a, path));
	hd_artifact_free(a);
	memset(path + 18, 'n', 110);
	folder_write(folder_path(*state, "long"), path, "x", 1);
	expect(state, "long", "nnn: cannot be packed: Pathname too long");
}

static void
a_folder_without_a_release_is_refused(void **state)
{
	mkdir(folder_path(*state, "empty"), 0777);
	expect(state, "empty", "has no releases/start_erl.data");
	expect(state, "nowhere", "nowhere: No such file");
	/* opening the pipe would block for ever */
	folder_release(folder_path(*state, "pipe"), "demo", "1.0", NULL);
	assert_int_equal(
	    mkfifo(folder_path(*state, "pipe/releases/x.rel"), 0666), 0);
	expect(state, "pipe", "releases/x.rel: not a file");
}

/* In a child process, because a request to cancel cannot be withdrawn. */
static void
an_interruption_stops_it(void **state)
{
	struct hd_err err = { 0 };
	struct hd_artifact *a;
	const char *folder = folder_path(*state, "stop");
	pid_t pid;
	int status;

	folder_release(folder, "demo", "1.0", NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		hd_cancel_request();
		status = hd_artifact_open(
		    &a, folder, "demo", NULL, UINT64_MAX, &err);
		_exit(status == -1 && err.code == HD_ECANCELED ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_becomes_a_release),
		cmocka_unit_test(the_needs_of_the_runtime_are_read),
		cmocka_unit_test(the_same_tree_gives_the_same_bytes),
		cmocka_unit_test(every_library_has_an_identity_of_its_own),
		cmocka_unit_test(file_order_does_not_matter),
		cmocka_unit_test(files_outside_the_version_are_not_packed),
		cmocka_unit_test(
		    files_and_empty_folders_of_overlays_are_packed),
		cmocka_unit_test(
		    an_older_version_in_the_folder_is_packed_as_it_was),
		cmocka_unit_test(links_are_kept_where_erlang_can_unpack_them),
		cmocka_unit_test(links_that_lead_out_are_refused),
		cmocka_unit_test(a_name_too_long_for_a_tar_is_refused),
		cmocka_unit_test(a_folder_without_a_release_is_refused),
		cmocka_unit_test(an_interruption_stops_it),
	};

	return cmocka_run_group_tests_name(
	    "pack", tests, folder_setup, folder_teardown);
}
