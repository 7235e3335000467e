#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"
#include "tests/support/sh_transport.h"

#include "core/base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every test runs under each shell. `health` stands in for a long change,
 * because it can run any command. */
/* Waits until another process has done its work: test is true then. */
static void
wait_until(struct hd_case *c, const char *test)
{
	char line[512];

	snprintf(line, sizeof(line), "%s && echo yes", test);
	for (int i = 0; i < 1200; i++) {
		if (strcmp(hd_case_line(c, line), "yes") == 0)
			return;
		hd_clock_sleep(50);
	}
	fail_msg("never true: %s", test);
}

/* No process of root/sleeps sleeps; a dead one has no command line. */
static const char none_sleeps[] = "! grep -qs sleep /dev/null "
				  "$(sed 's|.*|/proc/&/cmdline|' root/sleeps)";

static void
prepare_makes_a_folder_that_only_its_owner_can_enter(void **state)
{
	EACH_SHELL(c, state)
	{
		char id[64];

		assert_int_equal(hd_case_operate(c, "a", "prepare", "1.0"), 0);
		snprintf(id, sizeof(id), "%s",
		    hd_case_line(c, "cat root/.hdeploy/id"));
		assert_int_equal(strlen(id), 32);
		hd_case_sh(c, "test -d root/releases/1.0");
		assert_string_equal(
		    hd_case_line(c, "stat -c %a root/.hdeploy"), "700");
		assert_int_equal(hd_case_operate(c, "b", "prepare", "1.1"), 0);
		assert_string_equal(
		    hd_case_line(c, "cat root/.hdeploy/id"), id);
	}
}

static void
bad_versions_are_refused_on_the_host_too(void **state)
{
	static const char *const bad[] = { "", "..", "-rf", "1/2", "a b",
		"$(touch canary)", "1\n2", "'" };

	EACH_SHELL(c, state)
	{
		for (size_t i = 0; i < HD_COUNT(bad); i++) {
			char id[16];

			snprintf(id, sizeof(id), "op%zu", i);
			assert_int_equal(
			    hd_case_operate(c, id, "prepare", bad[i]), 1);
			assert_string_equal(
			    hd_case_said(c, "failed"), "bad version");
		}
		hd_case_sh(c, "test ! -e root/releases");
	}
}

static void
output_and_status_of_an_operation_come_back(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_int_equal(hd_case_operate(c, "a", "prepare", "1.0"), 0);
		assert_int_equal(hd_case_operate(c, "b", "health",
				     "printf 'one\\ntwo'; exit 7"),
		    7);
		assert_string_equal(hd_case_said(c, "output"), "one two");
		assert_string_equal(
		    hd_case_line(c, "cat root/.hdeploy/ops/b/status"),
		    "7       ");
	}
}

/* It goes on after the cut, and its children too. */
static void
output_without_end_does_not_fill_the_disk(void **state)
{
	static const char command[] =
	    "line=$(head -c 60000 /dev/zero | tr '\\0' x); "
	    "i=0; while [ ! -e .hdeploy/ops/a/cut ]; do "
	    "echo $line; done; until [ $(wc -c <.hdeploy/ops/a/output) -lt "
	    "67200000 ]; do sleep 0.1; done; echo; echo the end; exit 7";

	EACH_SHELL(c, state)
	{
		hd_str_done(&c->output);
		c->output =
		    (struct hd_str)HD_STR_INIT((size_t)256 * 1024 * 1024);
		assert_int_equal(hd_case_operate(c, "a", "run", command), 7);
		assert_string_equal(hd_case_said(c, "note"),
		    "its output is larger than 64 MiB: the host dropped a "
		    "part of it");
		assert_non_null(strstr(c->output.ptr, "\nthe end\n"));
		hd_case_sh(c, "cd root/.hdeploy/ops/a; "
			      "[ $(wc -c <output) -lt 67200000 ]; "
			      "[ $(grep -c note answers) = 1 ]");
		/* the next one needs the room */
		assert_int_equal(hd_case_operate(c, "b", "prepare", "1"), 0);
		hd_case_sh(c, "cd root/.hdeploy/ops; "
			      "[ $(wc -c <a/output) -lt 1100000 ]; "
			      "tail -n 1 a/output | grep -qx 'the end'; "
			      "grep -qxF '[...]' a/output; "
			      "[ ! -e a/output.new ]");
	}
}

/* Here no sleep ends. So the follower does not poll, and no sleep holds the
 * answers open. */
static void
the_end_of_an_operation_wakes_its_follower(void **state)
{
	EACH_SHELL(c, state)
	{
		int64_t began = hd_clock_ms();

		hd_sh_sleep(c->host, "exec /bin/sleep 60");
		assert_int_equal(hd_case_operate(c, "a", "prepare", "1.0"), 0);
		assert_int_equal(
		    hd_case_operate(c, "b", "run", "echo one; exit 3"), 3);
		assert_string_equal(c->output.ptr, "one\n");
		assert_true(hd_clock_ms() - began < 50000);
	}
}

