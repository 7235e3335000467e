#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every test runs under each shell. */
static int
begin(void **state)
{
	(void)hd_case_begin_each(state);
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir root");
	}
	return 0;
}

/* The lease that a run gets, or "" if another run has the lock. keepalive:
 * seconds until its next keepalive is due. */
static const char *
take_with(
    struct hd_case *c, const char *who, const char *held, const char *keepalive)
{
	int status;

	hd_case_args(c, "token", who, "holder", who, "command", "upgrade",
	    "held", held, "keepalive", keepalive, NULL);
	status = hd_case_ask(c, "lock", NULL);
	assert_int_equal(status, hd_case_said(c, "locked")[0] != '\0');
	return hd_case_said(c, "lease");
}

static const char *
take(struct hd_case *c, const char *who, const char *held)
{
	return take_with(c, who, held, "");
}

static void
give_back(struct hd_case *c, const char *number)
{
	assert_int_equal(hd_case_ask(c, "unlock", number), 0);
}

static int
operate(struct hd_case *c, const char *id, const char *number)
{
	int status;

	c->call.lease = number;
	status = hd_case_operate(c, id, "health", "true");
	c->call.lease = NULL;
	return status;
}

static void
a_run_that_lost_a_root_during_a_change_does_not_get_it_back(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		assert_string_equal(take(c, "ann", "1"), "1");
		assert_string_equal(take(c, "bob", "0"), "");
		assert_string_equal(hd_case_said(c, "holder"), "ann");
		give_back(c, "1");
		assert_string_equal(take(c, "bob", "0"), "2");
		assert_string_equal(take(c, "ann", "1"), "1");
		give_back(c, "2");
		assert_string_equal(take(c, "ann", "1"), "1");
		assert_int_equal(operate(c, "a", "1"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "another run took this host over: bob, upgrade"));
		assert_string_equal(take(c, "ann", "0"), "3");
	}
}

/* A run that meets another run on one of its hosts gives back all others. */
static void
a_run_that_gave_a_root_back_can_lock_it_again(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		give_back(c, "1");
		assert_string_equal(take(c, "ann", "0"), "2");
		assert_int_equal(operate(c, "a", "2"), 0);
		give_back(c, "2");
		/* a late keepalive takes nothing */
		assert_string_equal(take(c, "ann", "2"), "2");
		assert_string_equal(take(c, "bob", "0"), "3");
	}
}

/* The operation was still under way, on a connection that froze. */
static void
an_operation_sent_before_its_run_released_the_root_does_not_begin(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		assert_int_equal(operate(c, "a", "1"), 0);
		give_back(c, "1");
		assert_int_equal(operate(c, "late", "1"), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "comes too late"));
		assert_int_equal(operate(c, "a", "1"), 0); /* followed */
	}
}

static void
a_clock_that_was_set_back_locks_nobody_out(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		hd_case_sh(c, "cd root/.hdeploy; : >released.1; echo 'token b\n"
			      "holder bob\nexpires 2147483000' >lock.2");
		assert_string_equal(take(c, "ann", "0"), "");
		assert_string_equal(hd_case_said(c, "holder"), "bob");
		hd_case_sh(c, "read=$(sed -n 's/^expires //p' "
			      "root/.hdeploy/lock.2); "
			      "test $read -le $(($(date +%s) + 60))");
	}
}

static void
an_operation_holds_the_lock_whatever_the_path_of_the_service(void **state)
{
	struct hd_pair env[] = { { "PATH", "/nowhere" } };
	const struct hd_pairs pairs = { env, 1, 1 };

	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		give_back(c, "1");
		/* only the operation can hold this lease */
		hd_case_sh(c, "cd root/.hdeploy; printf '%s\\n' 'token b' "
			      "'holder bob' 'expires 1111111111' >lock.2");
		c->call.env = &pairs;
		c->call.lease = "2";
		hd_case_operate(c, "a", "health",
		    "while /bin/grep -q 'expires 1111111111' "
		    ".hdeploy/lock.2; do /bin/sleep 0.1; done");
		c->call.env = NULL;
		c->call.lease = NULL;
		assert_string_equal(take(c, "ann", "0"), "");
		assert_string_equal(hd_case_said(c, "holder"), "bob");
	}
}

/* Whether another run that asks is told that the holder is gone. */
static bool
orphan(struct hd_case *c)
{
	assert_string_equal(take(c, "bob", "0"), "");
	assert_string_equal(hd_case_said(c, "holder"), "ann");
	return strcmp(hd_case_said(c, "orphan"), "yes") == 0;
}

