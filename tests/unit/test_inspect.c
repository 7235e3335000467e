#include "tests/support/cmocka_all.h"

#include "core/artifact/artifact.h"
#include "core/artifact/scan.h"
#include "tests/support/folder.h"
#include "tests/support/tarball.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
try_open(const char *folder, struct hd_artifact **a, struct hd_err *err)
{
	*err = (struct hd_err){ 0 };
	return hd_artifact_open(
	    a, folder_path(folder, "t.tar.gz"), "demo", NULL, UINT64_MAX, err);
}

static void
a_good_tarball_is_read_whole(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT, manifest = HD_STR_INIT(4096);
	struct hd_artifact *a;
	struct hd_err err;
	char text[100];

	tarball_release(&tar, "demo", "1.0");
	tarball_add(&tar, '5', "lib/", "", "");
	tarball_add(&tar, '2', "bin/current", "demo", "");
	tarball_add(&tar, '0', "releases/1.0/relup", "",
	    "{\"1.0\",[{\"0.9\",[],[restart_emulator]}],[]}.");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	assert_string_equal(a->name, "demo");
	assert_string_equal(a->version, "1.0");
	assert_string_equal(a->erts, "13.1");
	assert_int_equal(a->entries.n, 7);
	assert_string_equal(a->entries.v[0].path, "bin/current");
	assert_string_equal(a->entries.v[0].link, "demo");
	assert_int_equal(a->relup.n, 1);
	assert_string_equal(a->relup.v[0].from, "0.9");
	assert_true(a->relup.v[0].emulator);
	assert_int_equal(a->size, lseek(a->fd, 0, SEEK_END));
	hd_artifact_manifest(a, &manifest);
	snprintf(text, sizeof(text), "%s  erts-13.1/bin/erl\n",
	    a->entries.v[1].sha256);
	assert_memory_equal(manifest.ptr, text, strlen(text));
	assert_null(strstr(manifest.ptr, "bin/current"));
	hd_artifact_free(a);
}

static void
a_bad_entry_is_refused_by_name(void **state)
{
	static const struct {
		char type;
		const char *name, *link, *says;
	} bad[] = {
		{ '0', "/etc/passwd", "", "/etc/passwd: absolute path" },
		{ '0', "lib/../../x", "", "lib/../../x: \"..\"" },
		{ '0', "..", "", "..: \"..\"" },
		{ '0', "./bin/x", "", "./bin/x: \"./\"" },
		{ '5', "./", "", ".: \"./\"" },
		{ '0', "bin//x", "", "bin//x: empty part" },
		{ '0', "bin\\x", "", "bin\\x: backslash" },
		{ '0', "bin/a\nb", "", "bin/a?b: control character" },
		{ '0', "bin/\033[2J", "", "bin/?[2J: control character" },
		{ '0', ".hdeploy/lock.999999", "",
		    ".hdeploy/lock.999999: hdeploy's own folder" },
		{ '5', ".hdeploy/", "", ".hdeploy: hdeploy's own folder" },
		{ '2', ".hdeploy", "lib", ".hdeploy: hdeploy's own folder" },
		{ '0', "./.hdeploy/id", "", "./.hdeploy/id: \"./\"" },
		{ '0', ".ssh/authorized_keys", "",
		    ".ssh/authorized_keys: hidden at the top" },
		{ '0', ".hdeploy2", "", ".hdeploy2: hidden at the top" },
		{ '1', "bin/hard", "bin/demo", "bin/hard: hard link" },
		{ '1', "bin/hard", "/etc/passwd", "bin/hard: hard link" },
		{ '2', "bin/up", "../lib", "bin/up: symbolic link to ../lib" },
		{ '2', "bin/abs", "/etc", "bin/abs: symbolic link to /etc" },
		{ '3', "bin/null", "", "bin/null: is not a file, a folder" },
		{ '4', "bin/disk", "", "bin/disk: is not a file, a folder" },
		{ '6', "bin/pipe", "", "bin/pipe: is not a file, a folder" },
	};
	struct hd_artifact *a;
	struct hd_err err;

	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		HD_AUTO_STR tar = TARBALL_INIT;

		tarball_release(&tar, "demo", "1.0");
		tarball_add(&tar, bad[i].type, bad[i].name, bad[i].link, "");
		tarball_write(&tar, *state, "t.tar.gz");
		assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
		if (strstr(err.msg, bad[i].says) == NULL ||
		    strstr(err.msg, "t.tar.gz: ") == NULL)
			fail_msg("%s: not in: %s", bad[i].says, err.msg);
	}
}

