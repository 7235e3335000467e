#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/str.h"
#include "core/inventory/inventory.h"
#include "core/inventory/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APP "[app]\nname = hotcode\nrelease = rel\n" /* lines 1 to 3 */
#define PROD APP "[prod]\nhost = a\n"                /* 4 and 5 */
#define FULL PROD "path = /srv/x\n"                  /* 6 */
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define BAD(t, line, part)                                                     \
	{                                                                      \
		t, sizeof(t) - 1, line, part                                   \
	}

/* Each has exactly one problem, on this line, with this text. */
struct bad_case {
	const char *text;
	size_t n;
	unsigned line;
	const char *part;
};

static const struct bad_case line_cases[] = {
	BAD(FULL "build = make ; echo done", 7, "comments on their own line"),
	BAD(FULL "env.A = b # no", 7, "comments on their own line"),
	BAD(FULL "env.A = #fff", 7, "comments on their own line"),
	BAD(FULL "  env.A = b", 7, "begins with a blank"),
	BAD(FULL "\tand so on", 7, "begins with a blank"),
	BAD(FULL "env.A = " X50 X50 X50 X50, 7, "longer than 198 bytes"),
	BAD(FULL "env.A = a\0b", 7, "NUL"),
	BAD(FULL "env.A = \xff\xfe", 7, "not UTF-8"),
	BAD(FULL "env.A = \xc0\xaf", 7, "not UTF-8"),
	BAD(FULL "env.A = \xed\xa0\x80", 7, "not UTF-8"),
	BAD(FULL "env.A = \xf0\x9f\x98", 7, "not UTF-8"),
	BAD(FULL "env.A = \x1b[31m", 7, "control character"),
	BAD(FULL "env.A = \xc2\x9b", 7, "control character"),
	BAD(FULL "env.A = a\rb", 7, "control character"),
	BAD(FULL "user deploy", 7, "NAME = VALUE"),
	BAD(FULL "user: deploy", 7, "NAME = VALUE"),
	BAD(FULL "= deploy", 7, "no name"),
	BAD("a = 1\n" FULL, 1, "before any section"),
	BAD(FULL "[prod:a\nuser = me", 7, "section without closing ]"),
	BAD(APP "[prod] # all\nhost = a\npath = /srv/x\n[prod:a]", 4,
	    "comments on their own line"),
	BAD(FULL "[prod:a] x", 7, "after the section's ]"),
};

#define URL FULL "artifact_url = "

static const struct bad_case url_cases[] = {
	BAD(URL "store.example.com/a", 7,
	    "artifact_url: the value is not a URL"),
	BAD(URL "ftp://a/b", 7, "not a URL"),
	BAD(URL "https:///b", 7, "not a URL"),
	BAD(URL "https://a/b c", 7, "not a URL"),
	BAD(URL "https://a/\"b", 7, "not a URL"),
	BAD(URL "https://a/\\b", 7, "not a URL"),
	BAD(URL "https://a/{name}", 7, "in braces only app"),
	BAD(URL "https://a/{version", 7, "not a URL"),
	BAD(URL "https://me:\xc3\xa4@a/b", 7, "the value is not"),
};

static const struct bad_case section_cases[] = {
	BAD("[prod]\nhost = a\npath = /srv/x", 0, "no [app] section"),
	BAD(APP, 0, "no environment"),
	BAD("[app]\nrelease = r\n[prod]\nhost = a\npath = /x", 1,
	    "[app] has no name"),
	BAD("[app]\nname = hotcode\n[prod]\nhost = a\npath = /x", 1,
	    "[app] has no release"),
	BAD(FULL "[prod]\nuser = b", 7, "is defined twice"),
	BAD(FULL "[]", 7, "cannot be an environment"),
	BAD(FULL "[-rf]", 7, "cannot be an environment"),
	BAD(FULL "[two words]", 7, "cannot be an environment"),
	BAD(FULL "[$(id)]", 7, "cannot be an environment"),
	BAD(FULL "[app:a]", 7, "cannot be an environment"),
	BAD(FULL "[stagin]\nuser = a", 7, "has no host"),
	BAD(FULL "[default]\nuser = a", 7, "did you mean \"defaults\"?"),
	BAD(FULL "[prod:b]", 7, "has no host \"b\""),
	BAD(APP "[prod]\npath = /x\nhost = web[1-3]\n[prod:wbe1]", 7,
	    "did you mean \"web1\"?"),
	BAD(FULL "[prdo:a]", 7, "did you mean [prod]?"),
};