static void
a_lock_tells_whether_its_run_is_still_there(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		assert_int_equal(operate(c, "a", "1"), 0);
		assert_false(orphan(c));
		hd_case_sh(c, "echo 0 0 >root/.hdeploy/connection.1");
		assert_true(orphan(c));
		assert_string_equal(hd_case_said(c, "operation"), "a health 0");
		assert_string_equal(take(c, "ann", "1"), "1");
		assert_false(orphan(c));
		/* a host that hides the processes of other users */
		hd_case_sh(c, "rm root/.hdeploy/connection.1");
		assert_false(orphan(c));
	}
}

/* since: when the connection ended, in seconds from now. test: of $left, the
 * seconds for which the lock was written to hold. */
static void
check_rest(struct hd_case *c, const char *since, const char *test)
{
	char line[512];

	snprintf(line, sizeof(line),
	    "cd root/.hdeploy; printf '%%s\\n' 'token b' 'holder bob' "
	    "'expires 1111111111' >lock.2; "
	    "echo 0 0 $(($(cut -d. -f1 /proc/uptime) %s)) >connection.2",
	    since);
	hd_case_sh(c, line);
	assert_int_equal(operate(c, "b", "2"), 0);
	snprintf(line, sizeof(line),
	    "cd root/.hdeploy; for n in $(seq 600); do left=$(($(sed -n "
	    "'s/^expires //p' lock.2) - $(stat -c %%Y lock.2))); "
	    "test %s && exit; sleep 0.1; done; exit 1",
	    test);
	hd_case_sh(c, line);
}

static void
what_a_run_that_is_gone_began_holds_its_lock_to_its_end(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_hurry(c);
		hd_case_operate(c, "a", "prepare", "1.0");
		check_rest(c, "- 40", "$left -ge 2 -a $left -le 3");
		hd_case_sh(c, "rm -r root/.hdeploy/ops");
		check_rest(c, "- 3", "$left -ge 2 -a $left -le 13");
	}
}

/* Writes lock.2 of bob with these times; its run is process $p. */
static void
bobs_lock(struct hd_case *c, const char *times)
{
	char line[1024];

	snprintf(line, sizeof(line),
	    "cd root/.hdeploy; up=$(cut -d. -f1 /proc/uptime); "
	    "boot=$(cat /proc/sys/kernel/random/boot_id); "
	    "now=$(date +%%s); printf '%%s\n' 'token b' 'holder bob' "
	    "%s >lock.2; p=$(cat ../../p); echo $p $(sed 's/.*) //' "
	    "/proc/$p/stat | cut -d' ' -f20) >connection.2; rm -f released.2",
	    times);
	hd_case_sh(c, line);
}

/* The seconds for which ann still has the lock, as bob is told. */
static unsigned long
seconds_left(struct hd_case *c)
{
	assert_string_equal(take(c, "bob", "0"), "");
	assert_string_equal(hd_case_said(c, "holder"), "ann");
	assert_string_equal(hd_case_said(c, "orphan"), "");
	return strtoul(hd_case_said(c, "seconds"), NULL, 10);
}

/* Leaves lock.1 less than a keepalive gives it. */
#define ALMOST_OVER                                                            \
	"cd root/.hdeploy; up=$(cut -d. -f1 /proc/uptime); "                   \
	"sed -i \"s/^\\(until [^ ]*\\) .*/\\1 $((up + 70))/\" lock.1"

/* Each question is a connection of its own, which has ended. */
static void
a_parked_lock_needs_no_connection_until_its_run_returns(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take_with(c, "ann", "0", "60"), "1");
		for (int i = 0; i < 2; i++) { /* also a keepalive */
			hd_case_sh(c, ALMOST_OVER);
			hd_case_args(c, "token", "ann", "holder", "ann",
			    "command", "upgrade", "held", "1", "keepalive",
			    "300", "parked", "yes", NULL);
			assert_int_equal(hd_case_ask(c, "lock", NULL), 0);
			assert_string_equal(hd_case_said(c, "lease"), "1");
			assert_in_range(seconds_left(c), 100, 300);
		}
		assert_int_equal(operate(c, "a", "1"), 0);
		assert_in_range(seconds_left(c), 100, 300);
		hd_case_sh(c, "cd root/.hdeploy; "
			      "up=$(cut -d. -f1 /proc/uptime); "
			      "boot=$(cat /proc/sys/kernel/random/boot_id); "
			      "echo $boot $((up - 1)) $((up - 301)) >sign.1");
		assert_string_equal(
		    take(c, "bob", "0"), "2"); /* it was silent */
		give_back(c, "2");
		assert_string_equal(take_with(c, "ann", "0", "60"), "3");
		assert_string_equal(take(c, "bob", "0"), "");
		assert_true(
		    strtoul(hd_case_said(c, "seconds"), NULL, 10) <= 60);
	}
}

