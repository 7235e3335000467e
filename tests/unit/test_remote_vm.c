#define _XOPEN_SOURCE 700 /* setreuid */

#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/fs.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * How hdeploy finds and asks the VM. A script named beam.smp that waits forever
 * stands in for the VM, another script for erl_call; the test itself listens on
 * the port.
 */
enum { BEAMS = 4, NOBODY = 65534 };

struct host {
	struct hd_case c;
	pid_t beams[BEAMS];
	size_t nbeams;
	int listener;
};

/* A port where that user listens. */
static int
listen_as(struct host *h, uid_t user)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	uid_t before = geteuid();

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (user != before)
		assert_int_equal(seteuid(user), 0);
	h->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(fcntl(h->listener, F_SETFD, FD_CLOEXEC), 0);
	if (user != before)
		assert_int_equal(seteuid(before), 0);
	assert_int_equal(bind(h->listener, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(h->listener, 1), 0);
	assert_int_equal(
	    getsockname(h->listener, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.sin_port);
}

/* The answer of epmd. */
static void
register_port(struct host *h, int port)
{
	char line[128];

	snprintf(line, sizeof(line),
	    "cd root/erts-13.1/bin && echo 'name n at port %d' >names", port);
	hd_case_sh(&h->c, line);
}

static int
begin(void **state)
{
	static struct host hosts[HD_COUNT(hd_case_shells)];

	hd_case_turn();
	for (size_t i = 0; i < hd_case_nshells; i++) {
		struct host *h = &hosts[i];

		h->nbeams = 0;
		h->listener = -1;
		hd_case_begin(&h->c, hd_case_shells[i]);
		hd_case_hurry(&h->c);
		hd_case_sh(&h->c,
		    "mkdir -p root/erts-13.1/bin && cd root/erts-13.1/bin && "
		    "mkfifo wait && echo 1 >status && : >answer && "
		    "printf '#!/bin/sh\\nread x <%s/erts-13.1/bin/wait\\n' $root "
		    ">beam.smp && printf '#!/bin/sh\\ncd %s/erts-13.1/bin\\n"
		    "echo \"$@\" >>asked\\ncat \"$HOME/.erlang.cookie\" "
		    ">>cookies\\necho \"$HOME\" >home\\ncat >/dev/null\\n"
		    "cat answer\\nexit $(cat status)\\n' $root >erl_call && "
		    "printf '#!/bin/sh\\ncat %s/erts-13.1/bin/names\\n' $root "
		    ">epmd && chmod +x beam.smp erl_call epmd");
		register_port(h, listen_as(h, geteuid()));
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

	for (size_t i = 0; i < hd_case_nshells; i++) {
		end_beams(&hosts[i]);
		close(hosts[i].listener);
		hd_case_end(&hosts[i].c);
	}
	return 0;
}

#define EACH(h, state)                                                         \
	for (struct host *h = *(state);                                        \
	     h < (struct host *)*(state) + hd_case_nshells; h++)

/* Whether the child has become the script: until then it is this program. */
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

struct beam {
	const char *root, *boot, *bin; /* what -root, -boot, -bindir name */
	uid_t real, effective;
	const char *node;         /* NULL: n@127.0.0.1 */
	const char *flag, *value; /* one more, NULL: none */
};

static pid_t
start_beam_as(struct host *h, const struct beam *b)
{
	const char *node = b->node ? b->node : "n@127.0.0.1";
	char path[160];
	pid_t pid = fork();

	snprintf(path, sizeof(path), "%s/erts-13.1/bin/beam.smp", h->c.root);
	if (pid == 0) {
		if (b->real != getuid() && setreuid(b->real, b->effective) < 0)
			_exit(126);
		execl(path, path, "-S", "1:1", "--", "-root", b->root,
		    "-bindir", b->bin, "--", "-boot", b->boot,
		    *node ? "-name" : "-x", *node ? node : "x", "-setcookie",
		    "a cookie's \"bits\"", b->flag ? b->flag : "-x",
		    b->value ? b->value : "x", "-extra", "-root", "/other",
		    (char *)NULL);
		_exit(127);
	}
	h->beams[h->nbeams++] = pid;
	for (int i = 0; i < 1000 && !is_beam(pid); i++)
		hd_clock_sleep(4);
	return pid;
}

static pid_t
start_beam(struct host *h, const char *root, const char *boot)
{
	char bin[128];

	snprintf(bin, sizeof(bin), "%s/erts-13.1/bin", h->c.root);
	return start_beam_as(h, &(struct beam){ .root = root,
				    .boot = boot,
				    .bin = bin,
				    .real = getuid(),
				    .effective = geteuid() });
}

/* Starts the VM with that name and flag. */
static pid_t
start_told(
    struct host *h, const char *node, const char *flag, const char *value)
{
	char bin[128];

	snprintf(bin, sizeof(bin), "%s/erts-13.1/bin", h->c.root);
	return start_beam_as(h, &(struct beam){ .root = h->c.root,
				    .boot = "/x/releases/1.0/start",
				    .bin = bin,
				    .real = getuid(),
				    .effective = geteuid(),
				    .node = node,
				    .flag = flag,
				    .value = value });
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
	    "cd root/erts-13.1/bin && echo %d >status && printf '%%s' "
	    "'{ok, [\"vm_init %s\", \"vm_pid %d\", \"vm_script 1.0\", "
	    "\"vm_releases 1.0 permanent\", [], \"bad\", \"xm_forged 1\",\n"
	    " \"vm_processes init 0.0.0 -\"]}' >answer",
	    status, state, (int)pid);
	hd_case_sh(&h->c, line);
}

/* Its state, or why it was not reached. */
static const char *
vm_of(struct host *h)
{
	const char *vm;

	assert_int_equal(hd_case_ask(&h->c, "facts", NULL), 0);
	vm = hd_case_said(&h->c, "vm_state");
	return strcmp(vm, "unreachable") == 0 ? hd_case_said(&h->c, "vm_why")
					      : vm;
}

/* Each call has a HOME of its own, which contains only the cookie. */
static void
the_home_of_the_cookie_is_in_our_own_folder(void **state)
{
	char here[128];

	setenv("TMPDIR", "/nowhere", 1);
	EACH(h, state)
	{
		snprintf(here, sizeof(here), "%s/.hdeploy/home.", h->c.root);
		hd_case_sh(&h->c, "mkdir -m 700 root/.hdeploy; "
				  "mkdir root/.hdeploy/home.4194305.x; "
				  "mkdir root/.hdeploy/home.$PPID.x");
		answer(h, start_vm(h), "started", 0);
		assert_string_equal(vm_of(h), "up");
		if (strncmp(hd_case_line(&h->c, "cat root/erts-13.1/bin/home"),
			here, strlen(here)) != 0)
			fail_msg("%s",
			    hd_case_line(&h->c, "cat root/erts-13.1/bin/home"));
		/* the home of a killed script is removed, that of a live one is
		 * not */
		assert_string_equal(
		    hd_case_line(&h->c,
			"cd root/.hdeploy; [ \"$(echo home.*)\" = "
			"home.$PPID.x ] && echo yes"),
		    "yes");
	}
	unsetenv("TMPDIR");
}

static void
a_home_that_cannot_be_made_is_named(void **state)
{
	const char *was = getenv("PATH");
	HD_AUTO_STR path = HD_STR_INIT(8192);
	HD_AUTO_STR old = HD_STR_INIT(8192);

	hd_str_add(&old, was);
	EACH(h, state)
	{
		hd_case_sh(&h->c,
		    "mkdir tools; printf '#!/bin/sh\n"
		    "echo mktemp: no room >&2; exit 1\n' >tools/mktemp; "
		    "chmod +x tools/mktemp");
		answer(h, start_vm(h), "started", 0);
		hd_str_addf(&path, "%s/tools:%s", h->c.folder, old.ptr);
		setenv("PATH", path.ptr, 1);
		assert_non_null(strstr(vm_of(h),
		    "cannot be queried: no private folder for its cookie: "
		    "mktemp: no room"));
		setenv("PATH", old.ptr, 1);
		hd_str_done(&path);
	}
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
		    hd_case_said(&h->c, "vm_processes"), "init 0.0.0 -");
		assert_null(hd_reply_get(&h->c.reply, "xm_forged"));
		assert_null(hd_reply_get(&h->c.reply, "bad"));
		assert_null(hd_reply_get(&h->c.reply, "vm_init"));
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
		    hd_case_line(&h->c, "cat root/erts-13.1/bin/cookies"),
		    "a cookie's \"bits\"");
		hd_case_sh(&h->c,
		    "cd root/erts-13.1/bin && ! grep cookie asked && "
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
		/* Castle's, which has the node's own vm.args */
		start_beam(h, h->c.root, "/x/releases/1.0/preboot");
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
		hd_case_sh(&h->c, "echo 142 >root/erts-13.1/bin/status");
		assert_int_equal(strncmp(vm_of(h), "process ", 8), 0);
		assert_non_null(strstr(vm_of(h), "gave no answer within "));
	}
}