static void
expect(void **state, struct hd_str *tar, const char *says)
{
	struct hd_artifact *a;
	struct hd_err err;

	tarball_write(tar, *state, "t.tar.gz");
	assert_hd_fails(try_open(*state, &a, &err), &err, HD_ELOCAL);
	if (strstr(err.msg, says) == NULL)
		fail_msg("%s: not in: %s", says, err.msg);
}

static void
a_file_with_special_bits_is_refused_by_name(void **state)
{
	static const unsigned modes[] = { 04755, 02755, 06755, 01644, 04000 };

	for (size_t i = 0; i < HD_COUNT(modes); i++) {
		HD_AUTO_STR tar = TARBALL_INIT;

		tarball_release(&tar, "demo", "1.0");
		tarball_add_mode(&tar, modes[i], '0', "bin/suid", "", "x");
		expect(state, &tar, "bin/suid: is set-user-id, set-group-id");
	}
}

/* Modes as Distillery, umask 002 and set-group-id folders leave them. */
static void
entries_that_others_could_write_to_are_packed_again(void **state)
{
	static const struct {
		char type;
		const char *name;
		unsigned mode;
	} loose[] = { { '0', "bin/x", 0777 }, { '0', "bin/x", 0664 },
		{ '5', "bin/", 02775 } };
	char identity[HD_SHA256_HEX];
	struct hd_artifact *a;
	struct hd_err err;

	for (size_t i = 0; i < HD_COUNT(loose) * 2; i++) {
		HD_AUTO_STR tar = TARBALL_INIT;
		unsigned mode = loose[i / 2].mode;
		struct hd_scan s;

		tarball_release(&tar, "demo", "1.0");
		tarball_add_mode(&tar, i % 2 ? mode : mode & 0755,
		    loose[i / 2].type, loose[i / 2].name, "", "");
		tarball_add(&tar, '2', "bin/link", "x", "");
		tarball_add(&tar, '0', "bin/after", "", "after");
		tarball_write(&tar, *state, "t.tar.gz");
		assert_hd_ok(try_open(*state, &a, &err), &err);
		assert_hd_ok(
		    hd_scan_tarball(&s, a->fd, UINT64_MAX, -1, &err), &err);
		assert_false(s.writable);
		assert_string_equal(s.sha256, a->sha256);
		assert_int_equal(s.size, a->size);
		hd_scan_done(&s);
		if (i % 2)
			assert_string_equal(a->identity, identity);
		memcpy(identity, a->identity, sizeof(identity));
		hd_artifact_free(a);
	}
}

static void
same_entry_twice_is_fine_and_counts_once(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	tarball_release(&tar, "demo", "1.0");
	tarball_release(&tar, "demo", "1.0");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	assert_int_equal(a->entries.n, 5);
	hd_artifact_free(a);
}

static void
two_entries_of_one_name_that_differ_are_refused(void **state)
{
	static const struct {
		char type;
		const char *name, *link, *text;
	} second[] = { { '0', "bin/x", "", "other" }, { '2', "bin/x", "a", "" },
		{ '5', "bin/x/", "", "" } };

	for (size_t i = 0; i < HD_COUNT(second); i++) {
		HD_AUTO_STR tar = TARBALL_INIT;

		tarball_release(&tar, "demo", "1.0");
		tarball_add(&tar, '0', "bin/x", "", "a");
		tarball_add(&tar, second[i].type, second[i].name,
		    second[i].link, second[i].text);
		expect(state, &tar, "bin/x: two different entries");
	}
}

static void
nothing_is_written_through_a_link_or_file(void **state)
{
	static const char types[] = "20";

	/* In both orders, and with a name that sorts between them. */
	for (int i = 0; i < 4; i++) {
		HD_AUTO_STR tar = TARBALL_INIT;

		tarball_release(&tar, "demo", "1.0");
		if (i < 2)
			tarball_add(&tar, '0', "a/b/c", "", "");
		tarball_add(&tar, types[i % 2], "a", i % 2 ? "" : "lib", "");
		tarball_add(&tar, '0', "a-b", "", "");
		if (i >= 2)
			tarball_add(&tar, '0', "a/b/c", "", "");
		expect(state, &tar, "a/b/c: is below a, which");
	}
}