static const struct bad_case key_cases[] = {
	BAD(FULL "pahth = /y", 7, "did you mean \"path\"?"),
	BAD(FULL "kept = 1", 7, "did you mean \"keep\"?"),
	BAD(FULL "batch = 0", 7, "\"0\" is not a list of hosts per wave"),
	BAD(FULL "batch = 1,", 7, "is not a list of hosts per wave"),
	BAD(FULL "batch = 101%", 7, "is not a list of hosts per wave"),
	BAD(FULL "batch = 1 2", 7, "is not a list of hosts per wave"),
	BAD(FULL "batch = 99999", 7, "is not a list of hosts per wave"),
	BAD(FULL "pause = soon", 7, "a duration such as 30s or 2m, or ask"),
	BAD(FULL "channels = many", 7, "a whole number, or auto"),
	BAD(FULL "channels = 9", 7, "is not between 1 and 8"),
	BAD(FULL "retry = 3", 7, "none, or NUMBER every DURATION"),
	BAD(FULL "retry = 3 every", 7, "none, or NUMBER every"),
	BAD(FULL "retry = 3 every soon", 7, "none, or NUMBER every"),
	BAD(FULL "retry = every 3s", 7, "none, or NUMBER every"),
	BAD(FULL "retry = 3 every 0s", 7, "not between 1ms and 24h"),
	BAD(FULL "retry = 99999 every 1s", 7, "none, or NUMBER every"),
	BAD(FULL "drain = 25h", 7, "24h"),
	BAD(FULL "old_processes = kil", 7, "did you mean \"kill\"?"),
	BAD(FULL "unsupervised = ignore", 7, "refuse or warn"),
	BAD(FULL "ignore = glibc-to-old", 7, "did you mean glibc-too-old?"),
	BAD(FULL "ignore = glibc-too-old clock-off", 7, "separated by commas"),
	BAD(FULL "ignore = tool-missing", 7,
	    "there is no finding \"tool-missing\" that can be ignored"),
	BAD(FULL "ignore = anything", 7, "docs/findings.md has the list"),
	BAD(FULL "undo = auto", 7, "hot or cold"),
	BAD(FULL "relup = auto", 7, "[app]"),
	BAD(APP "relup = make\n[prod]\nhost = a\npath = /x", 4,
	    "check or auto"),
	BAD(APP "appup = check\n[prod]\nhost = a\npath = /x", 4,
	    "draft or auto"),
	BAD(FULL "on_failure = rolback", 7, "did you mean \"rollback\"?"),
	BAD(FULL "max_failures = -1", 7, "not a whole number"),
	BAD(FULL "canary = b", 7,
	    "canary: \"b\" matches no host of prod; did you mean \"a\"?"),
	BAD(FULL "[defaults]\ncanary = a", 8, "canary"),
	BAD(FULL "Path = /y", 7,
	    "unknown key \"Path\" in [prod]; did you mean \"path\"?"),
	BAD(FULL "USER = me", 7, "did you mean \"user\"?"),
	BAD(FULL "NODE_NAME = a@b", 7, "did you mean \"env.NODE_NAME\"?"),
	BAD(FULL "[prod:a]\nPORT = 1", 8, "did you mean \"env.PORT\"?"),
	BAD(FULL "start = x", 7, "did you mean \"command.start\"?"),
	BAD(FULL "after_push = local x", 7,
	    "did you mean \"hook.after_push\"?"),
	BAD(FULL "[defaults]\nX_Y = 1", 8, "did you mean \"env.X_Y\"?"),
	BAD("[app]\nNODE_NAME = x\nname = h\nrelease = r\n[prod]\nhost = a\n"
	    "path = /x",
	    2, "unknown key \"NODE_NAME\" in [app]; see"),
	BAD(FULL "path = /y", 7, "first: line 6"),
	BAD(FULL "env.A = 1\nenv.A = 2", 8, "twice"),
	BAD(FULL "build = make", 7, "move it to [app]"),
	BAD(FULL "[prod:a]\nparallel = 3", 8,
	    "move it to [defaults] or an environment"),
	BAD(FULL "[defaults]\nhost = b", 8, "move it to an environment"),
	BAD(FULL "user =", 7, "user has no value"),
	BAD(PROD, 4, "host \"a\" has no path"),
};

