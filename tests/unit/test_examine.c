#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/examine.h"

#include <string.h>

#define BOOTS(v) "boot " v "\nscript_boot " v "\n"
#define UP                                                                     \
	"vm_state up\nvm_pid 7\nvm_creation 1\nvm_releases 0.1.0 permanent\n"  \
	"vm_apps hotcode 0.1.0 m1\nvm_libraries hotcode 0.1.0\n"

#define LOCK                                                                   \
	"lock ci@runner\nlock_command restart prod\nlock_since 2026-01-31\n"

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static const struct hd_host web1 = { .name = "web1", .env_name = "prod" };

static const struct row {
	const char *about, *facts;
	const char *says; /* part of it; NULL: all is well */
} rows[] = {
	{ "runs what boots", BOOTS("0.1.0") UP, NULL },
	{ "refused", "refusal no way in\n" BOOTS("0.1.0") UP, "no way in" },
	{ "down", BOOTS("0.1.0") "vm_state down\n",
	    "the node is down: `hdeploy start prod --limit web1` starts it" },
	{ "nothing there", "vm_state down\n",
	    "push one first, `hdeploy push prod --limit web1`" },
	{ "boot file lost", "unpacked 0.1.0\nvm_state down\n",
	    "start_erl.data" },
	{ "does not answer",
	    BOOTS("0.1.0") "vm_state unreachable\nvm_why process 7 is busy\n",
	    "does not answer" },
	{ "another would boot", BOOTS("0.2.0") UP,
	    "a reboot would start 0.2.0, not 0.1.0: `hdeploy repair prod "
	    "--limit web1` makes 0.1.0 permanent" },
	{ "the boot pointers disagree", "boot 0.1.0\nscript_boot 0.2.0\n" UP,
	    "releases/start_erl.data names 0.1.0, bin/hotcode 0.2.0: `hdeploy "
	    "repair prod --limit web1` makes them agree" },
	{ "files of another version", BOOTS("0.1.0") UP "files 0.2.0 -\n",
	    "belong to 0.2.0, not to 0.1.0: `hdeploy repair prod "
	    "--limit web1` puts those of 0.1.0 in place" },
	{ "one that another change needs is gone",
	    BOOTS("0.1.0") UP "gone 0.2.0 lib/x-1\n",
	    "files of 0.2.0 are gone (lib/x-1): its tarball is not on the "
	    "host: `hdeploy push prod 0.2.0 --limit web1` uploads it" },
	{ "another drift, down",
	    BOOTS("0.1.0") "vm_state down\ngone 0.2.0 lib/x-1\n",
	    "`hdeploy start prod --limit web1` starts it; files of 0.2.0 are "
	    "gone" },
	{ "two findings",
	    BOOTS("0.1.0") UP "gone 0.2.0 lib/x-1\nlist_state gone\n",
	    "`hdeploy repair prod --limit web1` recreates it; check lists one "
	    "more finding" },
	{ "files of the running version are gone",
	    BOOTS("0.1.0") UP "gone 0.1.0 lib/x-1\nvm_modified demo\n",
	    "files of 0.1.0 are gone (lib/x-1)" },
	{ "where it cannot write",
	    BOOTS("0.1.0") UP "closed 0.2.0 /x belongs to root\n",
	    "/x belongs to root" },
	{ "what cannot be read seems gone",
	    BOOTS("0.1.0") UP "gone 0.1.0 bin/x\nclosed - bin is root's\n",
	    "bin is root's" },
	{ "its own files", BOOTS("0.1.0") UP "files 0.1.0 -\n", NULL },
	{ "files that change", BOOTS("0.1.0") UP "files 0.1.0 0.2.0\n",
	    "belong to" },
	{ "old code", BOOTS("0.1.0") UP "vm_modified demo\n",
	    "old code still runs" },
	{ "down beside one that says it were here",
	    BOOTS("0.1.0") "vm_state down\nvm_others 812 mallory\n",
	    "`hdeploy start prod --limit web1` starts it; process 812 of "
	    "user mallory claims to run from this root" },
	{ "well beside two",
	    BOOTS("0.1.0") UP "vm_others 8 eve\nvm_others 9 bob\n", NULL },
	{ "well, and epmd does not know it",
	    BOOTS("0.1.0") UP "vm_lost is not known to epmd: no epmd runs\n",
	    NULL },
	{ "something goes on, and its host cannot be resolved",
	    BOOTS("0.1.0") UP "unfinished a-install install\n"
			      "vm_stray app7.old\n",
	    "install; app7.old, the host part of the node's name, cannot be "
	    "resolved on the host" },
	{ "something goes on, and epmd does not know it",
	    BOOTS("0.1.0") UP "unfinished a-install install\n"
			      "vm_lost is not known to epmd: no epmd runs\n",
	    "install; the node is not known to epmd: no epmd runs" },
	{ "something goes on",
	    BOOTS("0.1.0") UP "unfinished a-install install\n",
	    "an operation still runs: a-install install" },
	{ "another run works on it", BOOTS("0.1.0") UP LOCK, NULL },
	{ "an operation of another run",
	    BOOTS("0.1.0") UP LOCK "unfinished a-unpack unpack\n", NULL },
	{ "down during a restart of another run",
	    BOOTS("0.1.0") "vm_state down\nunfinished a-stop stop\n" LOCK,
	    "the node is down; under way: restart prod by ci@runner "
	    "(2026-01-31)" },
	{ "a reboot would start another version, and a run works on it",
	    BOOTS("0.2.0") UP LOCK,
	    "not 0.1.0; under way: restart prod by ci@runner" },
};

