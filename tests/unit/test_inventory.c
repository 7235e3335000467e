#include "tests/support/cmocka_all.h"
#include "tests/support/inventory_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APP "[app]\nname = hotcode\nrelease = rel\n"

static void
parse(struct loaded *t, const char *text)
{
	hd_loaded_parse(t, text);
	assert_hd_ok(
	    hd_inventory_env(&t->prod, t->inv, "prod", &t->err), &t->err);
}

static const struct hd_host *
host(const struct loaded *t, const char *name)
{
	for (size_t i = 0; i < t->prod->hosts.n; i++)
		if (strcmp(t->prod->hosts.v[i].name, name) == 0)
			return &t->prod->hosts.v[i];
	fail_msg("no host %s", name);
	return NULL;
}

static void
the_smallest_file_has_sensible_defaults(void **state)
{
	struct loaded *t = *state;
	const struct hd_host *h;

	parse(t, APP "[prod]\nhost = web1\npath = /srv/hotcode\n");
	assert_string_equal(t->inv->app.name, "hotcode");
	assert_string_equal(t->inv->app.driver, "relx");
	assert_string_equal(t->inv->app.release, "rel");
	assert_null(t->inv->app.build);
	assert_null(t->inv->app.version);
	assert_int_equal(t->prod->parallel, 32);
	assert_int_equal(t->prod->batch.n, 2);
	assert_int_equal(t->prod->pause.ms, 0);
	assert_int_equal(t->prod->on_failure, HD_ON_FAILURE_STOP);
	assert_int_equal(t->prod->hosts.n, 1);
	h = &t->prod->hosts.v[0];
	assert_string_equal(h->name, "web1");
	assert_string_equal(h->address, "web1");
	assert_int_equal(h->port, 0);
	assert_null(h->user);
	assert_null(h->run_as);
	assert_null(h->known_hosts);
	assert_null(h->env_file);
	assert_int_equal(h->connection, HD_CONN_SSH);
	assert_int_equal(h->health.n, 0);
	assert_int_equal(h->health_retries, 5);
	assert_int_equal(h->health_interval, 1000);
	assert_int_equal(h->health_deadline, 10000);
	assert_int_equal(h->health_successes, 1);
	assert_int_equal(h->connect_timeout, 10000);
	assert_int_equal(h->connect_retries, 3);
	assert_int_equal(h->start_timeout, 60000);
	assert_int_equal(h->stop_timeout, 60000);
	assert_int_equal(h->upgrade_timeout, 300000);
	assert_int_equal(h->upload_timeout, 30000);
	assert_int_equal(h->channels, 0);
	assert_int_equal(h->drain, 30000);
	assert_int_equal(h->old_processes, HD_OLD_REFUSE);
	assert_int_equal(h->unsupervised, HD_UNSUPERVISED_REFUSE);
	assert_int_equal(h->retry.times, 0);
	assert_int_equal(h->undo, HD_MODE_HOT);
}

static void
work_in_flight_is_described_for_each_host(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[prod]\nhost = a\nhost = b\nhost = c\npath = /srv/x\n"
		     "retry = 3 every 10s\ndrain = 0s\nold_processes = wait\n"
		     "undo = cold\nunsupervised = warn\n"
		     "[prod:b]\nretry = none\n"
		     "[prod:c]\nretry = 0 every 500ms\nold_processes = kill\n");
	assert_int_equal(host(t, "a")->retry.times, 3);
	assert_int_equal(host(t, "a")->retry.every, 10000);
	assert_int_equal(host(t, "a")->drain, 0);
	assert_int_equal(host(t, "a")->old_processes, HD_OLD_WAIT);
	assert_int_equal(host(t, "a")->undo, HD_MODE_COLD);
	assert_int_equal(host(t, "b")->unsupervised, HD_UNSUPERVISED_WARN);
	assert_int_equal(host(t, "b")->retry.times, 0);
	assert_int_equal(host(t, "c")->retry.times, 0);
	assert_int_equal(host(t, "c")->retry.every, 500);
	assert_int_equal(host(t, "c")->old_processes, HD_OLD_KILL);
}

