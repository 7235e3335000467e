#include "tests/support/cmocka_all.h"

#include "core/artifact/compare.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 64 * 1024 };

/* A release made by hand, without files. */
struct made {
	struct hd_artifact a;
};

static int
setup(void **state)
{
	static struct made two[2];

	memset(two, 0, sizeof(two));
	two[0].a.version = "0.1.0";
	two[1].a.version = "0.2.0";
	two[0].a.erts = two[1].a.erts = "13.1";
	two[0].a.name = two[1].a.name = "hotcode";
	*state = two;
	return 0;
}

static int
teardown(void **state)
{
	struct made *two = *state;

	hd_arena_done(&two[0].a.arena);
	hd_arena_done(&two[1].a.arena);
	return 0;
}

static void
add_module(
    struct made *m, const char *lib, const char *name, const char *digest)
{
	struct hd_module *one = HD_PUSH(&m->a.arena, &m->a.modules);

	one->lib = lib;
	one->name = name;
	snprintf(one->digest, sizeof(one->digest), "%s", digest);
}

static void
add_app(struct made *m, const char *name, const char *version, bool appup)
{
	*HD_PUSH(&m->a.arena, &m->a.applications) = (struct hd_application){
		.name = name, .version = version, .appup = appup
	};
}

static void
add_setting(struct made *m, const char *app, const char *key, const char *text)
{
	struct hd_term *t = hd_arena_alloc(&m->a.arena, sizeof(*t));
	struct hd_err err = { 0 };

	assert_hd_ok(
	    hd_term_parse(t, &m->a.arena, text, strlen(text), &err), &err);
	*HD_PUSH(&m->a.arena, &m->a.config) =
	    (struct hd_config_key){ app, key, t };
}

static void
add_file(struct made *m, const char *path, const char *digest)
{
	struct hd_entry *e = HD_PUSH(&m->a.arena, &m->a.entries);

	e->path = path;
	e->mode = 0644;
	e->size = strlen(digest);
	snprintf(e->sha256, sizeof(e->sha256), "%s", digest);
}

static struct hd_relup_entry *
add_way(struct made *m, const char *from, bool down)
{
	struct hd_relup_entry *e = HD_PUSH(&m->a.arena, &m->a.relup);

	e->from = from;
	e->down = down;
	return e;
}

static void
instruct(struct made *m, struct hd_relup_entry *e,
    enum hd_instruction_kind kind, const char *name)
{
	*HD_PUSH(&m->a.arena, &e->instructions) =
	    (struct hd_instruction){ .kind = kind, .name = name };
}

static const char *
or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

/* All differences: one line for each, "area name|before|after|...". */
static void
assert_compared(struct made *two, const char *wanted)
{
	HD_AUTO_STR text = HD_STR_INIT(TEXT_MAX);
	struct hd_comparison c;

	hd_compare(&c, &two[0].a, &two[1].a);
	for (size_t i = 0; i < c.differences.n; i++) {
		const struct hd_difference *d = &c.differences.v[i];

		hd_str_addf(&text, "%d %s|%s|%s", (int)d->area, d->name,
		    or_dash(d->before), or_dash(d->after));
		if (d->note != NULL)
			hd_str_addf(&text, "|%s", d->note);
		if (d->area == HD_AREA_MODULE)
			hd_str_addf(&text, "|%s%s|%s%s", or_dash(d->up),
			    d->missed_up ? "!" : "", or_dash(d->down),
			    d->missed_down ? "!" : "");
		hd_str_add(&text, "\n");
	}
	for (size_t i = 0; i < c.clashes.n; i++)
		hd_str_addf(&text, "clash %s\n", c.clashes.v[i]);
	assert_string_equal(text.ptr, wanted);
	hd_comparison_done(&c);
}