static void
a_refusal_is_told_with_what_was_tried(void **state)
{
	EACH(h, state)
	{
		start_vm(h);
		hd_case_sh(
		    &h->c, "echo failed to connect >root/erts-13.1/bin/answer");
		assert_non_null(strstr(vm_of(h),
		    "did not accept erl_call with the cookie that it was "
		    "started with: failed to connect"));
		assert_string_equal(
		    hd_case_line(&h->c, "wc -l <root/erts-13.1/bin/asked"),
		    "3");
	}
}

static void
an_erl_call_that_crashes_is_not_asked_again(void **state)
{
	EACH(h, state)
	{
		start_vm(h);
		hd_case_sh(&h->c, "echo 139 >root/erts-13.1/bin/status");
		assert_non_null(
		    strstr(vm_of(h), "erl_call was killed by signal 11"));
	}
}

/* Whether erl_call ran at all. */
static bool
was_asked(struct host *h)
{
	return strcmp(
		   hd_case_line(&h->c,
		       "cat root/erts-13.1/bin/asked 2>/dev/null || echo no"),
		   "no") != 0;
}

static void
the_port_is_asked_and_not_epmd_again(void **state)
{
	EACH(h, state)
	{
		answer(h, start_vm(h), "started", 0);
		assert_string_equal(vm_of(h), "up");
		hd_case_sh(&h->c,
		    "cd root/erts-13.1/bin && read x x x x port <names && "
		    "grep -qF -e \"-address 127.0.0.1:$port -R\" asked");
	}
}