static void
tarballs_come_from_a_store_except_where_it_is_out_of_reach(void **state)
{
	struct loaded *t = *state;

	parse(t,
	    APP "[defaults]\nartifact_url = "
		"http://me:x@{host}.store:80/{app}/{version}~{sha256}?a=b\n"
		"[prod]\nhost = a\nhost = b\nhost = c\npath = /srv/x\n"
		"[prod:b]\nartifact_url = no\n"
		"[prod:c]\nartifact_url_command = presign \"$X\"\n");
	assert_string_equal(host(t, "a")->artifact_url,
	    "http://me:x@a.store:80/{app}/{version}~{sha256}?a=b");
	assert_null(host(t, "a")->artifact_url_command);
	assert_string_equal(host(t, "b")->artifact_url, "no");
	assert_string_equal(
	    host(t, "c")->artifact_url_command, "presign \"$X\"");
}

static void
findings_are_ignored_everywhere_or_on_a_host(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[defaults]\nignore = clock-off\n"
		     "[prod]\nhost = a\nhost = b\npath = /srv/x\n"
		     "[prod:b]\nignore = disk-full , glibc-too-old\n"
		     "ignore = env-unset\n");
	assert_int_equal(host(t, "a")->ignore.n, 1);
	assert_string_equal(host(t, "a")->ignore.v[0], "clock-off");
	assert_int_equal(host(t, "b")->ignore.n, 3);
	assert_string_equal(host(t, "b")->ignore.v[1], "glibc-too-old");
	assert_string_equal(host(t, "b")->ignore.v[2], "env-unset");
}

static void
waves_are_described_in_the_environment(void **state)
{
	struct loaded *t = *state;
	const struct hd_env *e;

	parse(t, APP "[defaults]\nbatch = 3\npause = ask\n"
		     "[prod]\nhost = web[1-3]\npath = /srv/x\ncanary = web2\n"
		     "batch = 1 , 25%,100%\non_failure = continue\n"
		     "max_failures = 2\nunreachable = skip\n");
	e = t->prod;
	assert_int_equal(e->batch.n, 3);
	assert_int_equal(e->batch.v[0].n, 1);
	assert_false(e->batch.v[0].percent);
	assert_int_equal(e->batch.v[1].n, 25);
	assert_true(e->batch.v[1].percent);
	assert_true(e->pause.ask);
	assert_int_equal(e->on_failure, HD_ON_FAILURE_CONTINUE);
	assert_int_equal(e->max_failures.n, 2);
	assert_true(e->max_failures.set);
	assert_int_equal(e->unreachable, HD_UNREACHABLE_SKIP);
	assert_false(host(t, "web1")->canary);
	assert_true(host(t, "web2")->canary);
}

static void
the_nearest_section_has_the_last_word(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[prod:b]\nuser = own\nstop_timeout = 3m\n"
		     "[prod]\nhost = a x1\nhost = b line@x2\nhost = c line@x3\n"
		     "path = /srv/prod\nstart_timeout = 500ms\nparallel = 4\n"
		     "[defaults]\npath = /srv/default\nuser = all\n"
		     "start_timeout = 7s\nstop_timeout = 1h\nparallel = 2\n");
	assert_int_equal(t->prod->parallel, 4);
	assert_string_equal(host(t, "a")->path, "/srv/prod");
	assert_int_equal(host(t, "a")->start_timeout, 500);
	assert_int_equal(host(t, "a")->stop_timeout, 3600 * 1000);
	assert_int_equal(host(t, "b")->stop_timeout, 180 * 1000);
	assert_string_equal(host(t, "a")->user, "all");
	assert_string_equal(host(t, "b")->user, "own");
	assert_string_equal(host(t, "c")->user, "line");
}

