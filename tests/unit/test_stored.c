#include "tests/support/cmocka_all.h"

#include "core/inventory/load.h"
#include "core/plan/facts.h"
#include "core/plan/stored.h"

#include <string.h>

#define APP "[app]\nname = hotcode\ndriver = relx\nrelease = r\n"
#define SECRET "s3cret"

static struct hd_inventory *
inventory(const char *text)
{
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;

	if (hd_inventory_parse(&inv, text, strlen(text), &problems) < 0)
		fail_msg("%s", problems.v[0].text);
	hd_problems_done(&problems);
	return inv;
}

static void
write_begin(struct hd_str *out, const struct hd_inventory *inv)
{
	const struct hd_env *env = &inv->envs.v[0];
	const struct hd_host *hosts[200];

	assert_in_range(env->hosts.n, 1, HD_COUNT(hosts));
	for (size_t i = 0; i < env->hosts.n; i++)
		hosts[i] = &env->hosts.v[i];
	hd_stored_begin(out, &inv->app, env, hosts, env->hosts.n);
}

static struct hd_stored *
read_back(const struct hd_str *text)
{
	struct hd_problems problems = { 0 };
	struct hd_stored *s = NULL;
	struct hd_err err = { 0 };

	if (hd_stored_read(&s, "saved", text->ptr, text->len, &problems, &err) <
	    0)
		fail_msg("%s; %s", err.msg,
		    problems.n > 0 ? problems.v[0].text : "");
	return s;
}

/* Every setting that a plan depends on, and all that may hold a secret. */
static const char rich[] =
    "[app]\nname = hotcode\ndriver = script\nrelease = r\n"
    "build = make KEY=" SECRET "\n"
    "[prod]\nhost = web1 deploy@10.0.0.1:2222\nhost = web2 10.0.0.2\nhost = [fe80::1]\n"
    "canary = web2\nbatch = 1, 25%, 3\nunreachable = skip\nmax_failures = 3\n"
    "hook.before_upgrade = remote curl -H " SECRET "\n"
    "hook.on_failure = local notify " SECRET "\n"
    "path = /srv/{host}\nupgrade = auto\ncommit = after_soak\n"
    "old_processes = wait\nundo = cold\nkeep = 7\nsoak = 2m\ndrain = 0s\n"
    "service = hotcode.service\nservice_manager = user\n"
    "env_file = /etc/" SECRET "\nenv.TOKEN = " SECRET "\n"
    "command.start = ./bin/hotcode daemon " SECRET "\n"
    "command.upgrade = up {version} " SECRET "\n"
    "command.boots = cat " SECRET "\n"
    "health = http 127.0.0.1:80/" SECRET " expect 200\n"
    "[prod:web1]\nupgrade = cold\nignore = clock-off, env-unset\n";

static void
a_plan_finds_what_it_needs_of_deploy_ini(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_STORED_MAX);
	struct hd_inventory *was = inventory(rich);
	struct hd_stored *s;
	const struct hd_env *env;

	(void)state;
	write_begin(&text, was);
	s = read_back(&text);
	env = &s->inventory->envs.v[0];
	assert_string_equal(s->inventory->app.name, "hotcode");
	assert_string_equal(s->inventory->app.driver, "script");
	assert_string_equal(env->name, "prod");
	assert_int_equal(env->batch.n, 3);
	assert_true(env->batch.v[1].percent);
	assert_int_equal(env->hosts.n, 3);
	assert_int_equal(env->unreachable, HD_UNREACHABLE_SKIP);
	assert_true(env->max_failures.set);
	assert_int_equal(env->max_failures.n, 3);
	for (size_t i = 0; i < env->hosts.n; i++) {
		const struct hd_host *h = &env->hosts.v[i];
		const struct hd_host *w = &was->envs.v[0].hosts.v[i];

		assert_string_equal(h->name, w->name);
		assert_string_equal(h->path, w->path);
		assert_int_equal(h->canary, w->canary);
		assert_int_equal(h->upgrade, w->upgrade);
		assert_int_equal(h->commit, w->commit);
		assert_int_equal(h->old_processes, w->old_processes);
		assert_int_equal(h->undo, w->undo);
		assert_int_equal(h->keep, w->keep);
		assert_int_equal(h->soak, w->soak);
		assert_int_equal(h->drain, w->drain);
		assert_int_equal(h->ignore.n, i == 0 ? 2 : 0);
		assert_string_equal(h->service, w->service);
		assert_string_equal(h->service_manager, w->service_manager);
		assert_int_equal(h->commands.n, w->commands.n);
		assert_int_equal(h->hooks.n, 1);
		assert_int_equal(h->hooks.v[0].name, HD_HOOK_BEFORE_UPGRADE);
		assert_null(hd_stored_said(s, h));
	}
	hd_stored_free(s);
	hd_inventory_free(was);
}

