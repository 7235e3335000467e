#include "tests/support/cmocka_all.h"
#include "tests/support/agent.h"
#include "tests/support/files.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t
agent_start(const char *path)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)!freopen("/dev/null", "w", stdout);
		(void)!freopen("/dev/null", "w", stderr);
		execlp(
		    "ssh-agent", "ssh-agent", "-D", "-a", path, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 500 && access(path, F_OK) < 0; i++)
		poll(NULL, 0, 10);
	setenv("SSH_AUTH_SOCK", path, 1);
	return pid;
}

void
agent_stop(pid_t pid)
{
	kill(pid, SIGCONT);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	unsetenv("SSH_AUTH_SOCK");
}

void
agent_add(const char *path)
{
	files_run((const char *[]){ "ssh-add", "-q", path, NULL });
}