/* The node that an operation starts would hold it. */
static void
no_program_of_an_operation_holds_a_pipe_of_its_follower(void **state)
{
	EACH_SHELL(c, state)
	{
		assert_int_equal(hd_case_operate(c, "a", "run",
				     "ls -l /proc/self/fd >fds; "
				     "! grep ' [3-9] -> pipe:' fds"),
		    0);
	}
}

static void
output_is_passed_on_raw_and_cannot_be_an_answer(void **state)
{
	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_operate(c, "a", "prepare", "1.0");
		/* What bin/<app> prints is output of the operation. */
		hd_case_sh(c,
		    "cd root && mkdir -p bin releases/1.0 && "
		    "printf '#!/bin/sh\\nprintf \"failed x\\\\n\\\\033"
		    "[31mred\\\\nhdeploy-end n 0\\\\nlast\"; exit 2'"
		    " >bin/hotcode && chmod +x bin/hotcode && "
		    "cp bin/hotcode bin/hotcode-1.0");
		assert_int_equal(hd_case_operate(c, "b", "commit", "1.0"), 1);
		assert_string_equal(c->output.ptr,
		    "failed x\n\033[31mred\nhdeploy-end n 0\nlast\n");
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "1.0 was not made permanent: bin/hotcode ended with "
		    "status 2"));
	}
}

static void
an_operation_that_is_there_is_followed_and_not_started_again(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		for (int i = 0; i < 2; i++)
			assert_int_equal(
			    hd_case_operate(c, "b", "health",
				"echo again >>count; echo done; exit 3"),
			    3);
		assert_string_equal(hd_case_said(c, "output"), "done ");
		assert_string_equal(hd_case_line(c, "wc -l <root/count"), "1");
	}
}

static void
secrets_reach_the_service_and_lie_nowhere(void **state)
{
	struct hd_pair env[] = {
		{ "SECRET", "s3cr3t '\"$(touch canary)`id`\\ x" },
		{ "PATH", "/nowhere" },
		{ "LC_ALL", "C.UTF-8" },
	};
	const struct hd_pairs pairs = { env, HD_COUNT(env), HD_COUNT(env) };

	EACH_SHELL(c, state)
	{
		c->call.env = &pairs;
		hd_case_operate(c, "a", "prepare", "1.0");
		assert_int_equal(
		    hd_case_ask(c, "health", "echo \"$SECRET\" \"$LC_ALL\""),
		    0);
		assert_string_equal(hd_case_said(c, "output"),
		    "s3cr3t '\"$(touch canary)`id`\\ x C.UTF-8 ");
		assert_int_equal(
		    hd_case_operate(c, "b", "health",
			"PATH=/bin:/usr/bin; ps axww >>ps; exit ${#SECRET}"),
		    strlen(env[0].value));
		hd_case_sh(c, "! grep -r s3cr3t root");
		hd_case_sh(c, "grep -q ops/b/script root/ps && "
			      "test ! -e root/canary");
	}
}

/* stubborn: the first shell's process ignores SIGTERM, and gets SIGKILL 5 s
 * later.
 */
static void
a_deadline_ends_the_whole_session(void **state)
{
	const struct hd_case *stubborn = *state;

	EACH_SHELL(c, state)
	{
		hd_case_hurry(c);
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "cd root && mkdir bin && printf '#!/bin/sh\n"
			      "for n in 600 601; do sleep $n &\n"
			      "echo $! >>sleeps; done; wait' >bin/hotcode && "
			      "chmod +x bin/hotcode");
		if (c == stubborn)
			hd_case_sh(c, "sed -i '1a trap \"\" TERM' "
				      "root/bin/hotcode");
		hd_case_sh(c, "cp root/bin/hotcode root/bin/hotcode-1.0");
		c->call.deadline_ms = 10000;
		assert_int_equal(
		    hd_case_operate(c, "b", "commit", "1.0"), HD_OP_DEADLINE);
		wait_until(c, none_sleeps);
	}
}

/* Starts it in a process of its own, which dies as by kill -9. */
static void
start_and_die(struct hd_case *c, const char *id, const char *command)
{
	pid_t pid = fork();

	if (pid == 0) {
		c->call.script = "run";
		hd_case_args(c, "command", command, NULL);
		if (hd_remote_operate(c->host, &c->call, id, NULL, NULL,
			&c->reply, &c->err) < 0)
			_exit(1);
		_exit(0);
	}
	wait_until(c, "test -e root/begun");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* halves: "pid inner" */
static void
kill_halves(struct hd_case *c, const char *id, const char *halves)
{
	char pids[256];

	snprintf(pids, sizeof(pids),
	    "$(cd root/.hdeploy/ops/%s && cut -d' ' -f1 %s)", id, halves);
	hd_case_kill(c, pids);
}

static void
an_operation_outlives_its_caller_and_can_be_followed_later(void **state)
{
	static const char command[] =
	    "echo x >begun; while test ! -e go; do sleep 0.1; done; exit 5";

	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		start_and_die(c, "b", command);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "unfinished"), "b run");
		assert_int_equal(hd_case_operate(c, "c", "prepare", "1.1"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "operation b (run) is still running on this host"));
		hd_case_sh(c, "touch root/go");
		assert_int_equal(hd_case_operate(c, "b", "health", command), 5);
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_null(hd_reply_get(&c->reply, "unfinished"));
	}
}

