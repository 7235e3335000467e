#include "cmd/signals.h"

#include "cmd/tty.h"
#include "core/base/alloc.h"
#include "core/base/attr.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/status.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A signal sooner than TWICE_MS may be a duplicate, not a second Ctrl-C:
 * timeout(1) signals its child and then the whole group. */
enum { TWICE_MS = 500 };
/* After the second Ctrl-C the process ends by itself in this time. */
enum { END_AFTER_S = 2 };

static atomic_llong last; /* last counted signal, hd_clock_ms(); 0: none */
static atomic_int requests;
static atomic_bool block, announced, usual_end;
static char last_words[1024];

static void
put(const char *text, size_t n)
{
	ssize_t done = write(STDERR_FILENO, text, n);

	(void)done; /* there is no other way to report it */
}
#define PUT(text) put(text, sizeof(text) - 1)

static void
ask_to_end(void)
{
	bool announce = !atomic_load(&block) && !atomic_load(&usual_end);

	atomic_store(&announced, announce);
	hd_cancel_request();
	if (announce)
		PUT("\n" HD_INTERRUPTED "\n");
}

/* Still orderly: the run releases its locks and reports unfinished changes. */
static void
insist(void)
{
	hd_cancel_insist();
	alarm(END_AFTER_S);
}

static void
end_now(void)
{
	hd_tty_restore();
	if (atomic_load(&block))
		PUT(HD_ERASE_BLOCK);
	_exit(HD_STATUS_INTERRUPTED);
}

static void
on_alarm(int number)
{
	(void)number;
	end_now();
}

/* A closing terminal may send SIGHUP several times. */
static bool
is_request(int number, long long before, long long now)
{
	return before == 0 || (number != SIGHUP && now - before >= TWICE_MS);
}

static void
on_signal(int number)
{
	static void (*const answers[])(void) = { ask_to_end, insist, end_now };
	long long now = hd_clock_ms(), before = atomic_load(&last);
	int saved = errno;

	if (is_request(number, before, now) &&
	    atomic_compare_exchange_strong(&last, &before, now))
		answers[atomic_fetch_add(&requests, 1)]();
	errno = saved;
}

/* Erases the block, then stops the process as the default action does. */
static void
on_stop(int number)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, own;
	sigset_t stop, before;
	int saved = errno;

	if (atomic_exchange(&block, false))
		PUT(HD_ERASE_BLOCK);
	hd_tty_restore();
	sigemptyset(&usual.sa_mask);
	sigaction(number, &usual, &own);
	raise(number);
	sigemptyset(&stop);
	sigaddset(&stop, number);
	pthread_sigmask(SIG_UNBLOCK, &stop, &before); /* stops here */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	sigaction(number, &own, NULL);
	hd_tty_hide_again();
	errno = saved;
}

/* Ends like kill -9, which is safe for the hosts. */
static void
out_of_memory(void)
{
	hd_tty_restore();
	if (atomic_load(&block))
		PUT(HD_ERASE_BLOCK);
	PUT("hdeploy ran out of memory and ended at once, as if killed");
	put(last_words, strlen(last_words));
	PUT("\n");
	_exit(HD_STATUS_LOCAL);
}

void
hd_signals_last_words(const char *text)
{
	snprintf(last_words, sizeof(last_words), "%s", text);
}

bool
hd_signals_block(bool shown)
{
	return atomic_exchange(&block, shown);
}

bool
hd_signals_told(void)
{
	return atomic_load(&announced) || atomic_load(&usual_end);
}

void
hd_signals_usual_end(void)
{
	atomic_store(&usual_end, true);
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
	act.sa_handler = on_alarm;
	sigaction(SIGALRM, &act, NULL);
	sigaction(SIGTSTP, NULL, &old);
	act =
	    (struct sigaction){ .sa_handler = on_stop, .sa_flags = SA_RESTART };
	sigemptyset(&act.sa_mask);
	if (old.sa_handler != SIG_IGN)
		sigaction(SIGTSTP, &act, NULL);
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
	hd_alloc_on_failure(out_of_memory);
}
