#include "tests/support/cmocka_all.h"

#include "core/base/fs.h"
#include "core/base/str.h"
#include "core/inventory/keys.h"
#include "core/inventory/load.h"

#include <stdlib.h>
#include <string.h>

#define FILE_NAME "deploy.ini.example"

/* The example as it is, and with every "; key = value" line uncommented. */
struct example {
	struct hd_str text, used;
};

static int
setup(void **state)
{
	struct example *e = hd_alloc(sizeof(*e));
	struct hd_err err;
	const char *at, *p;

	*state = e;
	hd_str_init(&e->text, 64 * 1024);
	hd_str_init(&e->used, 64 * 1024);
	if (hd_fs_read(FILE_NAME, &e->text, &err) < 0) {
		print_error("%s (run from the top folder)\n", err.msg);
		return -1;
	}
	hd_str_add(&e->used, "\n");
	for (at = e->text.ptr; (p = strstr(at, "\n; ")) != NULL; at = p + 3) {
		hd_str_addn(&e->used, at, (size_t)(p - at));
		hd_str_add(&e->used, "\n");
	}
	hd_str_add(&e->used, at);
	return hd_str_check(&e->used, &err);
}

static int
teardown(void **state)
{
	struct example *e = *state;

	hd_str_done(&e->text);
	hd_str_done(&e->used);
	free(e);
	return 0;
}

static void
assert_parses(const struct hd_str *text, size_t hosts)
{
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;

	if (hd_inventory_parse(&inv, text->ptr, text->len, &problems) < 0)
		fail_msg(FILE_NAME ":%u: %s", problems.v[0].line,
		    problems.v[0].text);
	assert_int_equal(inv->envs.n, 1);
	assert_int_equal(inv->envs.v[0].hosts.n, hosts);
	hd_inventory_free(inv);
	hd_problems_done(&problems);
}

static void
the_example_is_a_good_file(void **state)
{
	const struct example *e = *state;

	assert_parses(&e->text, 5);
}

static void
the_example_is_good_with_every_setting_in_use(void **state)
{
	const struct example *e = *state;

	assert_parses(&e->used, 8);
}

static void
every_key_is_in_the_example_with_its_default(void **state)
{
	const struct example *e = *state;
	const struct hd_key *k;
	size_t n = 0;

	for (; (k = hd_key_row(n)) != NULL; n++) {
		HD_AUTO_STR want = HD_STR_INIT(256);

		const char *family = strstr(k->name, ".NAME");

		if (family != NULL)
			hd_str_addf(
			    &want, "\n%.*s.", (int)(family - k->name), k->name);
		else if (k->fallback != NULL)
			hd_str_addf(&want, "\n%s = %s\n", k->name, k->fallback);
		else
			hd_str_addf(&want, "\n%s = ", k->name);
		if (strstr(e->used.ptr, want.ptr) == NULL)
			fail_msg("not in " FILE_NAME ":%s", want.ptr);
	}
	assert_true(n > 20);
}

static void
every_key_has_a_kind_a_place_and_one_line_of_help(void **state)
{
	const struct hd_key *k;

	(void)state;
	for (size_t i = 0; (k = hd_key_row(i)) != NULL; i++) {
		assert_non_null(k->kind);
		assert_int_not_equal(k->places, 0);
		assert_true(strlen(k->help) > 5 && strlen(k->help) < 80);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_a_good_file),
		cmocka_unit_test(the_example_is_good_with_every_setting_in_use),
		cmocka_unit_test(every_key_is_in_the_example_with_its_default),
		cmocka_unit_test(
		    every_key_has_a_kind_a_place_and_one_line_of_help),
	};

	return cmocka_run_group_tests_name(
	    "inventory_example", tests, setup, teardown);
}