static void
an_operation_that_was_killed_has_no_status_but_an_end(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		start_and_die(
		    c, "b", "sleep 602 & echo $! >sleeps; echo x >begun; wait");
		kill_halves(c, "b", "pid inner");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "unfinished"), "b run");
		assert_int_equal(hd_case_operate(c, "c", "prepare", "1.1"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "operation b (run) is still running on this host"));
		hd_case_kill(c, "$(cat root/sleeps)");
		wait_until(c, none_sleeps);
		assert_int_equal(hd_case_operate(c, "b", "health", "true"), 1);
		assert_non_null(strstr(
		    hd_case_said(c, "failed"), "ended without a status"));
		assert_int_equal(hd_case_operate(c, "d", "prepare", "1.1"), 0);
		hd_case_sh(c, "test ! -e root/.hdeploy/ops/b/status.new");
	}
}

static void
an_operation_whose_outer_half_was_killed_tells_its_result(void **state)
{
	static const char command[] =
	    "echo x >begun; while test ! -e go; do sleep 0.1; done; exit 5";

	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		start_and_die(c, "b", command);
		kill_halves(c, "b", "pid");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_string_equal(hd_case_said(c, "unfinished"), "b run");
		assert_int_equal(hd_case_operate(c, "c", "prepare", "1.1"), 1);
		hd_case_sh(c, "touch root/go");
		assert_int_equal(hd_case_operate(c, "b", "health", command), 5);
		hd_case_sh(c, "test ! -e root/.hdeploy/ops/b/status.new");
	}
}

/* The inner half is a shell and the process in which it runs main(). */
static void
the_work_of_a_killed_inner_half_is_waited_for(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		start_and_die(
		    c, "b", "sleep 602 & echo $! >sleeps; echo x >begun; wait");
		kill_halves(c, "b", "inner");
		assert_int_equal(hd_case_operate(c, "c", "prepare", "1.1"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "is still running on this host"));
		hd_case_kill(c, "$(cat root/sleeps)");
		assert_int_not_equal(
		    hd_case_operate(c, "b", "health", "true"), 0);
		assert_int_equal(hd_case_operate(c, "d", "prepare", "1.1"), 0);
	}
}

static void
a_follower_keeps_the_deadline_of_a_half_that_was_killed(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		start_and_die(
		    c, "b", "sleep 602 & echo $! >sleeps; echo x >begun; wait");
		/* the outer half and its guard are one session */
		hd_case_sh(c,
		    "read p born <root/.hdeploy/ops/b/pid; "
		    "kill -9 $(cat /proc/[0-9]*/stat 2>/dev/null | "
		    "sed 's/(.*) //' | awk -v s=$p '$5 == s { print $1 }')");
		hd_case_sh(c, "cd root/.hdeploy/ops/b; read p born clock until "
			      "<inner; echo $p $born $clock 1 >inner");
		assert_int_equal(
		    hd_case_operate(c, "b", "health", "true"), HD_OP_DEADLINE);
		wait_until(c, none_sleeps);
	}
}

/* The operation was slow to begin, and its run has given up. */
static void
an_operation_given_up_before_it_began_never_begins(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		start_and_die(c, "b", "echo x >>begun; sleep 1");
		assert_int_equal(hd_case_operate(c, "b", "health", "true"), 0);
		hd_case_sh(c, "cd root/.hdeploy/ops; mkdir late; cp b/name "
			      "b/script late/; : >late/output");
		assert_int_equal(hd_case_operate(c, "c", "prepare", "1.1"), 0);
		hd_case_sh(c, "cd root; ! sh .hdeploy/ops/late/script outside; "
			      "test $(wc -l <begun) = 1");
	}
}

/* Its call was killed after it had made the folder. Each look costs a sleep of
 * half a second. */
static void
an_operation_that_nobody_began_is_given_up_soon(void **state)
{
	EACH_SHELL(c, state)
	{
		char sleeps[128];

		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "mkdir root/.hdeploy/ops/b");
		snprintf(
		    sleeps, sizeof(sleeps), "echo x >>%s/slept", c->folder);
		hd_sh_sleep(c->host, sleeps);
		assert_int_equal(hd_case_operate(c, "b", "prepare", "1.0"), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "its process is gone"));
		hd_case_sh(c, "test $(wc -l <slept) -lt 100");
	}
}

