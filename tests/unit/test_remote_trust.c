#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files that other users of the host can write to. NOBODY stands for them. */
#define NOBODY "65534"

static void
make_root(struct hd_case *c)
{
	hd_case_sh(c, "umask 022; mkdir -p root/releases/1.0 root/lib/x-1/ebin "
		      "root/bin root/erts-9/bin out; chmod 755 . ; "
		      "touch root/bin/hotcode root/erts-9/bin/erlexec; "
		      "mkdir -m 700 root/.hdeploy root/.hdeploy/ops; "
		      "echo SECRET >secret; chmod 600 secret; "
		      "ln -s ../../secret root/.hdeploy/id; "
		      "ln -s ../../secret root/.hdeploy/history.jsonl");
}

/* The facts refuse, and show nothing of the root. */
static void
is_refused(struct hd_case *c, const char *why)
{
	assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
	if (strstr(hd_case_said(c, "refusal"), why) == NULL)
		fail_msg("\"%s\", not \"%s\"", hd_case_said(c, "refusal"), why);
	assert_string_equal(hd_case_said(c, "id"), "");
	assert_int_equal(hd_case_ask(c, "history", "9"), 1);
	assert_non_null(strstr(hd_case_said(c, "failed"), why));
	assert_string_equal(hd_case_said(c, "past"), "");
	assert_int_equal(hd_case_operate(c, "op-1", "run", "touch did"), 1);
	assert_non_null(strstr(hd_case_said(c, "failed"), why));
	hd_case_sh(c, "! [ -e root/did ] && rm -rf root/.hdeploy/ops/op-1");
}

static void
root_works_only_where_root_alone_can_write(void **state)
{
	static const struct {
		const char *plant, *why, *clear;
	} rows[] = {
		{ "chown " NOBODY " root/releases", "/root/releases belongs to",
		    "chown 0 root/releases" },
		{ "chown " NOBODY " root/releases/1.0",
		    "/root/releases/1.0 belongs to",
		    "chown 0 root/releases/1.0" },
		{ "chown " NOBODY " root/lib/x-1/ebin",
		    "/root/lib/x-1/ebin belongs to",
		    "chown 0 root/lib/x-1/ebin" },
		{ "chown " NOBODY " root/bin/hotcode",
		    "/root/bin/hotcode belongs to",
		    "chown 0 root/bin/hotcode" },
		{ "chgrp " NOBODY " root/bin; chmod 2775 root/bin",
		    "/root/bin can be written to by group",
		    "chmod 755 root/bin" },
		{ "chmod 757 root/erts-9/bin",
		    "/root/erts-9/bin can be written to by everybody",
		    "chmod 755 root/erts-9/bin" },
		/* the sticky bit stops renaming, not planting */
		{ "chmod 1777 root/releases",
		    "/root/releases can be written to by everybody",
		    "chmod 755 root/releases" },
		{ "chown " NOBODY " root/.hdeploy", "/root/.hdeploy belongs to",
		    "chown 0 root/.hdeploy" },
		{ "chmod 710 root/.hdeploy", "/.hdeploy` on the host",
		    "chmod 700 root/.hdeploy" },
		{ "ln -s out planted; ln -s ../../planted root/releases/2.0; "
		  "chown -h " NOBODY " planted",
		    "/planted belongs to", "rm root/releases/2.0 planted" },
		{ "ln -s ../../out root/releases/2.0; chown " NOBODY " out",
		    "/out belongs to", "rm root/releases/2.0; chown 0 out" },
		{ "mkdir root/log; chown " NOBODY " root/log",
		    "/root/log belongs to", "rmdir root/log" },
		{ "touch root/lib/x-1/ebin/x.beam; "
		  "chown " NOBODY " root/lib/x-1/ebin/x.beam",
		    "/root/lib/x-1/ebin/x.beam belongs to",
		    "rm root/lib/x-1/ebin/x.beam" },
		{ "touch root/releases/1.0/sys.config; "
		  "chmod 646 root/releases/1.0/sys.config",
		    "/root/releases/1.0/sys.config can be written to by every",
		    "rm root/releases/1.0/sys.config" },
		{ "mkdir root/bin/hooks; touch root/bin/hooks/h; "
		  "chgrp " NOBODY
		  " root/bin/hooks/h; chmod 775 root/bin/hooks/h",
		    "/root/bin/hooks/h can be written to by group",
		    "rm -r root/bin/hooks" },
		{ "chmod 757 .", " can be written to by everybody",
		    "chmod 755 ." },
	};

	if (geteuid() != 0)
		skip();
	EACH_SHELL(c, state)
	{
		make_root(c);
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			hd_case_sh(c, rows[i].plant);
			is_refused(c, rows[i].why);
			assert_non_null(strstr(hd_case_said(c, "failed"),
			    i == 7   ? "remove it"
			    : i == 8 ? "chmod go-rwx /"
				     : "set run_as"));
			hd_case_sh(c, rows[i].clear);
		}
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "refusal"), "");
	}
}

