#include "cmd/ask.h"

#include "core/base/cancel.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
hd_ask_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static bool
ask(const char *question)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char answer[16] = "";

	fprintf(stderr, "%s Type yes: ", question);
	/* fgets alone would keep waiting after Ctrl-C */
	while (!hd_cancel_requested() && poll(&in, 1, -1) < 1)
		continue;
	return !hd_cancel_requested() &&
	       fgets(answer, sizeof(answer), stdin) != NULL &&
	       strcmp(answer, "yes\n") == 0;
}

bool
hd_ask(struct hd_view *view, const char *question)
{
	bool yes;

	hd_view_hold(view);
	yes = ask(question);
	hd_view_go_on(view);
	return yes;
}