static void
an_old_runtime_is_asked_by_name(void **state)
{
	EACH(h, state)
	{
		answer(h, start_vm(h), "started", 0);
		end_beams(h);
		hd_case_sh(&h->c,
		    "cd root && ln -s erts-13.1 erts-10.3 && cd erts-10.3/bin "
		    "&& printf '#!/bin/sh\\necho \"$@\" >>'$root/erts-13.1/bin"
		    "'/asked\\n' >erl_call");
		start_beam_as(h, &(struct beam){ .root = h->c.root,
				     .boot = "/x/releases/1.0/start",
				     .bin = "/y/erts-10.3/bin",
				     .real = getuid(),
				     .effective = geteuid() });
		assert_int_equal(strncmp(vm_of(h), "process ", 8), 0);
		hd_case_sh(&h->c, "grep -qF -e '-name n@127.0.0.1 -R' "
				  "root/erts-13.1/bin/asked");
	}
}

/* A VM that is started from now on has that port open itself. */
static void
lend_listener(struct host *h)
{
	assert_int_equal(fcntl(h->listener, F_SETFD, 0), 0);
}

static void
take_listener(struct host *h)
{
	assert_int_equal(fcntl(h->listener, F_SETFD, FD_CLOEXEC), 0);
}

static const struct {
	const char *names, *says;
} forgetful[] = {
	{ "epmd: up and running on port 4369 with data:",
	    "is not known to epmd on port 4369: an epmd that was restarted" },
	{ "epmd: Cannot connect to local epmd",
	    "is not known to epmd: no epmd runs on port 4369 any more" },
	{ "epmd: what?", "is not known to epmd: epmd: what?" },
};

static void
epmd_says(struct host *h, const char *names)
{
	char line[160];

	snprintf(
	    line, sizeof(line), "echo '%s' >root/erts-13.1/bin/names", names);
	hd_case_sh(&h->c, line);
}

static void
a_node_that_epmd_does_not_know_is_told_and_asked_at_its_own_port(void **state)
{
	EACH(h, state)
	{
		hd_case_sh(&h->c,
		    "cp root/erts-13.1/bin/names root/erts-13.1/bin/port");
		lend_listener(h);
		answer(h, start_vm(h), "started", 0);
		take_listener(h);
		for (size_t i = 0; i < HD_COUNT(forgetful); i++) {
			epmd_says(h, forgetful[i].names);
			assert_string_equal(vm_of(h), "up");
			assert_int_equal(
			    strncmp(hd_case_said(&h->c, "vm_lost"),
				forgetful[i].says, strlen(forgetful[i].says)),
			    0);
		}
		hd_case_sh(&h->c,
		    "cd root/erts-13.1/bin && read x x x x port <port && "
		    "test $(grep -cF -e \"-address 127.0.0.1:$port -R\" asked) "
		    "= 3");
	}
}

