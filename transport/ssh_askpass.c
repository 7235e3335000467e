#include "transport/ssh_askpass.h"

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/secret.h"
#include "transport/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* END: ends a question; a question may have several lines. */
enum { POLL_MS = 100, READER_MS = 2000, NAP_MS = 10, QUESTION = 4096 };
enum { PERSON_MS = 5 * 60 * 1000 };
#define END "\001"

struct ssh_askpass {
	struct hd_arena arena;
	const struct ssh_secrets *secrets;
	const char *name;
	const char *script, *questions, *answers; /* the last two are fifos */
	int fd;                                   /* of questions */
	pthread_t thread;
	bool running;
	atomic_bool stop;
	atomic_uint ms;
	atomic_llong end;
};

/* ssh takes a failure for "the person gave up": no line comes then. An answer
 * follows an empty line. It goes through cat, because printf is a program in
 * some shells, and others see the arguments of programs. */
static const char script[] = "#!/bin/sh\n"
			     "printf '%s" END "' \"$1\" >\"$0.q\"\n"
			     "{ IFS= read -r empty && exec cat; } <\"$0.a\"\n";

/* The script opens the fifo after it has asked. */
static int
open_answers(const struct ssh_askpass *p)
{
	for (int i = 0; i < READER_MS / NAP_MS && !p->stop; i++) {
		int fd = open(p->answers, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

		if (fd >= 0 || errno != ENXIO)
			return fd;
		(void)poll(NULL, 0, NAP_MS);
	}
	return -1;
}

static void
answer(struct ssh_askpass *p, const char *question, size_t n)
{
	HD_AUTO_SECRET char *text = NULL;
	struct hd_err ignored;
	char shown[1024];
	HD_AUTO_FD fd = -1;
	int rc;

	snprintf(shown, sizeof(shown), "ssh, for the bastion %s: ", p->name);
	while (n > 0 && strchr(": \n", question[n - 1]) != NULL)
		n--; /* the screen adds them */
	hd_quote(shown, sizeof(shown), question, n);
	p->end = hd_clock_ms() + PERSON_MS;
	rc = p->secrets->ask(p->secrets->ctx, shown, &text, &ignored);
	p->end = hd_clock_ms() + p->ms;
	fd = open_answers(p);
	if (rc == 0 && fd >= 0 && *text != '\0' &&
	    hd_fs_write_all(fd, "\n", 1) == 0 &&
	    hd_fs_write_all(fd, text, strlen(text)) == 0)
		(void)!hd_fs_write_all(fd, "\n", 1);
}

static void *
serve(void *arg)
{
	struct ssh_askpass *p = arg;
	char question[QUESTION];
	size_t n = 0;

	while (!p->stop) {
		struct pollfd f = { .fd = p->fd, .events = POLLIN };
		ssize_t got = 0;

		if (poll(&f, 1, POLL_MS) > 0)
			got = read(p->fd, question + n, sizeof(question) - n);
		if (got <= 0)
			continue;
		n += (size_t)got;
		if (question[n - 1] != END[0] && n < sizeof(question))
			continue;
		answer(p, question, n - 1);
		n = 0;
	}
	return NULL;
}

static bool
make_files(struct ssh_askpass *p)
{
	HD_AUTO_FD fd = open(p->script,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700);

	if (fd < 0 || hd_fs_write_all(fd, script, strlen(script)) < 0 ||
	    mkfifo(p->questions, 0600) < 0 || mkfifo(p->answers, 0600) < 0)
		return false;
	/* for writing too: else the end of one script would be an end of file
	 */
	p->fd = open(p->questions, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return p->fd >= 0;
}

struct ssh_askpass *
ssh_askpass_new(const struct ssh_secrets *s, const char *path, const char *name)
{
	struct ssh_askpass *p;

	if (s->ask == NULL)
		return NULL;
	p = hd_alloc(sizeof(*p));
	p->secrets = s;
	p->fd = -1;
	p->name = hd_arena_strdup(&p->arena, name);
	p->script = hd_arena_fmt(&p->arena, "%s.ask", path);
	p->questions = hd_arena_fmt(&p->arena, "%s.q", p->script);
	p->answers = hd_arena_fmt(&p->arena, "%s.a", p->script);
	p->running =
	    make_files(p) && pthread_create(&p->thread, NULL, serve, p) == 0;
	if (p->running)
		return p;
	ssh_askpass_free(p);
	return NULL;
}

/* Versions before 8.4 ask so only if they find a DISPLAY and no terminal. */
void
ssh_askpass_words(
    const struct ssh_askpass *p, struct hd_strs *list, struct hd_arena *a)
{
	const char *display = getenv("DISPLAY");

	if (p == NULL)
		return;
	*HD_PUSH(a, list) = "env";
	*HD_PUSH(a, list) = hd_arena_fmt(a, "SSH_ASKPASS=%s", p->script);
	*HD_PUSH(a, list) = "SSH_ASKPASS_REQUIRE=force";
	*HD_PUSH(a, list) = hd_arena_fmt(a, "DISPLAY=%s",
	    display != NULL && *display != '\0' ? display : "none");
}

const atomic_llong *
ssh_askpass_end(struct ssh_askpass *p, unsigned ms)
{
	if (p == NULL)
		return NULL;
	p->ms = ms;
	p->end = hd_clock_ms() + ms;
	return &p->end;
}

void
ssh_askpass_free(struct ssh_askpass *p)
{
	if (p == NULL)
		return;
	p->stop = true;
	if (p->running)
		pthread_join(p->thread, NULL);
	hd_closep(&p->fd);
	(void)unlink(p->script);
	(void)unlink(p->questions);
	(void)unlink(p->answers);
	hd_arena_done(&p->arena);
	free(p);
}
