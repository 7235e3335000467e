#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include "core/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The facts that facts.sh adds before a change. */

static void
begin(struct hd_case *c)
{
	c->call.driver = "relx";
	hd_case_sh(c, "mkdir -p root/releases/1.0 root/.hdeploy/releases/1.0 "
		      "root/bin; chmod 700 root/.hdeploy; "
		      "touch root/releases/1.0/start.boot; "
		      "printf '13.1 1.0' >root/releases/start_erl.data");
}

/* The time is ours plus that many seconds. */
static const char *
now(char text[static 24], int off)
{
	snprintf(text, 24, "%lld", (long long)time(NULL) + off);
	return text;
}

static int64_t
number(const struct hd_case *c, const char *key)
{
	return strtoll(hd_case_said(c, key), NULL, 10);
}

static void
a_clock_is_compared_with_that_of_this_machine(void **state)
{
	char text[24];

	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_args(c, "now", now(text, 5000), NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_in_range(number(c, "clock_behind"), 4900, 5000);
		assert_string_equal(hd_case_said(c, "clock_ahead"), "");
		hd_case_args(c, "now", now(text, -5000), NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_in_range(number(c, "clock_ahead"), 5000, 5100);
		assert_string_equal(hd_case_said(c, "clock_behind"), "");
	}
}

static void
without_a_change_ahead_nothing_of_this_is_looked_up(void **state)
{
	EACH_SHELL(c, state)
	{
		begin(c);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "mounted"), "");
		assert_string_equal(hd_case_said(c, "clock_ahead"), "");
	}
}

static void
the_file_system_of_the_root_is_that_of_its_longest_mount_point(void **state)
{
	char text[24], wanted[256];

	EACH_SHELL(c, state)
	{
		begin(c);
		/* mount points of tests have no spaces */
		snprintf(wanted, sizeof(wanted), "%s",
		    hd_case_line(c,
			"at=$(df -P root | awk 'NR == 2 { print $6 }'); "
			"awk -v at=\"$at\" '$2 == at { t = $3 \" \" $4 } "
			"END { print t }' /proc/self/mounts"));
		hd_case_args(c, "now", now(text, 0), NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "mounted"), wanted);
	}
}

static void
only_libraries_that_no_folder_has_are_missing(void **state)
{
	char text[24], needs[256];

	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "mkdir own; touch own/libhdeploy-own.so.1");
		snprintf(needs, sizeof(needs),
		    "libc.so.6 libhdeploy-own.so.1 libhdeploy-gone.so.9 %s/own",
		    c->folder);
		hd_case_args(c, "now", now(text, 0), "needs", needs, NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(
		    hd_case_said(c, "lacks"), "libhdeploy-gone.so.9");
	}
}

/* Then its libraries are where we do not look. */
static void
a_host_without_a_known_libc_lacks_nothing(void **state)
{
	char text[24];

	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_args(c, "now", now(text, 0), "needs",
		    "libc.musl-hdeploy.so.1 libhdeploy-gone.so.9", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "lacks"), "");
	}
}

static void
the_needs_of_a_version_come_from_its_record(void **state)
{
	char text[24];

	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c,
		    "printf 'identity ab\\nsha256 cd\\nsize 5\\n"
		    "program lib/a-1/priv/a.so 62 - 2.34 - "
		    "libc.so.6,libhdeploy-gone.so.9\\n"
		    "program lib/$(id)/priv/a.so 62 - 2.34 - libx.so.1\\n"
		    "program lib/b-1/b.so 62x - - - libx.so.1\\n"
		    "program lib/c-1/c.so 62 - - - -rf/*\\n' "
		    ">root/.hdeploy/releases/1.0/record");
		hd_case_args(c, "now", now(text, 0), "goal", "1.0", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "programs"),
		    "lib/a-1/priv/a.so 62 - 2.34 - "
		    "libc.so.6,libhdeploy-gone.so.9");
		assert_string_equal(
		    hd_case_said(c, "lacks"), "libhdeploy-gone.so.9");
	}
}

static void
variables_of_the_configuration_that_nobody_sets_are_named(void **state)
{
	static struct hd_pair set[] = { { "HAS", "x" }, { "EMPTY", "" } };
	static const struct hd_pairs env = { .v = set, .n = 2 };
	char text[24];

	EACH_SHELL(c, state)
	{
		begin(c);
		c->call.env = &env;
		hd_case_sh(c,
		    "printf '%%%% ${COMMENT}\\n[{a,[{b,\"${HAS}${EMPTY}\"},"
		    "{c,${LACKS:-7}},{d,${LACKS}}]}].\\n' "
		    ">root/releases/1.0/sys.config.src; "
		    "printf -- '-x ${OF_SCRIPT}\\n' "
		    ">root/releases/1.0/vm.args.src; "
		    "echo 'export OF_SCRIPT=1' >root/bin/c");
		hd_case_args(c, "now", now(text, 0), NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "unset"),
		    "LACKS releases/1.0/sys.config.src no");
	}
}

