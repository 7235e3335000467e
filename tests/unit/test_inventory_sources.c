/* hosts = command and group.NAME */
#include "tests/support/cmocka_all.h"
#include "tests/support/inventory_case.h"

#include "core/base/str.h"
#include "core/inventory/answer.h"

#include <stdio.h>
#include <stdlib.h>

#define APP "[app]\nname = hotcode\nrelease = r\n"            /* lines 1 to 3 */
#define PROD APP "[prod]\npath = /srv/x\n"                    /* 4 and 5 */
#define SAYS(text) PROD "hosts = command printf '" text "'\n" /* 6 */

/* Asks all sources, as a command with an environment does; returns what
 * hd_inventory_add_answers() returns. */
static int
ask(struct loaded *t)
{
	for (size_t i = 0; i < t->inv->envs.n; i++) {
		const struct hd_env *env = &t->inv->envs.v[i];

		for (size_t k = 0; k < env->sources.n; k++)
			assert_hd_ok(hd_inventory_ask(
					 t->inv, &env->sources.v[k], &t->err),
			    &t->err);
	}
	return hd_inventory_add_answers(t->inv, &t->problems, &t->err);
}

static void
load(struct loaded *t, const char *text)
{
	hd_loaded_parse(t, text);
	if (ask(t) < 0)
		fail_msg("line %u: %s", t->problems.v[0].line,
		    t->problems.v[0].text);
}

static const struct hd_env *
prod(const struct loaded *t)
{
	return &t->inv->envs.v[0];
}

/* "NAME[=ADDRESS][:PORT] ..." */
static void
assert_hosts(const struct loaded *t, const char *want)
{
	HD_AUTO_STR got = HD_STR_INIT(4096);

	for (size_t i = 0; i < prod(t)->hosts.n; i++) {
		const struct hd_host *h = &prod(t)->hosts.v[i];

		hd_str_addf(&got, "%s%s", i > 0 ? " " : "", h->name);
		if (strcmp(h->name, h->address) != 0)
			hd_str_addf(&got, "=%s", h->address);
		if (h->port > 0)
			hd_str_addf(&got, ":%u", h->port);
	}
	assert_string_equal(got.ptr, want);
}

static void
assert_problem(const struct loaded *t, unsigned line, const char *text)
{
	if (t->problems.n == 0)
		fail_msg("no problem; wanted: %s", text);
	assert_int_equal(t->problems.v[0].line, line);
	if (strstr(t->problems.v[0].text, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, t->problems.v[0].text);
}

static void
assert_wrong(
    struct loaded *t, const char *text, unsigned line, const char *problem)
{
	assert_int_equal(
	    hd_inventory_parse(&t->inv, text, strlen(text), &t->problems), -1);
	assert_problem(t, line, problem);
	hd_problems_done(&t->problems);
}

static void
a_command_names_hosts_as_host_lines_do(void **state)
{
	struct loaded *t = *state;
	const struct hd_host *h;

	load(t,
	    SAYS(
		"# all\\n\\nweb1 10.0.0.1\\r\\n"
		"  host = db[1-2] me@10.0.1.[1-2]:2222 \\n[::1]:22\\nlast") "user = deploy\n[prod:web1]\nsoak = 5s\n");
	assert_hosts(
	    t, "web1=10.0.0.1 db1=10.0.1.1:2222 db2=10.0.1.2:2222 ::1:22 last");
	h = prod(t)->hosts.v;
	assert_int_equal(h[0].soak, 5000);
	assert_string_equal(h[0].user, "deploy");
	assert_string_equal(h[1].user, "me");
	assert_string_equal(h[2].path, "/srv/x");
	assert_string_equal(h[0].env_name, "prod");
	assert_int_equal(h[2].source->kind, HD_SOURCE_COMMAND);
	assert_int_equal(strncmp(h[2].place, "line 4 of `printf", 17), 0);
}

static void
written_hosts_come_first_and_sources_keep_their_order(void **state)
{
	struct loaded *t = *state;

	load(t, PROD "hosts = command echo b2; echo b1\nhost = z\n"
		     "hosts = command echo a\nhost = y\n");
	assert_hosts(t, "z y b2 b1 a");
	assert_null(prod(t)->hosts.v[0].source);
	assert_string_equal(prod(t)->hosts.v[1].place, "line 9");
	assert_string_equal(prod(t)->hosts.v[4].place, "line 1 of `echo a`");
}

static void
a_command_runs_only_when_it_is_asked(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t,
	    PROD "hosts = command exit 9\ncanary = web1\ngroup.web = web1\n"
		 "[prod:web1]\nuser = u\n");
	assert_int_equal(prod(t)->hosts.n, 0);
	assert_int_equal(prod(t)->sources.n, 1);
	assert_false(prod(t)->sources.v[0].asked);
	assert_hd_fails(hd_inventory_ask(t->inv, prod(t)->sources.v, &t->err),
	    &t->err, HD_ELOCAL);
	assert_string_equal(t->err.msg,
	    "failed with status 9, without any output (command: exit "
	    "9)");
}

