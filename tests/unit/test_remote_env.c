#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An env_file, and the value of A that systemd reads from it. */
static const struct {
	const char *file, *value; /* NULL: A is not set */
} rows[] = {
	{ "A=plain\n", "plain" },
	{ "A=without a line end", "without a line end" },
	{ "  A \t=\t between blanks \t\n", "between blanks" },
	{ "A=windows\r\n", "windows" },
	{ "A=old mac\rB=2\r", "old mac" },
	{ "A=\n", "" },
	{ "A=", "" },
	{ "A=1\nA=2\n", "2" },
	{ "A=x=y # no comment\n", "x=y # no comment" },
	{ "A=\xc3\xa4\xc3\xb6\n", "\xc3\xa4\xc3\xb6" },
	/* double quotes */
	{ "A=\"--BEGIN--\\nMIIB\\n--END--\"\n", "--BEGIN--\\nMIIB\\n--END--" },
	{ "A=\"say \\\"hi\\\" \\\\ \\` \\$x $y\"\n", "say \"hi\" \\ ` $x $y" },
	{ "A=\"C:\\dir\\'\"\n", "C:\\dir\\'" },
	{ "A=\"one\ntwo\n\"\n", "one\ntwo\n" },
	{ "A=\"one\r\ntwo\"\r\n", "one\r\ntwo" },
	{ "A=\"one\\\ntwo\"\n", "onetwo" },
	{ "A=\"one\\\r\ntwo\"\n", "one\\\r\ntwo" },
	{ "A=\" kept \"  \n", " kept " },
	{ "A=\"# ; kept\"\n", "# ; kept" },
	{ "A=\"no end\nB=2\n", "no end\nB=2\n" },
	{ "A=\"no end", "no end" },
	/* single quotes */
	{ "A='a\\n\"b\" $c'\n", "a\\n\"b\" $c" },
	{ "A='one\ntwo'\n", "one\ntwo" },
	{ "A='one\\\ntwo'\n", "one\\\ntwo" },
	{ "A='it'\"'\"'s'\n", "it's" },
	{ "A=\"a\" 'b'  c d \n", "abc d" },
	/* no quotes */
	{ "A=it's \"so\"\n", "it's \"so\"" },
	{ "A=a\\nb\\\\c\\\"\n", "anb\\c\"" },
	{ "A=one\\\n  two\n", "one  two" },
	{ "A=one\\\r\ntwo\n", "one" },
	{ "A=end\\  \n", "end " },
	{ "A=end  \\\n\n", "end  " },
	{ "A=end\\", "end" },
	{ "A=`touch canary`$(touch canary)\n",
	    "`touch canary`$(touch canary)" },
	/* no assignments */
	{ "# A=1\n; A=2\n", NULL },
	{ "\n \n\t# it's a comment\n\n  A=after\n", "after" },
	{ "export A=1\n", NULL },
	{ "A 1\nA.B=1\n1A=2\n=3\n", NULL },
	{ "what is this?\nA=after\n", "after" },
	{ "B=\"a\nA=1\nb\"\n", NULL },
	{ "# a\\b\nA=after\n", "after" },
	{ "UID=1\nPPID=1\nOPTIND=x\nLINENO=x\nSHELLOPTS=x\nKSH_VERSION=x\nA=after\n",
	    "after" },
	{ "hd_tools=/nowhere\nHDEPLOY_PATH=x\nIFS=A\nA=after\n", "after" },
};

static void
write_env(struct hd_case *c, const char *text)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/env", c->folder);
	files_write(path, text);
	c->call.env_file = path;
}

/* A command in the service's environment reports the value. */
static void
is_read_as(struct hd_case *c, const char *file, const char *value)
{
	char path[128];
	char *got;

	snprintf(path, sizeof(path), "%s/root/got", c->folder);
	write_env(c, file);
	assert_int_equal(
	    hd_case_ask(c, "health", "printf %s \"${A-not set}\" >got"), 0);
	got = files_text(path);
	if (strcmp(got, value != NULL ? value : "not set") != 0)
		fail_msg("of \"%s\" A is \"%s\"", file, got);
	free(got);
	c->call.env_file = NULL;
}

/* awk reads it. The rows are spread over the shells. */
static void
an_env_file_is_read_as_systemd_reads_it(void **state)
{
	unsetenv("A");
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir root");
		for (size_t i = 0; i < HD_COUNT(rows); i++)
			if (c == (struct hd_case *)*state + i % hd_case_nshells)
				is_read_as(c, rows[i].file, rows[i].value);
		hd_case_sh(c, "test ! -e root/canary");
	}
}

/* Prints its result as shell input, except for \n, \r and \t. */
static const char ORACLE[] = "/usr/lib/systemd/user-environment-generators/"
			     "30-systemd-environment-d-generator";

