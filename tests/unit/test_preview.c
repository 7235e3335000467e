/* The packed configuration in the record of a version, and what a change does
 * to it. */
#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/preview.h"

#include <stdio.h>
#include <string.h>

/* An artifact with this list of sys.config and these lines of vm.args. */
static void
configure(struct hd_artifact *a, const char *sys, const char *args)
{
	struct hd_term list;
	struct hd_err err;

	assert_hd_ok(hd_term_parse_only(&list, &a->arena, sys, strlen(sys),
			 HD_TERM_VARIABLES_TERMS, &err),
	    &err);
	for (size_t i = 0; i < list.n; i++) {
		const struct hd_term *app = hd_term_at(&list.items[i], 0);
		const struct hd_term *keys = hd_term_at(&list.items[i], 1);

		for (size_t k = 0; k < keys->n; k++)
			*HD_PUSH(&a->arena, &a->config) =
			    (struct hd_config_key){
				    .app = app->text,
				    .key = keys->items[k].items[0].text,
				    .value = &keys->items[k].items[1],
			    };
	}
	for (size_t n; *args != '\0'; args += n + (args[n] != '\0')) {
		n = strcspn(args, "\n");
		*HD_PUSH(&a->arena, &a->vm_args) =
		    hd_arena_strndup(&a->arena, args, n);
	}
}

/* Adds the lines of the record as facts.sh prints them. */
static void
add_record(struct hd_str *facts, const char *version, const char *sys,
    const char *args)
{
	struct hd_artifact a = { 0 };
	HD_AUTO_STR record = HD_STR_INIT(64 * 1024);

	configure(&a, sys, args);
	hd_packed_write(&record, &a);
	hd_str_addf(facts, "records %s id sha yes yes\n", version);
	for (const char *p = record.ptr; *p != '\0';) {
		int key = (int)strcspn(p, " "), line = (int)strcspn(p, "\n");

		hd_str_addf(facts, "%.*ss %s%.*s\n", key, p, version,
		    line - key, p + key);
		p += line + 1;
	}
	hd_arena_done(&a.arena);
}

static void
secrets_never_come_into_the_record(void **state)
{
	struct hd_artifact a = { 0 };
	HD_AUTO_STR record = HD_STR_INIT(64 * 1024);

	(void)state;
	configure(&a,
	    "[{shop,[{repo,[{pool,10},{password,\"hunter22\"}]},"
	    "{url,\"postgres://me:hunter22@db/x\"},"
	    "{note,\"a\\nb\"}]}].",
	    "-setcookie hunter22\n+P 1000\n-kernel start_timer true");
	hd_packed_write(&record, &a);
	assert_null(strstr(record.ptr, "hunter22"));
	assert_non_null(strstr(record.ptr, "setting shop/repo.pool "));
	assert_non_null(strstr(record.ptr, " 10\n"));
	assert_non_null(strstr(record.ptr, "setting shop/repo.password "));
	assert_non_null(strstr(record.ptr, " (hidden)\n"));
	assert_non_null(strstr(record.ptr, "argument +P "));
	assert_non_null(strstr(record.ptr, "argument -kernel/start_timer "));
	hd_arena_done(&a.arena);
}

static void
a_line_of_the_record_has_four_words_whatever_the_value(void **state)
{
	struct hd_artifact a = { 0 };
	HD_AUTO_STR record = HD_STR_INIT(64 * 1024);
	HD_AUTO_STR sys = HD_STR_INIT(64 * 1024);
	size_t lines = 0;

	(void)state;
	hd_str_add(&sys, "[{shop,[{'a b\\n',\"x\\ny\"},{long,\"");
	for (size_t i = 0; i < 1000; i++)
		hd_str_add(&sys, "word ");
	hd_str_add(&sys, "\"}]}].");
	configure(&a, sys.ptr, "");
	hd_packed_write(&record, &a);
	for (const char *p = record.ptr; *p != '\0'; p = strchr(p, '\n') + 1) {
		assert_int_equal(strncmp(p, "setting shop/", 13), 0);
		assert_in_range(strcspn(p, "\n"), 30, 400);
		lines++;
	}
	assert_int_equal(lines, 2);
	hd_arena_done(&a.arena);
}

#define VM                                                                     \
	"vm_state up\nvm_pid 7\nvm_script 0.1.0\nvm_apps shop 0.1.0 m\n"       \
	"vm_apps sasl 1 -\nvm_releases 0.1.0 permanent\nboot 0.1.0\n"          \
	"packed 0.2.0\n"

#define OLD                                                                    \
	"[{shop,[{limit,10},{repo,[{pool,5},{secret_key,\"aaa\"}]},{gone,1},"  \
	"{same,x}]}]."
#define NEW                                                                    \
	"[{shop,[{limit,20},{repo,[{pool,5},{secret_key,\"bbb\"}]},"           \
	"{host,\"${DB_HOST}\"},{same,x}]}]."

/* The preview of an upgrade from 0.1.0 to 0.2.0, as "EFFECT NAME: TEXT". */
static const char *
preview(struct hd_arena *arena, const char *facts, enum hd_step_kind how)
{
	struct hd_facts *f = facts_from_text(facts);
	const struct hd_app app = { .name = "shop", .driver = "relx" };
	const struct hd_host host = { .name = "web1" };
	const struct hd_goal goal = { .kind = HD_GOAL_UPGRADE,
		.version = "0.2.0" };
	const struct hd_plan plan = { .verdict = HD_PLAN_STEPS,
		.before = "0.1.0",
		.after = "0.2.0",
		.steps = { { .kind = how, .version = "0.2.0" } },
		.n = 1 };
	struct hd_preview out = { 0 };
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
	const char *kept;

	hd_preview_make(&out, arena, &app, &host, &goal, f, &plan);
	for (size_t i = 0; i < out.n; i++)
		hd_str_addf(&text, "%s %s: %s\n",
		    hd_preview_kinds[out.v[i].kind], out.v[i].name,
		    out.v[i].text);
	kept = hd_arena_strdup(arena, text.ptr);
	hd_facts_free(f);
	return kept;
}