/* The newest operation has the oldest time, as after a clock was set back. */
static void
the_newest_operation_does_not_depend_on_the_clock(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "cd root/.hdeploy/ops; for i in $(seq 10 31); do "
			      "mkdir c-$i; echo $i >c-$i/number; "
			      "echo 0 >c-$i/status; touch -d -${i}hour c-$i; "
			      "done");
		hd_case_operate(c, "c-new", "prepare", "1.1");
		assert_string_equal(
		    hd_case_line(c, "echo $(ls root/.hdeploy/ops)"),
		    "c-12 c-13 c-14 c-15 c-16 c-17 c-18 c-19 c-20 c-21 c-22 "
		    "c-23 c-24 c-25 c-26 c-27 c-28 c-29 c-30 c-31 c-new");
		hd_case_sh(c, "touch -d 2001-01-01 root/.hdeploy/ops/c-new");
		hd_case_args(c, "token", "ann", "holder", "ann", "command",
		    "ann", "held", "0", NULL);
		assert_int_equal(hd_case_ask(c, "lock", NULL), 0);
		assert_string_equal(
		    hd_case_said(c, "operation"), "c-new prepare 0");
	}
}

/* Both calls arrive, the first one late. */
static void
an_operation_that_is_sent_twice_at_once_begins_once(void **state)
{
	EACH_SHELL(c, state)
	{
		pid_t pids[8];

		hd_case_operate(c, "a", "prepare", "1.0");
		for (size_t i = 0; i < HD_COUNT(pids); i++) {
			pids[i] = fork();
			if (pids[i] == 0)
				_exit(hd_case_operate(
				    c, "b", "health", "echo >>count; exit 5"));
		}
		for (size_t i = 0; i < HD_COUNT(pids); i++) {
			int status;

			waitpid(pids[i], &status, 0);
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), 5);
		}
		assert_string_equal(hd_case_line(c, "wc -l <root/count"), "1");
	}
}

static void
what_was_perhaps_never_begun_cannot_begin_any_more(void **state)
{
	EACH_SHELL(c, state)
	{
		c->call.unsure = "late";
		hd_case_operate(c, "a", "prepare", "1.0");
		c->call.unsure = NULL;
		assert_int_not_equal(
		    hd_case_operate(c, "late", "health", "touch x"), 0);
		hd_case_sh(c, "test ! -e root/x");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_null(hd_reply_get(&c->reply, "unfinished"));
		/* if it had begun, the next operation waits for its end */
		start_and_die(c, "begun",
		    "sleep 602 & echo $! >sleeps; echo x >begun; wait");
		c->call.unsure = "begun";
		assert_int_equal(hd_case_operate(c, "b", "prepare", "1.1"), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "still running"));
		hd_case_kill(c, "$(cut -d' ' -f1 root/.hdeploy/ops/begun/pid) "
				"$(cat root/sleeps)");
		c->call.unsure = NULL;
	}
}

/* A file is in the way of the folder, as on a full disk. */
static void
nothing_begins_while_an_earlier_beginning_may_still_arrive(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "touch root/.hdeploy/ops/late");
		c->call.unsure = "late";
		assert_int_equal(hd_case_operate(c, "b", "prepare", "1.1"), 1);
		c->call.unsure = NULL;
		assert_non_null(strstr(
		    hd_case_said(c, "failed"), "late cannot be made: mkdir: "));
		hd_case_sh(c, "test ! -e root/releases/1.1");
	}
}

/* A folder is in the way of the list, as on a full disk. */
static void
a_release_that_was_not_moved_whole_is_not_there(void **state)
{
	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c,
		    "mkdir -p new/releases/1.0 new/bin && cd new && "
		    "echo '13.0 1.0' >releases/start_erl.data && "
		    "echo x >bin/hotcode && echo x >releases/1.0/start.boot && "
		    "house=$root/.hdeploy && "
		    "tar -czf $house/tarballs/1.0.tar.gz * && "
		    "sha256sum bin/hotcode >$house/releases/1.0/manifest && "
		    "sha256sum $house/tarballs/1.0.tar.gz | "
		    "sed 's/^/sha256 /; s/ [ *].*//' "
		    ">$house/releases/1.0/record && "
		    "mkdir $house/placing.new");
		assert_int_equal(hd_case_operate(c, "b", "place", "1.0"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    ".hdeploy/placing cannot be written"));
		hd_case_sh(c, "test ! -e root/releases/start_erl.data && "
			      "rmdir root/.hdeploy/placing.new");
		assert_int_equal(hd_case_operate(c, "c", "place", "1.0"), 0);
		hd_case_sh(c, "test -e root/releases/start_erl.data && "
			      "test -e root/bin/hotcode");
	}
}

/* As release_handler, which keeps files that exist. Busybox's tar ends at the
 * first of them. */