static const struct bad_case value_cases[] = {
	BAD(PROD "path = srv/x", 6, "not an absolute path"),
	BAD(PROD "path = /", 6, "not an absolute path"),
	BAD(PROD "path = /srv/../etc", 6, "not an absolute path"),
	BAD(PROD "path = /srv/x/", 6, "not an absolute path"),
	BAD(PROD "path = /srv//x", 6, "not an absolute path"),
	BAD(PROD "path = /srv/{hots}", 6, "no braces except {host}"),
	BAD(PROD "path = -rf", 6, "not an absolute path"),
	BAD(FULL "env_file = x.env", 7, "env_file: \"x.env\""),
	BAD(FULL "user = \"deploy\"", 7,
	    "write user without quotes: user = deploy"),
	BAD(FULL "run_as = 'hotcode'", 7,
	    "write run_as without quotes: run_as = hotcode"),
	BAD(FULL "identity = \"~/.ssh/deploy\"", 7, "without quotes"),
	BAD(FULL "host = \"b\"", 7, "write host without quotes: host = b"),
	BAD(FULL "drain = \"30s\"", 7, "without quotes: drain = 30s"),
	BAD(FULL "health = 'vm'", 7, "without quotes: health = vm"),
	BAD("[app]\nname = h\nrelease = \"r\"\n[prod]\nhost = a\npath = /x", 3,
	    "write release without quotes: release = r"),
	BAD(FULL "user = -oProxyCommand=x", 7, "not a user name"),
	BAD(FULL "run_as = root;reboot", 7, "not a user name"),
	BAD(FULL "run_as = me@corp", 7, "not a user name"),
	BAD(FULL "user = me$(id)", 7, "not a user name"),
	BAD(FULL "run_as = $(id)", 7, "not a user name"),
	BAD(FULL "connection = telnet", 7, "not ssh or local"),
	BAD(FULL "connection = lokal", 7, "did you mean \"local\"?"),
	BAD(FULL "command.strat = x", 7, "did you mean command.start?"),
	BAD(FULL "command.fly = x", 7, "there is no command \"fly\""),
	BAD(FULL "command. = x", 7, "there is no command \"\""),
	BAD(FULL "command.start =", 7, "has no value"),
	BAD(FULL "command.running = ctl {version}", 7,
	    "{version} is not known here"),
	BAD(FULL "command.stop = a\ncommand.stop = b", 8, "twice"),
	BAD(FULL "[defaults]\ncommand.st = a", 8, "there is no command"),
	BAD(FULL "hook.before_upgrad = local x", 7,
	    "did you mean hook.before_upgrade?"),
	BAD(FULL "hook.fly = local x", 7, "there is no hook \"fly\""),
	BAD(FULL "hook. = local x", 7, "there is no hook \"\""),
	BAD(FULL "hook.after_push = local", 7, "local, remote or once, then"),
	BAD(FULL "hook.after_push = locally x", 7, "is not a hook"),
	BAD(FULL "hook.after_push = ./x", 7, "is not a hook"),
	BAD(FULL "hook.after_push =", 7, "has no value"),
	BAD(FULL "hook.before_host = remote x", 7,
	    "hook.before_host: this hook runs only on this machine: write "
	    "local instead of remote"),
	BAD(FULL "hook.after_wave = once x", 7, "local instead of once"),
	BAD(FULL "hook.fly = local x", 7,
	    "use before_push, after_push, before_upgrade, before_wave, "
	    "before_host, after_host, after_wave, "),
	BAD(FULL "confirm_env = prd", 7,
	    "confirm_env: in [prod] it can only name prod"),
	BAD(FULL "confirm_env = prod,", 7, "a list of environments"),
	BAD(FULL "confirm_env = prod prod", 7, "a list of environments"),
	BAD(FULL "[defaults]\nconfirm_env = prod, prd", 8,
	    "confirm_env: there is no environment \"prd\"; did you mean "
	    "\"prod\"?"),
	BAD(FULL "[prod:a]\nconfirm_env = prod", 8, "is not allowed in"),
	BAD(FULL "hook_timeout = 0s", 7, "between 1ms and 24h"),
	BAD(FULL "soak = 25h", 7, "between 0s and 24h"),
	BAD(FULL "[prod:a]\nhook.after_push = local x", 8, "is not allowed in"),
	BAD(FULL "service = hotcode", 7, "not a unit such as NAME.service"),
	BAD(FULL "service = .service", 7, "not a unit"),
	BAD(FULL "service = -H.service", 7, "not a unit"),
	BAD(FULL "service = a b.service", 7, "not a unit"),
	BAD(FULL "service = ../a.service", 7, "not a unit"),
	BAD(FULL "service_manager = usr", 7, "did you mean \"user\"?"),
	BAD(FULL "host_key = MD5:00", 7, "host_key: \"MD5:00\""),
	BAD(FULL "host_key = SHA256:abc", 7, "not a fingerprint"),
	BAD(FULL "health = https 127.0.0.1:4000/", 7,
	    "\"https\" is not a kind of health check"),
	BAD(FULL "health = http 127.0.0.1/", 7, "write http ADDRESS:PORT"),
	BAD(FULL "health = http 127.0.0.1:0/", 7, "write http ADDRESS:PORT"),
	BAD(FULL "health = http 127.0.0.1:80/ expect yes", 7, "expect CODE"),
	BAD(FULL "health = http 127.0.0.1:80/ a b", 7, "write http"),
	BAD(FULL "health = http -x:80/", 7, "write http ADDRESS:PORT"),
	BAD(FULL "health = tcp ::1:80", 7, "write tcp ADDRESS:PORT"),
	BAD(FULL "health = tcp [::g]:80", 7, "write tcp ADDRESS:PORT"),
	BAD(FULL "health = tcp 127.0.0.1:80/x", 7, "write tcp ADDRESS:PORT"),
	BAD(FULL "health = vm now", 7, "not a health check"),
	BAD(FULL "health = command", 7, "not a health check"),
	BAD(FULL "start_timeout = 30", 7, "not a duration"),
	BAD(FULL "start_timeout = s", 7, "not a duration"),
	BAD(FULL "start_timeout = 0s", 7, "between 1ms and 24h"),
	BAD(FULL "start_timeout = 999999999h", 7, "between 1ms and 24h"),
	BAD(FULL "start_timeout = 99999999999s", 7, "not a duration"),
	BAD(FULL "parallel = 0", 7, "between 1 and 1000"),
	BAD(FULL "parallel = -1", 7, "not a whole number"),
	BAD(FULL "health_retries = 4294967297", 7, "not a whole number"),
	BAD(FULL "env.A-B = 1", 7, "environment variable"),
	BAD(FULL "env. = 1", 7, "environment variable"),
	BAD(FULL "env.HDEPLOY_X = 1", 7, "begin with HDEPLOY_"),
	BAD(FULL "env.hd_x = 1", 7, "begin with HDEPLOY_ or hd_"),
	BAD("[app]\nname = Hot\nrelease = r\n[prod]\nhost = a\npath = /x", 2,
	    "not an OTP application name"),
	BAD("[app]\nname = h\nrelease = {vsn}\n[prod]\nhost = a\npath = /x", 3,
	    "{version}"),
	BAD(APP "version = -1\n[prod]\nhost = a\npath = /x", 4,
	    "not a version"),
	BAD(APP "driver = rebar\n[prod]\nhost = a\npath = /x", 4,
	    "not a known driver"),
};