static void
a_nearer_list_replaces_and_env_is_merged_by_name(void **state)
{
	struct loaded *t = *state;
	const struct hd_host *a, *b;

	parse(t, APP
	    "[defaults]\npath = /srv/x\nidentity = ~/.ssh/one\n"
	    "identity = /two\nhealth = command true && echo ok\n"
	    "env.A = 1\nenv.B = on {host}\n"
	    "[prod]\nhost = a\nhost = b\nenv.B =\nenv.C = 'it''s $(x) \"q\"'\n"
	    "[prod:b]\nidentity = three\nhealth = vm\nenv.A = 2\n");
	a = host(t, "a");
	b = host(t, "b");
	assert_int_equal(a->identities.n, 2);
	assert_string_equal(a->identities.v[0], "~/.ssh/one");
	assert_string_equal(a->identities.v[1], "/two");
	assert_int_equal(b->identities.n, 1);
	assert_string_equal(b->identities.v[0], "three");
	assert_int_equal(a->health.n, 1);
	assert_string_equal(a->health.v[0].command, "true && echo ok");
	assert_int_equal(b->health.n, 0);
	assert_int_equal(a->env.n, 3);
	assert_string_equal(a->env.v[0].value, "1");
	assert_string_equal(a->env.v[1].value, "");
	assert_string_equal(a->env.v[2].value, "'it''s $(x) \"q\"'");
	assert_string_equal(b->env.v[0].name, "A");
	assert_string_equal(b->env.v[0].value, "2");
}

/* Hosts share the lists that they have in common. */
static void
a_host_that_differs_leaves_the_others_alone(void **state)
{
	struct loaded *t = *state;

	parse(t,
	    APP "[defaults]\npath = /srv/{host}\nenv.A = all\nenv.H = {host}\n"
		"hook.on_failure = local one\nbatch = 1, 2\n"
		"[prod]\nhost = web[1-3]\nenv.B = prod\nhealth = tcp a:1\n"
		"identity = ~/key\n"
		"[prod:web2]\nenv.A = own\nenv.C = new\nhealth = tcp b:2\n"
		"identity = ~/own\npath = /opt/{host}\n"
		"[test]\nhost = t\nhook.on_failure = local two\nbatch = 5\n"
		"env.A = test\n");
	for (int i = 1; i <= 3; i += 2) {
		char name[8], path[16];
		const struct hd_host *h;

		snprintf(name, sizeof(name), "web%d", i);
		snprintf(path, sizeof(path), "/srv/web%d", i);
		h = host(t, name);
		assert_string_equal(h->path, path);
		assert_int_equal(h->env.n, 3);
		assert_string_equal(h->env.v[0].value, "all");
		assert_string_equal(h->env.v[1].value, name);
		assert_string_equal(h->env.v[2].value, "prod");
		assert_int_equal(h->health.n, 1);
		assert_string_equal(h->health.v[0].address, "a");
		assert_string_equal(h->identities.v[0], "~/key");
		assert_string_equal(h->hooks.v[0].command, "one");
	}
	assert_string_equal(host(t, "web2")->path, "/opt/web2");
	assert_int_equal(host(t, "web2")->env.n, 4);
	assert_string_equal(host(t, "web2")->env.v[0].value, "own");
	assert_string_equal(host(t, "web2")->env.v[1].value, "web2");
	assert_string_equal(host(t, "web2")->env.v[3].name, "C");
	assert_int_equal(host(t, "web2")->health.n, 1);
	assert_string_equal(host(t, "web2")->health.v[0].address, "b");
	assert_int_equal(t->prod->batch.n, 2);
	assert_int_equal(t->inv->envs.v[1].batch.n, 1);
	assert_int_equal(t->inv->envs.v[1].batch.v[0].n, 5);
	assert_int_equal(t->inv->envs.v[1].hooks.n, 1);
	assert_string_equal(t->inv->envs.v[1].hooks.v[0].command, "two");
}