static void
equal_releases_have_no_differences(void **state)
{
	struct made *two = *state;

	for (size_t i = 0; i < 2; i++) {
		add_module(&two[i], "hotcode-0.1.0", "counter", "1");
		add_app(&two[i], "hotcode", "0.1.0", false);
		add_setting(&two[i], "hotcode", "port", "80.");
		add_file(&two[i], "bin/hotcode", "x");
		*HD_PUSH(&two[i].a.arena, &two[i].a.vm_args) = "+P 1000";
	}
	assert_compared(two, "");
}

/* counter changed, worker is new, oldie is gone; what each way does. */
static void
add_code(struct made *two)
{
	add_module(&two[0], "hotcode-0.1.0", "counter", "1");
	add_module(&two[0], "hotcode-0.1.0", "oldie", "1");
	add_module(&two[0], "hotcode-0.1.0", "same", "1");
	add_module(&two[1], "hotcode-0.2.0", "counter", "2");
	add_module(&two[1], "hotcode-0.2.0", "same", "1");
	add_module(&two[1], "hotcode-0.2.0", "worker", "1");
}

static void
each_module_has_the_instruction_of_both_ways(void **state)
{
	struct made *two = *state;
	struct hd_relup_entry *up, *down;

	add_code(two);
	up = add_way(&two[1], "0.1.0", false);
	instruct(&two[1], up, HD_LOAD, "counter");
	instruct(&two[1], up, HD_CODE_CHANGE, "counter");
	instruct(&two[1], up, HD_LOAD, "worker");
	instruct(&two[1], up, HD_REMOVE, "oldie");
	down = add_way(&two[1], "0.1.0", true);
	instruct(&two[1], down, HD_LOAD, "counter");
	instruct(&two[1], down, HD_REMOVE, "worker");
	instruct(&two[1], down, HD_LOAD, "oldie");
	assert_compared(two,
	    "1 counter|hotcode-0.1.0|hotcode-0.2.0|load, code_change|load\n"
	    "1 oldie|hotcode-0.1.0|-|remove|load\n"
	    "1 worker|-|hotcode-0.2.0|load|remove\n");
}

static void
a_module_without_an_instruction_keeps_its_old_code(void **state)
{
	struct made *two = *state;

	add_code(two);
	add_way(&two[1], "0.1.0", false);
	add_way(&two[1], "0.1.0", true);
	assert_compared(two,
	    "1 counter|hotcode-0.1.0|hotcode-0.2.0|"
	    "none: old code keeps running!|none: old code keeps running!\n"
	    "1 oldie|hotcode-0.1.0|-|none: old code stays loaded!|"
	    "none: not loaded in embedded mode!\n"
	    "1 worker|-|hotcode-0.2.0|none: not loaded in embedded mode!|"
	    "none: old code stays loaded!\n");
}

static void
an_instruction_that_does_the_opposite_is_missed(void **state)
{
	struct made *two = *state;
	struct hd_relup_entry *up;

	add_code(two);
	up = add_way(&two[1], "0.1.0", false);
	instruct(&two[1], up, HD_REMOVE, "counter");
	instruct(&two[1], up, HD_LOAD, "oldie");
	instruct(&two[1], up, HD_LOAD, "worker");
	assert_compared(two, "1 counter|hotcode-0.1.0|hotcode-0.2.0|remove!|-\n"
			     "1 oldie|hotcode-0.1.0|-|load!|-\n"
			     "1 worker|-|hotcode-0.2.0|load|-\n");
}

static void
without_a_way_no_instruction_is_missed(void **state)
{
	struct made *two = *state;

	add_code(two);
	assert_compared(two, "1 counter|hotcode-0.1.0|hotcode-0.2.0|-|-\n"
			     "1 oldie|hotcode-0.1.0|-|-|-\n"
			     "1 worker|-|hotcode-0.2.0|-|-\n");
}

static void
a_restart_of_the_emulator_needs_no_instruction(void **state)
{
	struct made *two = *state;

	add_module(&two[0], "hotcode-0.1.0", "counter", "1");
	add_module(&two[1], "hotcode-0.2.0", "counter", "2");
	add_way(&two[1], "0.1.0", false)->emulator = true;
	assert_compared(two, "1 counter|hotcode-0.1.0|hotcode-0.2.0|"
			     "restart of the emulator|-\n");
}

