#include "cmd/here.h"

#include "core/base/alloc.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

/* SIGPIPE is reset: hdeploy ignores it, a shell does not. */
static int
start(pid_t *pid, char *const *argv)
{
	posix_spawnattr_t attr;
	sigset_t usual;
	int rc;

	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attr, &usual);
	rc = posix_spawnp(pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	return rc;
}

int
hd_here_run(const char *const *words, int *status)
{
	HD_AUTO_ARENA a = { 0 };
	HD_LIST(char *) argv = { 0 };
	pid_t pid;
	int rc, ended;

	for (size_t i = 0; words[i] != NULL; i++)
		*HD_PUSH(&a, &argv) = hd_arena_strdup(&a, words[i]);
	*HD_PUSH(&a, &argv) = NULL;
	rc = start(&pid, argv.v);
	if (rc != 0)
		return rc;
	while (waitpid(pid, &ended, 0) < 0)
		if (errno != EINTR)
			return errno;
	*status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
	return 0;
}
