#include "tests/support/cmocka_all.h"

#include "core/inventory/advice.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct hd_host web1 = { .name = "web1", .env_name = "prod" };

static void
a_command_names_the_environment_and_the_host(void **state)
{
	HD_AUTO_ARENA a = { 0 };

	(void)state;
	assert_string_equal(hd_advice(&a, &web1, "resume", NULL),
	    "hdeploy resume prod --limit web1");
	assert_string_equal(hd_advice(&a, &web1, "upgrade", "0.2.0 --cold"),
	    "hdeploy upgrade prod 0.2.0 --cold --limit web1");
	assert_string_equal(
	    hd_advice_all(&a, &web1, "status", NULL), "hdeploy status prod");
}

static void
words_that_a_shell_would_change_are_quoted(void **state)
{
	const struct hd_env env = { .name = "prod", .file = "my it's.ini" };
	const struct hd_host six = { .name = "fe80::1%eth0",
		.env_name = "prod",
		.file = "ops/deploy.ini" };
	HD_AUTO_ARENA a = { 0 };

	(void)state;
	assert_string_equal(
	    hd_advice_env(&a, &env, "upgrade", "0.2.0", "!web2,!web4"),
	    "hdeploy upgrade prod 0.2.0 --limit '!web2,!web4' "
	    "-f 'my it'\\''s.ini'");
	assert_string_equal(hd_advice(&a, &six, "start", NULL),
	    "hdeploy start prod --limit fe80::1%eth0 -f ops/deploy.ini");
}

/* The arguments that a shell passes to hdeploy. */
static void
a_shell_reads_the_words_as_they_were_meant(void **state)
{
	const struct hd_env env = { .name = "prod", .file = "a b/$HOME'.ini" };
	HD_AUTO_ARENA a = { 0 };
	char said[256] = "";
	FILE *p;

	(void)state;
	p = popen(hd_arena_fmt(&a, "hdeploy() { printf '<%%s>' \"$@\"; }; %s",
		      hd_advice_env(&a, &env, "stop", NULL, "!web[1-3],*db")),
	    "r");
	assert_non_null(p);
	assert_non_null(fgets(said, sizeof(said), p));
	assert_int_equal(pclose(p), 0);
	assert_string_equal(
	    said, "<stop><prod><--limit><!web[1-3],*db><-f><a b/$HOME'.ini>");
}

/* deploy.ini is the default and is not named. */
static void
the_file_is_named_where_it_is_another(void **state)
{
	char dir[] = "/tmp/hdeploy-advice-XXXXXX";
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv = NULL;
	struct hd_err err = { 0 };
	HD_AUTO_ARENA a = { 0 };
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	f = fopen("deploy.ini", "w");
	assert_non_null(f);
	fputs("[app]\nname = demo\nrelease = r\n[prod]\npath = /srv/demo\n"
	      "host = web1\n",
	    f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(link("deploy.ini", "other.ini"), 0);
	for (int other = 0; other < 2; other++) {
		assert_int_equal(
		    hd_inventory_load(&inv, other ? "other.ini" : "deploy.ini",
			&problems, &err),
		    0);
		assert_string_equal(
		    hd_advice(&a, &inv->envs.v[0].hosts.v[0], "start", NULL),
		    other ? "hdeploy start prod --limit web1 -f other.ini"
			  : "hdeploy start prod --limit web1");
		assert_string_equal(
		    hd_advice_env(&a, &inv->envs.v[0], "start", NULL, NULL),
		    other ? "hdeploy start prod -f other.ini"
			  : "hdeploy start prod");
		hd_inventory_free(inv);
	}
	hd_problems_done(&problems);
	assert_int_equal(unlink("deploy.ini"), 0);
	assert_int_equal(unlink("other.ini"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_names_the_environment_and_the_host),
		cmocka_unit_test(words_that_a_shell_would_change_are_quoted),
		cmocka_unit_test(a_shell_reads_the_words_as_they_were_meant),
		cmocka_unit_test(the_file_is_named_where_it_is_another),
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