/* Their names are too many for one line of a deploy.ini. */
static void
groups_and_many_canaries_come_back(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_STORED_MAX);
	struct hd_inventory *was =
	    inventory(APP "[prod]\npath = /srv/x\nhost = web[1-90].example\n"
			  "host = db\ngroup.web = web*\ngroup.data = db\n"
			  "canary = web, !web7.example\n");
	HD_AUTO_FREE const struct hd_host **hosts = NULL;
	const struct hd_env *env;
	struct hd_stored *s;
	struct hd_err err;
	size_t n;

	(void)state;
	write_begin(&text, was);
	s = read_back(&text);
	env = &s->inventory->envs.v[0];
	for (size_t i = 0; i < env->hosts.n; i++)
		assert_int_equal(
		    env->hosts.v[i].canary, was->envs.v[0].hosts.v[i].canary);
	assert_hd_ok(hd_inventory_select(&hosts, &n, env, "web", &err), &err);
	assert_int_equal(n, 90);
	hd_stored_free(s);
	hd_inventory_free(was);
}

/* A file that came with a bug report must run nothing. */
static void
a_saved_file_names_its_hosts_itself(void **state)
{
	static const char text[] =
	    "# hdeploy facts 1\n" APP "[prod]\npath = /srv/x\n"
	    "hosts = command touch ran\n";
	struct hd_problems problems = { 0 };
	struct hd_stored *s;
	struct hd_err err;

	(void)state;
	assert_hd_fails(
	    hd_stored_read(&s, "saved", text, strlen(text), &problems, &err),
	    &err, HD_ECONFIG);
	assert_hd_says(&err, "a saved file must name its hosts itself");
}

static void
no_secret_and_no_address_is_written(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_STORED_MAX);
	struct hd_inventory *inv = inventory(rich);

	(void)state;
	write_begin(&text, inv);
	assert_null(strstr(text.ptr, SECRET));
	assert_null(strstr(text.ptr, "10.0.0"));
	assert_null(strstr(text.ptr, "TOKEN"));
	hd_inventory_free(inv);
}

static void
facts_come_back_without_values_of_variables_and_cookies(void **state)
{
	static struct hd_pair lines[] = {
		{ "user", "deploy" },
		{ "records", "0.1.0 id sha yes yes" },
		{ "records", "0.2.0 id sha yes yes" },
		{ "records", "0.3.0 id sha yes yes" },
		{ "cookie", "0.1.0 " SECRET },
		{ "cookie", "0.2.0 " SECRET },
		{ "cookie", "0.3.0 " SECRET "2" },
		{ "vm_state", "unreachable" },
		{ "vm_why", "process 7 said\t\"\x1b[2J\"" },
		{ "vm_changed", "NODE_NAME " SECRET "@a " SECRET "@b" },
		{ "progress", SECRET },
	};
	const struct hd_pairs said = { .v = lines, .n = HD_COUNT(lines) };
	HD_AUTO_STR text = HD_STR_INIT(HD_STORED_MAX);
	struct hd_inventory *inv =
	    inventory(APP "[prod]\nhost = a\nhost = b\npath = /srv/h\n");
	const struct hd_env *env;
	struct hd_stored *s;
	struct hd_facts *f;
	struct hd_err err;

	(void)state;
	write_begin(&text, inv);
	hd_stored_add(&text, "b", &said);
	assert_null(strstr(text.ptr, SECRET));
	s = read_back(&text);
	env = &s->inventory->envs.v[0];
	assert_null(hd_stored_said(s, &env->hosts.v[0]));
	assert_hd_ok(
	    hd_facts_read(&f, hd_stored_said(s, &env->hosts.v[1]), &err), &err);
	assert_string_equal(f->user, "deploy");
	assert_string_equal(f->records.v[0].cookie, f->records.v[1].cookie);
	assert_string_not_equal(f->records.v[0].cookie, f->records.v[2].cookie);
	assert_string_equal(f->vm.why, "process 7 said?\"?[2J\"");
	assert_string_equal(f->vm.changed.v[0].name, "NODE_NAME");
	assert_null(f->vm.changed.v[0].was);
	hd_facts_free(f);
	hd_stored_free(s);
	hd_inventory_free(inv);
}

/* The journal quotes the health check that failed, and its output. */
static void
a_journal_comes_back_without_what_a_health_check_said(void **state)
{
	static struct hd_pair lines[] = {
		{ "vm_state", "down" },
		{ "journal",
		    "{\"id\":\"0123456789abcdef\",\"who\":\"me@here\","
		    "\"command\":\"upgrade\",\"from\":\"0.1.0\","
		    "\"to\":\"0.2.0\",\"hot\":\"partial\","
		    "\"going\":\"back\",\"sick\":\"health check "
		    "\\\"command ask " SECRET "\\\": exit status 1\"}" },
		{ "history", "{\"id\":\"1\",\"sick\":\"\",\"ms\":7}" },
		{ "history", "{\"id\":\"2\",\"sick\":\"" SECRET },
	};
	const struct hd_pairs said = { .v = lines, .n = HD_COUNT(lines) };
	HD_AUTO_STR text = HD_STR_INIT(HD_STORED_MAX);
	struct hd_inventory *inv =
	    inventory(APP "[prod]\nhost = a\npath = /srv/h\n");
	struct hd_stored *s;
	struct hd_facts *f;
	struct hd_err err;

	(void)state;
	write_begin(&text, inv);
	hd_stored_add(&text, "a", &said);
	assert_null(strstr(text.ptr, SECRET));
	s = read_back(&text);
	assert_hd_ok(
	    hd_facts_read(&f,
		hd_stored_said(s, &s->inventory->envs.v[0].hosts.v[0]), &err),
	    &err);
	assert_non_null(f->journal);
	assert_string_equal(f->journal->id, "0123456789abcdef");
	assert_string_equal(f->journal->going, "back");
	assert_string_equal(f->journal->mode, "hot, partial");
	assert_string_equal(f->journal->sick, "not healthy");
	assert_int_equal(f->history.n, 1);
	assert_string_equal(f->history.v[0].sick, "");
	assert_int_equal(f->history.v[0].ms, 7);
	hd_facts_free(f);
	hd_stored_free(s);
	hd_inventory_free(inv);
}