/* The value in that form, "" if it is not set. */
static void
as_printed(char *out, const char *value)
{
	static const char escaped[] = "\n\r\t\"\\`$";
	static const char letter[] = "nrt\"\\`$";

	for (; *value != '\0'; value++) {
		const char *e = strchr(escaped, *value);

		if (e != NULL)
			*out++ = '\\';
		*out++ = e != NULL ? letter[e - escaped] : *value;
	}
	*out = '\0';
}

/* The oracle expands variables, and does not print empty values. */
static void
systemd_s_own_parser_reads_the_same(void **state)
{
	struct hd_case *c = *state;
	char line[256];

	if (access(ORACLE, X_OK) != 0)
		skip();
	hd_case_sh(c, "mkdir environment.d");
	snprintf(line, sizeof(line),
	    "env - XDG_CONFIG_HOME=%s %s 2>/dev/null | "
	    "sed -n 's/^A=//p' | sed 's/^\"\\(.*\\)\"$/\\1/'",
	    c->folder, ORACLE);
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const char *value = rows[i].value != NULL ? rows[i].value : "";
		char want[256];

		if (strpbrk(rows[i].file, "$") != NULL)
			continue;
		write_env(c, rows[i].file);
		hd_case_sh(c, "cp env environment.d/x.conf");
		as_printed(want, value);
		if (strcmp(hd_case_line(c, line), want) != 0)
			fail_msg("of \"%s\" systemd makes \"%s\"", rows[i].file,
			    hd_case_line(c, line));
	}
}

/* Before systemd 254 it continues. */
static void
a_comment_continues_after_a_backslash_before_systemd_254(void **state)
{
	static const struct {
		const char *version, *value;
	} versions[] = { { "252 (252.38-1)", NULL }, { "254", "1" },
		{ "", "1" } };
	HD_AUTO_STR path = HD_STR_INIT(8192);
	HD_AUTO_STR was = HD_STR_INIT(8192);

	hd_str_add(&was, getenv("PATH"));
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir root tools");
		hd_str_addf(&path, "%s/tools:%s", c->folder, was.ptr);
		setenv("PATH", path.ptr, 1);
		for (size_t i = 0; i < HD_COUNT(versions); i++) {
			char line[128];

			snprintf(line, sizeof(line),
			    "printf '#!/bin/sh\\necho \"systemd %s\"\\n' "
			    ">tools/systemctl; chmod +x tools/systemctl",
			    versions[i].version);
			hd_case_sh(c, line);
			is_read_as(
			    c, "# a comment \\\nA=1\n", versions[i].value);
			is_read_as(c, "; one \\\\\nA=1\n", "1");
		}
		setenv("PATH", was.ptr, 1);
		hd_str_done(&path);
	}
}

static void
deploy_ini_is_nearer_than_an_env_file(void **state)
{
	struct hd_pair env[] = { { "A", "nearer" } };
	const struct hd_pairs pairs = { env, 1, 1 };

	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir root");
		c->call.env = &pairs;
		is_read_as(c, "A=far\n", "nearer");
		c->call.env = NULL;
	}
}

static void
an_env_file_that_is_not_there_is_named(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir root");
		write_env(c, "A=1\n");
		hd_case_sh(c, "rm env");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_non_null(
		    strstr(hd_case_said(c, "refusal"), "cannot be read"));
		assert_int_equal(hd_case_operate(c, "a", "prepare", "1.0"), 1);
		c->call.env_file = NULL;
	}
}

/* Other users see the arguments of a program: mksh has no printf. */
static void
no_value_becomes_an_argument_of_a_program(void **state)
{
	static const char *const shells[] = { "dash", "bash", "busybox sh",
		"mksh" };
	struct hd_case *c = *state;
	char here[1024], line[2048];

	assert_non_null(getcwd(here, sizeof(here)));
	hd_case_sh(c, "mkdir tools; printf '#!/bin/sh\\necho \"$@\" >>%s\\n'"
		      " \"$PWD/seen\" >tools/printf; chmod +x tools/printf");
	for (size_t i = 0; i < HD_COUNT(shells); i++) {
		snprintf(line, sizeof(line),
		    "PATH=$PWD/tools:$PATH %s -c 'cd %s/core/remote; "
		    ". ./login.sh; . ./env.sh; hd_begin \"$PATH\" login; "
		    "service_env() { A=\"-n \\\\two\"; }; service_value A'; "
		    "test ! -e seen || cat seen",
		    shells[i], here);
		assert_string_equal(hd_case_line(c, line), "-n \\two");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(an_env_file_is_read_as_systemd_reads_it),
		TEST_EACH(systemd_s_own_parser_reads_the_same),
		TEST_EACH(
		    a_comment_continues_after_a_backslash_before_systemd_254),
		TEST_EACH(deploy_ini_is_nearer_than_an_env_file),
		TEST_EACH(an_env_file_that_is_not_there_is_named),
		TEST_EACH(no_value_becomes_an_argument_of_a_program),
	};

	return cmocka_run_group_tests_name("remote env", tests, NULL, NULL);
}