static void
a_library_of_the_same_version_with_other_files_clashes(void **state)
{
	struct made *two = *state;
	struct hd_relup_entry *up;

	add_module(&two[0], "lib-1.0", "m", "1");
	add_module(&two[1], "lib-1.0", "m", "2");
	*HD_PUSH(&two[0].a.arena, &two[0].a.libs) =
	    (struct hd_pair){ "lib-1.0", "1" };
	*HD_PUSH(&two[1].a.arena, &two[1].a.libs) =
	    (struct hd_pair){ "lib-1.0", "2" };
	up = add_way(&two[1], "0.1.0", false);
	instruct(&two[1], up, HD_LOAD, "m");
	assert_compared(two,
	    "1 m|lib-1.0|lib-1.0|none: the host keeps its old file!|-\n"
	    "clash lib-1.0\n");
}

static void
consolidated_protocols_need_no_instruction(void **state)
{
	struct made *two = *state;

	add_module(&two[0], "consolidated", "Elixir.P", "1");
	add_module(&two[0], "shop-1", "Elixir.P", "1");
	add_module(&two[1], "ahoy-1", "Elixir.P", "2");
	add_module(&two[1], "consolidated", "Elixir.P", "2");
	add_way(&two[1], "0.1.0", false);
	assert_compared(two,
	    "1 Elixir.P|shop-1|ahoy-1|none needed|-\n"
	    "1 Elixir.P (consolidated)|consolidated|consolidated|"
	    "none needed|-\n");
}

static void
applications_and_the_runtime_are_compared_by_version(void **state)
{
	struct made *two = *state;

	two[1].a.erts = "13.2";
	add_app(&two[0], "hotcode", "0.1.0", false);
	add_app(&two[0], "gone", "1", false);
	add_app(&two[0], "same", "1", false);
	add_app(&two[1], "hotcode", "0.2.0", false);
	add_app(&two[1], "fresh", "1", true);
	add_app(&two[1], "same", "1", false);
	add_module(&two[0], "hotcode-0.1.0", "counter", "1");
	add_module(&two[1], "hotcode-0.2.0", "counter", "2");
	assert_compared(two, "0 erts|13.1|13.2\n"
			     "0 fresh|-|1\n"
			     "0 gone|1|-\n"
			     "0 hotcode|0.1.0|0.2.0|1 module, no appup\n"
			     "1 counter|hotcode-0.1.0|hotcode-0.2.0|-|-\n");
}

static void
settings_are_compared_key_by_key(void **state)
{
	struct made *two = *state;

	add_setting(&two[0], "hotcode", "greeting", "\"hello\".");
	add_setting(&two[0], "hotcode", "port", "80.");
	add_setting(
	    &two[0], "shop", "repo", "[{pool,[{size,5},{max,9}]},{a,1}].");
	add_setting(&two[0], "shop", "list", "[{a,1},{a,2}].");
	add_setting(&two[1], "hotcode", "greeting", "\"hi\".");
	add_setting(&two[1], "hotcode", "level", "info.");
	add_setting(
	    &two[1], "shop", "repo", "[{pool,[{size,6},{max,9}]},{a,1}].");
	add_setting(&two[1], "shop", "list", "[{a,1},{a,3}].");
	assert_compared(two, "2 hotcode greeting|\"hello\"|\"hi\"\n"
			     "2 hotcode level|-|info\n"
			     "2 hotcode port|80|-\n"
			     "2 shop list|[{a,1},{a,2}]|[{a,1},{a,3}]\n"
			     "2 shop repo.pool.size|5|6\n");
}