static const struct bad_case host_cases[] = {
	BAD(FULL "host = a b c", 7, "one host per line"),
	BAD(FULL "host = b, c", 7, "\"b, c\": one host per line"),
	BAD(FULL "host = b,c", 7, "\"b,c\": one host per line"),
	BAD(FULL "host = w[1-40] 10.0.0.1", 7, "40 names for 1 address;"),
	BAD(FULL "host = b 10.0.0.[1-2]", 7, "1 name for 2 addresses;"),
	BAD(FULL "host = ::1", 7, "IPv6 address in brackets"),
	BAD(FULL "host = [::1", 7, "[ without ]"),
	BAD(FULL "host = [::g]", 7, "not an IPv6 address"),
	BAD(FULL "host = [::1]22", 7, "only :PORT may follow"),
	BAD(FULL "host = b:0", 7, "not a port"),
	BAD(FULL "host = b:65536", 7, "not a port"),
	BAD(FULL "host = b:ssh", 7, "not a port"),
	BAD(FULL "host = 10.0.0.256", 7, "not a host name or IPv4"),
	BAD(FULL "host = 10.0.0.[250-256]", 7, "\"10.0.0.256\" is not"),
	BAD(FULL "host = -oProxyCommand=x", 7, "not a host name"),
	BAD(FULL "host = b -x@c", 7, "not a user name"),
	BAD(FULL "host = @c", 7, "not a user name"),
	BAD(FULL "host = -b c", 7, "is not a NAME: letters"),
	BAD(FULL "host = `id`", 7, "not a host name"),
	BAD(FULL "host = web[4-1]", 7, "ends before it begins"),
	BAD(FULL "host = web[1-04]", 7, "the same number of digits"),
	BAD(FULL "host = web[1-]", 7, "one range such as [1-4]"),
	BAD(FULL "host = web[1,2]", 7, "one range such as [1-4]"),
	BAD(FULL "host = r[1-2]h[1-2]", 7, "one range such as [1-4]"),
	BAD(FULL "host = web1]", 7, "] without ["),
	BAD(FULL "host = web[0-10000]", 7, "at most 10000 elements"),
	BAD(FULL "host = w[1-3] 10.0.0.[1-2]", 7, "3 names for 2 addresses"),
	BAD(FULL "host = b[1-9999]\nhost = c", 8, "more than 10000 hosts"),
	BAD(FULL "host = a z", 7, "first: line 5"),
	BAD(FULL "host = b A", 7, "same address and path"),
	BAD(APP "[prod]\npath = /srv/x\nconnection = local\nhost = a\n"
		"host = b",
	    8, "same address and path"),
	BAD(FULL "host = w[1-100]\nhost = w[50-99]", 8, "\"w50\""),
	BAD(FULL "host = b a.", 7, "same address and path"),
	BAD(FULL "host = b [::1]\nhost = c [0:0::1]", 8,
	    "same address and path"),
	BAD(FULL "[staging]\nhost = a\npath = /srv/x", 8,
	    "host \"a\" of [prod] (line 5) and \"a\" of [staging] have the same "
	    "address and path, so each environment would change the other"),
	BAD(FULL "[staging]\nhost = w[1-9]\nhost = b A.:22\npath = /srv/x", 9,
	    "and \"b\" of [staging]"),
	BAD(FULL "[b]\npath = /srv/x\nhost = w[1-9]\n[c]\npath = /srv/x\n"
		 "host = w[5-20]",
	    12, "\"w5\" of [b] (line 9) and \"w5\" of [c]"),
};