static void
a_node_that_epmd_and_the_kernel_do_not_know_is_not_asked(void **state)
{
	EACH(h, state)
	{
		start_vm(h);
		epmd_says(h, forgetful[1].names);
		assert_non_null(strstr(vm_of(h), forgetful[1].says));
		assert_false(was_asked(h));
	}
}

/* The port was a guess: the message does not mention the cookie. */
static void
a_port_of_its_own_that_lets_nobody_in_is_not_the_cookie_s_fault(void **state)
{
	EACH(h, state)
	{
		epmd_says(h, forgetful[1].names);
		lend_listener(h);
		start_vm(h);
		take_listener(h);
		assert_non_null(strstr(vm_of(h), forgetful[1].says));
		assert_null(strstr(hd_case_said(&h->c, "vm_why"), "cookie"));
	}
}

static void
a_node_without_epmd_is_asked_at_the_port_that_it_was_told(void **state)
{
	EACH(h, state)
	{
		char port[8];

		snprintf(port, sizeof(port), "%s",
		    hd_case_line(
			&h->c, "sed 's/.* //' root/erts-13.1/bin/names"));
		epmd_says(h, forgetful[1].names);
		answer(h, start_told(h, NULL, "-erl_epmd_port", port),
		    "started", 0);
		assert_string_equal(vm_of(h), "up");
		assert_string_equal(hd_case_said(&h->c, "vm_lost"), "");
		end_beams(h);
		start_told(h, NULL, "-erl_epmd_port", "1");
		assert_non_null(strstr(vm_of(h),
		    "does not listen on port 1, which -erl_epmd_port names"));
	}
}

static void
a_node_with_an_epmd_of_its_own_is_asked_and_nothing_is_wrong(void **state)
{
	EACH(h, state)
	{
		epmd_says(h, forgetful[0].names);
		lend_listener(h);
		answer(h, start_told(h, NULL, "-epmd_module", "my_epmd"),
		    "started", 0);
		take_listener(h);
		assert_string_equal(vm_of(h), "up");
		assert_string_equal(hd_case_said(&h->c, "vm_lost"), "");
	}
}

/* Asking again does not help either. */
static void
a_node_that_nobody_can_ask_is_told_at_once(void **state)
{
	static const struct {
		const char *flag, *value, *says;
	} told[] = {
		{ "-proto_dist", "inet_tls",
		    "speaks TLS to other nodes "
		    "(-proto_dist inet_tls)" },
		{ "-proto_dist", "inet6_tls", "(-proto_dist inet6_tls)" },
		{ "-proto_dist", "inet_tcp", NULL },
	};

	EACH(h, state)
	{
		for (size_t i = 0; i < HD_COUNT(told); i++) {
			answer(h,
			    start_told(h, NULL, told[i].flag, told[i].value),
			    "started", 0);
			if (told[i].says != NULL)
				assert_non_null(strstr(vm_of(h), told[i].says));
			else
				assert_string_equal(vm_of(h), "up");
			end_beams(h);
		}
		start_told(h, "", NULL, NULL);
		assert_non_null(strstr(vm_of(h), "has no node name"));
	}
}

static void
a_host_that_does_not_resolve_is_told_as_that(void **state)
{
	HD_AUTO_FREE char *path = hd_strdup(getenv("PATH"));

	EACH(h, state)
	{
		char with[4096];

		answer(h, start_told(h, "n@app7.invalid", NULL, NULL),
		    "started", 0);
		assert_string_equal(vm_of(h), "up");
		assert_string_equal(
		    hd_case_said(&h->c, "vm_stray"), "app7.invalid");
		/* the silence of a name server is not an answer */
		hd_case_sh(&h->c,
		    "printf '#!/bin/sh\ncase $2 in app7*) exit 124;; esac\n"
		    "exec /usr/bin/getent \"$@\"\n' >getent; "
		    "chmod +x getent");
		snprintf(with, sizeof(with), "%s:%s", h->c.folder, path);
		setenv("PATH", with, 1);
		assert_string_equal(vm_of(h), "up");
		setenv("PATH", path, 1);
		assert_string_equal(hd_case_said(&h->c, "vm_stray"), "");
		end_beams(h);
		answer(
		    h, start_told(h, "n@localhost", NULL, NULL), "started", 0);
		assert_string_equal(vm_of(h), "up");
		assert_string_equal(hd_case_said(&h->c, "vm_stray"), "");
	}
}