#define UNPACK_KEEPING                                                         \
	"PATH=/usr/bin:/bin tar -xpkzf releases/2.0/hotcode.tar.gz"
/* A kept tarball of VERSION with modes of all kinds, which an earlier hdeploy
 * accepted, and its record. */
#define LOOSE_TARBALL(version)                                                 \
	"rm -rf new && mkdir -p new/releases/" version " new/bin new/lib/a-1 " \
	"new/lib/old-1 new/etc && cd new && "                                  \
	"echo '13.0 " version "' >releases/start_erl.data && "                 \
	"echo x | tee lib/a-1/x lib/a-1/suid lib/old-1/x etc/x "               \
	"releases/" version "/start.boot releases/" version "/sys.config "     \
	"releases/" version "/vm.args >bin/hotcode-" version " && "            \
	"sed -i 's/.*/#!\\/bin\\/sh/' bin/hotcode-" version " && "             \
	"chmod -R a+rwX . && chmod 6777 lib/a-1/suid && "                      \
	"chmod 777 bin/hotcode-" version " && house=$root/.hdeploy && "        \
	"tar -czf $house/tarballs/" version ".tar.gz * && "                    \
	"sha256sum $(find * -type f ! -name start_erl.data) "                  \
	">$house/releases/" version "/manifest && "                            \
	"sha256sum $house/tarballs/" version ".tar.gz | "                      \
	"sed 's/^/sha256 /; s/ [ *].*//' >$house/releases/" version "/record"
/* No path in the root has such a mode. */
#define LOOSE                                                                  \
	"cd root && test -z \"$(find bin lib/a-1 etc releases "                \
	"'(' -perm -0020 -o -perm -0002 -o -perm -4000 -o -perm -2000 ')' "    \
	"| grep -v /RELEASES)\" && test -x bin/hotcode-"

static struct hd_pair upgrade_command = { "upgrade", "true" };
static const struct hd_pairs does_nothing = { &upgrade_command, 1, 1 };

/* tar as root, and release_handler, use the modes of the tarball. */
static void
only_the_owner_can_write_to_unpacked_files(void **state)
{
	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, LOOSE_TARBALL("1.0"));
		assert_int_equal(hd_case_operate(c, "b", "place", "1.0"), 0);
		hd_case_sh(c, LOOSE "1.0");

		hd_case_operate(c, "c", "prepare", "2.0");
		hd_case_sh(c, LOOSE_TARBALL("2.0"));
		hd_case_sh(c,
		    "cd root && rm -rf lib/a-1 etc && chmod 4755 lib/old-1/x && "
		    "printf '%s\\n' '#!/bin/sh' 'umask 0' "
		    "'" UNPACK_KEEPING "' "
		    "'echo \"{release,\\\"hotcode\\\",\\\"2.0\\\",\" "
		    ">releases/RELEASES' 'exit 0' >bin/hotcode && "
		    "chmod +x bin/hotcode");
		assert_int_equal(hd_case_operate(c, "d", "unpack", "2.0"), 0);
		hd_case_sh(c, LOOSE "2.0");
		/* that file was here already, and somebody gave it its mode */
		hd_case_sh(c, "test -u root/lib/old-1/x");

		/* no new files does not mean all files */
		c->call.driver = "script";
		c->call.commands = &does_nothing;
		hd_case_sh(c, "cd root && chmod 644 releases/RELEASES && "
			      "chmod 4755 lib/a-1/x");
		hd_case_args(c, "change", "a1", "direction", "up", NULL);
		assert_int_equal(hd_case_operate(c, "e", "install", "2.0"), 0);
		hd_case_sh(c, "test -u root/lib/a-1/x");
		c->call.commands = NULL;
	}
}

/* Output scrolls away; people read the summary. */
static void
the_reason_of_a_failed_start_is_its_last_line(void **state)
{
	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c,
		    "cd root && mkdir bin && printf '%s\\n' '#!/bin/sh' "
		    "'echo first; printf \"\\\\033[31mbeam.smp: version "
		    "\\\\140GLIBC_2.38 not found\\\\033[0m\\\\n\\\\n\"; "
		    "exit 1' >bin/hotcode && chmod +x bin/hotcode");
		assert_int_equal(hd_case_operate(c, "b", "start", "1.0"), 1);
		assert_string_equal(hd_case_said(c, "failed"),
		    "bin/hotcode daemon ended with status 1: beam.smp: version "
		    "`GLIBC_2.38 not found");
		/* a VM of its own session writes to its log */
		hd_case_sh(c,
		    "cd root && mkdir log && printf '%s\\n' '#!/bin/sh' "
		    "'printf \"%s\\\\n\" \"===== LOGGING\" \"Kernel pid "
		    "terminated\" \"\" \"Crash dump is being written to: x\" "
		    ">log/erlang.log.1; exit 1' >bin/hotcode");
		assert_int_equal(hd_case_operate(c, "c", "start", "1.0"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "/root/log/erlang.log.1: Kernel pid terminated"));
	}
}

