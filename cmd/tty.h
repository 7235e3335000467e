#ifndef HD_TTY_H
#define HD_TTY_H

#include <stdbool.h>

/*
 * The terminal of this process, without echo while a person types a secret.
 * Whatever ends or stops the process in this time must restore the echo, so
 * signal handlers call hd_tty_restore().
 */

/* The controlling terminal, for the caller to close; -1: there is none, or
 * hdeploy runs in the background. */
int hd_tty_open(void);
/* Turns the echo off, and drops what was typed before. false: not possible. */
bool hd_tty_hide(int fd);
/* Turns the echo on again. Does nothing if it is on. Async-signal-safe. */
void hd_tty_restore(void);
/* After hd_tty_restore() in a signal handler: turns the echo off again, if
 * somebody still types a secret. Async-signal-safe. */
void hd_tty_hide_again(void);
/* Whether that happened since the last call: the question must be shown again.
 */
bool hd_tty_returned(void);
/* The secret is typed: turns the echo on. */
void hd_tty_done(void);

#endif