static void
a_port_where_nobody_listens_is_not_asked(void **state)
{
	EACH(h, state)
	{
		start_vm(h);
		register_port(h, 1);
		assert_non_null(strstr(vm_of(h),
		    "does not listen on port 1, which epmd names"
		    " for it"));
		assert_false(was_asked(h));
	}
}

static void
a_port_of_another_user_is_not_asked(void **state)
{
	if (geteuid() != 0)
		skip();
	EACH(h, state)
	{
		close(h->listener);
		register_port(h, listen_as(h, NOBODY));
		start_vm(h);
		assert_non_null(strstr(vm_of(h), "for it: user id 65534 does"));
		assert_false(was_asked(h));
	}
}

/* epmd can belong to anybody: its port is above 1023. */
static void
an_epmd_that_does_not_come_to_an_end_is_given_up(void **state)
{
	static const char *const rows[] = {
		"while echo n at port 1; do :; done",
		"echo epmd: up; exec sleep 100000",
	};

	EACH(h, state)
	{
		start_vm(h);
		for (size_t i = 0; i < HD_COUNT(rows); i++) {
			char line[256];

			snprintf(line, sizeof(line),
			    "printf '#!/bin/sh\n%s\n' "
			    ">root/erts-13.1/bin/epmd",
			    rows[i]);
			hd_case_sh(&h->c, line);
			assert_non_null(
			    strstr(vm_of(h), "is not known to epmd"));
			assert_false(was_asked(h));
		}
	}
}

static pid_t
start_beam_of_another(struct host *h, uid_t effective)
{
	hd_case_sh(&h->c, "chmod 711 .");
	return start_beam_as(h, &(struct beam){ .root = h->c.root,
				    .boot = "/x/releases/1.0/start",
				    .bin = "/tmp/mallory",
				    .real = NOBODY,
				    .effective = effective });
}

static void
a_process_of_another_user_is_named_and_changes_nothing(void **state)
{
	if (geteuid() != 0)
		skip();
	EACH(h, state)
	{
		char other[32];
		pid_t pid = start_beam_of_another(h, NOBODY);

		snprintf(other, sizeof(other), "%d nobody", (int)pid);
		assert_string_equal(vm_of(h), "down");
		assert_string_equal(hd_case_said(&h->c, "vm_others"), other);
		assert_false(was_asked(h));
		answer(h, start_vm(h), "started", 0);
		assert_string_equal(vm_of(h), "up");
		assert_string_equal(hd_case_said(&h->c, "vm_others"), other);
	}
}

/* Puts pid into a unit of the system; false if it cannot make cgroups. */
static bool
enter_unit(struct host *h, pid_t pid, const char *unit)
{
	char line[512];

	snprintf(line, sizeof(line),
	    "for at in /sys/fs/cgroup/systemd /sys/fs/cgroup; do "
	    "{ mkdir -p $at/system.slice/%s && "
	    "echo %d >$at/system.slice/%s/cgroup.procs; } 2>/dev/null && "
	    "grep -q ':/system.slice/%s$' /proc/%d/cgroup && echo yes && break; "
	    "done",
	    unit, (int)pid, unit, unit, (int)pid);
	return strcmp(hd_case_line(&h->c, line), "yes") == 0;
}

static void
leave_unit(struct host *h, const char *unit)
{
	char line[256];

	end_beams(h);
	snprintf(line, sizeof(line),
	    "for at in /sys/fs/cgroup/systemd /sys/fs/cgroup; do "
	    "rmdir $at/system.slice/%s $at/system.slice; done 2>/dev/null; :",
	    unit);
	hd_case_sh(&h->c, line);
}