#define CHANGE(going)                                                          \
	"journal {\"id\":\"0123456789abcdef\",\"command\":\"upgrade\","        \
	"\"from\":\"0.1.0\",\"to\":\"0.2.0\",\"who\":\"ci@runner\","           \
	"\"time\":\"2026-01-31\",\"going\":\"" going "\"}\n"

static const struct row changes[] = {
	{ "a change goes on",
	    BOOTS("0.1.0") UP CHANGE("forward") "lock ci@runner\n", NULL },
	{ "a change was cut off",
	    BOOTS("0.1.0") UP CHANGE("forward") "journal_step unpack 0\n",
	    "upgrade 0.1.0 -> 0.2.0 by ci@runner (2026-01-31) was cut off after "
	    "unpack; now 0.1.0 runs and boots, untouched: `hdeploy resume prod "
	    "--limit web1` ends it, `hdeploy rollback prod --limit web1` takes "
	    "it back" },
	{ "what a killed run began still runs",
	    BOOTS("0.1.0")
		UP CHANGE("forward") "journal_step install running\n",
	    "was cut off, its install still runs" },
	{ "what a killed run began was killed",
	    BOOTS("0.1.0") UP CHANGE("forward") "journal_step install lost\n",
	    "was cut off, its install was killed; now" },
	{ "what a killed run began has failed",
	    BOOTS("0.1.0") UP CHANGE("forward") "journal_step install 1\n",
	    "was cut off after install, which failed; now" },
	{ "a hook was the last",
	    BOOTS("0.1.0")
		UP CHANGE("forward") "journal_step hook_on_failure 0\n",
	    "was cut off after hook on_failure; now" },
	{ "a hook goes on",
	    BOOTS("0.1.0") UP CHANGE(
		"forward") "journal_step hook_after_upgrade running\n",
	    "was cut off, its hook after_upgrade still runs; now" },
	{ "a hook was the last, of an hdeploy that named none",
	    BOOTS("0.1.0") UP CHANGE("forward") "journal_step run 0\n",
	    "was cut off after a hook; now" },
	{ "such a hook goes on",
	    BOOTS("0.1.0") UP CHANGE("forward") "journal_step run running\n",
	    "was cut off, its hook still runs; now" },
	{ "the host goes back by itself",
	    BOOTS("0.1.0") UP CHANGE("forward") "watching 0123456789abcdef\n",
	    "the host will go back to 0.1.0 by itself: `hdeploy resume prod "
	    "--limit web1` ends it" },
	{ "and nobody can say more",
	    BOOTS("0.1.0") "vm_state unreachable\nvm_why process 7 is busy\n" CHANGE(
		"forward"),
	    "look at the node on the host, then `hdeploy resume prod --limit "
	    "web1`" },
	{ "a way back was cut off", BOOTS("0.1.0") UP CHANGE("back"),
	    "going back, was cut off; now 0.1.0 runs and boots, untouched: "
	    "`hdeploy resume prod --limit web1` ends it" },
};

static void
check_rows(const struct row *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct hd_facts *f = facts_from_text(v[i].facts);
		HD_AUTO_STR why = HD_STR_INIT(512);
		bool fine = hd_examine(&relx, &web1, f, &why);

		if (fine != (v[i].says == NULL) ||
		    (!fine && strstr(why.ptr, v[i].says) == NULL))
			fail_msg("%s: %d: %s", v[i].about, fine, why.ptr);
		hd_facts_free(f);
	}
}

/* Its machine may have vanished, or only its network be slow. */
static void
a_change_under_way_names_keepalives_that_are_missing(void **state)
{
	struct hd_facts *f = facts_from_text(BOOTS("0.1.0")
		UP CHANGE("forward") "lock ci@runner\nlock_silent 47\n");
	HD_AUTO_STR why = HD_STR_INIT(512);

	(void)state;
	assert_true(hd_examine(&relx, &web1, f, &why));
	assert_string_equal(why.ptr,
	    "under way: upgrade 0.1.0 -> 0.2.0 by ci@runner (2026-01-31), no "
	    "keepalive for 47 s");
	hd_facts_free(f);
}

static void
a_run_that_works_on_the_host_is_named(void **state)
{
	static const char *const operations[] = { "",
		"unfinished a-unpack unpack\n" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(operations); i++) {
		HD_AUTO_STR text = HD_STR_INIT(512), why = HD_STR_INIT(512);
		struct hd_facts *f;

		hd_str_addf(
		    &text, "%s%s", BOOTS("0.1.0") UP LOCK, operations[i]);
		f = facts_from_text(text.ptr);
		assert_true(hd_examine(&relx, &web1, f, &why));
		assert_string_equal(why.ptr,
		    "under way: restart prod by ci@runner (2026-01-31)");
		hd_facts_free(f);
	}
}

static void
status_says_what_is_not_as_it_should_be(void **state)
{
	(void)state;
	check_rows(rows, HD_COUNT(rows));
}

static void
status_tells_of_a_change_without_an_end(void **state)
{
	(void)state;
	check_rows(changes, HD_COUNT(changes));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_says_what_is_not_as_it_should_be),
		cmocka_unit_test(
		    a_change_under_way_names_keepalives_that_are_missing),
		cmocka_unit_test(a_run_that_works_on_the_host_is_named),
		cmocka_unit_test(status_tells_of_a_change_without_an_end),
	};

	return cmocka_run_group_tests_name("examine", tests, NULL, NULL);
}