#define FIRST "# hdeploy facts 1\n"
#define HEAD FIRST APP "[prod]\nhost = a\npath = /srv/h\n"

static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "saved:1: not a file that" },
	{ APP, "saved:1: not a file that" },
	{ "# hdeploy facts 2\n",
	    "saved:1: the format is not that of this hdeploy" },
	{ FIRST "[app]\nnam = x\n", "problem" },
	{ HEAD "[two]\nhost = b\npath = /x\n", "must have one environment" },
	{ HEAD "facts b\nvm_state down\n", "saved:9: there is no such host" },
	{ HEAD "facts a\nvm_state down\n\nfacts a\nvm_state down\n",
	    "saved:12: this host has a part already" },
	{ HEAD "facts a\nvm_state\n", "saved:10: not KEY VALUE" },
	{ HEAD "facts a\nvm_state upside\n", "saved: facts a: " },
	{ HEAD "facts a\nuser x\n", "did not report whether the node runs" },
};

static void
a_file_that_is_wrong_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		struct hd_problems problems = { 0 };
		struct hd_stored *s;
		struct hd_err err = { 0 };

		if (hd_stored_read(&s, "saved", bad[i].text,
			strlen(bad[i].text), &problems, &err) == 0)
			fail_msg("taken: %s", bad[i].text);
		assert_int_equal(err.code, HD_ECONFIG);
		if (strstr(err.msg, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].says, err.msg);
		hd_problems_done(&problems);
	}
}

static void
a_nul_byte_and_a_line_without_end_are_refused(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
	struct hd_problems problems = { 0 };
	struct hd_stored *s;
	struct hd_err err = { 0 };

	(void)state;
	hd_str_add(&text, HEAD "facts a\nuser ");
	for (int i = 0; i < 5000; i++)
		hd_str_add(&text, "x");
	assert_hd_fails(
	    hd_stored_read(&s, "saved", text.ptr, text.len, &problems, &err),
	    &err, HD_ECONFIG);
	assert_string_equal(err.msg, "saved:10: longer than any fact");
	text.ptr[text.len - 1] = '\0';
	assert_hd_fails(
	    hd_stored_read(&s, "saved", text.ptr, text.len, &problems, &err),
	    &err, HD_ECONFIG);
	assert_non_null(strstr(err.msg, "NUL"));
	hd_problems_done(&problems);
}

/* It may come from anybody. */
static void
nothing_of_a_file_can_be_run(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(4096);
	const struct hd_host *host;
	struct hd_stored *s;

	(void)state;
	hd_str_add(&text,
	    FIRST APP "build = touch built\n[prod]\nhost = a\n"
		      "path = /srv/h\nhook.on_failure = local touch hooked\n"
		      "hook.before_start = remote touch hooked\n"
		      "command.start = touch started\n"
		      "health = command touch asked\nenv.LD_PRELOAD = /x\n");
	s = read_back(&text);
	host = &s->inventory->envs.v[0].hosts.v[0];
	assert_null(s->inventory->app.build);
	assert_int_equal(s->inventory->envs.v[0].hooks.n, 0);
	for (size_t i = 0; i < host->hooks.n; i++)
		assert_string_equal(host->hooks.v[i].command, "true");
	assert_string_equal(host->commands.v[0].value, "true");
	assert_int_equal(host->health.n, 0);
	assert_int_equal(host->env.n, 0);
	hd_stored_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_finds_what_it_needs_of_deploy_ini),
		cmocka_unit_test(groups_and_many_canaries_come_back),
		cmocka_unit_test(a_saved_file_names_its_hosts_itself),
		cmocka_unit_test(no_secret_and_no_address_is_written),
		cmocka_unit_test(
		    facts_come_back_without_values_of_variables_and_cookies),
		cmocka_unit_test(
		    a_journal_comes_back_without_what_a_health_check_said),
		cmocka_unit_test(
		    a_file_that_is_wrong_is_refused_with_its_place),
		cmocka_unit_test(a_nul_byte_and_a_line_without_end_are_refused),
		cmocka_unit_test(nothing_of_a_file_can_be_run),
	};

	return cmocka_run_group_tests_name("stored", tests, NULL, NULL);
}