static void
ranges_expand_in_name_and_address_together(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[prod]\npath = /srv/{host}\n"
		     "env_file = /etc/{host}.env\n"
		     "env.HOSTS = {host},{host}\n"
		     "host = web[08-11].example.com\n"
		     "host = db[1-3] root@10.0.0.[9-11]:2222\n");
	assert_int_equal(t->prod->hosts.n, 7);
	assert_string_equal(t->prod->hosts.v[0].name, "web08.example.com");
	assert_string_equal(t->prod->hosts.v[3].address, "web11.example.com");
	assert_string_equal(host(t, "db1")->address, "10.0.0.9");
	assert_string_equal(host(t, "db3")->address, "10.0.0.11");
	assert_int_equal(host(t, "db3")->port, 2222);
	assert_string_equal(host(t, "db3")->user, "root");
	assert_string_equal(host(t, "db3")->path, "/srv/db3");
	assert_string_equal(host(t, "db3")->env_file, "/etc/db3.env");
	assert_string_equal(host(t, "db3")->env.v[0].value, "db3,db3");
}

static void
ipv6_brackets_are_not_a_range(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[prod]\npath = /srv/x\nhost = [::1]:2222\n"
		     "host = db1 ops@[fe80::1%eth0]\nhost = [1-2]b\n"
		     "[prod:::1]\npath = /srv/six\n");
	assert_int_equal(t->prod->hosts.n, 4);
	assert_string_equal(host(t, "::1")->address, "::1");
	assert_int_equal(host(t, "::1")->port, 2222);
	assert_string_equal(host(t, "::1")->path, "/srv/six");
	assert_string_equal(host(t, "db1")->address, "fe80::1%eth0");
	assert_string_equal(host(t, "db1")->user, "ops");
	assert_int_equal(host(t, "db1")->port, 0);
	assert_string_equal(host(t, "2b")->address, "2b");
}

static void
a_login_may_contain_an_at_sign_or_a_backslash(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[prod]\npath = /srv/x\nhost = me@corp@db1:24\n"
		     "host = db2 dom\\me@[::1]\n"
		     "[prod:db2]\nrun_as = app\n");
	assert_string_equal(host(t, "db1")->user, "me@corp");
	assert_string_equal(host(t, "db1")->address, "db1");
	assert_int_equal(host(t, "db1")->port, 24);
	assert_string_equal(host(t, "db2")->user, "dom\\me");
	assert_string_equal(host(t, "db2")->address, "::1");
}

static void
one_address_may_have_several_ports_or_paths(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[prod]\npath = /srv/{host}\nconnection = local\n"
		     "host = a 127.0.0.1\nhost = b 127.0.0.1\n"
		     "host = c 127.0.0.1:2222\n"
		     "[prod:c]\nconnection = ssh\npath = /srv/a\n");
	assert_int_equal(host(t, "a")->connection, HD_CONN_LOCAL);
	assert_string_equal(host(t, "b")->path, "/srv/b");
	assert_int_equal(host(t, "c")->connection, HD_CONN_SSH);
}

static void
commands_are_merged_by_name(void **state)
{
	struct loaded *t = *state;
	const struct hd_pairs *c;

	parse(t, APP "[defaults]\ncommand.start = ctl up\n"
		     "command.upgrade = ctl go {version} ${X}\n"
		     "[prod]\npath = /srv/x\nhost = a\nservice = a@1.service\n"
		     "command.start = ctl {host}\n");
	c = &host(t, "a")->commands;
	assert_int_equal(c->n, 2);
	assert_string_equal(c->v[0].name, "start");
	assert_string_equal(c->v[0].value, "ctl {host}");
	assert_string_equal(c->v[1].value, "ctl go {version} ${X}");
	assert_string_equal(host(t, "a")->service, "a@1.service");
	assert_string_equal(host(t, "a")->service_manager, "system");
}