/* As on a file system that is mounted noexec: there test -x is false too. */
static void
a_program_that_cannot_be_executed_is_not_called_missing(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		assert_int_equal(hd_case_operate(c, "b", "start", "1.0"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "/root/bin/hotcode is missing: push a release"));
		hd_case_sh(c, "cd root && mkdir bin && : >bin/hotcode");
		assert_int_equal(hd_case_operate(c, "c", "start", "1.0"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "/root/bin/hotcode cannot be executed by "));
		/* a runtime that cannot be executed is found before the move */
		hd_case_operate(c, "d", "prepare", "2.0");
		hd_case_sh(c,
		    "mkdir -p new/releases/2.0 new/erts-13.0/bin && cd new && "
		    "echo '13.0 2.0' >releases/start_erl.data && "
		    "echo '#!/bin/sh' >erts-13.0/bin/erlexec && "
		    "house=$root/.hdeploy && "
		    "tar -czf $house/tarballs/2.0.tar.gz * && "
		    "sha256sum erts-13.0/bin/erlexec "
		    ">$house/releases/2.0/manifest && "
		    "sha256sum $house/tarballs/2.0.tar.gz | "
		    "sed 's/^/sha256 /; s/ [ *].*//' "
		    ">$house/releases/2.0/record");
		assert_int_equal(hd_case_operate(c, "e", "place", "2.0"), 1);
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "does not run on this host: erlexec ended with status "
		    "126: "));
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "ermission denied"));
	}
}

/* The variables by which mix, Distillery and relx get another folder. */
static void
the_log_of_a_start_is_where_the_environment_says(void **state)
{
	static struct hd_pair own[] = {
		{ "RELEASE_TMP", "own place" },
		{ "RELEASE_MUTABLE_DIR", "own place" },
		{ "RUNNER_LOG_DIR", "own place/log" },
	};

	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c,
		    "cd root && mkdir -p bin 'own place/log' && "
		    "printf '%s\n' '#!/bin/sh' 'echo Kernel pid terminated "
		    ">\"own place/log/erlang.log.1\"; exit 1' >bin/hotcode && "
		    "chmod +x bin/hotcode");
		for (size_t i = 0; i < HD_COUNT(own); i++) {
			const struct hd_pairs env = { &own[i], 1, 1 };
			const char id[] = { (char)('b' + i), '\0' };

			c->call.env = &env;
			assert_int_equal(
			    hd_case_operate(c, id, "start", "1.0"), 1);
			assert_non_null(strstr(hd_case_said(c, "failed"),
			    "/root/own place/log/erlang.log.1: Kernel pid "
			    "terminated"));
		}
		c->call.env = NULL;
	}
}

/* The check comes before the runtime is moved into place. */
static void
a_runtime_that_does_not_run_here_is_not_placed(void **state)
{
	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c,
		    "mkdir -p new/releases/1.0 new/erts-13.0/bin && cd new && "
		    "echo '13.0 1.0' >releases/start_erl.data && "
		    "printf '%s\\n' '#!/bin/sh' 'echo \"$1: Exec format error\" "
		    ">&2; exit 126' >erts-13.0/bin/erlexec && "
		    "chmod +x erts-13.0/bin/erlexec && house=$root/.hdeploy && "
		    "tar -czf $house/tarballs/1.0.tar.gz * && "
		    "sha256sum erts-13.0/bin/erlexec "
		    ">$house/releases/1.0/manifest && "
		    "sha256sum $house/tarballs/1.0.tar.gz | "
		    "sed 's/^/sha256 /; s/ [ *].*//' "
		    ">$house/releases/1.0/record");
		assert_int_equal(hd_case_operate(c, "b", "place", "1.0"), 1);
		assert_string_equal(hd_case_said(c, "failed"),
		    "the Erlang runtime of 1.0 does not run on this host: "
		    "erlexec ended with status 126: -version: Exec format "
		    "error");
		hd_case_sh(c, "test ! -e root/erts-13.0 && "
			      "test ! -e root/releases/start_erl.data");
	}
}

/* The modes of VERSION's configuration files, one after another. */
#define CONFIG_MODES(version)                                                  \
	"cd root/releases/" version "; ls -l sys.config vm.args | "            \
	"cut -c1-10 | tr '\\n' ' '"