static void
a_process_of_another_user_in_our_unit_is_the_vm(void **state)
{
	struct host *h = *state;
	char unit[64];
	bool can;

	if (geteuid() != 0)
		skip();
	snprintf(unit, sizeof(unit), "hd-test-%d.service", (int)getpid());
	h->c.call.service = unit;
	h->c.call.service_manager = "system";
	can = enter_unit(h, start_beam_of_another(h, NOBODY), unit);
	if (can) {
		assert_int_equal(strncmp(vm_of(h), "process ", 8), 0);
		h->c.call.service = "another.service";
		assert_string_equal(vm_of(h), "down");
	}
	leave_unit(h, unit);
	if (!can)
		skip();
}

static void
a_program_with_set_id_bits_is_another_users(void **state)
{
	if (geteuid() != 0)
		skip();
	EACH(h, state)
	{
		start_beam_of_another(h, 0);
		assert_string_equal(vm_of(h), "down");
		assert_false(was_asked(h));
	}
}

static void
a_vm_of_another_root_of_that_name_is_not_ours(void **state)
{
	if (geteuid() != 0)
		skip();
	EACH(h, state)
	{
		pid_t pid;

		hd_case_sh(&h->c, "cp -R root other");
		pid = fork();
		if (pid == 0) {
			execlp("unshare", "unshare", "-m", "sh", "-c",
			    "mount --bind \"$1/other\" \"$1/root\" && exec "
			    "\"$1/root/erts-13.1/bin/beam.smp\" -root "
			    "\"$1/root\" -boot x/start -name n@127.0.0.1 "
			    "-bindir \"$1/root/erts-13.1/bin\" -extra x",
			    "sh", h->c.folder, (char *)NULL);
			_exit(127);
		}
		h->beams[h->nbeams++] = pid;
		for (int i = 0; i < 1000 && !is_beam(pid); i++)
			hd_clock_sleep(4);
		if (!is_beam(pid))
			skip();
		assert_string_equal(vm_of(h), "down");
	}
}

static void
a_runtime_outside_the_root_is_not_run(void **state)
{
	EACH(h, state)
	{
		start_beam_as(h, &(struct beam){ .root = h->c.root,
				     .boot = "/x/releases/1.0/start",
				     .bin = "/tmp/mallory/bin",
				     .real = getuid(),
				     .effective = geteuid() });
		assert_non_null(
		    strstr(vm_of(h), "its Erlang runtime is not in "));
		assert_false(was_asked(h));
	}
}

static const struct {
	const char *change, *says;
	bool as_root;
} writable[] = {
	{ "chmod o+w erl_call", "erl_call can be written to by everybody",
	    false },
	{ "chmod o+w .", "bin can be written to by everybody", false },
	{ "chmod o+w ..", "erts-13.1 can be written to by everybody", false },
	{ "chmod o+w epmd", "epmd can be written to by everybody", false },
	{ "mv erl_call /$root/../x && ln -s $root/../x erl_call && "
	  "chmod o+w $root/../x",
	    "x can be written to by everybody", false },
	{ "chgrp 65534 . && chmod g+w .", "bin can be written to by group",
	    true },
	{ "chown 65534 erl_call", "erl_call belongs to", true },
	{ "chown 65534 ..", "erts-13.1 belongs to", true },
};

static void
a_program_that_others_can_replace_is_not_run(void **state)
{
	struct host *h = *state;

	start_vm(h);
	for (size_t i = 0; i < HD_COUNT(writable); i++) {
		char line[160];

		if (writable[i].as_root && geteuid() != 0)
			continue;
		hd_case_sh(&h->c, "cp -Rp root/erts-13.1 keep");
		snprintf(line, sizeof(line), "cd root/erts-13.1/bin && %s",
		    writable[i].change);
		hd_case_sh(&h->c, line);
		if (strstr(vm_of(h), writable[i].says) == NULL)
			fail_msg("%s: %s", writable[i].change,
			    hd_case_said(&h->c, "vm_why"));
		assert_false(was_asked(h));
		hd_case_sh(
		    &h->c, "rm -rf root/erts-13.1 && mv keep root/erts-13.1");
	}
}

static void
a_vm_that_is_starting_is_waited_for_and_not_believed(void **state)
{
	struct host *h = *state;
	int asked;

	answer(h, start_vm(h), "starting", 0);
	assert_non_null(strstr(vm_of(h), "is starting or stopping"));
	assert_string_equal(hd_case_said(&h->c, "vm_init"), "starting");
	asked = atoi(hd_case_line(&h->c, "wc -l <root/erts-13.1/bin/asked"));
	assert_in_range(asked, 5, 15);
}