static void
defaults_of_app_files_are_compared_too(void **state)
{
	struct made *two = *state;

	for (size_t i = 0; i < 2; i++) {
		struct hd_config env;

		add_app(&two[i], "shop", "1", false);
		add_setting(&two[i], "shop", "port", i == 0 ? "80." : "81.");
		add_setting(&two[i], "shop", "salt", i == 0 ? "a." : "b.");
		env = two[i].a.config;
		two[i].a.config = (struct hd_config){ 0 };
		two[i].a.applications.v[0].env = env;
	}
	assert_compared(two, "2 shop port (.app)|80|81\n"
			     "2 shop salt (.app)|(hidden)|(hidden)\n");
}

static void
secrets_that_differ_are_named_and_hidden(void **state)
{
	struct made *two = *state;

	add_setting(&two[0], "shop", "repo", "[{password,\"a\"}].");
	add_setting(&two[0], "shop", "url", "\"ecto://a:b@c\".");
	add_setting(&two[1], "shop", "repo", "[{password,\"b\"}].");
	add_setting(&two[1], "shop", "url", "\"ecto://a:c@c\".");
	*HD_PUSH(&two[0].a.arena, &two[0].a.vm_args) = "-setcookie a";
	*HD_PUSH(&two[1].a.arena, &two[1].a.vm_args) = "-setcookie b";
	assert_compared(two,
	    "2 shop repo.password|(hidden)|(hidden)\n"
	    "2 shop url|(hidden)|(hidden)\n"
	    "3 -setcookie|-setcookie (hidden)|-setcookie (hidden)\n");
}

static void
lines_of_vm_args_are_compared_by_their_flag(void **state)
{
	struct made *two = *state;
	static const char *const old[] = { "+P 1000",
		"-kernel start_timer true", "-kernel a 1", "-env X 1",
		"-env X 2", "-heart" };
	static const char *const new[] = { "-kernel a 2", "+P 2000",
		"-kernel start_timer true", "-env X 1", "-env X 3",
		"-env MY_TOKEN x y" };

	for (size_t i = 0; i < HD_COUNT(old); i++)
		*HD_PUSH(&two[0].a.arena, &two[0].a.vm_args) = old[i];
	for (size_t i = 0; i < HD_COUNT(new); i++)
		*HD_PUSH(&two[1].a.arena, &two[1].a.vm_args) = new[i];
	assert_compared(two, "3 +P|+P 1000|+P 2000\n"
			     "3 -env MY_TOKEN|-|-env MY_TOKEN (hidden)\n"
			     "3 -env X|-env X 2|-env X 3\n"
			     "3 -heart|-heart|-\n"
			     "3 -kernel a|-kernel a 1|-kernel a 2\n");
}

static void
entries_of_the_relup_for_other_versions_are_compared(void **state)
{
	struct made *two = *state;
	struct hd_relup_entry *e;

	e = add_way(&two[0], "0.0.9", false);
	instruct(&two[0], e, HD_LOAD, "counter");
	add_way(&two[1], "0.1.0", false);
	add_way(&two[1], "0.0.9", false)->emulator = true;
	add_way(&two[1], "0.0.9", true);
	assert_compared(two,
	    "4 down to 0.0.9|-|hot: changes no code\n"
	    "4 up from 0.0.9|hot: 1 module, soft purge|restarts the emulator\n");
}

static void
files_outside_of_libraries_are_compared_without_the_version(void **state)
{
	struct made *two = *state;

	add_file(&two[0], "bin/hotcode-0.1.0", "x");
	add_file(&two[0], "bin/start_clean.boot", "x");
	add_file(&two[0], "etc/gone.conf", "xy");
	add_file(&two[0], "lib/hotcode-0.1.0/priv/x", "x");
	add_file(&two[0], "releases/0.1.0/env.sh", "x");
	add_file(&two[0], "releases/0.1.0/hotcode.rel", "x");
	add_file(&two[0], "releases/0.1.0/sys.config", "x");
	add_file(&two[0], "releases/start_erl.data", "x");
	add_file(&two[1], "bin/hotcode-0.2.0", "y");
	add_file(&two[1], "bin/tool", "z");
	add_file(&two[1], "bin/start_clean.boot", "y");
	add_file(&two[1], "erts-13.1/bin/erl", "y");
	add_file(&two[1], "lib/hotcode-0.2.0/priv/x", "y");
	add_file(&two[1], "releases/0.2.0/env.sh", "x");
	add_file(&two[1], "releases/0.2.0/hotcode.rel", "y");
	add_file(&two[1], "releases/0.2.0/sys.config", "y");
	add_file(&two[1], "releases/start_erl.data", "y");
	two[1].a.entries.v[1].mode = 0755;
	two[0].a.config_path = "releases/0.1.0/sys.config";
	two[1].a.config_path = "releases/0.2.0/sys.config";
	assert_compared(two, "5 bin/hotcode-VERSION|1 byte|1 byte\n"
			     "5 bin/tool|-|1 byte, executable\n"
			     "5 etc/gone.conf|2 bytes|-\n");
}