static void
a_missing_part_of_a_release_is_named(void **state)
{
	/* Entries 0..4 of a release, in this order. */
	static const char *const lacks[] = { "has no releases/start_erl.data",
		"contains no release demo",
		"has neither releases/1.0/start.boot", "has no erts-13.1",
		"has no lib/demo-1.0/" };

	for (size_t skip = 0; skip < HD_COUNT(lacks); skip++) {
		HD_AUTO_STR all = TARBALL_INIT, tar = TARBALL_INIT;

		tarball_release(&all, "demo", "1.0");
		assert_int_equal(all.len, 5 * 1024);
		hd_str_addn(&tar, all.ptr, skip * 1024);
		hd_str_addn(
		    &tar, all.ptr + (skip + 1) * 1024, (4 - skip) * 1024);
		expect(state, &tar, lacks[skip]);
	}
}

static void
a_wrong_name_or_version_is_refused(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_err err = { 0 };
	struct hd_artifact *a;
	const char *path = folder_path(*state, "t.tar.gz");

	tarball_release(&tar, "demo", "1.0");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_fails(
	    hd_artifact_open(&a, path, "other", NULL, UINT64_MAX, &err), &err,
	    HD_ELOCAL);
	assert_non_null(strstr(err.msg, "no release other of version 1.0"));
	assert_hd_fails(
	    hd_artifact_open(&a, path, "demo", "2.0", UINT64_MAX, &err), &err,
	    HD_ELOCAL);
	assert_non_null(strstr(err.msg, "contains version 1.0, not 2.0"));
	assert_hd_fails(
	    hd_artifact_open(&a, path, "demo", "../x", UINT64_MAX, &err), &err,
	    HD_ELOCAL);
	assert_hd_ok(
	    hd_artifact_open(&a, path, NULL, "1.0", UINT64_MAX, &err), &err);
	hd_artifact_free(a);
}

static void
a_name_in_the_rel_file_that_a_shell_could_read_is_refused(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	tarball_add(&tar, '0', "releases/start_erl.data", "", "13.1 1.0");
	tarball_add(&tar, '0', "releases/1.0/x.rel", "",
	    "{release,{\"$(reboot)\",\"1.0\"},{erts,\"13.1\"},[]}.");
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_fails(hd_artifact_open(&a, folder_path(*state, "t.tar.gz"),
			    NULL, NULL, UINT64_MAX, &err),
	    &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "releases/1.0/x.rel: has no usable"));
}

#define NO_PROGRAM (HD_LACK_ERL_CALL | HD_LACK_SCRIPT | HD_LACK_OWN_SCRIPT)

/* sasl and erl_call control the node; drivers run the scripts. */
static void
missing_control_programs_are_noticed(void **state)
{
	static const struct {
		const char *sasl, *name;
		unsigned mode, lacks;
	} rows[] = {
		{ ",{sasl,\"4.2\"}", "erts-13.1/bin/erl_call", 0755,
		    HD_LACK_SCRIPT | HD_LACK_OWN_SCRIPT | HD_LACK_CASTLE },
		{ ",{sasl,\"4.2\",permanent}", "bin/demo", 0755,
		    HD_LACK_ERL_CALL | HD_LACK_OWN_SCRIPT | HD_LACK_CASTLE },
		{ ",{sasl,\"4.2\",[x]}", "bin/demo-1.0", 0755,
		    HD_LACK_ERL_CALL | HD_LACK_SCRIPT | HD_LACK_CASTLE },
		{ ",{sasl,\"4.2\",transient,[x]}", "bin/demo-1.0", 0644,
		    NO_PROGRAM | HD_LACK_CASTLE },
		{ ",{sasl,\"4.2\",load}", "bin/demo", 0755,
		    HD_LACK_SASL | HD_LACK_ERL_CALL | HD_LACK_OWN_SCRIPT |
			HD_LACK_CASTLE },
		{ ",{sasl,\"4.2\",none,[]}", "bin/demo", 0755,
		    HD_LACK_SASL | HD_LACK_ERL_CALL | HD_LACK_OWN_SCRIPT |
			HD_LACK_CASTLE },
		{ "", "bin/demo", 0755,
		    HD_LACK_SASL | HD_LACK_ERL_CALL | HD_LACK_OWN_SCRIPT |
			HD_LACK_CASTLE },
		{ ",{sasl,\"4.2\"}", "releases/1.0/preboot.boot", 0644,
		    NO_PROGRAM },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_STR tar = TARBALL_INIT;
		struct hd_artifact *a;
		struct hd_err err;
		char rel[200];

		snprintf(rel, sizeof(rel),
		    "{release,{\"demo\",\"1.0\"},{erts,\"13.1\"},"
		    "[{kernel,\"8\"}%s]}.",
		    rows[i].sasl);
		tarball_add(
		    &tar, '0', "releases/start_erl.data", "", "13.1 1.0");
		tarball_add(&tar, '0', "releases/1.0/start.boot", "", "boot");
		tarball_add(&tar, '0', "erts-13.1/bin/erl", "", "x");
		tarball_add(&tar, '0', "lib/kernel-8/ebin/x", "", "x");
		tarball_add(&tar, '0', "lib/sasl-4.2/ebin/x", "", "x");
		tarball_add(&tar, '0', "releases/1.0/demo.rel", "", rel);
		tarball_add_mode(
		    &tar, rows[i].mode, '0', rows[i].name, "", "x");
		tarball_write(&tar, *state, "t.tar.gz");
		assert_hd_ok(try_open(*state, &a, &err), &err);
		assert_int_equal(a->lacks, rows[i].lacks);
		hd_artifact_free(a);
	}
}

