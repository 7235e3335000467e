#include "tests/support/cmocka_all.h"

#include "cmd/commands.h"
#include "cmd/complete.h"
#include "cmd/seen.h"
#include "core/base/fs.h"
#include "core/inventory/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORDS = 8 };

static const char ini[] = "[app]\nname = shop\nrelease = rel\n\n"
			  "[defaults]\npath = /srv/shop\n\n"
			  "[prod]\nhost = web[1-3].example.com\n\n"
			  "[stage]\nhost = test1\n"
			  "identity_env = SECRET\n"
			  "passphrase_command = touch ran\n"
			  "password_command = touch ran\n"
			  "[cloud]\nhosts = command touch ran\n"
			  "hosts = srv _ssh._tcp.example.com\nhost = edge1\n"
			  "group.edge = edge1\n";

/* Each test runs in a folder of its own with this deploy.ini. */
static int
setup(void **state)
{
	static char folder[64];
	struct hd_err err;

	snprintf(folder, sizeof(folder), "/tmp/hdeploy-complete.XXXXXX");
	if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
	    hd_fs_replace("deploy.ini", ini, strlen(ini), &err) < 0)
		return -1;
	setenv("XDG_CACHE_HOME", folder, 1);
	*state = folder;
	return 0;
}

static int
teardown(void **state)
{
	HD_AUTO_ARENA a = { 0 };

	return chdir("/") != 0 ||
	       system(hd_arena_fmt(&a, "rm -rf %s", (char *)*state)) != 0;
}

/* The candidates for the last word, each as " candidate". The caller frees
 * them. */
static char *
candidates(const char *const words[WORDS])
{
	HD_AUTO_FREE char *text = NULL;
	HD_AUTO_STR list = HD_STR_INIT(64 * 1024);
	size_t n, words_n = 0;
	FILE *out = open_memstream(&text, &n);

	while (words_n < WORDS && words[words_n] != NULL)
		words_n++;
	hd_complete(out, words, words_n);
	fclose(out);
	for (char *at = text; *at != '\0'; at += strcspn(at, "\n") + 1)
		hd_str_addf(&list, " %.*s", (int)strcspn(at, "\t\n"), at);
	return strdup(list.ptr);
}
#define CANDIDATES(...) candidates((const char *const[WORDS]){ __VA_ARGS__ })

static void
check(char *list, const char *wanted)
{
	assert_string_equal(list, wanted);
	free(list);
}

static bool
has(const char *list, const char *word)
{
	HD_AUTO_ARENA a = { 0 };

	return strstr(hd_arena_fmt(&a, "%s ", list),
		   hd_arena_fmt(&a, " %s ", word)) != NULL;
}

static void
every_argument_of_a_command_has_candidates(void **state)
{
	(void)state;
	for (size_t i = 0; hd_commands[i] != NULL; i++) {
		HD_AUTO_FREE char *args = strdup(hd_commands[i]->args);

		for (char *word = strtok(args, " []"); word != NULL;
		     word = strtok(NULL, " []"))
			if (hd_candidates_of(word) == NULL)
				fail_msg("%s: cmd/candidates.c has no row for "
					 "the argument %s",
				    hd_commands[i]->name, word);
	}
}

static void
every_value_of_an_option_has_candidates(void **state)
{
	const struct hd_option *row;

	(void)state;
	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++)
		if (row->value != NULL && hd_candidates_of(row->value) == NULL)
			fail_msg("--%s: cmd/candidates.c has no row for %s",
			    row->name, row->value);
}

static void
every_command_and_option_is_offered_unless_hidden(void **state)
{
	HD_AUTO_FREE char *commands = CANDIDATES("");
	HD_AUTO_FREE char *options = CANDIDATES("-");
	const struct hd_option *row;
	HD_AUTO_ARENA a = { 0 };

	(void)state;
	for (size_t i = 0; hd_commands[i] != NULL; i++)
		assert_int_equal(has(commands, hd_commands[i]->name),
		    (hd_commands[i]->flags & HD_HIDDEN) == 0);
	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++)
		assert_true(has(options, hd_arena_fmt(&a, "--%s", row->name)));
}

static void
a_command_is_offered_its_own_options_that_were_not_given(void **state)
{
	HD_AUTO_FREE char *list =
	    CANDIDATES("--json", "-qf", "deploy.ini", "rollback", "--");

	(void)state;
	assert_true(has(list, "--from"));
	assert_true(has(list, "--limit"));
	assert_false(has(list, "--count"));
	assert_false(has(list, "--json"));
	assert_false(has(list, "--quiet"));
	assert_false(has(list, "--file"));
}