static void
add_both(struct hd_str *facts)
{
	hd_str_add(facts, VM);
	add_record(facts, "0.1.0", OLD, "+P 1000\n-setcookie a");
	add_record(facts, "0.2.0", NEW, "+P 2000\n-setcookie b");
}

static void
a_hot_upgrade_changes_settings_now_and_vm_args_at_the_next_start(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR facts = HD_STR_INIT(64 * 1024);

	(void)state;
	add_both(&facts);
	assert_string_equal(preview(&arena, facts.ptr, HD_STEP_INSTALL),
	    "hot shop/limit: changes hot: 10 -> 20\n"
	    "hot shop/repo.secret_key: changes hot: (hidden) -> (hidden)\n"
	    "hot shop/host: changes hot: new, \"${DB_HOST}\"; a start "
	    "script fills in environment variables\n"
	    "hot shop/gone: changes hot: no longer set, was 1: the "
	    "application's default applies, if it has one\n"
	    "start +P: vm.args, takes effect only at the next start: "
	    "+P 1000 -> +P 2000\n"
	    "start -setcookie: vm.args, takes effect only at the next start: "
	    "-setcookie (hidden) -> -setcookie (hidden)\n");
}

static void
a_cold_upgrade_changes_everything_with_the_restart(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR facts = HD_STR_INIT(64 * 1024);
	const char *text;

	(void)state;
	add_both(&facts);
	hd_str_add(&facts, "vm_settings shop/found own\n");
	text = preview(&arena, facts.ptr, HD_STEP_SWITCH);
	assert_null(strstr(text, "hot "));
	assert_null(strstr(text, "shop/found"));
	assert_non_null(strstr(
	    text, "start shop/limit: changes with the restart: 10 -> 20\n"));
	assert_non_null(strstr(text, "start +P: vm.args, changes with the"));
}

static void
it_names_settings_that_the_program_made_and_will_lose(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR facts = HD_STR_INIT(64 * 1024);
	const char *text;

	(void)state;
	add_both(&facts);
	hd_str_add(&facts,
	    "vm_settings shop/found own\nvm_settings shop/limit set\n"
	    "vm_settings shop/same planned\nvm_settings kernel/logger own\n"
	    "vm_settings runtime_tools/ttb_autostart_module own\n");
	text = preview(&arena, facts.ptr, HD_STEP_INSTALL);
	assert_non_null(strstr(text,
	    "lost shop/found: only the program set it, while it ran; the "
	    "install removes it\n"
	    "lost shop/limit: the program changed it while it ran; the install "
	    "restores the value of the files\n"));
	assert_null(strstr(text, "kernel"));
	assert_null(strstr(text, "runtime_tools"));
	assert_null(strstr(text, "shop/same"));
}

static void
it_says_where_the_node_got_other_settings_from(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR facts = HD_STR_INIT(64 * 1024);
	const char *text;

	(void)state;
	add_both(&facts);
	hd_str_add(&facts, "vm_operators /etc/shop.config\n"
			   "vm_flags shop/limit\nvm_flags shop/repo\n");
	text = preview(&arena, facts.ptr, HD_STEP_INSTALL);
	assert_non_null(strstr(text,
	    "start shop/limit: does not change hot, because the command line "
	    "of the VM sets it, too: 10 -> 20\n"));
	assert_non_null(
	    strstr(text, "start shop/repo.secret_key: does not change hot"));
	assert_non_null(strstr(text,
	    "start -config: the node was started with -config "
	    "/etc/shop.config; a hot install reads releases/0.2.0/sys.config"));
}

static void
it_says_what_cannot_be_known(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR facts = HD_STR_INIT(64 * 1024);
	HD_AUTO_STR mix = HD_STR_INIT(64 * 1024);

	(void)state;
	hd_str_add(&facts, VM "records 0.1.0 id sha yes yes\n");
	add_record(&facts, "0.2.0", NEW, "");
	assert_string_equal(preview(&arena, facts.ptr, HD_STEP_INSTALL),
	    "unknown sys.config: the packed configuration of 0.1.0 is not "
	    "known: it was not recorded by the push, or it is empty\n");
	hd_str_add(&mix, VM);
	add_record(&mix, "0.1.0", OLD, "");
	add_record(&mix, "0.2.0",
	    "[{elixir,[{config_provider_init,#{a => 1}}]},"
	    "{shop,[{limit,10},{repo,[{pool,5},{secret_key,\"aaa\"}]},"
	    "{gone,1},{same,x}]}].",
	    "");
	assert_non_null(strstr(preview(&arena, mix.ptr, HD_STEP_INSTALL),
	    "unknown config providers: code of the release "
	    "(config/runtime.exs) makes more settings"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_never_come_into_the_record),
		cmocka_unit_test(
		    a_line_of_the_record_has_four_words_whatever_the_value),
		cmocka_unit_test(
		    a_hot_upgrade_changes_settings_now_and_vm_args_at_the_next_start),
		cmocka_unit_test(
		    a_cold_upgrade_changes_everything_with_the_restart),
		cmocka_unit_test(
		    it_names_settings_that_the_program_made_and_will_lose),
		cmocka_unit_test(
		    it_says_where_the_node_got_other_settings_from),
		cmocka_unit_test(it_says_what_cannot_be_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
