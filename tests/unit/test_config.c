#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/config.h"

#include <string.h>

#define APPS "vm_state up\nvm_apps shop 1 m\nvm_apps kernel 1 -\n"

/* One key before and after; "" where it is not set and in no file. */
static const struct row {
	const char *about, *before, *now;
	const char *lost, *told; /* a part; NULL: nothing */
} rows[] = {
	{ "as planned", "shop/limit planned", "shop/limit planned", NULL,
	    NULL },
	{ "gone, and the new files have it", "shop/limit planned",
	    "shop/limit missing", "but not set in the node", NULL },
	{ "new, and not set", "", "shop/limit missing",
	    "but not set in the node", NULL },
	{ "fallen back to a default", "shop/limit planned", "shop/limit fallen",
	    "set to a default", NULL },
	{ "new, and left at its default", "", "shop/limit fallen",
	    "set to a default", NULL },
	{ "lost where it is not known how it was", "shop/limit unknown",
	    "shop/limit fallen", "set to a default", NULL },
	{ "given up on purpose", "shop/limit planned", "", NULL, NULL },
	{ "given up, of a value that code had set", "shop/limit set", "", NULL,
	    NULL },
	{ "unset by code, then as now", "shop/limit missing",
	    "shop/limit missing", NULL, NULL },
	{ "set to its default by code, then as now", "shop/limit fallen",
	    "shop/limit fallen", NULL, NULL },
	{ "set by code and dropped", "shop/found own", "", NULL, "shop/found" },
	{ "set by code and still there", "shop/found own", "shop/found own",
	    NULL, NULL },
	{ "set by code, and the new files have it", "shop/found own",
	    "shop/found planned", NULL, NULL },
	{ "value set by code, back at what the files say", "shop/limit set",
	    "shop/limit planned", NULL, "shop/limit" },
	{ "value set by code again", "shop/limit set", "shop/limit set", NULL,
	    NULL },
	{ "value set by the new code", "shop/limit planned", "shop/limit set",
	    NULL, NULL },
	{ "gone, and it is not known whose it was", "shop/limit unknown", "",
	    NULL, "shop/limit" },
	{ "a key of the kernel's own", "kernel/connect_all own", "", NULL,
	    NULL },
	{ "a key of the kernel that is configured", "kernel/dist planned",
	    "kernel/dist missing", "kernel/dist", NULL },
	{ "of an application that is gone", "store/found own", "", NULL, NULL },
};

static struct hd_facts *
facts_with(const char *setting)
{
	HD_AUTO_STR text = HD_STR_INIT(1024);

	hd_str_addf(&text, "%s%s%s%s", APPS, setting[0] ? "vm_settings " : "",
	    setting, setting[0] ? "\n" : "");
	return facts_from_text(text.ptr);
}

static bool
says(const struct hd_str *text, const char *part)
{
	return part == NULL ? text->len == 0
			    : text->len > 0 && strstr(text->ptr, part) != NULL;
}

static void
settings_of_the_files_are_lost_and_settings_of_code_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct hd_facts *before = facts_with(r->before);
		struct hd_facts *now = facts_with(r->now);
		HD_AUTO_STR lost = HD_STR_INIT(1024);
		HD_AUTO_STR told = HD_STR_INIT(1024);
		bool kept = hd_config_kept(&before->vm, &now->vm, &lost);

		hd_config_tell(&before->vm, &now->vm, &told);
		if (kept != (r->lost == NULL) || !says(&lost, r->lost) ||
		    !says(&told, r->told))
			fail_msg("%s: lost \"%s\", told \"%s\"", r->about,
			    lost.len > 0 ? lost.ptr : "",
			    told.len > 0 ? told.ptr : "");
		hd_facts_free(before);
		hd_facts_free(now);
	}
}

static void
files_that_cannot_be_read_are_a_loss(void **state)
{
	struct hd_facts *before = facts_from_text(APPS);
	struct hd_facts *now =
	    facts_from_text(APPS "vm_unread /srv/a/sys.config is not there\n");
	HD_AUTO_STR lost = HD_STR_INIT(1024);

	(void)state;
	assert_false(hd_config_kept(&before->vm, &now->vm, &lost));
	assert_string_equal(
	    lost.ptr, "configuration lost: /srv/a/sys.config is not there");
	hd_facts_free(before);
	hd_facts_free(now);
}

static void
of_many_keys_a_few_are_named_and_the_others_counted(void **state)
{
	struct hd_facts *before = facts_from_text(APPS);
	struct hd_facts *now = facts_from_text(
	    APPS "vm_settings shop/a missing\nvm_settings shop/b missing\n"
		 "vm_settings shop/c missing\nvm_settings shop/d missing\n"
		 "vm_settings shop/e missing\nvm_settings shop/f missing\n"
		 "vm_settings shop/g missing\n");
	HD_AUTO_STR lost = HD_STR_INIT(1024);

	(void)state;
	assert_false(hd_config_kept(&before->vm, &now->vm, &lost));
	assert_non_null(strstr(
	    lost.ptr, "shop/a, shop/b, shop/c, shop/d, shop/e and 2 more"));
	hd_facts_free(before);
	hd_facts_free(now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    settings_of_the_files_are_lost_and_settings_of_code_are_named),
		cmocka_unit_test(files_that_cannot_be_read_are_a_loss),
		cmocka_unit_test(
		    of_many_keys_a_few_are_named_and_the_others_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