static void
environments_and_hosts_come_from_the_file_at_hand(void **state)
{
	(void)state;
	check(CANDIDATES("status", ""), " prod stage cloud");
	check(CANDIDATES("-f", "other.ini", "status", ""), "");
	check(CANDIDATES("-fdeploy.ini", "status", "s"), " prod stage cloud");
	check(
	    CANDIDATES("--file=deploy.ini", "status", ""), " prod stage cloud");
	check(CANDIDATES("console", "stage", ""), " test1");
	check(CANDIDATES("status", "prod", "--limit", "x"),
	    " web1.example.com web2.example.com web3.example.com");
	check(CANDIDATES("status", "stage", "--limit="), " --limit=test1");
	check(CANDIDATES("status", "stage", "--limit=web1,!te"),
	    " --limit=web1,!test1");
	check(CANDIDATES("--limit=a,"),
	    " --limit=a,web1.example.com --limit=a,web2.example.com"
	    " --limit=a,web3.example.com --limit=a,test1 --limit=a,edge"
	    " --limit=a,edge1");
}

static void
a_wrong_file_offers_nothing_and_says_nothing(void **state)
{
	struct hd_err err;

	(void)state;
	assert_hd_ok(hd_fs_replace("bad.ini", "[app\nx\n", 7, &err), &err);
	check(CANDIDATES("-f", "bad.ini", "status", ""), "");
	check(CANDIDATES("-f", ".", "status", ""), "");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	check(CANDIDATES("-f", "fifo", "status", ""), "");
}

static void
nothing_of_deploy_ini_is_run(void **state)
{
	(void)state;
	check(CANDIDATES("status", "stage", "--limit", ""), " test1");
	check(CANDIDATES("status", "cloud", "--limit", ""), " edge edge1");
	check(CANDIDATES("console", "cloud", ""), " edge1");
	assert_int_not_equal(access("ran", F_OK), 0);
}

static void
files_and_folders_are_left_to_the_shell(void **state)
{
	(void)state;
	check(CANDIDATES("-f", ""), " :files");
	check(CANDIDATES("status", "prod", "--save="), " :files");
	check(CANDIDATES("fetch", "prod", "--into", "x"), " :folders");
	check(CANDIDATES("inspect", ""), " :files");
	check(CANDIDATES("explain", ""), " :files");
}

static void
words_after_two_dashes_are_arguments(void **state)
{
	(void)state;
	check(CANDIDATES("status", "--", "-"), " prod stage cloud");
	check(CANDIDATES("run", "prod", "--", "ls", "-"), "");
}

static void
other_values_have_no_candidates(void **state)
{
	HD_AUTO_FREE char *commands = CANDIDATES("");

	(void)state;
	check(CANDIDATES("--parallel", ""), "");
	check(CANDIDATES("--nonsense=", ""), commands);
	check(CANDIDATES("--nonsense="), "");
	check(CANDIDATES("--json="), "");
	check(CANDIDATES("nonsense", ""), commands);
	check(CANDIDATES("status", "prod", ""), "");
	check(CANDIDATES("version", ""), "");
	check(CANDIDATES("--wait", ""), " 30s 5m 1h");
}

static void
help_is_offered_commands_and_keys(void **state)
{
	HD_AUTO_FREE char *topics = CANDIDATES("help", "");
	HD_AUTO_FREE char *keys = CANDIDATES("help", "deploy.ini", "");

	(void)state;
	assert_true(has(topics, "push") && has(topics, "soak"));
	assert_true(has(topics, "deploy.ini") && !has(topics, "complete"));
	for (size_t i = 0; hd_key_row(i) != NULL; i++)
		assert_true(has(topics, hd_key_row(i)->name) &&
			    has(keys, hd_key_row(i)->name));
	assert_true(has(keys, "soak") && !has(keys, "push"));
	check(CANDIDATES("help", "push", ""), "");
}

static void
explain_is_offered_the_commands_that_plan_from_facts(void **state)
{
	HD_AUTO_FREE char *list = CANDIDATES("explain", "facts", "");

	(void)state;
	assert_true(has(list, "upgrade") && has(list, "prune"));
	assert_false(has(list, "push") || has(list, "status"));
}

