#ifndef HD_SIGNALS_H
#define HD_SIGNALS_H

#include <stdbool.h>

/*
 * Installs all handlers; call it before any thread starts. The first SIGINT,
 * SIGTERM or SIGHUP asks the run to end (hd_cancel_request()), the second one
 * insists (hd_cancel_insist()). A third one, or two seconds, end the process
 * with status 130. Signals that were ignored at the start (nohup) stay ignored.
 * SIGPIPE is ignored: writing to a closed pipe fails with EPIPE instead.
 */
void hd_signals_install(void);

#define HD_INTERRUPTED                                                         \
	"interrupted: finishing changes in progress; "                         \
	"interrupt again to stop at once"

/* From now on an interruption is the usual end of the run: nothing is printed
 * about it. */
void hd_signals_usual_end(void);

/* Sets the end of the message that the process prints if it runs out of memory
 * (core/base/alloc.h); the status is then HD_STATUS_LOCAL. Copies text. Call it
 * before any thread starts. */
void hd_signals_last_words(const char *text);

#define HD_ERASE_BELOW "\033[J"
#define HD_ERASE_BLOCK "\r" HD_ERASE_BELOW

/*
 * Tells the handlers whether the live block is drawn below the cursor. Returns
 * whether it still was: a handler erases it before it ends or stops (^Z) the
 * process. While the block is drawn, its owner must print HD_INTERRUPTED.
 */
bool hd_signals_block(bool shown);
/* Whether the handler has printed HD_INTERRUPTED, or nobody needs to. */
bool hd_signals_told(void);

#endif