static void
what_only_we_and_root_can_change_is_trusted(void **state)
{
	static const char *const rows[] = {
		/* the path through a link, and below a folder like /tmp */
		"mv root real; ln -s real root; chmod 1777 .",
		/* a link of ours to a folder of ours */
		"mv real/releases out/; ln -s ../out/releases real/releases",
		/* folders that we do not touch */
		"mkdir -m 777 real/priv; mkdir -m 777 \"real/releases/a b\"",
		"chgrp 0 real/bin; chmod 775 real/bin",
		/* as mkdir makes it in a folder with the setgid bit */
		"chmod 2700 real/.hdeploy",
	};

	EACH_SHELL(c, state)
	{
		make_root(c);
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			if (i == 3 && geteuid() != 0)
				continue;
			hd_case_sh(c, rows[i]);
			assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
			assert_string_equal(hd_case_said(c, "refusal"), "");
			assert_string_equal(hd_case_said(c, "id"), "SECRET");
		}
	}
}

/* The pipes are the VM's console: a user who can write there commands it. */
static void
pipes_of_another_user_start_no_vm(void **state)
{
	if (geteuid() != 0)
		skip();
	EACH_SHELL(c, state)
	{
		make_root(c);
		hd_case_sh(c, "p=t@${PWD##*/}; chmod 755 root/bin/hotcode; "
			      "printf '#!/bin/sh\nREL_VSN=\"1.0\"\ntouch ran' "
			      ">root/bin/hotcode; "
			      "echo '-name t@${T}' >root/releases/1.0/vm.args; "
			      "mkdir -p -m 1777 /tmp/erl_pipes && "
			      "mkdir /tmp/erl_pipes/$p && "
			      "chown " NOBODY " /tmp/erl_pipes/$p");
		setenv("T", strrchr(c->folder, '/') + 1, 1);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_non_null(strstr(hd_case_said(c, "refusal"),
		    "or env.PIPE_DIR to a folder of your own"));
		assert_int_equal(hd_case_operate(c, "op-1", "start", "1.0"), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "/tmp/erl_pipes/t@"));
		hd_case_sh(c, "! [ -e root/ran ] && "
			      "rmdir /tmp/erl_pipes/t@${PWD##*/}");
	}
}

static void
a_service_s_log_may_be_its_user_s(void **state)
{
	if (geteuid() != 0)
		skip();
	EACH_SHELL(c, state)
	{
		make_root(c);
		hd_case_sh(c,
		    "mkdir root/log; "
		    "touch root/releases/1.0/sys.config; "
		    "chown " NOBODY " root/log root/releases/1.0/sys.config");
		c->call.service = "hotcode.service";
		c->call.service_manager = "system";
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "refusal"), "");
		assert_string_equal(hd_case_said(c, "id"), "SECRET");
	}
}

static void
an_env_file_of_others_is_not_read(void **state)
{
	char path[128];

	EACH_SHELL(c, state)
	{
		make_root(c);
		snprintf(path, sizeof(path), "%s/env", c->folder);
		c->call.env_file = path;
		hd_case_sh(c, "echo A=1 >env; chmod 646 env");
		is_refused(c, "/env can be written to by everybody");
		hd_case_sh(c, "chmod 644 env; rm root/.hdeploy/id");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "refusal"), "");
	}
}

static void
the_command_that_helps_can_be_pasted(void **state)
{
	static const char *const rows[] = { "chown " NOBODY, "chmod 777" };

	if (geteuid() != 0)
		skip();
	EACH_SHELL(c, state)
	{
		make_root(c);
		hd_case_sh(c,
		    "d=\"ro't \\$(touch pasted)\"; mv root \"$d\"; ln -s \"$d\" root");
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			char line[1024];
			const char *from, *to;

			snprintf(line, sizeof(line), "%s root/bin", rows[i]);
			hd_case_sh(c, line);
			assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
			from = strchr(hd_case_said(c, "refusal"), '`');
			assert_non_null(from);
			to = strchr(from + 1, '`');
			assert_non_null(to);
			snprintf(line, sizeof(line), "%.*s",
			    (int)(to - from - 1), from + 1);
			hd_case_sh(c, line);
			assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
			assert_string_equal(hd_case_said(c, "refusal"), "");
		}
		hd_case_sh(c, "! [ -e pasted ]");
	}
}

static void
links_that_lead_in_a_circle_end(void **state)
{
	EACH_SHELL(c, state)
	{
		make_root(c);
		hd_case_sh(
		    c, "ln -s a root/releases/b; ln -s b root/releases/a");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "refusal"), "");
	}
}

/* Runs a line that can call the functions of trust.sh. */
static void
in_trust(struct hd_case *c, const char *line)
{
	static const char begin[] = ". \"$top/core/remote/lib.sh\"; "
				    ". \"$top/core/remote/trust.sh\"; ";
	char here[512], text[4096];

	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(text, sizeof(text), "top='%s'; %s%s", here, begin, line);
	hd_case_sh(c, text);
}