static void
keep(const char *env, const char *const *names, size_t n)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_strs versions = { 0 };

	for (size_t i = 0; i < n; i++)
		*HD_PUSH(&a, &versions) = names[i];
	hd_seen_keep("deploy.ini", env, &versions);
}
#define KEEP(env, ...)                                                         \
	keep(env, (const char *const[]){ __VA_ARGS__ },                        \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void
versions_are_those_last_seen_in_that_environment(void **state)
{
	(void)state;
	check(CANDIDATES("upgrade", "prod", ""), "");
	KEEP("prod", "0.2.0", "0.1.0");
	KEEP("stage", "0.3.0-rc1");
	check(CANDIDATES("upgrade", "prod", ""), " 0.2.0 0.1.0");
	check(CANDIDATES("rollback", "stage", "--from="), " --from=0.3.0-rc1");
	KEEP("prod", "0.3.0");
	check(CANDIDATES("upgrade", "prod", ""), " 0.3.0");
	check(CANDIDATES("upgrade", "stage", ""), " 0.3.0-rc1");
	check(CANDIDATES("upgrade", ""), " prod stage cloud");
}

static void
two_projects_share_no_versions(void **state)
{
	(void)state;
	KEEP("prod", "0.2.0");
	assert_int_equal(mkdir("other", 0700), 0);
	assert_int_equal(link("deploy.ini", "other/deploy.ini"), 0);
	assert_int_equal(chdir("other"), 0);
	check(CANDIDATES("upgrade", "prod", ""), "");
	KEEP("prod", "9.9.9");
	assert_int_equal(chdir(".."), 0);
	check(CANDIDATES("upgrade", "prod", ""), " 0.2.0");
	check(CANDIDATES("-f", "other/deploy.ini", "upgrade", "prod", ""), "");
}

static void
only_valid_names_are_kept_and_offered(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(4096);
	struct hd_err err;

	(void)state;
	KEEP("prod", "0.2.0", "$(touch ran)", "-x", "a b", "\033[2J", "a\nb");
	check(CANDIDATES("upgrade", "prod", ""), " 0.2.0");
	assert_hd_ok(hd_fs_read("hdeploy/versions", &text, &err), &err);
	*strchr(text.ptr, '\n') = '\0';
	hd_str_add(&text, "");
	text.len = strlen(text.ptr);
	hd_str_add(&text, " $(x) \033[2J ../y 0.1.0\n");
	assert_hd_ok(
	    hd_fs_replace("hdeploy/versions", text.ptr, text.len, &err), &err);
	check(CANDIDATES("upgrade", "prod", ""), " 0.2.0 0.1.0");
}

static void
the_cache_is_private_and_stays_small(void **state)
{
	HD_AUTO_FREE char *list = NULL;
	const char *many[200];
	HD_AUTO_ARENA a = { 0 };
	struct stat st;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(many); i++)
		many[i] = hd_arena_fmt(&a, "1.0.%zu-%0100d", i, 0);
	for (int i = 0; i < 80; i++)
		keep(hd_arena_fmt(&a, "env%d", i), many, HD_COUNT(many));
	KEEP("prod", "0.2.0");
	assert_int_equal(stat("hdeploy/versions", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_in_range(st.st_size, 1, 300 * 1024);
	check(CANDIDATES("upgrade", "prod", ""), " 0.2.0");
	check(CANDIDATES("upgrade", "env0", ""), "");
	list = CANDIDATES("upgrade", "env79", "");
	assert_true(has(list, many[31]) && !has(list, many[32]));
}

static void
a_cache_that_others_can_write_or_a_link_is_not_used(void **state)
{
	struct hd_err err;

	(void)state;
	KEEP("prod", "0.2.0");
	assert_int_equal(chmod("hdeploy/versions", 0620), 0);
	check(CANDIDATES("upgrade", "prod", ""), "");
	assert_int_equal(rename("hdeploy/versions", "kept"), 0);
	assert_int_equal(chmod("kept", 0600), 0);
	assert_int_equal(symlink("../kept", "hdeploy/versions"), 0);
	check(CANDIDATES("upgrade", "prod", ""), "");
	assert_hd_ok(hd_fs_replace("kept", "mine", 4, &err), &err);
	KEEP("prod", "0.3.0");
	{
		HD_AUTO_STR text = HD_STR_INIT(64);

		assert_hd_ok(hd_fs_read("kept", &text, &err), &err);
		assert_string_equal(text.ptr, "mine");
	}
	assert_int_equal(unlink("hdeploy/versions"), 0);
	assert_int_equal(mkfifo("hdeploy/versions", 0600), 0);
	check(CANDIDATES("upgrade", "prod", ""), "");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(every_argument_of_a_command_has_candidates),
		IN_FOLDER(every_value_of_an_option_has_candidates),
		IN_FOLDER(every_command_and_option_is_offered_unless_hidden),
		IN_FOLDER(
		    a_command_is_offered_its_own_options_that_were_not_given),
		IN_FOLDER(environments_and_hosts_come_from_the_file_at_hand),
		IN_FOLDER(a_wrong_file_offers_nothing_and_says_nothing),
		IN_FOLDER(nothing_of_deploy_ini_is_run),
		IN_FOLDER(files_and_folders_are_left_to_the_shell),
		IN_FOLDER(words_after_two_dashes_are_arguments),
		IN_FOLDER(other_values_have_no_candidates),
		IN_FOLDER(help_is_offered_commands_and_keys),
		IN_FOLDER(explain_is_offered_the_commands_that_plan_from_facts),
		IN_FOLDER(versions_are_those_last_seen_in_that_environment),
		IN_FOLDER(two_projects_share_no_versions),
		IN_FOLDER(only_valid_names_are_kept_and_offered),
		IN_FOLDER(the_cache_is_private_and_stays_small),
		IN_FOLDER(a_cache_that_others_can_write_or_a_link_is_not_used),
	};

	return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
