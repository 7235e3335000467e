#include "tests/support/cmocka_all.h"
#include "tests/support/agent.h"
#include "tests/support/files.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its socket is there a moment before it listens. */
static bool
listens(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	yes = connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0;
	close(fd);
	return yes;
}

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
	while (!listens(path) && waitpid(pid, NULL, WNOHANG) == 0)
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