static void
a_vm_that_goes_away_while_it_is_asked_is_down(void **state)
{
	EACH(h, state)
	{
		char line[128];

		snprintf(line, sizeof(line),
		    "cd root/erts-13.1/bin && printf '#!/bin/sh\\nkill -9 %d\\n"
		    "exit 1\\n' >new && chmod +x new && mv new erl_call",
		    (int)start_vm(h));
		hd_case_sh(&h->c, line);
		assert_string_equal(vm_of(h), "down");
	}
}

static void
files_on_the_host_cannot_forge_a_fact(void **state)
{
	EACH(h, state)
	{
		hd_case_sh(&h->c,
		    "cd root && mkdir -p releases/1.0 '.hdeploy/releases/1.0' "
		    "'releases/x\nvm up' && touch 'releases/x\nvm up/start.boot'"
		    " releases/1.0/start.boot && chmod 700 .hdeploy && "
		    "printf '{\"command\":\"upgrade\",\"a\":"
		    "\"\\033[31m\\r\\303\\244\"}\\nvm_state up\\n' "
		    ">.hdeploy/history.jsonl && printf '13.0 1.0\\033' "
		    ">releases/start_erl.data");
		assert_string_equal(vm_of(h), "down");
		assert_string_equal(hd_case_said(&h->c, "history"),
		    "{\"command\":\"upgrade\",\"a\":\"?[31m?\?\?\"}");
		assert_string_equal(hd_case_said(&h->c, "boot"), "");
		assert_string_equal(hd_case_said(&h->c, "unpacked"), "1.0");
	}
}

/* vm.args takes that from a variable that has changed since the start. */
static const char *
change(struct host *h, const char *option)
{
	static struct hd_pair now[] = { { "NODE", "n2@127.0.0.1" } };
	static struct hd_pairs env = { .v = now, .n = 1 };
	char line[256];

	snprintf(line, sizeof(line),
	    "cd root && mkdir -p bin releases/1.0 && echo 'REL_VSN=\"1.0\"' "
	    ">bin/hotcode && echo '%s ${NODE}' >releases/1.0/vm.args.src",
	    option);
	hd_case_sh(&h->c, line);
	setenv("NODE", "n1@127.0.0.1", 1);
	answer(h, start_vm(h), "started", 0);
	unsetenv("NODE");
	h->c.call.env = &env;
	assert_string_equal(vm_of(h), "up");
	end_beams(h);
	return hd_case_said(&h->c, "vm_changed");
}

static void
a_name_that_was_changed_since_the_start_is_told(void **state)
{
	EACH(h, state)
	{
		assert_string_equal(
		    change(h, "-name"), "NODE n1@127.0.0.1 n2@127.0.0.1");
		assert_string_equal(change(h, "+K"), "");
	}
}

static void
a_cookie_that_was_changed_is_told_and_not_shown(void **state)
{
	EACH(h, state)
	assert_string_equal(change(h, "-setcookie"), "NODE - -");
}

/* The VM's answers to the check before a hot install. */
static const struct checked {
	const char *policy, *answer;
	const char *failed, *note; /* a part of the text; NULL: none */
	bool again;                /* another hot attempt would fail too */
} checked[] = {
	{ "refuse",
	    "\"vm_tree mute silent 0.9.0 mute\", "
	    "\"vm_tree odd ends 0.8.0 odd_top\", \"vm_checked 6\"",
	    "application mute: <0.9.0> mute does not answer when asked for "
	    "its children; application odd: <0.8.0> odd_top would end if asked",
	    NULL, true },
	{ "refuse", "\"vm_blocked -\", \"vm_checked 0\"",
	    "release_handler is blocked and does not answer", NULL, true },
	{ "refuse",
	    "\"vm_left demo 0.9.0 demo\", \"vm_left demo 0.8.0 other\", "
	    "\"vm_more 7\", \"vm_checked 6\"",
	    "new code: <0.9.0> demo, <0.8.0> other (demo) and 7 more: stop "
	    "them",
	    NULL, true },
	{ "warn", "\"vm_left demo 0.9.0 demo\", \"vm_checked 6\"", NULL,
	    "keep their old state on new code: <0.9.0> demo", false },
	{ "refuse", "\"vm_busy 0.9.0 demo\", \"vm_checked 6\"",
	    "did not answer within 5 s", NULL, false },
	{ "warn", "\"vm_busy 0.9.0 demo\", \"vm_checked 6\"", NULL,
	    "did not answer within 5 s", false },
	{ "refuse", "\"vm_unasked 3\", \"vm_checked 6\"", NULL,
	    "whether 3 processes are supervised", false },
	{ "warn", "\"vm_left demo 0.9.0 demo\"", "did not say", NULL, false },
};