static void
expect(const struct bad_case *c)
{
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;

	assert_int_equal(
	    hd_inventory_parse(&inv, c->text, c->n, &problems), -1);
	assert_null(inv);
	for (size_t i = 1; i < problems.n; i++)
		fail_msg("%s\nalso line %u: %s", c->text, problems.v[i].line,
		    problems.v[i].text);
	if (problems.v[0].line != c->line ||
	    strstr(problems.v[0].text, c->part) == NULL)
		fail_msg("%s\nexpected line %u: %s\ngot line %u: %s", c->text,
		    c->line, c->part, problems.v[0].line, problems.v[0].text);
	assert_null(strchr(problems.v[0].text, '\n'));
	hd_problems_done(&problems);
}

#define EXPECT_ALL(cases)                                                      \
	for (size_t i = 0; i < HD_COUNT(cases); i++)                           \
	expect(&(cases)[i])

static void
what_the_ini_reader_would_misread_is_refused_with_its_line(void **state)
{
	(void)state;
	EXPECT_ALL(line_cases);
}

static void
sections_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	EXPECT_ALL(section_cases);
}

static void
keys_that_do_not_belong_are_refused_with_the_nearest(void **state)
{
	(void)state;
	EXPECT_ALL(key_cases);
}

static void
values_of_another_type_are_refused(void **state)
{
	(void)state;
	EXPECT_ALL(value_cases);
}