static void
a_command_knows_for_whom_it_runs(void **state)
{
	struct loaded *t = *state;

	load(t, PROD "hosts = command echo $HDEPLOY_ENV.$HDEPLOY_APP\n");
	assert_hosts(t, "prod.hotcode");
}

static void
a_command_that_fails_is_quoted_with_its_last_error(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(
	    t, PROD "hosts = command echo web1; echo no token >&2; exit 1\n");
	assert_hd_fails(hd_inventory_ask(t->inv, prod(t)->sources.v, &t->err),
	    &t->err, HD_ELOCAL);
	assert_hd_says(&t->err, "failed with status 1: no token (");
	assert_int_equal(t->inv->answers.n, 0);
}

static void
an_answer_without_a_host_is_an_error(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t, PROD "host = a\nhosts = command echo '#none'\n");
	assert_hd_fails(hd_inventory_ask(t->inv, prod(t)->sources.v, &t->err),
	    &t->err, HD_ELOCAL);
	assert_string_equal(
	    t->err.msg, "`echo '#none'` succeeded, but named no host");
}

static void
an_answer_that_never_ends_is_cut(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t, PROD "hosts = command yes\n");
	assert_hd_fails(hd_inventory_ask(t->inv, prod(t)->sources.v, &t->err),
	    &t->err, HD_ELOCAL);
	assert_hd_says(&t->err, "printed more than 1048576 bytes");
}

static void
a_bad_line_is_named_with_its_number_and_its_command(void **state)
{
	static const struct {
		const char *says, *want;
	} cases[] = {
		{ "web1\\nweb2:99999",
		    "hosts: line 2 of `printf 'web1\\nweb2:99999'`: \"99999\" "
		    "is not a port: 1 to 65535" },
		{ "a b c", "one host per line" },
		{ "a\\n-oProxyCommand=x",
		    "is not a host name or IPv4 address" },
		{ "a,b", "without commas" },
		{ "host =", "no host after host =" },
		{ "\\033[31m", "control character" },
		{ "a\\000b", "control character" },
		{ "\\377", "control character, or not UTF-8 text" },
		{ "a\\040#b", "\"#b\" is not a host name" },
		{ "{\\\"host\\\": 1}", "is not a host name" },
		{ "web[1-20000]", "at most 10000" },
		{ "a%513s", "longer than 512 bytes" },
		{ "a\\na", "line 2 of" },
		{ "a\\na", "host \"a\" is defined twice (first: line 1 of" },
		{ "a x\\nb x", "have the same address and path" },
		{ "a[1-9999]\\nb[1-9999]", "more than 10000 hosts" },
	};

	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct loaded t = { 0 };
		HD_AUTO_STR text = HD_STR_INIT(4096);

		(void)state;
		hd_str_addf(&text, PROD "hosts = command printf '%s'%s\n",
		    cases[i].says, strchr(cases[i].says, '%') ? " x" : "");
		hd_loaded_parse(&t, text.ptr);
		if (ask(&t) == 0)
			fail_msg("accepted: %s", cases[i].says);
		assert_int_equal(t.err.code, HD_ECONFIG);
		assert_problem(&t, 6, cases[i].want);
		hd_inventory_free(t.inv);
		hd_problems_done(&t.problems);
	}
}