static bool
tells(struct host *h, const char *key, const char *part)
{
	const char *text = hd_reply_get(&h->c.reply, key);

	return part == NULL ? text == NULL
			    : text != NULL && strstr(text, part) != NULL;
}

static void
what_the_vm_finds_is_refused_or_told(void **state)
{
	char line[512];

	EACH(h, state)
	{
		start_vm(h);
		for (size_t i = 0; i < HD_COUNT(checked); i++) {
			const struct checked *k = &checked[i];

			snprintf(line, sizeof(line),
			    "cd root/erts-13.1/bin && echo 0 >status && "
			    "printf '%%s' '{ok, [%s]}' >answer",
			    k->answer);
			hd_case_sh(&h->c, line);
			hd_case_args(&h->c, "unsupervised", k->policy, NULL);
			hd_case_ask(&h->c, "check", "1.0");
			/* it can fail later: there are no files here */
			if ((k->failed != NULL &&
				!tells(h, "failed", k->failed)) ||
			    !tells(h, "note", k->note) ||
			    k->again != tells(h, "refused", "hot"))
				fail_msg("%s: failed %s, note %s", k->answer,
				    hd_case_said(&h->c, "failed"),
				    hd_case_said(&h->c, "note"));
			hd_reply_done(&h->c.reply);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_home_of_the_cookie_is_in_our_own_folder),
		TEST(a_home_that_cannot_be_made_is_named),
		TEST(no_beam_is_down),
		TEST(the_answer_of_the_vm_becomes_facts),
		TEST(
		    the_cookie_travels_in_a_private_home_that_is_gone_afterwards),
		TEST(helpers_and_other_roots_are_not_the_vm),
		TEST(a_vm_started_through_a_link_is_found),
		TEST(two_vms_of_one_root_are_unreachable),
		TEST(another_node_of_that_name_is_not_believed),
		TEST(a_vm_that_does_not_answer_in_time_is_unreachable),
		TEST(a_refusal_is_told_with_what_was_tried),
		TEST(an_erl_call_that_crashes_is_not_asked_again),
		TEST(the_port_is_asked_and_not_epmd_again),
		TEST(an_old_runtime_is_asked_by_name),
		TEST(
		    a_node_that_epmd_does_not_know_is_told_and_asked_at_its_own_port),
		TEST(a_node_that_epmd_and_the_kernel_do_not_know_is_not_asked),
		TEST(
		    a_port_of_its_own_that_lets_nobody_in_is_not_the_cookie_s_fault),
		TEST(a_node_without_epmd_is_asked_at_the_port_that_it_was_told),
		TEST(
		    a_node_with_an_epmd_of_its_own_is_asked_and_nothing_is_wrong),
		TEST(a_node_that_nobody_can_ask_is_told_at_once),
		TEST(a_host_that_does_not_resolve_is_told_as_that),
		TEST(a_port_where_nobody_listens_is_not_asked),
		TEST(a_port_of_another_user_is_not_asked),
		TEST(an_epmd_that_does_not_come_to_an_end_is_given_up),
		TEST(a_process_of_another_user_is_named_and_changes_nothing),
		TEST(a_process_of_another_user_in_our_unit_is_the_vm),
		TEST(a_program_with_set_id_bits_is_another_users),
		TEST(a_vm_of_another_root_of_that_name_is_not_ours),
		TEST(a_runtime_outside_the_root_is_not_run),
		TEST(a_program_that_others_can_replace_is_not_run),
		TEST(a_vm_that_is_starting_is_waited_for_and_not_believed),
		TEST(a_vm_that_goes_away_while_it_is_asked_is_down),
		TEST(a_name_that_was_changed_since_the_start_is_told),
		TEST(a_cookie_that_was_changed_is_told_and_not_shown),
		TEST(what_the_vm_finds_is_refused_or_told),
		TEST(files_on_the_host_cannot_forge_a_fact),
	};

	return cmocka_run_group_tests_name("remote vm", tests, NULL, NULL);
}
