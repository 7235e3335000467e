#ifndef HD_ASK_H
#define HD_ASK_H

#include "cmd/view.h"

#include <stdbool.h>

/* Whether a person can answer: stdin and stderr are terminals. */
bool hd_ask_possible(void);

/* Asks at the terminal and blocks; view draws nothing meanwhile. True only for
 * the answer "yes"; Ctrl-C means no. */
bool hd_ask(struct hd_view *view, const char *question);

#endif