/* tar as root, and release_handler, ignore the umask. */
static void
others_cannot_read_unpacked_configuration(void **state)
{
	mode_t was = umask(0077);

	EACH_SHELL(c, state)
	{
		c->call.driver = "relx";
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, LOOSE_TARBALL("1.0"));
		assert_int_equal(hd_case_operate(c, "b", "place", "1.0"), 0);
		assert_string_equal(hd_case_line(c, CONFIG_MODES("1.0")),
		    "-rw------- -rw------- ");

		hd_case_operate(c, "c", "prepare", "2.0");
		hd_case_sh(c, LOOSE_TARBALL("2.0"));
		hd_case_sh(c, "cd root && printf '%s\\n' '#!/bin/sh' 'umask 0' "
			      "'" UNPACK_KEEPING "' "
			      "'echo \"{release,\\\"hotcode\\\",\\\"2.0\\\",\" "
			      ">releases/RELEASES' 'exit 0' >bin/hotcode && "
			      "chmod +x bin/hotcode");
		hd_case_operate(c, "d", "unpack", "2.0");
		assert_string_equal(hd_case_line(c, CONFIG_MODES("2.0")),
		    "-rw------- -rw------- ");
	}
	umask(was);
}

/* Then that user must be able to read it. */
static void
a_release_that_another_user_runs_can_be_read(void **state)
{
	const char *path = getenv("PATH");
	char line[8192], old[4096];
	mode_t was = umask(0077);

	snprintf(old, sizeof(old), "%s", path);
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir tools; printf '#!/bin/sh\\necho "
			      "User=somebody\\n' >tools/systemctl; "
			      "chmod 755 tools tools/systemctl");
		snprintf(line, sizeof(line), "%s/tools:%s", c->folder, old);
		setenv("PATH", line, 1);
		c->call.driver = "relx";
		c->call.service = "hotcode.service";
		c->call.service_manager = "system";
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, LOOSE_TARBALL("1.0"));
		assert_int_equal(hd_case_operate(c, "b", "place", "1.0"), 0);
		assert_string_equal(hd_case_line(c, CONFIG_MODES("1.0")),
		    "-rw-r--r-- -rw-r--r-- ");
		setenv("PATH", old, 1);
	}
	umask(was);
}

/* The digest of a large file is openssl's, if that prints one. */
static void
a_large_tarball_is_digested_with_any_tool(void **state)
{
	static const char *const prints[] = { "openssl: unknown option",
		"$(printf %%064d 0)" };
	char line[8192], old[4096];

	snprintf(old, sizeof(old), "%s", getenv("PATH"));
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		snprintf(line, sizeof(line), "%s/tools:%s", c->folder, old);
		setenv("PATH", line, 1);
		for (int wrong = 0; wrong < 2; wrong++) {
			snprintf(line, sizeof(line),
			    "mkdir -p tools; printf '#!/bin/sh\necho \"%s\"\n' "
			    ">tools/openssl; chmod 755 tools/openssl; "
			    "cd root/.hdeploy; head -c 5000000 /dev/zero "
			    ">tarballs/1.0.tar.gz; set -- $(sha256sum "
			    "tarballs/1.0.tar.gz); echo sha256 $1 "
			    ">releases/1.0/record; : >releases/1.0/manifest",
			    prints[wrong]);
			hd_case_sh(c, line);
			assert_int_equal(hd_case_operate(c, wrong ? "c" : "b",
					     "place", "1.0"),
			    1);
			assert_true(
			    (strstr(hd_case_said(c, "failed"),
				 "was changed since") != NULL) == (wrong == 1));
		}
		setenv("PATH", old, 1);
	}
}

/* The half of watch.sh: the operation was let in just before. */
static void
an_operation_does_not_begin_while_the_host_goes_back(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "touch root/.hdeploy/returning.0");
		assert_int_equal(hd_case_operate(c, "b", "prepare", "1.1"), 1);
		assert_non_null(strstr(
		    hd_case_said(c, "failed"), "is reverting by itself"));
	}
}

static void
a_house_that_cannot_be_trusted_is_refused(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, "mkdir root elsewhere; chmod 700 elsewhere; "
			      "ln -s ../elsewhere root/.hdeploy");
		assert_int_equal(hd_case_operate(c, "a", "prepare", "1.0"), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "symbolic link"));
		assert_string_equal(hd_case_line(c, "ls elsewhere"), "");
		assert_int_equal(hd_case_ask(c, "facts", NULL), 0);
		assert_non_null(
		    strstr(hd_case_said(c, "refusal"), "symbolic link"));
		hd_case_sh(c, "rm root/.hdeploy; mkdir root/.hdeploy; "
			      "chmod 755 root/.hdeploy");
		assert_int_equal(hd_case_operate(c, "b", "prepare", "1.0"), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "open to other users"));
	}
}

static void
what_a_health_check_leaves_behind_ends_with_it(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		assert_int_equal(
		    hd_case_ask(c, "health",
			"sleep 602 & echo $! >sleeps; echo up; exit 3"),
		    3);
		assert_string_equal(hd_case_said(c, "output"), "up ");
		wait_until(c, none_sleeps);
	}
}

