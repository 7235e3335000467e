#include "tests/support/cmocka_all.h"

#include "core/artifact/way.h"

#include <string.h>

/* Instructions as systools makes them; ends with kind HD_INSTRUCTIONS. */
#define END                                                                    \
	{                                                                      \
		.kind = HD_INSTRUCTIONS                                        \
	}

static struct hd_relup_entry
entry_with(struct hd_arena *arena, const struct hd_instruction *list)
{
	struct hd_relup_entry e = { .from = "0.1.0" };

	for (; list->kind != HD_INSTRUCTIONS; list++)
		*HD_PUSH(arena, &e.instructions) = *list;
	return e;
}

static void
a_module_has_the_state_of_its_last_instruction(void **state)
{
	static const struct hd_instruction list[] = {
		{ .kind = HD_LOAD_OBJECT_CODE, .name = "read", .lib = "a-2" },
		{ .kind = HD_NO_RETURN },
		{ .kind = HD_SUSPEND, .name = "suspended" },
		{ .kind = HD_REMOVE, .name = "restarted" },
		{ .kind = HD_PURGE, .name = "restarted" },
		{ .kind = HD_LOAD, .name = "restarted" },
		{ .kind = HD_LOAD, .name = "loaded" },
		{ .kind = HD_REMOVE, .name = "removed" },
		{ .kind = HD_PURGE, .name = "removed" },
		{ .kind = HD_STOP_APP, .name = "app" },
		END,
	};
	HD_AUTO_ARENA arena = { 0 };
	const struct hd_relup_entry e = entry_with(&arena, list);
	struct hd_treatments t;

	(void)state;
	hd_treatments_read(&t, &e);
	assert_int_equal(hd_treatment(&t, "loaded")->is, HD_TREAT_LOAD);
	assert_int_equal(hd_treatment(&t, "restarted")->is, HD_TREAT_LOAD);
	assert_int_equal(hd_treatment(&t, "removed")->is, HD_TREAT_REMOVE);
	assert_int_equal(hd_treatment(&t, "read")->is, HD_TREAT_NONE);
	assert_int_equal(hd_treatment(&t, "suspended")->is, HD_TREAT_NONE);
	assert_int_equal(hd_treatment(&t, "app")->is, HD_TREAT_NONE);
	assert_int_equal(hd_treatment(&t, "other")->is, HD_TREAT_NONE);
	assert_int_equal(t.n, 3);
	hd_treatments_done(&t);
}

static void
conversions_and_brutal_purges_belong_to_their_module(void **state)
{
	static const struct hd_instruction list[] = {
		{ .kind = HD_LOAD, .name = "a", .brutal_after = true },
		{ .kind = HD_LOAD, .name = "b" },
		{ .kind = HD_CODE_CHANGE, .name = "b" },
		END,
	};
	HD_AUTO_ARENA arena = { 0 };
	const struct hd_relup_entry e = entry_with(&arena, list);
	struct hd_treatments t;

	(void)state;
	hd_treatments_read(&t, &e);
	assert_true(hd_treatment(&t, "a")->brutal);
	assert_false(hd_treatment(&t, "a")->converts);
	assert_false(hd_treatment(&t, "b")->brutal);
	assert_true(hd_treatment(&t, "b")->converts);
	assert_int_equal(hd_treatment(&t, "b")->is, HD_TREAT_LOAD);
	hd_treatments_done(&t);
}

static void
a_restart_of_the_emulator_loads_everything(void **state)
{
	static const struct hd_instruction list[] = { { .kind = HD_EMULATOR },
		END };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_relup_entry e = entry_with(&arena, list);
	struct hd_treatments t;

	(void)state;
	e.emulator = true;
	hd_treatments_read(&t, &e);
	assert_int_equal(hd_treatment(&t, "any")->is, HD_TREAT_LOAD);
	hd_treatments_done(&t);
}

static void
assert_described(const struct hd_relup_entry *e, const char *wanted)
{
	HD_AUTO_STR out = HD_STR_INIT(1024);

	hd_way_describe(&out, e);
	assert_string_equal(out.ptr, wanted);
}

static void
a_way_is_described_by_its_effect(void **state)
{
	static const struct hd_instruction soft[] = {
		{ .kind = HD_LOAD, .name = "a" }, END
	};
	static const struct hd_instruction brutal[] = {
		{ .kind = HD_LOAD,
		    .name = "a",
		    .brutal_before = true,
		    .brutal_after = true },
		{ .kind = HD_REMOVE,
		    .name = "b",
		    .brutal_before = true,
		    .brutal_after = true },
		END
	};
	static const struct hd_instruction both[] = {
		{ .kind = HD_LOAD, .name = "a", .brutal_after = true }, END
	};
	static const struct hd_instruction none[] = { { .kind = HD_NO_RETURN },
		END };
	static const char *names[] = { "a", "b", "c", "d", "e", "f", "g" };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_relup_entry e;

	(void)state;
	e = entry_with(&arena, soft);
	assert_described(&e, "hot: 1 module, soft purge");
	e = entry_with(&arena, both);
	assert_described(&e, "hot: 1 module, brutal and soft purge");
	e = entry_with(&arena, none);
	assert_described(&e, "hot: changes no code");
	e = entry_with(&arena, brutal);
	assert_described(&e, "hot: 2 modules, brutal purge");
	e.restarts = (struct hd_strs){ names, 2, 2 };
	assert_described(&e, "restarts a, b: 2 modules, brutal purge");
	e.restarts = (struct hd_strs){ names, 7, 7 };
	assert_described(&e,
	    "restarts a, b, c, d, e and 2 more applications: 2 modules, "
	    "brutal purge");
	e.emulator = true;
	assert_described(&e, "restarts the emulator");
}

static void
a_way_is_found_as_release_handler_finds_it(void **state)
{
	struct hd_relup_entry new_has[] = { { .from = "1", .down = true },
		{ .from = "1" }, { .from = "0" } };
	struct hd_relup_entry old_has[] = { { .from = "2", .down = true },
		{ .from = "2" } };
	struct hd_artifact old = { .version = "1" }, new = { .version = "2" };

	(void)state;
	assert_null(hd_way_find(&old, &new));
	old.relup.v = old_has;
	old.relup.n = 1;
	assert_ptr_equal(hd_way_find(&old, &new), &old_has[0]);
	assert_null(hd_way_find(&new, &old));
	new.relup.v = new_has;
	new.relup.n = 3;
	assert_ptr_equal(hd_way_find(&old, &new), &new_has[1]);
	assert_ptr_equal(hd_way_find(&new, &old), &new_has[0]);
	old.relup.n = 2;
	assert_ptr_equal(hd_way_find(&new, &old), &old_has[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_module_has_the_state_of_its_last_instruction),
		cmocka_unit_test(
		    conversions_and_brutal_purges_belong_to_their_module),
		cmocka_unit_test(a_restart_of_the_emulator_loads_everything),
		cmocka_unit_test(a_way_is_described_by_its_effect),
		cmocka_unit_test(a_way_is_found_as_release_handler_finds_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