static void
variables_of_a_version_in_a_tarball_are_named_by_its_record(void **state)
{
	char text[24];

	EACH_SHELL(c, state)
	{
		begin(c);
		hd_case_sh(c, "mkdir root/.hdeploy/releases/1.1; "
			      "printf 'identity ab\\nsha256 cd\\nsize 5\\n"
			      "variable $(id) releases/1.1/sys.config.src\\n"
			      "variable OTHER releases/1.1/other\\n"
			      "variable LACKS releases/1.1/sys.config.src\\n' "
			      ">root/.hdeploy/releases/1.1/record");
		hd_case_args(c, "now", now(text, 0), "goal", "1.1", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "unset"),
		    "LACKS releases/1.1/sys.config.src no");
		hd_case_args(c, "now", now(text, 0), "goal", "1.2", "variables",
		    "NEW releases/1.2/vm.args.src\n", NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "unset"),
		    "NEW releases/1.2/vm.args.src no");
	}
}

/* getent of the test: it resolves nothing but localhost and our own name. */
static void
the_name_that_the_node_will_have_is_resolved(void **state)
{
	HD_AUTO_FREE char *path = hd_strdup(getenv("PATH"));
	static struct hd_pair set[] = { { "DOMAIN", "away.invalid" } };
	static const struct hd_pairs env = { .v = set, .n = 1 };
	char text[24], with[4096];

	EACH_SHELL(c, state)
	{
		begin(c);
		c->call.env = &env;
		hd_case_sh(c,
		    "printf -- '-name a@db1.${DOMAIN}\\n' "
		    ">root/releases/1.0/vm.args.src; "
		    "printf '#!/bin/sh\\ncase $2 in *.invalid) exit 2;; "
		    "esac\\n' >getent; chmod +x getent");
		snprintf(with, sizeof(with), "%s:%s", c->folder, path);
		setenv("PATH", with, 1);
		hd_case_args(c, "now", now(text, 0), NULL);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		setenv("PATH", path, 1);
		assert_string_equal(
		    hd_case_said(c, "stray"), "db1.away.invalid");
	}
}

/* What the functions of a file say, with say and limited of the test. */
static const char *
said_by(struct hd_case *c, const char *file, const char *line)
{
	char folder[1024], text[8192];

	assert_non_null(getcwd(folder, sizeof(folder)));
	snprintf(text, sizeof(text),
	    "say() { echo \"$*\"; }; limited() { shift; \"$@\"; }; "
	    ". %s/core/remote/%s; { %s; } | tr '\\n' ';'; echo",
	    folder, file, line);
	return hd_case_line(c, text);
}

static void
logind_ends_the_processes_of_those_that_it_does_not_exclude(void **state)
{
	static const struct {
		const char *answer, *says;
	} rows[] = {
		{ "KillUserProcesses=yes\\nKillOnlyUsers=\\n"
		  "KillExcludeUsers=nobody",
		    "logout_ends yes;" },
		{ "KillUserProcesses=no\\nKillOnlyUsers=\\n"
		  "KillExcludeUsers=",
		    "" },
		{ "KillUserProcesses=yes\\nKillOnlyUsers=\\n"
		  "KillExcludeUsers=a '$ME' b",
		    "" },
		{ "KillUserProcesses=yes\\nKillOnlyUsers=a b\\n"
		  "KillExcludeUsers=",
		    "" },
		{ "KillUserProcesses=yes\\nKillOnlyUsers=a '$ME'\\n"
		  "KillExcludeUsers=",
		    "logout_ends yes;" },
	};

	EACH_SHELL(c, state)
	{
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			char line[1024];

			snprintf(line, sizeof(line),
			    "ME=$(id -un); loginctl() { printf '%s\\n'; }; "
			    "command() { echo loginctl; }; "
			    "owner=$(id -u); preflight_logout",
			    rows[i].answer);
			assert_string_equal(
			    said_by(c, "preflight.sh", line), rows[i].says);
		}
	}
}

static void
limits_of_the_vm_are_compared_with_those_of_its_unit(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(
		    said_by(c, "preflight_node.sh",
			"ulimit -S -n 64; sleep 60 & vm_pid=$!; hd_unit=x; "
			"service_systemctl() { echo LimitNOFILESoft=99; "
			"echo LimitNPROCSoft=infinity; }; preflight_limits | "
			"grep NOFILE; kill $vm_pid"),
		    "limits NOFILE 64 99 unit;");
		assert_string_equal(
		    said_by(c, "preflight_node.sh",
			"sleep 60 & vm_pid=$!; hd_unit=; ulimit -S -n 64; "
			"preflight_limits | sed -n 's/^limits NOFILE [0-9]* "
			"/NOFILE /p'; kill $vm_pid"),
		    "NOFILE 64 session;");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(a_clock_is_compared_with_that_of_this_machine),
		TEST_EACH(without_a_change_ahead_nothing_of_this_is_looked_up),
		TEST_EACH(
		    the_file_system_of_the_root_is_that_of_its_longest_mount_point),
		TEST_EACH(only_libraries_that_no_folder_has_are_missing),
		TEST_EACH(a_host_without_a_known_libc_lacks_nothing),
		TEST_EACH(the_needs_of_a_version_come_from_its_record),
		TEST_EACH(
		    variables_of_the_configuration_that_nobody_sets_are_named),
		TEST_EACH(
		    variables_of_a_version_in_a_tarball_are_named_by_its_record),
		TEST_EACH(the_name_that_the_node_will_have_is_resolved),
		TEST_EACH(
		    logind_ends_the_processes_of_those_that_it_does_not_exclude),
		TEST_EACH(limits_of_the_vm_are_compared_with_those_of_its_unit),
	};

	return cmocka_run_group_tests_name("preflight.sh", tests, NULL, NULL);
}