/* Only an earlier hdeploy uses the time by the wall clock. */
static void
a_lock_lives_as_long_as_its_run_or_until_its_time_whatever_the_clock(
    void **state)
{
	static const struct {
		const char *times;
		bool lives, held; /* the run; the lock */
	} cases[] = {
		{ "\"until $boot $((up + 59))\" 'expires 5'", false, true },
		{ "\"until $boot $((up - 1))\" 'expires 9999999999'", false,
		    false },
		{ "\"until $boot 5\" 'expires 5'", true, true },
		{ "'expires 5'", true, true },
		{ "'expires 5'", false, false },
		{ "\"expires $((now + 59))\"", false, true },
		/* the host was restarted */
		{ "\"until b00t $((up + 30))\" 'expires 9999999999'", true,
		    false },
		{ "\"until b00t $((up + 30))\" 'expires 9999999999'", false,
		    false },
		/* the count began again, for example in a container */
		{ "\"until $boot $((up + 9999))\" 'expires 5'", false, true },
	};

	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		give_back(c, "1");
		for (size_t i = 0; i < HD_COUNT(cases); i++) {
			hd_case_sh(c, "rm -f root/.hdeploy/*.3; sleep 600 "
				      ">/dev/null 2>&1 & echo $! >p");
			bobs_lock(c, cases[i].times);
			if (!cases[i].lives)
				hd_case_kill(c, "$(cat p)");
			if (strcmp(take(c, "ann", "0"),
				cases[i].held ? "" : "3") != 0)
				fail_msg("case %zu: %s", i, cases[i].times);
			if (cases[i].held)
				assert_true(strtoul(hd_case_said(c, "seconds"),
						NULL, 10) <= 60);
			if (cases[i].lives)
				hd_case_kill(c, "$(cat p)");
			give_back(c, "3");
		}
	}
}

/* The keepers of both locks were killed. */
static void
a_lock_is_held_while_an_operation_goes_on(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		give_back(c, "1");
		hd_case_sh(c, "sleep 600 >/dev/null 2>&1 & echo $! >p");
		bobs_lock(c, "\"until $boot 1\"");
		hd_case_sh(c, "cd root/.hdeploy; echo 0 0 >connection.2; "
			      "mkdir -p ops/x; echo install >ops/x/name; "
			      "cp ../../p ops/x/pid");
		assert_string_equal(take(c, "ann", "0"), "");
		assert_string_equal(hd_case_said(c, "orphan"), "yes");
		assert_string_equal(
		    hd_case_said(c, "operation"), "x install running");
		hd_case_kill(c, "$(cat p)");
		assert_string_equal(take(c, "ann", "0"), "3");
		assert_string_equal(
		    hd_case_said(c, "operation"), "x install lost");
	}
}

