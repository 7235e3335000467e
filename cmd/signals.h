#ifndef HD_SIGNALS_H
#define HD_SIGNALS_H

#include <stdbool.h>

/*
 * SIGINT, SIGTERM and SIGHUP ask the run to end (hd_cancel_request()); the
 * second of them insists (hd_cancel_insist()), and the process ends with status
 * 130 at a third one or two seconds later, if it has not by itself. One that
 * was ignored when hdeploy was started (nohup) stays ignored. SIGPIPE is
 * ignored: writing to a closed pipe is an error like any other. Before any
 * thread.
 */
void hd_signals_install(void);

#define HD_INTERRUPTED                                                         \
	"interrupted: finishing what is running; once more to stop at once"
/* Without memory (core/base/alloc.h) the process says so, and after it this
 * text, and ends with HD_STATUS_LOCAL. Before any thread. */
void hd_signals_last_words(const char *text);

#define HD_ERASE_BELOW "\033[J"
#define HD_ERASE_BLOCK "\r" HD_ERASE_BELOW

/*
 * Whether lines that are drawn again and again stand below the cursor, and
 * whether they did: a signal that ends or stops (^Z) the process has erased
 * them. While they do, HD_INTERRUPTED is left to who draws them.
 */
bool hd_signals_block(bool shown);
/* Whether the handler itself has said HD_INTERRUPTED. */
bool hd_signals_told(void);

#endif