static void
a_root_of_another_environment_is_noticed(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(
	    t, SAYS("web1") "[staging]\nhost = web1\npath = /srv/x\n");
	assert_int_equal(ask(t), -1);
	assert_problem(t, 8,
	    "host \"web1\" of [prod] (line 1 of `printf 'web1'`) and \"web1\" "
	    "of [staging] have the same address and path");
}

static void
a_section_of_a_host_that_no_source_named_is_only_noted(void **state)
{
	struct loaded *t = *state;

	load(t, SAYS("web1") "[prod:web1]\nuser = u\n[prod:web9]\nuser = u\n");
	assert_int_equal(prod(t)->unused.n, 1);
	assert_string_equal(prod(t)->unused.v[0], "prod:web9");
}

static void
secrets_are_known_before_a_source_is_asked(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t, SAYS("web1") "identity_env = KEY_A\n[prod:web1]\n"
					"identity_env = KEY_B\n");
	assert_int_equal(t->inv->secrets.n, 2);
	assert_string_equal(t->inv->secrets.v[0], "KEY_A");
	assert_string_equal(t->inv->secrets.v[1], "KEY_B");
}

static void
a_source_must_be_a_command_or_the_name_of_records(void **state)
{
	static const char *const bad[] = { "web1", "command", "srv", "srv a b",
		"srv -x", "srv a..b", "srv .", "http x" };

	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		HD_AUTO_STR text = HD_STR_INIT(4096);

		hd_str_addf(&text, PROD "hosts = %s\n", bad[i]);
		assert_wrong(*state, text.ptr, 6, "is not a source of hosts");
	}
	assert_wrong(*state, PROD "host = a\n[defaults]\nhosts = command x\n",
	    8, "not allowed in [defaults]");
}

#define SRV PROD "hosts = srv _ssh._tcp.example.com\n" /* 6 */

static void
a_key_of_a_host_that_only_dns_names_is_not_accepted(void **state)
{
	struct loaded *t = *state;

	assert_wrong(t, SRV "host_key_policy = accept-new\n", 6,
	    "cannot be combined with host_key_policy = accept-new");
	assert_wrong(t, SRV "[defaults]\nhost_key_policy = accept-new\n", 6,
	    "[prod:HOST]");
	hd_loaded_parse(t, SRV "host_key_policy = strict\n[prod:web1]\n"
			       "host_key_policy = accept-new\n");
	hd_inventory_free(t->inv);
	hd_loaded_parse(t,
	    SRV "host_key_policy = accept-new\nhost_key = "
		"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	hd_inventory_free(t->inv);
	hd_loaded_parse(
	    t, PROD "hosts = command x\nhost_key_policy = accept-new\n");
}

static void
assert_selects(const struct loaded *t, const char *limit, const char *want)
{
	HD_AUTO_FREE const struct hd_host **hosts = NULL;
	HD_AUTO_STR got = HD_STR_INIT(1024);
	struct hd_err err;
	size_t n;

	assert_hd_ok(
	    hd_inventory_select(&hosts, &n, prod(t), limit, &err), &err);
	for (size_t i = 0; i < n; i++)
		hd_str_addf(&got, "%s%s", i > 0 ? " " : "", hosts[i]->name);
	assert_string_equal(got.ptr, want);
}

#define HOSTS PROD "host = web[1-4]\nhost = db[1-2]\n" /* 6 and 7 */

static void
a_group_selects_its_hosts(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t, HOSTS "group.web = web[1-2]\ngroup.web = web4\n"
				 "group.small = web*, !web1, db1\n");
	assert_selects(t, "web", "web1 web2 web4");
	assert_selects(t, "small", "web2 web3 web4 db1");
	assert_selects(t, "!web", "web3 db1 db2");
	assert_selects(t, "web,!web2,db2", "web1 web4 db2");
	assert_selects(t, "web*", "web1 web2 web3 web4");
}