/* The process of its connection lives, but its machine has vanished. */
static void
a_silent_run_is_reported_and_then_loses_its_lock(void **state)
{
	static const struct {
		const char *until, *sign; /* "": it sends no keepalives */
		const char *works;        /* what it still does here */
		const char *lease, *orphan, *silent;
	} cases[] = {
		{ "1", "", "", "", "", "" },
		{ "1", "$boot $((up + 150)) $up", "", "", "", "" },
		{ "1", "$boot $((up + 70)) $((up - 130))", "", "", "", "" },
		{ "1", "$boot $((up + 40)) $((up - 160))", "", "", "", "1" },
		/* whatever "until" says */
		{ "$((up + 40))", "$boot $((up - 1)) $((up - 201))", "", "3",
		    "", "" },
		{ "1", "$boot $((up - 1)) $((up - 201))", "operation", "",
		    "yes", "2" },
		{ "1", "$boot $((up - 1)) $((up - 201))", "question", "", "",
		    "" },
		{ "1", "$boot $((up - 1)) $((up - 201))", "late question", "3",
		    "", "" },
		{ "1", "$boot $((up - 1)) $((up - 201))", "", "3", "", "" },
		{ "1", "b00t $((up + 50)) $up", "", "3", "", "" },
		{ "1", "a disk was full", "", "", "", "" },
	};

	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann", "0"), "1");
		give_back(c, "1");
		hd_case_sh(c, "sleep 600 >/dev/null 2>&1 & echo $! >p");
		for (size_t i = 0; i < HD_COUNT(cases); i++) {
			char times[64], line[1024];

			snprintf(times, sizeof(times), "\"until $boot %s\"",
			    cases[i].until);
			hd_case_sh(c, "cd root/.hdeploy; rm -rf *.3 *.2 ops");
			bobs_lock(c, times);
			snprintf(line, sizeof(line),
			    "cd root/.hdeploy; up=$(cut -d. -f1 /proc/uptime); "
			    "boot=$(cat /proc/sys/kernel/random/boot_id); "
			    "[ -z \"%s\" ] || echo %s >sign.2; "
			    "p=$(cat connection.2); case '%s' in "
			    "operation) mkdir -p ops/x; "
			    "echo install >ops/x/name; cp ../../p ops/x/pid;; "
			    "question) echo $p $boot $((up + 90)) >asking.2;; "
			    "late*) echo $p $boot $((up - 1)) >asking.2;; esac",
			    cases[i].sign, cases[i].sign, cases[i].works);
			hd_case_sh(c, line);
			if (strcmp(take(c, "ann", "0"), cases[i].lease) != 0 ||
			    strcmp(hd_case_said(c, "orphan"),
				cases[i].orphan) != 0 ||
			    strncmp(hd_case_said(c, "silent"), cases[i].silent,
				strlen(cases[i].silent)) != 0 ||
			    (cases[i].silent[0] == '\0' &&
				hd_case_said(c, "silent")[0] != '\0'))
				fail_msg("case %zu: lease '%s', orphan '%s', "
					 "silent '%s'",
				    i, hd_case_said(c, "lease"),
				    hd_case_said(c, "orphan"),
				    hd_case_said(c, "silent"));
		}
		hd_case_kill(c, "$(cat p)");
	}
}

/* The last keepalive of lock.1, with client_alive = 200s, came so many seconds
 * ago. */
static void
sign_was(struct hd_case *c, unsigned ago)
{
	char line[256];

	snprintf(line, sizeof(line),
	    "cd root/.hdeploy; up=$(cut -d. -f1 /proc/uptime); "
	    "echo $(cat /proc/sys/kernel/random/boot_id) "
	    "$((up - %u + 200)) $((up - %u)) >sign.new; mv sign.new sign.1",
	    ago, ago);
	hd_case_sh(c, line);
}

/* Waits until a line of shell in .hdeploy is true; $up is the host's uptime. */
static void
once(struct hd_case *c, const char *test)
{
	char line[512];

	snprintf(line, sizeof(line),
	    "cd root/.hdeploy; for n in $(seq 600); do "
	    "up=$(cut -d. -f1 /proc/uptime); { %s; } 2>/dev/null && exit; "
	    "sleep 0.1; done; exit 1",
	    test);
	hd_case_sh(c, line);
}

#define KEEPER_LIVES "read p b <keeper.1 && kill -0 $p"

static void
one_process_keeps_a_lock_while_keepalives_come_or_an_upload_grows(void **state)
{
	EACH_SHELL(c, state)
	{
		char keeper[64];

		hd_case_hurry(c);
		assert_string_equal(take_with(c, "ann", "0", "200"), "1");
		snprintf(keeper, sizeof(keeper), "%s",
		    hd_case_line(c, "cat root/.hdeploy/keeper.1"));
		sign_was(c, 150);
		assert_string_equal(take_with(c, "ann", "1", "200"), "1");
		assert_string_equal(
		    hd_case_line(c, "cat root/.hdeploy/keeper.1"), keeper);
		once(c, "read k e s <sign.1 && [ $s -ge $((up - 120)) ]");
		/* an upload is the only sign of its run */
		hd_case_sh(c, "mkdir -p root/.hdeploy/releases/2; "
			      "echo 1 >root/.hdeploy/releases/2/tarball.part");
		sign_was(c, 150);
		once(c, "read k e s <sign.1 && [ $s -ge $((up - 120)) ]");
		sign_was(c, 201);
		once(c, "! { " KEEPER_LIVES "; }");
		/* the run was only asleep, and nobody wanted the host */
		assert_string_equal(take_with(c, "ann", "1", "200"), "1");
		once(c, KEEPER_LIVES);
		assert_string_equal(take(c, "bob", "0"), "");
		assert_string_equal(hd_case_said(c, "orphan"), "");
		sign_was(c, 201);
		assert_string_equal(take(c, "bob", "0"), "2");
		once(c, "! { " KEEPER_LIVES "; }");
		/* it wakes up again, and is refused */
		assert_string_equal(take_with(c, "ann", "1", "200"), "1");
		assert_int_equal(operate(c, "a", "1"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "another run took this host over: bob, upgrade"));
	}
}

