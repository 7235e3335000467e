#include "tests/support/cmocka_all.h"

#include "core/remote/scripts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The systemd unit that a /proc/PID/cgroup names, in every shell. */
static const struct {
	const char *cgroup;
	const char *unit;
} rows[] = {
	{ "0::/system.slice/hotcode.service", "hotcode.service system" },
	{ "0::/system.slice/hotcode.service/sub", "hotcode.service system" },
	{ "0::/system.slice/system-hotcode.slice/hotcode@a\\x2db.service",
	    "hotcode@a\\x2db.service system" },
	{ "12:cpu:/x.service\n1:name=systemd:/system.slice/hotcode.service\n"
	  "0::/system.slice/hotcode.service",
	    "hotcode.service system" },
	{ "0::/user.slice/user-1000.slice/session-3.scope", "" },
	{ "0::/user.slice/user-1000.slice/user@1000.service/init.scope", "" },
	{ "0::/user.slice/user-1000.slice/user@1000.service/app.slice/"
	  "hotcode.service",
	    "hotcode.service user" },
	{ "0::/system.slice/docker.service/docker-0a1b.scope", "" },
	{ "0::/", "" },
	{ "9:name=systemd:/\n0::/", "" },
	{ "", "" },
};

static const char *
script(const char *name)
{
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s->text;
	fail_msg("there is no %s.sh", name);
	return NULL;
}

static const char *
said(const char *shell)
{
	static char text[1024];
	char command[64];
	FILE *p;

	snprintf(command, sizeof(command), "%s script", shell);
	p = popen(command, "r");
	assert_non_null(p);
	if (fgets(text, sizeof(text), p) == NULL)
		text[0] = '\0';
	pclose(p);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void
write_text(const char *path, const char *text, const char *more)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fputs(more, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
a_cgroup_names_the_unit_that_runs_a_process(void **state)
{
	static const char *const shells[] = { "dash", "bash", "busybox sh" };
	char folder[] = "/tmp/hd-service.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	write_text("script", script("unit"),
	    "service_of cgroup\n[ -z \"$unit\" ] || echo \"$unit $manager\"\n");
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		write_text("cgroup", rows[i].cgroup, "\n");
		for (size_t k = 0; k < HD_COUNT(shells); k++)
			assert_string_equal(said(shells[k]), rows[i].unit);
	}
	assert_int_equal(unlink("script") + unlink("cgroup"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* A unit name with every kind of character that deploy.ini allows. */
#define UNIT "a\\x2db:c_d@e.service"
#define RULED "a\\\\x2db\\:c_d@e.service"

/* sudo must accept the rule that the message advises. */
static void
check_rule(const char *said_line)
{
	const char *rule = strrchr(said_line, '`');
	char text[1024];

	snprintf(text, sizeof(text), "%s", said_line);
	text[rule - said_line] = '\n';
	rule = strrchr(text, '`') + 1;
	assert_string_equal(rule,
	    "me ALL=(root) NOPASSWD: /x/systemctl start " RULED
	    ", /x/systemctl stop " RULED ", /x/systemctl restart " RULED
	    ", /x/systemctl reset-failed " RULED "\n");
	write_text("rule", rule, "");
	assert_int_equal(system("PATH=$PATH:/usr/sbin; command -v visudo "
				">/dev/null || exit 0; visudo -qcf rule"),
	    0);
}

static void
a_rule_for_sudo_that_is_advised_can_be_pasted(void **state)
{
	static const char *const shells[] = { "dash", "bash", "busybox sh" };
	char folder[] = "/tmp/hd-service.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	write_text("script", script("facts_unit"),
	    "command() { echo /x/systemctl; }; id() { echo me; }\n"
	    "hd_unit='" UNIT "'; service_sudoers stop\n");
	for (size_t k = 0; k < HD_COUNT(shells); k++) {
		const char *line = said(shells[k]);

		assert_ptr_equal(
		    strstr(line, "me cannot run `sudo -n systemctl stop " UNIT
				 "` without a password; "),
		    line);
		check_rule(line);
	}
	assert_int_equal(unlink("script") + unlink("rule"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cgroup_names_the_unit_that_runs_a_process),
		cmocka_unit_test(a_rule_for_sudo_that_is_advised_can_be_pasted),
	};

	return cmocka_run_group_tests_name("remote service", tests, NULL, NULL);
}
