/*
 * serve PORTFILE COMMAND...: listens on a free port of 127.0.0.1, writes its
 * number to PORTFILE, and runs COMMAND for each connection with the connection
 * as stdin and stdout, as inetd does. So a server needs no fixed port, and a
 * test does not wait for its start. Runs until it is killed.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int
listen_anywhere(unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) < 0 ||
	    listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0) {
		perror("serve");
		exit(1);
	}
	*port = ntohs(a.sin_port);
	return fd;
}

/* In one step: a reader finds no file or the whole number. */
static void
tell(const char *path, unsigned port)
{
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s.new", path);
	f = fopen(name, "w");
	if (f == NULL || fprintf(f, "%u\n", port) < 0 || fclose(f) != 0 ||
	    rename(name, path) < 0) {
		perror(path);
		exit(1);
	}
}

/* TCP_NODELAY: as a server that listens itself sets it. */
static void
run(int fd, char **argv)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	signal(SIGCHLD, SIG_DFL);
	setsid();
	dup2(fd, 0);
	dup2(fd, 1);
	close(fd);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int
main(int argc, char **argv)
{
	unsigned port;
	int listener;

	if (argc < 3)
		return 2;
	listener = listen_anywhere(&port);
	tell(argv[1], port);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			close(listener);
			run(fd, argv + 2);
		}
		close(fd);
	}
}