static void
changes_of_some_environments_are_confirmed(void **state)
{
	struct loaded *t = *state;

	parse(t, APP "[defaults]\npath = /x\nconfirm_env = prod, live\n"
		     "[prod]\nhost = a\n[test]\nhost = b\n"
		     "[live]\nhost = c\n[own]\nhost = d\nconfirm_env = own\n");
	assert_true(hd_env_is_confirmed(&t->inv->envs.v[0]));
	assert_false(hd_env_is_confirmed(&t->inv->envs.v[1]));
	assert_true(hd_env_is_confirmed(&t->inv->envs.v[2]));
	assert_true(hd_env_is_confirmed(&t->inv->envs.v[3]));
}

static void
hooks_are_merged_by_name_and_keep_their_order(void **state)
{
	static const struct hd_hook expected[] = {
		{ HD_HOOK_AFTER_UPGRADE, HD_HOOK_ONCE, "c" },
		{ HD_HOOK_BEFORE_UPGRADE, HD_HOOK_LOCAL, "a  b 'c' $D" },
		{ HD_HOOK_BEFORE_UPGRADE, HD_HOOK_REMOTE, "local" },
	};
	struct loaded *t = *state;
	const struct hd_hooks *hooks;

	parse(t, APP "[defaults]\nhook.before_upgrade = local x\n"
		     "hook.after_upgrade = once c\nhook_timeout = 2m\n"
		     "hook.before_upgrade = remote y\n"
		     "[prod]\npath = /srv/x\nhost = a\n"
		     "hook.before_upgrade = local \ta  b 'c' $D\n"
		     "hook.before_upgrade = remote local\n");
	hooks = &t->prod->hooks;
	assert_int_equal(hooks->n, HD_COUNT(expected));
	for (size_t i = 0; i < hooks->n; i++) {
		assert_int_equal(hooks->v[i].name, expected[i].name);
		assert_int_equal(hooks->v[i].place, expected[i].place);
		assert_string_equal(hooks->v[i].command, expected[i].command);
	}
	assert_int_equal(t->prod->hook_timeout, 2 * 60 * 1000);
	assert_int_equal(host(t, "a")->hooks.n, hooks->n);
}

static void
fingerprints_come_in_commas_and_lines(void **state)
{
	struct loaded *t = *state;
	const struct hd_host *h;

#define PIN(c) "SHA256:" c "/34567890123456789012345678901234567890+ab"
	parse(t, APP
	    "[prod]\npath = /srv/x\nhost = a\n"
	    "host_key = " PIN("a") ", " PIN("b") "\n"
						 "host_key = " PIN("c") "\n");
	h = host(t, "a");
	assert_int_equal(h->host_keys.n, 3);
	assert_string_equal(h->host_keys.v[1], PIN("b"));
	assert_string_equal(h->host_keys.v[2], PIN("c"));
}

static void
comments_crlf_and_a_byte_order_mark_are_fine(void **state)
{
	struct loaded *t = *state;
	char text[1200] = "\xef\xbb\xbf# a comment of any length: ";

	memset(text + strlen(text), 'x', 400);
	strcat(text, "\r\n   ; and an indented one\r\n\r\n[app]\r\n"
		     "name=hotcode\r\nrelease\t=  a:b=c;d#e \xc3\xa9  \r\n"
		     "[prod]\r\nhost = a\r\npath = /srv/x\r\n"
		     "env.TWO = a\tb");
	parse(t, text);
	assert_string_equal(t->inv->app.release, "a:b=c;d#e \xc3\xa9");
	assert_string_equal(host(t, "a")->env.v[0].value, "a\tb");
}