/* While facts.sh or health.sh uses its connection, a run sends no keepalive. */
static void
a_question_of_the_run_counts_as_a_keepalive(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take_with(c, "ann", "0", "200"), "1");
		c->call.lease = "1";
		sign_was(c, 201);
		assert_int_equal(
		    hd_case_ask(c, "health", "cat .hdeploy/asking.1"), 0);
		c->call.lease = NULL;
		assert_non_null(strchr(hd_case_said(c, "output"), '-'));
		/* it is over */
		sign_was(c, 201);
		assert_string_equal(take(c, "bob", "0"), "2");
		hd_case_sh(c, "[ ! -e root/.hdeploy/asking.1 ]");
	}
}

static void
the_facts_name_the_run_that_has_the_lock(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take(c, "ann@ci", "0"), "1");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "lock"), "ann@ci");
		assert_string_equal(hd_case_said(c, "lock_command"), "upgrade");
		assert_int_equal(strlen(hd_case_said(c, "lock_since")),
		    strlen("2026-01-31T00:00:00Z"));
		/* its own facts do not */
		c->call.lease = "1";
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		c->call.lease = NULL;
		assert_string_equal(hd_case_said(c, "lock_command"), "");
		give_back(c, "1");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "lock_command"), "");
	}
}

/* unlock without a terminal. cut: what the other run does meanwhile. */
static void
the_lock_of_an_absent_run_can_be_taken_away_unless_it_comes_back(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_string_equal(take_with(c, "ann", "0", "200"), "1");
		hd_case_args(c, "lease", "1", "token", "eve", "holder", "eve",
		    "command", "unlock", "absent", "yes", NULL);
		assert_int_equal(hd_case_ask(c, "takeover", NULL), 1);
		assert_string_equal(
		    hd_case_said(c, "failed"), "the other run has come back");
		assert_string_equal(take(c, "bob", "0"), "");
		sign_was(c, 160);
		hd_case_args(c, "lease", "1", "token", "eve", "holder", "eve",
		    "command", "unlock", "absent", "yes", NULL);
		assert_int_equal(hd_case_ask(c, "takeover", NULL), 0);
		assert_int_equal(operate(c, "a", "1"), 1);
		assert_string_equal(take(c, "bob", "0"), "3");
	}
}

static void
a_lock_in_a_house_that_was_planted_is_left_alone(void **state)
{
	static const char *const scripts[] = { "holder", "takeover" };

	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir -m 700 elsewhere; cd elsewhere; "
			      "echo 'expires 9999999999' >lock.1; : >kept; "
			      "ln -s ../elsewhere ../root/.hdeploy");
		for (size_t i = 0; i < HD_COUNT(scripts); i++) {
			if (strcmp(scripts[i], "takeover") == 0)
				hd_case_args(c, "lease", "1", "token", "ann",
				    "holder", "ann", "command", "unlock", NULL);
			assert_int_equal(hd_case_ask(c, scripts[i], NULL), 1);
			assert_non_null(
			    strstr(hd_case_said(c, "failed"), "symbolic link"));
		}
		assert_string_equal(
		    hd_case_line(c, "echo $(ls elsewhere)"), "kept lock.1");
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, begin, hd_case_end_each)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_run_that_gave_a_root_back_can_lock_it_again),
		TEST(
		    a_run_that_lost_a_root_during_a_change_does_not_get_it_back),
		TEST(
		    an_operation_sent_before_its_run_released_the_root_does_not_begin),
		TEST(a_clock_that_was_set_back_locks_nobody_out),
		TEST(
		    an_operation_holds_the_lock_whatever_the_path_of_the_service),
		TEST(a_lock_tells_whether_its_run_is_still_there),
		TEST(what_a_run_that_is_gone_began_holds_its_lock_to_its_end),
		TEST(
		    a_lock_lives_as_long_as_its_run_or_until_its_time_whatever_the_clock),
		TEST(a_lock_is_held_while_an_operation_goes_on),
		TEST(a_silent_run_is_reported_and_then_loses_its_lock),
		TEST(
		    one_process_keeps_a_lock_while_keepalives_come_or_an_upload_grows),
		TEST(a_question_of_the_run_counts_as_a_keepalive),
		TEST(the_facts_name_the_run_that_has_the_lock),
		TEST(a_parked_lock_needs_no_connection_until_its_run_returns),
		TEST(
		    the_lock_of_an_absent_run_can_be_taken_away_unless_it_comes_back),
		TEST(a_lock_in_a_house_that_was_planted_is_left_alone),
	};

	return cmocka_run_group_tests_name("lease", tests, NULL, NULL);
}
