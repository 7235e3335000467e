#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/base/fs.h"

#include <stdlib.h>
#include <string.h>

#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyz_0123456789"

/* Where a host's facts are printed, and what is before each key. */
static const struct {
	const char *path, *before;
} printers[] = {
	{ "core/remote/facts.sh", "say " },
	{ "core/remote/facts.sh", "print \"" },
	{ "core/remote/facts_host.sh", "say " },
	{ "core/remote/facts_host.sh", "print \"" },
	{ "core/remote/facts_host.sh", "lines \"" },
	{ "core/remote/app_facts.sh", "say " },
	{ "core/remote/contents.sh", "say " },
	{ "core/remote/drift.sh", "say " },
	{ "core/remote/drift_files.sh", "say " },
	{ "core/remote/drift_left.sh", "say " },
	{ "core/remote/facts_unit.sh", "say " },
	{ "core/remote/preflight.sh", "say " },
	{ "core/remote/preflight_node.sh", "say " },
	{ "core/remote/preflight_programs.sh", "say " },
	{ "core/remote/preflight_programs.sh", "/, \"" },
	{ "core/rollout/preflight.c", "{ \"" },
	{ "core/remote/facts_packed.sh", "say " },
	{ "core/remote/facts_packed.sh", "print \"" },
	{ "core/remote/facts_proof.sh", "say " },
	{ "core/remote/facts_proof.sh", "print \"" },
	{ "core/remote/facts_proof.sh", "] = \"" },
	{ "core/remote/vm_facts.erl", "Line(\"" },
	{ "core/remote/vm_proof.erl", "Line(\"" },
};

static bool
is_comment(const char *text, const char *p)
{
	while (p > text && p[-1] != '\n')
		p--;
	return p[strspn(p, " \t")] == '#';
}

/* Every key that is printed, a line each. facts.sh also passes on `"$key"`, as
 * vm_facts.erl says it. */
static void
read_printed(struct hd_str *keys)
{
	hd_str_add(keys, "\n");
	for (size_t i = 0; i < HD_COUNT(printers); i++) {
		HD_AUTO_STR text = HD_STR_INIT(1024 * 1024);
		const char *before = printers[i].before, *p;
		struct hd_err err;

		assert_hd_ok(hd_fs_read(printers[i].path, &text, &err), &err);
		p = text.ptr;
		while ((p = strstr(p, before)) != NULL) {
			size_t n = strspn(p += strlen(before), KEY_LETTERS);

			if (n > 0 && !is_comment(text.ptr, p))
				hd_str_addf(keys, "%.*s\n", (int)n, p);
		}
	}
}

static bool
has_row(const char *key)
{
	for (size_t i = 0; hd_facts_key(i) != NULL; i++) {
		if (strcmp(hd_facts_key(i), key) == 0)
			return true;
	}
	return false;
}

static void
every_fact_that_is_printed_is_read(void **state)
{
	HD_AUTO_STR keys = HD_STR_INIT(16 * 1024);
	char *save = NULL;
	size_t n = 0;

	(void)state;
	read_printed(&keys);
	for (char *key = strtok_r(keys.ptr, "\n", &save); key != NULL;
	     key = strtok_r(NULL, "\n", &save), n++) {
		if (!has_row(key))
			fail_msg("no row for %s", key);
	}
	assert_true(n > 50);
}

static void
every_fact_that_is_read_is_printed(void **state)
{
	HD_AUTO_STR keys = HD_STR_INIT(16 * 1024);

	(void)state;
	read_printed(&keys);
	for (size_t i = 0; hd_facts_key(i) != NULL; i++) {
		HD_AUTO_STR key = HD_STR_INIT(64);

		hd_str_addf(&key, "\n%s\n", hd_facts_key(i));
		if (strstr(keys.ptr, key.ptr) == NULL)
			fail_msg("nothing prints %s", hd_facts_key(i));
	}
}

static void
a_fact_has_one_row(void **state)
{
	(void)state;
	for (size_t i = 0; hd_facts_key(i) != NULL; i++) {
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(
			    hd_facts_key(i), hd_facts_key(j));
	}
}

static void
each_fact_goes_where_its_name_says(void **state)
{
	struct hd_facts *f = facts_from_text(
	    "system Linux\nmachine x86_64\nloaders /lib/ld-a.so\n"
	    "loaders /lib/ld-b.so\nrefusal \nrefusal second\nboot 0.2.0\n"
	    "switching 0.3.0 0.2.0\nfiles 0.3.0 -\ndisk_free 7\n"
	    "snapshot s1 0.1.0\nwatching an id\n"
	    "records 0.1.0 - sha changed no\nrecords 0.2.0 id sha yes yes\n"
	    "erts 0.2.0 13.1\nrelup 0.2.0 down 0.1.0 emulator a,b\n"
	    "libs 0.1.0,0.2.0,0.9.0 util-1.0 digest\n"
	    "gone 0.2.0 bin/x and 2 more\nhistory {cut\n"
	    "vm_state unreachable\nvm_why process 7 is busy\n"
	    "vm_init starting\nvm_apps kernel 9.0 -\nvm_modified a\n"
	    "vm_old_code m 3 0.9.0 boss\nvm_settings app/key set\n");
	const struct hd_record *old = hd_facts_record(f, "0.1.0");
	const struct hd_record *new = hd_facts_record(f, "0.2.0");

	(void)state;
	assert_string_equal(f->system, "Linux");
	assert_string_equal(f->machine, "x86_64");
	assert_int_equal(f->loaders.n, 2);
	assert_string_equal(f->loaders.v[1], "/lib/ld-b.so");
	assert_string_equal(f->refusal, "the host refuses without a reason");
	assert_string_equal(f->switching, "0.3.0");
	assert_string_equal(f->switching_from, "0.2.0");
	assert_string_equal(f->files, "0.3.0");
	assert_null(f->files_from);
	assert_int_equal(f->disk_free, 7 * 1024);
	assert_string_equal(f->snapshot_boot, "0.1.0");
	assert_string_equal(f->watching, "an id");
	assert_null(old->identity);
	assert_string_equal(
	    old->lost, "does not have the size that was pushed");
	assert_null(new->lost);
	assert_true(new->verified);
	assert_string_equal(new->erts, "13.1");
	assert_true(new->relup.v[0].down);
	assert_true(new->relup.v[0].emulator);
	assert_string_equal(new->relup.v[0].restarts.v[1], "b");
	assert_int_equal(old->libs.n, 1);
	assert_string_equal(new->libs.v[0].value, "digest");
	assert_string_equal(
	    hd_facts_about(&f->gone, "0.2.0"), "bin/x and 2 more");
	assert_int_equal(f->history.n, 0);
	assert_int_equal(f->vm.state, HD_VM_UNREACHABLE);
	assert_string_equal(f->vm.why, "process 7 is busy");
	assert_string_equal(f->vm.init, "starting");
	assert_null(f->vm.apps.v[0].master);
	assert_string_equal(f->vm.modified.v[0], "a");
	assert_int_equal(f->vm.old_code.v[0].processes, 3);
	assert_int_equal(f->vm.settings.v[0].state, HD_SET_OTHER);
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_that_is_printed_is_read),
		cmocka_unit_test(every_fact_that_is_read_is_printed),
		cmocka_unit_test(a_fact_has_one_row),
		cmocka_unit_test(each_fact_goes_where_its_name_says),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
