#include "cmd/signals.h"

#include "core/base/attr.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/status.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* Of what comes sooner, nobody can say that it was a second wish: timeout(1)
 * signals its child and then the whole group. */
enum { TWICE_MS = 500 };

static const char notice[] =
    "\ninterrupted: finishing what is running; once more to stop at once\n";

static atomic_llong first; /* hd_clock_ms(); 0: none yet */

static void
on_signal(int number)
{
	int saved = errno;
	long long now = hd_clock_ms(), begun = 0;
	ssize_t n;

	if (atomic_compare_exchange_strong(&first, &begun, now)) {
		hd_cancel_request();
		n = write(STDERR_FILENO, notice, sizeof(notice) - 1);
		(void)n; /* nobody is left to tell */
	} else if (number != SIGHUP && now - begun >= TWICE_MS) {
		/* a closed terminal says SIGHUP as often as it likes */
		_exit(HD_STATUS_INTERRUPTED);
	}
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