static void
a_line_of_198_bytes_arrives_whole(void **state)
{
	struct loaded *t = *state;
	char line[199], text[512];

	memset(line, 'x', sizeof(line));
	memcpy(line, "build = ", 8);
	line[198] = '\0';
	snprintf(text, sizeof(text),
	    APP "%s\n[prod]\nhost = a\npath = /srv/x\n", line);
	parse(t, text);
	assert_string_equal(t->inv->app.build, line + 8);
}

static void
long_section_names_are_not_cut(void **state)
{
	struct loaded *t = *state;

#define LONG "a-machine-with-a-very-long-name.in-some.example.com"
	parse(t, APP "[prod]\nhost = " LONG "\nhost = " LONG "m\n"
		     "path = /srv/x\n[prod:" LONG "m]\npath = /srv/y\n");
	assert_string_equal(host(t, LONG)->path, "/srv/x");
	assert_string_equal(host(t, LONG "m")->path, "/srv/y");
}

static void
environments_are_found_by_name_or_the_nearest_is_named(void **state)
{
	struct loaded *t = *state;
	const struct hd_env *env;

	parse(t, APP "[defaults]\npath = /srv/x\n[prod]\nhost = a\n"
		     "[staging]\nhost = b\n");
	assert_hd_ok(
	    hd_inventory_env(&env, t->inv, "staging", &t->err), &t->err);
	assert_string_equal(env->name, "staging");
	assert_hd_fails(hd_inventory_env(&env, t->inv, "stagin", &t->err),
	    &t->err, HD_EUSAGE);
	assert_string_equal(t->err.msg,
	    "there is no environment \"stagin\"; did you mean \"staging\"?");
	assert_hd_fails(
	    hd_inventory_env(&env, t->inv, "zzz", &t->err), &t->err, HD_EUSAGE);
	assert_string_equal(t->err.msg,
	    "there is no environment \"zzz\"; the file has: prod, staging");
}

static void
a_file_that_cannot_be_read_is_a_config_error(void **state)
{
	struct loaded *t = *state;

	assert_hd_fails(hd_inventory_load(&t->inv, "no/such/deploy.ini",
			    &t->problems, &t->err),
	    &t->err, HD_ECONFIG);
	assert_non_null(strstr(t->err.msg,
	    "there is no no/such/deploy.ini: create it with `hdeploy "));
	assert_null(t->inv);
	assert_hd_fails(
	    hd_inventory_load(&t->inv, "tests", &t->problems, &t->err), &t->err,
	    HD_ECONFIG);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, hd_loaded_begin, hd_loaded_end)
	const struct CMUnitTest tests[] = {
		TEST(the_smallest_file_has_sensible_defaults),
		TEST(waves_are_described_in_the_environment),
		TEST(work_in_flight_is_described_for_each_host),
		TEST(
		    tarballs_come_from_a_store_except_where_it_is_out_of_reach),
		TEST(findings_are_ignored_everywhere_or_on_a_host),
		TEST(the_nearest_section_has_the_last_word),
		TEST(a_nearer_list_replaces_and_env_is_merged_by_name),
		TEST(a_host_that_differs_leaves_the_others_alone),
		TEST(ranges_expand_in_name_and_address_together),
		TEST(ipv6_brackets_are_not_a_range),
		TEST(a_login_may_contain_an_at_sign_or_a_backslash),
		TEST(one_address_may_have_several_ports_or_paths),
		TEST(commands_are_merged_by_name),
		TEST(changes_of_some_environments_are_confirmed),
		TEST(hooks_are_merged_by_name_and_keep_their_order),
		TEST(fingerprints_come_in_commas_and_lines),
		TEST(comments_crlf_and_a_byte_order_mark_are_fine),
		TEST(a_line_of_198_bytes_arrives_whole),
		TEST(long_section_names_are_not_cut),
		TEST(environments_are_found_by_name_or_the_nearest_is_named),
		TEST(a_file_that_cannot_be_read_is_a_config_error),
	};

	return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