static void
a_group_can_be_the_canary(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t,
	    HOSTS "group.first = web1, db1\ncanary = first\ncanary = web3\n");
	for (size_t i = 0; i < prod(t)->hosts.n; i++) {
		const struct hd_host *h = &prod(t)->hosts.v[i];

		assert_int_equal(h->canary, strcmp(h->name, "web1") == 0 ||
						strcmp(h->name, "db1") == 0 ||
						strcmp(h->name, "web3") == 0);
	}
}

static void
an_environment_replaces_a_group_of_defaults(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t,
	    APP "[defaults]\npath = /srv/x\ngroup.web = web*\n"
		"group.gone = nobody\n[prod]\nhost = web[1-2]\nhost = www\n"
		"group.web = www\n");
	assert_selects(t, "web", "www");
	assert_hd_fails(hd_inventory_select(&(const struct hd_host **){ NULL },
			    &(size_t){ 0 }, prod(t), "gone", &t->err),
	    &t->err, HD_EUSAGE);
	assert_string_equal(
	    t->err.msg, "--limit: no host of prod is in the group \"gone\"");
}

static void
a_group_is_checked_with_its_line(void **state)
{
	assert_wrong(*state, HOSTS "group.web1 = db1\n", 8,
	    "group.web1: [prod] also has a host of this name (line 6), so "
	    "--limit web1 could mean either; rename one");
	assert_wrong(*state, HOSTS "group.web = web5\n", 8,
	    "group.web: \"web5\" matches no host of prod; did you mean \"web");
	assert_wrong(*state, HOSTS "group.a = web1\ngroup.b = a, db1\n", 9,
	    "group.b: \"a\" is a group, and a group can contain only hosts");
	assert_wrong(*state, HOSTS "group.a = web1,,db1\n", 8, "empty word");
	assert_wrong(
	    *state, HOSTS "group.a b = web1\n", 8, "\"a b\" cannot be a group");
	assert_wrong(*state, HOSTS "group. = web1\n", 8, "cannot be a group");
	assert_wrong(*state, HOSTS "group.a = web1\ncanary = b\n", 9,
	    "canary: \"b\" matches no host or group of prod");
	assert_wrong(*state,
	    APP "[defaults]\ngroup.b = x\npath = /srv/x\n[prod]\nhost = b\n", 5,
	    "group.b: [prod] also has a host of this name (line 8)");
}

static void
a_group_of_an_answer_may_lack_hosts_of_today(void **state)
{
	struct loaded *t = *state;

	load(t, SAYS("web1\\nweb2") "group.web = web[1-4]\n");
	assert_selects(t, "web", "web1 web2");
}

static void
a_group_never_shares_the_name_of_a_host_that_a_source_named(void **state)
{
	struct loaded *t = *state;

	hd_loaded_parse(t, SAYS("web") "group.web = web*\n");
	assert_int_equal(ask(t), -1);
	assert_problem(t, 7,
	    "group.web: [prod] also has a host of this name (line 1 of "
	    "`printf 'web'`)");
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, hd_loaded_begin, hd_loaded_end)
	const struct CMUnitTest tests[] = {
		TEST(a_command_names_hosts_as_host_lines_do),
		TEST(written_hosts_come_first_and_sources_keep_their_order),
		TEST(a_command_runs_only_when_it_is_asked),
		TEST(a_command_knows_for_whom_it_runs),
		TEST(a_command_that_fails_is_quoted_with_its_last_error),
		TEST(an_answer_without_a_host_is_an_error),
		TEST(an_answer_that_never_ends_is_cut),
		TEST(a_bad_line_is_named_with_its_number_and_its_command),
		TEST(a_root_of_another_environment_is_noticed),
		TEST(a_section_of_a_host_that_no_source_named_is_only_noted),
		TEST(secrets_are_known_before_a_source_is_asked),
		TEST(a_source_must_be_a_command_or_the_name_of_records),
		TEST(a_key_of_a_host_that_only_dns_names_is_not_accepted),
		TEST(a_group_selects_its_hosts),
		TEST(a_group_can_be_the_canary),
		TEST(an_environment_replaces_a_group_of_defaults),
		TEST(a_group_is_checked_with_its_line),
		TEST(a_group_of_an_answer_may_lack_hosts_of_today),
		TEST(
		    a_group_never_shares_the_name_of_a_host_that_a_source_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