static void
a_configuration_that_cannot_be_read_is_compared_as_a_file(void **state)
{
	struct made *two = *state;

	add_file(&two[0], "releases/0.1.0/sys.config", "x");
	add_file(&two[1], "releases/0.2.0/sys.config", "yy");
	two[0].a.config_path = "releases/0.1.0/sys.config";
	two[1].a.config_path = "releases/0.2.0/sys.config";
	*HD_PUSH(&two[0].a.arena, &two[0].a.defects) =
	    (struct hd_defect){ HD_DEFECT_CONFIG, "releases/0.1.0/sys.config",
		    "line 1" };
	*HD_PUSH(&two[1].a.arena, &two[1].a.defects) =
	    (struct hd_defect){ HD_DEFECT_CONFIG, "releases/0.2.0/sys.config",
		    "line 1" };
	assert_compared(two, "5 releases/VERSION/sys.config|1 byte|2 bytes\n");
}

static void
needs_of_programs_are_compared(void **state)
{
	static const char *old_libs[] = { "libz.so.1" },
			  *new_libs[] = { "libssl.so.3" };
	struct made *two = *state;

	*HD_PUSH(&two[0].a.arena, &two[0].a.programs) = (struct hd_program){
		"erts-13.1/bin/beam.smp",
		{ .machine = 62,
		    .glibc = { 2, 28 },
		    .libraries = { old_libs, 1, 1 } },
	};
	*HD_PUSH(&two[1].a.arena, &two[1].a.programs) = (struct hd_program){
		"erts-13.1/bin/beam.smp",
		{ .machine = 62,
		    .glibc = { 2, 34 },
		    .glibcxx = { 3, 4, 29 },
		    .libraries = { new_libs, 1, 1 } },
	};
	assert_compared(two, "6 GLIBC|2.28|2.34\n"
			     "6 GLIBCXX|-|3.4.29\n"
			     "6 libssl.so.3|-|for erts-13.1/bin/beam.smp\n"
			     "6 libz.so.1|for erts-13.1/bin/beam.smp|-\n");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(equal_releases_have_no_differences),
		TEST(each_module_has_the_instruction_of_both_ways),
		TEST(a_module_without_an_instruction_keeps_its_old_code),
		TEST(an_instruction_that_does_the_opposite_is_missed),
		TEST(without_a_way_no_instruction_is_missed),
		TEST(a_restart_of_the_emulator_needs_no_instruction),
		TEST(a_library_of_the_same_version_with_other_files_clashes),
		TEST(consolidated_protocols_need_no_instruction),
		TEST(applications_and_the_runtime_are_compared_by_version),
		TEST(settings_are_compared_key_by_key),
		TEST(defaults_of_app_files_are_compared_too),
		TEST(secrets_that_differ_are_named_and_hidden),
		TEST(lines_of_vm_args_are_compared_by_their_flag),
		TEST(entries_of_the_relup_for_other_versions_are_compared),
		TEST(
		    files_outside_of_libraries_are_compared_without_the_version),
		TEST(a_configuration_that_cannot_be_read_is_compared_as_a_file),
		TEST(needs_of_programs_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