/* In /tmp anybody can briefly take a name that does not exist yet. */
static void
a_folder_that_was_swapped_while_it_was_entered_is_refused(void **state)
{
	static const char *const rows[] = {
		"rm planted",
		"rm planted; mkdir planted",
		"rm planted; ln -s root planted",
	};
	char line[512];

	EACH_SHELL(c, state)
	{
		make_root(c);
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			snprintf(line, sizeof(line),
			    "rm -rf planted; ln -s out planted; "
			    "house_trusted() { (cd .. && %s); }; "
			    "! root_entered \"$PWD/planted\" && "
			    "[ \"$why\" != \"${why%%changed while*}\" ]",
			    rows[i]);
			in_trust(c, line);
		}
	}
}

static void
a_group_that_is_another_user_s_first_is_not_private(void **state)
{
	static const char fakes[] =
	    "id() { case $1 in *n) echo deploy ;; *) echo 71 ;; esac; }; "
	    "getent() { if [ \"$1\" = group ]; then echo deploy:x:71:; else "
	    "echo deploy:x:71:71::/:/bin/sh; echo \"$other\"; fi; }; "
	    "hd_uid=71; ";
	static const struct {
		const char *other, *answer;
	} rows[] = {
		{ "other=alice:x:72:71::/:/bin/sh; ", "! group_is_private 71" },
		{ "other=alice:x:72:72::/:/bin/sh; ", "group_is_private 71" },
		{ "other=; ", "group_is_private 71" },
	};
	char line[1024];

	EACH_SHELL(c, state)
	{
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			snprintf(line, sizeof(line), "%s%s%s", fakes,
			    rows[i].other, rows[i].answer);
			in_trust(c, line);
		}
	}
}

/* contents.sh, as a user that is neither root nor the unit's. */
static void
a_unit_s_user_may_own_its_configuration_and_root_may_not(void **state)
{
	struct hd_case *c = *state;

	if (geteuid() != 0)
		skip();
	in_trust(c,
	    "chmod 755 .; cp \"$top/core/remote/contents.sh\" .; "
	    "touch theirs roots; mkdir folder; chown 1 theirs folder; "
	    "setpriv --reuid " NOBODY " --clear-groups sh -c '"
	    ". ./contents.sh; hd_unit=x; facts_made_by_unit theirs && "
	    "! facts_made_by_unit roots && ! facts_made_by_unit folder && "
	    "hd_unit= && ! facts_made_by_unit theirs'");
}

/* The script that begins an operation checks the root like the operation
 * itself.
 */
static void
files_of_a_unit_s_user_stop_no_operation(void **state)
{
	struct hd_case *c = *state;

	if (geteuid() != 0)
		skip();
	make_root(c);
	hd_case_sh(c, "touch root/releases/1.0/sys.config; "
		      "chown " NOBODY " root/releases/1.0/sys.config");
	assert_int_equal(hd_case_operate(c, "a", "run", "touch did"), 1);
	c->call.service = "hotcode.service";
	c->call.service_manager = "system";
	assert_int_equal(hd_case_operate(c, "b", "run", "touch did"), 0);
	hd_case_sh(c, "[ -e root/did ]");
}

/* ls and awk are for the closer look. */
static void
one_program_trusts_a_root_that_is_plainly_ours(void **state)
{
	static const char glance[] = "ls() { return 1; }; awk() { return 1; }; "
				     "%s root_entered \"$PWD/root\"";
	static const struct {
		const char *plant;
		bool plain;
	} rows[] = {
		{ ":", true },
		{ "chmod 775 root/bin", false },
		{ "chmod 1777 root/bin", false },
		{ "touch root/lib/x-1/ebin/x; chmod 666 root/lib/x-1/ebin/x",
		    false },
		{ "chmod 711 root/.hdeploy", false },
		{ "chmod 600 root/.hdeploy", false },
	};
	char line[512];

	EACH_SHELL(c, state)
	{
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			make_root(c);
			hd_case_sh(c, rows[i].plant);
			snprintf(line, sizeof(line), glance,
			    rows[i].plain ? "" : "!");
			in_trust(c, line);
			hd_case_sh(c, "rm -rf root out");
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(root_works_only_where_root_alone_can_write),
		TEST_EACH(what_only_we_and_root_can_change_is_trusted),
		TEST_EACH(one_program_trusts_a_root_that_is_plainly_ours),
		TEST_EACH(pipes_of_another_user_start_no_vm),
		TEST_EACH(a_service_s_log_may_be_its_user_s),
		TEST_EACH(an_env_file_of_others_is_not_read),
		TEST_EACH(the_command_that_helps_can_be_pasted),
		TEST_EACH(links_that_lead_in_a_circle_end),
		TEST_EACH(
		    a_folder_that_was_swapped_while_it_was_entered_is_refused),
		TEST_EACH(a_group_that_is_another_user_s_first_is_not_private),
		TEST_EACH(
		    a_unit_s_user_may_own_its_configuration_and_root_may_not),
		TEST_EACH(files_of_a_unit_s_user_stop_no_operation),
	};

	return cmocka_run_group_tests_name("trust.sh", tests, NULL, NULL);
}
