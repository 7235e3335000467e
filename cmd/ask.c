#include "cmd/ask.h"

#include "cmd/tty.h"
#include "core/base/cancel.h"
#include "core/base/fs.h"
#include "core/base/secret.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_MAX = 1024, ANSWER_MAX = 256, POLL_MS = 100 };

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

bool
hd_ask_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static bool
ask(const char *question, const char *word)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char answer[ANSWER_MAX] = "";
	size_t n = strlen(word);

	fprintf(stderr, "%s Type %s: ", question, word);
	/* fgets alone would keep waiting after Ctrl-C */
	while (!hd_cancel_requested() && poll(&in, 1, -1) < 1)
		continue;
	return !hd_cancel_requested() &&
	       fgets(answer, sizeof(answer), stdin) != NULL &&
	       strncmp(answer, word, n) == 0 && strcmp(answer + n, "\n") == 0;
}

bool
hd_ask(struct hd_view *view, const char *question)
{
	return hd_ask_for(view, question, "yes");
}

bool
hd_ask_for(struct hd_view *view, const char *question, const char *word)
{
	bool yes;

	pthread_mutex_lock(&one_at_a_time);
	hd_view_hold(view);
	yes = ask(question, word);
	hd_view_go_on(view);
	pthread_mutex_unlock(&one_at_a_time);
	return yes;
}

/* Reads a line; drops everything beyond SECRET_MAX. */
static int
read_line(int fd, const char *question, char *line)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	size_t len = 0;

	while (!hd_cancel_requested()) {
		char c;

		if (hd_tty_returned()) {
			dprintf(fd, "%s: ", question);
			len = 0;
		}
		if (poll(&in, 1, POLL_MS) < 1)
			continue;
		if (read(fd, &c, 1) != 1 || c == '\n')
			return 0;
		if (len < SECRET_MAX)
			line[len++] = c;
	}
	return -1;
}

static int
ask_secret(int fd, const char *question, char *line)
{
	int rc;

	if (!hd_tty_hide(fd)) {
		hd_tty_done();
		return 0; /* as if the person gave up: nothing may be echoed */
	}
	dprintf(fd, "%s: ", question);
	rc = read_line(fd, question, line);
	hd_tty_done();
	dprintf(fd, "\n");
	return rc;
}

/* Some CI systems give a job a terminal, where nobody can answer. */
bool
hd_ask_secret_possible(void)
{
	const char *ci = getenv("CI");
	HD_AUTO_FD fd = -1;

	if (ci != NULL && *ci != '\0')
		return false;
	fd = hd_tty_open();
	return fd >= 0;
}

int
hd_ask_secret(
    struct hd_view *view, const char *question, char **out, struct hd_err *err)
{
	HD_AUTO_SECRET char *line = hd_secret_alloc(SECRET_MAX + 1);
	HD_AUTO_FD fd = hd_tty_open();
	int rc;

	if (fd < 0)
		return hd_err_set(err, HD_ELOCAL, "no terminal to ask on");
	pthread_mutex_lock(&one_at_a_time);
	hd_view_hush(view);
	rc = ask_secret(fd, question, line);
	hd_view_go_on(view);
	pthread_mutex_unlock(&one_at_a_time);
	if (rc < 0)
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	*out = line;
	line = NULL;
	return 0;
}
