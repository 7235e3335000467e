#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include "core/base/clock.h"
#include "core/base/fs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * How the VM is found and asked. A script named beam.smp that waits for ever
 * stands in for the VM, another for erl_call.
 */
enum { BEAMS = 3 };

struct host {
	struct hd_case c;
	pid_t beams[BEAMS];
	size_t nbeams;
};

static int
begin(void **state)
{
	static struct host hosts[HD_COUNT(hd_case_shells)];

	for (size_t i = 0; i < HD_COUNT(hosts); i++) {
		struct host *h = &hosts[i];

		h->nbeams = 0;
		hd_case_begin(&h->c, hd_case_shells[i]);
		hd_case_hurry(&h->c);
		hd_case_sh(&h->c,
		    "mkdir -p root/erts/bin && cd root/erts/bin && "
		    "mkfifo wait && echo 1 >status && : >answer && "
		    "printf '#!/bin/sh\\nread x <%s/erts/bin/wait\\n' $root "
		    ">beam.smp && printf '#!/bin/sh\\ncd %s/erts/bin\\n"
		    "echo \"$@\" >>asked\\ncat \"$HOME/.erlang.cookie\" "
		    ">>cookies\\necho \"$HOME\" >home\\ncat >/dev/null\\n"
		    "cat answer\\nexit $(cat status)\\n' $root >erl_call && "
		    "printf '#!/bin/sh\\ncat %s/erts/bin/names\\n' $root "
		    ">epmd && : >names && chmod +x beam.smp erl_call epmd");
	}
	*state = hosts;
	return 0;
}

static void
end_beams(struct host *h)
{
	for (size_t i = 0; i < h->nbeams; i++) {
		kill(h->beams[i], SIGKILL);
		waitpid(h->beams[i], NULL, 0);
	}
	h->nbeams = 0;
}

static int
end(void **state)
{
	struct host *hosts = *state;

	for (size_t i = 0; i < HD_COUNT(hd_case_shells); i++) {
		end_beams(&hosts[i]);
		hd_case_end(&hosts[i].c);
	}
	return 0;
}

#define EACH(h, state)                                                         \
	for (struct host *h = *(state);                                        \
	     h < (struct host *)*(state) + HD_COUNT(hd_case_shells); h++)

/* It has become the script: until then it is this program. */
static bool
is_beam(pid_t pid)
{
	HD_AUTO_STR name = HD_STR_INIT(64);
	struct hd_err err;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	return hd_fs_read(path, &name, &err) == 0 &&
	       strstr(name.ptr, "beam") != NULL;
}

/* boot: what -boot names; root: what -root does. */
static pid_t
start_beam(struct host *h, const char *root, const char *boot)
{
	char path[160], bin[128];
	pid_t pid = fork();

	snprintf(bin, sizeof(bin), "%s/erts/bin", h->c.root);
	snprintf(path, sizeof(path), "%s/beam.smp", bin);
	if (pid == 0) {
		execl(path, path, "-S", "1:1", "--", "-root", root, "-bindir",
		    bin, "--", "-boot", boot, "-name", "n@127.0.0.1",
		    "-setcookie", "a cookie's \"bits\"", "-extra", "-root",
		    "/other", (char *)NULL);
		_exit(127);
	}
	h->beams[h->nbeams++] = pid;
	for (int i = 0; i < 1000 && !is_beam(pid); i++)
		hd_clock_sleep(4);
	return pid;
}

static pid_t
start_vm(struct host *h)
{
	return start_beam(h, h->c.root, "/x/releases/1.0/start");
}

static void
answer(struct host *h, pid_t pid, const char *state, int status)
{
	char line[512];

	snprintf(line, sizeof(line),
	    "cd root/erts/bin && echo %d >status && printf '%%s' "
	    "'{ok, [\"vm_state %s\", \"vm_pid %d\", \"vm_script 1.0\", "
	    "\"vm_release 1.0 permanent\", [], \"bad\", \"xm_forged 1\",\n"
	    " \"vm_process init 0.0.0 -\"]}' >answer",
	    status, state, (int)pid);
	hd_case_sh(&h->c, line);
}

static const char *
vm_of(struct host *h)
{
	assert_int_equal(hd_case_ask(&h->c, "facts", NULL), 0);
	return hd_case_said(&h->c, "vm");
}

static void
no_beam_is_down(void **state)
{
	EACH(h, state)
	assert_string_equal(vm_of(h), "down");
}

static void
the_answer_of_the_vm_becomes_facts(void **state)
{
	EACH(h, state)
	{
		answer(h, start_vm(h), "started", 0);
		assert_string_equal(vm_of(h), "up");
		assert_string_equal(hd_case_said(&h->c, "vm_script"), "1.0");
		assert_string_equal(
		    hd_case_said(&h->c, "vm_process"), "init 0.0.0 -");
		assert_null(hd_reply_get(&h->c.reply, "xm_forged"));
		assert_null(hd_reply_get(&h->c.reply, "bad"));
		assert_null(hd_reply_get(&h->c.reply, "vm_state"));
	}
}

static void
the_cookie_travels_in_a_private_home_that_is_gone_afterwards(void **state)
{
	EACH(h, state)
	{
		answer(h, start_vm(h), "started", 0);
		assert_string_equal(vm_of(h), "up");
		assert_string_equal(
		    hd_case_line(&h->c, "cat root/erts/bin/cookies"),
		    "a cookie's \"bits\"");
		hd_case_sh(&h->c, "cd root/erts/bin && ! grep cookie asked && "
				  "test -s home && test ! -e \"$(cat home)\"");
	}
}

