#include "cmd/signals.h"

#include "core/base/attr.h"
#include "core/base/cancel.h"
#include "core/status.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static const char notice[] =
    "\ninterrupted: finishing what is running; once more to stop at once\n";

static void
on_signal(int number)
{
	int saved = errno;
	ssize_t n;

	(void)number;
	if (hd_cancel_requested())
		_exit(HD_STATUS_INTERRUPTED);
	hd_cancel_request();
	n = write(STDERR_FILENO, notice, sizeof(notice) - 1);
	(void)n; /* nobody is left to tell */
	errno = saved;
}

void
hd_signals_install(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_signal,
		.sa_flags = SA_RESTART },
			 old;

	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < HD_COUNT(numbers); i++)
		sigaddset(&act.sa_mask, numbers[i]);
	for (size_t i = 0; i < HD_COUNT(numbers); i++) {
		sigaction(numbers[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &act, NULL);
	}
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
}