static void
urls_with_anything_but_plain_characters_are_refused(void **state)
{
	(void)state;
	EXPECT_ALL(url_cases);
}

static void
hosts_that_cannot_be_are_refused(void **state)
{
	(void)state;
	EXPECT_ALL(host_cases);
}

static void
all_problems_are_reported_in_one_run_by_line(void **state)
{
	static const char text[] = "[app]\n"
				   "nmae = hotcode\n"
				   "release = rel ; the release\n"
				   "[prod]\n"
				   "host = web[1-\n"
				   "path = relative\n"
				   "  user = me\n"
				   "parallel = many\n"
				   "[prod:web1]\n"
				   "run_as = -x\n"
				   "[prdo:web2]\n";
	static const unsigned lines[] = { 1, 2, 3, 5, 6, 7, 8, 10, 11 };
	char file[] = "/tmp/hdeploy-test-XXXXXX";
	int fd = mkstemp(file);
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;
	struct hd_err err;
	char want[64];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(
	    write(fd, text, sizeof(text) - 1), (int)sizeof(text) - 1);
	close(fd);
	assert_hd_fails(
	    hd_inventory_load(&inv, file, &problems, &err), &err, HD_ECONFIG);
	unlink(file);
	for (size_t i = 0; i < problems.n && i < HD_COUNT(lines); i++)
		assert_int_equal(problems.v[i].line, lines[i]);
	assert_int_equal(problems.n, HD_COUNT(lines));
	snprintf(want, sizeof(want), "%s: 9 problems", file);
	assert_string_equal(err.msg, want);
	hd_problems_done(&problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_the_ini_reader_would_misread_is_refused_with_its_line),
		cmocka_unit_test(sections_that_make_no_sense_are_refused),
		cmocka_unit_test(
		    keys_that_do_not_belong_are_refused_with_the_nearest),
		cmocka_unit_test(values_of_another_type_are_refused),
		cmocka_unit_test(
		    urls_with_anything_but_plain_characters_are_refused),
		cmocka_unit_test(hosts_that_cannot_be_are_refused),
		cmocka_unit_test(all_problems_are_reported_in_one_run_by_line),
	};

	return cmocka_run_group_tests_name("inventory_bad", tests, NULL, NULL);
}