static void
helpers_and_other_roots_are_not_the_vm(void **state)
{
	EACH(h, state)
	{
		start_beam(h, h->c.root, "no_dot_erlang");
		start_beam(h, h->c.root, "/x/releases/1.0/start_clean");
		start_beam(h, "/elsewhere", "/x/releases/1.0/start");
		assert_string_equal(vm_of(h), "down");
	}
}

static void
a_vm_started_through_a_link_is_found(void **state)
{
	EACH(h, state)
	{
		char link[128];

		snprintf(link, sizeof(link), "%s/link", h->c.folder);
		hd_case_sh(&h->c, "ln -s root link");
		answer(h, start_beam(h, link, "/x/releases/1.0/start"),
		    "started", 0);
		assert_string_equal(vm_of(h), "up");
	}
}

static void
two_vms_of_one_root_are_unreachable(void **state)
{
	EACH(h, state)
	{
		answer(h, start_vm(h), "started", 0);
		start_vm(h);
		assert_non_null(strstr(vm_of(h), "is not alone"));
	}
}

static void
another_node_of_that_name_is_not_believed(void **state)
{
	EACH(h, state)
	{
		answer(h, start_vm(h) + 1, "started", 0);
		assert_non_null(strstr(vm_of(h), "another node is named"));
		assert_null(hd_reply_get(&h->c.reply, "vm_script"));
	}
}

static void
a_vm_that_does_not_answer_in_time_is_unreachable(void **state)
{
	EACH(h, state)
	{
		start_vm(h);
		hd_case_sh(&h->c, "echo 142 >root/erts/bin/status");
		assert_int_equal(
		    strncmp(vm_of(h), "unreachable process ", 20), 0);
		assert_non_null(strstr(vm_of(h), "gave no answer in time"));
	}
}

static void
a_refusal_of_a_registered_node_is_blamed_on_the_cookie(void **state)
{
	EACH(h, state)
	{
		start_vm(h);
		hd_case_sh(
		    &h->c, "echo 'name n at port 4' >root/erts/bin/names");
		assert_non_null(strstr(vm_of(h), "another cookie"));
		assert_string_equal(
		    hd_case_line(&h->c, "wc -l <root/erts/bin/asked"), "3");
	}
}

static void
a_vm_that_is_starting_is_waited_for_and_not_believed(void **state)
{
	struct host *h = *state;
	int asked;

	answer(h, start_vm(h), "starting", 0);
	assert_non_null(strstr(vm_of(h), "is starting or stopping"));
	assert_string_equal(hd_case_said(&h->c, "vm_state"), "starting");
	asked = atoi(hd_case_line(&h->c, "wc -l <root/erts/bin/asked"));
	assert_in_range(asked, 5, 15);
}

static void
a_vm_that_goes_away_while_it_is_asked_is_down(void **state)
{
	EACH(h, state)
	{
		char line[128];

		snprintf(line, sizeof(line),
		    "cd root/erts/bin && printf '#!/bin/sh\\nkill -9 %d\\n"
		    "exit 1\\n' >new && chmod +x new && mv new erl_call",
		    (int)start_vm(h));
		hd_case_sh(&h->c, line);
		assert_string_equal(vm_of(h), "down");
	}
}

static void
what_lies_on_the_host_cannot_forge_a_fact(void **state)
{
	EACH(h, state)
	{
		hd_case_sh(&h->c,
		    "cd root && mkdir -p releases/1.0 '.hdeploy/releases/1.0' "
		    "'releases/x\nvm up' && touch 'releases/x\nvm up/start.boot'"
		    " releases/1.0/start.boot && chmod 700 .hdeploy && "
		    "printf '{\"command\":\"upgrade\",\"a\":"
		    "\"\\033[31m\\r\\303\\244\"}\\nvm up\\n' "
		    ">.hdeploy/history.jsonl && printf '13.0 1.0\\033' "
		    ">releases/start_erl.data");
		assert_string_equal(vm_of(h), "down");
		assert_string_equal(hd_case_said(&h->c, "history"),
		    "{\"command\":\"upgrade\",\"a\":\"?[31m?\?\?\"}");
		assert_string_equal(hd_case_said(&h->c, "boot"), "");
		assert_string_equal(hd_case_said(&h->c, "unpacked"), "1.0");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_beam_is_down),
		TEST(the_answer_of_the_vm_becomes_facts),
		TEST(
		    the_cookie_travels_in_a_private_home_that_is_gone_afterwards),
		TEST(helpers_and_other_roots_are_not_the_vm),
		TEST(a_vm_started_through_a_link_is_found),
		TEST(two_vms_of_one_root_are_unreachable),
		TEST(another_node_of_that_name_is_not_believed),
		TEST(a_vm_that_does_not_answer_in_time_is_unreachable),
		TEST(a_refusal_of_a_registered_node_is_blamed_on_the_cookie),
		TEST(a_vm_that_is_starting_is_waited_for_and_not_believed),
		TEST(a_vm_that_goes_away_while_it_is_asked_is_down),
		TEST(what_lies_on_the_host_cannot_forge_a_fact),
	};

	return cmocka_run_group_tests_name("remote vm", tests, NULL, NULL);
}