/* A hook after a failure does not end the watcher, and a question does not. */
static void
an_operation_ends_the_watcher_and_a_command_does_not(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_operate(c, "a", "prepare", "1.0");
		hd_case_sh(c, "echo change >root/.hdeploy/watching");
		assert_int_equal(hd_case_operate(c, "b", "run", "true"), 0);
		hd_case_sh(c, "test -e root/.hdeploy/watching");
		c->call.name = "hook_on_failure";
		assert_int_equal(hd_case_operate(c, "h", "run", "true"), 0);
		c->call.name = NULL;
		hd_case_sh(c, "test -e root/.hdeploy/watching");
		hd_case_sh(c, "grep -qx hook_on_failure "
			      "root/.hdeploy/ops/h/name");
		hd_case_args(c, "unsupervised", "warn", NULL);
		hd_case_operate(c, "q", "check", "1.0");
		hd_case_sh(c, "test -e root/.hdeploy/watching");
		assert_int_equal(hd_case_operate(c, "c", "prepare", "1.0"), 0);
		hd_case_sh(c, "test ! -e root/.hdeploy/watching");
	}
}

/* The grep of a busybox on musl does so. */
static void
a_grep_that_reads_up_to_a_zero_byte_is_enough(void **state)
{
	char *path = hd_strdup(getenv("PATH"));

	EACH_SHELL(c, state)
	{
		char shim[8192];

		hd_case_sh(c,
		    "mkdir bin; printf '#!/bin/sh\\ncase \"$*\" in\\n"
		    "*/cmdline*) exit 1 ;;\\nesac\\nexec %s \"$@\"\\n' "
		    "$(command -v grep) >bin/grep; chmod +x bin/grep");
		snprintf(shim, sizeof(shim), "%s/bin:%s", c->folder, path);
		setenv("PATH", shim, 1);
		hd_case_operate(c, "a", "prepare", "1.0");
		assert_int_equal(
		    hd_case_operate(c, "b", "health", "sleep 1"), 0);
		setenv("PATH", path, 1);
	}
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(prepare_makes_a_folder_that_only_its_owner_can_enter),
		TEST_EACH(bad_versions_are_refused_on_the_host_too),
		TEST_EACH(output_and_status_of_an_operation_come_back),
		TEST_EACH(output_without_end_does_not_fill_the_disk),
		TEST_EACH(the_end_of_an_operation_wakes_its_follower),
		TEST_EACH(
		    no_program_of_an_operation_holds_a_pipe_of_its_follower),
		TEST_EACH(output_is_passed_on_raw_and_cannot_be_an_answer),
		TEST_EACH(
		    an_operation_that_is_there_is_followed_and_not_started_again),
		TEST_EACH(secrets_reach_the_service_and_lie_nowhere),
		TEST_EACH(a_deadline_ends_the_whole_session),
		TEST_EACH(
		    an_operation_outlives_its_caller_and_can_be_followed_later),
		TEST_EACH(
		    an_operation_that_was_killed_has_no_status_but_an_end),
		TEST_EACH(
		    an_operation_whose_outer_half_was_killed_tells_its_result),
		TEST_EACH(the_work_of_a_killed_inner_half_is_waited_for),
		TEST_EACH(
		    a_follower_keeps_the_deadline_of_a_half_that_was_killed),
		TEST_EACH(an_operation_given_up_before_it_began_never_begins),
		TEST_EACH(an_operation_that_nobody_began_is_given_up_soon),
		TEST_EACH(the_newest_operation_does_not_depend_on_the_clock),
		TEST_EACH(an_operation_that_is_sent_twice_at_once_begins_once),
		TEST_EACH(what_was_perhaps_never_begun_cannot_begin_any_more),
		TEST_EACH(
		    nothing_begins_while_an_earlier_beginning_may_still_arrive),
		TEST_EACH(a_release_that_was_not_moved_whole_is_not_there),
		TEST_EACH(the_reason_of_a_failed_start_is_its_last_line),
		TEST_EACH(
		    a_program_that_cannot_be_executed_is_not_called_missing),
		TEST_EACH(the_log_of_a_start_is_where_the_environment_says),
		TEST_EACH(a_runtime_that_does_not_run_here_is_not_placed),
		TEST_EACH(only_the_owner_can_write_to_unpacked_files),
		TEST_EACH(others_cannot_read_unpacked_configuration),
		TEST_EACH(a_release_that_another_user_runs_can_be_read),
		TEST_EACH(a_large_tarball_is_digested_with_any_tool),
		TEST_EACH(an_operation_does_not_begin_while_the_host_goes_back),
		TEST_EACH(an_operation_ends_the_watcher_and_a_command_does_not),
		TEST_EACH(a_house_that_cannot_be_trusted_is_refused),
		TEST_EACH(what_a_health_check_leaves_behind_ends_with_it),
		TEST_EACH(a_grep_that_reads_up_to_a_zero_byte_is_enough),
	};

	return cmocka_run_group_tests_name(
	    "remote operation", tests, NULL, NULL);
}