/* The identity of demo 1.0 with one more file. */
static void
identify(void **state, const char *name, const char *text,
    char identity[static HD_SHA256_HEX], char sha256[static HD_SHA256_HEX])
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err;

	tarball_release(&tar, "demo", "1.0");
	tarball_add(&tar, '0', name, "", text);
	tarball_write(&tar, *state, "t.tar.gz");
	assert_hd_ok(try_open(*state, &a, &err), &err);
	memcpy(identity, a->identity, HD_SHA256_HEX);
	for (size_t i = 0; i < a->entries.n; i++)
		if (strcmp(a->entries.v[i].path, name) == 0)
			memcpy(sha256, a->entries.v[i].sha256, HD_SHA256_HEX);
	hd_artifact_free(a);
}

/* systools writes the build time into a comment, and mix makes a cookie. */
static void
comments_in_generated_terms_do_not_make_another_version(void **state)
{
	static const struct {
		const char *name, *one, *two;
		bool same;
	} pairs[] = {
		{ "releases/1.0/start.script", "%% at 8:15\n{a}.\n",
		    "%% at 9:30\n{a}.\n", true },
		{ "releases/1.0/start.script", "%% at 8:15\n{a}.\n",
		    "%% at 8:15\n{b}.\n", false },
		{ "releases/1.0/vm.args", "% a\n", "% b\n", false },
		{ "releases/COOKIE", "TM3K", "5QHA", true },
		{ "releases/1.0/COOKIE", "TM3K", "5QHA", false },
		{ "lib/demo-1.0/ebin/x.beam", "not", "one", false },
	};
	char ids[2][HD_SHA256_HEX], sums[2][HD_SHA256_HEX];

	for (size_t i = 0; i < HD_COUNT(pairs); i++) {
		const char *name = pairs[i].name;

		identify(state, name, pairs[i].one, ids[0], sums[0]);
		identify(state, name, pairs[i].two, ids[1], sums[1]);
		assert_int_equal(strcmp(ids[0], ids[1]) == 0, pairs[i].same);
		assert_string_not_equal(sums[0], sums[1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_tarball_is_read_whole),
		cmocka_unit_test(a_bad_entry_is_refused_by_name),
		cmocka_unit_test(a_file_with_special_bits_is_refused_by_name),
		cmocka_unit_test(
		    entries_that_others_could_write_to_are_packed_again),
		cmocka_unit_test(same_entry_twice_is_fine_and_counts_once),
		cmocka_unit_test(
		    two_entries_of_one_name_that_differ_are_refused),
		cmocka_unit_test(nothing_is_written_through_a_link_or_file),
		cmocka_unit_test(a_missing_part_of_a_release_is_named),
		cmocka_unit_test(a_wrong_name_or_version_is_refused),
		cmocka_unit_test(
		    a_name_in_the_rel_file_that_a_shell_could_read_is_refused),
		cmocka_unit_test(missing_control_programs_are_noticed),
		cmocka_unit_test(
		    comments_in_generated_terms_do_not_make_another_version),
	};

	return cmocka_run_group_tests_name(
	    "inspect", tests, folder_setup, folder_teardown);
}
